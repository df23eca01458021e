//! Handing a file in piece by piece, so that a network that breaks costs one piece and not the whole.
//!
//! ```text
//! begin (size) ──▶ take, take, … each at the offset that has been reached ──▶ finish ──▶ examined and kept, or refused
//!                    └── cut off, or the server restarted: ask for the offset, go on      └── either way the upload is gone
//! ```
//!
//! What has come stands on disk before it is answered. An upload is its seat's alone; nobody else learns that it is.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use procedure::SeatId;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::sync::OwnedSemaphorePermit;
use uuid::Uuid;

use super::{Exhibits, Kept, keep_names, write_whole};
use crate::{Error, Failure, Refused, config::Limits, token};

pub mod api;

/// Longest name of a file that is handed in, in characters. It is for the eyes of whoever hands it in.
pub const NAME_CHARS_MAX: usize = 255;

/// How often old uploads are looked for.
const SWEEP_EVERY: Duration = Duration::from_secs(600);

/// What is known of an upload, on disk beside it.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Begun {
    seat: SeatId,
    size: u64,
    name: String,
}

/// How far an upload is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Progress {
    /// Its id.
    pub id: String,
    /// How long the file will be, in bytes.
    pub size: u64,
    /// How much of it is on disk: where it goes on.
    pub offset: u64,
    /// Most bytes of one piece.
    pub chunk: u64,
    /// What its owner calls it.
    pub name: String,
}

/// What became of a piece.
#[derive(Debug)]
pub enum Taken {
    /// It is on disk.
    Now(Progress),
    /// It begins elsewhere than where the upload goes on: there.
    Elsewhere(u64),
}

/// Whoever writes to an upload, alone.
struct Writer {
    id: String,
    all: Arc<Mutex<BTreeSet<String>>>,
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}

/// The files of one upload.
struct Place {
    part: PathBuf,
    begun: PathBuf,
}

impl Exhibits {
    /// Begins an upload, if there is room for all of it.
    ///
    /// # Errors
    /// When the file would be too large or empty, the seat has too many uploads, or there is no room.
    pub async fn begin(
        &self,
        hearing: &str,
        seat: &SeatId,
        size: u64,
        name: String,
    ) -> Result<Progress, Failure> {
        if size > self.limits.exhibit_bytes_max {
            return Err(Refused::FileTooLarge.into());
        }
        if size == 0 {
            return Err(Refused::FileEmpty.into());
        }
        let chars = name.chars().count();
        if chars == 0 || chars > NAME_CHARS_MAX || name.chars().any(char::is_control) {
            return Err(Refused::UploadName.into());
        }
        let _filling = self.filling.lock().await;
        let open = self.uploads(hearing).await?;
        let own = open.values().filter(|begun| begun.seat == *seat).count();
        if own >= Limits::count(self.limits.uploads_at_once) {
            return Err(Refused::UploadsTooMany.into());
        }
        if self.used(hearing, None).await?.saturating_add(size) > self.limits.exhibits_bytes_max {
            return Err(Refused::FilesFull.into());
        }
        let id = Uuid::now_v7().hyphenated().to_string();
        let place = self.place(hearing, &id);
        let folder = self.uploads_of(hearing);
        tokio::fs::create_dir_all(&folder).await?;
        tokio::fs::File::create(&place.part).await?;
        let begun = Begun { seat: seat.clone(), size, name };
        write_whole(place.begun, &serde_json::to_vec(&begun)?).await?;
        keep_names(&folder).await?;
        Ok(self.progress_of(id, begun, 0))
    }

    /// How far an upload of that seat is.
    ///
    /// # Errors
    /// [`Refused::UploadUnknown`], also for another seat's.
    pub async fn progress(&self, hearing: &str, seat: &SeatId, id: &str) -> Result<Progress, Failure> {
        let (id, begun, offset) = self.own(hearing, seat, id).await?;
        Ok(self.progress_of(id, begun, offset))
    }

