//! How often somebody may guess wrong: so many times in so many minutes, by account, by invitation and by address.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Mutex, PoisonError},
};

use procedure::Moment;

/// Most keys remembered; beyond it the oldest windows are swept first.
const KEYS_MAX: usize = 100_000;

/// Wrong guesses, by whatever they are counted for.
#[derive(Debug)]
pub struct Tries {
    most: usize,
    window_ms: i64,
    wrong: Mutex<HashMap<String, VecDeque<Moment>>>,
}

impl Tries {
    /// At most `most` wrong guesses in `window_ms`.
    #[must_use]
    pub fn new(most: u64, window_ms: u64) -> Self {
        Self {
            most: usize::try_from(most).unwrap_or(usize::MAX),
            window_ms: i64::try_from(window_ms).unwrap_or(i64::MAX),
            wrong: Mutex::default(),
        }
    }

    /// How many guesses are left. Keys are short: whoever counts by what somebody typed hashes it first.
    #[must_use]
    pub fn left(&self, key: &str, now: Moment) -> usize {
        let mut wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(times) = wrong.get_mut(key) else {
            return self.most;
        };
        while times.front().is_some_and(|at| now.ms_since(*at) >= self.window_ms) {
            times.pop_front();
        }
        let left = self.most.saturating_sub(times.len());
        if times.is_empty() {
            wrong.remove(key);
        }
        left
    }

    /// Takes one guess away before it is looked at, so that guesses made at the same time count too. Give it
    /// back with [`Tries::right`]. False when none is left.
    #[must_use]
    pub fn take(&self, key: &str, now: Moment) -> bool {
        if self.left(key, now) == 0 {
            return false;
        }
        let mut wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        if wrong.len() >= KEYS_MAX {
            wrong.retain(|_, times| times.back().is_some_and(|at| now.ms_since(*at) < self.window_ms));
        }
        let times = wrong.entry(key.into()).or_default();
        if times.len() >= self.most {
            return false;
        }
        times.push_back(now);
        true
    }

    /// The guess just taken was right: it does not count.
    pub fn right(&self, key: &str) {
        let mut wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(times) = wrong.get_mut(key) {
            times.pop_back();
        }
    }
}

/// Where somebody has signed in from: strangers who guess at an account do not shut its owner out there.
#[derive(Debug, Default)]
pub struct Acquainted(Mutex<HashSet<String>>);

impl Acquainted {
    /// Remembers it, until the server stops.
    pub fn remember(&self, key: &str) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KEYS_MAX {
            known.clear();
        }
        known.insert(key.into());
    }

    /// Whether it is remembered.
    #[must_use]
    pub fn knows(&self, key: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_guesses_run_out_and_come_back_with_time() {
        let tries = Tries::new(2, 1000);
        assert!(tries.take("a", Moment(0)) && tries.take("a", Moment(1)));
        assert!(!tries.take("a", Moment(2)), "the third");
        assert!(tries.take("b", Moment(2)), "somebody else");
        assert_eq!(tries.left("a", Moment(1000)), 1);
        assert_eq!(tries.left("a", Moment(1001)), 2);
    }

    #[test]
    fn a_right_guess_does_not_count() {
        let tries = Tries::new(1, 1000);
        for at in 0..10 {
            assert!(tries.take("a", Moment(at)));
            tries.right("a");
        }
    }
}
