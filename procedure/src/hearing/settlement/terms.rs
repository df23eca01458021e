//! Terms and amounts: what is to be done, how much is to be paid, and until when.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use serde::{Deserialize, Serialize};

use crate::{
    hearing::{Act, legible, record::Words},
    moment::Moment,
    refusal::Refusal,
};

/// An amount of money in fen, the hundredth part of a yuan; a whole number, never a fraction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fen(pub u64);

impl Fen {
    /// In yuan, with the fen where there are any: `26000`, `26000.50`.
    #[must_use]
    pub fn yuan(self) -> String {
        match self.0 % 100 {
            0 => (self.0 / 100).to_string(),
            fen => format!("{}.{fen:02}", self.0 / 100),
        }
    }

    /// The amount in the middle of two, rounded down to a whole fen.
    #[must_use]
    pub const fn middle(self, other: Self) -> Self {
        Self(self.0.midpoint(other.0))
    }

    /// An amount that is some money and not above what the rules allow.
    pub(super) fn checked(self, act: &Act<'_>) -> Result<Self, Refusal> {
        if self.0 == 0 || self.0 > act.rules.amount_fen_max {
            Err(Refusal::AmountOutOfRange)
        } else {
            Ok(self)
        }
    }
}

/// One term.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// What is to be done.
    pub text: String,
    /// How much is to be paid.
    #[serde(default)]
    pub amount: Option<Fen>,
    /// Until when, `YYYY-MM-DD`.
    #[serde(default)]
    pub due: Option<String>,
}

impl Term {
    /// How it reads, Chinese and English, without a full stop.
    #[must_use]
    pub fn words(&self) -> Words {
        let (mut zh, mut en) = (self.text.clone(), self.text.clone());
        if let Some(amount) = self.amount {
            let yuan = amount.yuan();
            zh.push_str(&format!("，金额{yuan}元"));
            en.push_str(&format!(", {yuan} yuan"));
        }
        if let Some(due) = &self.due {
            zh.push_str(&format!("，于{due}前履行"));
            en.push_str(&format!(", by {due}"));
        }
        Words { zh, en }
    }

    fn checked(&self, act: &Act<'_>) -> Result<(), Refusal> {
        legible(&self.text, act.rules.term_chars_max, Refusal::TermTooLong)?;
        self.amount.map(|amount| amount.checked(act)).transpose()?;
        let is_day = |day: &String| day.len() == 10 && Moment::parse(&format!("{day}T00:00:00Z")).is_some();
        if self.due.as_ref().is_none_or(is_day) { Ok(()) } else { Err(Refusal::DueUnreadable) }
    }
}

/// Terms that can be offered: some, not too many, and each in order.
pub(super) fn checked(terms: &[Term], act: &Act<'_>) -> Result<(), Refusal> {
    if terms.is_empty() || terms.len() > act.rules.terms_max {
        return Err(Refusal::TermsNumber);
    }
    terms.iter().try_for_each(|term| term.checked(act))
}

/// All terms in one sentence, numbered.
pub(in crate::hearing) fn told(terms: &[Term]) -> Words {
    let numbered = |term: (usize, &Term)| {
        let Words { zh, en } = term.1.words();
        (format!("{}．{zh}", term.0), format!("({}) {en}", term.0))
    };
    let (zh, en): (Vec<_>, Vec<_>) = (1..).zip(terms).map(numbered).unzip();
    Words { zh: zh.join("；"), en: en.join("; ") }
}
