//! `fengqiao export`: a sealed hearing in one file, for another installation.
//!
//! The members are stored, not compressed, in the order of their names and without dates: the same hearing exported at the same
//! moment gives the same bytes. The statement is signed with the keys of the seal; a hearing that came from elsewhere with the keys of
//! this office, for those of its seal are not here.

use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use casefile::{Digest, Seal};
use procedure::{Hearing, Moment, Rulebook};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::{
    CASE_FILE, DOCKET, EXHIBITS, FORMAT, LOG, Line, Listed, RECORDED, RECORDINGS, RETENTION, SEAL, SEAL_KEY,
    SEAL_KEY_SM2, SEAL_SIGNATURE, SEAL_SM2, STAMP, STATEMENT, STATEMENT_KEY, STATEMENT_KEY_SM2,
    STATEMENT_SIGNATURE, STATEMENT_SM2, Statement, Stopped, foreign, keep_names, place_of, recorded,
};
use crate::{
    Config, Error, Failure, Refused,
    archive::{self, Source, Wanted, api, catalogue, key::Keyring, retention, seals, stamp},
    docket::Docket,
    exhibit::Exhibits,
    log::{self, Log},
    recording::{check, notes::hash},
    room,
};

/// Which hearings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// One, into this file.
    One {
        /// Its id.
        hearing: String,
        /// The file. There must be none yet.
        to: PathBuf,
    },
    /// Every one in the archive, into `hearing-ID.zip` in this folder. What is there already is left as it is.
    All {
        /// The folder.
        to: PathBuf,
    },
}

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// Id of the hearing.
    pub hearing: String,
    /// The file.
    pub file: PathBuf,
    /// Fingerprint of the Ed25519 key that signs it, which the other office compares.
    pub fingerprint: String,
}

/// What a member of an export is made of.
enum Member {
    Bytes(Vec<u8>),
    /// A recording, which may be larger than memory.
    File(PathBuf),
}

type Members = BTreeMap<String, Member>;

/// What an export is made from.
struct Office<'a> {
    config: &'a Config,
    stopped: Stopped,
    log: Log,
    docket: Docket,
    exhibits: Exhibits,
    keyring: Keyring,
}

/// Writes sealed hearings, each into a file. The server must not run.
///
/// # Errors
/// When there is no such hearing, it is not sealed or not in the archive, a recording is not as the case file names it, there is a
/// file already, or the machine fails.
pub async fn export(
    config: &Config,
    which: &Which,
    recordings: bool,
    now: Moment,
) -> Result<Vec<Exported>, Failure> {
    if !config.data.join("seal.key").is_file() {
        let why = "不是数据文件夹 no data folder";
        return Err(Error::Config(format!("{}: {why}", config.data.display())).into());
    }
    let stopped = Stopped::open(config).await?;
    let office = Office {
        config,
        log: Log::open(stopped.database.clone(), 1, 1).await?,
        docket: Docket::new(stopped.database.pool.clone()),
        exhibits: Exhibits::new(config),
        keyring: Keyring::open(&config.data)?,
        stopped,
    };
    let written = office.write(which, recordings, now).await;
    office.log.close().await;
    office.stopped.close().await;
    written
}

