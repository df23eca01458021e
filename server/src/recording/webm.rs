//! A recording's file: WebM, sound in Opus and picture in VP8 as they came.
//!
//! ```text
//! head: tracks, when it began, length not known │ cluster │ cluster │ cluster …
//! ```
//!
//! The head says no length, as of a live broadcast. Each cluster is written once it is whole, and says its own length: a
//! file that breaks off in the middle of one plays up to the one before.

use std::io;

use webm_iterable::{
    WebmIterator, WebmWriter, WriteOptions,
    matroska_spec::{Master, MatroskaSpec},
};

use super::frames::Size;

/// Milliseconds between the beginning of 1970, from which the hearing's clock counts, and of 2001, from which the file does.
const FROM_1970_TO_2001_MS: i64 = 978_307_200_000;
/// Furthest from the beginning of its cluster that a block can be, in milliseconds.
pub(super) const BLOCK_MS_MAX: i64 = 32_767;
/// The first bytes of an Opus stream: two channels, 48 kHz, nothing to be skipped (RFC 7845, 5.1).
const OPUS_HEAD: [u8; 19] =
    [b'O', b'p', b'u', b's', b'H', b'e', b'a', b'd', 1, 2, 0, 0, 0x80, 0xbb, 0, 0, 0, 0, 0];
/// What a player must decode before sound is right, in nanoseconds (80 ms).
const OPUS_PRE_ROLL_NS: u64 = 80_000_000;

/// The track of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Track {
    Sound,
    Picture,
}

impl Track {
    pub(super) const fn number(self) -> u8 {
        match self {
            Self::Sound => 1,
            Self::Picture => 2,
        }
    }
}

/// A packet of sound, or a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) track: Track,
    /// In milliseconds of the hearing's clock.
    pub(super) at_ms: i64,
    /// Whether it needs nothing before it.
    pub(super) whole: bool,
    /// Whether it is known that nothing at all is to be heard in it.
    pub(super) silent: bool,
    pub(super) bytes: Vec<u8>,
}

/// A file that is being made.
pub(super) struct Webm {
    writer: WebmWriter<Vec<u8>>,
    began_ms: i64,
}

impl std::fmt::Debug for Webm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Webm").field("began_ms", &self.began_ms).finish_non_exhaustive()
    }
}

impl Webm {
    /// A file that begins at that moment of the hearing's clock, with sound and, if a size is given, picture. Gives its
    /// first bytes.
    pub(super) fn begins(began_ms: i64, picture: Option<Size>) -> io::Result<(Self, Vec<u8>)> {
        let mut webm = Self { writer: WebmWriter::new(Vec::new()), began_ms };
        let head = MatroskaSpec::Ebml(Master::Full(vec![
            MatroskaSpec::EbmlVersion(1),
            MatroskaSpec::EbmlReadVersion(1),
            MatroskaSpec::EbmlMaxIdLength(4),
            MatroskaSpec::EbmlMaxSizeLength(8),
            MatroskaSpec::DocType("webm".into()),
            MatroskaSpec::DocTypeVersion(4),
            MatroskaSpec::DocTypeReadVersion(2),
        ]));
        webm.write(&head)?;
        let segment = MatroskaSpec::Segment(Master::Start);
        webm.writer
            .write_advanced(&segment, WriteOptions::is_unknown_sized_element())
            .map_err(io::Error::other)?;
        webm.write(&information(began_ms, None))?;
        webm.write(&tracks(picture))?;
        let bytes = webm.written();
        Ok((webm, bytes))
    }

