//! Exhibits: documents laid before the hearing, objected to, excluded, and put on every screen at a page
//! (Art. 15, steps 1 to 3).
//!
//! ```text
//! Laid ──show──▶ On every screen ──hide, another shown──▶ Laid
//!   └──exclude──▶ Excluded
//! ```
//!
//! Whoever takes part sees an exhibit when it is laid; the public gallery when it is shown.

use alloc::{collections::BTreeMap, string::String, vec::Vec};
use serde::{Deserialize, Serialize};

use super::{Act, Event as HearingEvent, Hearing, is_sha256, phase::Phase, plan::Plan};
use crate::{
    disclosed::{Reach, Viewer},
    moment::Moment,
    refusal::Refusal,
    seat::{Id, SeatId},
};

/// What an exhibit is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Content {
    /// A text.
    Text(String),
    /// A file kept beside the record under its SHA-256.
    File {
        /// SHA-256, 64 hexadecimal digits.
        sha256: String,
        /// Length, in bytes.
        size: u64,
        /// Media type, such as `application/pdf`.
        media_type: String,
        /// Pages.
        pages: u32,
    },
}

impl Content {
    /// How many pages there are to show.
    #[must_use]
    pub fn pages(&self) -> u32 {
        match self {
            Self::Text(_) => 1,
            Self::File { pages, .. } => (*pages).max(1),
        }
    }
}

/// What somebody wants done with an exhibit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Command {
    /// Lays a document before the hearing.
    Lay {
        /// Its title.
        title: String,
        /// What it is made of.
        content: Content,
    },
    /// Objects to it.
    Object {
        /// To which.
        of: Id,
        /// Why.
        reason: String,
    },
    /// The chair excludes it.
    Exclude {
        /// Which.
        of: Id,
        /// Why.
        reason: String,
    },
    /// The chair puts it on every screen.
    Show {
        /// Which.
        of: Id,
        /// At which page, counted from one.
        #[serde(default)]
        page: Option<u32>,
    },
    /// The chair takes it off.
    Hide {
        /// Which.
        of: Id,
    },
}

/// What happened to an exhibit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// It was laid.
    Laid(Exhibit),
    /// Somebody objected.
    ObjectedTo {
        /// To which.
        number: u32,
        /// Who.
        by: SeatId,
        /// Why.
        reason: String,
    },
    /// The chair excluded it.
    Excluded {
        /// Which.
        number: u32,
        /// Its title.
        title: String,
        /// Why.
        reason: String,
    },
    /// It is on every screen.
    Shown {
        /// Which, with all that the gallery may know of it.
        exhibit: Exhibit,
        /// At which page.
        page: u32,
    },
    /// It was taken off the screens.
    Hidden {
        /// Which.
        number: u32,
    },
}

/// A document laid before the hearing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exhibit {
    /// Id.
    pub id: Id,
    /// Its number, in the order of laying.
    pub number: u32,
    /// Who laid it.
    pub by: SeatId,
    /// Its title.
    pub title: String,
    /// What it is made of.
    pub content: Content,
}

/// An exhibit and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Laid {
    /// The exhibit.
    pub exhibit: Exhibit,
    /// Objections, in order: who and why.
    pub objections: Vec<(SeatId, String)>,
    /// Why the chair excluded it.
    pub excluded: Option<String>,
    /// Whether it has been on every screen.
    pub published: bool,
}

/// The exhibits of a hearing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Exhibits {
    /// By number.
    pub laid: BTreeMap<u32, Laid>,
    /// Number and page of the one on every screen.
    pub shown: Option<(u32, u32)>,
}

pub(super) fn decide(
    hearing: &Hearing,
    command: Command,
    act: &Act<'_>,
) -> Result<Vec<HearingEvent>, Refusal> {
    let exhibits = &hearing.exhibit;
    let event = match command {
        Command::Lay { title, content } => lay(hearing, &title, content, act)?,
        Command::Object { of, reason } => object(hearing, &of, &reason, act)?,
        Command::Exclude { of, reason } => {
            hearing.chair(act)?;
            in_evidence(hearing)?;
            let laid = exhibits.find(&of)?;
            if laid.excluded.is_some() {
                return Err(Refusal::ExhibitExcluded);
            }
            let Exhibit { number, title, .. } = laid.exhibit.clone();
            Event::Excluded { number, title, reason: act.reason(&reason)? }
        }
        Command::Show { of, page } => {
            hearing.chair(act)?;
            hearing.phase.in_session()?;
            hearing.no_mediation()?;
            show(exhibits, &of, page.unwrap_or(1))?
        }
        Command::Hide { of } => {
            hearing.chair(act)?;
            hearing.phase.opened()?;
            let number = exhibits.find(&of)?.exhibit.number;
            if exhibits.shown.map(|(shown, _)| shown) != Some(number) {
                return Err(Refusal::ExhibitNotShown);
            }
            Event::Hidden { number }
        }
    };
    Ok(alloc::vec![event.into()])
}

