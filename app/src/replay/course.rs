//! What lies where on the line of time: pieces of recordings, steps, breaks, questions, exhibits, and where each line of
//! the record begins. Pure.

use std::collections::BTreeMap;

use procedure::{
    Hearing, SeatId,
    hearing::{
        phase::Phase,
        record::{Line, Said},
        replay::{Absence, Replay},
    },
};
use serde::Deserialize;

use crate::browser::{self, reels::Cue};

/// What is said stands in the record once it has been said: it began after the line before, and no earlier than a turn
/// before; a turn is at least so long, in milliseconds.
const SAID_MS: i64 = 30_000;

/// A file of the recordings, as the server lists it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(super) struct Kept {
    /// Whose.
    pub(super) seat: SeatId,
    /// Number of the part.
    pub(super) part: u32,
    /// How many bytes it has.
    pub(super) bytes: u64,
    /// When it begins, in milliseconds since 1970.
    pub(super) from: Option<i64>,
    /// Until when it is recorded.
    pub(super) to: Option<i64>,
}

/// A piece of a recording that may be played.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Piece {
    pub(super) seat: SeatId,
    pub(super) from: i64,
    pub(super) to: i64,
    /// When its file begins, in milliseconds since 1970.
    file_from: i64,
    address: String,
}

/// What is to be seen at a glance on the line of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// A question was put.
    Question,
    /// An exhibit was shown.
    Exhibit,
    /// The panel's opinion, or the decision.
    Opinion,
}

/// The line of time. Moments are milliseconds since 1970.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Course {
    pub(super) from: i64,
    pub(super) to: i64,
    /// In the order in which they begin.
    pub(super) pieces: Vec<Piece>,
    /// When each step began.
    pub(super) steps: Vec<(i64, Phase)>,
    /// When the hearing stood still.
    pub(super) breaks: Vec<(i64, i64)>,
    pub(super) marks: Vec<(i64, Mark)>,
    /// When whoever looks was cut off.
    pub(super) absences: Vec<Absence>,
    /// Where each line begins and when it was written, by its number.
    begins: Vec<(i64, i64, u32)>,
}

impl Course {
    /// The course of a hearing, for the seat that looks or for the staff.
    pub(super) fn of(id: &str, hearing: &Hearing, kept: &[Kept], me: Option<&SeatId>) -> Self {
        let lines = &hearing.record.lines;
        let (absences, whole) = match me.map(|me| hearing.replay(me)) {
            Some(Replay::Missed(absences)) => (absences, false),
            Some(Replay::Whole) | None => (Vec::new(), true),
        };
        let asked = me.map(|me| format!("&seat={}", browser::encoded(&me.0))).unwrap_or_default();
        let mut pieces: Vec<Piece> = kept
            .iter()
            .flat_map(|file| pieces(id, file, &asked, (!whole).then_some(&absences[..])))
            .collect();
        pieces.sort_by(|one, other| (one.from, &one.seat).cmp(&(other.from, &other.seat)));
        let first = lines.first().map(|line| line.at.0);
        let last = lines.last().map(|line| line.at.0);
        let from = pieces.first().map(|piece| piece.from).into_iter().chain(first).min().unwrap_or(0);
        let to = pieces.iter().map(|piece| piece.to).chain(last).max().unwrap_or(0);
        let marks = lines.iter().filter_map(|line| Some((line.at.0, mark(line)?))).collect();
        let (steps, breaks) = (steps(lines), breaks(lines, to));
        let turn_ms =
            hearing.plan.registered.as_ref().map(|face| i64::from(face.hearing.turn_seconds) * 1_000);
        let begins = begins(lines, turn_ms.unwrap_or_default().max(SAID_MS));
        Self { from, to, pieces, steps, breaks, marks, absences, begins }
    }

    /// The seats that something can be played of, in order.
    pub(super) fn seats(&self) -> Vec<SeatId> {
        let seats: BTreeMap<&SeatId, ()> = self.pieces.iter().map(|piece| (&piece.seat, ())).collect();
        seats.into_keys().cloned().collect()
    }

    /// For each seat what it plays at a moment.
    pub(super) fn cues(&self, at: i64) -> Vec<Cue> {
        let of = |seat: SeatId| {
            let piece =
                self.pieces.iter().find(|piece| piece.seat == seat && (piece.from..piece.to).contains(&at));
            Cue {
                element: element(&seat),
                reel: piece.map(|piece| (piece.address.clone(), at.saturating_sub(piece.file_from))),
            }
        };
        self.seats().into_iter().map(of).collect()
    }

