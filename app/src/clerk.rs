//! The one door between a page and the room on the server: what the seat sees comes in here, what the seat wants
//! goes out here.
//!
//! ```text
//! Starting ──hello, welcome──▶ Open (active | looking on) ──loss──▶ Lost (tries again for ever) ──▶ Open
//!                                   └──key unknown, revoked, other version──▶ Ended
//! ```
//!
//! Commands wait in this browser under ids of their own until the server has acknowledged or refused them, so that a
//! reload or a lost line loses none and doubles none. What was refused comes back as a draft.

use crate::kit::see::{See, effect, memo};
use std::sync::LazyLock;

use leptos::prelude::*;
use procedure::{
    Act, By, Command, Hearing, Id, Moment, Rulebook, SeatId,
    hearing::{
        decision::Decisions, deliberation::Deliberation, exhibit::Exhibits, floor::Floor, motion::Motions,
        opinion::Opinions, phase::Course, plan::Plan, question::Questions, record::Record, roll::Roll,
    },
    refusal::{Refusal, Sentence},
};

use crate::{
    browser,
    kit::area::Draft,
    words::{Told, Words, words},
};

mod line;
pub mod link;
mod queue;

pub use queue::Waiting;

/// The rules that the buttons are checked against. The server's answer counts.
pub static RULES: LazyLock<Rulebook> = LazyLock::new(Rulebook::default);

const LOOKING_ON: Words = words(
    "本席位正在另一个窗口使用；要在这里操作，请点“在此使用”。",
    "This seat is in use in another window; press “Use here” to act in this one.",
);

/// How the line stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Line {
    /// Not yet open.
    #[default]
    Starting,
    /// Open; whether this tab is the one that acts.
    Open {
        /// Whether it acts.
        active: bool,
    },
    /// Lost; how often it has been tried since.
    Lost {
        /// Tries.
        tries: u32,
    },
    /// Closed for good, with the server's code; 0 where this browser holds no key of the seat.
    Ended(u16),
}

/// The room as this page knows it. Each slice of the hearing is one memo, so that what did not change is not drawn
/// again.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    /// Id of the hearing.
    pub hearing: StoredValue<String>,
    /// The seat.
    pub seat: StoredValue<SeatId>,
    /// What the seat sees.
    pub view: RwSignal<Hearing>,
    /// Whether anything has been seen yet.
    pub seen: RwSignal<bool>,
    /// How the line stands.
    pub line: RwSignal<Line>,
    /// The server's clock, moved on twice a second.
    pub now: RwSignal<Moment>,
    /// Commands not yet acknowledged.
    pub waiting: RwSignal<Vec<Waiting>>,
    /// The last refusal, until it is dismissed.
    pub refused: RwSignal<Option<Sentence>>,
    returned: RwSignal<u32>,
    /// The video link.
    pub link: link::Link,
    /// The plan.
    pub plan: Memo<Plan>,
    /// The roll.
    pub roll: Memo<Roll>,
    /// The course.
    pub course: Memo<Course>,
    /// The floor.
    pub floor: Memo<Floor>,
    /// The questions.
    pub questions: Memo<Questions>,
    /// The exhibits.
    pub exhibits: Memo<Exhibits>,
    /// The motions.
    pub motions: Memo<Motions>,
    /// The deliberation.
    pub deliberation: Memo<Deliberation>,
    /// The opinion.
    pub opinions: Memo<Opinions>,
    /// The decision.
    pub decision: Memo<Decisions>,
    /// The record.
    pub record: Memo<Record>,
}

impl Room {
    /// The room of a seat, not yet connected.
    #[must_use]
    pub fn new(hearing: String, seat: String) -> Self {
        let view = RwSignal::new(Hearing::default());
        macro_rules! slice {
            ($name:ident) => {
                memo(move || view.see(|view| view.$name.clone()))
            };
        }
        Self {
            hearing: StoredValue::new(hearing),
            seat: StoredValue::new(SeatId(seat)),
            view,
            seen: RwSignal::new(false),
            line: RwSignal::new(Line::Starting),
            now: RwSignal::new(Moment::default()),
            waiting: RwSignal::new(Vec::new()),
            refused: RwSignal::new(None),
            returned: RwSignal::new(0),
            link: link::Link::new(),
            plan: slice!(plan),
            roll: slice!(roll),
            course: slice!(phase),
            floor: slice!(floor),
            questions: slice!(question),
            exhibits: slice!(exhibit),
            motions: slice!(motion),
            deliberation: slice!(deliberation),
            opinions: slice!(opinion),
            decision: slice!(decision),
            record: slice!(record),
        }
    }

