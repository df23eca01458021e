//! Minutes and seconds.

use crate::words::{Told, Words, words};

const UNDER_A_MINUTE: Words = words("不到1分", "<1 min");
const MINUTES: Words = words("{n}分", "{n} min");

/// `06:18`; hours only when there are any.
#[must_use]
pub fn minutes(ms: i64) -> String {
    let seconds = ms.max(0) / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes:02}:{seconds:02}")
    }
}

/// A while that is over, to the minute.
#[must_use]
pub fn about(ms: i64) -> Told {
    match ms.max(0) / 60_000 {
        0 => UNDER_A_MINUTE.into(),
        n => MINUTES.with("n", n),
    }
}
