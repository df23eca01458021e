//! What the rooms are told of the recording: segments once they are on disk, and whose sound is missed.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
    sync::Arc,
    time::Duration,
};

use procedure::{
    By, Hearing, Id, Moment, SeatId,
    hearing::recording::{Command, Segment},
};
use sha2::{Digest, Sha256};
use tokio::{
    task::JoinSet,
    time::{MissedTickBehavior, interval, sleep},
};

use super::{Notes, Outstanding, Piece, Shelf, What, queues::Queues, watch::Patience, webm};
use crate::{Error, Failure, Site, config::Limits, token};

/// How often it is looked whose sound is missed.
const LOOK: Duration = Duration::from_millis(250);
/// How long it is waited before a room that could not write is asked again.
const AGAIN: Duration = Duration::from_millis(500);
/// So many bytes of a file are read at a time.
const READ_BYTES: usize = 1 << 16;

/// What became of a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Done {
    /// It is in the log.
    Noted,
    /// The rules say no.
    Refused,
    /// The machine fails.
    Not,
}

/// Notes what was written before the server stopped and not noted any more. Nothing is recorded yet. What cannot be read
/// or noted of one hearing stays as it is, and hinders neither the others nor the start of the server.
pub async fn catch_up(site: &Arc<Site>, notes: &Notes) {
    let marked = match notes.shelf.marked() {
        Ok(marked) => marked,
        Err(error) => {
            tracing::error!(%error, "the recordings cannot be looked at");
            return;
        }
    };
    for (hearing, marks) in marked {
        if !catch_up_with(site, &notes.shelf, &hearing).await {
            site.gauges.recording_failed_total.up();
            continue;
        }
        for mark in marks {
            unmark(&notes.shelf, &hearing, &mark);
        }
    }
}

/// Notes what is not noted yet of one hearing. Whether there is nothing more to do about it.
async fn catch_up_with(site: &Arc<Site>, shelf: &Shelf, hearing: &str) -> bool {
    let view = match site.rooms.office_view(hearing).await {
        Ok(view) => view.into_inner(),
        Err(Failure::Error(error)) => {
            tracing::error!(hearing, code = error.code(), %error, "a hearing with recordings cannot be read");
            return false;
        }
        Err(Failure::Refused(..)) => return false,
    };
    let folder = shelf.of(hearing);
    let found = tokio::task::spawn_blocking(move || {
        let files = Shelf::files(&folder)?;
        Ok(files.iter().map(|file| tail(&view, &file.seat, file.part, &file.path, file.into())).collect())
    });
    let found: io::Result<Vec<io::Result<Option<Piece>>>> = match found.await {
        Ok(found) => found,
        Err(_) => return false,
    };
    let files = match found {
        Ok(files) => files,
        Err(error) => {
            tracing::error!(hearing, %error, "the recordings of a hearing cannot be read");
            return false;
        }
    };
    let (mut pieces, mut whole) = (Vec::new(), true);
    for file in files {
        match file {
            Ok(piece) => pieces.extend(piece),
            Err(error) => {
                tracing::error!(hearing, %error, "a recording cannot be read");
                whole = false;
            }
        }
    }
    if pieces.is_empty() {
        return whole;
    }
    tracing::info!(hearing, count = pieces.len(), "recordings that were cut off are noted");
    let scribe = Scribe { site, shelf, hearing, patient: false };
    scribe.segments(pieces).await != Done::Not && whole
}

/// Until where a file counts: how many bytes, and when the last of them came, in milliseconds since 1970.
#[derive(Clone, Copy, Debug)]
struct End {
    bytes: u64,
    at_ms: i64,
}

impl From<&super::Kept> for End {
    fn from(file: &super::Kept) -> Self {
        Self { bytes: file.bytes, at_ms: file.written_ms }
    }
}

