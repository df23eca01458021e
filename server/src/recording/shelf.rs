//! Where recordings lie: a folder for each hearing, in it a file for each part of each seat.
//!
//! While a hearing is recorded a mark lies beside its files, so that a server which starts again knows where to look for
//! what was written and not yet noted.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use procedure::SeatId;

/// What a mark's name begins with.
const MARK: &str = "open-";
const ENDING: &str = ".webm";

/// The folder of all recordings.
#[derive(Clone, Debug)]
pub struct Shelf {
    folder: PathBuf,
}

/// A file that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Whose.
    pub seat: SeatId,
    /// Number of the part, from 1.
    pub part: u32,
    /// How many bytes it has.
    pub bytes: u64,
    /// When it was last written to, in milliseconds since 1970.
    pub written_ms: i64,
    /// Where it is.
    pub path: PathBuf,
}

impl Shelf {
    /// The recordings under a folder.
    #[must_use]
    pub const fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// The folder of one hearing.
    #[must_use]
    pub fn of(&self, hearing: &str) -> PathBuf {
        self.folder.join(hearing)
    }

    /// The name of a file.
    #[must_use]
    pub fn name(seat: &SeatId, part: u32) -> String {
        format!("{seat}-{part}{ENDING}")
    }

    /// The files in a folder, by seat and part; none where there is no such folder.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn files(folder: &Path) -> io::Result<Vec<Kept>> {
        let mut files = Vec::new();
        for name in names(folder)? {
            let told = name.strip_suffix(ENDING).and_then(|stem| stem.rsplit_once('-'));
            let told = told.and_then(|(seat, part)| Some((SeatId::from(seat), part.parse::<u32>().ok()?)));
            // A name such as a1-01 is none that is given here: it would be taken for another file.
            let Some((seat, part)) = told.filter(|(seat, part)| Self::name(seat, *part) == name) else {
                continue;
            };
            let path = folder.join(&name);
            let about = match fs::metadata(&path) {
                // A part that was empty when it ended is taken away.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                about => about?,
            };
            let written = about.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
            let written_ms = i64::try_from(written).unwrap_or(i64::MAX);
            files.push(Kept { seat, part, bytes: about.len(), written_ms, path });
        }
        files.sort_by(|one, other| (&one.seat, one.part).cmp(&(&other.seat, other.part)));
        Ok(files)
    }

    /// How many bytes the recordings of a hearing have.
    pub(super) fn used(&self, hearing: &str) -> io::Result<u64> {
        Ok(Self::files(&self.of(hearing))?.iter().map(|file| file.bytes).sum())
    }

    /// How many bytes are free on the disk.
    pub(super) fn free(&self) -> io::Result<u64> {
        fs::create_dir_all(&self.folder)?;
        fs4::available_space(&self.folder)
    }

    /// Begins the next part of a seat; gives its number and its file.
    pub(super) fn begin(&self, hearing: &str, seat: &SeatId) -> io::Result<(u32, PathBuf, File)> {
        if !is_name(&seat.0) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "a seat that cannot name a file"));
        }
        let folder = self.of(hearing);
        fs::create_dir_all(&folder)?;
        // There are disks on which names that differ in capitals alone are one.
        let own = |file: &Kept| file.seat.0.eq_ignore_ascii_case(&seat.0).then_some(file.part);
        let last = Self::files(&folder)?.iter().filter_map(own).max().unwrap_or(0);
        let part = last.saturating_add(1);
        let path = folder.join(Self::name(seat, part));
        let file = OpenOptions::new().write(true).create_new(true).open(&path)?;
        keep_names(&folder)?;
        Ok((part, path, file))
    }

    /// Marks a hearing as being recorded.
    pub(super) fn mark(&self, hearing: &str, sitting: &str) -> io::Result<()> {
        let folder = self.of(hearing);
        fs::create_dir_all(&folder)?;
        File::create(folder.join(format!("{MARK}{sitting}")))?;
        keep_names(&folder)?;
        keep_names(&self.folder)
    }

    /// Takes a mark away: everything of that sitting is noted.
    pub(super) fn unmark(&self, hearing: &str, sitting: &str) -> io::Result<()> {
        fs::remove_file(self.of(hearing).join(format!("{MARK}{sitting}")))
    }

    /// The hearings that are marked, with their marks.
    pub(super) fn marked(&self) -> io::Result<Vec<(String, Vec<String>)>> {
        let mut marked = Vec::new();
        for hearing in names(&self.folder)? {
            let folder = self.of(&hearing);
            let inside = if folder.is_dir() { names(&folder) } else { Ok(Vec::new()) };
            // What is wrong with the folder of one hearing is nothing to the others.
            let inside = inside.unwrap_or_else(|error| {
                tracing::error!(hearing, %error, "the recordings of a hearing cannot be looked at");
                Vec::new()
            });
            let marks: Vec<String> =
                inside.iter().filter_map(|name| name.strip_prefix(MARK)).map(Into::into).collect();
            if !marks.is_empty() {
                marked.push((hearing, marks));
            }
        }
        Ok(marked)
    }
}

/// Letters, digits, hyphens, underscores: what a seat is called by the rules, and what may name a file.
fn is_name(name: &str) -> bool {
    let fit = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=64).contains(&name.len()) && name.bytes().all(fit)
}

/// The names in a folder that are text; none where there is no such folder.
fn names(folder: &Path) -> io::Result<Vec<String>> {
    match fs::read_dir(folder) {
        Ok(entries) => {
            let names = entries.map(|entry| Ok(entry?.file_name().into_string().ok()));
            names.filter_map(Result::transpose).collect()
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Waits until the names in a folder are on disk.
fn keep_names(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