    /// The moment itself if something can be played then, else the next one at which something can.
    pub(super) fn onward(&self, at: i64) -> i64 {
        let plays = |piece: &&Piece| (piece.from..piece.to).contains(&at);
        if self.pieces.iter().any(|piece| plays(&piece)) {
            return at;
        }
        self.pieces.iter().map(|piece| piece.from).filter(|from| *from > at).min().unwrap_or(self.to)
    }

    /// The line that is being said at a moment.
    pub(super) fn line_at(&self, at: i64) -> Option<u32> {
        self.begins.iter().rfind(|(begins, ..)| *begins <= at).map(|(.., number)| *number)
    }

    /// Whether anything of a line can be played.
    pub(super) fn is_heard(&self, line: u32) -> bool {
        let Some((begins, at, _)) = self.begins.iter().find(|(.., number)| *number == line) else {
            return false;
        };
        self.pieces.iter().any(|piece| piece.from <= *at && *begins < piece.to)
    }

    /// Where a line begins.
    pub(super) fn begin(&self, line: u32) -> Option<i64> {
        self.begins.iter().find(|(.., number)| *number == line).map(|(begins, ..)| *begins)
    }

    /// The step at a moment.
    pub(super) fn step_at(&self, at: i64) -> Option<Phase> {
        self.steps.iter().rfind(|(began, _)| *began <= at).map(|(_, step)| *step)
    }

    /// Where a moment lies, from 0 to 1.
    pub(super) fn place(&self, at: i64) -> f64 {
        let length = self.to.saturating_sub(self.from).max(1);
        #[expect(clippy::cast_precision_loss, reason = "a hearing's length in milliseconds has fewer digits")]
        let place = at.saturating_sub(self.from) as f64 / length as f64;
        place.clamp(0.0, 1.0)
    }
}

/// The id of the element that shows a seat.
pub(super) fn element(seat: &SeatId) -> String {
    format!("reel-{seat}")
}

/// What may be played of a file: all of it, or what falls into these absences.
fn pieces(id: &str, file: &Kept, asked: &str, absences: Option<&[Absence]>) -> Vec<Piece> {
    let (Some(begins), Some(ends)) = (file.from, file.to) else { return Vec::new() };
    let Kept { seat, part, bytes, .. } = file;
    let piece = |from: i64, to: i64| Piece {
        seat: seat.clone(),
        from: from.max(begins),
        to: to.min(ends),
        file_from: begins,
        address: format!("/api/hearings/{id}/recordings/{seat}/{part}?playable={bytes}{asked}"),
    };
    let pieces = match absences {
        None => vec![piece(begins, ends)],
        Some(absences) => absences.iter().map(|absence| piece(absence.from.0, absence.to.0)).collect(),
    };
    pieces.into_iter().filter(|piece| piece.from < piece.to).collect()
}

fn steps(lines: &[Line]) -> Vec<(i64, Phase)> {
    let step = |line: &Line| match &line.said {
        Said::Opened => Some((line.at.0, Phase::RollCall)),
        Said::Step { to, .. } => Some((line.at.0, *to)),
        _ => None,
    };
    lines.iter().filter_map(step).collect()
}

fn breaks(lines: &[Line], ends: i64) -> Vec<(i64, i64)> {
    let (mut breaks, mut since) = (Vec::new(), None);
    for line in lines {
        match line.said {
            Said::Interrupted { .. } => since = since.or(Some(line.at.0)),
            Said::Resumed => breaks.extend(since.take().map(|since| (since, line.at.0))),
            _ => {}
        }
    }
    breaks.extend(since.map(|since| (since, ends)));
    breaks
}

const fn mark(line: &Line) -> Option<Mark> {
    match line.said {
        Said::Question { .. } => Some(Mark::Question),
        Said::Exhibit { .. } => Some(Mark::Exhibit),
        Said::Opinion(_) | Said::Decision { .. } => Some(Mark::Opinion),
        _ => None,
    }
}

