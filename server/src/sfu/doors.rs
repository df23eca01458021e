//! How a datagram finds its line: by the address it comes from, and before that address is known by the name that the line
//! was given in the answer to its offer.
//!
//! ```text
//! STUN (the first bytes from any address) ──name──▶ line; once the line has accepted it, the address is known
//! everything else ──address──▶ line; from an address that is not known it is a stranger's
//! ```

use std::{
    collections::{BTreeMap, VecDeque},
    net::SocketAddr,
};

use str0m::ice::StunMessage;

use super::contain::contained;

/// From so many addresses a line is usually reached in its life; of more, those that were named last are known.
const ADDRESSES_PER_LINE: usize = 8;

/// From where a datagram comes: whether by TCP, and the address. Both may have the same number and not be the same.
pub(super) type Origin = (bool, SocketAddr);

/// By what lines are found.
#[derive(Debug, Default)]
pub(super) struct Doors {
    by_name: BTreeMap<String, u64>,
    by_address: BTreeMap<Origin, u64>,
    /// The name of each line, and its addresses, the one that was named last at the end.
    known: BTreeMap<u64, (String, VecDeque<Origin>)>,
}

impl Doors {
    /// A line is there, under the name that it was given.
    pub(super) fn open(&mut self, line: u64, name: String) {
        self.by_name.insert(name.clone(), line);
        self.known.insert(line, (name, VecDeque::new()));
    }

    /// A line is gone.
    pub(super) fn close(&mut self, line: u64) {
        let Some((name, addresses)) = self.known.remove(&line) else { return };
        self.by_name.remove(&name);
        for address in addresses {
            self.by_address.remove(&address);
        }
    }

    /// The line that a datagram is for, by what it says of itself: whether that is true the line must see.
    pub(super) fn finds(&self, source: Origin, bytes: &[u8]) -> Option<u64> {
        if is_stun(bytes) {
            let message = contained(|| StunMessage::parse(bytes).ok())??;
            if let Some((name, _)) = message.split_username() {
                return self.by_name.get(name).copied();
            }
        }
        self.by_address.get(&source).copied()
    }

    /// A line has accepted STUN from an address. As long as another line lives that is reached from there, the address
    /// remains that line's: nobody takes it away by naming it.
    pub(super) fn accepted(&mut self, line: u64, source: Origin) {
        if self.by_address.get(&source).is_some_and(|other| *other != line) {
            return;
        }
        let Some((_, addresses)) = self.known.get_mut(&line) else { return };
        addresses.retain(|known| *known != source);
        addresses.push_back(source);
        self.by_address.insert(source, line);
        if addresses.len() > ADDRESSES_PER_LINE
            && let Some(oldest) = addresses.pop_front()
        {
            self.by_address.remove(&oldest);
        }
    }
}

/// Bytes of the shortest STUN.
const STUN_BYTES: usize = 20;

/// Whether a datagram is STUN, as the library takes it (RFC 7983).
pub(super) fn is_stun(bytes: &[u8]) -> bool {
    bytes.len() >= STUN_BYTES && bytes.first().is_some_and(|first| *first < 2)
}

/// Whether a datagram is one of those by which the ends of a line report and ask (RTCP, RFC 5761).
pub(super) fn is_control(bytes: &[u8]) -> bool {
    matches!(bytes, [128..=191, 192..=223, ..])
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOUND: &[u8] = &[0x80, 111, 0, 1];

    fn address(number: u16) -> Origin {
        (false, SocketAddr::from(([10, 0, 0, 1], number)))
    }

    #[test]
    fn an_address_leads_to_the_line_that_accepted_it_until_the_line_is_gone() {
        let mut doors = Doors::default();
        doors.open(1, "a".into());
        doors.open(2, "b".into());
        assert_eq!(doors.finds(address(1), SOUND), None, "a stranger");
        doors.accepted(1, address(1));
        assert_eq!(doors.finds(address(1), SOUND), Some(1));
        assert_eq!(doors.finds((true, address(1).1), SOUND), None, "by TCP it is another");
        doors.accepted(2, address(1));
        assert_eq!(doors.finds(address(1), SOUND), Some(1), "nobody takes it away");
        doors.close(1);
        assert_eq!(doors.finds(address(1), SOUND), None);
        doors.accepted(2, address(1));
        assert_eq!(doors.finds(address(1), SOUND), Some(2));
        doors.accepted(1, address(3));
        assert_eq!(doors.finds(address(3), SOUND), None, "a line that is gone accepts nothing");
    }

    #[test]
    fn a_line_that_names_many_addresses_forgets_its_own_oldest_and_nobody_elses() {
        let mut doors = Doors::default();
        doors.open(1, "a".into());
        doors.open(2, "b".into());
        doors.accepted(2, address(1_000));
        for number in 0..100 {
            doors.accepted(1, address(number));
            doors.accepted(1, address(500));
        }
        assert_eq!(doors.finds(address(1_000), SOUND), Some(2));
        assert_eq!(doors.finds(address(500), SOUND), Some(1), "the one in use");
        assert_eq!(doors.finds(address(99), SOUND), Some(1));
        assert_eq!(doors.finds(address(0), SOUND), None);
        assert_eq!(doors.by_address.len(), ADDRESSES_PER_LINE + 1);
        doors.close(1);
        doors.close(2);
        assert!(doors.by_address.is_empty() && doors.by_name.is_empty());
    }
}
