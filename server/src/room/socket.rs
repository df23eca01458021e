//! One connection of one seat: hello first, then commands in and messages out, within limits of size, rate and time.
//!
//! Who acts is known from the key of the hello; nothing in a later message can change it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    extract::{Path, Request, State},
    response::{IntoResponse, Response},
};
use futures_util::{
    SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use procedure::{
    By, SeatId,
    wire::{self, FromRoom, ToRoom, close},
};
use tokio::{
    sync::{broadcast, mpsc, oneshot, watch},
    time::{interval, timeout},
};
use tungstenite::{Error as WireError, Message, Utf8Bytes, protocol::CloseFrame};

use super::{
    Ask, Door, Join, Line, Via, check_id,
    feed::plain,
    upgrade::{self, Socket},
};
use crate::{
    Error, Failure, Refused, Site, clock,
    config::Limits,
    guard::Bucket,
    invitation::Revoked,
    origin,
    sfu::{Sfu, Slots, switchboard::Whose},
};

/// How long a closing connection may take to take its leave.
const LEAVE: Duration = Duration::from_secs(1);

/// `GET /api/hearings/{id}/room`
#[utoipa::path(get, path = "/api/hearings/{id}/room", tag = "room",
    params(("id" = String, Path, description = "Id of the hearing")),
    responses((status = 101, description = "WebSocket; see docs/protocol.md"),
              (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn enter(State(site): State<Arc<Site>>, Path(hearing): Path<String>, request: Request) -> Response {
    if !origin::is_ours(&site.config, request.headers()) {
        return Refused::WrongOrigin.into_response();
    }
    let Ok(place) = site.places.clone().try_acquire_owned() else {
        return Refused::TooFast.into_response();
    };
    let largest = Limits::count(site.config.limits.frame_bytes_max);
    let (answer, coming) = match upgrade::upgrade(request) {
        Ok(upgraded) => upgraded,
        Err(refused) => return refused.into_response(),
    };
    tokio::spawn(async move {
        if let Some(socket) = upgrade::connected(coming, largest).await {
            site.gauges.connections.up();
            let (sink, stream) = socket.split();
            let code = Connection::open(&site, &hearing, sink, stream).await;
            site.gauges.closed.up(code);
            tracing::debug!(code, "a connection was closed");
            site.gauges.connections.down();
        }
        drop(place);
    });
    answer
}

struct Connection<'a> {
    site: &'a Site,
    door: Door,
    seat: SeatId,
    hearing: &'a str,
    key: String,
    id: u64,
    outbox: mpsc::Sender<Utf8Bytes>,
    heard: Arc<AtomicI64>,
    bucket: Bucket,
    /// Offers of a video line, counted by the minute.
    offers: Bucket,
    /// By which number the video link knows this connection.
    holder: u64,
    /// The slots of the seat's video line, once this connection has offered one.
    slots: Option<watch::Receiver<Slots>>,
}

/// What a connection brings to the room.
struct Hello {
    key: String,
    after: Option<u64>,
    passive: bool,
}

impl<'a> Connection<'a> {
    /// Waits for the hello, joins the room, and stays until one of the two has had enough; says with which code.
    async fn open(
        site: &'a Site,
        hearing: &'a str,
        mut sink: SplitSink<Socket, Message>,
        mut stream: SplitStream<Socket>,
    ) -> u16 {
        let revoked = site.invitations.watch();
        let (cut, mut cuts) = watch::channel(0);
        let (outbox, messages) = mpsc::channel(Limits::count(site.config.limits.outbox_frames_max));
        let line = Line {
            outbox: outbox.clone(),
            cut: Arc::new(cut),
            heard: Arc::new(AtomicI64::new(clock::ticks())),
        };
        let (cut, heard) = (line.cut.clone(), line.heard.clone());
        let joined = match greet(site, hearing, &mut stream).await {
            Ok((door, hello, seat)) => join(&door, hello.after, hello.passive, seat.clone(), line)
                .await
                .map(|id| (door, hello.key, seat, id)),
            Err(code) => Err(code),
        };
        let (door, key, seat, id) = match joined {
            Ok(joined) => joined,
            Err(code) => {
                leave(&mut sink, code).await;
                return code;
            }
        };
        let writer = tokio::spawn(write(sink, messages, cuts.clone()));
        let burst = site.config.limits.frames_burst;
        let bucket = Bucket::full(burst, Instant::now());
        let offers = Bucket::full(site.config.limits.link_offers_per_minute, Instant::now());
        let holder = site.sfu.as_ref().map_or(0, Sfu::holder);
        let slots = None;
        let mut connection =
            Connection { site, door, seat, hearing, key, id, outbox, heard, bucket, offers, holder, slots };
        let code = connection.stay(&mut stream, &mut cuts, revoked).await;
        // Whoever is out of the room is off the line, at once: a key that was revoked hears nothing more.
        if let Some(sfu) = &site.sfu {
            sfu.hang_up(whose(hearing, &connection.seat), holder);
            sfu.hang_up(Whose::alone(hearing, &connection.seat), holder);
        }
        cut.send_if_modified(|cut| std::mem::replace(cut, code) != code);
        let part = Ask::Part { seat: connection.seat.clone(), connection: connection.id };
        // A room that has gone needs no goodbye; a writer that has ended has nothing more to say.
        let _ = connection.door.ask(part).await;
        drop(connection);
        let _ = writer.await;
        code
    }

    /// Listens until the connection ends; says with which code.
    async fn stay(
        &mut self,
        stream: &mut SplitStream<Socket>,
        cuts: &mut watch::Receiver<u16>,
        mut revoked: broadcast::Receiver<Revoked>,
    ) -> u16 {
        let limits = &self.site.config.limits;
        let mut pings = interval(Limits::span(limits.ping_every_ms));
        let mut stopping = self.site.stopping.subscribe();
        if *stopping.borrow() {
            return close::STOPPING;
        }
        // The key may have died between the hello and the watch; from here on the watch tells.
        if !self.key_holds().await {
            return close::REVOKED;
        }
        loop {
            let ended = tokio::select! {
                changed = cuts.changed() => Some(changed.map_or(close::STOPPING, |()| *cuts.borrow())),
                _ = stopping.changed() => Some(close::STOPPING),
                notice = revoked.recv() => self.revoked(notice).await,
                _ = pings.tick() => self.ping(),
                slots = told(&mut self.slots) => self.say(&FromRoom::Slots { slots }).err(),
                message = stream.next() => self.take_in(message).await.err(),
            };
            if let Some(code) = ended {
                return code;
            }
        }
    }

    async fn key_holds(&self) -> bool {
        let holder = self.site.invitations.holder(&self.key).await;
        holder.is_ok_and(|holder| {
            holder.is_some_and(|holder| holder.hearing == self.hearing && holder.seat == self.seat)
        })
    }

    async fn revoked(&self, notice: Result<Revoked, broadcast::error::RecvError>) -> Option<u16> {
        let mine = notice.is_ok_and(|gone| gone.hearing != self.hearing || gone.seat != self.seat);
        if mine || self.key_holds().await { None } else { Some(close::REVOKED) }
    }

    /// Asks whether the seat is still there; gives up when it has been silent for the length of its lease.
    fn ping(&self) -> Option<u16> {
        let now = clock::now();
        let silent = clock::ticks().saturating_sub(self.heard.load(Ordering::Relaxed));
        if silent > Limits::ms(self.site.config.limits.lease_ms) {
            return Some(close::LEASE_LOST);
        }
        let sent = plain(&FromRoom::Ping { now }).map(|ping| self.outbox.try_send(ping).is_ok());
        if sent.unwrap_or(false) { None } else { Some(close::TOO_SLOW) }
    }

    async fn take_in(&mut self, message: Option<Result<Message, WireError>>) -> Result<(), u16> {
        let text = match message {
            Some(Ok(Message::Text(text))) => text,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => return self.pace(),
            Some(Ok(Message::Binary(_) | Message::Frame(_))) => return Err(close::BAD_FRAME),
            Some(Ok(Message::Close(_))) | None => return Err(GONE),
            Some(Err(error)) => return Err(code_of(&error)),
        };
        self.pace()?;
        self.heard.store(clock::ticks(), Ordering::Relaxed);
        self.site.gauges.frames_in_total.up();
        match serde_json::from_str(&text).map_err(|_| close::BAD_FRAME)? {
            ToRoom::Hello { .. } => Err(close::BAD_FRAME),
            ToRoom::Pong {} => Ok(()),
            ToRoom::Link { id, offer, altered } => {
                let whose = whose(self.hearing, &self.seat);
                self.offered(id, whose, offer, altered).await
            }
            ToRoom::Check { id, offer } => {
                let whose = Whose::alone(self.hearing, &self.seat);
                self.offered(id, whose, offer, false).await
            }
            ToRoom::Front { seat } => {
                if let Some(sfu) = &self.site.sfu {
                    sfu.front(whose(self.hearing, &self.seat), self.holder, seat);
                }
                Ok(())
            }
            ToRoom::HangUp {} => {
                if let Some(sfu) = &self.site.sfu {
                    sfu.turn_off(whose(self.hearing, &self.seat), self.holder);
                }
                Ok(())
            }
            ToRoom::Take {} => self.ask(Ask::Take { seat: self.seat.clone(), connection: self.id }).await,
            ToRoom::Command { id, command } => {
                if let Err(failure) = self.check(&id, &command).await {
                    self.site.gauges.commands_refused_total.up();
                    return self.say(&FromRoom::Refused { id, refusal: failure.into_sentence() });
                }
                let by = By::Seat(self.seat.clone());
                self.ask(Ask::Do { id, by, command: Box::new(command), via: Via::Connection(self.id) }).await
            }
        }
    }

    fn pace(&mut self) -> Result<(), u16> {
        let limits = &self.site.config.limits;
        let calm = self.bucket.take(limits.frames_per_second, limits.frames_burst, Instant::now());
        if calm { Ok(()) } else { Err(close::TOO_FAST) }
    }

    async fn check(&self, id: &procedure::Id, command: &procedure::Command) -> Result<(), Failure> {
        check_id(id)?;
        super::api::may_come_from_a_seat(self.site, self.hearing, command).await
    }

    /// Takes the offer of a line, and says what became of it.
    async fn offered(
        &mut self,
        id: procedure::Id,
        whose: Whose,
        offer: String,
        altered: bool,
    ) -> Result<(), u16> {
        let answer = match self.link(&id, whose, offer, altered).await {
            Ok(answer) => FromRoom::Linked { id, answer },
            Err(failure) => FromRoom::Refused { id, refusal: failure.into_sentence() },
        };
        self.say(&answer)
    }

    /// Opens a video line for the seat, or for the seat alone; gives the answer to the offer.
    async fn link(
        &mut self,
        id: &procedure::Id,
        whose: Whose,
        offer: String,
        altered: bool,
    ) -> Result<String, Failure> {
        check_id(id)?;
        let sfu = self.site.sfu.as_ref().ok_or(Refused::LinkOff)?;
        let most = self.site.config.limits.link_offers_per_minute;
        if !self.offers.take_in_a_minute(most, Instant::now()) {
            return Err(Refused::LinkTooOften.into());
        }
        let (reply, may) = oneshot::channel();
        let check = whose.is_alone();
        let ask = Ask::Link { seat: self.seat.clone(), connection: self.id, check, reply };
        self.door.ask(ask).await?;
        may.await.map_err(|_| Error::Stopping)??;
        let (answer, slots) = sfu.join(whose, self.holder, offer, altered).await?;
        self.slots = Some(slots);
        Ok(answer)
    }

    /// Sends a message that concerns this connection alone.
    fn say(&self, message: &FromRoom) -> Result<(), u16> {
        let text = plain(message).map_err(|_| close::BAD_FRAME)?;
        self.outbox.try_send(text).map_err(|_| close::TOO_SLOW)
    }

    async fn ask(&self, ask: Ask) -> Result<(), u16> {
        self.door.ask(ask).await.map_err(|_| close::STOPPING)
    }
}

fn whose(hearing: &str, seat: &SeatId) -> Whose {
    Whose { hearing: hearing.into(), seat: seat.clone() }
}

/// The slots of a seat's line once they are filled otherwise; waits for ever where there is none.
async fn told(slots: &mut Option<watch::Receiver<Slots>>) -> Slots {
    if let Some(line) = slots {
        if line.changed().await.is_ok() {
            return line.borrow_and_update().clone();
        }
        // The line is gone; the client makes another when it wants one.
        *slots = None;
    }
    std::future::pending().await
}

/// The other side closed; no code need be sent.
const GONE: u16 = 1000;

/// The code for a message that could not be read.
fn code_of(error: &WireError) -> u16 {
    match error {
        WireError::Capacity(_) => close::TOO_LARGE,
        WireError::Protocol(_) | WireError::Utf8(_) => close::BAD_FRAME,
        _ => GONE,
    }
}

/// Reads the hello and finds out whose it is.
async fn greet(
    site: &Site,
    hearing: &str,
    stream: &mut SplitStream<Socket>,
) -> Result<(Door, Hello, SeatId), u16> {
    let limit = Limits::span(site.config.limits.hello_timeout_ms);
    let first = timeout(limit, stream.next()).await.map_err(|_| close::HELLO_TIMEOUT)?;
    let text = match first {
        Some(Ok(Message::Text(text))) => text,
        Some(Ok(_)) => return Err(close::BAD_FRAME),
        Some(Err(error)) => return Err(code_of(&error)),
        None => return Err(GONE),
    };
    // The version first: a hello of another one may have fields that this one does not know.
    if wire::version_told(&text).is_some_and(|version| version != wire::VERSION) {
        return Err(close::WRONG_VERSION);
    }
    let Ok(ToRoom::Hello { key, after, passive, .. }) = serde_json::from_str(&text) else {
        return Err(close::BAD_FRAME);
    };
    let holder = site.invitations.holder(&key).await.map_err(|_| close::STOPPING)?;
    let holder = holder.filter(|holder| holder.hearing == hearing).ok_or(close::NOT_AUTHORISED)?;
    let door = site.rooms.door(hearing).await.map_err(|failure| match failure {
        Failure::Refused(..) => close::NOT_AUTHORISED,
        // The machine fails, not the key: it is worth coming back.
        Failure::Error(_) => close::STOPPING,
    })?;
    Ok((door, Hello { key, after, passive }, holder.seat))
}

async fn join(door: &Door, after: Option<u64>, passive: bool, seat: SeatId, line: Line) -> Result<u64, u16> {
    let (reply, answer) = oneshot::channel();
    let join = Join { seat, after, passive, line, reply };
    door.ask(Ask::Join(join)).await.map_err(|_| close::STOPPING)?;
    answer.await.map_err(|_| close::STOPPING)?
}

/// Writes messages until the connection is cut, then takes leave with the code.
async fn write(
    mut sink: SplitSink<Socket, Message>,
    mut messages: mpsc::Receiver<Utf8Bytes>,
    mut cuts: watch::Receiver<u16>,
) {
    loop {
        let message = tokio::select! {
            biased;
            _ = cuts.wait_for(|code| *code != 0) => break,
            message = messages.recv() => message,
        };
        let Some(message) = message else { break };
        let sent = tokio::select! {
            biased;
            sent = upgrade::write_text(&mut sink, message) => sent.is_ok(),
            _ = cuts.wait_for(|code| *code != 0) => break,
        };
        if !sent {
            return;
        }
    }
    let code = *cuts.borrow();
    leave(&mut sink, code).await;
}

async fn leave(sink: &mut SplitSink<Socket, Message>, code: u16) {
    let code = if code == 0 { GONE } else { code };
    let frame = Message::Close(Some(CloseFrame { code: code.into(), reason: Utf8Bytes::from_static("") }));
    // One that does not even take its leave is dropped.
    let _ = timeout(LEAVE, sink.send(frame)).await;
}
