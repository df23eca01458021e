//! The server's clock, the only one that counts.

use std::{
    sync::LazyLock,
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use procedure::Moment;

/// The present moment.
#[must_use]
pub fn now() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Moment(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Milliseconds by a clock that nobody can set, from some moment on: for how long somebody has been silent, so that
/// setting the machine's clock loses no connection. Never for the record.
#[must_use]
pub fn ticks() -> i64 {
    i64::try_from(START.elapsed().as_millis()).unwrap_or(i64::MAX)
}