/// What of a file is not noted yet up to an end, as its last segment.
fn tail(hearing: &Hearing, seat: &SeatId, part: u32, path: &Path, end: End) -> io::Result<Option<Piece>> {
    let known = hearing.recording.part(seat, part);
    let (number, noted) = known.map_or((1, 0), |known| (known.segments.saturating_add(1), known.bytes));
    if end.bytes <= noted {
        return Ok(None);
    }
    let mut open = File::open(path)?;
    // What was written may not be on disk yet, though another process can read it.
    open.sync_data()?;
    let mut head = vec![0; READ_BYTES.min(usize::try_from(end.bytes).unwrap_or(READ_BYTES))];
    open.read_exact(&mut head)?;
    let from_ms = known.map_or_else(|| webm::began_ms(&head), |known| Some(known.to.0));
    let from_ms = from_ms.unwrap_or(end.at_ms);
    open.seek(SeekFrom::Start(noted))?;
    let segment = Segment {
        seat: seat.clone(),
        part,
        number,
        from: Moment(from_ms),
        to: Moment(end.at_ms.max(from_ms)),
        bytes: end.bytes - noted,
        sha256: hash(open, end.bytes - noted)?,
    };
    Ok(Some(Piece { segment, ends: end.bytes }))
}

/// The SHA-256 of so many bytes, hexadecimal.
pub(crate) fn hash(from: impl Read, bytes: u64) -> io::Result<String> {
    let (mut hash, mut from) = (Sha256::new(), from.take(bytes));
    let mut read = vec![0; READ_BYTES];
    let mut left = bytes;
    while left > 0 {
        let count = from.read(&mut read)?;
        let Some(piece) = read.get(..count).filter(|piece| !piece.is_empty()) else {
            return Err(io::ErrorKind::UnexpectedEof.into());
        };
        hash.update(piece);
        left -= u64::try_from(count).unwrap_or(left);
    }
    Ok(token::hex(&hash.finalize()))
}

/// Takes notes until nothing is recorded any more.
pub async fn keep(site: Arc<Site>, mut notes: Notes) {
    let limits = &site.config.limits;
    let patience = Patience {
        nothing_ms: Limits::ms(limits.recording_alarm_ms),
        silence_ms: Limits::ms(limits.recording_silence_ms),
    };
    let mut looks = interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (queues, mut work) = (Arc::new(Queues::default()), JoinSet::new());
    let mut written = true;
    while written || !*site.stopping.borrow() {
        let mut news = Vec::new();
        tokio::select! {
            next = notes.queue.recv(), if written => match next {
                Some(note) => news.push((note.hearing, note.what)),
                // If the server does not stop, nothing is written any more, and that is missed aloud.
                None => written = false,
            },
            Some(_) = work.join_next() => {}
            _ = looks.tick() => {
                let told = notes.watch.look(patience).into_iter();
                news.extend(told.map(|(hearing, command)| (hearing, What::Tell(command))));
            }
        }
        for (hearing, what) in news {
            if queues.put(&hearing, what) {
                let (site, queues, shelf) = (site.clone(), queues.clone(), notes.shelf.clone());
                work.spawn(work_off(site, queues, shelf, notes.outstanding.clone(), hearing));
            }
        }
    }
    while work.join_next().await.is_some() {}
}

/// Notes what is in the queue of a hearing, one after the other, until nothing is.
async fn work_off(
    site: Arc<Site>,
    queues: Arc<Queues>,
    shelf: Shelf,
    outstanding: Arc<Outstanding>,
    hearing: String,
) {
    let scribe = Scribe { site: &site, shelf: &shelf, hearing: &hearing, patient: true };
    let mut torn = false;
    while let Some(what) = queues.next(&hearing) {
        match what {
            What::Segments(pieces) => torn |= scribe.segments(pieces).await != Done::Noted,
            What::Tell(command) => {
                scribe.note(command).await;
            }
            What::Over { sitting, table } => {
                // The mark of one that is not noted whole stays: it is tried again when the server starts.
                if let Some(sitting) = sitting.filter(|_| !std::mem::take(&mut torn)) {
                    unmark(&shelf, &hearing, &sitting);
                }
                outstanding.noted(&hearing, table);
            }
        }
    }
}