fn begins(lines: &[Line], turn_ms: i64) -> Vec<(i64, i64, u32)> {
    let mut before = i64::MIN;
    let begin = |line: &Line| {
        let at = line.at.0;
        let begins = if line.text().is_some() { before.max(at.saturating_sub(turn_ms)).min(at) } else { at };
        before = at;
        (begins, at, line.number)
    };
    lines.iter().map(begin).collect()
}

#[cfg(test)]
mod tests {
    use procedure::Moment;

    use super::*;

    fn line(number: u32, at: i64, said: Said) -> Line {
        Line {
            number,
            at: Moment(at),
            phase: Phase::Statements,
            id: None,
            speaker: Some("a1".into()),
            said,
            earlier: Vec::new(),
        }
    }

    fn file(seat: &str, part: u32, from: i64, to: i64) -> Kept {
        Kept { seat: seat.into(), part, bytes: 7, from: Some(from), to: Some(to) }
    }

    fn hearing(lines: Vec<Line>) -> Hearing {
        let mut hearing = Hearing::default();
        hearing.record.lines = lines;
        hearing
    }

    #[test]
    fn questions_exhibits_and_what_was_decided_have_signs_of_their_own_on_the_line_of_time() {
        let question = Said::Question { number: 1, to: "r1".into(), text: "何时？".into() };
        let exhibit = Said::Exhibit { number: 1, title: "合同".into(), page: 1 };
        let hearing = hearing(vec![
            line(1, 1_000, Said::Opened),
            line(2, 2_000, Said::Statement("无".into())),
            line(3, 3_000, exhibit),
            line(4, 4_000, question),
            line(5, 5_000, Said::Opinion("多数意见".into())),
        ]);
        let marks = Course::of("h", &hearing, &[], None).marks;
        let kinds: Vec<Mark> = marks.iter().map(|(_, mark)| *mark).collect();
        assert_eq!(kinds, [Mark::Exhibit, Mark::Question, Mark::Opinion]);
        assert!(marks.is_sorted_by_key(|(at, _)| *at));
    }

    #[test]
    fn a_spoken_line_begins_where_the_one_before_ended_and_a_step_when_it_began() {
        let said = |text: &str| Said::Statement(text.into());
        let hearing = hearing(vec![
            line(1, 1_000, Said::Opened),
            line(2, 9_000, said("短")),
            line(3, 100_000, said("长")),
            line(4, 101_000, Said::Resumed),
        ]);
        let course = Course::of("h", &hearing, &[], None);
        assert_eq!(
            [1, 2, 3, 4].map(|number| course.begin(number)),
            [Some(1_000), Some(1_000), Some(70_000), Some(101_000)]
        );
        assert_eq!(
            [500, 1_000, 69_000, 70_000, 200_000].map(|at| course.line_at(at)),
            [None, Some(2), Some(2), Some(3), Some(4)]
        );
    }

    #[test]
    fn where_nothing_was_recorded_it_goes_on_to_where_something_was() {
        let hearing = hearing(vec![line(1, 0, Said::Opened), line(2, 90_000, Said::Resumed)]);
        let kept =
            [file("a1", 1, 1_000, 5_000), file("chair", 1, 500, 4_000), file("chair", 2, 60_000, 80_000)];
        let course = Course::of("h", &hearing, &kept, None);
        assert_eq!(
            [0, 700, 4_500, 5_000, 61_000, 80_000].map(|at| course.onward(at)),
            [500, 700, 4_500, 60_000, 61_000, 90_000]
        );
        let cues = course.cues(61_000);
        assert_eq!(
            cues.iter().map(|cue| cue.reel.clone()).collect::<Vec<_>>(),
            [None, Some(("/api/hearings/h/recordings/chair/2?playable=7".into(), 1_000))]
        );
        assert!((course.place(45_000) - 0.5).abs() < 1e-9);
    }

    #[test]
    fn whoever_only_takes_part_is_given_what_falls_into_its_absences() {
        let absences = [
            Absence { from: Moment(2_000), to: Moment(3_000) },
            Absence { from: Moment(9_000), to: Moment(9_500) },
        ];
        let given = pieces("h", &file("chair", 1, 500, 4_000), "", Some(&absences));
        assert_eq!(given.iter().map(|piece| (piece.from, piece.to)).collect::<Vec<_>>(), [(2_000, 3_000)]);
        assert!(pieces("h", &Kept { from: None, ..file("chair", 1, 0, 1) }, "", None).is_empty());
    }
}
