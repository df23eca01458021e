//! Who is still there: a seat that has not been heard for the length of its lease is lost, until it is heard again.
//! So is everybody while no server is there.

use procedure::{
    Command, Hearing, Moment, SeatId,
    hearing::roll::{Command as Roll, Standing},
};

/// Whether the record should know when this seat loses its connection.
fn counts(hearing: &Hearing, seat: &SeatId) -> bool {
    matches!(hearing.roll.standing(seat), Standing::Waiting | Standing::Present) && !hearing.phase.is_closed()
}

/// The command that says a seat was lost, if it has been silent for the length of its lease.
pub(super) fn lost(
    hearing: &Hearing,
    seat: &SeatId,
    silent_ms: i64,
    now: Moment,
    lease_ms: i64,
) -> Option<Command> {
    (silent_ms >= lease_ms && counts(hearing, seat) && !hearing.roll.is_lost(seat))
        .then(|| Command::Roll(Roll::Lost { seat: seat.clone(), since: now.plus_ms(-silent_ms) }))
}

/// The commands that say of everybody who counted as connected that no server was there since then; and of whoever
/// presides also if it was lost before, so that it is waited for anew.
pub(super) fn all_lost(hearing: &Hearing, since: Moment) -> Vec<Command> {
    let news = |seat: &SeatId| !hearing.roll.is_lost(seat) || hearing.presiding() == Some(seat);
    let cut_off = |seat: &&SeatId| counts(hearing, seat) && news(seat);
    let lost = |seat: &SeatId| Command::Roll(Roll::Lost { seat: seat.clone(), since });
    hearing.plan.places.keys().filter(cut_off).map(lost).collect()
}

/// The command that says a seat is back, if it was lost.
pub(super) fn regained(hearing: &Hearing, seat: &SeatId) -> Option<Command> {
    hearing.roll.is_lost(seat).then(|| Command::Roll(Roll::Regained { seat: seat.clone() }))
}