fn unmark(shelf: &Shelf, hearing: &str, mark: &str) {
    if let Err(error) = shelf.unmark(hearing, mark) {
        tracing::warn!(hearing, %error, "the mark of a recording stays");
    }
}

/// Who notes what is recorded of one hearing.
struct Scribe<'a> {
    site: &'a Arc<Site>,
    shelf: &'a Shelf,
    hearing: &'a str,
    /// Whether a room that cannot write is asked again until it can or the server stops.
    patient: bool,
}

impl Scribe<'_> {
    /// Has segments noted: all at once, else those of each file by themselves, so that what is wrong with one is nothing
    /// to the others.
    async fn segments(&self, pieces: Vec<Piece>) -> Done {
        let done = self.note_all(&pieces).await;
        if done != Done::Refused {
            return done;
        }
        let mut files: BTreeMap<(SeatId, u32), Vec<Piece>> = BTreeMap::new();
        for piece in pieces {
            files.entry((piece.segment.seat.clone(), piece.segment.part)).or_default().push(piece);
        }
        let mut all = Done::Noted;
        for ((seat, part), pieces) in files {
            let done = self.file(&seat, part, &pieces).await;
            if done != Done::Noted {
                tracing::error!(hearing = self.hearing, %seat, part, "a recording was not noted");
                self.site.gauges.recording_failed_total.up();
                // What the machine may yet do counts for more than what the rules do not allow.
                all = if all == Done::Not { all } else { done };
            }
        }
        all
    }

    /// Has segments of one file noted as they are, else as what follows in it on what the room knows.
    async fn file(&self, seat: &SeatId, part: u32, pieces: &[Piece]) -> Done {
        let done = self.note_all(pieces).await;
        let Some(last) = pieces.last().filter(|_| done == Done::Refused) else { return done };
        let end = End { bytes: last.ends, at_ms: last.segment.to.0 };
        match self.rest(seat, part, end).await {
            Ok(None) => Done::Noted,
            Ok(Some(piece)) => self.note_all(&[piece]).await,
            Err(Failure::Refused(..)) => Done::Refused,
            Err(Failure::Error(error)) => {
                tracing::error!(hearing = self.hearing, %error, "a recording cannot be read");
                Done::Not
            }
        }
    }

    /// What of a file the room does not know yet.
    async fn rest(&self, seat: &SeatId, part: u32, end: End) -> Result<Option<Piece>, Failure> {
        let view = self.site.rooms.office_view(self.hearing).await?.into_inner();
        let (path, seat) = (self.shelf.of(self.hearing).join(Shelf::name(seat, part)), seat.clone());
        let read = tokio::task::spawn_blocking(move || tail(&view, &seat, part, &path, end));
        Ok(read.await.map_err(|_| Error::Stopping)?.map_err(Error::from)?)
    }

    async fn note_all(&self, pieces: &[Piece]) -> Done {
        self.note(Command::Note { segments: pieces.iter().map(|piece| piece.segment.clone()).collect() })
            .await
    }

    /// Has the room note something.
    async fn note(&self, command: Command) -> Done {
        let (hearing, id) = (self.hearing, Id(format!("recording-{}", uuid::Uuid::now_v7())));
        loop {
            let done = match self.site.rooms.door(hearing).await {
                Ok(door) => door.submit(id.clone(), By::Clock, command.clone().into()).await,
                Err(failure) => Err(failure),
            };
            match done {
                Ok(()) => return Done::Noted,
                Err(Failure::Refused(_, sentence)) => {
                    tracing::warn!(hearing, code = sentence.code, "a note of the recording is refused");
                    return Done::Refused;
                }
                Err(Failure::Error(error)) => {
                    tracing::warn!(hearing, code = error.code(), %error, "a recording is not noted yet");
                    if !self.patient || *self.site.stopping.borrow() {
                        return Done::Not;
                    }
                    sleep(AGAIN).await;
                }
            }
        }
    }
}