impl Office<'_> {
    async fn write(&self, which: &Which, recordings: bool, now: Moment) -> Result<Vec<Exported>, Failure> {
        match which {
            Which::One { hearing, to } => {
                if to.exists() {
                    let why = "文件已经存在 there is a file already";
                    return Err(Error::Config(format!("{}: {why}", to.display())).into());
                }
                Ok(vec![self.one(hearing, to, recordings, now).await?])
            }
            Which::All { to } => {
                std::fs::create_dir_all(to)?;
                // One that cannot be exported keeps none back of those after it.
                let (mut written, mut failed) = (Vec::new(), None);
                for entry in catalogue::all(&self.stopped.database.pool).await? {
                    let file = to.join(format!("hearing-{}.zip", entry.hearing));
                    if !file.exists() {
                        match self.one(&entry.hearing, &file, recordings, now).await {
                            Ok(exported) => written.push(exported),
                            Err(why) => {
                                tracing::error!(
                                    hearing = entry.hearing,
                                    "a sealed hearing could not be exported"
                                );
                                failed.get_or_insert(why);
                            }
                        }
                    }
                }
                failed.map_or(Ok(written), Err)
            }
        }
    }

    async fn one(&self, id: &str, to: &Path, recordings: bool, now: Moment) -> Result<Exported, Failure> {
        let pool = &self.stopped.database.pool;
        let stream = room::stream(id);
        let entries = self.log.read(&stream, 1).await?;
        if entries.is_empty() {
            return Err(Refused::HearingUnknown.into());
        }
        let hearing = api::folded(&entries)?;
        if hearing.record.sealed.is_none() {
            return Err(Refused::NotSealed.into());
        }
        let (Some(seal), Some(entry)) = (seals::kept(pool, id).await?, catalogue::entry(pool, id).await?)
        else {
            return Err(Refused::NotShelved.into());
        };
        let mut members = Members::new();
        let mut put = |name: String, bytes: Vec<u8>| members.insert(name, Member::Bytes(bytes));
        let case_file = self.case_file(id, &stream, &hearing, &entries, &seal).await?;
        for (name, bytes) in of_the_seal(&seal) {
            put(name.into(), bytes);
        }
        put(LOG.into(), lines(&entries)?);
        put(RETENTION.into(), serde_json::to_vec(&retention::kept(pool, id).await?.steps)?);
        put(DOCKET.into(), serde_json::to_vec(&self.listed(id, &entry.number).await?)?);
        let stamp = stamp::kept(pool, id).await?;
        let stamped = stamp.as_ref().map(|(at, _)| *at);
        if let Some((_, reply)) = stamp {
            put(STAMP.into(), reply);
        }
        for sha256 in api::named(&hearing) {
            let (kept, bytes) = self.exhibits.read(id, &sha256).await?;
            put(format!("{EXHIBITS}{sha256}.json"), serde_json::to_vec(&kept)?);
            put(format!("{EXHIBITS}{sha256}"), bytes);
        }
        let files = recorded(&entries)?;
        put(RECORDED.into(), serde_json::to_vec(&files)?);
        if recordings {
            let folder = self.config.recordings().of(id);
            if let Some(broken) = check::check(&case_file, &folder)?.into_iter().find(|found| !found.holds) {
                return Err(Error::Archive(format!("{} {}", broken.zh, broken.en)).into());
            }
            for file in files {
                members.insert(format!("{RECORDINGS}{}", file.name), Member::File(folder.join(&file.name)));
            }
        }
        members.insert(CASE_FILE.into(), Member::Bytes(case_file));
        let statement = Statement {
            format: FORMAT.into(),
            office: entry.office,
            program: env!("CARGO_PKG_VERSION").into(),
            hearing: id.into(),
            exported: now,
            stamped,
            recordings,
            members: digests(&members)?,
        };
        let fingerprint = self.sign(&statement, &seal, &mut members)?;
        pack(to, &members)?;
        Ok(Exported { hearing: id.into(), file: to.into(), fingerprint })
    }

    /// Both volumes: bound with the keys of the seal, or as they came from another office.
    async fn case_file(
        &self,
        id: &str,
        stream: &str,
        hearing: &Hearing,
        entries: &[log::Entry],
        seal: &Seal,
    ) -> Result<Vec<u8>, Failure> {
        if let Some(foreign) = foreign::kept(&self.stopped.database.pool, id).await? {
            return Ok(foreign.case_file(&self.config.data).await?);
        }
        let files = api::files(&self.exhibits, id, hearing).await?;
        let rules = Rulebook::default();
        let source = Source { hearing_id: id, stream, hearing, rules: &rules, entries, files: &files };
        let bound = match self.keyring.holder(&seal.keys) {
            Some(holder) => archive::bind(&source, &Wanted::Whole, seal, &**holder),
            None => Err(archive::Error::NoKeys(seal.keys.ed25519.fingerprint())),
        };
        Ok(bound.map_err(|error| Error::Archive(error.to_string()))?)
    }

    /// How the hearing stands in the lists.
    async fn listed(&self, id: &str, number: &str) -> Result<Listed, Failure> {
        let face = self.docket.hearings().await?.into_iter().find(|face| face.id == id);
        Ok(Listed {
            face: face.ok_or(Refused::HearingUnknown)?,
            case: self.docket.case(number).await?,
            notice: self.docket.notice(id).await?,
        })
    }

    /// Puts the statement among the members, signed; gives the fingerprint of the key.
    fn sign(&self, statement: &Statement, seal: &Seal, members: &mut Members) -> Result<String, Error> {
        let statement = serde_json::to_vec(statement)?;
        let holder = self.keyring.holder(&seal.keys).unwrap_or_else(|| self.keyring.now());
        let keys = holder.keys();
        let signatures = holder.sign(&statement).map_err(Error::Archive)?;
        // A wrong signature never leaves the house.
        if !keys.hold(&statement, &signatures) {
            return Err(Error::Archive("the export could not be signed".into()));
        }
        for (name, bytes) in [
            (STATEMENT, statement),
            (STATEMENT_SIGNATURE, signatures.ed25519.to_vec()),
            (STATEMENT_SM2, signatures.sm2.to_vec()),
            (STATEMENT_KEY, keys.ed25519.0.to_vec()),
            (STATEMENT_KEY_SM2, keys.sm2.0.to_vec()),
        ] {
            members.insert(name.into(), Member::Bytes(bytes));
        }
        Ok(keys.ed25519.fingerprint())
    }
}

