//! Who carries a message: the outbox, a mail server, a gateway for text messages. Each takes it, or says why not.

use std::{fmt::Debug, future::Future, pin::Pin};

use super::{Because, Way};

/// A message, ready to go.
#[derive(Clone, Debug)]
pub struct Message {
    /// Its id, the same however often it is tried.
    pub id: String,
    /// To where.
    pub to: String,
    /// What it says.
    pub body: Body,
}

/// What a message says.
#[derive(Clone, Debug)]
pub enum Body {
    /// A letter with what goes with it.
    Mail(Box<lettre::Message>),
    /// A text message.
    Sms(String),
}

impl Message {
    /// By which way it goes.
    #[must_use]
    pub const fn way(&self) -> Way {
        match self.body {
            Body::Mail(_) => Way::Mail,
            Body::Sms(_) => Way::Sms,
        }
    }
}

/// What the carrier said when it took a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Receipt(pub String);

/// Why a carrier did not take a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undelivered {
    /// Why, in a word.
    pub because: Because,
    /// What the carrier said.
    pub said: String,
}

impl Undelivered {
    /// Why, and what the carrier said, at most so much of it as is kept.
    #[must_use]
    pub fn new(because: Because, said: &str) -> Self {
        let said = said.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).take(200).collect();
        Self { because, said }
    }

    /// Whether trying again is of no use.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        matches!(self.because, Because::Refused | Because::NoAddress)
    }
}

/// The answer of a carrier, on its way.
pub type Carried<'a> = Pin<Box<dyn Future<Output = Result<Receipt, Undelivered>> + Send + 'a>>;

/// Somebody who carries messages.
pub trait Carrier: Debug + Send + Sync {
    /// What it is called in the course of a delivery, such as `outbox`.
    fn name(&self) -> &'static str;

    /// Gives it a message. One that it has under the same id already is the same message.
    fn send<'a>(&'a self, message: &'a Message) -> Carried<'a>;
}
