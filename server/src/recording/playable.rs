//! A recording as a player wants it: the same clusters, and before them how long it is and where one can begin. The file
//! itself is written for the moment when the power fails, and says neither.
//!
//! ```text
//! in the file:   head │ information │ tracks │ cluster │ cluster │ …
//! to a player:   head │ information, with its length │ tracks │ where one can begin │ those clusters that it may have
//! ```
//!
//! Nothing is copied: what stands in the file is sent from there. The same bytes of the file make the same playable, so
//! that a player can come back for a piece of it.

use std::{
    io::{self, BufReader, Read, Seek},
    ops::Range,
};

use webm_iterable::{
    WebmWriter,
    matroska_spec::{Master, MatroskaSpec},
};

use super::{
    part::CLUSTER_MS,
    webm::{self, Track},
};

/// Elements of a WebM file that are looked at here.
mod id {
    pub(super) const HEAD: u32 = 0x1a45_dfa3;
    pub(super) const SEGMENT: u32 = 0x1853_8067;
    pub(super) const INFORMATION: u32 = 0x1549_a966;
    pub(super) const TRACKS: u32 = 0x1654_ae6b;
    pub(super) const DATE: u32 = 0x4461;
    pub(super) const CLUSTER: u32 = 0x1f43_b675;
    pub(super) const TIMESTAMP: u32 = 0xe7;
    pub(super) const BLOCK: u32 = 0xa3;
}

/// The head and the information of a file are never longer, in bytes.
const HEAD_BYTES_MAX: u64 = 4_096;
/// So many bytes are read at once when a file is looked through: what stands at the beginning of a cluster.
const LOOK_BYTES: usize = 1_024;
/// Of a file without pictures, so often a place to begin is told, in milliseconds.
const SOUND_PLACES_MS: u64 = 5_000;

/// A recording made ready for a player.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Playable {
    /// What comes before the clusters.
    head: Vec<u8>,
    /// The clusters, as places of the file.
    clusters: Vec<Range<u64>>,
}

/// An element of the file: what begins at a place, where its inside lies.
#[derive(Clone, Debug)]
struct Element {
    name: u32,
    begins: u64,
    inside: Range<u64>,
}

/// A cluster of the file.
#[derive(Debug)]
struct Cluster {
    place: Range<u64>,
    from_ms: u64,
    to_ms: u64,
    /// Whether it has pictures.
    pictures: bool,
    /// Whether the first of them is whole.
    whole: bool,
}

/// What stands in the file before the clusters.
#[derive(Debug, Default)]
struct Before {
    head: Vec<u8>,
    tracks: Vec<u8>,
    began_ms: i64,
}

impl Playable {
    /// Reads what the first `bytes` of a file are, and keeps the clusters of which something lies in a time that `may`
    /// says; the times are those of the hearing's clock, in milliseconds.
    ///
    /// # Errors
    /// When the file cannot be read, or is none of ours.
    pub(super) fn of(file: impl Read + Seek, bytes: u64, may: impl Fn(i64, i64) -> bool) -> io::Result<Self> {
        let mut reading = Reading { file: BufReader::with_capacity(LOOK_BYTES, file), at: 0, until: bytes };
        let (before, first) = reading.before()?;
        let mut clusters: Vec<Cluster> = Vec::new();
        let (mut next, mut last) = (first, None);
        while let Some(element) = next {
            let cluster = match reading.cluster(&element, false) {
                Ok(Some(cluster)) => cluster,
                Ok(None) => break,
                // What lies behind something broken is not found; what lies before it plays.
                Err(error) if error.kind() == io::ErrorKind::InvalidData && !clusters.is_empty() => break,
                Err(error) => return Err(error),
            };
            // One ends where the next begins, and is never longer than they are made.
            if let Some(before) = clusters.last_mut() {
                let longest = before.from_ms.saturating_add(CLUSTER_MS.unsigned_abs());
                before.to_ms = cluster.from_ms.min(longest).max(before.to_ms);
            }
            clusters.push(cluster);
            last = Some(element);
            next = reading.element()?;
        }
        if let (Some(last), Some(cluster)) = (last, clusters.last_mut()) {
            reading.to(last.inside.start)?;
            cluster.to_ms = reading.cluster(&last, true)?.map_or(cluster.to_ms, |whole| whole.to_ms);
        }
        let at = |ms: u64| before.began_ms.saturating_add(i64::try_from(ms).unwrap_or(i64::MAX));
        let all = clusters.len();
        clusters.retain(|cluster| may(at(cluster.from_ms), at(cluster.to_ms)));
        // Of pieces the sound is played alone: their pictures need others that are not among them.
        let head = before.told(&clusters, clusters.len() == all)?;
        Ok(Self { head, clusters: clusters.into_iter().map(|cluster| cluster.place).collect() })
    }

