//! Asking the server by HTTP as any program does: asked again, with growing pauses, while the server is away.

use std::time::{Duration, Instant};

use reqwest::{
    Client, Method,
    header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderValue, SET_COOKIE},
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use procedure::refusal::Sentence;

use super::{Trouble, Why};

/// Longest wait for one answer.
const ANSWER: Duration = Duration::from_secs(40);
/// The first pause before something is tried again, and the longest.
const PAUSE: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));

/// Pauses that grow, until patience is over.
#[derive(Debug)]
pub struct Backoff {
    since: Instant,
    pause: Duration,
    patience: Duration,
}

impl Backoff {
    /// From now on.
    #[must_use]
    pub fn new(patience: Duration) -> Self {
        Self { since: Instant::now(), pause: PAUSE.0, patience }
    }

    /// Waits before the next try.
    ///
    /// # Errors
    /// [`Trouble::Away`] when patience is over.
    pub async fn wait(&mut self, why: &str) -> Result<(), Trouble> {
        if self.since.elapsed() >= self.patience {
            return Err(Trouble::away(self.patience, why));
        }
        tokio::time::sleep(self.pause).await;
        self.pause = (self.pause * 2).min(PAUSE.1);
        Ok(())
    }
}

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub enum Asks<'a> {
    /// Nobody in particular.
    Nobody,
    /// A member of the staff, by the cookie of the session.
    Staff(&'a str),
    /// A seat, by its key.
    Seat(&'a str),
}

/// What is sent.
#[derive(Clone, Debug)]
pub enum Sent {
    /// Nothing.
    Nothing,
    /// A document.
    Json(Value),
    /// A file as it is.
    Bytes(Vec<u8>),
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers, as bytes that were received.
    pub headers: HeaderMap,
    /// The body.
    pub bytes: Vec<u8>,
}

impl Answer {
    /// Whether it was answered as asked.
    #[must_use]
    pub const fn is_good(&self) -> bool {
        self.status >= 200 && self.status < 300
    }

    /// The answer as a document, or the refusal.
    ///
    /// # Errors
    /// What the server said instead.
    pub fn document<T: DeserializeOwned>(&self) -> Result<T, Sentence> {
        if !self.is_good() {
            return Err(self.refusal());
        }
        serde_json::from_slice(&self.bytes).map_err(|error| self.unusual(&error.to_string()))
    }

    /// The refusal that it is.
    #[must_use]
    pub fn refusal(&self) -> Sentence {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| self.unusual("no refusal"))
    }

    /// An answer that is not of this protocol: without code and sentence, so that it counts as no refusal.
    fn unusual(&self, why: &str) -> Sentence {
        Sentence {
            code: String::new(),
            article: String::new(),
            article_en: String::new(),
            zh: format!("服务器答复异常（{}）", self.status),
            en: format!("an unusual answer ({}): {why}", self.status),
        }
    }

    /// The session that it opened, as it is sent back.
    #[must_use]
    pub fn session(&self) -> Option<String> {
        let line = self.headers.get(SET_COOKIE)?.to_str().ok()?;
        line.split(';').next().map(ToOwned::to_owned)
    }

    /// Whether the same should be asked again: the server is stopping, starting, or was asked too fast.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self.status, 429 | 502..=504)
    }
}

/// The address of a server.
#[derive(Clone, Debug)]
pub struct Api {
    client: Client,
    base: String,
    patience: Duration,
}

impl Api {
    /// The server at that address. For so long it may be away.
    ///
    /// # Errors
    /// [`Trouble::Unreadable`] when the address cannot be used.
    pub fn new(address: &str, patience: Duration) -> Result<Self, Trouble> {
        let base = address.trim_end_matches('/').to_owned();
        let known = base.starts_with("http://") || base.starts_with("https://");
        let client = Client::builder().user_agent("fengqiao-rehearse").http1_only().build();
        match (client, known) {
            (Ok(client), true) => Ok(Self { client, base, patience }),
            (client, _) => {
                let why = client.err().map_or_else(String::new, |error| format!(" {error}"));
                Err(Trouble::Unreadable(Why::new(
                    format!("服务器地址“{address}”无法使用，应以 http:// 或 https:// 开头。"),
                    format!(
                        "the address “{address}” cannot be used; it begins with http:// or https://.{why}"
                    ),
                )))
            }
        }
    }

    /// The address of a page of this server.
    #[must_use]
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// For how long the server may be away.
    #[must_use]
    pub const fn patience(&self) -> Duration {
        self.patience
    }

    /// The client, for what is not a plain question: the line to the room.
    #[must_use]
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// Looks whether the server answers at all, for as long as a server takes to start.
    ///
    /// # Errors
    /// [`Trouble::Away`].
    pub async fn knock(&self, patience: Duration) -> Result<(), Trouble> {
        self.persist(patience, Method::GET, "/healthz", Asks::Nobody, &Sent::Nothing).await.map(drop)
    }

    /// Asks, and asks again while the server is away.
    ///
    /// # Errors
    /// [`Trouble::Away`].
    pub async fn ask(
        &self,
        method: Method,
        path: &str,
        asks: Asks<'_>,
        sent: &Sent,
    ) -> Result<Answer, Trouble> {
        self.persist(self.patience, method, path, asks, sent).await
    }

    async fn persist(
        &self,
        patience: Duration,
        method: Method,
        path: &str,
        asks: Asks<'_>,
        sent: &Sent,
    ) -> Result<Answer, Trouble> {
        let mut backoff = Backoff::new(patience);
        loop {
            let why = match self.once(method.clone(), path, asks, sent).await {
                Ok(answer) if !answer.is_passing() => return Ok(answer),
                Ok(answer) => answer.refusal().en,
                Err(why) => why,
            };
            backoff.wait(&why).await?;
        }
    }

    /// Asks once.
    ///
    /// # Errors
    /// Why there was no answer.
    pub async fn once(
        &self,
        method: Method,
        path: &str,
        asks: Asks<'_>,
        sent: &Sent,
    ) -> Result<Answer, String> {
        let request = self.client.request(method, self.at(path)).timeout(ANSWER).headers(whose(asks));
        let request = match sent {
            Sent::Nothing => request,
            Sent::Json(document) => {
                request.header("content-type", "application/json").body(document.to_string())
            }
            Sent::Bytes(bytes) => {
                request.header("content-type", "application/octet-stream").body(bytes.clone())
            }
        };
        let response = request.send().await.map_err(|error| told(&error))?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await.map_err(|error| told(&error))?;
        Ok(Answer { status, headers, bytes: bytes.to_vec() })
    }
}

fn whose(asks: Asks<'_>) -> HeaderMap {
    let (name, value) = match asks {
        Asks::Nobody => return HeaderMap::new(),
        Asks::Staff(session) => (COOKIE, session.to_owned()),
        Asks::Seat(key) => (AUTHORIZATION, format!("Bearer {key}")),
    };
    HeaderValue::try_from(value).map(|value| HeaderMap::from_iter([(name, value)])).unwrap_or_default()
}

/// An error with what lies below it: the first line alone says only that it could not be sent.
pub(super) fn told(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut below = error.source();
    while let Some(cause) = below {
        text = format!("{text}: {cause}");
        below = cause.source();
    }
    text
}
