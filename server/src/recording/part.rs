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
    hush::Sound,
    webm::{Block, Track, Webm},
};

/// Length of a cluster, in milliseconds.
pub(super) const CLUSTER_MS: i64 = 500;
/// For so long a cluster is held open for blocks that come late, in milliseconds. Both together are what can be lost with
/// the machine: less than a second.
const LATE_MS: i64 = 300;

/// After so long without anything a part is over, and what comes begins another, in milliseconds.
const HOLE_MS_MAX: i64 = 10_000;

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
    /// How many bytes the file has with it.
    pub(super) ends: u64,
    pub(super) sha256: [u8; 32],
}

/// The last sound that was written, in milliseconds of the hearing's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Heard {
    /// When it came.
    pub(super) at_ms: i64,
    /// When the last of it came that was not silence alone; none where all of it was.
    pub(super) loud_ms: Option<i64>,
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
    /// Its sound, once its head is written.
    sound: Sound,
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
    /// The last sound written since it was last asked for.
    heard: Option<Heard>,
}

impl<F: Film> Part<F> {
    /// An empty part.
    pub(super) fn new(film: F) -> Self {
        Self {
            film,
            webm: None,
            sound: Sound::begins(0),
            pictures: false,
            waiting: Vec::new(),
            last_ms: i64::MIN,
            tracks_ms: BTreeMap::new(),
            open: Open::default(),
            number: 1,
            bytes: 0,
            heard: None,
        }
    }

    /// Bytes written since the last segment ended.
    pub(super) const fn open_bytes(&self) -> u64 {
        self.open.bytes
    }

    /// The last sound that was written since this was last asked.
    pub(super) const fn heard(&mut self) -> Option<Heard> {
        self.heard.take()
    }

    /// Whether blocks of a track can still come into this part: pictures only if there were some when it began.
    pub(super) fn takes(&self, track: Track) -> bool {
        match track {
            Track::Sound => true,
            Track::Picture => self.pictures || self.webm.is_none(),
        }
    }

    /// Whether nothing came for long before a moment.
    pub(super) fn is_far_from(&self, at_ms: i64) -> bool {
        let last_ms = self.waiting.last().map_or(self.last_ms, |last| last.at_ms.max(self.last_ms));
        (self.webm.is_some() || !self.waiting.is_empty()) && at_ms.saturating_sub(last_ms) > HOLE_MS_MAX
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
        (self.webm, self.pictures, self.sound) = (Some(webm), picture.is_some(), Sound::begins(began_ms));
        self.write(&head)
    }

    /// When the cluster ends that begins with a block: before the next whole picture, at which a player can begin.
    fn ends(&self, first_ms: i64) -> i64 {
        let ends = first_ms.max(self.last_ms).saturating_add(CLUSTER_MS);
        let whole = |block: &&Block| block.track == Track::Picture && block.whole && block.at_ms > first_ms;
        self.waiting.iter().find(whole).map_or(ends, |whole| whole.at_ms.min(ends))
    }

    /// Writes the clusters for which no block can come any more.
    pub(super) fn settle(&mut self, now_ms: i64) -> io::Result<()> {
        while let Some(first) = self.waiting.first() {
            let ends = self.ends(first.at_ms);
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
            self.cluster(self.ends(first.at_ms))?;
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
        let last = |silence: bool| {
            let sound = |block: &&Block| block.track == Track::Sound && (silence || !block.silent);
            blocks.iter().rfind(sound).map(|block| block.at_ms)
        };
        let heard = last(true).map(|at_ms| Heard { at_ms, loud_ms: last(false) });
        // Silence that is longer than a cluster has clusters of its own.
        while from.saturating_sub(self.sound.until_ms()) >= CLUSTER_MS {
            let until = self.sound.until_ms().saturating_add(CLUSTER_MS);
            let silence = self.sound.hush(until);
            self.write_cluster(&silence)?;
        }
        let blocks = self.sound.without_holes(blocks);
        self.write_cluster(&blocks)?;
        self.last_ms = to;
        let before = self.heard.and_then(|heard| heard.loud_ms);
        self.heard =
            heard.map(|Heard { at_ms, loud_ms }| Heard { at_ms, loud_ms: loud_ms.or(before) }).or(self.heard);
        self.open.span = Some((self.open.span.map_or(from, |(from, _)| from), to));
        Ok(())
    }

    fn write_cluster(&mut self, blocks: &[Block]) -> io::Result<()> {
        let (Some(webm), Some(first)) = (&mut self.webm, blocks.first()) else { return Ok(()) };
        let bytes = webm.cluster(first.at_ms, blocks)?;
        self.write(&bytes)
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
        let sha256 = hash.finalize().into();
        Ok(Some(Segment { number, from_ms, to_ms, bytes, ends: self.bytes, sha256 }))
    }

    /// Writes what waits, and ends the last segment. What could not be written is told beside it, and how many bytes the
    /// file has.
    pub(super) fn finish(mut self) -> (io::Result<Option<Segment>>, io::Result<()>, u64) {
        let drained = self.drain();
        (self.end_segment(), drained, self.bytes)
    }
}

#[cfg(test)]
mod tests {
    // What a part leaves behind is read again, whole and cut off anywhere.
    use webm_iterable::{
        WebmIterator,
        matroska_spec::{Master, MatroskaSpec},
    };

