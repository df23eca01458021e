//! The sockets of the video link, and the one task that has them: datagrams in, datagrams out, wishes before packets. What
//! comes by TCP comes from `stream`, and goes there.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};

use socket2::SockRef;
use str0m::{
    Candidate,
    net::{Protocol, TcpType, Transmit},
};
use tokio::{net::UdpSocket, sync::watch, time::sleep_until};

use super::{
    Bundle, Offer, Shared, Slots,
    report::Report,
    stream::{Frame, Streams},
    switchboard::{self, Out, Switchboard},
};
use crate::{Error, config::Limits, gauge::Gauges, recording::Tap};

/// Larger than any datagram of a line.
pub(super) const DATAGRAM_BYTES: usize = 1_500;
/// Datagrams taken in before what follows from them is sent.
const DATAGRAMS_AT_ONCE: usize = 64;
/// How long the task may sleep while there is no line.
const IDLE: Duration = Duration::from_secs(1);

/// Where the video link is reached.
#[derive(Clone, Debug)]
pub struct Reached {
    /// Address and port by UDP.
    pub udp: SocketAddr,
    /// Address and port by TCP; none where there is to be none.
    pub tcp: Option<SocketAddr>,
    /// Addresses by which people reach both, where they are not those.
    pub public: Vec<IpAddr>,
}

impl Reached {
    /// By which addresses people reach a socket.
    fn addresses(&self, bound: SocketAddr) -> impl Iterator<Item = SocketAddr> {
        let public = if self.public.is_empty() { vec![bound.ip()] } else { self.public.clone() };
        public.into_iter().map(move |ip| SocketAddr::new(ip, bound.port()))
    }
}

/// The next frame that comes by TCP; never where there is none.
async fn next_frame(streams: &mut Option<(Streams, SocketAddr)>) -> Frame {
    match streams {
        Some((streams, _)) => match streams.frames.recv().await {
            Some(frame) => frame,
            None => std::future::pending().await,
        },
        None => std::future::pending().await,
    }
}

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
    /// What comes by TCP, and the address of that socket; none where there is none.
    streams: Option<(Streams, SocketAddr)>,
    board: Switchboard,
    /// What goes out by UDP.
    bundle: Bundle,
    gauges: Arc<Gauges>,
    told: switchboard::Counts,
    report: Arc<Report>,
}

impl Port {
    pub(super) async fn open(
        at: &Reached,
        limits: &Limits,
        gauges: Arc<Gauges>,
        tap: Tap,
        report: Arc<Report>,
    ) -> Result<Self, Error> {
        str0m::crypto::from_feature_flags().install_process_default();
        let socket = UdpSocket::bind(at.udp).await?;
        // The machine gives as much of it as it allows.
        let buffer = Limits::count(limits.link_buffer_bytes);
        SockRef::from(&socket).set_recv_buffer_size(buffer)?;
        SockRef::from(&socket).set_send_buffer_size(buffer)?;
        let bound = socket.local_addr()?;
        let udp = |address| Candidate::host(address, "udp").ok();
        let mut candidates: Vec<Candidate> = at.addresses(bound).filter_map(udp).collect();
        let Some(here) = candidates.first().map(Candidate::addr) else {
            return Err(Error::Config(format!("media-public: {bound}")));
        };
        let mut streams = None;
        if let Some(tcp) = at.tcp {
            let (open, bound) = Streams::open(tcp, limits, gauges.clone()).await?;
            let tcp =
                |address| Candidate::builder().tcp().host(address).tcptype(TcpType::Passive).build().ok();
            let by_tcp: Vec<Candidate> = at.addresses(bound).filter_map(tcp).collect();
            let Some(here) = by_tcp.first().map(Candidate::addr) else {
                return Err(Error::Config(format!("media-public: {bound}")));
            };
            candidates.extend(by_tcp);
            streams = Some((open, here));
        }
        let checks = switchboard::Checks {
            most: Limits::count(limits.link_checks_max),
            last: Limits::span(limits.link_check_ms),
        };
        let limits = switchboard::Limits {
            sections_max: Limits::count(limits.link_sections_max),
            offer_bytes_max: Limits::count(limits.frame_bytes_max),
            hold: Limits::span(limits.link_hold_ms),
            bytes_per_second: limits.link_bytes_per_second,
            control_bytes_per_second: limits.link_control_bytes_per_second,
            delay: Limits::span(limits.link_gallery_delay_ms),
            delay_bytes_max: Limits::count(limits.link_gallery_bytes),
            delay_hearing_bytes_max: Limits::count(limits.link_gallery_hearing_bytes),
            opens_within: Limits::span(limits.link_open_ms),
            small_bytes_per_second: limits.link_small_bytes_per_second,
        };
        let mut board = Switchboard::new(limits, candidates);
        board.record(tap);
        board.limit_checks(checks);
        let (bundle, told) = (Bundle::new()?, switchboard::Counts::default());
        Ok(Self { socket, here, streams, board, bundle, gauges, told, report })
    }

    /// Carries sound and picture until the server stops.
    pub(super) async fn carry(mut self, shared: Arc<Shared>, mut stopping: watch::Receiver<bool>) {
        let shared = Carrying(shared);
        let shared = &*shared.0;
        let mut bytes = vec![0; DATAGRAM_BYTES];
        loop {
            let mut first = None;
            let until = self.board.until().unwrap_or_else(|| Instant::now() + IDLE);
            tokio::select! {
                biased;
                // Whoever could change it is gone only with the server.
                stopped = stopping.wait_for(|stopping| *stopping) => {
                    drop(stopped);
                    return;
                }
                () = shared.bell.notified() => {}
                // An error is of a datagram that was sent before; the socket goes on.
                _ready = self.socket.readable() => {}
                frame = next_frame(&mut self.streams) => first = Some(frame),
                () = sleep_until(until.into()) => {}
            }
            self.obey(shared);
            self.take_in(&mut bytes, shared);
            self.take_frames(first, shared);
            self.answer(shared);
            self.board.advance(Instant::now());
            self.send_out(shared);
            self.count();
        }
    }

