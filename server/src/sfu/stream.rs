//! Lines by TCP, for networks that let no UDP through: the same datagrams, one behind the other in a stream, each with its
//! length before it (RFC 4571, RFC 6544). A connection becomes part of a line as an address does, by what comes over it.
//!
//! ```text
//! accepted? (so many in all, so many of one address) ──▶ reader ──frames──▶ port ──▶ outbox ──▶ writer
//!                  a length that cannot be, or nothing for a while ──▶ cut
//! ```
//!
//! The port waits for no connection: what one does not take is dropped, the oldest first.

use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use socket2::SockRef;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, BufReader, ReadHalf, WriteHalf},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    time::timeout,
};

use super::{budget::Budget, outbox::Outbox, port::DATAGRAM_BYTES};
use crate::{Error, config::Limits, gauge::Gauges};

/// Frames of all connections that wait to be taken in.
const FRAMES: usize = 512;
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
    open: Mutex<BTreeMap<SocketAddr, Arc<Outbox>>>,
    limits: Bounds,
    gauges: Arc<Gauges>,
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
        let limits = Bounds {
            connections: Limits::count(limits.link_tcp_connections_max),
            connections_per_address: Limits::count(limits.link_tcp_connections_per_address),
            queue: Limits::count(limits.link_tcp_queue_max),
            idle: Limits::span(limits.link_tcp_idle_ms),
            bytes_per_second: limits.link_bytes_per_second,
        };
        let (sender, frames) = mpsc::channel(FRAMES);
        let shared = Arc::new(Shared { open: Mutex::default(), limits, gauges });
        tokio::spawn(accept(listener, shared.clone(), sender));
        Ok((Self { frames, shared }, bound))
    }

    /// Sends a datagram to whoever is connected from there; false when nobody is. Never waits.
    pub(super) fn send(&self, to: SocketAddr, bytes: &[u8]) -> bool {
        let outbox = self.shared.open().get(&to).cloned();
        outbox.is_some_and(|outbox| {
            let dropped = outbox.put(bytes, self.shared.limits.queue);
            self.shared.gauges.link_unsent_total.add(dropped);
            true
        })
    }
}

impl Shared {
    fn open(&self) -> MutexGuard<'_, BTreeMap<SocketAddr, Arc<Outbox>>> {
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
        let outbox = Arc::new(Outbox::default());
        open.insert(peer, outbox.clone());
        Some(Place { shared: self.clone(), peer, outbox })
    }
}

/// The place of a connection, for as long as it is open.
struct Place {
    shared: Arc<Shared>,
    peer: SocketAddr,
    outbox: Arc<Outbox>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.shared.open().remove(&self.peer);
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
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Why a connection ends.
enum End {
    /// The other side has gone, or the port has.
    Left,
    /// It said something that cannot be, or nothing for too long, or took nothing.
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
        () = frames.closed() => End::Left,
    };
    match end {
        End::Left => {}
        End::Cut => place.shared.gauges.link_tcp_cut_total.up(),
    }
}

async fn read(reading: ReadHalf<TcpStream>, place: &Place, frames: &mpsc::Sender<Frame>) -> End {
    let (limits, gauges) = (place.shared.limits, &place.shared.gauges);
    let mut reading = BufReader::new(reading);
    let mut budget = Budget::full(limits.bytes_per_second, Instant::now());
    loop {
        let frame = match timeout(limits.idle, frame(&mut reading)).await {
            Ok(Ok(Some(frame))) => frame,
            Ok(Ok(None)) | Err(_) => return End::Cut,
            Ok(Err(_)) => return End::Left,
        };
        if !budget.takes(frame.len(), Instant::now()) {
            gauges.link_over_budget_total.up();
            continue;
        }
        if frames.send((place.peer, frame)).await.is_err() {
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
        let frame = place.outbox.next().await;
        match timeout(place.shared.limits.idle, writing.write_all(&frame)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return End::Left,
            Err(_) => return End::Cut,
        }
    }
}
