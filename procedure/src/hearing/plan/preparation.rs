//! The steps of preparing a hearing, in order: what is done, what comes next, and whose turn it is.
//!
//! ```text
//! Register ─▶ Panel ─▶ Seats ─▶ Approval ─▶ Notices ─▶ Publication (if public) ─▶ ready
//! ```
//!
//! It tells whom the office waits for. What is allowed is decided elsewhere: a step may be done before its turn.

use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

use super::Plan;
use crate::{
    rulebook::Rulebook,
    seat::{Capacity, Office},
};

/// A step of the preparation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// The hearing of a case is registered.
    Register,
    /// The panel is drawn from the pool, or named directly with a reason (Art. 7).
    Panel,
    /// Chair, handling prosecutor, clerk, panel and parties have their seats (Arts. 6, 7, 13).
    Seats,
    /// The chief prosecutor approves (Art. 4).
    Approval,
    /// The participants are told (Art. 10).
    Notices,
    /// The public notice is published (Art. 10).
    Publication,
}

impl Step {
    /// Every step, in order.
    pub const ALL: [Self; 6] =
        [Self::Register, Self::Panel, Self::Seats, Self::Approval, Self::Notices, Self::Publication];

    /// What is done in it, Chinese and English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Register => ("登记听证", "Register the hearing"),
            Self::Panel => ("确定听证员", "Choose the panel"),
            Self::Seats => ("安排席位", "Assign the seats"),
            Self::Approval => ("检察长批准", "Approval by the chief prosecutor"),
            Self::Notices => ("告知参加人", "Tell the participants"),
            Self::Publication => ("发布公告", "Publish the notice"),
        }
    }

    /// The article it rests on, as the rulebook calls it.
    #[must_use]
    pub const fn article(self) -> &'static str {
        match self {
            Self::Register | Self::Notices | Self::Publication => "10",
            Self::Panel => "7",
            Self::Seats => "6",
            Self::Approval => "4",
        }
    }

    /// The post whose turn it is.
    #[must_use]
    pub const fn post(self) -> Office {
        match self {
            Self::Register | Self::Seats | Self::Notices | Self::Publication => Office::Handler,
            Self::Panel => Office::CaseManagement,
            Self::Approval => Office::ChiefProsecutor,
        }
    }

    /// Whether the step waits for somebody of that post: the one whose turn it is, or one who may stand in.
    #[must_use]
    pub const fn is_for(self, office: Office) -> bool {
        match self {
            Self::Approval => matches!(office, Office::ChiefProsecutor),
            Self::Panel => matches!(office, Office::CaseManagement | Office::Handler),
            Self::Register | Self::Seats | Self::Notices | Self::Publication => {
                matches!(office, Office::Handler | Office::Clerk)
            }
        }
    }
}

impl Plan {
    /// Seats that a hearing of this mode cannot do without and that are still empty, with how many.
    #[must_use]
    pub fn seats_lacking(&self, rules: &Rulebook) -> Vec<(Capacity, u32)> {
        let panel = rules.panel_min(self.mode());
        let wanted = [
            (Capacity::Chair, 1),
            (Capacity::Handler, 1),
            (Capacity::Clerk, 1),
            (Capacity::Panellist, panel),
            (Capacity::Applicant, 1),
        ];
        let there = |capacity| u32::try_from(self.seats_of(capacity).count()).unwrap_or(u32::MAX);
        // Whether the case knows an applicant depends on its kind; a party of either side will do.
        let parties = self.places.values().any(|place| place.capacity.is_party());
        wanted
            .into_iter()
            .filter(|(capacity, _)| *capacity != Capacity::Applicant || !parties)
            .map(|(capacity, number)| (capacity, number.saturating_sub(there(capacity))))
            .filter(|(_, number)| *number > 0)
            .collect()
    }

    /// Whether a step has been done.
    #[must_use]
    pub fn step_done(&self, step: Step, rules: &Rulebook) -> bool {
        match step {
            Step::Register => self.registered.is_some(),
            Step::Panel => !self.draws.is_empty() || self.seat_of(Capacity::Panellist).is_some(),
            Step::Seats => self.seats_lacking(rules).is_empty(),
            Step::Approval => self.approved.is_some(),
            Step::Notices => self.notified.is_some(),
            Step::Publication => self.published.is_some() || !self.is_public(),
        }
    }

    /// The first step that is still to be done; none when the hearing is prepared.
    #[must_use]
    pub fn next_step(&self, rules: &Rulebook) -> Option<Step> {
        Step::ALL.into_iter().find(|step| !self.step_done(*step, rules))
    }
}