    /// Takes in the datagrams that wait.
    fn take_in(&mut self, bytes: &mut [u8], shared: &Shared) {
        for _ in 0..DATAGRAMS_AT_ONCE {
            let Ok((length, source)) = self.socket.try_recv_from(bytes) else { return };
            self.obey(shared);
            let Some(bytes) = bytes.get(..length) else { continue };
            self.board.receive(Protocol::Udp, source, self.here, bytes, Instant::now());
        }
    }

    /// Takes in the frames that came by TCP and wait, `first` before them.
    fn take_frames(&mut self, first: Option<Frame>, shared: &Shared) {
        let Some((mut streams, here)) = self.streams.take() else { return };
        let mut next = first;
        for _ in 0..DATAGRAMS_AT_ONCE {
            let Some((source, bytes)) = next.take().or_else(|| streams.frames.try_recv().ok()) else { break };
            self.obey(shared);
            if self.board.receive(Protocol::Tcp, source, here, &bytes, Instant::now()) {
                streams.belongs(source);
            }
        }
        self.streams = Some((streams, here));
    }

    /// Ends the lines that are to end, and takes on how the seats of hearings stand.
    fn obey(&mut self, shared: &Shared) {
        let (tables, fronts, hung_up) = {
            let mut wishes = shared.wishes();
            let super::Wishes { tables, fronts, hung_up, .. } = &mut *wishes;
            (std::mem::take(tables), std::mem::take(fronts), std::mem::take(hung_up))
        };
        for (whose, holder, how) in hung_up {
            // The browser may have closed the line before it said so, and the one way is faster than the other.
            if self.board.hang_up(&whose, holder) || self.board.line(&whose).is_none() {
                self.report.ends(&whose, how);
            }
        }
        for ((whose, holder), front) in fronts {
            self.board.fronts(&whose, holder, front);
        }
        for (hearing, table) in tables {
            self.board.obey(&hearing, table, Instant::now());
        }
    }

    /// Answers one offer: it takes as long as many packets, and those who speak do not wait for several.
    fn answer(&mut self, shared: &Shared) {
        let (offer, more) = {
            let mut wishes = shared.wishes();
            (wishes.offers.pop_front(), !wishes.offers.is_empty())
        };
        if more {
            shared.bell.notify_one();
        }
        let Some(Offer { whose, holder, offer, altered, answer }) = offer else { return };
        if answer.is_closed() {
            return;
        }
        let answered = self.board.join(whose.clone(), holder, &offer, Instant::now());
        if answered.is_err() {
            self.gauges.link_offers_refused_total.up();
        }
        if let Some(line) = self.board.line(&whose).filter(|_| answered.is_ok()) {
            if altered {
                self.board.alters(&whose);
            }
            shared.wishes().slots.insert(whose, (line, watch::Sender::new(Slots::new())));
        }
        // Whoever asked may have gone; its connection then ends the line.
        let _ = answer.send(answered);
    }

    /// Sends what there is to be sent, and never waits: what the network does not take is lost on the way, and asked for
    /// again where it is missed.
    fn send_out(&mut self, shared: &Shared) {
        while let Some(out) = self.board.take_out() {
            // Nobody is told of other slots before what came earlier has gone out.
            if !matches!(out, Out::Send(_)) {
                self.gauges.link_unsent_total.add(self.bundle.send(&self.socket));
            }
            match out {
                Out::Send(Transmit { proto: Protocol::Udp, destination, contents, .. }) => {
                    let unsent = self.bundle.put(&self.socket, destination, contents);
                    self.gauges.link_unsent_total.add(unsent);
                }
                Out::Send(Transmit { destination, contents, .. }) => {
                    let streams = self.streams.as_ref();
                    if !streams.is_some_and(|(streams, _)| streams.send(destination, &contents)) {
                        self.gauges.link_unsent_total.up();
                    }
                }
                Out::Slots(whose, line, slots) => {
                    let wishes = shared.wishes();
                    // What an earlier line was told is nothing to the one that took its place.
                    if let Some((_, sender)) = wishes.slots.get(&whose).filter(|(number, _)| *number == line)
                    {
                        sender.send_replace(slots);
                    }
                }
                Out::Lost(whose, up, part) => self.report.lost(&whose, up, part),
                Out::Open(whose, line, true) => {
                    tracing::debug!(hearing = whose.hearing, "a line is open");
                    self.report.open(&whose, line, true);
                }
                Out::Open(whose, line, false) => {
                    self.report.open(&whose, line, false);
                    let mut wishes = shared.wishes();
                    if wishes.slots.get(&whose).is_some_and(|(number, _)| *number == line) {
                        wishes.slots.remove(&whose);
                    }
                }
            }
        }
        self.gauges.link_unsent_total.add(self.bundle.send(&self.socket));
    }

    fn count(&mut self) {
        let now = self.board.counts();
        let before = std::mem::replace(&mut self.told, now);
        self.gauges.link_forwarded_total.add(now.forwarded - before.forwarded);
        self.gauges.link_unheard_total.add(now.unheard - before.unheard);
        self.gauges.link_strangers_total.add(now.strangers - before.strangers);
        self.gauges.link_not_kept_total.add(now.not_kept - before.not_kept);
        self.gauges.link_broken_total.add(now.broken - before.broken);
        self.gauges.link_over_budget_total.add(now.over_budget - before.over_budget);
    }
}
