//! Of which hearings something is being recorded, or was and is not noted yet. Whoever seals a file waits for that.
//!
//! ```text
//! somebody goes on record ─▶ outstanding ─▶ nobody does, the parts are ended, their last segments noted ─▶ settled
//! ```

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;

/// The hearings that are outstanding.
#[derive(Debug, Default)]
pub struct Outstanding {
    /// The number of the last table that the recording was told of each.
    hearings: Mutex<BTreeMap<String, u64>>,
    bell: Notify,
}

impl Outstanding {
    fn hearings(&self) -> MutexGuard<'_, BTreeMap<String, u64>> {
        self.hearings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The recording is told how the seats of a hearing stand, by a table of that number; `empty` when nobody goes on
    /// record.
    pub(super) fn told(&self, hearing: &str, table: u64, empty: bool) {
        let mut hearings = self.hearings();
        if !empty || hearings.contains_key(hearing) {
            hearings.insert(hearing.into(), table);
        }
    }

    /// Everything up to a table is noted, and nobody was on record by it.
    pub(super) fn noted(&self, hearing: &str, table: u64) {
        let mut hearings = self.hearings();
        if hearings.get(hearing) == Some(&table) {
            hearings.remove(hearing);
        }
        drop(hearings);
        self.bell.notify_waiters();
    }

    /// Whether something of a hearing is outstanding.
    #[must_use]
    pub fn has(&self, hearing: &str) -> bool {
        self.hearings().contains_key(hearing)
    }

    /// Waits until nothing of a hearing is outstanding.
    pub async fn settled(&self, hearing: &str) {
        loop {
            let rings = self.bell.notified();
            if !self.has(hearing) {
                return;
            }
            rings.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_a_sitting_that_goes_on_while_the_one_before_is_noted_then_the_hearing_is_not_settled() {
        let outstanding = Outstanding::default();
        outstanding.told("h", 1, true);
        assert!(!outstanding.has("h"), "nobody was ever on record");
        for (table, empty) in [(2, false), (3, true), (4, false)] {
            outstanding.told("h", table, empty);
        }
        outstanding.noted("h", 3);
        assert!(outstanding.has("h"));
        outstanding.told("h", 5, true);
        outstanding.noted("other", 5);
        assert!(outstanding.has("h"));
        outstanding.noted("h", 5);
        assert!(!outstanding.has("h"));
    }
}
