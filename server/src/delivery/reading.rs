//! The addressee at the link: what it is, the last four digits of the mobile number, then the paper, its file, the day for
//! the calendar, and a word that it has come. Works without a script: forms are sent, pages come back.
//!
//! ```text
//! GET  /d/TOKEN ─▶ page /deliveries/TOKEN, which asks GET /api/deliveries/TOKEN     (counts as nothing)
//! POST /api/deliveries/TOKEN  phone_tail=1234 ─▶ the page, with a cookie that opens it  (counts as read)
//! ```

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use papers::Form;
use procedure::{By, Moment};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{Delivery, Event, State as Stand, What, link::Link, sending};
use crate::{
    Config, Error, Failure, Refused, Site, clock, config::Limits, guard::Caller, invitation::api::check_tail,
};

/// The digits, as a form sends them.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Digits {
    /// Last four digits of the mobile number.
    phone_tail: String,
}

/// What a link leads to.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Envelope {
    /// The office that it comes from.
    office: String,
    /// Its telephone.
    phone: String,
    /// Checks that are left.
    attempts_left: usize,
    /// What is in it, once it is opened.
    opened: Option<Opened>,
}

/// A delivered paper that is open.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Opened {
    /// To whom.
    name: String,
    /// What it is called, in Chinese.
    zh: &'static str,
    /// The same in English.
    en: &'static str,
    /// Its number.
    number: String,
    /// The paper as a page.
    page: String,
    /// For which moment the hearing is announced, in milliseconds since 1970; none where the paper tells no day.
    #[schema(value_type = Option<i64>)]
    scheduled: Option<Moment>,
    /// Whether what it says of the day no longer holds.
    stale: bool,
    /// When it was confirmed, in milliseconds since 1970.
    #[schema(value_type = Option<i64>)]
    acknowledged: Option<Moment>,
}

