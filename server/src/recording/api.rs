//! Looking at recordings, by HTTP: all of them for whom the confidential volume is too, and for whoever takes part what it
//! missed.

use std::{
    fs::File,
    io::{self, SeekFrom},
    ops::Range,
    path::PathBuf,
    sync::Arc,
};

use axum::{
    Json,
    body::{Body, Bytes},
    extract::{FromRequestParts, Path, Query, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use futures_util::{
    Stream, StreamExt, TryStreamExt,
    stream::{once, try_unfold},
};
use http_range_header::parse_range_header;
use procedure::{
    Disclosed, Hearing, Moment, Office, SeatId,
    hearing::{recording::Part, replay::Replay},
};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tower::ServiceExt;
use tower_http::services::ServeFile;

use super::{Kept, Shelf, playable::Playable};
use crate::{
    Error, Failure, Refused, Site,
    account::api::Staff,
    archive::access::{self, Deed, Reader},
    guard::Caller,
    invitation::{Holder, api::bearer},
};

/// The cookie that holds the key of a seat is called so, a hyphen, and the seat.
const KEY: &str = "seat";
/// A player is given at most so many bytes at once, and asks again: a browser has few connections to one server, and a
/// hearing many players.
const PLAYED_BYTES: u64 = 1 << 20;
/// A file is sent in pieces of so many bytes.
const PIECE_BYTES: u64 = 64 << 10;

/// A part of a recording.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Listed {
    /// Whose sound and picture.
    #[schema(value_type = String)]
    seat: SeatId,
    /// Number of the part, from 1.
    part: u32,
    /// Name of its file.
    name: String,
    /// How many bytes it has by now.
    bytes: u64,
    /// How many of them have their hash in the log.
    noted_bytes: u64,
    /// When it begins, in milliseconds since 1970; none before the first hash is in the log.
    from: Option<i64>,
    /// Until when it is recorded, in milliseconds since 1970.
    to: Option<i64>,
}

/// What is wanted of a file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// As a player wants it, of so many of its first bytes; left out, the file as it lies there.
    playable: Option<u64>,
    /// For which seat it is asked: by the key that its cookie holds. Left out, for the staff, by their session.
    seat: Option<SeatId>,
}

/// For which seat the files are asked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct For {
    /// The seat, whose key comes along; left out, the staff.
    seat: Option<SeatId>,
}

