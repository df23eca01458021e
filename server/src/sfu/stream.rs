//! Lines by TCP, for networks that let no UDP through: the same datagrams, one behind the other in a stream, each with its
//! length before it (RFC 4571, RFC 6544). A connection becomes part of a line as an address does, by what comes over it.
//!
//! ```text
//! accepted? (so many in all, so many of one address) ──▶ reader ──frames──▶ port ──▶ outbox ──▶ writer
//!       a length that cannot be, or for a while nothing that belongs to a line ──▶ cut
//! ```
//!
//! The port waits for no connection: what one does not take is dropped, the oldest first.

use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use socket2::SockRef;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, BufReader, ReadHalf, WriteHalf},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    time::{sleep, timeout},
};

use super::{budget::Budget, outbox::Outbox, port::DATAGRAM_BYTES};
use crate::{Error, clock, config::Limits, gauge::Gauges};

/// What a connection may have under way in the machine, in bytes: a little, so that nothing is old when it arrives.
const UNDER_WAY: usize = 1 << 18;
/// How long nothing is accepted after a connection could not be.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A datagram out of a stream, and from where.
pub(super) type Frame = (SocketAddr, Vec<u8>);

/// The port's end of all connections.
#[derive(Debug)]
pub(super) struct Streams {
    /// What comes.
    pub(super) frames: mpsc::Receiver<Frame>,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    open: Mutex<BTreeMap<SocketAddr, Arc<Peer>>>,
    limits: Bounds,
    gauges: Arc<Gauges>,
}

/// Whoever is connected.
#[derive(Debug)]
struct Peer {
    outbox: Outbox,
    /// When the last came of it that belonged to a line, or it connected, by [`clock::ticks`].
    belonged: AtomicI64,
}

#[derive(Clone, Copy, Debug)]
struct Bounds {
    connections: usize,
    connections_per_address: usize,
    queue: usize,
    idle: Duration,
    bytes_per_second: u64,
}

impl Streams {
    /// Opens the socket; gives its address.
    pub(super) async fn open(
        listen: SocketAddr,
        limits: &Limits,
        gauges: Arc<Gauges>,
    ) -> Result<(Self, SocketAddr), Error> {
        let listener = TcpListener::bind(listen).await?;
        let bound = listener.local_addr()?;
        let frames = Limits::count(limits.link_tcp_frames_max).max(1);
        let limits = Bounds {
            connections: Limits::count(limits.link_tcp_connections_max),
            connections_per_address: Limits::count(limits.link_tcp_connections_per_address),
            queue: Limits::count(limits.link_tcp_queue_max),
            idle: Limits::span(limits.link_tcp_idle_ms),
            bytes_per_second: limits.link_bytes_per_second,
        };
        let (sender, frames) = mpsc::channel(frames);
        let shared = Arc::new(Shared { open: Mutex::default(), limits, gauges });
        tokio::spawn(accept(listener, shared.clone(), sender));
        Ok((Self { frames, shared }, bound))
    }

    /// What came from there belongs to a line.
    pub(super) fn belongs(&self, from: SocketAddr) {
        if let Some(peer) = self.shared.open().get(&from) {
            peer.belonged.store(clock::ticks(), Ordering::Relaxed);
        }
    }

    /// Sends a datagram to whoever is connected from there; false when nobody is. Never waits.
    pub(super) fn send(&self, to: SocketAddr, bytes: &[u8]) -> bool {
        let peer = self.shared.open().get(&to).cloned();
        peer.is_some_and(|peer| {
            let dropped = peer.outbox.put(bytes, self.shared.limits.queue);
            self.shared.gauges.link_unsent_total.add(dropped);
            true
        })
    }
}