fn of_the_seal(seal: &Seal) -> [(&'static str, Vec<u8>); 5] {
    [
        (SEAL, seal.statement.clone()),
        (SEAL_SIGNATURE, seal.signatures.ed25519.to_vec()),
        (SEAL_SM2, seal.signatures.sm2.to_vec()),
        (SEAL_KEY, seal.keys.ed25519.0.to_vec()),
        (SEAL_KEY_SM2, seal.keys.sm2.0.to_vec()),
    ]
}

/// The log, an entry a line.
fn lines(entries: &[log::Entry]) -> Result<Vec<u8>, Error> {
    let mut lines = Vec::new();
    for entry in entries.iter().cloned() {
        let line = Line {
            number: entry.number,
            at: entry.at,
            author: entry.author,
            command: entry.command,
            content: entry.content,
            salt: Digest(entry.salt),
            commitment: entry.commitment,
            chain: entry.chain,
        };
        serde_json::to_writer(&mut lines, &line)?;
        lines.push(b'\n');
    }
    Ok(lines)
}

/// SHA-256 of every member.
fn digests(members: &Members) -> Result<BTreeMap<String, Digest>, Error> {
    members.iter().map(|(name, member)| Ok((name.clone(), digest(member)?))).collect()
}

fn digest(member: &Member) -> io::Result<Digest> {
    match member {
        Member::Bytes(bytes) => Ok(Digest::of(bytes)),
        Member::File(path) => {
            let file = File::open(path)?;
            let size = file.metadata()?.len();
            hash(file, size)?.parse::<Digest>().map_err(io::Error::other)
        }
    }
}

/// Writes the file, readable by its owner only: beside its place first, so that it is whole or not there. The name that it has until
/// then nobody else can have laid there before.
fn pack(to: &Path, members: &Members) -> io::Result<()> {
    let part = place_of(to).join(format!(".export-{}.part", uuid::Uuid::now_v7()));
    let written = write(&part, members).and_then(|()| std::fs::rename(&part, to));
    if written.is_err() {
        // Where the disk is full, half a file would keep it full.
        let _ = std::fs::remove_file(&part);
    } else if let Err(error) = keep_names(place_of(to)) {
        // There are disks that cannot: the file is there all the same.
        tracing::warn!(file = %to.display(), %error, "it cannot be waited for until the name is on disk");
    }
    written
}

fn write(part: &Path, members: &Members) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut zip = ZipWriter::new(options.open(part)?);
    let plain = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(zip::DateTime::default());
    for (name, member) in members {
        match member {
            Member::Bytes(bytes) => {
                zip.start_file(name.as_str(), plain.large_file(u32::try_from(bytes.len()).is_err()))?;
                zip.write_all(bytes)?;
            }
            Member::File(path) => {
                zip.start_file(name.as_str(), plain.large_file(true))?;
                io::copy(&mut File::open(path)?, &mut zip)?;
            }
        }
    }
    zip.finish()?.sync_all()
}
