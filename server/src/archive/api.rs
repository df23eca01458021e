//! Fetching a case file, by HTTP: the office both volumes or the main one, a seat its own copy, the clerk's seat both.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use axum::{
    Json,
    extract::{Path, Query, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use procedure::{Capacity, Hearing, Office, hearing::exhibit::Content, wire::Happened};
use serde::{Deserialize, Serialize};
use tokio::sync::OwnedSemaphorePermit;

use super::{
    Source, Wanted,
    access::{self, Deed, Reader, Who},
    bind,
    exchange::foreign::{self, Foreign},
    seal, seals,
};
use crate::{Error, Failure, Refused, Site, exhibit::Exhibits, log, room};

/// Which copy of a case file.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Volume {
    /// Both volumes; the default for the office and the clerk.
    Whole,
    /// The main volume alone.
    Main,
    /// What the seat was entitled to see; the default for every other seat.
    Own,
}

/// Which copy is asked for.
#[derive(Clone, Copy, Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// Which copy.
    #[param(inline)]
    volume: Option<Volume>,
}

/// The keys that an office's case files are sealed with.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct SealKeys {
    /// Those that seal now.
    #[serde(flatten)]
    now: SealKey,
    /// Those that were replaced, whose seals still count.
    past: Vec<SealKey>,
}

/// The public halves of keys.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct SealKey {
    /// Ed25519 public key, 64 hexadecimal digits.
    key: String,
    /// Its fingerprint, to be compared by eye.
    fingerprint: String,
    /// SM2 public key, 128 hexadecimal digits.
    sm2: String,
    /// Its fingerprint.
    sm2_fingerprint: String,
}

impl From<casefile::Keys> for SealKey {
    fn from(keys: casefile::Keys) -> Self {
        Self {
            key: keys.ed25519.to_string(),
            fingerprint: keys.ed25519.fingerprint(),
            sm2: keys.sm2.to_string(),
            sm2_fingerprint: keys.sm2.fingerprint(),
        }
    }
}

