//! The course of a delivery: what was to go to whom, by which way, and all that came of it. Every step is written down
//! and none is ever taken back; how a delivery stands follows from its steps.
//!
//! ```text
//!            mail, text message                      by post, in person
//! Queued ──sending──▶ Sending ──taken──▶ Sent     Queued ──posted──▶ Sent ──delivered──▶ Delivered
//!    ▲                   │                 │                           └──returned──▶ Returned
//!    └──tried again──────┤                 └──opened with the digits──▶ Read ──confirmed──▶ Acknowledged
//!                        └──given up──▶ Failed               not opened ──taken back──▶ Withdrawn
//! ```

use procedure::{Moment, SeatId};
use serde::{Deserialize, Serialize};

/// By which way something is delivered.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// 电子邮件.
    Mail,
    /// 短信.
    Sms,
    /// 邮寄.
    Post,
    /// 当面.
    InPerson,
}

impl Way {
    /// Whether a machine carries it; then the addressee must have agreed (Online Litigation Rules, Art. 31).
    #[must_use]
    pub const fn is_electronic(self) -> bool {
        matches!(self, Self::Mail | Self::Sms)
    }

    /// What it is called, Chinese and English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Mail => ("电子邮件", "mail"),
            Self::Sms => ("短信", "text message"),
            Self::Post => ("邮寄", "by post"),
            Self::InPerson => ("当面", "in person"),
        }
    }
}

/// What is delivered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// A paper.
    Paper {
        /// Name of its form.
        form: String,
        /// Its number.
        number: String,
        /// The version that stands at the foot of its pages.
        version: String,
        /// SHA-256 of the PDF that was kept, hexadecimal.
        sha256: String,
    },
    /// A word that the hearing is near.
    Reminder {
        /// So many hours before.
        hours: u64,
    },
    /// A word that the hearing was called off.
    Cancellation {},
}

impl What {
    /// Name of the form, if it is a paper.
    #[must_use]
    pub fn form(&self) -> Option<&str> {
        match self {
            Self::Paper { form, .. } => Some(form),
            Self::Reminder { .. } | Self::Cancellation {} => None,
        }
    }
}

/// What the office notes of a delivery that no machine carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Note {
    /// It was given to the post.
    Posted,
    /// It was handed over, or the post has brought it.
    Delivered,
    /// It came back, or was refused.
    Returned,
}

/// Why a message did not go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Because {
    /// Mail server or gateway cannot be reached, or asks to try later.
    Later,
    /// Mail server or gateway does not take it.
    Refused,
    /// The outbox is full.
    OutboxFull,
    /// The addressee has no such address any more, or no longer agrees.
    NoAddress,
    /// The machine failed.
    Machine,
}

/// A step of a delivery, as it is written down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// It is to go out.
    Queued {
        /// To which seat.
        seat: SeatId,
        /// Who sits there.
        name: String,
        /// What.
        what: What,
        /// How.
        way: Way,
        /// For which moment the hearing was announced then.
        scheduled: Moment,
        /// When its participants had been told then.
        notified: Option<Moment>,
        /// How often the hearing had been announced anew before: the sequence of its calendar entry.
        sequence: u32,
        /// Which delivery it repeats.
        again: Option<String>,
        /// Name of the account; none where it was the server.
        by: Option<String>,
    },
    /// It is being given to a carrier.
    Sending {
        /// Which time.
        time: u64,
        /// To where, masked.
        address: String,
        /// Whether the server had stopped while it was being given away: it may come twice, under the same id.
        resumed: bool,
    },
    /// The carrier has taken it.
    Sent {
        /// Which carrier.
        carrier: String,
        /// What the carrier said.
        receipt: String,
    },
    /// The carrier has not.
    Failed {
        /// Why.
        because: Because,
        /// What the carrier said.
        said: String,
        /// When it is tried again; none when it is given up.
        again: Option<Moment>,
    },
    /// The addressee opened it, with the digits.
    Read {},
    /// The addressee confirmed to have it.
    Acknowledged {},
    /// The office notes what came of it.
    Noted {
        /// What.
        note: Note,
        /// When that was.
        on: Moment,
        /// To whom it was handed, or its number at the post.
        to: String,
        /// Remarks.
        remark: String,
        /// Name of the account.
        by: String,
    },
    /// It goes out no longer, and its link opens nothing more.
    Withdrawn {
        /// Why.
        because: String,
        /// Name of the account; none where it was the server.
        by: Option<String>,
    },
}

/// How a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Waits to go out.
    Queued,
    /// Is being given to a carrier.
    Sending,
    /// A carrier, or the post, has it.
    Sent,
    /// It was handed over.
    Delivered,
    /// It was opened.
    Read,
    /// It was confirmed.
    Acknowledged,
    /// It did not go out.
    Failed,
    /// It came back.
    Returned,
    /// It was taken back.
    Withdrawn,
}