/// `GET /d/{token}`: the short address of a message; shows the way to the page.
#[utoipa::path(get, path = "/d/{token}", tag = "deliveries",
    params(("token" = String, Path, description = "The secret of the link")),
    responses((status = 303, description = "The page is elsewhere"), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn short(Path(token): Path<String>) -> Result<Response, Failure> {
    Ok(elsewhere(&page_of(&token)?, None)?)
}

/// `GET /api/deliveries/{token}`: uses nothing up; the paper itself is told to whoever has given the digits.
#[utoipa::path(get, path = "/api/deliveries/{token}", tag = "deliveries",
    params(("token" = String, Path, description = "The secret of the link")),
    responses((status = 200, body = Envelope), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn look(
    State(site): State<Arc<Site>>,
    Caller(address): Caller,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Envelope>, Failure> {
    let now = clock::now();
    let Some(link) = site.deliveries.links.find(&token, now).await? else {
        return Err(unknown(&site, &address.to_string(), now));
    };
    let opened = match is_open(&site, &link, &headers, now).await? {
        true => Some(opened(&site, &link).await?),
        false => None,
    };
    Ok(Json(Envelope {
        office: site.config.office.clone(),
        phone: site.config.phone.clone(),
        attempts_left: site.guesses.invitation.left(&guess(&link), now),
        opened,
    }))
}

/// `POST /api/deliveries/{token}`: the digits, as a form sends them. Right or wrong the page comes next; right ones set the
/// cookie that opens it, and the delivery counts as read.
#[utoipa::path(post, path = "/api/deliveries/{token}", tag = "deliveries",
    params(("token" = String, Path, description = "The secret of the link")),
    request_body(content = Digits, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "The page is elsewhere; with a cookie where the digits were right"),
              (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn open(
    State(site): State<Arc<Site>>,
    Caller(address): Caller,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Failure> {
    let Digits { phone_tail } = form(&headers, &body)?;
    let tail = narrow(&phone_tail);
    let now = clock::now();
    let page = page_of(&token)?;
    let Some(link) = site.deliveries.links.find(&token, now).await? else {
        // The page says so in words that people understand.
        let may_guess = may_guess(&site, &address.to_string(), now);
        return if may_guess { Ok(elsewhere(&page, None)?) } else { Err(Refused::TooManyTries.into()) };
    };
    if check_tail(&tail).is_err() {
        return Ok(elsewhere(&format!("{page}?wrong=1"), None)?);
    }
    let guess = guess(&link);
    let may = site.guesses.invitation.take(&guess, now);
    if !may || !link.matches(&token, &tail) {
        site.gauges.delivery_wrong_total.up();
        // While nobody may try, nothing is checked, so nothing is wrong for good.
        if may {
            site.deliveries.links.checked_wrongly(&link.delivery).await?;
        }
        return Ok(elsewhere(&format!("{page}?wrong=1"), None)?);
    }
    site.guesses.invitation.right(&guess);
    note(&site, &link, &Event::Read {}, now).await?;
    let key = site.deliveries.links.open(&link, now).await?;
    Ok(elsewhere(&page, Some(cookie(&site.config, &key)))?)
}

/// `POST /api/deliveries/{token}/acknowledgement`: the addressee confirms to have it. Where it is no longer open, the page
/// that comes next asks for the digits.
#[utoipa::path(post, path = "/api/deliveries/{token}/acknowledgement", tag = "deliveries",
    params(("token" = String, Path, description = "The secret of the link")),
    responses((status = 303, description = "The page is elsewhere"), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn acknowledge(
    State(site): State<Arc<Site>>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let now = clock::now();
    let page = page_of(&token)?;
    if let Some(link) = site.deliveries.links.find(&token, now).await?
        && is_open(&site, &link, &headers, now).await?
    {
        note(&site, &link, &Event::Acknowledged {}, now).await?;
    }
    Ok(elsewhere(&page, None)?)
}

/// `GET /api/deliveries/{token}/paper`: the paper as it was served, as PDF.
#[utoipa::path(get, path = "/api/deliveries/{token}/paper", tag = "deliveries",
    params(("token" = String, Path, description = "The secret of the link")),
    responses((status = 200, description = "The paper as PDF"), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn paper(
    State(site): State<Arc<Site>>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let link = opened_link(&site, &token, &headers, clock::now()).await?;
    let delivery = delivery(&site, &link).await?;
    let What::Paper { form, .. } = &delivery.what else { return Err(Refused::DeliveryInvalid.into()) };
    let bytes = kept(&site, &link, &delivery.what, "pdf").await?;
    file("application/pdf", &format!("{form}.pdf"), bytes)
}

/// `GET /api/deliveries/{token}/calendar`: the day of the hearing, for the calendar of a phone.
#[utoipa::path(get, path = "/api/deliveries/{token}/calendar", tag = "deliveries",
    params(("token" = String, Path, description = "The secret of the link")),
    responses((status = 200, description = "The calendar file"), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn calendar(
    State(site): State<Arc<Site>>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let link = opened_link(&site, &token, &headers, clock::now()).await?;
    let delivery = delivery(&site, &link).await?;
    let view = site.rooms.office_view(&link.hearing).await?;
    let view = view.get();
    let calendar = match sending::stale(&delivery, view) {
        true => None,
        false => sending::calendar(&site, &link.hearing, view, &delivery, None)?,
    };
    let calendar = calendar.ok_or(Refused::DeliveryInvalid)?;
    file("text/calendar; charset=utf-8", "hearing.ics", calendar.into_bytes())
}

/// What a form sent, from its own words.
fn form<T: DeserializeOwned>(headers: &HeaderMap, body: &Bytes) -> Result<T, Refused> {
    const KIND: &[u8] = b"application/x-www-form-urlencoded";
    let kind = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    if !kind.is_some_and(|kind| kind.starts_with(KIND)) {
        return Err(Refused::Unreadable);
    }
    let text = std::str::from_utf8(body).map_err(|_| Refused::Unreadable)?;
    // What stands behind the question mark of an address is written as a form is.
    let address: Uri = format!("/?{text}").parse().map_err(|_| Refused::Unreadable)?;
    Query::try_from_uri(&address).map(|Query(told)| told).map_err(|_| Refused::Unreadable)
}

/// Digits as an input method may have made them full-width.
fn narrow(typed: &str) -> String {
    let digit = |sign: char| match sign {
        '０'..='９' => u32::from(sign).checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(sign),
        other => other,
    };
    typed.trim().chars().map(digit).collect()
}

fn unknown(site: &Site, address: &str, now: Moment) -> Failure {
    if may_guess(site, address, now) { Refused::DeliveryInvalid } else { Refused::TooManyTries }.into()
}

fn may_guess(site: &Site, address: &str, now: Moment) -> bool {
    site.guesses.address.take(&format!("delivery {address}"), now)
}

fn guess(link: &Link) -> String {
    format!("delivery {}", link.delivery)
}

/// The page of a link; none where the link can be none, so that nobody is sent elsewhere by it.
fn page_of(token: &str) -> Result<String, Refused> {
    let written = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let right = (1..=64).contains(&token.len()) && token.bytes().all(written);
    if right { Ok(format!("/deliveries/{token}")) } else { Err(Refused::DeliveryInvalid) }
}

fn elsewhere(to: &str, cookie: Option<String>) -> Result<Response, Refused> {
    let to = HeaderValue::try_from(to).map_err(|_| Refused::Unreadable)?;
    let mut answer = (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response();
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(cookie) = cookie {
        let cookie = HeaderValue::try_from(cookie).map_err(|_| Refused::Unreadable)?;
        answer.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(answer)
}

const fn cookie_name(https: bool) -> &'static str {
    if https { "__Host-delivery" } else { "delivery" }
}

fn cookie(config: &Config, key: &str) -> String {
    let https = config.is_https();
    let secure = if https { "; Secure" } else { "" };
    let age = Limits::ms(config.limits.delivery_open_ms) / 1000;
    format!("{}={key}; Path=/; HttpOnly; SameSite=Strict; Max-Age={age}{secure}", cookie_name(https))
}

async fn is_open(site: &Site, link: &Link, headers: &HeaderMap, now: Moment) -> Result<bool, Error> {
    let name = cookie_name(site.config.is_https());
    let key = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value));
    match key {
        Some(key) => site.deliveries.links.is_open(key, &link.delivery, now).await,
        None => Ok(false),
    }
}

/// The link, if whoever shows it has given the digits.
async fn opened_link(site: &Site, token: &str, headers: &HeaderMap, now: Moment) -> Result<Link, Failure> {
    let link = site.deliveries.links.find(token, now).await?.ok_or(Refused::DeliveryInvalid)?;
    if is_open(site, &link, headers, now).await? { Ok(link) } else { Err(Refused::DeliveryInvalid.into()) }
}

async fn delivery(site: &Site, link: &Link) -> Result<Delivery, Failure> {
    let book = site.deliveries.book(&link.hearing).await?;
    let known = book.deliveries.get(&link.delivery).cloned();
    known.filter(|known| known.state != Stand::Withdrawn).ok_or_else(|| Refused::DeliveryInvalid.into())
}

/// Writes down that it was read or confirmed, the first time.
async fn note(site: &Site, link: &Link, event: &Event, now: Moment) -> Result<(), Failure> {
    let mut book = site.deliveries.book(&link.hearing).await?;
    let Some(known) = book.deliveries.get(&link.delivery) else {
        return Err(Refused::DeliveryInvalid.into());
    };
    let noted = match event {
        Event::Read {} => known.read.is_some(),
        _ => known.acknowledged.is_some(),
    };
    if known.state == Stand::Withdrawn {
        return Err(Refused::DeliveryInvalid.into());
    }
    if noted {
        return Ok(());
    }
    if matches!(event, Event::Read {}) {
        site.gauges.deliveries_read_total.up();
    }
    let author = By::Seat(link.seat.clone());
    let step = (link.delivery.as_str(), event.clone());
    Ok(site.deliveries.step(&link.hearing, &mut book, &author, now, step).await?)
}

async fn opened(site: &Site, link: &Link) -> Result<Opened, Failure> {
    let delivery = delivery(site, link).await?;
    let view = site.rooms.office_view(&link.hearing).await?;
    let What::Paper { form, number, .. } = &delivery.what else {
        return Err(Refused::DeliveryInvalid.into());
    };
    let (zh, en) = Form::named(form).ok_or(Refused::PaperUnknown)?.words();
    let page = String::from_utf8_lossy(&kept(site, link, &delivery.what, "html").await?).into_owned();
    let of_the_day = super::letter::is_of_the_day(&delivery.what);
    Ok(Opened {
        name: delivery.name.clone(),
        zh,
        en,
        number: number.clone(),
        page,
        scheduled: of_the_day.then_some(delivery.scheduled),
        stale: sending::stale(&delivery, view.get()),
        acknowledged: delivery.acknowledged,
    })
}

/// What was kept of a paper when it was served.
async fn kept(site: &Site, link: &Link, what: &What, ending: &str) -> Result<Vec<u8>, Failure> {
    let What::Paper { sha256, .. } = what else { return Err(Refused::DeliveryInvalid.into()) };
    let path = site.deliveries.folder.join(&link.hearing).join(format!("{sha256}.{ending}"));
    Ok(tokio::fs::read(path).await?)
}

fn file(kind: &'static str, name: &str, bytes: Vec<u8>) -> Result<Response, Failure> {
    let named = format!("attachment; filename=\"{name}\"");
    let named = HeaderValue::try_from(named).map_err(|_| Refused::Unreadable)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, named),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, bytes).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_read_as_a_form_sends_them_and_nothing_else_is() {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        let read =
            |text: &str| form::<Digits>(&headers, &Bytes::from(text.to_string())).map(|told| told.phone_tail);
        assert_eq!(read("phone_tail=2001").unwrap(), "2001");
        assert_eq!(narrow(&read("phone_tail=%EF%BC%92%EF%BC%90%EF%BC%90%EF%BC%91+").unwrap()), "2001");
        for odd in ["", "phone_tail=1&x=2", "a b", "\u{0}", "%zz"] {
            assert!(read(odd).is_err(), "{odd:?}");
        }
        assert!(form::<Digits>(&HeaderMap::new(), &Bytes::from_static(b"phone_tail=2001")).is_err());
    }

    #[test]
    fn nobody_is_sent_elsewhere_by_a_link() {
        assert_eq!(page_of("mJ8c0Z-_1").unwrap(), "/deliveries/mJ8c0Z-_1");
        for odd in ["", "a/b", "..", "a?b", "//evil.example", "a\r\nb"] {
            assert!(page_of(odd).is_err(), "{odd:?}");
        }
    }
}