    /// Writes the next piece; it is on disk when this answers, and also when nobody waits for the answer any more.
    ///
    /// # Errors
    /// When there is no such upload, another piece is being written, or more comes than was announced.
    pub async fn take(
        &self,
        hearing: &str,
        seat: &SeatId,
        id: &str,
        at: u64,
        bytes: Bytes,
    ) -> Result<Taken, Failure> {
        let writer = self.alone(id)?;
        let (id, begun, offset) = self.own(hearing, seat, id).await?;
        if at != offset {
            return Ok(Taken::Elsewhere(offset));
        }
        let next = offset.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        if next > begun.size {
            return Err(Refused::UploadBeyond.into());
        }
        let part = self.place(hearing, &id).part;
        let written = tokio::task::spawn_blocking(move || {
            let written = append(&part, &bytes);
            drop(writer);
            written
        });
        written.await.map_err(|_| Error::Stopping)??;
        Ok(Taken::Now(self.progress_of(id, begun, next)))
    }

    /// Examines a file that has come whole, and keeps it. Kept or refused, the upload is gone afterwards; only where
    /// something is still missing, or the machine failed, it stays. The place is held until it has been examined.
    ///
    /// # Errors
    /// When something is missing, the file is not the one that `sha256` names, or it is not taken.
    pub async fn finish(
        &self,
        hearing: &str,
        seat: &SeatId,
        id: &str,
        sha256: Option<&str>,
        place: OwnedSemaphorePermit,
    ) -> Result<Kept, Failure> {
        let _writer = self.alone(id)?;
        let (id, begun, offset) = self.own(hearing, seat, id).await?;
        if offset != begun.size {
            return Err(Refused::UploadUnfinished.into());
        }
        let bytes = Bytes::from(tokio::fs::read(self.place(hearing, &id).part).await?);
        let own = token::hex(&Sha256::digest(&bytes));
        let kept = if sha256.is_some_and(|sha256| !sha256.eq_ignore_ascii_case(&own)) {
            Err(Refused::UploadChanged.into())
        } else {
            self.examined(hearing, bytes, own, Some(&id), place).await
        };
        if matches!(kept, Ok(_) | Err(Failure::Refused(..))) {
            self.remove(hearing, &id).await?;
        }
        kept
    }

    /// Gives an upload up; nothing of it stays.
    ///
    /// # Errors
    /// When there is no such upload, or a piece is being written.
    pub async fn give_up(&self, hearing: &str, seat: &SeatId, id: &str) -> Result<(), Failure> {
        let _writer = self.alone(id)?;
        let (id, ..) = self.own(hearing, seat, id).await?;
        Ok(self.remove(hearing, &id).await?)
    }

    /// Bytes that the uploads of a hearing, other than `own`, have announced.
    pub(super) async fn announced(&self, hearing: &str, own: Option<&str>) -> Result<u64, Error> {
        let open = self.uploads(hearing).await?;
        let others = open.iter().filter(|(id, _)| Some(id.as_str()) != own);
        Ok(others.map(|(_, begun)| begun.size).sum())
    }

