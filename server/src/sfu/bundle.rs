//! Datagrams that go out together: those to one address that are equally long are given to the machine at once, which cuts
//! them apart again. A picture is made of several such, and a seat that sees many gets many at a time; giving them away
//! one by one costs more than encrypting them.
//!
//! ```text
//! to A, 1100 │ to A, 1100 │ to A, 1100 │ to A, 90 │ to A, 1100 │ to B, 1100
//! └────────────── one bundle ────────────────────┘ └── one ───┘ └── one ──
//! ```
//!
//! Nothing is put in another order, and nothing waits: what is not sent on with the next is sent at the end of the round.

use std::{
    io, mem,
    net::{SocketAddr, UdpSocket},
    os::fd::AsFd,
};

use quinn_udp::{Transmit, UdpSocketState};
use str0m::net::DatagramSend;

/// Most bytes that go out together; the machine takes no more than a datagram can have.
const BYTES_MAX: usize = 60_000;

/// Datagrams to one address that wait to go out together.
#[derive(Debug)]
pub struct Bundle {
    /// What is known of the machine: whether it takes bundles.
    state: UdpSocketState,
    to: SocketAddr,
    /// All as long as the first, but for the last, which may be shorter.
    waiting: Vec<DatagramSend>,
    /// Where they are laid one behind the other.
    bytes: Vec<u8>,
}

impl Bundle {
    /// Nothing yet.
    ///
    /// # Errors
    /// When the machine gives no socket, on which it is tried what it takes.
    pub fn new() -> io::Result<Self> {
        // It sets how that socket receives, which is nothing to the one that is sent from.
        let tried = UdpSocket::bind(("127.0.0.1", 0))?;
        let state = UdpSocketState::new((&tried).into())?;
        let to = tried.local_addr()?;
        Ok(Self { state, to, waiting: Vec::new(), bytes: Vec::with_capacity(BYTES_MAX) })
    }

    /// Puts a datagram behind those that wait; where it cannot go out with them, they are sent from a socket. Never waits.
    /// Gives how many the network did not take.
    pub fn put(&mut self, socket: &impl AsFd, to: SocketAddr, datagram: DatagramSend) -> u64 {
        let unsent = if self.goes_with(to, datagram.len()) { 0 } else { self.send(socket) };
        self.to = to;
        self.waiting.push(datagram);
        unsent
    }

    fn goes_with(&self, to: SocketAddr, length: usize) -> bool {
        let (Some(first), Some(last)) = (self.waiting.first(), self.waiting.last()) else { return true };
        let bytes = first.len().saturating_mul(self.waiting.len()).saturating_add(length);
        self.to == to
            && last.len() == first.len()
            && length <= first.len()
            && self.waiting.len() < self.state.max_gso_segments()
            && bytes <= BYTES_MAX
    }

    /// Sends what waits from a socket. Never waits. Gives how many the network did not take.
    pub fn send(&mut self, socket: &impl AsFd) -> u64 {
        let mut waiting = mem::take(&mut self.waiting);
        let unsent = match waiting.as_slice() {
            [] => 0,
            [one] => u64::from(self.give(socket, one, None).is_err()),
            [first, ..] => {
                self.bytes.clear();
                waiting.iter().for_each(|datagram| self.bytes.extend_from_slice(datagram));
                let unsent = match self.give(socket, &self.bytes, Some(first.len())) {
                    Ok(()) => 0,
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => waiting.len(),
                    // Where the way does not take them together it may take each.
                    Err(_) => {
                        waiting.iter().filter(|datagram| self.give(socket, datagram, None).is_err()).count()
                    }
                };
                u64::try_from(unsent).unwrap_or(u64::MAX)
            }
        };
        // Its room is kept.
        waiting.clear();
        self.waiting = waiting;
        unsent
    }

    fn give(&self, socket: &impl AsFd, contents: &[u8], segment_size: Option<usize>) -> io::Result<()> {
        let transmit = Transmit { destination: self.to, ecn: None, contents, segment_size, src_ip: None };
        self.state.try_send(socket.into(), &transmit)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn receiver() -> (UdpSocket, SocketAddr) {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let address = socket.local_addr().unwrap();
        (socket, address)
    }

    fn received(socket: &UdpSocket, count: usize) -> Vec<(usize, u8)> {
        let mut bytes = [0; 2_000];
        let next = |_| socket.recv(&mut bytes).map(|length| (length, bytes[0])).unwrap();
        (0..count).map(next).collect()
    }

    #[test]
    fn whatever_goes_out_together_arrives_as_it_was_each_at_its_own_and_in_order() {
        let (sender, _) = receiver();
        let ((one, to_one), (other, to_other)) = (receiver(), receiver());
        let mut bundle = Bundle::new().unwrap();
        let lengths = [1_100, 1_100, 1_100, 90, 1_100, 1_101, 1_101, 90, 90, 1];
        for (number, length) in (0..).zip(lengths) {
            assert_eq!(bundle.put(&sender, to_one, vec![number; length].into()), 0);
        }
        assert_eq!(bundle.put(&sender, to_other, vec![7; 1].into()), 0);
        assert_eq!(received(&one, lengths.len()), lengths.into_iter().zip(0..).collect::<Vec<_>>());
        assert_eq!(bundle.send(&sender), 0);
        assert_eq!(received(&other, 1), [(1, 7)]);
        assert_eq!(bundle.send(&sender), 0, "and nothing twice");
        one.set_nonblocking(true).unwrap();
        assert!(one.recv(&mut [0; 2_000]).is_err());
    }

    #[test]
    fn a_hundred_at_once_are_a_hundred() {
        let ((sender, _), (one, to_one)) = (receiver(), receiver());
        let mut bundle = Bundle::new().unwrap();
        let unsent: u64 =
            (0..100).map(|number| bundle.put(&sender, to_one, vec![number; 1_200].into())).sum();
        assert_eq!(unsent + bundle.send(&sender), 0);
        assert_eq!(received(&one, 100), (0..100).map(|number| (1_200, number)).collect::<Vec<_>>());
    }

    #[test]
    fn what_the_network_does_not_take_is_counted_each_by_itself() {
        let (sender, _) = receiver();
        let mut bundle = Bundle::new().unwrap();
        // To everybody nothing is sent from a socket that was not made for it.
        let to = SocketAddr::from(([255, 255, 255, 255], 9));
        for number in 0..3 {
            assert_eq!(bundle.put(&sender, to, vec![number; 1_000].into()), 0);
        }
        assert_eq!(bundle.send(&sender), 3);
    }
}
