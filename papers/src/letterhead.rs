//! What an office prints on its papers beside the words: its name in red over them, a line at the foot of each page, and the
//! picture of its seal at the end.
//!
//! The picture is a picture and proves nothing: whoever has the file can copy it. What proves is the seal of the case file.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{
    Form,
    block::{Block, Span, Spans},
};

/// What an office prints on its papers; nothing of its own where nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Letterhead {
    /// What stands over the red line; empty where it is the name of the office.
    pub name: String,
    /// The word that stands before the number of what goes out under its name (发文机关代字); empty where it has none.
    pub word: String,
    /// The line at the foot of each page of what goes out under its name: address, telephone; empty where it has none.
    pub foot: String,
    /// The picture of its seal; none where it puts a stamp to the paper, or none at all.
    pub seal: Option<Arc<Seal>>,
}

/// The picture of a round seal (公章).
#[derive(Clone, PartialEq, Eq)]
pub struct Seal {
    /// A square picture on a ground that lets the words through, PNG.
    png: Vec<u8>,
    /// How many pixels it is wide, and high.
    pixels: u32,
    /// How wide it is on paper, in millimetres.
    diameter_mm: u32,
    /// SHA-256 of the file in which it came: what is made of the file may be written otherwise one day.
    digest: [u8; 32],
}

impl std::fmt::Debug for Seal {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Seal({} bytes, {} pixels, {} mm)", self.png.len(), self.pixels, self.diameter_mm)
    }
}

impl Seal {
    /// A seal by its picture, which is a square PNG of so many pixels each way, how wide it is on paper, in
    /// millimetres, and the SHA-256 of the file in which it came. Whoever calls has looked at the picture.
    #[must_use]
    pub const fn new(png: Vec<u8>, pixels: u32, diameter_mm: u32, digest: [u8; 32]) -> Self {
        Self { png, pixels, diameter_mm, digest }
    }

    /// Its picture, PNG.
    #[must_use]
    pub fn png(&self) -> &[u8] {
        &self.png
    }

    /// How many pixels its picture is wide, and high.
    #[must_use]
    pub const fn pixels(&self) -> u32 {
        self.pixels
    }

    /// How wide it is on paper, in millimetres.
    #[must_use]
    pub const fn diameter_mm(&self) -> u32 {
        self.diameter_mm
    }

    /// SHA-256 of the file in which it came.
    pub(crate) const fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// Its picture as an address, for a page that is whole wherever it is kept.
    pub(crate) fn address(&self) -> String {
        format!("data:image/png;base64,{}", STANDARD.encode(&self.png))
    }
}

/// Where the seal stands in a paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The seal.
    pub seal: Arc<Seal>,
    /// On which of the paper's blocks: the lines at the end in which the office names itself.
    pub block: usize,
}

impl Letterhead {
    /// What stands over the red line of a paper of that office.
    pub(crate) fn over<'a>(&'a self, office: &'a str) -> &'a str {
        if self.name.is_empty() { office } else { &self.name }
    }

    /// Where the seal of that office stands in a paper; none where it has none, where no office seals such a paper, or
    /// where the office does not name itself in a line of its own at the end.
    pub(crate) fn seals(&self, form: Form, office: &str, blocks: &[Block]) -> Option<Sealed> {
        let seal = self.seal.clone().filter(|_| form.is_sealed())?;
        let names = |line: &Spans| is(line, office);
        let ends = |block: &Block| matches!(block, Block::Closing { lines } if lines.iter().any(names));
        Some(Sealed { seal, block: blocks.iter().rposition(ends)? })
    }
}

/// Whether a line says that and nothing else.
fn is(line: &[Span], words: &str) -> bool {
    let said: String = line.iter().map(|span| span.text.as_str()).collect();
    said.trim() == words.trim()
}
