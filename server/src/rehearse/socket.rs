//! Opening the line of a seat: a request like any other, so with the same encryption, that becomes a WebSocket.

use std::time::Duration;

use reqwest::Upgraded;
use tokio::time::timeout;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        handshake::{client::generate_key, derive_accept_key},
        protocol::Role,
    },
};

use super::api::{Api, told};

/// One connection.
pub type Socket = WebSocketStream<Upgraded>;

/// Longest wait for a connection.
const OPENING: Duration = Duration::from_secs(10);

/// Opens a connection.
///
/// # Errors
/// Why not, for people.
pub async fn open(api: &Api, path: &str) -> Result<Socket, String> {
    timeout(OPENING, shake_hands(api, path)).await.map_err(|_| "no answer in time".to_owned())?
}

async fn shake_hands(api: &Api, path: &str) -> Result<Socket, String> {
    let key = generate_key();
    let response = api
        .client()
        .get(api.at(path))
        .header("connection", "upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", &key)
        .send()
        .await
        .map_err(|error| told(&error))?;
    let status = response.status().as_u16();
    let proof = response.headers().get("sec-websocket-accept").map(|proof| proof.as_bytes().to_vec());
    if status != 101 || proof != Some(derive_accept_key(key.as_bytes()).into_bytes()) {
        return Err(format!("the server opens no room ({status})"));
    }
    let upgraded = response.upgrade().await.map_err(|error| told(&error))?;
    Ok(WebSocketStream::from_raw_socket(upgraded, Role::Client, None).await)
}
