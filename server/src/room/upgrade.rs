//! How an HTTP request becomes the connection of a seat, and how a message is written to it: piece by piece, so that a
//! connection keeps no more memory than a piece, however large the view was that it began with.

use axum::{extract::Request, response::Response};
use bytes::Bytes;
use futures_util::{Sink, SinkExt};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio_tungstenite::WebSocketStream;
use tungstenite::{
    Error, Message, Utf8Bytes,
    handshake::server::create_response,
    protocol::{
        Role, WebSocketConfig,
        frame::{
            Frame,
            coding::{Data, OpCode},
        },
    },
};

use crate::Refused;

/// The connection of a seat.
pub(super) type Socket = WebSocketStream<TokioIo<Upgraded>>;

/// What a connection reads at once, in bytes: small, because a room has many.
const READ_BUFFER_BYTES: usize = 2048;
/// What is written at once, in bytes. A longer message goes out as several frames of one message (RFC 6455, 5.4).
const PIECE_BYTES: usize = 4096;

/// The answer that turns the request into a connection, and the connection to come.
///
/// # Errors
/// [`Refused::NotUpgraded`] when the request does not ask for a WebSocket of version 13.
pub(super) fn upgrade(mut request: Request) -> Result<(Response, OnUpgrade), Refused> {
    let upgrade = request.extensions_mut().remove::<OnUpgrade>().ok_or(Refused::NotUpgraded)?;
    let (parts, _) = request.into_parts();
    let request = axum::http::Request::from_parts(parts, ());
    let answer = create_response(&request).map_err(|_| Refused::NotUpgraded)?;
    Ok((answer.map(|()| axum::body::Body::empty()), upgrade))
}

/// The connection, once the answer has been sent; none when it broke off before. It takes no message larger than that.
pub(super) async fn connected(upgrade: OnUpgrade, largest: usize) -> Option<Socket> {
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(0)
        .max_message_size(Some(largest))
        .max_frame_size(Some(largest));
    let upgraded = TokioIo::new(upgrade.await.ok()?);
    Some(WebSocketStream::from_raw_socket(upgraded, Role::Server, Some(config)).await)
}

/// Writes a message; each piece waits until the one before has been handed to the network.
///
/// # Errors
/// When the connection is gone.
pub(super) async fn write_text(
    sink: &mut (impl Sink<Message, Error = Error> + Unpin),
    text: Utf8Bytes,
) -> Result<(), Error> {
    for piece in pieces(text.into()) {
        sink.send(Message::Frame(piece)).await?;
    }
    Ok(())
}

/// A text message as frames of which none is larger than a piece.
fn pieces(mut rest: Bytes) -> impl Iterator<Item = Frame> {
    let mut next = Some(Data::Text);
    std::iter::from_fn(move || {
        let kind = next?;
        let piece = rest.split_to(rest.len().min(PIECE_BYTES));
        next = (!rest.is_empty()).then_some(Data::Continue);
        Some(Frame::message(piece, OpCode::Data(kind), next.is_none()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_goes_out_whole_in_pieces_of_which_the_last_is_marked() {
        for length in [0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES] {
            // Three bytes a character: pieces end inside of characters too.
            let text: Bytes = "听证公开".repeat(length).into_bytes()[..length].to_vec().into();
            let frames: Vec<Frame> = pieces(text.clone()).collect();
            assert_eq!(frames.len(), length.div_ceil(PIECE_BYTES).max(1), "{length}");
            assert_eq!(frames.iter().flat_map(Frame::payload).copied().collect::<Bytes>(), text);
            for (place, frame) in frames.iter().enumerate() {
                let header = frame.header();
                assert_eq!(header.is_final, place + 1 == frames.len(), "{length}: {place}");
                let kind = if place == 0 { Data::Text } else { Data::Continue };
                assert_eq!(header.opcode, OpCode::Data(kind));
            }
        }
    }
}
