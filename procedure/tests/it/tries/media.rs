//! What is tried around the video link: recording, checks, shielding, lines.

use procedure::{
    By, Command, Moment, Office, SeatId,
    hearing::{equipment, line, recording, roll, shield},
};

use super::{Try, of};
use crate::cast::{Court, seat};

/// A segment like any other.
fn segment(seat: SeatId, part: u32, number: u32) -> recording::Segment {
    let (from, to) = (Moment(1_796_691_600_000), Moment(1_796_691_609_980));
    recording::Segment { seat, part, number, from, to, bytes: 4_096, sha256: "0a".repeat(32) }
}

impl Try {
    /// What the server notes of the recording, mostly as it goes on and sometimes out of place.
    pub(super) fn recording(&self, court: &Court, whom: SeatId) -> (By, Command) {
        let heard =
            court.everybody().into_iter().filter(|seat| court.hearing.on_record(seat).sound).collect();
        let missed = court.hearing.recording.missed.clone();
        let command = match self.what {
            58 => recording::Command::SoundLost { seat: of(heard, self.whom, whom) },
            59 => recording::Command::SoundBack { seat: of(missed, self.whom, whom) },
            62 => recording::Command::Stalled { since: court.now },
            63 => recording::Command::Resumed {},
            _ => {
                let last = court.hearing.recording.last(&whom);
                let (part, number) = last.map_or((1, 0), |last| (last.part, last.segments));
                let (part, number) = if self.flag { (part, number + 1) } else { (part + 1, 1) };
                let number = if self.which == 6 { number + 1 } else { number };
                recording::Command::Note { segments: vec![segment(whom, part, number)] }
            }
        };
        (if self.which == 7 { By::Office(Office::Clerk) } else { By::Clock }, Command::Recording(command))
    }

    /// What a seat says of its equipment, now and then with a number that cannot be.
    pub(super) fn equipment(&self, by_who: By) -> (By, Command) {
        let failed = if self.flag { vec![equipment::Trouble::NoCamera] } else { Vec::new() };
        let loss_permille = if self.which == 6 { 1_001 } else { 12 };
        let check =
            equipment::Check { failed, loss_permille, round_trip_ms: 48, jitter_ms: 6, sends_kbps: 420 };
        let by = if self.which == 7 { By::Office(Office::Clerk) } else { by_who };
        (by, Command::Equipment(equipment::Command::Report { check }))
    }

    /// Who is not seen, and what the gallery does not get.
    pub(super) fn shield(&self, court: &Court, whom: SeatId, by_chair: By) -> (By, Command) {
        let shielded = court.hearing.shield.shielded.iter().map(|one| one.seat.clone()).collect();
        let command = match self.what {
            77 => shield::Command::Shield {
                seat: if self.which < 4 {
                    of(vec![seat("w1"), seat("a1"), seat("e1")], self.who, whom)
                } else {
                    whom
                },
                voice: self.flag,
            },
            78 => shield::Command::Unshield { seat: of(shielded, self.whom, whom) },
            79 => shield::Command::CutOff {},
            _ => shield::Command::Restore {},
        };
        (by_chair, Command::Shield(command))
    }

    /// What the server notes of the video lines.
    pub(super) fn line(&self, court: &Court, whom: SeatId) -> (By, Command) {
        let known = court.hearing.line.known.iter().map(|line| line.seat.clone()).collect();
        let present = self.standing(court, roll::Standing::Present, whom.clone());
        let has = of(known, self.whom, whom);
        let since = court.now.plus_ms(-i64::try_from(self.which).unwrap() * 400);
        let command = match self.what {
            81 => line::Command::Opened { seat: if self.flag { present } else { has } },
            82 => line::Command::Broken { seat: has, since },
            83 => line::Command::Closed { seat: has },
            _ => {
                let quality = if self.flag { line::Quality::Poor } else { line::Quality::Good };
                line::Command::Rated { seat: has, quality }
            }
        };
        (if self.which == 7 { By::Office(Office::Clerk) } else { By::Clock }, Command::Line(command))
    }
}
