//! Finding a file again: by case, person, office, day, and by any words of the record.
//!
//! ```text
//! sealed hearing ──▶ passages (one for each line of the record, name, issue, exhibit) ──put──▶ Index ──find──▶ hearings, with the lines
//! ```
//!
//! What only the office may see, the confidential volume, is kept apart from what the parties may see in every step, so that
//! a search of the main volume cannot even count what stands in the other. The index is a seam: another database brings its own.

use std::fmt;

use futures_util::future::BoxFuture;
use procedure::Moment;
use serde::{Deserialize, Serialize};

use super::catalogue::Entry;
use crate::Error;

pub mod api;
pub mod excerpt;
pub mod passages;
pub mod tables;

/// In which volume something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = ArchiveVolume)]
pub enum Volume {
    /// What everyone who takes part may see.
    Main,
    /// What the office alone may see.
    Confidential,
}

impl Volume {
    /// Its name in the tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Main => "main",
            Self::Confidential => "confidential",
        }
    }
}

/// What a passage is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = ArchivePart)]
pub enum Part {
    /// Number, kind and cause of the case.
    Case,
    /// What was to be heard.
    Issue,
    /// Somebody who had a seat: name, what they were, post.
    Person,
    /// A line of the record.
    Line,
    /// The decision.
    Decision,
    /// An exhibit: title, and the words of one that is text.
    Exhibit,
    /// What the office keeps to itself: proposals, approvals, sheets, questions not put.
    Office,
}

impl Part {
    /// Every part.
    pub const ALL: [Self; 7] =
        [Self::Case, Self::Issue, Self::Person, Self::Line, Self::Decision, Self::Exhibit, Self::Office];

    /// Its name in the tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Case => "case",
            Self::Issue => "issue",
            Self::Person => "person",
            Self::Line => "line",
            Self::Decision => "decision",
            Self::Exhibit => "exhibit",
            Self::Office => "office",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.name() == name)
    }
}

/// A piece of a hearing that is found by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// In which volume it stands.
    pub volume: Volume,
    /// What it is.
    pub part: Part,
    /// Number of the line of the record, or of the exhibit; nought where there is none.
    pub line: i64,
    /// Who said it; empty where nobody did.
    pub speaker: String,
    /// Its words.
    pub text: String,
}

/// What is looked for. Everything that is given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Words, each of which stands somewhere in the hearing.
    pub words: Vec<String>,
    /// Part of the case's number or cause.
    pub case: Option<String>,
    /// Part of the name of somebody who had a seat.
    pub person: Option<String>,
    /// Part of the name of the office that held it.
    pub office: Option<String>,
    /// Held at this moment or later.
    pub from: Option<Moment>,
    /// Held before this moment.
    pub before: Option<Moment>,
    /// Only what stands in the main volume.
    pub main_alone: bool,
    /// So many hearings are left out, those held last first.
    pub skip: u64,
    /// At most so many hearings are given.
    pub most: u64,
    /// And of each so many passages.
    pub passages_most: u64,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// How many hearings in all.
    pub count: u64,
    /// Those of the page.
    pub hearings: Vec<Hit>,
}

/// A hearing that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Which.
    pub entry: Entry,
    /// How many of its passages hold one of the words.
    pub matches: u64,
    /// The first of them.
    pub passages: Vec<Passage>,
}

/// What keeps the passages and finds them.
pub trait Index: fmt::Debug + Send + Sync {
    /// Takes a hearing in, in the place of what was there of it. Until all is in, it is not found.
    fn put<'a>(&'a self, entry: &'a Entry, passages: &'a [Passage]) -> BoxFuture<'a, Result<(), Error>>;

    /// Finds hearings, those held last first, and of the same moment by id.
    fn find<'a>(&'a self, wanted: &'a Wanted) -> BoxFuture<'a, Result<Found, Error>>;

    /// Takes a hearing out.
    fn forget<'a>(&'a self, hearing: &'a str) -> BoxFuture<'a, Result<(), Error>>;
}

/// A text as it is compared: small letters, and the wide forms of letters and digits as the narrow ones. One letter stays one
/// letter, so that a place in the one is the same place in the other.
#[must_use]
pub fn folded(text: &str) -> String {
    text.chars().map(fold).collect()
}

pub(super) fn fold(letter: char) -> char {
    let narrow = match u32::from(letter) {
        wide @ 0xff01..=0xff5e => char::from_u32(wide - 0xfee0).unwrap_or(letter),
        0x3000 => ' ',
        _ => letter,
    };
    let mut small = narrow.to_lowercase();
    match (small.next(), small.next()) {
        (Some(one), None) => one,
        _ => narrow,
    }
}
