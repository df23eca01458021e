//! The case file: the main volume, the confidential volume and each participant's own copy, put together from the log
//! and bound to one seal.
//!
//! What goes into a copy is asked of the rules, entry by entry, exactly as it was asked when the hearing was live: the
//! main volume holds what the parties may see, the confidential volume what the office may see, a participant's own
//! copy what that seat may see. What was said in the deliberation room is in no volume; only its commitment is.
//!
//! What is done with it afterwards: [`shelving`] puts it where [`search`] finds it, [`stamp`] has the seal stamped, [`retention`]
//! says how long it is kept, [`access`] notes who read it, [`akoma_ntoso`] writes its record for other houses,
//! [`public_version`] for the public, and [`exchange`] carries it to another installation.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use casefile::{Copy, CopyKind, Digest, File, Leaf, Seal, Sealing, Signer};
use procedure::{
    Clearance, Disclosed, Event, Hearing, Rulebook, SeatId, Viewer,
    hearing::{
        exhibit::Content,
        roll::{self, Standing},
    },
    wire::Happened,
};

use crate::{Config, database::Database, log};

pub mod access;
pub mod akoma_ntoso;
pub mod api;
pub mod catalogue;
mod confidential;
pub mod exchange;
pub mod key;
mod page;
pub mod public_version;
mod record;
pub mod retention;
pub mod seals;
pub mod search;
pub mod shelving;
pub mod stamp;

/// What the archive stands on.
#[derive(Debug)]
pub struct Ground {
    /// What finds sealed hearings again.
    pub index: Arc<dyn search::Index>,
    /// How long files are kept.
    pub schedule: retention::Schedule,
    /// Who stamps seals, where somebody does.
    pub stamp_authority: Option<stamp::Authority>,
    /// Where the notes of who read what end.
    pub access: access::Access,
    /// Held while a hearing is shelved, so that none is by two at once.
    pub shelving: tokio::sync::Mutex<()>,
    /// Hearings whose seals were refused a time stamp since all were tried last.
    pub stamps_tried: tokio::sync::Mutex<BTreeSet<String>>,
}

impl Ground {
    /// As the set-up says.
    ///
    /// # Errors
    /// When the classes of retention or the certificates of the time-stamp authority cannot be used.
    pub fn open(config: &Config, database: &Database) -> Result<Self, crate::Error> {
        Ok(Self {
            index: Arc::new(search::tables::Tables::new(database)),
            schedule: retention::Schedule::open(config.retention.as_deref())?,
            stamp_authority: stamp::Authority::open(config)?,
            access: access::Access::default(),
            shelving: tokio::sync::Mutex::default(),
            stamps_tried: tokio::sync::Mutex::default(),
        })
    }
}

/// Everything that a case file is made from.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// Id of the hearing.
    pub hearing_id: &'a str,
    /// Name of its stream in the log.
    pub stream: &'a str,
    /// Its state after the last entry.
    pub hearing: &'a Hearing,
    /// The rules it was held under.
    pub rules: &'a Rulebook,
    /// All entries of the log, the first first.
    pub entries: &'a [log::Entry],
    /// Files of the exhibits, by SHA-256 in hexadecimal.
    pub files: &'a BTreeMap<String, Vec<u8>>,
}

/// Which copy is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Both volumes: for the office.
    Whole,
    /// The main volume alone.
    Main,
    /// What one seat was entitled to see.
    Own(SeatId),
}

/// Why there is no case file.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The hearing has not been sealed.
    #[error("the hearing has not been sealed")]
    NotSealed,
    /// An entry of the log cannot be read.
    #[error("entry {0} of the log cannot be read")]
    Unreadable(i64),
    /// The file of an exhibit is not there.
    #[error("the file of exhibit {0} is not there")]
    NoExhibit(u32),
    /// What somebody signed on paper is not there.
    #[error("what was signed, the file {0}, is not there")]
    NoScan(String),
    /// The keys of the seal are not here.
    #[error("the keys of the seal, {0}, are not in the data folder")]
    NoKeys(String),
    /// The case file could not be bound.
    #[error("the case file could not be bound: {0:?}")]
    Binding(casefile::Error),
}

