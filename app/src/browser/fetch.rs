//! Asking the server: JSON there and back, a refusal told apart from a failure of the network.

use std::cell::RefCell;

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

    /// Whether the server has looked at what was sent and said no, so that it has not been done. Whoever must sign in
    /// first, or is too fast, is turned away before that: what went out earlier may have been done.
    #[must_use]
    pub const fn is_no(&self) -> bool {
        match self {
            Self::Refused(401 | 408 | 429, _) | Self::Broken(_) | Self::Away => false,
            Self::Refused(status, _) => *status >= 400 && *status < 500,
        }
    }
}

/// What a request carries.
#[derive(Clone, Copy, Debug, Default)]
pub struct Carrying<'a> {
    /// The key of a seat.
    pub key: Option<&'a str>,
    /// A body and its media type.
    pub body: Option<(&'a [u8], &'a str)>,
    /// Whether the page asks by itself, with nobody there: then it does not keep a session from ending.
    pub unattended: bool,
}

/// Gets something.
///
/// # Errors
/// The refusal, or why there is no answer.
pub async fn get<T: DeserializeOwned>(path: &str, key: Option<&str>) -> Result<T, Failure> {
    read(send("GET", path, Carrying { key, ..Carrying::default() }).await?)
}

/// Gets something for which nobody has asked: a page looks by itself how things stand.
///
/// # Errors
/// The refusal, or why there is no answer.
pub async fn get_unattended<T: DeserializeOwned>(path: &str) -> Result<T, Failure> {
    read(send("GET", path, Carrying { unattended: true, ..Carrying::default() }).await?)
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
    read(
        send("POST", path, Carrying { key, body: Some((&json, "application/json")), ..Carrying::default() })
            .await?,
    )
}

/// Changes something.
///
/// # Errors
/// The refusal, or why there is no answer.
pub async fn patch(path: &str, body: &impl Serialize) -> Result<(), Failure> {
    let json = serde_json::to_vec(body).map_err(|_| Failure::Broken(0))?;
    send("PATCH", path, Carrying { body: Some((&json, "application/json")), ..Carrying::default() })
        .await
        .map(|_| ())
}

/// Puts something in the place of what stands there.
///
/// # Errors
/// The refusal, or why there is no answer.
pub async fn put<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> Result<T, Failure> {
    let json = serde_json::to_vec(body).map_err(|_| Failure::Broken(0))?;
    read(
        send("PUT", path, Carrying { body: Some((&json, "application/json")), ..Carrying::default() })
            .await?,
    )
}

/// Takes something back.
///
/// # Errors
/// The refusal, or why there is no answer.
pub async fn delete(path: &str, key: Option<&str>) -> Result<(), Failure> {
    send("DELETE", path, Carrying { key, ..Carrying::default() }).await.map(|_| ())
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
    send("GET", path, Carrying { key, ..Carrying::default() }).await
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

/// What an answer says that came another way than by this module.
pub(super) fn answered<T: DeserializeOwned>(status: u16, bytes: Vec<u8>) -> Result<T, Failure> {
    read(judge(status, bytes)?)
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

/// What was answered: text as it stands, or why there is none.
pub type Answer = Result<String, Failure>;

/// Gets several things one after the other as text, on whichever side the page is being drawn. Whoever must sign in
/// first is told so by the first, and the others are not asked.
#[cfg(feature = "ssr")]
pub async fn look_up_all(paths: Vec<String>) -> Vec<Answer> {
    let inquiry = leptos::prelude::use_context::<Inquiry>();
    let mut answers = Vec::with_capacity(paths.len());
    for path in paths {
        let answer = match &inquiry {
            Some(inquiry) => {
                let (status, bytes) = inquiry.0(path).await;
                text(judge(status, bytes))
            }
            None => Err(Failure::Away),
        };
        if add(&mut answers, answer) {
            break;
        }
    }
    answers
}

/// Gets several things one after the other as text, on whichever side the page is being drawn. Whoever must sign in
/// first is told so by the first, and the others are not asked.
#[cfg(not(feature = "ssr"))]
pub fn look_up_all(paths: Vec<String>) -> impl Future<Output = Vec<Answer>> + Send {
    send_wrapper::SendWrapper::new(async move {
        let mut answers = Vec::with_capacity(paths.len());
        for path in paths {
            let answer = text(send("GET", &path, Carrying::default()).await);
            if add(&mut answers, answer) {
                break;
            }
        }
        answers
    })
}

/// What the page asked for while the server drew it, for the browser to carry over: it need not be asked for again.
/// None in the browser.
#[must_use]
pub fn to_carry(paths: &[String], answers: &[Answer]) -> Option<String> {
    let pairs: Vec<(&String, &Answer)> = paths.iter().zip(answers).collect();
    super::window().is_none().then(|| serde_json::to_string(&pairs).unwrap_or_default())
}

thread_local! {
    static CARRIED: RefCell<Vec<(String, Answer)>> = const { RefCell::new(Vec::new()) };
}

/// Takes over what the server asked for while it drew the page, before the page is emptied.
pub fn carry_over() {
    let mut carried = Vec::new();
    for text in super::attributes("data-answers") {
        carried.extend(json::read::<Vec<(String, Answer)>>(text.as_bytes()).unwrap_or_default());
    }
    CARRIED.set(carried);
}

/// The answers to these paths, if the server has asked for them all; given out once.
#[must_use]
pub fn carried(paths: &[String]) -> Option<Vec<Answer>> {
    CARRIED.with_borrow_mut(|carried| {
        let known = |path: &String| carried.iter().any(|(known, _)| known == path);
        // Whoever must sign in first was told so by the first answer, and the others were not asked for.
        let signed_out = |carried: &Vec<(String, Answer)>| {
            let answer = paths.first().and_then(|path| carried.iter().find(|(known, _)| known == path));
            answer.is_some_and(|(_, answer)| answer.as_ref().is_err_and(Failure::is_unauthorised))
        };
        if !paths.iter().all(known) && !signed_out(carried) {
            return None;
        }
        let take = |path: &String| {
            let at = carried.iter().position(|(known, _)| known == path)?;
            Some(carried.swap_remove(at).1)
        };
        Some(paths.iter().filter_map(take).collect())
    })
}

fn text(answer: Result<Vec<u8>, Failure>) -> Answer {
    String::from_utf8(answer?).map_err(|_| Failure::Broken(200))
}

/// Adds an answer; says whether the others need not be asked for.
fn add(answers: &mut Vec<Answer>, answer: Answer) -> bool {
    let over = answer.as_ref().is_err_and(Failure::is_unauthorised);
    answers.push(answer);
    over
}

/// What a text says.
///
/// # Errors
/// When it says something else.
pub fn told<T: DeserializeOwned>(text: &str) -> Result<T, Failure> {
    json::read(text.as_bytes()).map_err(|_| Failure::Broken(200))
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
    if carrying.unattended {
        headers.set("fengqiao-unattended", "1")?;
    }
    let response: web_sys::Response =
        JsFuture::from(window.fetch_with_request(&request)).await?.dyn_into()?;
    let buffer = JsFuture::from(response.array_buffer()?).await?;
    Ok((response.status(), js_sys::Uint8Array::new(&buffer).to_vec()))
}