/// A try that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Failed {
    /// When.
    #[schema(value_type = i64)]
    pub at: Moment,
    /// Why.
    pub because: Because,
    /// What the carrier said.
    pub said: String,
}

/// Something that the office noted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Noted {
    /// What.
    pub note: Note,
    /// When that was.
    #[schema(value_type = i64)]
    pub on: Moment,
    /// To whom it was handed, or its number at the post.
    pub to: String,
    /// Remarks.
    pub remark: String,
    /// Name of the account.
    pub by: String,
}

/// A delivery, with all that came of it. No address stands in it but a masked one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Delivery {
    /// Its id, which is also that of its message.
    pub id: String,
    /// To which seat.
    #[schema(value_type = String)]
    pub seat: SeatId,
    /// Who sat there.
    pub name: String,
    /// What.
    pub what: What,
    /// How.
    pub way: Way,
    /// How it stands.
    pub state: State,
    /// For which moment the hearing was announced then, in milliseconds since 1970.
    #[schema(value_type = i64)]
    pub scheduled: Moment,
    /// When its participants had been told then.
    #[schema(value_type = Option<i64>)]
    pub notified: Option<Moment>,
    /// Sequence of the calendar entry.
    pub sequence: u32,
    /// Which delivery it repeats.
    pub again: Option<String>,
    /// Name of the account that had it sent; none where it was the server.
    pub by: Option<String>,
    /// To where it went last, masked.
    pub address: Option<String>,
    /// How often it was given to a carrier.
    pub tries: u64,
    /// When it was to go out.
    #[schema(value_type = i64)]
    pub queued: Moment,
    /// When it is due to be tried, while it waits.
    #[serde(skip)]
    pub due: Option<Moment>,
    /// When a carrier took it, or the post.
    #[schema(value_type = Option<i64>)]
    pub sent: Option<Moment>,
    /// Which carrier.
    pub carrier: Option<String>,
    /// When it was handed over.
    #[schema(value_type = Option<i64>)]
    pub delivered: Option<Moment>,
    /// When it was first opened.
    #[schema(value_type = Option<i64>)]
    pub read: Option<Moment>,
    /// When it was confirmed.
    #[schema(value_type = Option<i64>)]
    pub acknowledged: Option<Moment>,
    /// Tries that failed.
    pub failures: Vec<Failed>,
    /// Whether the server stopped while it was being given away.
    pub resumed: bool,
    /// What the office noted.
    pub notes: Vec<Noted>,
    /// Why it was taken back.
    pub withdrawn: Option<String>,
}

impl Delivery {
    /// The delivery that begins with this step; none where it is another.
    #[must_use]
    pub fn begins(id: &str, at: Moment, event: &Event) -> Option<Self> {
        let Event::Queued { seat, name, what, way, scheduled, notified, sequence, again, by } = event else {
            return None;
        };
        Some(Self {
            id: id.into(),
            seat: seat.clone(),
            name: name.clone(),
            what: what.clone(),
            way: *way,
            state: State::Queued,
            scheduled: *scheduled,
            notified: *notified,
            sequence: *sequence,
            again: again.clone(),
            by: by.clone(),
            address: None,
            tries: 0,
            queued: at,
            due: way.is_electronic().then_some(at),
            sent: None,
            carrier: None,
            delivered: None,
            read: None,
            acknowledged: None,
            failures: Vec::new(),
            resumed: false,
            notes: Vec::new(),
            withdrawn: None,
        })
    }

    /// Takes in a later step. Never fails: what has been written has happened.
    pub fn evolve(&mut self, at: Moment, event: &Event) {
        match event {
            Event::Queued { .. } => {}
            Event::Sending { time, address, resumed } => {
                self.tries = *time;
                self.address = Some(address.clone());
                self.resumed |= resumed;
                self.state = State::Sending;
            }
            Event::Sent { carrier, .. } => {
                self.sent = Some(at);
                self.carrier = Some(carrier.clone());
                self.due = None;
                // Whoever is quick has read it before the carrier had answered.
                if self.state == State::Sending {
                    self.state = State::Sent;
                }
            }
            Event::Failed { because, said, again } => {
                self.failures.push(Failed { at, because: *because, said: said.clone() });
                // What was taken back or read meanwhile stays so, and does not go out once more.
                if matches!(self.state, State::Sending | State::Queued) {
                    self.due = *again;
                    self.state = if again.is_some() { State::Queued } else { State::Failed };
                }
            }
            Event::Read {} => {
                self.read = self.read.or(Some(at));
                self.reached(State::Read);
            }
            Event::Acknowledged {} => {
                self.acknowledged = self.acknowledged.or(Some(at));
                self.reached(State::Acknowledged);
            }
            Event::Noted { note, on, to, remark, by } => {
                self.noted(*note, *on);
                let (to, remark, by) = (to.clone(), remark.clone(), by.clone());
                self.notes.push(Noted { note: *note, on: *on, to, remark, by });
            }
            Event::Withdrawn { because, .. } => {
                self.withdrawn = Some(because.clone());
                self.due = None;
                self.state = State::Withdrawn;
            }
        }
    }

