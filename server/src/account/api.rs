//! Signing in and out, who I am, and the list of accounts, by HTTP.

use std::sync::Arc;

use axum::{
    Json,
    extract::{FromRequestParts, Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{AppendHeaders, IntoResponse, Response},
};
use procedure::Office;
use serde::Deserialize;

use super::Account;
use crate::{Config, Failure, Refused, Site, account, clock, guard::Caller, router::Body, token};

/// Name and password.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// Name of the account.
    name: String,
    /// Its password.
    password: String,
}

/// The first administrator.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetUp {
    /// From the one-time link.
    token: String,
    /// Name of the account.
    name: String,
    /// Its password.
    password: String,
}

/// A new account.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    /// Name of the account.
    name: String,
    /// Its password.
    password: String,
    /// Post in the office.
    #[schema(value_type = String)]
    role: Office,
}

/// What changes in an account. Its sessions end.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Another password.
    #[serde(default)]
    password: Option<String>,
    /// Another post.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    role: Option<Office>,
    /// Whether it can sign in no longer.
    #[serde(default)]
    disabled: Option<bool>,
}

/// Another password for oneself.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnPassword {
    /// The password until now.
    old: String,
    /// The password from now on.
    new: String,
}

/// The header of a request that a page makes by itself, with nobody there: it does not keep the session from ending.
pub const UNATTENDED: &str = "fengqiao-unattended";

/// Somebody of the staff, by the session cookie of the request.
#[derive(Clone, Debug)]
pub struct Staff(pub Account);

impl Staff {
    /// Refuses everybody but these posts.
    ///
    /// # Errors
    /// [`Refused::NotYourOffice`].
    pub fn only(&self, may: impl FnOnce(Office) -> bool) -> Result<(), Refused> {
        if may(self.0.role) { Ok(()) } else { Err(Refused::NotYourOffice) }
    }
}

impl FromRequestParts<Arc<Site>> for Staff {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Failure> {
        let token = cookie(&site.config, &parts.headers).ok_or(Refused::SignedOut)?;
        let account = if parts.headers.contains_key(UNATTENDED) {
            site.accounts.session_unused(&token, clock::now()).await?
        } else {
            site.accounts.session(&token, clock::now()).await?
        };
        account.map(Self).ok_or_else(|| Refused::SignedOut.into())
    }
}

