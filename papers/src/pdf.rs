//! A paper as PDF: set as GB/T 9704 asks, and kept as PDF/A-2u, so that it reads the same in thirty years and its words can be
//! searched. The same paper has the same bytes.

use serde::Serialize;
use typst::{
    Library, LibraryExt, World,
    diag::{FileError, FileResult, SourceDiagnostic},
    ecow::EcoVec,
    foundations::{Bytes, Datetime, Duration, Smart},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::{
    Error, Fonts, Paper,
    block::Block,
    fonts::{BODY, HEADING, TITLE},
};

const LAYOUT: &str = include_str!("pdf/paper.typ");

/// What the layout is given.
#[derive(Serialize)]
struct Set<'a> {
    title: &'a str,
    office: &'a str,
    head: &'a str,
    foot: &'a str,
    number: &'a str,
    version: &'a str,
    letterhead: bool,
    signed_pages: bool,
    blocks: &'a [Block],
    sealed: Option<Place>,
    fonts: Families,
}

/// Where the seal stands, and how wide it is.
#[derive(Serialize)]
struct Place {
    block: usize,
    diameter_mm: u32,
}

#[derive(Serialize)]
struct Families {
    body: Vec<&'static str>,
    heading: Vec<&'static str>,
    title: Vec<&'static str>,
}

/// One paper on the desk.
struct Desk<'a> {
    library: LazyHash<Library>,
    fonts: &'a Fonts,
    layout: Source,
    data: (FileId, Bytes),
    seal: Option<(FileId, Bytes)>,
}

impl World for Desk<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.fonts.book
    }

    fn main(&self) -> FileId {
        self.layout.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.layout.id() { Ok(self.layout.clone()) } else { Err(FileError::NotSource) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let mut there = std::iter::once(&self.data).chain(&self.seal);
        let file = there.find(|(known, _)| *known == id);
        file.map(|(_, bytes)| bytes.clone()).ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.font(index)
    }

    /// A layout that asks what day it is would not give the same bytes again.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn id(path: &str) -> Result<FileId, Error> {
    let path = VirtualPath::new(path).map_err(|error| Error::Setting(format!("{error:?}")))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

fn why(errors: EcoVec<SourceDiagnostic>) -> Error {
    Error::Setting(errors.iter().map(|error| error.message.to_string()).collect::<Vec<_>>().join("; "))
}

/// Writes a paper as PDF. Takes up to some seconds of one core.
///
/// # Errors
/// When there is no Chinese font, or the paper cannot be set.
pub fn write(paper: &Paper, fonts: &Fonts) -> Result<Vec<u8>, Error> {
    let families = Families { body: fonts.of(BODY)?, heading: fonts.of(HEADING)?, title: fonts.of(TITLE)? };
    let set = Set {
        title: &paper.title,
        office: &paper.office,
        head: &paper.head,
        foot: &paper.foot,
        number: &paper.number,
        version: &paper.version,
        letterhead: paper.form.has_letterhead(),
        signed_pages: paper.form.is_signed_by_page(),
        blocks: &paper.blocks,
        sealed: paper
            .sealed
            .as_ref()
            .map(|sealed| Place { block: sealed.block, diameter_mm: sealed.seal.diameter_mm() }),
        fonts: families,
    };
    let data = serde_json::to_string(&set).map_err(|error| Error::Setting(error.to_string()))?;
    press(paper, fonts, data.clone().into_bytes()).or_else(|error| {
        // PDF/A holds no character that no font can draw: such a one is written as its number.
        let shown = fonts.shown(&data, &[BODY, HEADING, TITLE]);
        if shown == data { Err(error) } else { press(paper, fonts, shown.into_bytes()) }
    })
}

fn press(paper: &Paper, fonts: &Fonts, data: Vec<u8>) -> Result<Vec<u8>, Error> {
    let seal = paper.sealed.as_ref().map(|sealed| Bytes::new(sealed.seal.png().to_vec()));
    let desk = Desk {
        library: LazyHash::new(Library::default()),
        fonts,
        layout: Source::new(id("/paper.typ")?, LAYOUT.into()),
        data: (id("/paper.json")?, Bytes::new(data)),
        seal: seal.map(|png| Ok::<_, Error>((id("/seal.png")?, png))).transpose()?,
    };
    let document = typst::compile::<PagedDocument>(&desk).output.map_err(why)?;
    let standards = PdfStandards::new(&[PdfStandard::A_2u])
        .map_err(|error| Error::Setting(error.message().to_string()))?;
    let options = PdfOptions {
        ident: Smart::Custom(format!("{}/{}/{}", paper.form.name(), paper.number, paper.at_ms)),
        timestamp: stamp(paper.at_ms),
        standards,
        ..PdfOptions::default()
    };
    let written = typst_pdf::pdf(&document, &options).map_err(why);
    // What was computed for this paper is of no use to the next.
    comemo::evict(0);
    written
}

/// When the paper was drawn up, UTC.
fn stamp(at_ms: i64) -> Option<Timestamp> {
    let at = procedure::Moment(at_ms).local(0);
    let (month, day) = (u8::from(at.date.month()), at.date.day());
    Datetime::from_ymd_hms(at.date.year(), month, day, at.hour, at.minute, at.second).map(Timestamp::new_utc)
}
