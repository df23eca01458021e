//! One hearing: a table of its slices. Each slice has one field, one command and one event.
//!
//! A slice reads the whole hearing and hears every event, but writes only its own state. The same type is the
//! server's state and what a seat sees: a seat's view is the hearing without what is not the seat's.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
    vec::Vec,
};
use serde::{Deserialize, Serialize};

use crate::{
    disclosed::{Clearance, Reach, Viewer},
    moment::Moment,
    refusal::Refusal,
    rulebook::Rulebook,
    seat::{By, Capacity, Id, Office, SeatId},
};

/// The stable names of a slice's events.
macro_rules! names {
    ($($variant:ident $name:literal)*) => {
        impl Event {
            /// Every stable name within the slice.
            pub const NAMES: &'static [&'static str] = &[$($name),*];

            /// The stable name within the slice.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $name,)* }
            }
        }
    };
}

pub mod decision;
pub mod deliberation;
pub mod equipment;
pub mod exhibit;
pub mod floor;
pub mod line;
pub mod media;
pub mod mediation;
pub mod motion;
pub mod opinion;
pub mod phase;
pub mod plan;
pub mod question;
pub mod record;
pub mod recording;
pub mod replay;
pub mod roll;
pub mod settlement;
pub mod shield;
pub mod statement;

macro_rules! slices {
    ($($name:ident $slice:ident $state:ident $doc:literal;)*) => {
        /// What somebody wants done, slice by slice.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Command { $(#[doc = $doc] $name($slice::Command),)* }

        /// What happened, slice by slice. Events are for ever: a name is never changed, a field only added.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Event { $(#[doc = $doc] $name($slice::Event),)* }

        /// The state of a hearing, or what one seat sees of it.
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        pub struct Hearing { $(#[doc = $doc] pub $slice: $slice::$state,)* }

        $(impl From<$slice::Event> for Event {
            fn from(event: $slice::Event) -> Self { Self::$name(event) }
        }

        impl From<$slice::Command> for Command {
            fn from(command: $slice::Command) -> Self { Self::$name(command) }
        })*

        impl Event {
            /// The stable names of all events: slice, and name within the slice.
            pub const NAMES: &'static [(&'static str, &'static [&'static str])] =
                &[$((stringify!($slice), $slice::Event::NAMES),)*];

            /// The stable name, such as `question.put`.
            #[must_use]
            pub fn name(&self) -> String {
                match self { $(Self::$name(event) => alloc::format!("{}.{}", stringify!($slice), event.name()),)* }
            }

            /// Who may see this event. It depends on the event and on who sits where, and on nothing that changes later.
            #[must_use]
            pub fn reach(&self, plan: &plan::Plan) -> Reach {
                match self { $(Self::$name(event) => event.reach(plan),)* }
            }
        }

        impl Hearing {
            /// What becomes of `command`: the events that follow from it, or why not.
            ///
            /// # Errors
            /// The refusal, when the rules say no; nothing has changed then.
            pub fn decide(&self, command: Command, act: &Act<'_>) -> Result<Vec<Event>, Refusal> {
                self.still_running()?;
                match command { $(Command::$name(command) => $slice::decide(self, command, act),)* }
            }

            /// Takes in what happened. Never fails: what the record holds has happened.
            pub fn evolve(&mut self, at: Moment, event: &Event) {
                $($slice::$state::evolve(&mut self.$slice, at, event);)*
            }

            /// The hearing without what is not the viewer's.
            #[must_use]
            pub fn disclosed_to(&self, viewer: &Viewer) -> Self {
                let viewer = &viewer.past_doors(self.plan.is_public());
                Self { $($slice: self.$slice.disclosed_to(viewer, &self.plan),)* }
            }
        }
    };
}

slices! {
    Plan plan Plan "What is to be heard, by whom, when and where, and who approved it.";
    Roll roll Roll "Who is here.";
    Phase phase Course "Which step the hearing is in.";
    Floor floor Floor "Who may speak.";
    Statement statement Statements "What was said with the floor, and what the clerk took down.";
    Question question Questions "What the panel asks.";
    Exhibit exhibit Exhibits "Documents laid before the hearing.";
    Motion motion Motions "What parties ask the chair to rule on.";
    Deliberation deliberation Deliberation "The panel alone.";
    Opinion opinion Opinions "The panel's opinion sheets and what is read out.";
    Decision decision Decisions "What the office decides.";
    Mediation mediation Mediation "Whether the sides are being reconciled, and what is said to the mediator alone.";
    Settlement settlement Settlement "Offers, proposals, blind bids and the agreement.";
    Record record Record "The written record, its correction and its signing.";
    Recording recording Recordings "What was recorded of sound and picture.";
    Shield shield Shield "Who is not seen, or heard with another voice, and whether the gallery is cut off.";
    Line line Lines "Whose video line is open, whose is broken, and what each has missed.";
    Equipment equipment Equipment "Whose camera, microphone and network were tried ahead, and what came of it.";
}

