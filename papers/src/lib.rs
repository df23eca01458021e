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
mod list;
mod markdown;
pub mod page;
pub mod pdf;

use block::Block;
use sha2::{Digest, Sha256};

pub use fields::{Office, Source, delivery::Served};
pub use fonts::Fonts;
pub use form::Wordings;
pub use list::{Audience, Form, Lacking};

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
    /// Its number; empty where it has none.
    pub number: String,
    /// Eight hexadecimal digits that change with any word of it, so that two prints can be compared.
    pub version: String,
    /// What stands in it.
    pub blocks: Vec<Block>,
    /// The moment for which it was drawn up, milliseconds since 1970 UTC.
    pub at_ms: i64,
}

impl Paper {
    /// Draws up a paper from what its reader may see.
    ///
    /// # Errors
    /// When the wording of the form asks for what there is not.
    pub fn draw_up(form: Form, source: &Source<'_>, wordings: &Wordings) -> Result<Self, Error> {
        let fields = fields::of(form, source);
        let markdown::Read { title, blocks } = wordings.fill(form, &fields)?;
        let number = fields::number(form, source);
        let version = version(&title, &number, &blocks);
        let office = source.office.name.clone();
        Ok(Self { form, title, office, number, version, blocks, at_ms: source.at.0 })
    }
}

/// What tells one wording of a paper from another: the beginning of the SHA-256 of all that stands in it.
fn version(title: &str, number: &str, blocks: &[Block]) -> String {
    let said = serde_json::to_vec(&(title, number, blocks)).unwrap_or_default();
    Sha256::digest(said).iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}