/// `GET /api/hearings/{id}/recordings`: the files that there are, of which whoever asks may have something. Whoever asks
/// by the key of a seat is given it as a cookie for these addresses: a player asks without.
#[utoipa::path(get, path = "/api/hearings/{id}/recordings", tag = "recordings",
    security(("seat" = []), ("session" = [])),
    params(("id" = String, Path, description = "Id of the hearing"),
           ("seat" = Option<String>, Query, description = "For which seat, whose cookie is set")),
    responses((status = 200, body = Vec<Listed>), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn list(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    Query(asked): Query<For>,
    request: Request,
) -> Result<Response, Failure> {
    let mut head = request.into_parts().0;
    let entitled = entitled(&site, &id, asked.seat.as_ref(), &mut head).await?;
    let listed = files(&site, &id).await?.into_iter().filter_map(|file| {
        let known = entitled.known(&file);
        if entitled.replay != Replay::Whole && !known.is_some_and(|part| entitled.may(part)) {
            return None;
        }
        Some(Listed {
            name: Shelf::name(&file.seat, file.part),
            bytes: file.bytes,
            noted_bytes: known.map_or(0, |known| known.bytes),
            from: known.map(|known| known.from.0),
            to: known.map(|known| known.to.0),
            part: file.part,
            seat: file.seat,
        })
    });
    let answer = Json(listed.collect::<Vec<_>>()).into_response();
    Ok(match (bearer(&head.headers), &asked.seat) {
        (Some(key), Some(seat)) => (cookie(&site, &id, seat, key)?, answer).into_response(),
        _ => answer,
    })
}

/// `GET /api/hearings/{id}/recordings/{seat}/{part}`: one file, or the bytes of it that `Range` asks for. With `playable`
/// as a player wants it: what it is long and where one can begin are told before it.
#[utoipa::path(get, path = "/api/hearings/{id}/recordings/{seat}/{part}", tag = "recordings",
    security(("seat" = []), ("session" = [])),
    params(("id" = String, Path, description = "Id of the hearing"), ("seat" = String, Path, description = "Whose"),
           ("part" = u32, Path, description = "Number of the part"),
           ("playable" = Option<u64>, Query, description = "So many of its first bytes, as a player wants them"),
           ("seat" = Option<String>, Query, description = "For which seat, by its cookie")),
    responses((status = 200, description = "The recording, WebM"), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn fetch(
    State(site): State<Arc<Site>>,
    Path((id, seat, part)): Path<(String, String, u32)>,
    Query(wanted): Query<Wanted>,
    request: Request,
) -> Result<Response, Failure> {
    let (mut head, _) = request.into_parts();
    let entitled = entitled(&site, &id, wanted.seat.as_ref(), &mut head).await?;
    // By what lies there, never by what is asked for.
    let found = files(&site, &id).await?.into_iter().find(|file| file.seat.0 == seat && file.part == part);
    let file = found.ok_or(Refused::FileUnknown)?;
    if entitled.is_kept_back(&file.seat) {
        return Err(Refused::ClosedDoor.into());
    }
    let name = format!("hearing-{id}-{}", Shelf::name(&file.seat, file.part));
    if entitled.view.get().record.sealed.is_some() {
        let name = Shelf::name(&file.seat, file.part);
        access::note_once(&site, &entitled.reader, &id, Deed::Recording { name }).await?;
    }
    let place = site.downloads.place()?;
    let (mut served, disposition) = match wanted.playable {
        Some(bytes) => (play(&entitled, &file, bytes, &head.headers).await?, "inline"),
        // The file as it lies there is all or nothing.
        None if entitled.replay == Replay::Whole => {
            let served = ServeFile::new(&file.path).oneshot(Request::from_parts(head, Body::empty()));
            let Ok(served) = served.await;
            (served.into_response(), "attachment")
        }
        None => return Err(Refused::ClosedDoor.into()),
    };
    let headers = served.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("video/webm"));
    // What is heard and seen of a hearing stays in no browser's store.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let name = HeaderValue::try_from(format!("{disposition}; filename=\"{name}\""));
    headers.insert(header::CONTENT_DISPOSITION, name.map_err(|_| Refused::FileUnknown)?);
    Ok(site.downloads.hand_out(served, place))
}

/// The file as a player wants it, or the piece of it that is asked for.
async fn play(entitled: &Entitled, file: &Kept, bytes: u64, asked: &HeaderMap) -> Result<Response, Failure> {
    let (replay, path, bytes) = (entitled.replay.clone(), file.path.clone(), bytes.min(file.bytes));
    let opened = tokio::task::spawn_blocking(move || {
        Playable::of(File::open(path)?, bytes, |from, to| replay.touches(Moment(from), Moment(to)))
    });
    let playable = opened.await.map_err(|_| Error::Stopping)?.map_err(Error::from)?;
    let all = playable.bytes();
    let asked = asked.get(header::RANGE).and_then(|range| range.to_str().ok());
    // What asks for no bytes is not understood, and left aside (RFC 9110, 14.2).
    let asked = asked.and_then(|asked| parse_range_header(asked).ok());
    let wanted = match asked.map(|ranges| ranges.validate(all)) {
        None => None,
        // More than one piece at once is asked for by no player.
        Some(Ok(ranges)) => ranges.first().filter(|_| ranges.len() == 1).cloned(),
        Some(Err(_)) => {
            let range = HeaderValue::try_from(format!("bytes */{all}")).map_err(|_| Refused::Unreadable)?;
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, [(header::CONTENT_RANGE, range)]).into_response());
        }
    };
    let piece = wanted.clone().map_or(0..all, |wanted| {
        let most = wanted.start().saturating_add(PLAYED_BYTES);
        *wanted.start()..wanted.end().saturating_add(1).min(most)
    });
    let (before, places) = playable.piece(&piece);
    let body = Body::from_stream(sent(file.path.clone(), before, places));
    let status = if wanted.is_some() { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
    let mut answer = (status, body).into_response();
    let mut tell = |name, text: String| {
        answer.headers_mut().extend(HeaderValue::try_from(text).ok().map(|value| (name, value)));
    };
    tell(header::ACCEPT_RANGES, "bytes".into());
    tell(header::CONTENT_LENGTH, (piece.end - piece.start).to_string());
    if wanted.is_some() {
        tell(header::CONTENT_RANGE, format!("bytes {}-{}/{all}", piece.start, piece.end.saturating_sub(1)));
    }
    Ok(answer)
}