    use super::{super::hush::SILENCE, *};

    const START_MS: i64 = 1_796_691_600_000;
    const SIZE: Size = Size { width: 640, height: 480 };

    /// A file in memory, which refuses to grow beyond a length.
    #[derive(Debug)]
    struct Tape {
        bytes: Vec<u8>,
        room: usize,
        kept: usize,
    }

    impl Tape {
        const fn new() -> Self {
            Self { bytes: Vec::new(), room: usize::MAX, kept: 0 }
        }
    }

    impl Write for &mut Tape {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let fits = bytes.len().min(self.room - self.bytes.len());
            self.bytes.extend_from_slice(&bytes[..fits]);
            if fits == 0 { Err(io::ErrorKind::StorageFull.into()) } else { Ok(fits) }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Film for &mut Tape {
        fn keep(&mut self) -> io::Result<()> {
            self.kept = self.bytes.len();
            Ok(())
        }

        fn cut(&mut self, bytes: u64) -> io::Result<()> {
            self.bytes.truncate(usize::try_from(bytes).unwrap());
            Ok(())
        }
    }

    /// The blocks that a reader finds: track, milliseconds since the beginning, whole, bytes.
    fn read(bytes: &[u8]) -> Vec<(u8, i64, bool, Vec<u8>)> {
        let mut cluster = None;
        let mut blocks = Vec::new();
        for tag in WebmIterator::new(&mut &*bytes, &[MatroskaSpec::Cluster(Master::Start)]) {
            let Ok(tag) = tag else { break };
            let MatroskaSpec::Cluster(Master::Full(inside)) = tag else { continue };
            for tag in inside {
                match tag {
                    MatroskaSpec::Timestamp(at) => cluster = Some(i64::try_from(at).unwrap()),
                    MatroskaSpec::SimpleBlock(block) if block[4..] == SILENCE => {}
                    MatroskaSpec::SimpleBlock(block) => {
                        let after = i64::from(i16::from_be_bytes([block[1], block[2]]));
                        blocks.push((
                            block[0] & 0x7f,
                            cluster.unwrap() + after,
                            block[3] & 0x80 != 0,
                            block[4..].into(),
                        ));
                    }
                    other => panic!("{other:?}"),
                }
            }
        }
        blocks
    }

    fn sound(at_ms: i64) -> Block {
        Block {
            track: Track::Sound,
            at_ms: START_MS + at_ms,
            whole: true,
            silent: false,
            bytes: format!("sound {at_ms}").into(),
        }
    }

    fn picture(at_ms: i64, whole: bool) -> (Block, Option<Size>) {
        let bytes = format!("picture {at_ms}").into();
        (
            Block { track: Track::Picture, at_ms: START_MS + at_ms, whole, silent: false, bytes },
            whole.then_some(SIZE),
        )
    }

    /// Three seconds of sound and picture, every picture 200 ms late; a segment each second.
    fn filmed(tape: &mut Tape) -> Vec<Segment> {
        let mut part = Part::new(tape);
        let mut segments = Vec::new();
        for now in (0..3_000).step_by(20) {
            part.lay(sound(now), None, START_MS + now).unwrap();
            if now >= 200 && (now - 200) % 40 == 0 {
                let (block, size) = picture(now - 200, (now - 200) % 1_000 == 0);
                part.lay(block, size, START_MS + now).unwrap();
            }
            if now % 1_000 == 980 {
                segments.extend(part.end_segment().unwrap());
            }
        }
        let (last, drained, _) = part.finish();
        drained.unwrap();
        segments.extend(last.unwrap());
        segments
    }

    #[test]
    fn given_three_seconds_of_sound_and_late_pictures_all_of_it_is_there_in_order_of_time() {
        let mut tape = Tape::new();
        filmed(&mut tape);
        let blocks = read(&tape.bytes);
        let times: Vec<i64> = blocks.iter().map(|(_, at, ..)| *at).collect();
        assert!(times.is_sorted(), "{times:?}");
        let of = |track| blocks.iter().filter(move |(number, ..)| *number == track);
        assert!(of(1).map(|(_, at, ..)| *at).eq((0..3_000).step_by(20)));
        assert!(of(2).map(|(_, at, ..)| *at).eq((0..2_800).step_by(40)));
        for (track, at, whole, bytes) in &blocks {
            let kind = if *track == 1 { "sound" } else { "picture" };
            assert_eq!(*bytes, format!("{kind} {at}").into_bytes());
            assert_eq!(*whole, *track == 1 || at % 1_000 == 0);
        }
    }

