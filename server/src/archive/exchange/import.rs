//! `fengqiao import`: a sealed hearing of another installation, taken in once everything in it holds.
//!
//! ```text
//! export ──checked──▶ import/ in the data folder ──▶ moved to where it belongs ──▶ one transaction: only now it counts
//! ```
//!
//! Files first, the database last: where it breaks off between, what lies there belongs to no hearing, and the next import of it takes
//! its place.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use casefile::{Digest, Keys};

use super::{
    CASE_FILE, EXHIBITS, Failed, Stopped, Wrong,
    check::{Sound, check},
    foreign::{self, Foreign},
    keep_names,
    parcel::{Parcel, shown},
    place_of,
};
use crate::{
    Config, Error,
    archive::{
        access::{self, Deed, Note, Who},
        retention, seals, stamp,
    },
    clock, docket, log, room,
};

/// Where an import is made ready, in the data folder.
const READY: &str = "import";
/// From where the access log has it: no address, but the command line.
const FROM: &str = "console";

/// What came of an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// Id of the hearing.
    pub hearing: String,
    /// The office that held it.
    pub office: String,
    /// Number of the case.
    pub number: String,
    /// Fingerprint of the key that signs the export.
    pub signer: String,
    /// Fingerprints of the keys of its seal, Ed25519 and SM2.
    pub seal: (String, String),
    /// Whether it was here already, with the same seal. Then nothing was changed but what `recordings_added` says.
    pub was_here: bool,
    /// Whether it was here without its recordings, and these were put beside it now.
    pub recordings_added: bool,
}

/// Takes a sealed hearing in. With keys, fingerprints or whole, those that sign must be among them. The server must not run.
///
/// # Errors
/// When anything in the file is wrong, or the machine fails. Nothing of it stays.
pub async fn import(config: &Config, file: &Path, keys: &[String], by: &str) -> Result<Imported, Failed> {
    let stopped = Stopped::open(config).await?;
    let ready = config.data.join(READY);
    // What an import that was broken off has left.
    clear(&ready)?;
    let taken = take_in(config, &stopped, file, keys, by).await;
    if let Err(error) = clear(&ready) {
        tracing::warn!(place = %ready.display(), %error, "what an import leaves could not be removed; the next one does");
    }
    stopped.close().await;
    taken
}

async fn take_in(
    config: &Config,
    stopped: &Stopped,
    file: &Path,
    keys: &[String],
    by: &str,
) -> Result<Imported, Failed> {
    let ready = Places::ready(&config.data);
    folder(&ready.recordings)?;
    let parcel = Parcel::open(file, &config.limits, &ready.recordings)?;
    let sound = check(&parcel, keys, &ready.recordings)?;
    let pool = &stopped.database.pool;
    let stream = room::stream(&sound.id);
    let has_log = log::has(pool, &stream).await?;
    let was_here = match seals::kept(pool, &sound.id).await? {
        // The statement does not name the Ed25519 key: another could sign the same statement anew.
        Some(kept) if kept.statement != sound.seal.statement || kept.keys != sound.seal.keys => {
            return Err(Wrong::OtherSeal(sound.id).into());
        }
        None if has_log => return Err(Wrong::OtherSeal(sound.id).into()),
        kept => kept.is_some() && has_log,
    };
    let imported = told(&parcel, &sound, was_here);
    if was_here {
        let here = Places::of(config, &sound.id);
        let lacks = parcel.statement.recordings && !here.recordings.exists();
        if lacks {
            bring(&ready.recordings, &here.recordings)?;
        }
        return Ok(Imported { recordings_added: lacks, ..imported });
    }
    write(&ready, &parcel, &sound)?;
    let here = Places::of(config, &sound.id);
    let entered = match ready.put(&here) {
        Ok(()) => enter(stopped, &parcel, sound, by).await,
        Err(error) => Err(error.into()),
    };
    if let Err(error) = entered {
        // Where it is not in the database nothing of it counts; what cannot be taken away now the next import of it replaces. A commit
        // may have reached the disk before it failed: then the files belong to it.
        if matches!(log::has(pool, &stream).await, Ok(false)) {
            here.take_away();
        }
        return Err(error.into());
    }
    Ok(imported)
}

fn told(parcel: &Parcel, sound: &Sound, was_here: bool) -> Imported {
    let Keys { ed25519, sm2 } = sound.seal.keys;
    Imported {
        hearing: sound.id.clone(),
        office: shown(&parcel.statement.office),
        number: shown(&sound.face.number),
        signer: parcel.signer.ed25519.fingerprint(),
        seal: (ed25519.fingerprint(), sm2.fingerprint()),
        was_here,
        recordings_added: false,
    }
}

/// Where the files of one hearing lie.
struct Places {
    exhibits: PathBuf,
    recordings: PathBuf,
    case_file: PathBuf,
}

impl Places {
    /// Where they are made ready.
    fn ready(data: &Path) -> Self {
        let ready = data.join(READY);
        Self {
            exhibits: ready.join("exhibits"),
            recordings: ready.join("recordings"),
            case_file: ready.join(CASE_FILE),
        }
    }

    /// Where they belong.
    fn of(config: &Config, hearing: &str) -> Self {
        Self {
            exhibits: config.data.join("exhibits").join(hearing),
            recordings: config.recordings().of(hearing),
            case_file: config.data.join(path_of(hearing)),
        }
    }

