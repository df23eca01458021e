//! The server's clock, the only one that counts.

use std::time::{SystemTime, UNIX_EPOCH};

use procedure::Moment;

/// The present moment.
#[must_use]
pub fn now() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Moment(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