    #[test]
    fn given_a_file_cut_off_anywhere_every_cluster_before_the_cut_is_still_read() {
        let mut tape = Tape::new();
        filmed(&mut tape);
        let all = read(&tape.bytes);
        let ends: Vec<usize> = tape
            .bytes
            .windows(4)
            .enumerate()
            .filter(|(_, four)| **four == [0x1f, 0x43, 0xb6, 0x75])
            .map(|(at, _)| at)
            .collect();
        assert!(ends.len() >= 6, "{ends:?}");
        let mut least = 0;
        for cut in 0..tape.bytes.len() {
            let blocks = read(&tape.bytes[..cut]);
            assert!(all.starts_with(&blocks), "cut at {cut}");
            if ends.contains(&cut) && cut > ends[0] {
                assert!(blocks.len() > least, "the cluster before {cut} is read");
                least = blocks.len();
            }
            assert!(blocks.len() >= least, "cut at {cut}");
        }
    }

    #[test]
    fn the_segments_hash_every_byte_of_the_file_in_order_and_are_on_disk_before_they_are_told() {
        let mut tape = Tape::new();
        let segments = filmed(&mut tape);
        assert!(segments.len() >= 3, "{segments:?}");
        let mut rest = &tape.bytes[..];
        for (segment, number) in segments.iter().zip(1..) {
            let (bytes, after) = rest.split_at(usize::try_from(segment.bytes).unwrap());
            assert_eq!(segment.sha256, <[u8; 32]>::from(Sha256::digest(bytes)));
            assert_eq!(segment.number, number);
            assert!(segment.from_ms <= segment.to_ms);
            rest = after;
        }
        assert!(rest.is_empty());
        assert_eq!(tape.kept, tape.bytes.len());
    }

    #[test]
    fn given_a_picture_that_seems_older_than_the_one_before_it_then_it_still_comes_after_it() {
        let mut tape = Tape::new();
        let mut part = Part::new(&mut tape);
        for (at, whole) in [(0, true), (40, false), (30, false), (80, false)] {
            let (block, size) = picture(at, whole);
            part.lay(block, size, START_MS + at).unwrap();
        }
        part.lay(sound(35), None, START_MS + 80).unwrap();
        part.finish().1.unwrap();
        let said: Vec<_> =
            read(&tape.bytes).into_iter().map(|(.., bytes)| String::from_utf8(bytes).unwrap()).collect();
        assert_eq!(said, ["picture 0", "sound 35", "picture 40", "picture 30", "picture 80"]);
    }

    #[test]
    fn whatever_has_come_is_in_the_file_within_a_second() {
        let mut tape = Tape::new();
        let mut part = Part::new(&mut tape);
        for now in (0..5_000).step_by(20) {
            part.lay(sound(now), None, START_MS + now).unwrap();
            let written = read(&part.film.bytes).last().map_or(0, |(_, at, ..)| *at);
            assert!(now - written < 1_000, "{now} {written}");
        }
    }

    #[test]
    fn given_a_part_that_began_without_a_picture_it_takes_none_later() {
        let mut tape = Tape::new();
        let mut part = Part::new(&mut tape);
        assert!(part.takes(Track::Picture), "it may still begin with one");
        for now in [0, 20, 900] {
            part.lay(sound(now), None, START_MS + now).unwrap();
        }
        assert!(!part.takes(Track::Picture) && part.takes(Track::Sound));
        assert!(part.heard().is_some() && part.heard().is_none());
    }

    #[test]
    fn given_a_disk_without_room_what_was_written_stays_whole_and_hashed() {
        let mut tape = Tape { room: 1_000, ..Tape::new() };
        let mut part = Part::new(&mut tape);
        let mut failed = false;
        for now in (0..5_000).step_by(20) {
            failed = failed || part.lay(sound(now), None, START_MS + now).is_err();
        }
        assert!(failed);
        let (segment, drained, _) = part.finish();
        assert!(drained.is_err());
        let segment = segment.unwrap().unwrap();
        assert_eq!(segment.bytes, u64::try_from(tape.bytes.len()).unwrap());
        assert_eq!(segment.sha256, <[u8; 32]>::from(Sha256::digest(&tape.bytes)));
        assert!(read(&tape.bytes).len() > 10);
    }
}