    /// How many bytes it has.
    pub(super) fn bytes(&self) -> u64 {
        let head = u64::try_from(self.head.len()).unwrap_or(u64::MAX);
        self.clusters.iter().fold(head, |sum, place| sum.saturating_add(place.end - place.start))
    }

    /// The piece of it between two places: bytes that come before the clusters, and places of the file.
    pub(super) fn piece(&self, wanted: &Range<u64>) -> (Vec<u8>, Vec<Range<u64>>) {
        let head = u64::try_from(self.head.len()).unwrap_or(u64::MAX);
        let within = |at: u64| usize::try_from(at.min(head)).unwrap_or(usize::MAX);
        let bytes = self.head.get(within(wanted.start)..within(wanted.end)).unwrap_or_default().to_vec();
        let (mut at, mut places) = (head, Vec::<Range<u64>>::new());
        for cluster in &self.clusters {
            let ends = at.saturating_add(cluster.end - cluster.start);
            let (from, to) = (wanted.start.max(at), wanted.end.min(ends));
            if from < to {
                let place = cluster.start + (from - at)..cluster.start + (to - at);
                match places.last_mut().filter(|last| last.end == place.start) {
                    Some(last) => last.end = place.end,
                    None => places.push(place),
                }
            }
            at = ends;
        }
        (bytes, places)
    }
}

impl Before {
    /// All that comes before these clusters, with pictures or without.
    fn told(&self, clusters: &[Cluster], pictures: bool) -> io::Result<Vec<u8>> {
        let tracks = if pictures { self.tracks.clone() } else { written(webm::tracks(None))? };
        let pictures = pictures && clusters.iter().any(|cluster| cluster.pictures);
        let length = clusters.last().map_or(0, |last| last.to_ms);
        let information = webm::information(self.began_ms, Some(length));
        let information = written(information)?;
        // Where a cluster lies is told by numbers as long as they need to be, and how long they are moves the clusters:
        // longer and longer, until it comes out even.
        let mut places = Vec::new();
        loop {
            let before = information.len() + tracks.len() + places.len();
            let again = places_to_begin(clusters, pictures, u64::try_from(before).unwrap_or(u64::MAX))?;
            if again.len() == places.len() {
                places = again;
                break;
            }
            places = again;
        }
        let inside = [information, tracks, places].concat();
        let clusters = clusters.iter().map(|cluster| cluster.place.end - cluster.place.start).sum::<u64>();
        let length = clusters.saturating_add(u64::try_from(inside.len()).unwrap_or(u64::MAX));
        let name = id::SEGMENT.to_be_bytes();
        let length = (length | 1 << 56).to_be_bytes();
        Ok([&self.head[..], &name, &length, &inside].concat())
    }
}

/// Where a player can begin: at clusters that begin with a whole picture, or where there is none, at one every few
/// seconds. `before` is how many bytes lie before the first of them.
fn places_to_begin(clusters: &[Cluster], pictures: bool, before: u64) -> io::Result<Vec<u8>> {
    let track = if pictures { Track::Picture } else { Track::Sound };
    let (mut at, mut next_ms, mut points) = (before, 0, Vec::new());
    for cluster in clusters {
        if if pictures { cluster.whole } else { cluster.from_ms >= next_ms } {
            next_ms = cluster.from_ms.saturating_add(SOUND_PLACES_MS);
            points.push(MatroskaSpec::CuePoint(Master::Full(vec![
                MatroskaSpec::CueTime(cluster.from_ms),
                MatroskaSpec::CueTrackPositions(Master::Full(vec![
                    MatroskaSpec::CueTrack(track.number().into()),
                    MatroskaSpec::CueClusterPosition(at),
                ])),
            ])));
        }
        at = at.saturating_add(cluster.place.end - cluster.place.start);
    }
    if points.is_empty() { Ok(Vec::new()) } else { written(MatroskaSpec::Cues(Master::Full(points))) }
}