/// `GET /api/seal-key`: the public keys, for whoever checks a case file.
#[utoipa::path(get, path = "/api/seal-key", tag = "case file", responses((status = 200, body = SealKeys),
              (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn seal_key(State(site): State<Arc<Site>>) -> Json<SealKeys> {
    let now = casefile::Signer::keys(&**site.keyring.now()).into();
    Json(SealKeys { now, past: site.keyring.keys().skip(1).map(SealKey::from).collect() })
}

/// `GET /api/hearings/{id}/file`: the sealed case file.
#[utoipa::path(get, path = "/api/hearings/{id}/file", tag = "case file",
    security(("seat" = []), ("session" = [])), params(("id" = String, Path, description = "Id of the hearing"), Asked),
    responses((status = 200, description = "The case file, a ZIP"), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn fetch(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    reader: Reader,
) -> Result<Response, Failure> {
    let mut material = material(&site, &id).await?;
    let wanted = wanted(&id, &material.hearing, asked.volume, &reader)?;
    let name = file_name(&id, &wanted);
    let bytes = match foreign::kept(&site.database.pool, &id).await? {
        Some(foreign) => as_it_came(&site, &foreign, &wanted).await?,
        None => bound(&site, &mut material, wanted).await?,
    };
    access::note(&site, &reader, Some(&id), Deed::File { name: name.clone() }).await?;
    let disposition = HeaderValue::try_from(format!("attachment; filename=\"{name}\""))
        .map_err(|_| Refused::HearingUnknown)?;
    let zip = HeaderValue::from_static("application/zip");
    Ok(([(header::CONTENT_TYPE, zip), (header::CONTENT_DISPOSITION, disposition)], bytes).into_response())
}

/// The log of a hearing as a case file is made from it, without the files of the exhibits.
async fn material(site: &Arc<Site>, id: &str) -> Result<Material, Failure> {
    drop(site.rooms.door(id).await?);
    let stream = room::stream(id);
    let entries = site.rooms.ground().log.read(&stream, 1).await?;
    Ok(Material { hearing: folded(&entries)?, id: id.into(), stream, entries, files: BTreeMap::new() })
}

/// The whole copy of a hearing that another office sealed. Others cannot be bound: the keys of its seal are not here.
async fn as_it_came(site: &Arc<Site>, foreign: &Foreign, wanted: &Wanted) -> Result<Vec<u8>, Failure> {
    if *wanted != Wanted::Whole {
        return Err(Refused::ForeignCopy.into());
    }
    let _place = site.files.acquire().await.map_err(|_| Error::Stopping)?;
    Ok(foreign.case_file(&site.config.data).await?)
}

/// A copy of the case file, bound.
async fn bound(site: &Arc<Site>, material: &mut Material, wanted: Wanted) -> Result<Vec<u8>, Failure> {
    // Held until the file is bound, also where whoever asked has gone away.
    let place = Arc::new(site.files.clone().acquire_owned().await.map_err(|_| Error::Stopping)?);
    let exhibits = &site.rooms.ground().exhibits;
    material.files = files(exhibits, &material.id, &material.hearing).await?;
    let material = Arc::new(std::mem::take(material));
    let seal = seal_of(site, &material, &place).await?;
    aside(site, &material, &place, move |source, site| {
        let missing = || super::Error::NoKeys(seal.keys.ed25519.fingerprint());
        let holder = site.keyring.holder(&seal.keys).ok_or_else(missing)?;
        bind(&source, &wanted, &seal, &**holder)
    })
    .await
}

/// The seal of a hearing: the one that was kept, else one that is made and kept now.
async fn seal_of(
    site: &Arc<Site>,
    material: &Arc<Material>,
    place: &Arc<OwnedSemaphorePermit>,
) -> Result<casefile::Seal, Failure> {
    if let Some(seal) = seals::kept(&site.database.pool, &material.id).await? {
        return Ok(seal);
    }
    let made = aside(site, material, place, |source, site| seal(&source, &**site.keyring.now())).await?;
    Ok(seals::keep(&site.database.pool, &material.id, &made).await?)
}

/// A sealed hearing, whose seal is made and kept if it was not.
///
/// # Errors
/// When it is not sealed, or its log cannot be read.
pub(super) async fn sealed(site: &Arc<Site>, id: &str) -> Result<Hearing, Failure> {
    let material = Arc::new(material(site, id).await?);
    let place = Arc::new(site.files.clone().acquire_owned().await.map_err(|_| Error::Stopping)?);
    seal_of(site, &material, &place).await?;
    Ok(material.hearing.clone())
}

/// A sealed hearing as whoever asks has it in its copy.
///
/// # Errors
/// When there is no such hearing, it is not sealed, or there is no copy for whoever asks.
pub(super) async fn record_for(site: &Arc<Site>, id: &str, reader: &Reader) -> Result<Hearing, Failure> {
    let Material { id, stream, hearing, entries, files } = &material(site, id).await?;
    let wanted = wanted(id, hearing, None, reader)?;
    if hearing.record.sealed.is_none() {
        return Err(Refused::NotSealed.into());
    }
    let rules = &site.rooms.ground().rules;
    let source = Source { hearing_id: id, stream, hearing, rules, entries, files };
    super::seen(&source, &wanted).map_err(refused)
}

/// Refuses whoever could fetch no copy of the case file at all.
///
/// # Errors
/// When there is no such hearing, or no copy for whoever asks.
pub(super) async fn may_have_a_copy(site: &Arc<Site>, id: &str, reader: &Reader) -> Result<(), Failure> {
    if let Who::Staff { .. } = reader.who {
        reader.staff(Office::draws)?;
    }
    let view = site.rooms.office_view(id).await?;
    wanted(id, view.get(), None, reader)?;
    Ok(())
}

/// What a case file is made from.
#[derive(Default)]
struct Material {
    id: String,
    stream: String,
    hearing: Hearing,
    entries: Vec<log::Entry>,
    files: BTreeMap<String, Vec<u8>>,
}

/// Does what takes long aside from everybody else.
async fn aside<T: Send + 'static>(
    site: &Arc<Site>,
    material: &Arc<Material>,
    place: &Arc<OwnedSemaphorePermit>,
    what: impl FnOnce(Source<'_>, &Site) -> Result<T, super::Error> + Send + 'static,
) -> Result<T, Failure> {
    let (site, material, place) = (site.clone(), material.clone(), place.clone());
    let done = tokio::task::spawn_blocking(move || {
        let _place = place;
        let Material { id, stream, hearing, entries, files } = &*material;
        let rules = &site.rooms.ground().rules;
        what(Source { hearing_id: id, stream, hearing, rules, entries, files }, &site)
    });
    done.await.map_err(|_| Error::Stopping)?.map_err(refused)
}

fn refused(error: super::Error) -> Failure {
    match error {
        super::Error::NotSealed => Refused::NotSealed.into(),
        other => {
            tracing::error!(%other, "a case file could not be bound");
            Error::Archive(other.to_string()).into()
        }
    }
}

/// The hearing after all entries of its log.
pub(super) fn folded(entries: &[log::Entry]) -> Result<Hearing, Error> {
    let mut hearing = Hearing::default();
    for entry in entries {
        let happened: Happened = serde_json::from_str(&entry.content)?;
        hearing.evolve(happened.at, &happened.event);
    }
    Ok(hearing)
}

/// Which copy whoever asks may have: a seat by its key, else the staff by its session.
fn wanted(id: &str, hearing: &Hearing, volume: Option<Volume>, reader: &Reader) -> Result<Wanted, Failure> {
    let Who::Seat { hearing: holds, seat } = &reader.who else {
        reader.staff(Office::draws)?;
        return Ok(match volume {
            Some(Volume::Main) => Wanted::Main,
            Some(Volume::Whole) | None => Wanted::Whole,
            Some(Volume::Own) => return Err(Refused::ClosedDoor.into()),
        });
    };
    if holds != id {
        return Err(Refused::ClosedDoor.into());
    }
    let office = hearing.plan.capacity(seat).is_some_and(Capacity::is_office)
        && hearing.roll.took_part(seat)
        && !hearing.roll.is_recused(seat);
    Ok(match volume {
        Some(Volume::Whole) if office => Wanted::Whole,
        Some(Volume::Main) if office => Wanted::Main,
        None if office => Wanted::Whole,
        Some(Volume::Whole | Volume::Main) => return Err(Refused::ClosedDoor.into()),
        Some(Volume::Own) | None => Wanted::Own(seat.clone()),
    })
}

/// SHA-256 of the files that belong to a case file: the exhibits, and what came back signed.
pub(super) fn named(hearing: &Hearing) -> BTreeSet<String> {
    let laid = hearing.exhibit.laid.values().filter_map(|laid| match &laid.exhibit.content {
        Content::File { sha256, .. } => Some(sha256.clone()),
        Content::Text(_) => None,
    });
    laid.chain(hearing.record.scans().map(|scan| scan.sha256.clone())).collect()
}

/// Those files.
pub(super) async fn files(
    exhibits: &Exhibits,
    id: &str,
    hearing: &Hearing,
) -> Result<BTreeMap<String, Vec<u8>>, Failure> {
    let mut files = BTreeMap::new();
    for sha256 in named(hearing) {
        let (_, bytes) = exhibits.read(id, &sha256).await?;
        files.insert(sha256, bytes);
    }
    Ok(files)
}

fn file_name(id: &str, wanted: &Wanted) -> String {
    match wanted {
        Wanted::Whole => format!("hearing-{id}.zip"),
        Wanted::Main => format!("hearing-{id}-main.zip"),
        Wanted::Own(seat) => format!("hearing-{id}-{seat}.zip"),
    }
}