impl Shared {
    fn open(&self) -> MutexGuard<'_, BTreeMap<SocketAddr, Arc<Peer>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for a connection; none when there are too many, in all or of that address.
    fn admit(self: &Arc<Self>, peer: SocketAddr) -> Option<Place> {
        let mut open = self.open();
        let of_address = |ip: IpAddr| open.keys().filter(|other| other.ip() == ip).count();
        if open.len() >= self.limits.connections
            || of_address(peer.ip()) >= self.limits.connections_per_address
        {
            return None;
        }
        let connected = Arc::new(Peer { outbox: Outbox::default(), belonged: clock::ticks().into() });
        open.insert(peer, connected.clone());
        Some(Place { shared: self.clone(), address: peer, peer: connected })
    }
}

/// The place of a connection, for as long as it is open.
struct Place {
    shared: Arc<Shared>,
    address: SocketAddr,
    peer: Arc<Peer>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.shared.open().remove(&self.address);
    }
}

/// Accepts connections until the port is gone.
async fn accept(listener: TcpListener, shared: Arc<Shared>, frames: mpsc::Sender<Frame>) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = frames.closed() => return,
        };
        match accepted {
            Ok((socket, peer)) => match shared.admit(peer) {
                Some(place) => {
                    tokio::spawn(serve(socket, place, frames.clone()));
                }
                None => shared.gauges.link_tcp_refused_total.up(),
            },
            Err(error) => {
                tracing::warn!(%error, "a connection of the video link was not accepted");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Why a connection ends.
enum End {
    /// The other side has gone, or the port has.
    Left,
    /// It said something that cannot be, or for too long nothing that belongs to a line, or took nothing.
    Cut,
}

/// Carries one connection until either side has had enough.
async fn serve(socket: TcpStream, place: Place, frames: mpsc::Sender<Frame>) {
    let about = SockRef::from(&socket);
    if socket.set_nodelay(true).is_err() || about.set_send_buffer_size(UNDER_WAY).is_err() {
        return;
    }
    let (reading, writing) = tokio::io::split(socket);
    let end = tokio::select! {
        end = read(reading, &place, &frames) => end,
        end = write(writing, &place) => end,
        end = idles(&place) => end,
        () = frames.closed() => End::Left,
    };
    match end {
        End::Left => {}
        End::Cut => place.shared.gauges.link_tcp_cut_total.up(),
    }
}

/// Waits until nothing that belongs to a line has come for so long.
async fn idles(place: &Place) -> End {
    loop {
        let ago = clock::ticks().saturating_sub(place.peer.belonged.load(Ordering::Relaxed));
        let ago = Duration::from_millis(u64::try_from(ago).unwrap_or(0));
        match place.shared.limits.idle.checked_sub(ago) {
            Some(left) if !left.is_zero() => sleep(left).await,
            _ => return End::Cut,
        }
    }
}

async fn read(reading: ReadHalf<TcpStream>, place: &Place, frames: &mpsc::Sender<Frame>) -> End {
    let (limits, gauges) = (place.shared.limits, &place.shared.gauges);
    let mut reading = BufReader::new(reading);
    let mut budget = Budget::full(limits.bytes_per_second, Instant::now());
    loop {
        let frame = match frame(&mut reading).await {
            Ok(Some(frame)) => frame,
            Ok(None) => return End::Cut,
            Err(_) => return End::Left,
        };
        if !budget.takes(frame.len(), Instant::now()) {
            gauges.link_over_budget_total.up();
            continue;
        }
        if frames.send((place.address, frame)).await.is_err() {
            return End::Left;
        }
    }
}

/// The next frame; none where its length cannot be.
async fn frame(reading: &mut BufReader<ReadHalf<TcpStream>>) -> std::io::Result<Option<Vec<u8>>> {
    let length = usize::from(reading.read_u16().await?);
    if !(1..=DATAGRAM_BYTES).contains(&length) {
        return Ok(None);
    }
    let mut bytes = vec![0; length];
    reading.read_exact(&mut bytes).await?;
    Ok(Some(bytes))
}

async fn write(mut writing: WriteHalf<TcpStream>, place: &Place) -> End {
    loop {
        let frame = place.peer.outbox.next().await;
        match timeout(place.shared.limits.idle, writing.write_all(&frame)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return End::Left,
            Err(_) => return End::Cut,
        }
    }
}
