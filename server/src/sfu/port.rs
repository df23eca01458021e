//! The sockets of the video link, and the one task that has them: datagrams in, datagrams out, wishes before packets.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};

use str0m::{Candidate, net::Protocol};
use tokio::{net::UdpSocket, sync::watch, time::sleep_until};

use super::{
    Offer, Shared, Slots,
    switchboard::{self, Out, Switchboard},
};
use crate::{Error, config::Limits, gauge::Gauges, recording::Tap};

/// Larger than any datagram of a line.
const DATAGRAM_BYTES: usize = 1_500;
/// Datagrams taken in before what follows from them is sent.
const DATAGRAMS_AT_ONCE: usize = 64;
/// How long the task may sleep while there is no line.
const IDLE: Duration = Duration::from_secs(1);

/// While this lives sound and picture are carried. Whatever ends that, nobody waits for an answer any more.
struct Carrying(Arc<Shared>);

impl Drop for Carrying {
    fn drop(&mut self) {
        let mut wishes = self.0.wishes();
        *wishes = super::Wishes { over: true, ..super::Wishes::default() };
    }
}

/// The open sockets.
pub(super) struct Port {
    socket: UdpSocket,
    /// The address of the socket as the lines know it.
    here: SocketAddr,
    board: Switchboard,
    gauges: Arc<Gauges>,
    told: switchboard::Counts,
}

impl Port {
    pub(super) async fn open(
        listen: SocketAddr,
        public: &[IpAddr],
        limits: &Limits,
        gauges: Arc<Gauges>,
        tap: Tap,
    ) -> Result<Self, Error> {
        str0m::crypto::from_feature_flags().install_process_default();
        let socket = UdpSocket::bind(listen).await?;
        let bound = socket.local_addr()?;
        let reached: Vec<IpAddr> = if public.is_empty() { vec![bound.ip()] } else { public.to_vec() };
        let candidates: Vec<Candidate> = reached
            .iter()
            .filter_map(|ip| Candidate::host(SocketAddr::new(*ip, bound.port()), "udp").ok())
            .collect();
        let Some(here) = candidates.first().map(Candidate::addr) else {
            return Err(Error::Config(format!("media-public: {listen}")));
        };
        let limits = switchboard::Limits {
            sections_max: Limits::count(limits.link_sections_max),
            offer_bytes_max: Limits::count(limits.frame_bytes_max),
            hold: Limits::span(limits.link_hold_ms),
        };
        let mut board = Switchboard::new(limits, candidates);
        board.record(tap);
        Ok(Self { socket, here, board, gauges, told: switchboard::Counts::default() })
    }

    /// Carries sound and picture until the server stops.
    pub(super) async fn carry(mut self, shared: Arc<Shared>, mut stopping: watch::Receiver<bool>) {
        let shared = Carrying(shared);
        let shared = &*shared.0;
        let mut bytes = vec![0; DATAGRAM_BYTES];
        loop {
            let until = self.board.until().unwrap_or_else(|| Instant::now() + IDLE);
            tokio::select! {
                biased;
                // Whoever could change it is gone only with the server.
                stopped = stopping.wait_for(|stopping| *stopping) => {
                    drop(stopped);
                    return;
                }
                () = shared.bell.notified() => {}
                came = self.socket.recv_from(&mut bytes) => self.take_in(came, &mut bytes, shared),
                () = sleep_until(until.into()) => {}
            }
            self.fulfil(shared);
            self.board.advance(Instant::now());
            self.send_out(shared).await;
            self.count();
        }
    }

    /// Takes in a datagram and those that wait behind it.
    fn take_in(&mut self, first: std::io::Result<(usize, SocketAddr)>, bytes: &mut [u8], shared: &Shared) {
        let mut came = first;
        for _ in 0..DATAGRAMS_AT_ONCE {
            // An error is of a datagram that was sent before; the socket goes on.
            let Ok((length, source)) = came else { return };
            self.fulfil(shared);
            self.board.receive(Protocol::Udp, source, self.here, &bytes[..length], Instant::now());
            came = self.socket.try_recv_from(bytes);
        }
    }

    /// Does what was wished for.
    fn fulfil(&mut self, shared: &Shared) {
        loop {
            let (tables, hung_up, offer) = {
                let mut wishes = shared.wishes();
                let tables = std::mem::take(&mut wishes.tables);
                (tables, std::mem::take(&mut wishes.hung_up), wishes.offers.pop_front())
            };
            for (whose, holder) in hung_up {
                self.board.hang_up(&whose, holder);
            }
            for (hearing, table) in tables {
                self.board.obey(&hearing, table, Instant::now());
            }
            let Some(Offer { whose, holder, offer, answer }) = offer else { return };
            if answer.is_closed() {
                continue;
            }
            let answered = self.board.join(whose.clone(), holder, &offer, Instant::now());
            if answered.is_ok() {
                shared.wishes().slots.insert(whose, watch::Sender::new(Slots::new()));
            }
            // Whoever asked may have gone; its connection then ends the line.
            let _ = answer.send(answered);
        }
    }

    async fn send_out(&mut self, shared: &Shared) {
        while let Some(out) = self.board.take_out() {
            match out {
                Out::Send(transmit) => {
                    let (bytes, to) = (&transmit.contents, transmit.destination);
                    if self.socket.try_send_to(bytes, to).is_err() {
                        // What the network does not take is lost on the way, and asked for again where it is missed.
                        let _ = self.socket.send_to(bytes, to).await;
                    }
                }
                Out::Slots(whose, slots) => {
                    if let Some(sender) = shared.wishes().slots.get(&whose) {
                        sender.send_replace(slots);
                    }
                }
                Out::Open(whose, true) => tracing::debug!(hearing = whose.hearing, "a line is open"),
                // One that was offered anew meanwhile keeps its slots.
                Out::Open(whose, false) if self.board.has(&whose) => {}
                Out::Open(whose, false) => {
                    shared.wishes().slots.remove(&whose);
                }
            }
        }
    }

    fn count(&mut self) {
        let now = self.board.counts();
        let before = std::mem::replace(&mut self.told, now);
        self.gauges.link_forwarded_total.add(now.forwarded - before.forwarded);
        self.gauges.link_unheard_total.add(now.unheard - before.unheard);
        self.gauges.link_strangers_total.add(now.strangers - before.strangers);
        self.gauges.link_broken_total.add(now.broken - before.broken);
    }
}