    /// The bytes of a cluster that begins at that moment. Of a block that lies too far from it, as near as can be said.
    pub(super) fn cluster(&mut self, at_ms: i64, blocks: &[Block]) -> io::Result<Vec<u8>> {
        let since = u64::try_from(at_ms.saturating_sub(self.began_ms)).unwrap_or(0);
        let mut inside = vec![MatroskaSpec::Timestamp(since)];
        inside.extend(blocks.iter().map(|block| {
            let after = block.at_ms.saturating_sub(at_ms).clamp(0, BLOCK_MS_MAX);
            let after = i16::try_from(after).unwrap_or(i16::MAX).to_be_bytes();
            let [number, flags] = [0x80 | block.track.number(), if block.whole { 0x80 } else { 0 }];
            let head = [number, after[0], after[1], flags];
            MatroskaSpec::SimpleBlock([&head[..], &block.bytes].concat())
        }));
        self.write(&MatroskaSpec::Cluster(Master::Full(inside)))?;
        Ok(self.written())
    }

    fn write(&mut self, tag: &MatroskaSpec) -> io::Result<()> {
        self.writer.write(tag).map_err(io::Error::other)
    }

    fn written(&mut self) -> Vec<u8> {
        std::mem::take(self.writer.get_mut())
    }
}

/// When a recording began, and how many milliseconds long it is, where that is known.
pub(super) fn information(began_ms: i64, length_ms: Option<u64>) -> MatroskaSpec {
    let began = began_ms.saturating_sub(FROM_1970_TO_2001_MS).saturating_mul(1_000_000);
    #[expect(clippy::cast_precision_loss, reason = "a hearing's length in milliseconds has fewer digits")]
    let length = length_ms.map(|length| MatroskaSpec::Duration(length as f64));
    let mut inside = vec![MatroskaSpec::TimestampScale(1_000_000)];
    inside.extend(length);
    inside.extend([
        MatroskaSpec::DateUTC(began),
        MatroskaSpec::MuxingApp("fengqiao".into()),
        MatroskaSpec::WritingApp("fengqiao".into()),
    ]);
    MatroskaSpec::Info(Master::Full(inside))
}

/// The moment that a file tells as its date, in milliseconds of the hearing's clock.
pub(super) const fn date_ms(date: i64) -> i64 {
    date / 1_000_000 + FROM_1970_TO_2001_MS
}

/// When a file begins, by its first bytes, in milliseconds of the hearing's clock.
pub(super) fn began_ms(head: &[u8]) -> Option<i64> {
    let mut head = head;
    WebmIterator::new(&mut head, &[]).map_while(Result::ok).find_map(|tag| match tag {
        MatroskaSpec::DateUTC(at) => Some(date_ms(at)),
        _ => None,
    })
}

/// Its tracks: sound and, if a size is given, picture.
pub(super) fn tracks(picture: Option<Size>) -> MatroskaSpec {
    let tracks = std::iter::once(sound_track()).chain(picture.map(picture_track)).collect();
    MatroskaSpec::Tracks(Master::Full(tracks))
}

fn sound_track() -> MatroskaSpec {
    MatroskaSpec::TrackEntry(Master::Full(vec![
        MatroskaSpec::TrackNumber(Track::Sound.number().into()),
        MatroskaSpec::TrackUID(Track::Sound.number().into()),
        MatroskaSpec::TrackType(2),
        MatroskaSpec::FlagLacing(0),
        MatroskaSpec::CodecID("A_OPUS".into()),
        MatroskaSpec::SeekPreRoll(OPUS_PRE_ROLL_NS),
        MatroskaSpec::CodecPrivate(OPUS_HEAD.to_vec()),
        MatroskaSpec::Audio(Master::Full(vec![
            MatroskaSpec::SamplingFrequency(48_000.0),
            MatroskaSpec::Channels(2),
        ])),
    ]))
}

fn picture_track(size: Size) -> MatroskaSpec {
    MatroskaSpec::TrackEntry(Master::Full(vec![
        MatroskaSpec::TrackNumber(Track::Picture.number().into()),
        MatroskaSpec::TrackUID(Track::Picture.number().into()),
        MatroskaSpec::TrackType(1),
        MatroskaSpec::FlagLacing(0),
        MatroskaSpec::CodecID("V_VP8".into()),
        MatroskaSpec::Video(Master::Full(vec![
            MatroskaSpec::PixelWidth(size.width.into()),
            MatroskaSpec::PixelHeight(size.height.into()),
        ])),
    ]))
}