/// Seals the log of a hearing whose record has been sealed. Made once and kept.
///
/// # Errors
/// When the record is not sealed, or the signer fails.
pub fn seal(source: &Source<'_>, signer: &dyn Signer) -> Result<Seal, Error> {
    let sealed_at = source.hearing.record.sealed.ok_or(Error::NotSealed)?;
    let commitments: Vec<Digest> = source.entries.iter().map(|entry| entry.commitment).collect();
    let sealing = Sealing {
        hearing: source.hearing_id,
        stream: source.stream,
        sealed_at: sealed_at.0,
        commitments: &commitments,
    };
    Seal::make(&sealing, signer).map_err(Error::Binding)
}

/// Binds one copy to the seal.
///
/// # Errors
/// When an entry or an exhibit is missing, or the signer fails.
pub fn bind(
    source: &Source<'_>,
    wanted: &Wanted,
    seal: &Seal,
    signer: &dyn Signer,
) -> Result<Vec<u8>, Error> {
    let (kind, viewer) = match wanted {
        Wanted::Whole => (CopyKind::Whole, Viewer::office()),
        Wanted::Main => (CopyKind::Main, participant()),
        Wanted::Own(seat) => (CopyKind::Own { seat: seat.0.clone() }, source.hearing.viewer(seat)),
    };
    let left = match wanted {
        Wanted::Own(seat) => before_leaving(source, seat)?,
        Wanted::Whole | Wanted::Main => None,
    };
    let files = match (&left, wanted) {
        (Some(left), _) => main_volume(&Source { hearing: &left.hearing, ..*source }, &left.viewer)?,
        (None, Wanted::Whole) => {
            let mut files = main_volume(source, &participant())?;
            files.extend(confidential_volume(source));
            files
        }
        (None, Wanted::Main | Wanted::Own(_)) => main_volume(source, &viewer)?,
    };
    let leaves = leaves(source, &viewer, left.as_ref())?;
    seal.copy(&Copy { kind, leaves: &leaves, files: &files }, signer).map_err(Error::Binding)
}

/// The hearing as the reader of a copy sees it: of both volumes the main one.
///
/// # Errors
/// When an entry of the log cannot be read.
pub fn seen(source: &Source<'_>, wanted: &Wanted) -> Result<Hearing, Error> {
    let Wanted::Own(seat) = wanted else {
        return Ok(Disclosed::view(source.hearing, &participant()).into_inner());
    };
    let view = match before_leaving(source, seat)? {
        Some(left) => Disclosed::view(&left.hearing, &left.viewer),
        None => Disclosed::view(source.hearing, &source.hearing.viewer(seat)),
    };
    Ok(view.into_inner())
}

/// Nobody in particular of those who take part: the reader of the main volume.
const fn participant() -> Viewer {
    Viewer { seat: None, clearance: Clearance::Participant }
}

/// What somebody saw who has left: the hearing up to then.
struct Left {
    /// Number of the entry by which it left.
    number: i64,
    /// The hearing before that.
    hearing: Hearing,
    /// As whom it saw it.
    viewer: Viewer,
}

/// Somebody who took part and left keeps what it saw as one who takes part, up to the moment of leaving and nothing
/// after; somebody recused or sent out keeps nothing.
fn before_leaving(source: &Source<'_>, seat: &SeatId) -> Result<Option<Left>, Error> {
    let roll = &source.hearing.roll;
    if roll.standing(seat) != Standing::Left || !roll.took_part(seat) {
        return Ok(None);
    }
    let mut hearing = Hearing::default();
    for entry in source.entries {
        let happened = read(entry)?;
        if matches!(&happened.event, Event::Roll(roll::Event::Left { seat: gone }) if gone == seat) {
            let mut viewer = hearing.viewer(seat);
            viewer.clearance = viewer.clearance.min(Clearance::Participant);
            return Ok(Some(Left { number: entry.number, hearing, viewer }));
        }
        hearing.evolve(happened.at, &happened.event);
    }
    Ok(None)
}

fn read(entry: &log::Entry) -> Result<Happened, Error> {
    serde_json::from_str(&entry.content).map_err(|_| Error::Unreadable(entry.number))
}

