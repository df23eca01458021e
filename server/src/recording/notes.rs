//! What the rooms are told of the recording: segments once they are on disk, and whose sound is missed.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    sync::Arc,
    time::Duration,
};

use procedure::{
    By, Hearing, Id, Moment,
    hearing::recording::{Command, Segment},
};
use sha2::{Digest, Sha256};
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::{Kept, Note, Notes, Shelf, webm};
use crate::{Error, Failure, Site, config::Limits, token};

/// How often it is looked whose sound is missed.
const LOOK: Duration = Duration::from_millis(250);
/// How long it is waited before a room that could not write is asked again.
const AGAIN: Duration = Duration::from_millis(500);
/// So many bytes of a file are read at a time.
const READ_BYTES: usize = 1 << 16;

/// Notes what was written before the server stopped and not noted any more. Nothing is recorded yet.
///
/// # Errors
/// When the recordings cannot be read.
pub async fn catch_up(site: &Arc<Site>, notes: &Notes) -> Result<(), Error> {
    for (hearing, marks) in notes.shelf.marked()? {
        let view = match site.rooms.office_view(&hearing).await {
            Ok(view) => view.into_inner(),
            Err(Failure::Error(error)) => return Err(error),
            Err(Failure::Refused(..)) => continue,
        };
        let folder = notes.shelf.of(&hearing);
        let found = tokio::task::spawn_blocking(move || {
            Shelf::files(&folder)?.iter().filter_map(|file| tail(&view, file).transpose()).collect()
        });
        let found: io::Result<Vec<Segment>> = found.await.map_err(|_| Error::Stopping)?;
        let segments = found?;
        if !segments.is_empty() {
            tracing::info!(hearing, count = segments.len(), "recordings that were cut off are noted");
            note(site, &hearing, Command::Note { segments }).await;
        }
        for mark in marks {
            notes.shelf.unmark(&hearing, &mark)?;
        }
    }
    Ok(())
}

/// What of a file is not noted yet, as its last segment.
fn tail(hearing: &Hearing, file: &Kept) -> io::Result<Option<Segment>> {
    let known = hearing.recording.part(&file.seat, file.part);
    let (number, noted) = known.map_or((1, 0), |known| (known.segments.saturating_add(1), known.bytes));
    if file.bytes <= noted {
        return Ok(None);
    }
    let mut open = File::open(&file.path)?;
    // What was written may not be on disk yet, though another process can read it.
    open.sync_data()?;
    let mut head = vec![0; READ_BYTES.min(usize::try_from(file.bytes).unwrap_or(READ_BYTES))];
    open.read_exact(&mut head)?;
    let from_ms = known.map_or_else(|| webm::began_ms(&head), |known| Some(known.to.0));
    let from_ms = from_ms.unwrap_or(file.written_ms);
    open.seek(SeekFrom::Start(noted))?;
    Ok(Some(Segment {
        seat: file.seat.clone(),
        part: file.part,
        number,
        from: Moment(from_ms),
        to: Moment(file.written_ms.max(from_ms)),
        bytes: file.bytes - noted,
        sha256: hash(open, file.bytes - noted)?,
    }))
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
    let patience = Limits::ms(site.config.limits.recording_alarm_ms);
    let mut looks = interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut written = true;
    while written || !*site.stopping.borrow() {
        tokio::select! {
            next = notes.queue.recv(), if written => match next {
                Some(Note::Segments { hearing, segments }) => {
                    note(&site, &hearing, Command::Note { segments }).await;
                }
                Some(Note::Over { hearing, sitting }) => {
                    if let Err(error) = notes.shelf.unmark(&hearing, &sitting) {
                        tracing::warn!(hearing, %error, "the mark of a recording stays");
                    }
                }
                // If the server does not stop, nothing is written any more, and that is missed aloud.
                None => written = false,
            },
            _ = looks.tick() => {
                for (whose, missed) in notes.watch.look(patience) {
                    let seat = whose.seat;
                    let command = if missed { Command::SoundLost { seat } } else { Command::SoundBack { seat } };
                    note(&site, &whose.hearing, command).await;
                }
            }
        }
    }
}

/// Has the room note something, until it has or the rules say no.
async fn note(site: &Arc<Site>, hearing: &str, command: Command) {
    let id = Id(format!("recording-{}", uuid::Uuid::now_v7()));
    loop {
        let done = match site.rooms.door(hearing).await {
            Ok(door) => door.submit(id.clone(), By::Clock, command.clone().into()).await,
            Err(failure) => Err(failure),
        };
        match done {
            Ok(()) => return,
            Err(Failure::Refused(_, sentence)) => {
                tracing::error!(hearing, code = sentence.code, "a recording was not noted");
                site.gauges.recording_failed_total.up();
                return;
            }
            Err(Failure::Error(error)) => {
                tracing::warn!(hearing, code = error.code(), %error, "a recording is not noted yet");
                sleep(AGAIN).await;
            }
        }
    }
}
