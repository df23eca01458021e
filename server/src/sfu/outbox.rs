//! What waits to go out over one connection: so much, and of more the oldest is dropped, for nobody needs old sound.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use tokio::sync::Notify;

/// Frames that wait, each with its length before it.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    frames: Mutex<VecDeque<Vec<u8>>>,
    bell: Notify,
}

impl Outbox {
    /// Puts a datagram at the end, and never waits. Gives how many were dropped: the oldest where `most` wait already,
    /// and one that is too long for its length to be told.
    pub(super) fn put(&self, bytes: &[u8], most: usize) -> u64 {
        let Ok(length) = u16::try_from(bytes.len()) else { return 1 };
        let frame = [&length.to_be_bytes()[..], bytes].concat();
        let mut frames = self.frames.lock().unwrap_or_else(PoisonError::into_inner);
        let full = frames.len() >= most;
        if full {
            frames.pop_front();
        }
        frames.push_back(frame);
        drop(frames);
        self.bell.notify_one();
        u64::from(full)
    }

    /// The next frame, once there is one.
    pub(super) async fn next(&self) -> Vec<u8> {
        loop {
            let next = self.frames.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            if let Some(next) = next {
                return next;
            }
            self.bell.notified().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn of_more_than_may_wait_the_oldest_is_dropped_and_the_rest_goes_out_in_order() {
        let outbox = Outbox::default();
        let dropped: Vec<u64> = [b"one", b"two", b"six"].map(|bytes| outbox.put(bytes, 2)).into();
        assert_eq!(dropped, [0, 0, 1]);
        assert_eq!(outbox.put(&vec![0; 1 << 16], 2), 1, "too long to be told");
        assert_eq!(outbox.next().await, b"\0\x03two");
        assert_eq!(outbox.next().await, b"\0\x03six");
    }
}