/// The bytes of an element; it is written as all that a segment holds, for it stands nowhere else.
fn written(element: MatroskaSpec) -> io::Result<Vec<u8>> {
    let mut writer = WebmWriter::new(Vec::new());
    writer.write(&MatroskaSpec::Segment(Master::Full(vec![element]))).map_err(io::Error::other)?;
    let bytes = std::mem::take(writer.get_mut());
    let until = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    let mut reading = Reading { file: BufReader::new(io::Cursor::new(bytes)), at: 0, until };
    let inside = reading.element()?.ok_or_else(not_ours)?.inside;
    reading.bytes(inside.end.saturating_sub(inside.start))
}

/// A file that is being looked through.
struct Reading<F: Read + Seek> {
    file: BufReader<F>,
    at: u64,
    until: u64,
}

impl<F: Read + Seek> Reading<F> {
    /// What comes before the first cluster, and that cluster.
    fn before(&mut self) -> io::Result<(Before, Option<Element>)> {
        let mut before = Before::default();
        while let Some(element) = self.element()? {
            let length = element.inside.end - element.begins;
            match element.name {
                id::CLUSTER => return Ok((before, Some(element))),
                name if before.head.is_empty() && name != id::HEAD => return Err(not_ours()),
                // Its length is not told: what is in it follows.
                id::SEGMENT => {}
                _ if element.inside.end > self.until => break,
                id::HEAD | id::TRACKS if length <= HEAD_BYTES_MAX => {
                    self.to(element.begins)?;
                    let bytes = self.bytes(length)?;
                    *(if element.name == id::HEAD { &mut before.head } else { &mut before.tracks }) = bytes;
                }
                id::INFORMATION if length <= HEAD_BYTES_MAX => {
                    before.began_ms = self.began_ms(element.inside.end)?;
                }
                _ => return Err(not_ours()),
            }
        }
        Ok((before, None))
    }

    /// When the recording began, by the information whose inside begins here.
    fn began_ms(&mut self, ends: u64) -> io::Result<i64> {
        let mut began_ms = None;
        while self.at < ends {
            let element = self.element()?.ok_or_else(not_ours)?;
            if element.inside.end > ends {
                return Err(not_ours());
            }
            let bytes = self.bytes(element.inside.end - element.inside.start)?;
            if element.name == id::DATE {
                began_ms = <[u8; 8]>::try_from(bytes).ok().map(|at| webm::date_ms(i64::from_be_bytes(at)));
            }
        }
        began_ms.ok_or_else(not_ours)
    }

    /// The cluster whose inside begins here; none if it is not all there. Unless it is to be looked through to its end, only
    /// up to its first picture: a hearing's file is long, and players come often.
    fn cluster(&mut self, element: &Element, to_its_end: bool) -> io::Result<Option<Cluster>> {
        let ends = element.inside.end;
        if element.name != id::CLUSTER {
            return Err(not_ours());
        }
        if ends > self.until {
            return Ok(None);
        }
        let (mut from_ms, mut to_ms, mut whole, mut pictures) = (0, 0, false, false);
        while self.at < ends && (to_its_end || !pictures) {
            let Some(Element { name, inside, .. }) = self.element()? else { return Ok(None) };
            let length = inside.end - inside.start;
            match name {
                id::TIMESTAMP if length <= 8 => {
                    from_ms = self.bytes(length)?.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
                    to_ms = from_ms;
                }
                id::BLOCK if length >= 4 => {
                    let block = self.bytes(4)?;
                    let [track, high, low, flags] = block[..] else { return Err(not_ours()) };
                    to_ms = to_ms.max(from_ms.saturating_add(u16::from_be_bytes([high, low]).into()));
                    if track & 0x7f == Track::Picture.number() {
                        whole = whole || (!pictures && flags & 0x80 != 0);
                        pictures = true;
                    }
                }
                _ => return Err(not_ours()),
            }
            self.to(inside.end)?;
        }
        self.to(ends)?;
        Ok(Some(Cluster { place: element.begins..ends, from_ms, to_ms, pictures, whole }))
    }

