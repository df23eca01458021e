//! Asking the server: JSON there and back, a refusal told apart from a failure of the network.

use procedure::refusal::Sentence;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::{
    json,
    words::{Told, Words, words},
};

const AWAY: Words = words(
    "连接不上服务器，请检查网络后再试。",
    "The server cannot be reached. Please check the network and try again.",
);
const BROKEN: Words = words(
    "服务器的答复无法识别（{status}），请稍后再试。",
    "The server's answer cannot be read ({status}). Please try again later.",
);

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Failure {
    /// The server said no, and why.
    Refused(u16, Box<Sentence>),
    /// The server answered something that is no answer: with this status.
    Broken(u16),
    /// The server cannot be reached.
    Away,
}

impl Failure {
    /// The words for the reader.
    #[must_use]
    pub fn told(&self) -> Told {
        match self {
            Self::Refused(_, sentence) => (**sentence).clone().into(),
            Self::Broken(status) => BROKEN.with("status", status),
            Self::Away => AWAY.into(),
        }
    }

    /// Whether the reader must sign in first.
    #[must_use]
    pub const fn is_unauthorised(&self) -> bool {
        matches!(self, Self::Refused(401, _) | Self::Broken(401))
    }
}

/// What a request carries.
#[derive(Clone, Copy, Debug, Default)]
pub struct Carrying<'a> {
    /// The key of a seat.
    pub key: Option<&'a str>,
    /// A body and its media type.
    pub body: Option<(&'a [u8], &'a str)>,
}

/// Gets something.
///
/// # Errors
/// The refusal, or why there is no answer.
pub async fn get<T: DeserializeOwned>(path: &str, key: Option<&str>) -> Result<T, Failure> {
    read(send("GET", path, Carrying { key, body: None }).await?)
}

/// Sends something.
///
/// # Errors
/// The refusal, or why there is no answer.
pub async fn post<T: DeserializeOwned>(
    path: &str,
    key: Option<&str>,
    body: &impl Serialize,
) -> Result<T, Failure> {
    let json = serde_json::to_vec(body).map_err(|_| Failure::Broken(0))?;
    read(send("POST", path, Carrying { key, body: Some((&json, "application/json")) }).await?)
}

/// Takes something back.
///
/// # Errors
/// The refusal, or why there is no answer.
pub async fn delete(path: &str, key: Option<&str>) -> Result<(), Failure> {
    send("DELETE", path, Carrying { key, body: None }).await.map(|_| ())
}

/// Sends bytes as they are.
///
/// # Errors
/// The refusal, or why there is no answer.
pub async fn post_bytes<T: DeserializeOwned>(path: &str, carrying: Carrying<'_>) -> Result<T, Failure> {
    read(send("POST", path, carrying).await?)
}

/// Gets a file.
///
/// # Errors
/// The refusal, or why there is no answer.
pub async fn get_bytes(path: &str, key: Option<&str>) -> Result<Vec<u8>, Failure> {
    send("GET", path, Carrying { key, body: None }).await
}

/// An empty answer reads as JSON `null`.
fn read<T: DeserializeOwned>(bytes: Vec<u8>) -> Result<T, Failure> {
    let json: &[u8] = if bytes.is_empty() { b"null" } else { &bytes };
    json::read(json).map_err(|_| Failure::Broken(200))
}

async fn send(method: &str, path: &str, carrying: Carrying<'_>) -> Result<Vec<u8>, Failure> {
    let (status, bytes) = exchange(method, path, carrying).await.map_err(|_| Failure::Away)?;
    judge(status, bytes)
}

fn judge(status: u16, bytes: Vec<u8>) -> Result<Vec<u8>, Failure> {
    if (200..300).contains(&status) {
        return Ok(bytes);
    }
    match json::read::<Sentence>(&bytes) {
        Ok(sentence) => Err(Failure::Refused(status, Box::new(sentence))),
        Err(_) => Err(Failure::Broken(status)),
    }
}

/// How a page asks while the server draws it: a path in, a status and bytes out, without a network between.
#[cfg(feature = "ssr")]
#[derive(Clone)]
pub struct Inquiry(pub std::sync::Arc<dyn Fn(String) -> Answering + Send + Sync>);

/// The answer to an [`Inquiry`], on its way.
#[cfg(feature = "ssr")]
pub type Answering = std::pin::Pin<Box<dyn Future<Output = (u16, Vec<u8>)> + Send>>;

/// Gets something that anybody may see, on whichever side the page is being drawn: for `Resource::new`, so that the
/// page holds it when it arrives.
///
/// # Errors
/// The refusal, or why there is no answer.
#[cfg(feature = "ssr")]
pub async fn look_up<T: DeserializeOwned>(path: String) -> Result<T, Failure> {
    let inquiry = leptos::prelude::use_context::<Inquiry>().ok_or(Failure::Away)?;
    let (status, bytes) = inquiry.0(path).await;
    read(judge(status, bytes)?)
}

/// Gets something that anybody may see, on whichever side the page is being drawn: for `Resource::new`, so that the
/// page holds it when it arrives.
///
/// # Errors
/// The refusal, or why there is no answer.
#[cfg(not(feature = "ssr"))]
pub fn look_up<T: DeserializeOwned>(path: String) -> impl Future<Output = Result<T, Failure>> + Send {
    // A browser's page lives in one thread.
    send_wrapper::SendWrapper::new(async move { get(&path, None).await })
}

async fn exchange(method: &str, path: &str, carrying: Carrying<'_>) -> Result<(u16, Vec<u8>), JsValue> {
    let window = super::window().ok_or(JsValue::NULL)?;
    let init = web_sys::RequestInit::new();
    init.set_method(method);
    if let Some((body, _)) = carrying.body {
        init.set_body(&js_sys::Uint8Array::from(body));
    }
    let request = web_sys::Request::new_with_str_and_init(path, &init)?;
    let headers = request.headers();
    headers.set("accept", "application/json, */*")?;
    if let Some((_, media_type)) = carrying.body {
        headers.set("content-type", media_type)?;
    }
    if let Some(key) = carrying.key {
        headers.set("authorization", &format!("Bearer {key}"))?;
    }
    let response: web_sys::Response =
        JsFuture::from(window.fetch_with_request(&request)).await?.dyn_into()?;
    let buffer = JsFuture::from(response.array_buffer()?).await?;
    Ok((response.status(), js_sys::Uint8Array::new(&buffer).to_vec()))
}