    /// Removes what has been left for `upload-hours`: uploads that nobody goes on with, and halves of files that a
    /// crash left.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub async fn sweep(&self) -> Result<(), Error> {
        let hours = self.limits.upload_hours;
        let oldest = SystemTime::now().checked_sub(Duration::from_secs(hours.saturating_mul(3600)));
        let Some(oldest) = oldest else { return Ok(()) };
        for hearing in listed(&self.folder).await? {
            for file in listed(&hearing).await? {
                let half =
                    file.extension().is_some_and(|ending| ending.to_string_lossy().starts_with("part-"));
                if half && is_older(&file, oldest).await {
                    tokio::fs::remove_file(&file).await?;
                }
            }
            let _filling = self.filling.lock().await;
            for file in listed(&hearing.join("uploads")).await? {
                // The file that grows says when somebody was last there; what is known of it goes with it.
                let part = file.with_extension("part");
                if is_older(&part, oldest).await || (!part.exists() && is_older(&file, oldest).await) {
                    let _ = tokio::fs::remove_file(file.with_extension("json")).await;
                    let _ = tokio::fs::remove_file(&file).await;
                }
            }
        }
        Ok(())
    }

    /// Sweeps, now and every while, until the server stops.
    pub async fn keep_swept(self, mut stopping: tokio::sync::watch::Receiver<bool>) {
        let mut ticks = tokio::time::interval(SWEEP_EVERY);
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                _ = stopping.wait_for(|stops| *stops) => return,
            }
            if let Err(error) = self.sweep().await {
                tracing::warn!(code = error.code(), %error, "old uploads could not be removed");
            }
        }
    }

    fn uploads_of(&self, hearing: &str) -> PathBuf {
        self.folder.join(hearing).join("uploads")
    }

    /// Where an upload lies. The id is one of ours: it was made here, or read as a UUID.
    fn place(&self, hearing: &str, id: &str) -> Place {
        let folder = self.uploads_of(hearing);
        Place { part: folder.join(format!("{id}.part")), begun: folder.join(format!("{id}.json")) }
    }

    fn progress_of(&self, id: String, begun: Begun, offset: u64) -> Progress {
        let Begun { size, name, .. } = begun;
        Progress { id, size, offset, chunk: self.limits.upload_chunk_bytes_max, name }
    }

    /// Takes an upload for writing, if nobody else does.
    fn alone(&self, id: &str) -> Result<Writer, Refused> {
        let mut all = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        // However an id is written, it is the same upload.
        let id = Uuid::try_parse(id).map_err(|_| Refused::UploadUnknown)?.hyphenated().to_string();
        if !all.insert(id.clone()) {
            return Err(Refused::UploadBusy);
        }
        Ok(Writer { id, all: self.writing.clone() })
    }

    /// An upload of that seat, and how much of it has come.
    async fn own(&self, hearing: &str, seat: &SeatId, id: &str) -> Result<(String, Begun, u64), Failure> {
        // What comes in an address becomes part of a path only as a UUID.
        let id = Uuid::try_parse(id).map_err(|_| Refused::UploadUnknown)?.hyphenated().to_string();
        let place = self.place(hearing, &id);
        let begun = read_begun(&place.begun).await?.filter(|begun| begun.seat == *seat);
        let begun = begun.ok_or(Refused::UploadUnknown)?;
        let offset = match tokio::fs::metadata(&place.part).await {
            Ok(known) => known.len(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(Refused::UploadUnknown.into());
            }
            Err(error) => return Err(error.into()),
        };
        Ok((id, begun, offset))
    }

    /// Every upload of a hearing, by id.
    async fn uploads(&self, hearing: &str) -> Result<BTreeMap<String, Begun>, Error> {
        let mut all = BTreeMap::new();
        for file in listed(&self.uploads_of(hearing)).await? {
            if file.extension().is_some_and(|ending| ending == "json")
                && let (Some(id), Some(begun)) = (file.file_stem(), read_begun(&file).await?)
            {
                all.insert(id.to_string_lossy().into_owned(), begun);
            }
        }
        Ok(all)
    }

    async fn remove(&self, hearing: &str, id: &str) -> Result<(), Error> {
        let place = self.place(hearing, id);
        // First what makes it an upload: what a crash leaves between is swept.
        gone(tokio::fs::remove_file(place.begun).await)?;
        gone(tokio::fs::remove_file(place.part).await)?;
        // Only where it is empty.
        let _ = tokio::fs::remove_dir(self.uploads_of(hearing)).await;
        Ok(())
    }
}

/// What is to be removed and is not there is removed.
fn gone(removed: std::io::Result<()>) -> std::io::Result<()> {
    removed.or_else(|error| if error.kind() == std::io::ErrorKind::NotFound { Ok(()) } else { Err(error) })
}

async fn read_begun(path: &Path) -> Result<Option<Begun>, Error> {
    match tokio::fs::read(path).await {
        Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Adds to the end of a file; what could not be written whole is taken off again.
fn append(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = std::fs::OpenOptions::new().append(true).open(path)?;
    let before = file.metadata()?.len();
    let written = file.write_all(bytes).and_then(|()| file.sync_data());
    if written.is_err() {
        let _ = file.set_len(before);
    }
    written
}

/// What is in a folder; nothing when there is none.
async fn listed(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut entries = match tokio::fs::read_dir(folder).await {
        Ok(entries) => entries,
        Err(error)
            if matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) =>
        {
            return Ok(Vec::new());
        }
        Err(error) => return Err(error.into()),
    };
    let mut found = Vec::new();
    while let Some(entry) = entries.next_entry().await? {
        found.push(entry.path());
    }
    Ok(found)
}

async fn is_older(path: &Path, oldest: SystemTime) -> bool {
    let changed = tokio::fs::metadata(path).await.and_then(|known| known.modified());
    changed.is_ok_and(|changed| changed < oldest)
}