fn in_evidence(hearing: &Hearing) -> Result<(), Refusal> {
    hearing.phase.in_session()?;
    hearing.no_mediation()?;
    match hearing.phase.current {
        Phase::Introduction | Phase::Statements | Phase::Questions => Ok(()),
        Phase::Waiting
        | Phase::RollCall
        | Phase::Deliberation
        | Phase::Opinion
        | Phase::FinalStatements
        | Phase::Summary
        | Phase::Signing
        | Phase::Closed => Err(Refusal::WrongPhase),
    }
}

fn lay(hearing: &Hearing, title: &str, content: Content, act: &Act<'_>) -> Result<Event, Refusal> {
    let (seat, capacity) = hearing.admitted(act)?;
    if !capacity.is_party() && !hearing.handles(seat) {
        return Err(Refusal::ExhibitNotYours);
    }
    in_evidence(hearing)?;
    if hearing.exhibit.laid.len() >= act.rules.exhibits_max {
        return Err(Refusal::TooManyExhibits);
    }
    match &content {
        Content::Text(text) => {
            act.text(text)?;
        }
        Content::File { sha256, size, media_type, pages } => {
            let paged = (1..=act.rules.exhibit_pages_max).contains(pages);
            if !is_sha256(sha256) || *size == 0 || !paged || act.title(media_type).is_err() {
                return Err(Refusal::ExhibitFile);
            }
        }
    }
    let number = hearing.exhibit.laid.keys().next_back().map_or(1, |last| last.saturating_add(1));
    let title = act.title(title)?;
    Ok(Event::Laid(Exhibit { id: act.id.clone(), number, by: seat.clone(), title, content }))
}

fn object(hearing: &Hearing, of: &Id, reason: &str, act: &Act<'_>) -> Result<Event, Refusal> {
    let (seat, capacity) = hearing.admitted(act)?;
    if !capacity.is_party() && !hearing.handles(seat) {
        return Err(Refusal::PartyOnly);
    }
    in_evidence(hearing)?;
    let laid = hearing.exhibit.find(of)?;
    if laid.objections.iter().any(|(by, _)| by == seat) {
        return Err(Refusal::ObjectionTwice);
    }
    Ok(Event::ObjectedTo { number: laid.exhibit.number, by: seat.clone(), reason: act.reason(reason)? })
}

fn show(exhibits: &Exhibits, of: &Id, page: u32) -> Result<Event, Refusal> {
    let laid = exhibits.find(of)?;
    if laid.excluded.is_some() {
        return Err(Refusal::ExhibitExcluded);
    }
    if page == 0 || page > laid.exhibit.content.pages() {
        return Err(Refusal::ExhibitPage);
    }
    Ok(Event::Shown { exhibit: laid.exhibit.clone(), page })
}

impl Exhibits {
    /// The exhibit of that id.
    ///
    /// # Errors
    /// When there is none.
    pub fn find(&self, id: &Id) -> Result<&Laid, Refusal> {
        self.laid.values().find(|laid| &laid.exhibit.id == id).ok_or(Refusal::ExhibitUnknown)
    }

    pub(super) fn evolve(&mut self, _: Moment, event: &HearingEvent) {
        let HearingEvent::Exhibit(event) = event else {
            return;
        };
        match event {
            Event::Laid(exhibit) => {
                self.entry(exhibit);
            }
            Event::ObjectedTo { number, by, reason } => {
                if let Some(laid) = self.laid.get_mut(number) {
                    laid.objections.push((by.clone(), reason.clone()));
                }
            }
            Event::Excluded { number, reason, .. } => {
                if let Some(laid) = self.laid.get_mut(number) {
                    laid.excluded = Some(reason.clone());
                }
                self.hide(*number);
            }
            Event::Shown { exhibit, page } => {
                self.entry(exhibit).published = true;
                self.shown = Some((exhibit.number, *page));
            }
            Event::Hidden { number } => self.hide(*number),
        }
    }

    fn entry(&mut self, exhibit: &Exhibit) -> &mut Laid {
        self.laid.entry(exhibit.number).or_insert_with(|| Laid {
            exhibit: exhibit.clone(),
            objections: Vec::new(),
            excluded: None,
            published: false,
        })
    }

    fn hide(&mut self, number: u32) {
        if self.shown.is_some_and(|(shown, _)| shown == number) {
            self.shown = None;
        }
    }

    pub(super) fn disclosed_to(&self, viewer: &Viewer, _: &Plan) -> Self {
        if !Reach::Everyone.includes(viewer) {
            return Self::default();
        }
        if Reach::Participants.includes(viewer) {
            return self.clone();
        }
        let laid = self
            .laid
            .iter()
            .filter(|(_, laid)| laid.published)
            .map(|(number, laid)| (*number, Laid { objections: Vec::new(), ..laid.clone() }))
            .collect();
        Self { laid, shown: self.shown }
    }
}

names! {
    Laid "laid"
    ObjectedTo "objected-to"
    Excluded "excluded"
    Shown "shown"
    Hidden "hidden"
}

impl Event {
    /// Who may see the event.
    #[must_use]
    pub const fn reach(&self, _: &Plan) -> Reach {
        match self {
            Self::Laid(_) | Self::ObjectedTo { .. } => Reach::Participants,
            Self::Excluded { .. } | Self::Shown { .. } | Self::Hidden { .. } => Reach::Everyone,
        }
    }
}