/// Everything about an act except what it does: its id, its author, its moment and the rules in force.
#[derive(Clone, Copy, Debug)]
pub struct Act<'a> {
    /// Id of the command; the id of what it makes.
    pub id: &'a Id,
    /// The author, known from the connection.
    pub by: &'a By,
    /// The server's clock.
    pub at: Moment,
    /// The rules in force.
    pub rules: &'a Rulebook,
}

impl Act<'_> {
    /// The seat that acts.
    pub(crate) fn seat(&self) -> Result<&SeatId, Refusal> {
        match self.by {
            By::Seat(seat) => Ok(seat),
            By::Office(_) | By::Clock => Err(Refusal::NotYourPart),
        }
    }

    /// The post that acts.
    pub(crate) fn office(&self) -> Result<Office, Refusal> {
        match self.by {
            By::Office(office) => Ok(*office),
            By::Seat(_) | By::Clock => Err(Refusal::NotYourOffice),
        }
    }

    /// A text that says something, reads as it is written and is not too long.
    pub(crate) fn text(&self, text: &str) -> Result<String, Refusal> {
        legible(text, self.rules.text_chars_max, Refusal::TextTooLong)
    }

    /// A title or name that says something, reads as it is written and is not too long.
    pub(crate) fn title(&self, text: &str) -> Result<String, Refusal> {
        legible(text, self.rules.title_chars_max, Refusal::TitleTooLong)
    }

    /// A reason: refused as missing, not as empty.
    pub(crate) fn reason(&self, text: &str) -> Result<String, Refusal> {
        self.text(text).map_err(
            |refusal| {
                if refusal == Refusal::EmptyText { Refusal::ReasonNeeded } else { refusal }
            },
        )
    }
}

/// Whether a sign only steers a screen: turns the direction of writing, or is a control character other than a break
/// or a tab. Whoever reads the text does not see it.
#[must_use]
pub fn steers_screen(sign: char) -> bool {
    let turns = matches!(sign, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || (sign.is_control() && !matches!(sign, '\t' | '\n' | '\r'))
}

/// The text, if a reader of the record sees what its writer meant: something, and nothing that only steers a screen.
fn legible(text: &str, most: usize, too_long: Refusal) -> Result<String, Refusal> {
    let unseen = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}');
    if text.chars().all(|c| c.is_whitespace() || unseen(c)) {
        Err(Refusal::EmptyText)
    } else if text.chars().count() > most {
        Err(too_long)
    } else if text.chars().any(steers_screen) {
        Err(Refusal::TextSteers)
    } else {
        Ok(text.into())
    }
}

/// A map of these, put in one by one. To collect them would sort them first, and a sort of its own for each kind of map is
/// much of what a browser loads of the rules.
pub(crate) fn gathered<K: Ord, V>(pairs: impl IntoIterator<Item = (K, V)>) -> BTreeMap<K, V> {
    let mut map = BTreeMap::new();
    map.extend(pairs);
    map
}

/// A set of these, put in one by one, for the same reason.
pub(crate) fn listed<T: Ord>(items: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    let mut set = BTreeSet::new();
    set.extend(items);
    set
}

/// Whether a text is a SHA-256 in hexadecimal, or a seed of that length.
pub(crate) fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

