//! The report: what each step did, which expectations hold, how long things took, what reached each seat. One line each
//! for people, one document for programs.

use procedure::{SeatId, refusal::Sentence};
use serde::Serialize;

use super::{Why, play::Seats};

/// How a step came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Came {
    /// It was done.
    Done,
    /// The server refused it.
    Refused,
    /// It could not be asked.
    Failed,
}

/// What came of one step.
#[derive(Clone, Debug, Serialize)]
pub struct StepReport {
    /// Its number, counted from one.
    pub number: usize,
    /// Who.
    pub by: SeatId,
    /// What.
    #[serde(rename = "do")]
    pub verb: String,
    /// How it came out.
    pub came: Came,
    /// The refusal, if it was refused.
    pub refusal: Option<Sentence>,
    /// Why this is not as written; none when it is.
    pub failure: Option<Why>,
    /// How long it took, in milliseconds.
    pub ms: u64,
}

impl StepReport {
    /// The line for people.
    #[must_use]
    pub fn line(&self, of: usize) -> String {
        let Self { number, by, verb, refusal, failure, .. } = self;
        let by = if by.0.is_empty() { "—" } else { &by.0 };
        match (failure, refusal) {
            (Some(why), _) => format!("✗ 第{number}步 step {number}/{of} {by} {verb}：{why}"),
            (None, Some(said)) => format!("✓ step {number}/{of} {by} {verb}（已拒绝 refused {}）", said.code),
            (None, None) => format!("✓ step {number}/{of} {by} {verb}"),
        }
    }
}

/// Whether one expectation holds.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// Which, by its key in the script.
    pub expect: String,
    /// Why it does not hold; none when it does.
    pub failure: Option<Why>,
}

impl Finding {
    /// The line for people.
    #[must_use]
    pub fn line(&self) -> String {
        let Self { expect, failure } = self;
        failure
            .as_ref()
            .map_or_else(|| format!("✓ expect {expect}"), |why| format!("✗ 期望 expect {expect}：{why}"))
    }
}

/// What reached one seat.
#[derive(Clone, Debug, Serialize)]
pub struct SeatReport {
    /// Which.
    pub seat: SeatId,
    /// Why it has no invitation, where the plan refused it.
    pub refused: Option<Sentence>,
    /// Messages of the room.
    pub messages: usize,
    /// Answers by HTTP.
    pub answers: usize,
    /// Bytes in all.
    pub bytes: usize,
    /// How often it had to come back.
    pub came_back: u32,
}

impl SeatReport {
    /// What reached each seat.
    #[must_use]
    pub fn of(seats: &Seats) -> Vec<Self> {
        let report = |(id, seat): (&SeatId, &super::seat::Seat)| {
            let mut bytes = 0;
            seat.received(|_, piece| bytes += piece.len());
            let (messages, opened) = seat.line().map_or((0, 0), |line| {
                let state = line.state();
                (state.received.len(), state.opened)
            });
            Self {
                seat: id.clone(),
                refused: seat.invitation.as_ref().err().cloned(),
                messages,
                answers: seat.asked,
                bytes,
                came_back: opened.saturating_sub(1),
            }
        };
        seats.0.iter().map(report).collect()
    }
}

/// How long the steps took, in milliseconds.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub struct Latency {
    /// Half took no longer.
    pub median_ms: u64,
    /// Nineteen of twenty took no longer.
    pub p95_ms: u64,
    /// The longest.
    pub max_ms: u64,
}

impl Latency {
    /// Of these steps; what only waits is left out.
    #[must_use]
    pub fn of(steps: &[StepReport]) -> Self {
        let mut ms: Vec<u64> = steps.iter().filter(|step| step.verb != "wait").map(|step| step.ms).collect();
        ms.sort_unstable();
        let at = |part: usize| ms.get((ms.len() * part / 100).min(ms.len().saturating_sub(1))).copied();
        Self {
            median_ms: at(50).unwrap_or_default(),
            p95_ms: at(95).unwrap_or_default(),
            max_ms: ms.last().copied().unwrap_or_default(),
        }
    }
}

/// Everything, for programs.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Title of the script.
    pub title: String,
    /// The server.
    pub server: String,
    /// Id of the hearing; empty when there is none.
    pub hearing: String,
    /// Whether every step went as written and every expectation holds.
    pub passed: bool,
    /// Steps in the script; fewer may have been played.
    pub steps_in_script: usize,
    /// Why the hearing could not be prepared, or was broken off.
    pub trouble: Option<Why>,
    /// What came of each step.
    pub steps: Vec<StepReport>,
    /// What came of each expectation.
    pub expectations: Vec<Finding>,
    /// How long the steps took.
    pub latency: Latency,
    /// What reached each seat.
    pub seats: Vec<SeatReport>,
}
