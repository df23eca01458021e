//! One queue for each hearing: what is noted of one waits for nothing of another.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::What;

/// What is to be noted, by hearing. There is a queue as long as somebody works on it.
#[derive(Debug, Default)]
pub(super) struct Queues {
    waiting: Mutex<BTreeMap<String, VecDeque<What>>>,
}

impl Queues {
    fn waiting(&self) -> MutexGuard<'_, BTreeMap<String, VecDeque<What>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts something at the end of a queue. Whether somebody must begin to work on it.
    pub(super) fn put(&self, hearing: &str, what: What) -> bool {
        let mut waiting = self.waiting();
        let begins = !waiting.contains_key(hearing);
        waiting.entry(hearing.into()).or_default().push_back(what);
        begins
    }

    /// The next thing in a queue; where there is none the work on it is over.
    pub(super) fn next(&self, hearing: &str) -> Option<What> {
        let mut waiting = self.waiting();
        let next = waiting.get_mut(hearing).and_then(VecDeque::pop_front);
        if next.is_none() {
            waiting.remove(hearing);
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn over(table: u64) -> What {
        What::Over { sitting: None, table }
    }

    #[test]
    fn each_hearing_has_its_order_and_one_who_works_on_it() {
        let queues = Queues::default();
        assert!(queues.put("a", over(1)));
        assert!(!queues.put("a", over(2)), "somebody works on it");
        assert!(queues.put("b", over(3)));
        let next = |hearing| match queues.next(hearing) {
            Some(What::Over { table, .. }) => Some(table),
            _ => None,
        };
        assert_eq!(
            [next("a"), next("b"), next("a"), next("a"), next("b")],
            [Some(1), Some(3), Some(2), None, None]
        );
        assert!(queues.put("a", over(4)), "and begins anew");
    }
}