impl Hearing {
    /// The same as [`decide`](Self::decide) for whoever sits in the room. What only the staff or the server do is refused
    /// without a look at it, and of a mediation and of a signature nothing is refused: whoever acts there is told by the server. So those rules
    /// are no part of what a browser loads of the room.
    ///
    /// # Errors
    /// The refusal, when the rules say no.
    pub fn decide_at_seat(&self, command: Command, act: &Act<'_>) -> Result<Vec<Event>, Refusal> {
        self.still_running()?;
        match command {
            Command::Plan(command) => plan::decide_at_seat(self, &command, act),
            Command::Roll(command) => roll::decide(self, command, act),
            Command::Phase(command) => phase::decide(self, command, act),
            Command::Floor(command) => floor::decide(self, command, act),
            Command::Statement(command) => statement::decide(self, command, act),
            Command::Question(command) => question::decide(self, command, act),
            Command::Exhibit(command) => exhibit::decide(self, command, act),
            Command::Motion(command) => motion::decide(self, command, act),
            Command::Deliberation(command) => deliberation::decide(self, command, act),
            Command::Opinion(command) => opinion::decide(self, command, act),
            Command::Decision(command) => decision::decide(self, command, act),
            Command::Mediation(_) | Command::Settlement(_) => Ok(Vec::new()),
            Command::Record(command) => record::decide_at_seat(self, command, act),
            Command::Recording(_) | Command::Line(_) => Err(Refusal::ClockOnly),
            Command::Shield(command) => shield::decide(self, command, act),
            Command::Equipment(command) => equipment::decide(self, command, act),
        }
    }

    /// How far into the hearing a seat has been let.
    #[must_use]
    pub fn clearance(&self, seat: &SeatId) -> Clearance {
        self.roll.clearance(seat, &self.plan)
    }

    /// The viewer in a seat, as far in as it has been let.
    #[must_use]
    pub fn viewer(&self, seat: &SeatId) -> Viewer {
        Viewer { seat: Some(seat.clone()), clearance: self.clearance(seat) }
    }

    /// When the server must next act by itself, and why.
    #[must_use]
    pub fn next_alarm(&self, rules: &Rulebook) -> Option<(Moment, phase::Why)> {
        phase::next_alarm(self, rules)
    }

    /// The seat that presides: the deputy who took over, or the chair. A chair who has gone is one only while none
    /// has been seated anew.
    #[must_use]
    pub fn presiding(&self) -> Option<&SeatId> {
        let mut chairs = self.plan.seats_of(Capacity::Chair);
        let chair =
            || chairs.find(|seat| !self.roll.is_gone(seat)).or_else(|| self.plan.seat_of(Capacity::Chair));
        self.roll.deputy_acting.as_ref().or_else(chair)
    }

    /// Whether a seat presents the case: the handling prosecutor, or, where none is here, whoever presides.
    #[must_use]
    pub fn handles(&self, seat: &SeatId) -> bool {
        match self.plan.capacity(seat) {
            Some(Capacity::Handler) => true,
            Some(_) => {
                self.presiding() == Some(seat)
                    && !self.plan.seats_of(Capacity::Handler).any(|handler| self.roll.is_present(handler))
            }
            None => false,
        }
    }

    /// Sitting panellists: admitted, not recused, not gone.
    pub fn sitting_panel(&self) -> impl Iterator<Item = &SeatId> {
        self.plan.seats_of(Capacity::Panellist).filter(|seat| self.roll.is_present(seat))
    }

    /// The acting seat, if it has been admitted.
    pub(crate) fn admitted<'a>(&self, act: &'a Act<'_>) -> Result<(&'a SeatId, Capacity), Refusal> {
        let seat = act.seat()?;
        let capacity = self.plan.capacity(seat).ok_or(Refusal::NotASeat)?;
        self.roll.require_present(seat)?;
        Ok((seat, capacity))
    }

    pub(crate) fn chair<'a>(&self, act: &'a Act<'_>) -> Result<&'a SeatId, Refusal> {
        let (seat, _) = self.admitted(act).map_err(|refusal| match refusal {
            Refusal::NotYourPart => Refusal::ChairOnly,
            other => other,
        })?;
        if self.presiding() == Some(seat) { Ok(seat) } else { Err(Refusal::ChairOnly) }
    }

    pub(crate) fn clerk_or_chair<'a>(&self, act: &'a Act<'_>) -> Result<&'a SeatId, Refusal> {
        let (seat, capacity) = self.admitted(act)?;
        if capacity == Capacity::Clerk || self.presiding() == Some(seat) {
            Ok(seat)
        } else {
            Err(Refusal::ClerkOrChairOnly)
        }
    }

    pub(crate) fn panellist<'a>(&self, act: &'a Act<'_>) -> Result<&'a SeatId, Refusal> {
        match self.admitted(act)? {
            (seat, Capacity::Panellist) => Ok(seat),
            _ => Err(Refusal::PanelOnly),
        }
    }

    /// A sealed file and a cancelled hearing take nothing more.
    fn still_running(&self) -> Result<(), Refusal> {
        if self.phase.cancelled.is_some() {
            return Err(Refusal::Ended);
        }
        if self.record.sealed.is_some() { Err(Refusal::Sealed) } else { Ok(()) }
    }
}