/// Bytes, and then those of places of a file.
fn sent(
    path: PathBuf,
    before: Vec<u8>,
    places: Vec<Range<u64>>,
) -> impl Stream<Item = io::Result<Bytes>> + Send {
    let opened = try_unfold((path, places.into_iter(), None), |(path, mut places, file)| async move {
        let Some(place) = places.next() else { return Ok(None) };
        let mut file = match file {
            Some(file) => file,
            None => tokio::fs::File::open(&path).await?,
        };
        file.seek(SeekFrom::Start(place.start)).await?;
        let piece = reading(file.try_clone().await?, place.end - place.start);
        Ok::<_, io::Error>(Some((piece, (path, places, Some(file)))))
    });
    once(async move { Ok(Bytes::from(before)) }).chain(opened.try_flatten())
}

/// So many of the next bytes of a file, in pieces.
fn reading(file: tokio::fs::File, bytes: u64) -> impl Stream<Item = io::Result<Bytes>> + Send {
    try_unfold((file, bytes), |(mut file, left)| async move {
        if left == 0 {
            return Ok(None);
        }
        let mut piece = vec![0; usize::try_from(left.min(PIECE_BYTES)).unwrap_or_default()];
        let read = file.read(&mut piece).await?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        piece.truncate(read);
        let left = left.saturating_sub(u64::try_from(read).unwrap_or(u64::MAX));
        Ok(Some((Bytes::from(piece), (file, left))))
    })
}

async fn files(site: &Arc<Site>, hearing: &str) -> Result<Vec<Kept>, Error> {
    let folder = site.config.recordings().of(hearing);
    let files = tokio::task::spawn_blocking(move || Shelf::files(&folder));
    Ok(files.await.map_err(|_| Error::Stopping)??)
}

/// The hearing, and what of its recordings whoever asks may have.
#[derive(Debug)]
struct Entitled {
    view: Disclosed<Hearing>,
    replay: Replay,
    reader: Reader,
}

impl Entitled {
    fn known(&self, file: &Kept) -> Option<&Part> {
        self.view.get().recording.part(&file.seat, file.part)
    }

    fn may(&self, part: &Part) -> bool {
        self.replay.touches(part.from, part.to) && !self.is_kept_back(&part.seat)
    }

    /// Whether nothing of a seat is for whoever asks, whatever it missed.
    fn is_kept_back(&self, seat: &SeatId) -> bool {
        self.replay != Replay::Whole && self.view.get().is_kept_back(seat)
    }
}

/// What whoever asks may have: a seat what the rules say, by its key, or by the cookie of that seat; the staff who look
/// into files all, by their session.
async fn entitled(
    site: &Arc<Site>,
    id: &str,
    seat: Option<&SeatId>,
    head: &mut Parts,
) -> Result<Entitled, Failure> {
    let holder = match (bearer(&head.headers), seat) {
        (Some(_), _) => Some(Holder::from_request_parts(head, site).await?),
        (None, Some(seat)) => {
            let key = key_of(&head.headers, seat).ok_or(Refused::KeyUnknown)?;
            Some(site.invitations.holder(key).await?.ok_or(Refused::KeyUnknown)?)
        }
        (None, None) => None,
    };
    let Some(holder) = holder else {
        let staff = Staff::from_request_parts(head, site).await?;
        staff.only(Office::draws)?;
        let view = site.rooms.office_view(id).await?;
        let reader = Reader::from_request_parts(head, site).await?;
        return Ok(Entitled { view, replay: Replay::Whole, reader });
    };
    if holder.hearing != id || seat.is_some_and(|seat| *seat != holder.seat) {
        return Err(Refused::ClosedDoor.into());
    }
    let view = site.rooms.office_view(id).await?;
    let replay = view.get().replay(&holder.seat);
    if replay.is_nothing() {
        return Err(Refused::ClosedDoor.into());
    }
    let Ok(caller) = Caller::from_request_parts(head, site).await;
    Ok(Entitled { view, replay, reader: Reader::seated(holder, &caller) })
}

/// The key of a seat that a player brings along.
fn key_of<'a>(headers: &'a HeaderMap, seat: &SeatId) -> Option<&'a str> {
    let named = format!("{KEY}-{seat}");
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == named).map(|(_, key)| key)
}

/// The key of a seat as a cookie, for the recordings of its hearing alone, until the browser is closed.
fn cookie(
    site: &Site,
    hearing: &str,
    seat: &SeatId,
    key: &str,
) -> Result<[(HeaderName, HeaderValue); 1], Refused> {
    let secure = if site.config.is_https() { "; Secure" } else { "" };
    let path = format!("/api/hearings/{hearing}/recordings");
    let cookie = format!("{KEY}-{seat}={key}; Path={path}; HttpOnly; SameSite=Strict{secure}");
    Ok([(header::SET_COOKIE, HeaderValue::try_from(cookie).map_err(|_| Refused::Unreadable)?)])
}