    /// The element that begins here; none at the end of the file, or where it is broken off.
    fn element(&mut self) -> io::Result<Option<Element>> {
        let begins = self.at;
        if begins >= self.until {
            return Ok(None);
        }
        let head = self.number(4, false).and_then(|name| Ok((name, self.number(8, true)?)));
        let (name, length) = match head {
            Ok(head) if self.at <= self.until => head,
            Ok(_) => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(error) => return Err(error),
        };
        let name = u32::try_from(name).map_err(|_| not_ours())?;
        Ok(Some(Element { name, begins, inside: self.at..self.at.saturating_add(length) }))
    }

    /// A number that says by its first byte how long it is; `bare`: without that mark.
    fn number(&mut self, longest: u32, bare: bool) -> io::Result<u64> {
        let first = self.bytes(1)?.first().copied().unwrap_or_default();
        let more = first.leading_zeros();
        if more >= longest {
            return Err(not_ours());
        }
        let mark = 0x80_u8 >> more;
        let first = if bare { first & !mark } else { first };
        let rest = self.bytes(more.into())?;
        Ok(rest.iter().fold(first.into(), |sum: u64, byte| sum << 8 | u64::from(*byte)))
    }

    fn bytes(&mut self, many: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        (&mut self.file).take(many).read_to_end(&mut bytes)?;
        if u64::try_from(bytes.len()).ok() != Some(many) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.at = self.at.saturating_add(many);
        Ok(bytes)
    }

    fn to(&mut self, place: u64) -> io::Result<()> {
        let by = i64::try_from(i128::from(place) - i128::from(self.at)).map_err(|_| not_ours())?;
        self.file.seek_relative(by)?;
        self.at = place;
        Ok(())
    }
}

fn not_ours() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "not a recording of ours")
}

#[cfg(test)]
mod tests {
    use webm_iterable::WebmIterator;

    use super::{
        super::{
            frames::Size,
            webm::{Block, Webm},
        },
        *,
    };

    const START_MS: i64 = 1_796_691_600_000;

    /// Ten seconds in clusters of half a second; with pictures, a whole one every two seconds.
    fn recorded(pictures: bool) -> Vec<u8> {
        let size = pictures.then_some(Size { width: 640, height: 360 });
        let (mut webm, mut bytes) = Webm::begins(START_MS, size).unwrap();
        for at in (0..10_000).step_by(500) {
            let sound = (0..500).step_by(20).map(|after| block(Track::Sound, at + after, true));
            let shown = (0..500)
                .step_by(100)
                .map(|after| block(Track::Picture, at + after, (at + after) % 2_000 == 0));
            let mut blocks: Vec<Block> = sound.chain(shown.filter(|_| pictures)).collect();
            blocks.sort_by_key(|block| block.at_ms);
            bytes.extend(webm.cluster(START_MS + at, &blocks).unwrap());
        }
        bytes
    }

    fn block(track: Track, at_ms: i64, whole: bool) -> Block {
        Block {
            track,
            at_ms: START_MS + at_ms,
            whole,
            silent: false,
            bytes: format!("{track:?} {at_ms}").into_bytes(),
        }
    }

    fn playable(file: &[u8], may: impl Fn(i64, i64) -> bool) -> (Playable, Vec<u8>) {
        let bytes = u64::try_from(file.len()).unwrap();
        let playable = Playable::of(io::Cursor::new(file), bytes, may).unwrap();
        let whole = sent(&playable, file, 0..playable.bytes());
        assert_eq!(u64::try_from(whole.len()).unwrap(), playable.bytes());
        (playable, whole)
    }

    fn sent(playable: &Playable, file: &[u8], wanted: Range<u64>) -> Vec<u8> {
        let (mut bytes, places) = playable.piece(&wanted);
        let at = |at: u64| usize::try_from(at).unwrap();
        places.iter().for_each(|place| bytes.extend(&file[at(place.start)..at(place.end)]));
        bytes
    }

