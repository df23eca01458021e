//! One connection of a seat: hello, messages in and out, and why it ended.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use procedure::wire::{FromRoom, ToRoom, VERSION, close};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use super::Address;
use crate::rehearse::socket::{self, Socket};

/// Codes after which coming back is of no use.
pub(super) const fn is_final(code: u16) -> bool {
    matches!(
        code,
        close::BAD_FRAME | close::NOT_AUTHORISED | close::TOO_LARGE | close::REVOKED | close::WRONG_VERSION
    )
}

/// Why a connection ended.
#[derive(Debug)]
pub(super) enum Lost {
    Closed(u16),
    Broken(String),
    Unknown(String),
}

impl std::fmt::Display for Lost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Closed(code) => write!(f, "closed with {code}"),
            Self::Broken(why) | Self::Unknown(why) => f.write_str(why),
        }
    }
}

pub(super) async fn greet(address: &Address, after: Option<u64>, passive: bool) -> Result<Socket, Lost> {
    let path = format!("/api/hearings/{}/room", address.hearing);
    let mut socket = socket::open(&address.api, &path).await.map_err(Lost::Broken)?;
    say(&mut socket, &ToRoom::Hello { version: VERSION, key: address.key.clone(), after, passive }).await?;
    Ok(socket)
}

pub(super) async fn say(socket: &mut Socket, message: &ToRoom) -> Result<(), Lost> {
    let text = serde_json::to_string(message).map_err(|error| Lost::Unknown(error.to_string()))?;
    socket.send(Message::text(text)).await.map_err(|error| Lost::Broken(error.to_string()))
}

/// The next text.
pub(super) async fn next(socket: &mut Socket, patience: Duration) -> Result<String, Lost> {
    loop {
        let message = timeout(patience, socket.next()).await.map_err(|_| Lost::Broken("silence".into()))?;
        match message {
            Some(Ok(Message::Text(text))) => return Ok(text.as_str().to_owned()),
            Some(Ok(Message::Close(frame))) => {
                return Err(Lost::Closed(frame.map_or(1005, |frame| frame.code.into())));
            }
            Some(Ok(_)) => {}
            Some(Err(error)) => return Err(Lost::Broken(error.to_string())),
            None => return Err(Lost::Broken("end of the connection".into())),
        }
    }
}

pub(super) fn read(text: &str) -> Result<FromRoom, Lost> {
    serde_json::from_str(text).map_err(|error| {
        let start: String = text.chars().take(200).collect();
        Lost::Unknown(format!("{error}: {start}"))
    })
}
