//! What stands before every address: limits of rate and size, the check of the origin, and the headers of safety.

use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use axum::{
    extract::{ConnectInfo, FromRequestParts, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};

use futures_util::FutureExt;

use crate::{Config, Error, Failure, Refused, Site, origin};

/// Most addresses remembered by the limit of rate.
const ADDRESSES_MAX: usize = 50_000;

/// So many at once, and so many a second after that.
#[derive(Clone, Copy, Debug)]
pub struct Bucket {
    left: f64,
    seen: Instant,
}

impl Bucket {
    /// A full bucket.
    #[must_use]
    pub fn full(burst: u64, now: Instant) -> Self {
        Self { left: precise(burst), seen: now }
    }

    /// Takes one out; false when it is empty.
    pub fn take(&mut self, per_second: u64, burst: u64, now: Instant) -> bool {
        self.drip(precise(per_second), burst, now)
    }

    /// Takes one out of a bucket that fills in a minute; false when it is empty.
    pub fn take_in_a_minute(&mut self, per_minute: u64, now: Instant) -> bool {
        self.drip(precise(per_minute) / 60.0, per_minute, now)
    }

    fn drip(&mut self, per_second: f64, burst: u64, now: Instant) -> bool {
        let since = now.saturating_duration_since(self.seen).as_secs_f64();
        self.seen = now;
        self.left = since.mul_add(per_second, self.left).min(precise(burst));
        if self.left < 1.0 {
            return false;
        }
        self.left -= 1.0;
        true
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "limits are far below the whole numbers that a float can hold"
)]
const fn precise(value: u64) -> f64 {
    value as f64
}

/// The limit of rate by address.
#[derive(Debug, Default)]
pub struct Rates(Mutex<HashMap<IpAddr, Bucket>>);

impl Rates {
    fn take(&self, address: IpAddr, per_second: u64, burst: u64) -> bool {
        let now = Instant::now();
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= ADDRESSES_MAX {
            buckets.retain(|_, bucket| now.saturating_duration_since(bucket.seen).as_secs() < 60);
        }
        buckets.entry(address).or_insert_with(|| Bucket::full(burst, now)).take(per_second, burst, now)
    }
}

/// Of the connection, or as the proxy in front tells it.
fn caller(config: &Config, headers: &HeaderMap, peer: Option<SocketAddr>) -> IpAddr {
    let told = headers
        .get("x-forwarded-for")
        .filter(|_| config.behind_proxy)
        .and_then(|list| list.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
    network(told.or_else(|| peer.map(|peer| peer.ip())).unwrap_or(IpAddr::from([127, 0, 0, 1])))
}

/// What counts as one address: of IPv6 the first half, because whoever has one address there has all of the second.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) >> 64 << 64).into()),
        address @ IpAddr::V4(_) => address,
    }
}

/// The address of whoever sent a request.
#[derive(Clone, Copy, Debug)]
pub struct Caller(pub IpAddr);

impl FromRequestParts<Arc<Site>> for Caller {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Self::Rejection> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0);
        Ok(Self(caller(&site.config, &parts.headers, peer)))
    }
}

/// Counts, limits and checks a request before it is answered.
pub async fn before(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0);
    let address = caller(&site.config, request.headers(), peer);
    let limits = &site.config.limits;
    site.gauges.requests_total.up();
    let answer = if !site.rates.take(address, limits.requests_per_second, limits.requests_burst) {
        Refused::TooFast.into_response()
    } else if !origin::is_safe(request.method()) && !origin::is_ours(&site.config, request.headers()) {
        Refused::WrongOrigin.into_response()
    } else {
        contained(next.run(request)).await
    };
    let status = answer.status();
    if status.is_server_error() {
        site.gauges.requests_failed_total.up();
    } else if status.is_client_error() {
        site.gauges.requests_refused_total.up();
    }
    answer
}

/// The answer, also where a part of the program stops in the middle of it: whoever asked is told, and everybody else is
/// answered as before.
async fn contained(answer: impl Future<Output = Response>) -> Response {
    let stopped = |_| Failure::Error(Error::Fault).into_response();
    AssertUnwindSafe(answer).catch_unwind().await.unwrap_or_else(stopped)
}

/// What a browser is told about every answer.
const HEADERS: &[(&str, &str)] = &[
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(self), microphone=(self), geolocation=(), payment=(), usb=()"),
];

/// What a page may load when it says nothing itself: nothing.
const POLICY: &str =
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox";

/// How long a browser keeps to the encrypted address: two years.
const HSTS: &str = "max-age=63072000; includeSubDomains";

/// Puts the headers of safety on an answer.
pub async fn after(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let keepable = !request.uri().path().starts_with("/api/");
    let mut answer = next.run(request).await;
    let headers = answer.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    }
    if !keepable && !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if site.config.is_https() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(HSTS));
    }
    answer
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_bucket_runs_dry_and_fills_again() {
        let start = Instant::now();
        let mut bucket = Bucket::full(2, start);
        assert!(bucket.take(1, 2, start) && bucket.take(1, 2, start));
        assert!(!bucket.take(1, 2, start));
        assert!(bucket.take(1, 2, start + Duration::from_secs(1)));
    }

    #[test]
    fn one_caller_is_one_address_however_many_it_has() {
        let network = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(network("192.0.2.7"), "192.0.2.7");
        assert_eq!(network("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(network("2001:db8:1:2:aaaa:bbbb:cccc:dddd"), "2001:db8:1:2::");
    }

    #[tokio::test]
    async fn whoever_asked_is_answered_when_a_part_of_the_program_stops() {
        let none: Vec<Response> = Vec::new();
        let answer = contained(async move { none.into_iter().next().unwrap() }).await;
        assert_eq!(answer.status(), axum::http::StatusCode::INTERNAL_SERVER_ERROR);
    }
}
