//! Silence where nothing was said. Players count sound by what they play of it, not by the time that is told beside it: a
//! hole, and all that is said after it would be heard too early. So the sound of a file has none.

use super::webm::{Block, Track};

/// A packet of Opus in which there is nothing to hear (RFC 6716), and how long it is, in microseconds.
pub(super) const SILENCE: [u8; 3] = [0xf8, 0xff, 0xfe];
const SILENCE_US: i64 = 20_000;

/// The sound of a file, as a player counts it.
#[derive(Debug)]
pub(super) struct Sound {
    /// Until when it goes, in microseconds of the hearing's clock.
    until_us: i64,
}

impl Sound {
    /// Sound that begins at a moment, in milliseconds of the hearing's clock.
    pub(super) const fn begins(at_ms: i64) -> Self {
        Self { until_us: at_ms.saturating_mul(1_000) }
    }

    /// Until when it goes, in milliseconds of the hearing's clock.
    pub(super) const fn until_ms(&self) -> i64 {
        self.until_us.div_euclid(1_000)
    }

    /// Silence up to a moment, as far as there is room for a whole packet of it.
    pub(super) fn hush(&mut self, to_ms: i64) -> Vec<Block> {
        let mut blocks = Vec::new();
        while to_ms.saturating_mul(1_000).saturating_sub(self.until_us) >= SILENCE_US {
            blocks.push(Block {
                track: Track::Sound,
                at_ms: self.until_ms(),
                whole: true,
                silent: true,
                bytes: SILENCE.to_vec(),
            });
            self.until_us = self.until_us.saturating_add(SILENCE_US);
        }
        blocks
    }

    /// Blocks in order of time, with silence where there is none of sound between them.
    pub(super) fn without_holes(&mut self, blocks: Vec<Block>) -> Vec<Block> {
        let to_ms = blocks.last().map_or(i64::MIN, |last| last.at_ms);
        let mut filled = Vec::with_capacity(blocks.len());
        for block in blocks {
            if block.track == Track::Sound {
                filled.extend(self.hush(block.at_ms));
                self.until_us = self.until_us.saturating_add(length_us(&block.bytes));
            }
            filled.push(block);
        }
        filled.extend(self.hush(to_ms));
        filled.sort_by_key(|block| block.at_ms);
        filled
    }
}

/// How long a packet of Opus is, in microseconds (RFC 6716, 3.1 and 3.2).
fn length_us(packet: &[u8]) -> i64 {
    let Some(first) = packet.first() else { return 0 };
    let frame = match (first >> 3, first >> 3 & 3) {
        (0..=11, kind) => [10_000, 20_000, 40_000, 60_000].into_iter().nth(kind.into()),
        (12..=15, kind) => [10_000, 20_000].into_iter().nth((kind & 1).into()),
        (_, kind) => [2_500, 5_000, 10_000, 20_000].into_iter().nth(kind.into()),
    };
    let frames = match first & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => i64::from(packet.get(1).map_or(1, |count| count & 0x3f)),
    };
    // No packet is longer than 120 ms.
    frame.unwrap_or(SILENCE_US).saturating_mul(frames).min(120_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    const START_MS: i64 = 1_796_691_600_000;
    /// Twenty milliseconds of full band, and something in it.
    const SAID: [u8; 4] = [0xf8, b'a', b'b', b'c'];

    fn block(track: Track, at_ms: i64) -> Block {
        Block { track, at_ms: START_MS + at_ms, whole: true, silent: false, bytes: SAID.to_vec() }
    }

    /// When something is heard by a player that counts, and when there is silence.
    fn heard(blocks: &[Block]) -> (Vec<i64>, usize) {
        let sound = blocks.iter().filter(|block| block.track == Track::Sound);
        let said = sound.clone().enumerate().filter(|(_, block)| block.bytes == SAID);
        let at: Vec<i64> = said.map(|(number, _)| i64::try_from(number).unwrap() * 20).collect();
        (at.clone(), sound.count() - at.len())
    }

    #[test]
    fn what_is_said_after_a_hole_is_heard_when_it_was_said() {
        let mut sound = Sound::begins(START_MS);
        let first = sound.without_holes([0, 20, 400].map(|at| block(Track::Sound, at)).to_vec());
        let second = sound.without_holes(vec![block(Track::Picture, 410), block(Track::Sound, 7_000)]);
        let (at, silences) = heard(&[first, second].concat());
        assert_eq!((at, silences), (vec![0, 20, 400, 7_000], 18 + 329));
    }

    #[test]
    fn where_nobody_speaks_silence_goes_along_with_the_pictures() {
        let mut sound = Sound::begins(START_MS);
        let blocks = sound.without_holes((0..500).step_by(40).map(|at| block(Track::Picture, at)).collect());
        assert!(blocks.is_sorted_by_key(|block| block.at_ms));
        assert_eq!(heard(&blocks), (vec![], 24));
        assert_eq!(sound.until_ms(), START_MS + 480);
    }

    #[test]
    fn a_clock_that_trembles_makes_no_silence() {
        let mut sound = Sound::begins(START_MS);
        let trembling = (0..50).map(|number| block(Track::Sound, number * 20 + number % 3 * 9)).collect();
        assert_eq!(heard(&sound.without_holes(trembling)).1, 0);
    }

    #[test]
    fn packets_of_any_length_are_counted_as_long_as_they_are() {
        for (packet, long_us) in [
            (&[0xf8][..], 20_000),
            (&[0x00], 10_000),
            (&[0x18], 60_000),
            (&[0x60], 10_000),
            (&[0x80], 2_500),
            (&[0xf9], 40_000),
            (&[0xfb, 0x06], 120_000),
            (&[0xfb, 0x3f], 120_000),
            (&[], 0),
        ] {
            assert_eq!(length_us(packet), long_us, "{packet:?}");
        }
    }
}
