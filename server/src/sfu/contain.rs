//! Whatever a browser sends goes through a library that may stop on it. Where it does, that ends the line that it came on, and
//! no other.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// What comes of asking the library; none where it stops. What was asked is not to be used again then.
pub(super) fn contained<T>(ask: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(ask)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stops_is_none_and_the_rest_goes_on() {
        let none: Vec<u8> = Vec::new();
        assert_eq!(contained(|| none[0]), None);
        assert_eq!(contained(|| 1), Some(1));
    }
}
