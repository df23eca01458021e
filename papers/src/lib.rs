//! The papers of a hearing: notices, the record, opinion sheets, the report, put into words by forms, and written as PDF,
//! DOCX or a page.
//!
//! ```text
//! what the reader may see of the hearing ──fields──▶ form (its wording is the site's) ──▶ Paper ──▶ PDF │ DOCX │ page
//! ```
//!
//! A paper is drawn up from what was disclosed to its reader and from nothing else, so that none can say more than the
//! reader may know.

pub mod block;
pub mod docx;
mod fields;
mod fonts;
mod form;
mod letterhead;
mod list;
mod markdown;
mod number;
pub mod page;
pub mod pdf;
mod stage;

use block::Block;
use sha2::{Digest, Sha256};

pub use fields::{Office, Source, delivery::Served};
pub use fonts::Fonts;
pub use form::Wordings;
pub use letterhead::{Letterhead, Seal, Sealed};
pub use list::{Audience, Form, Lacking};
pub use number::Series;
pub use stage::Stage;

/// Why there is no paper.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The wording of a form cannot be filled in: the file or form, and why.
    #[error("the wording of {0} cannot be used: {1}")]
    Wording(String, String),
    /// There is no font with Chinese characters.
    #[error("no Chinese font was found")]
    NoFont,
    /// The paper could not be set.
    #[error("the paper could not be set: {0}")]
    Setting(String),
}

/// A paper, drawn up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    /// Which form it is.
    pub form: Form,
    /// Its title.
    pub title: String,
    /// The office that it comes from.
    pub office: String,
    /// What stands over the red line, on papers that have one.
    pub head: String,
    /// The line at the foot of each page; empty where there is none.
    pub foot: String,
    /// Its number; empty where it has none.
    pub number: String,
    /// Eight hexadecimal digits that change with any word of it, so that two prints can be compared.
    pub version: String,
    /// What stands in it.
    pub blocks: Vec<Block>,
    /// Where the picture of the office's seal stands; none where there is none.
    pub sealed: Option<Sealed>,
    /// The moment for which it was drawn up, milliseconds since 1970 UTC.
    pub at_ms: i64,
}

impl Paper {
    /// Draws up a paper from what its reader may see.
    ///
    /// # Errors
    /// When the wording of the form asks for what there is not.
    pub fn draw_up(form: Form, source: &Source<'_>, wordings: &Wordings) -> Result<Self, Error> {
        let letterhead = wordings.letterhead();
        let fields = fields::of(form, source, &letterhead.word);
        let markdown::Read { title, blocks } = wordings.fill(form, &fields)?;
        let office = source.office.name.clone();
        let under = form.has_letterhead();
        let mut paper = Self {
            form,
            title,
            head: if under { letterhead.over(&office).into() } else { String::new() },
            foot: if under { letterhead.foot.clone() } else { String::new() },
            number: fields::number(form, source, &letterhead.word),
            version: String::new(),
            sealed: letterhead.seals(form, &office, &blocks),
            office,
            blocks,
            at_ms: source.at.0,
        };
        paper.version = version(&paper);
        Ok(paper)
    }
}

/// What tells one wording of a paper from another: the beginning of the SHA-256 of all that stands in it, and of letterhead and
/// seal where the office has its own.
fn version(paper: &Paper) -> String {
    let mut said = serde_json::to_vec(&(&paper.title, &paper.number, &paper.blocks)).unwrap_or_default();
    let own = paper.form.has_letterhead() && paper.head != paper.office;
    if own || !paper.foot.is_empty() {
        said.extend(serde_json::to_vec(&(&paper.head, &paper.foot)).unwrap_or_default());
    }
    if let Some(Sealed { seal, .. }) = &paper.sealed {
        said.extend(seal.diameter_mm().to_be_bytes());
        said.extend(seal.digest());
    }
    Sha256::digest(said).iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}
