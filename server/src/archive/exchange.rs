//! Sealed hearings carried from one installation to another, in a file that proves itself: by `fengqiao export` and `fengqiao import`,
//! while the server is stopped.
//!
//! ```text
//! sealed ──export──▶ FILE.zip ──import──▶ unpacked within limits ──▶ every member by its digest, the statement by its signatures
//!                                           │                          ──▶ seal, log, chain, root, exhibits, recordings, by the rules
//!                                           └──anything wrong──▶ refused, and nothing of it stays
//!                                         all holds ──▶ files put in place ──▶ written to the database in one go ──▶ shelved as any other
//! ```
//!
//! ```text
//! export.json       whose, what, when, and the SHA-256 of every other member; export.sig, export-sm2.sig, export.pub, export-sm2.pub
//! case-file.zip     both volumes, bound with the keys of the seal
//! log.jsonl         every entry of the log, the deliberation included: it is as secret as the data folder
//! seal/…            the seal: statement, both signatures, both keys      stamp.tsr        its time stamp, where there is one
//! exhibits/SHA256   a file, with SHA256.json, what is known of it        retention.json   every step about how long it is kept
//! docket.json       how the hearing stands in the lists                  recordings.json  which there are; with `--recordings` the files
//! ```

use std::{collections::BTreeMap, fs::File, io, path::Path};

use casefile::Digest;
use procedure::{
    Event, Moment, SeatId,
    hearing::{
        plan::Case,
        recording::{self, Segment},
    },
    wire::Happened,
};
use serde::{Deserialize, Serialize};

use crate::{
    Config, Error,
    database::Database,
    docket::{Face, Notice},
    log,
    recording::Shelf,
    site,
};

mod check;
pub mod export;
pub mod foreign;
pub mod import;
mod parcel;
mod wrong;

pub use wrong::{Failed, Wrong};

/// The format that is written, and the only one that is read.
const FORMAT: &str = "fengqiao-export/1";

const STATEMENT: &str = "export.json";
const STATEMENT_SIGNATURE: &str = "export.sig";
const STATEMENT_SM2: &str = "export-sm2.sig";
const STATEMENT_KEY: &str = "export.pub";
const STATEMENT_KEY_SM2: &str = "export-sm2.pub";
/// What stands in no statement, because it is the statement or signs it.
const UNLISTED: [&str; 5] = [STATEMENT, STATEMENT_SIGNATURE, STATEMENT_SM2, STATEMENT_KEY, STATEMENT_KEY_SM2];

const CASE_FILE: &str = "case-file.zip";
const LOG: &str = "log.jsonl";
const SEAL: &str = "seal/seal.json";
const SEAL_SIGNATURE: &str = "seal/seal.sig";
const SEAL_SM2: &str = "seal/seal-sm2.sig";
const SEAL_KEY: &str = "seal/seal.pub";
const SEAL_KEY_SM2: &str = "seal/seal-sm2.pub";
const RETENTION: &str = "retention.json";
const DOCKET: &str = "docket.json";
const RECORDED: &str = "recordings.json";
/// What every export has.
const ALWAYS: [&str; 10] =
    [CASE_FILE, LOG, SEAL, SEAL_SIGNATURE, SEAL_SM2, SEAL_KEY, SEAL_KEY_SM2, RETENTION, DOCKET, RECORDED];
const STAMP: &str = "stamp.tsr";
const EXHIBITS: &str = "exhibits/";
const RECORDINGS: &str = "recordings/";

/// What an export says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Statement {
    /// [`FORMAT`].
    format: String,
    /// The office that held the hearing.
    office: String,
    /// Version of the program that wrote it.
    program: String,
    /// Id of the hearing.
    hearing: String,
    /// When it was written, in milliseconds since 1970.
    exported: Moment,
    /// The moment of the time stamp, in milliseconds since 1970, where there is one.
    stamped: Option<i64>,
    /// Whether the recordings are in it.
    recordings: bool,
    /// SHA-256 of every other member.
    members: BTreeMap<String, Digest>,
}

/// An entry of the log, as a line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    number: i64,
    at: Moment,
    author: String,
    command: String,
    content: String,
    /// Thirty-two bytes, written as a digest is.
    salt: Digest,
    commitment: Digest,
    chain: Digest,
}

/// How a hearing stands in the lists of the office that held it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    face: Face,
    case: Option<Case>,
    notice: Option<Notice>,
}

/// A file of the recordings, as the log names it.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Recorded {
    /// Its name.
    name: String,
    /// Its length, in bytes.
    bytes: u64,
    /// Its pieces, each with its SHA-256.
    segments: Vec<Segment>,
}

/// The recordings that the entries of a log name.
fn recorded(entries: &[log::Entry]) -> Result<Vec<Recorded>, Error> {
    let mut named: BTreeMap<(SeatId, u32), Vec<Segment>> = BTreeMap::new();
    for entry in entries {
        let happened: Happened = serde_json::from_str(&entry.content)?;
        if let Event::Recording(recording::Event::Recorded { segments }) = happened.event {
            for segment in segments {
                named.entry((segment.seat.clone(), segment.part)).or_default().push(segment);
            }
        }
    }
    let file = |((seat, part), segments): ((SeatId, u32), Vec<Segment>)| Recorded {
        name: Shelf::name(&seat, part),
        bytes: segments.iter().map(|segment| segment.bytes).fold(0, u64::saturating_add),
        segments,
    };
    Ok(named.into_iter().map(file).collect())
}

/// The folder that a file or a folder lies in.
fn place_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Waits until the names in a folder are on disk, or what is in a file.
fn keep_names(path: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
}

/// An installation whose server does not run. Its folder is held meanwhile, so that none is started.
#[derive(Debug)]
struct Stopped {
    database: Database,
    _folder: File,
}

impl Stopped {
    async fn open(config: &Config) -> Result<Self, Error> {
        let folder = site::take_folder(&config.data)?;
        Ok(Self { database: Database::open(&config.data, 2).await?, _folder: folder })
    }

    async fn close(self) {
        // What has been committed is on disk; this only tidies up.
        let _ = self.database.checkpoint().await;
        self.database.pool.close().await;
    }
}