    fn reached(&mut self, state: State) {
        self.due = None;
        if self.state != State::Acknowledged {
            self.state = state;
        }
    }

    fn noted(&mut self, note: Note, on: Moment) {
        match note {
            Note::Posted => {
                self.sent = Some(on);
                self.state = State::Sent;
            }
            Note::Delivered => {
                self.delivered = Some(on);
                self.state = State::Delivered;
            }
            Note::Returned => self.state = State::Returned,
        }
    }

    /// Whether the office may note that of it now: only what no machine carries, in the order of things.
    #[must_use]
    pub const fn takes(&self, note: Note) -> bool {
        match (self.way, note, self.state) {
            (Way::Mail | Way::Sms, ..) => false,
            (Way::Post, Note::Posted, State::Queued) => true,
            (Way::InPerson, Note::Posted, _) => false,
            (Way::Post, Note::Delivered | Note::Returned, state) => matches!(state, State::Sent),
            (Way::InPerson, Note::Delivered | Note::Returned, state) => matches!(state, State::Queued),
            (Way::Post, Note::Posted, _) => false,
        }
    }

    /// Whether it went out, or is about to.
    #[must_use]
    pub const fn stands(&self) -> bool {
        !matches!(self.state, State::Failed | State::Returned | State::Withdrawn)
    }

    /// Whether it was on its way when the server stopped, or waits to go out, at that moment.
    #[must_use]
    pub fn is_due(&self, now: Moment) -> bool {
        matches!(self.state, State::Queued | State::Sending) && self.due.is_some_and(|due| due <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queued(way: Way) -> Delivery {
        let event = Event::Queued {
            seat: "a1".into(),
            name: "陈某".into(),
            what: What::Reminder { hours: 24 },
            way,
            scheduled: Moment(9),
            notified: None,
            sequence: 0,
            again: None,
            by: None,
        };
        Delivery::begins("d1", Moment(1), &event).unwrap()
    }

    #[test]
    fn what_was_being_sent_when_the_server_stopped_is_due_at_once() {
        let mut delivery = queued(Way::Mail);
        assert!(delivery.is_due(Moment(1)) && !delivery.is_due(Moment(0)));
        delivery.evolve(Moment(2), &Event::Sending { time: 1, address: "c***@x".into(), resumed: false });
        assert!(delivery.is_due(Moment(2)));
        delivery.evolve(Moment(3), &Event::Sent { carrier: "outbox".into(), receipt: String::new() });
        assert!(!delivery.is_due(Moment(9)));
        assert_eq!(delivery.state, State::Sent);
    }

    #[test]
    fn what_was_taken_back_or_read_while_it_was_sent_is_not_sent_again() {
        let taken_back = Event::Withdrawn { because: "误发".into(), by: None };
        for (event, state) in [(taken_back, State::Withdrawn), (Event::Read {}, State::Read)] {
            let mut delivery = queued(Way::Mail);
            delivery.evolve(Moment(2), &Event::Sending { time: 1, address: "c***@x".into(), resumed: false });
            delivery.evolve(Moment(3), &event);
            let failed = |again| Event::Failed { because: Because::Later, said: "451".into(), again };
            for again in [Some(Moment(9)), None] {
                delivery.evolve(Moment(4), &failed(again));
                assert_eq!((delivery.state, delivery.is_due(Moment(99))), (state, false));
            }
            assert_eq!(delivery.failures.len(), 2, "but what happened is told");
        }
    }

    #[test]
    fn a_confirmation_is_not_undone_by_reading_again() {
        let mut delivery = queued(Way::Sms);
        for event in [Event::Read {}, Event::Acknowledged {}, Event::Read {}] {
            delivery.evolve(Moment(5), &event);
        }
        assert_eq!((delivery.state, delivery.read), (State::Acknowledged, Some(Moment(5))));
    }

    #[test]
    fn a_letter_is_posted_before_it_arrives_and_a_message_is_noted_by_nobody() {
        let mut letter = queued(Way::Post);
        assert!(letter.takes(Note::Posted) && !letter.takes(Note::Delivered));
        letter.noted(Note::Posted, Moment(4));
        assert!(!letter.takes(Note::Posted) && letter.takes(Note::Returned));
        assert!(queued(Way::InPerson).takes(Note::Delivered));
        assert!(!queued(Way::Mail).takes(Note::Delivered) && !queued(Way::Post).is_due(Moment(99)));
    }
}
