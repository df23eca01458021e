//! One part of a recording as it is written: blocks are laid in order of time into clusters, each cluster goes to the
//! file as soon as it is whole, and of every segment the hash is taken on the way.
//!
//! ```text
//! block ─▶ waits for those that come late ─▶ cluster (0.5 s) ─▶ file
//!                                                         └───▶ hash of the segment (10 s)
//! ```

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Write},
};

use sha2::{Digest, Sha256};

use super::{
    frames::Size,
    webm::{Block, Track, Webm},
};

/// Length of a cluster, in milliseconds.
const CLUSTER_MS: i64 = 500;
/// For so long a cluster is held open for blocks that come late, in milliseconds. Both together are what can be lost with
/// the machine: less than a second.
const LATE_MS: i64 = 300;

/// Where a part is written.
pub(super) trait Film: Write {
    /// Waits until everything is on disk.
    fn keep(&mut self) -> io::Result<()>;
    /// Takes back what was written after so many bytes.
    fn cut(&mut self, bytes: u64) -> io::Result<()>;
}

impl Film for File {
    fn keep(&mut self) -> io::Result<()> {
        self.sync_data()
    }

    fn cut(&mut self, bytes: u64) -> io::Result<()> {
        self.set_len(bytes)?;
        io::Seek::seek(self, io::SeekFrom::Start(bytes)).map(|_| ())
    }
}

/// A piece of a part whose hash is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Segment {
    /// Its number within the part, from 1.
    pub(super) number: u32,
    /// When it begins and ends, in milliseconds of the hearing's clock.
    pub(super) from_ms: i64,
    pub(super) to_ms: i64,
    /// How many bytes of the file it is; it begins where the one before ends.
    pub(super) bytes: u64,
    pub(super) sha256: [u8; 32],
}

/// What is known of the segment that is being written.
#[derive(Debug, Default)]
struct Open {
    hash: Sha256,
    bytes: u64,
    span: Option<(i64, i64)>,
}

/// A part that is being written.
#[derive(Debug)]
pub(super) struct Part<F> {
    film: F,
    webm: Option<Webm>,
    /// Whether the file has a track of pictures; not known before its head is written.
    pictures: bool,
    waiting: Vec<Block>,
    /// The moment of the last block that was written: none goes back behind it.
    last_ms: i64,
    /// The moment of the last block of each track: what comes after it in its track is not laid before it.
    tracks_ms: BTreeMap<Track, i64>,
    open: Open,
    number: u32,
    bytes: u64,
    heard: bool,
}

impl<F: Film> Part<F> {
    /// An empty part.
    pub(super) fn new(film: F) -> Self {
        Self {
            film,
            webm: None,
            pictures: false,
            waiting: Vec::new(),
            last_ms: i64::MIN,
            tracks_ms: BTreeMap::new(),
            open: Open::default(),
            number: 1,
            bytes: 0,
            heard: false,
        }
    }

    /// Bytes written since the last segment ended.
    pub(super) const fn open_bytes(&self) -> u64 {
        self.open.bytes
    }

    /// Whether sound was written since this was last asked.
    pub(super) fn heard(&mut self) -> bool {
        std::mem::take(&mut self.heard)
    }

    /// Whether blocks of a track can still come into this part: pictures only if there were some when it began.
    pub(super) fn takes(&self, track: Track) -> bool {
        match track {
            Track::Sound => true,
            Track::Picture => self.pictures || self.webm.is_none(),
        }
    }

    /// Lays a block where it belongs. Pictures begin with a whole one, whose size is given.
    pub(super) fn lay(&mut self, mut block: Block, size: Option<Size>, now_ms: i64) -> io::Result<()> {
        let track_ms = self.tracks_ms.entry(block.track).or_insert(block.at_ms);
        block.at_ms = block.at_ms.max(*track_ms);
        *track_ms = block.at_ms;
        if self.webm.is_none() && self.waiting.is_empty() {
            self.last_ms = block.at_ms;
        }
        if let (Some(size), None) = (size, &self.webm) {
            self.begin(block.at_ms, Some(size))?;
        }
        let at = self.waiting.partition_point(|other| other.at_ms <= block.at_ms);
        self.waiting.insert(at, block);
        self.settle(now_ms)
    }

    /// Writes the head of the file. Its clock begins with the first block.
    fn begin(&mut self, at_ms: i64, picture: Option<Size>) -> io::Result<()> {
        let began_ms = self.waiting.first().map_or(at_ms, |first| first.at_ms).min(at_ms);
        // What comes later and was taken before lies at the beginning.
        self.last_ms = began_ms;
        let (webm, head) = Webm::begins(began_ms, picture)?;
        (self.webm, self.pictures) = (Some(webm), picture.is_some());
        self.write(&head)
    }

    /// Writes the clusters for which no block can come any more.
    pub(super) fn settle(&mut self, now_ms: i64) -> io::Result<()> {
        while let Some(first) = self.waiting.first() {
            let ends = first.at_ms.max(self.last_ms).saturating_add(CLUSTER_MS);
            if ends.saturating_add(LATE_MS) > now_ms {
                return Ok(());
            }
            self.cluster(ends)?;
        }
        Ok(())
    }

    /// Writes everything that waits.
    fn drain(&mut self) -> io::Result<()> {
        while let Some(first) = self.waiting.first() {
            self.cluster(first.at_ms.max(self.last_ms).saturating_add(CLUSTER_MS))?;
        }
        Ok(())
    }

    /// Writes the cluster of what waits before a moment.
    fn cluster(&mut self, before_ms: i64) -> io::Result<()> {
        let whole = self.waiting.partition_point(|block| block.at_ms < before_ms);
        let mut blocks: Vec<Block> = self.waiting.drain(..whole).collect();
        for block in &mut blocks {
            block.at_ms = block.at_ms.max(self.last_ms);
        }
        let (Some(first), Some(last)) = (blocks.first(), blocks.last()) else { return Ok(()) };
        let (from, to) = (first.at_ms, last.at_ms);
        if self.webm.is_none() {
            self.begin(from, None)?;
        }
        let Some(webm) = &mut self.webm else { return Ok(()) };
        let bytes = webm.cluster(from, &blocks)?;
        self.write(&bytes)?;
        self.last_ms = to;
        self.heard |= blocks.iter().any(|block| block.track == Track::Sound);
        self.open.span = Some((self.open.span.map_or(from, |(from, _)| from), to));
        Ok(())
    }

    /// Whether all of it comes to the file or nothing.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Err(error) = self.film.write_all(bytes) {
            // What cannot be taken back is found when the file is looked at.
            let _ = self.film.cut(self.bytes);
            return Err(error);
        }
        let more = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.open.hash.update(bytes);
        self.open.bytes += more;
        self.bytes += more;
        Ok(())
    }

    /// Ends the present segment once it is on disk, if anything was written since the one before.
    pub(super) fn end_segment(&mut self) -> io::Result<Option<Segment>> {
        let Some((from_ms, to_ms)) = self.open.span else { return Ok(None) };
        self.film.keep()?;
        let Open { hash, bytes, .. } = std::mem::take(&mut self.open);
        let number = self.number;
        self.number += 1;
        Ok(Some(Segment { number, from_ms, to_ms, bytes, sha256: hash.finalize().into() }))
    }

    /// Writes what waits, and ends the last segment. What could not be written is told beside it, and how many bytes the
    /// file has.
    pub(super) fn finish(mut self) -> (io::Result<Option<Segment>>, io::Result<()>, u64) {
        let drained = self.drain();
        (self.end_segment(), drained, self.bytes)
    }
}

#[cfg(test)]
mod tests;