/// `POST /api/sign-in`
#[utoipa::path(post, path = "/api/sign-in", tag = "staff", request_body = SignIn,
    responses((status = 200, body = Account, description = "Signed in; the session is a cookie"),
              (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn sign_in(
    State(site): State<Arc<Site>>,
    Caller(address): Caller,
    headers: HeaderMap,
    Body(asked): Body<SignIn>,
) -> Result<Response, Failure> {
    let now = clock::now();
    let by_address = format!("staff {address}");
    let by_name = token::hash(&asked.name);
    let by_both = format!("{by_name} {address}");
    let guesses = &site.guesses;
    let known_here = guesses.acquainted.knows(&by_both);
    let may_try = guesses.address.take(&by_address, now)
        && guesses.account.take(&by_both, now)
        && (known_here || guesses.account_all.take(&by_name, now));
    if !may_try {
        return Err(Refused::TooManyTries.into());
    }
    let signed_in = site.accounts.sign_in(&asked.name, &asked.password, now).await;
    if matches!(signed_in, Err(Failure::Refused(..))) {
        site.gauges.sign_in_wrong_total.up();
    } else {
        guesses.address.right(&by_address);
        guesses.account.right(&by_both);
        if !known_here {
            guesses.account_all.right(&by_name);
        }
    }
    let (token, account) = signed_in?;
    guesses.acquainted.remember(&by_both);
    // A sign-in over another one ends the other one.
    if let Some(old) = cookie(&site.config, &headers) {
        site.accounts.sign_out(&old).await?;
    }
    Ok((set_cookie(&site.config, &token, false)?, Json(account)).into_response())
}

/// `POST /api/sign-out`
#[utoipa::path(post, path = "/api/sign-out", tag = "staff", responses((status = 204, description = "Signed out"),
              (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn sign_out(State(site): State<Arc<Site>>, headers: HeaderMap) -> Result<Response, Failure> {
    if let Some(token) = cookie(&site.config, &headers) {
        site.accounts.sign_out(&token).await?;
    }
    Ok((StatusCode::NO_CONTENT, set_cookie(&site.config, "", true)?).into_response())
}

/// `GET /api/me`
#[utoipa::path(get, path = "/api/me", tag = "staff",
    security(("session" = [])),
    responses((status = 200, body = Account), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn me(Staff(account): Staff) -> Json<Account> {
    Json(account)
}

/// `POST /api/me/password`: another password for oneself; the other sessions of the account end.
#[utoipa::path(post, path = "/api/me/password", tag = "staff",
    security(("session" = [])), request_body = OwnPassword,
    responses((status = 204, description = "Changed; this session goes on as a new one, the others have ended"),
              (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn own_password(
    State(site): State<Arc<Site>>,
    Staff(account): Staff,
    Body(asked): Body<OwnPassword>,
) -> Result<Response, Failure> {
    let now = clock::now();
    // Guesses count here as they do at the door, so that a session left open does not give the password away.
    let guesses = format!("own {}", token::hash(&account.name));
    if !site.guesses.account.take(&guesses, now) {
        return Err(Refused::TooManyTries.into());
    }
    let OwnPassword { old, new } = asked;
    site.accounts.check(&account.name, &old).await?;
    site.guesses.account.right(&guesses);
    let change = account::Change { password: Some(new.clone()), ..account::Change::default() };
    site.accounts.change(&account.name, change).await?;
    let (token, _) = site.accounts.sign_in(&account.name, &new, now).await?;
    Ok((StatusCode::NO_CONTENT, set_cookie(&site.config, &token, false)?).into_response())
}

/// `POST /api/setup`
#[utoipa::path(post, path = "/api/setup", tag = "staff", request_body = SetUp,
    responses((status = 201, description = "The first administrator can sign in"),
              (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn set_up(
    State(site): State<Arc<Site>>,
    Caller(address): Caller,
    Body(asked): Body<SetUp>,
) -> Result<StatusCode, Failure> {
    let now = clock::now();
    let by_address = format!("setup {address}");
    if !site.guesses.address.take(&by_address, now) {
        return Err(Refused::TooManyTries.into());
    }
    site.accounts.set_up(&asked.token, &asked.name, &asked.password, now).await?;
    site.guesses.address.right(&by_address);
    Ok(StatusCode::CREATED)
}

/// `GET /api/accounts`
#[utoipa::path(get, path = "/api/accounts", tag = "staff",
    security(("session" = [])),
    responses((status = 200, body = [Account]), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn list(State(site): State<Arc<Site>>, staff: Staff) -> Result<Json<Vec<Account>>, Failure> {
    staff.only(Office::keeps_accounts)?;
    Ok(Json(site.accounts.all().await?))
}

/// `POST /api/accounts`
#[utoipa::path(post, path = "/api/accounts", tag = "staff",
    security(("session" = [])), request_body = NewAccount,
    responses((status = 201, description = "Made"), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn add(
    State(site): State<Arc<Site>>,
    staff: Staff,
    Body(new): Body<NewAccount>,
) -> Result<StatusCode, Failure> {
    staff.only(Office::keeps_accounts)?;
    site.accounts.add(&new.name, &new.password, new.role, clock::now()).await?;
    Ok(StatusCode::CREATED)
}

/// `PATCH /api/accounts/{name}`
#[utoipa::path(patch, path = "/api/accounts/{name}", tag = "staff",
    params(("name" = String, Path, description = "Name of the account")),
    security(("session" = [])), request_body = Change,
    responses((status = 204, description = "Changed; its sessions have ended"),
              (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn change(
    State(site): State<Arc<Site>>,
    staff: Staff,
    Path(name): Path<String>,
    Body(change): Body<Change>,
) -> Result<StatusCode, Failure> {
    staff.only(Office::keeps_accounts)?;
    let Change { password, role: office, disabled } = change;
    site.accounts.change(&name, account::Change { password, office, disabled }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The name of the cookie. `__Host-` binds it to this host and to the encrypted address.
const fn cookie_name(https: bool) -> &'static str {
    if https { "__Host-session" } else { "session" }
}

/// The session token of a request.
#[must_use]
pub fn cookie(config: &Config, headers: &HeaderMap) -> Option<String> {
    let name = cookie_name(config.is_https());
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_string())
}

fn set_cookie(
    config: &Config,
    token: &str,
    over: bool,
) -> Result<AppendHeaders<[(header::HeaderName, HeaderValue); 1]>, Failure> {
    let https = config.is_https();
    let secure = if https { "; Secure" } else { "" };
    let age = if over { "; Max-Age=0" } else { "" };
    let cookie = format!("{}={token}; Path=/; HttpOnly; SameSite=Strict{secure}{age}", cookie_name(https));
    let cookie = HeaderValue::try_from(cookie).map_err(|_| Refused::Unreadable)?;
    Ok(AppendHeaders([(header::SET_COOKIE, cookie)]))
}