    /// Moves what is ready to where it belongs. What is there of a broken-off import makes way.
    fn put(&self, here: &Self) -> io::Result<()> {
        let moves = [
            (&self.exhibits, &here.exhibits),
            (&self.recordings, &here.recordings),
            (&self.case_file, &here.case_file),
        ];
        moves.into_iter().try_for_each(|(from, to)| bring(from, to))
    }

    fn take_away(&self) {
        for place in [&self.exhibits, &self.recordings, &self.case_file] {
            if let Err(error) = clear(place) {
                tracing::warn!(place = %place.display(), %error, "what was not imported could not be removed");
            }
        }
    }
}

/// The path of an imported case file, from the data folder on.
fn path_of(hearing: &str) -> String {
    format!("{}/{hearing}.zip", foreign::FOLDER)
}

/// Writes case file and exhibits, and waits until they are on disk.
fn write(ready: &Places, parcel: &Parcel, sound: &Sound) -> Result<(), Failed> {
    folder(&ready.exhibits)?;
    write_whole(&ready.case_file, parcel.member(CASE_FILE)?)?;
    for sha256 in &sound.exhibits {
        for name in [sha256.clone(), format!("{sha256}.json")] {
            write_whole(&ready.exhibits.join(&name), parcel.member(&format!("{EXHIBITS}{name}"))?)?;
        }
    }
    Ok(())
}

/// Enters the hearing: log, seal, stamp, retention, lists, whose it is, and who imported it, all of it or nothing.
async fn enter(stopped: &Stopped, parcel: &Parcel, sound: Sound, by: &str) -> Result<(), Error> {
    let now = clock::now();
    let Sound { id, face, entries, seal, stamp, retention, .. } = sound;
    let case_file = parcel.members.get(CASE_FILE).map(Vec::as_slice).unwrap_or_default();
    let foreign = Foreign {
        hearing: id.clone(),
        office: parcel.statement.office.clone(),
        at: now,
        by: by.into(),
        ed25519: seal.keys.ed25519.fingerprint(),
        sm2: seal.keys.sm2.fingerprint(),
        sha256: Digest::of(case_file).to_string(),
        path: path_of(&id),
    };
    let note = Note {
        at: now,
        who: Who::Operator { name: by.into() },
        from: FROM.into(),
        deed: Deed::Import { office: foreign.office.clone(), key: foreign.ed25519.clone() },
    };
    let reached = entries.last().map_or(0, |entry| entry.number);
    let mut writing = stopped.database.pool.begin().await?;
    log::take_over(&mut writing, &room::stream(&id), &entries).await?;
    seals::put(&mut *writing, &id, &seal).await?;
    if let Some((at, reply)) = stamp {
        stamp::keep(&mut *writing, &id, at, reply).await?;
    }
    for (step, number) in retention.iter().zip(1_i64..) {
        retention::put(&mut *writing, &id, number, step).await?;
    }
    docket::keep_foreign(&mut writing, &face, reached).await?;
    foreign::keep(&mut writing, &foreign).await?;
    log::append_alone(&mut writing, &access::of_hearing(&id), access::draft(&note)?).await?;
    writing.commit().await?;
    Ok(())
}

/// Puts a file, or a folder in which something lies, where it belongs; what is there makes way.
fn bring(from: &Path, to: &Path) -> io::Result<()> {
    clear(to)?;
    let empty = from.is_dir() && fs::read_dir(from)?.next().is_none();
    if empty {
        return Ok(());
    }
    let parent = place_of(to);
    let is_new = !parent.exists();
    folder(parent)?;
    if is_new {
        keep_names(place_of(parent))?;
    }
    keep_names(from)?;
    shift(from, to)?;
    keep_names(parent)
}

/// Makes a folder, for its owner alone.
fn folder(path: &Path) -> io::Result<()> {
    let mut making = fs::DirBuilder::new();
    making.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut making, 0o700);
    making.create(path)
}

/// Moves a file, or a folder of files: where it belongs on another disk, such as one for recordings alone, by carrying it there.
fn shift(from: &Path, to: &Path) -> io::Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => carry(from, to),
        moved => moved,
    }
}

/// Writes a file, or a folder of files, anew in another place, and waits until it is on disk.
fn carry(from: &Path, to: &Path) -> io::Result<()> {
    if from.is_dir() {
        folder(to)?;
        for entry in fs::read_dir(from)? {
            let entry = entry?;
            carry(&entry.path(), &to.join(entry.file_name()))?;
        }
    } else {
        fs::copy(from, to)?;
    }
    keep_names(to)
}

fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Takes a file or a folder away, where it is there.
fn clear(path: &Path) -> io::Result<()> {
    let cleared = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match cleared {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        cleared => cleared,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_belongs_on_another_disk_is_carried_there_whole() {
        let place = tempfile::TempDir::new().unwrap();
        let (from, to) = (place.path().join("ready"), place.path().join("recordings").join("h"));
        folder(&from).unwrap();
        folder(&place.path().join("recordings")).unwrap();
        for name in ["a1-1.webm", "r1-1.webm"] {
            write_whole(&from.join(name), name.as_bytes()).unwrap();
        }
        carry(&from, &to).unwrap();
        for name in ["a1-1.webm", "r1-1.webm"] {
            assert_eq!(fs::read(to.join(name)).unwrap(), name.as_bytes());
        }
        clear(&to).unwrap();
        shift(&from, &to).unwrap();
        assert!(!from.exists() && to.join("a1-1.webm").exists());
    }
}