    /// What a player reads: how long it is, where it can begin (moment, and what lies there), and the blocks.
    fn read(bytes: &[u8]) -> (f64, Vec<(u64, u32)>, Vec<String>) {
        let (mut length, mut begin, mut blocks) = (0.0, Vec::new(), Vec::new());
        let segment = bytes.windows(4).position(|four| four == id::SEGMENT.to_be_bytes()).unwrap() + 12;
        let mut moment = 0;
        for tag in WebmIterator::new(&mut &*bytes, &[]) {
            match tag.unwrap() {
                MatroskaSpec::Duration(told) => length = told,
                MatroskaSpec::CueTime(at) => moment = at,
                MatroskaSpec::CueClusterPosition(at) => {
                    let place = segment + usize::try_from(at).unwrap();
                    begin.push((moment, u32::from_be_bytes(bytes[place..place + 4].try_into().unwrap())));
                }
                MatroskaSpec::SimpleBlock(block) => {
                    blocks.push(String::from_utf8(block[4..].to_vec()).unwrap())
                }
                _ => {}
            }
        }
        (length, begin, blocks)
    }

    #[test]
    fn a_player_is_told_how_long_it_is_and_where_it_can_begin_and_gets_every_block() {
        for (pictures, begins) in [(true, vec![0, 2_000, 4_000, 6_000, 8_000]), (false, vec![0, 5_000])] {
            let file = recorded(pictures);
            let (_, whole) = playable(&file, |_, _| true);
            let (length, begin, blocks) = read(&whole);
            assert!((length - 9_980.0).abs() < 0.5, "{length}");
            assert_eq!(begin, begins.into_iter().map(|at| (at, id::CLUSTER)).collect::<Vec<_>>());
            assert_eq!(blocks, read(&file).2);
            assert!(blocks.len() >= 500);
        }
    }

    #[test]
    fn any_piece_of_it_is_that_piece() {
        let file = recorded(true);
        let (playable, whole) = playable(&file, |_, _| true);
        for from in (0..whole.len()).step_by(397) {
            for length in [1, 700, 5_000, whole.len()] {
                let to = (from + length).min(whole.len());
                let wanted = u64::try_from(from).unwrap()..u64::try_from(to).unwrap();
                assert_eq!(sent(&playable, &file, wanted), whole[from..to], "{from} {length}");
            }
        }
    }

    #[test]
    fn of_what_may_not_be_had_not_a_byte_is_in_it() {
        let file = recorded(true);
        let (_, whole) = playable(&file, |from, to| from <= START_MS + 6_200 && START_MS + 4_100 <= to);
        let (_, begin, blocks) = read(&whole);
        assert_eq!(begin, [(4_000, id::CLUSTER)], "its sound, from its beginning");
        let at = |block: &String| block.split(' ').nth(1).unwrap().parse::<u64>().unwrap();
        assert!(blocks.iter().all(|block| (4_000..6_500).contains(&at(block))), "{blocks:?}");
        assert_eq!(read(&playable(&file, |_, _| false).1).2, Vec::<String>::new());
    }

    #[test]
    fn given_a_file_that_breaks_off_anywhere_what_is_whole_plays() {
        let file = recorded(true);
        for cut in (0..file.len()).step_by(61) {
            let (_, whole) = playable(&file[..cut], |_, _| true);
            let blocks = if whole.is_empty() { Vec::new() } else { read_if_any(&whole) };
            assert!(blocks.len() <= read(&file).2.len());
        }
    }

    fn read_if_any(bytes: &[u8]) -> Vec<String> {
        if bytes.windows(4).any(|four| four == id::CLUSTER.to_be_bytes()) {
            read(bytes).2
        } else {
            Vec::new()
        }
    }

    #[test]
    fn given_another_file_it_is_refused() {
        for other in [&b"%PDF-1.7 and so on and on and on"[..], &[0; 64], &[0xff; 64]] {
            assert!(Playable::of(io::Cursor::new(other), 64, |_, _| true).is_err());
        }
    }
}