fn leaves(source: &Source<'_>, viewer: &Viewer, left: Option<&Left>) -> Result<Vec<Leaf>, Error> {
    source
        .entries
        .iter()
        .map(|entry| {
            let event = read(entry)?.event;
            let shown = match left.filter(|left| entry.number < left.number) {
                Some(left) => is_shown(&left.hearing, &left.viewer, &event),
                None => is_shown(source.hearing, viewer, &event),
            };
            Ok(casefile::Entry {
                number: u64::try_from(entry.number).map_err(|_| Error::Unreadable(entry.number))?,
                content: entry.content.clone().into_bytes(),
                salt: entry.salt,
            }
            .leaf(shown))
        })
        .collect()
}

fn is_shown(hearing: &Hearing, viewer: &Viewer, event: &Event) -> bool {
    Disclosed::event(hearing, viewer, event).is_some()
}

/// The record as a page and as data, and the exhibits.
fn main_volume(source: &Source<'_>, viewer: &Viewer) -> Result<Vec<File>, Error> {
    let view = Disclosed::view(source.hearing, viewer).into_inner();
    let mut files = vec![
        file("main/record.html", record::page(&view, source.rules)),
        file("main/record.json", as_json(&view)),
    ];
    files.extend(signed(source, &view)?);
    for laid in view.exhibit.laid.values() {
        let number = laid.exhibit.number;
        let bytes = match &laid.exhibit.content {
            Content::Text(text) => text.clone().into_bytes(),
            Content::File { sha256, .. } => {
                source.files.get(sha256).cloned().ok_or(Error::NoExhibit(number))?
            }
        };
        let path = format!("main/exhibits/{number:03}.{}", extension(&laid.exhibit.content));
        files.push(File { path, bytes });
    }
    Ok(files)
}

/// What was signed, word for word, and what came back from paper: for whoever may see the record as it was signed. To the
/// gallery the terms of an agreement are not shown, so its lines are others.
fn signed(source: &Source<'_>, view: &Hearing) -> Result<Vec<File>, Error> {
    let text = view.record.signed_text();
    if text != source.hearing.record.signed_text() {
        return Ok(Vec::new());
    }
    let mut files = vec![file("main/record.jsonl", text)];
    let mut scans: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for scan in view.record.scans() {
        let bytes = source.files.get(&scan.sha256).ok_or_else(|| Error::NoScan(scan.sha256.clone()))?;
        scans.insert(format!("main/signatures/{}.{}", scan.sha256, ending(&scan.media_type)), bytes.clone());
    }
    files.extend(scans.into_iter().map(|(path, bytes)| File { path, bytes }));
    Ok(files)
}

/// What the office may see beyond the main volume: proposals, approvals, opinion sheets and their count, questions that
/// were not put.
fn confidential_volume(source: &Source<'_>) -> Vec<File> {
    let view = Disclosed::view(source.hearing, &Viewer::office()).into_inner();
    vec![
        file("confidential/office.html", confidential::page(&view, source.rules)),
        file("confidential/office.json", as_json(&view)),
    ]
}

fn file(path: &str, text: String) -> File {
    File { path: path.into(), bytes: text.into_bytes() }
}

/// A view holds strings, numbers and lists only, which can always be written as JSON.
fn as_json(view: &Hearing) -> String {
    serde_json::to_string_pretty(view).unwrap_or_default()
}

fn extension(content: &Content) -> &'static str {
    match content {
        Content::Text(_) => "txt",
        Content::File { media_type, .. } => ending(media_type),
    }
}

fn ending(media_type: &str) -> &'static str {
    match media_type {
        "application/pdf" => "pdf",
        "image/png" => "png",
        "image/jpeg" => "jpg",
        "image/webp" => "webp",
        "text/plain" => "txt",
        crate::signature::certificate::KIND => "p7s",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => "docx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => "xlsx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation" => "pptx",
        "application/vnd.oasis.opendocument.text" => "odt",
        "application/vnd.oasis.opendocument.spreadsheet" => "ods",
        "application/vnd.oasis.opendocument.presentation" => "odp",
        _ => "bin",
    }
}