    /// The seat that this page sits in.
    #[must_use]
    pub fn me(self) -> SeatId {
        self.seat.get_value()
    }

    /// The key of the seat, as this browser keeps it.
    #[must_use]
    pub fn key(self) -> Option<String> {
        browser::storage::kept(&self.kept_as("seat"))
    }

    /// The name under which something of this seat is kept in this browser.
    #[must_use]
    pub fn kept_as(self, what: &str) -> String {
        self.hearing
            .with_value(|hearing| self.seat.with_value(|seat| format!("fengqiao.{what}.{hearing}.{seat}")))
    }

    /// A draft of this seat; what the server refuses comes back into it.
    #[must_use]
    pub fn draft(self, name: &str) -> Draft {
        let draft = Draft::new(self.kept_as(&format!("draft.{name}")));
        effect(move || {
            self.returned.track();
            draft.recall();
        });
        draft
    }

    /// Drafts are shown as they are kept: another tab may have written them, or one has come back.
    fn look_again(self) {
        let _ = self.returned.try_update(|times| *times += 1);
    }

    /// Something chosen on the way to a command, kept like a draft.
    #[must_use]
    pub fn chosen(self, name: &str, at_first: &str) -> RwSignal<String> {
        let (name, at_first) = (self.kept_as(&format!("draft.{name}")), at_first.to_string());
        let value = RwSignal::new(at_first.clone());
        Effect::new(move |seen: Option<()>| {
            if seen.is_none()
                && let Some(kept) = browser::storage::kept(&name)
            {
                value.set(kept);
            }
            value.with(|value| {
                if value == &at_first {
                    browser::storage::forget(&name);
                } else {
                    browser::storage::keep(&name, value);
                }
            });
        });
        value
    }

    /// Why a command would be refused now; follows the view.
    #[must_use]
    pub fn why_not(self, command: Command) -> Option<Told> {
        if self.line.get() == (Line::Open { active: false }) {
            return Some(LOOKING_ON.into());
        }
        self.view.see(|view| {
            self.check(view, command).map(|refusal| Told::from(refusal.sentence(&RULES, &view.plan)))
        })
    }

    /// The same, as a button needs it.
    #[must_use]
    pub fn dead(self, command: impl Fn() -> Command + Send + Sync + 'static) -> Signal<Option<Told>> {
        memo(move || self.why_not(command())).into()
    }

    /// Whether a command is on its way.
    #[must_use]
    pub fn busy(self, command: impl Fn() -> Command + Send + Sync + 'static) -> Signal<bool> {
        let waits = move || {
            self.waiting.see(|all| {
                !all.is_empty() && {
                    let command = command();
                    all.iter().any(|waiting| waiting.is(&command))
                }
            })
        };
        memo(waits).into()
    }

    fn check(self, view: &Hearing, command: Command) -> Option<Refusal> {
        let (id, by) = (Id("-".into()), By::Seat(self.me()));
        let act = Act { id: &id, by: &by, at: self.now.get_untracked(), rules: &RULES };
        view.decide_at_seat(command, &act).err()
    }

    /// Sends a command; a refusal that is certain is told at once.
    pub fn send(self, command: impl Into<Command>) {
        let _ = self.send_with(command.into(), None);
    }

    /// Sends a command that will be allowed once those before it are done; the server answers.
    pub fn send_after(self, command: impl Into<Command>) {
        self.queue(Waiting::new(&command.into(), None));
    }

    /// Sends a command made of a draft, which is emptied; a refusal brings it back.
    pub fn send_draft(self, draft: Draft, command: impl FnOnce(String) -> Command) -> bool {
        let text = draft.text.get_untracked().trim().to_string();
        let sent = self.send_with(command(text.clone()), Some((draft.name.get_value(), text)));
        if sent {
            draft.set(String::new());
        }
        sent
    }

    fn send_with(self, command: Command, draft: Option<(String, String)>) -> bool {
        // Pressed twice before the answer came: once is enough.
        if self.waiting.with_untracked(|all| all.iter().any(|waiting| waiting.is(&command))) {
            return false;
        }
        let refusal = self.view.with_untracked(|view| {
            let refusal = self.check(view, command.clone())?;
            Some((refusal.sentence(&RULES, &view.plan), refusal))
        });
        self.refused.set(None);
        match refusal {
            // Pressed once more after the words were sent: there is nothing to complain about.
            Some((_, Refusal::EmptyText)) if draft.is_some() => return false,
            Some((sentence, _)) => {
                self.refused.set(Some(sentence));
                return false;
            }
            None => {}
        }
        self.queue(Waiting::new(&command, draft));
        true
    }
}
