//! The pool of panellists and the draw, by HTTP.

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use procedure::{By, Command, Id, Moment, Office, hearing::plan};
use serde::{Deserialize, Serialize};

use super::{Candidate, Drawn, Panellist, Put, draw, pool_hash};
use crate::{Failure, Refused, Site, account::api::Staff, clock, room::check_id, router::Body, token};

/// A draw that is wanted.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// Chosen by the caller: a UUID. Sent again under the same id it is drawn once; left out, the server chooses one.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    id: Option<Id>,
    /// How many; not needed when they are named directly.
    #[serde(default)]
    number: usize,
    /// From which class only.
    #[serde(default)]
    class: Option<String>,
    /// From which field of knowledge only.
    #[serde(default)]
    specialty: Option<String>,
    /// From which region only.
    #[serde(default)]
    region: Option<String>,
    /// The seed, 64 hexadecimal digits; made by the server when it is left out.
    #[serde(default)]
    seed: Option<String>,
    /// Ids of those who have an interest in the case.
    #[serde(default)]
    conflicts: Vec<String>,
    /// Ids of those who are named directly instead of drawn.
    #[serde(default)]
    directed: Vec<String>,
    /// Why they are named directly.
    #[serde(default)]
    reason: Option<String>,
}

impl Wanted {
    /// These people, named directly.
    #[must_use]
    pub const fn directed(directed: Vec<String>, reason: String) -> Self {
        Self {
            id: None,
            number: 0,
            class: None,
            specialty: None,
            region: None,
            seed: None,
            conflicts: Vec::new(),
            directed,
            reason: Some(reason),
        }
    }
}

/// Who was drawn.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Panel {
    /// The people, in the order of the draw.
    people: Vec<Panellist>,
    /// What was written down.
    draw: Drawn,
}

/// A draw of a hearing, and whether running it again gives the same people.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Redrawn {
    /// When it was made, in milliseconds since 1970.
    #[schema(value_type = i64)]
    at: Moment,
    /// What was written down.
    draw: Drawn,
    /// Ids that came out when it was run again just now, in order.
    again: Vec<String>,
    /// Whether it comes out the same.
    holds: bool,
}

/// `GET /api/pool`
#[utoipa::path(get, path = "/api/pool", tag = "pool",
    security(("session" = [])),
    responses((status = 200, body = [Panellist]), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn list(State(site): State<Arc<Site>>, staff: Staff) -> Result<Json<Vec<Panellist>>, Failure> {
    staff.only(Office::draws)?;
    Ok(Json(site.pool.all().await?))
}

/// `POST /api/pool`: adds somebody, or changes the entry of the same id. The same name with the same phone number is the
/// same person: the entry that there is is brought up to date, and its id told. The same name, post and year of birth with
/// another number is refused: whether it is the same person only a human can say.
#[utoipa::path(post, path = "/api/pool", tag = "pool",
    security(("session" = [])), request_body = Panellist,
    responses((status = 201, body = Panellist, description = "Added"),
              (status = 200, body = Panellist, description = "Stood there already, under the id that is told; brought up to date"),
              (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn put(
    State(site): State<Arc<Site>>,
    staff: Staff,
    Body(person): Body<Panellist>,
) -> Result<(StatusCode, Json<Panellist>), Failure> {
    staff.only(Office::keeps_pool)?;
    let Put { person, there } = site.pool.put(person).await?;
    Ok((if there { StatusCode::OK } else { StatusCode::CREATED }, Json(person)))
}

/// `POST /api/hearings/{id}/draw`
#[utoipa::path(post, path = "/api/hearings/{id}/draw", tag = "pool",
    params(("id" = String, Path, description = "Id of the hearing")),
    security(("session" = [])), request_body = Wanted,
    responses((status = 201, body = Panel), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn draw_panel(
    State(site): State<Arc<Site>>,
    staff: Staff,
    Path(hearing): Path<String>,
    Body(wanted): Body<Wanted>,
) -> Result<(StatusCode, Json<Panel>), Failure> {
    staff.only(Office::draws)?;
    Ok((StatusCode::CREATED, Json(draw_for(&site, &hearing, staff.0.role, wanted).await?)))
}

/// Draws a panel, writes down what is needed to draw again, and has it put on the record of the hearing. Asked again
/// under the same id it does not draw again, but tells what was drawn.
///
/// # Errors
/// When too few qualify, or the rules refuse.
pub async fn draw_for(site: &Site, hearing: &str, office: Office, wanted: Wanted) -> Result<Panel, Failure> {
    let door = site.rooms.door(hearing).await?;
    let _drawing = site.pool.one_at_a_time().await;
    let people = site.pool.all().await?;
    let most = usize::try_from(site.config.limits.draw_max).unwrap_or(usize::MAX);
    let id = wanted.id.clone().unwrap_or_else(|| Id(uuid::Uuid::now_v7().to_string()));
    check_id(&id)?;
    let mut before = site.pool.draws(hearing).await?.into_iter();
    let drawn = match before.find(|(_, drawn)| drawn.id.as_ref() == Some(&id)) {
        Some((_, drawn)) => drawn,
        None => {
            let drawn = make(&people, Wanted { id: Some(id.clone()), ..wanted }, most)?;
            site.pool.keep(hearing, &drawn, clock::now()).await?;
            drawn
        }
    };
    let drawn_people: Vec<Panellist> =
        drawn.drawn.iter().filter_map(|id| people.iter().find(|person| person.id == *id)).cloned().collect();
    let recorded = Command::Plan(plan::Command::Draw(drawn.recorded()));
    door.submit(id, By::Office(office), recorded).await?;
    // Under the id of another command nothing was done.
    if !site.rooms.office_view(hearing).await?.get().plan.draws.contains(&drawn.recorded()) {
        return Err(Refused::IdTaken.into());
    }
    Ok(Panel { people: drawn_people, draw: drawn })
}

/// `GET /api/hearings/{id}/draw`: every draw of the hearing, run again and compared.
#[utoipa::path(get, path = "/api/hearings/{id}/draw", tag = "pool",
    params(("id" = String, Path, description = "Id of the hearing")),
    security(("session" = [])),
    responses((status = 200, body = [Redrawn]), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn redraw(
    State(site): State<Arc<Site>>,
    staff: Staff,
    Path(hearing): Path<String>,
) -> Result<Json<Vec<Redrawn>>, Failure> {
    staff.only(Office::draws)?;
    let view = site.rooms.office_view(&hearing).await?;
    let mut draws = site.pool.draws(&hearing).await?;
    // One that the rules refused was written down but is none.
    draws.retain(|(_, draw)| view.get().plan.draws.contains(&draw.recorded()));
    let again = |(at, draw): (Moment, Drawn)| Redrawn { at, again: draw.again(), holds: draw.holds(), draw };
    Ok(Json(draws.into_iter().map(again).collect()))
}

/// Draws from those who qualify, or takes those who are named directly.
fn make(people: &[Panellist], wanted: Wanted, most: usize) -> Result<Drawn, Failure> {
    let Wanted { id, number, class, specialty, region, seed, conflicts, directed, reason } = wanted;
    let asked = |wanted: &Option<String>, has: &String| wanted.as_ref().is_none_or(|wanted| wanted == has);
    let qualifies = |person: &&Panellist| {
        person.active
            && person.barred.is_none()
            && !conflicts.contains(&person.id)
            && asked(&class, &person.class)
            && asked(&specialty, &person.specialty)
            && asked(&region, &person.region)
    };
    let pool: Vec<Candidate> = people
        .iter()
        .filter(qualifies)
        .map(|person| Candidate {
            id: person.id.clone(),
            name: person.name.clone(),
            class: person.class.clone(),
        })
        .collect();
    let pool_hash = pool_hash(&pool)?;
    if !directed.is_empty() {
        let reason = reason.filter(|reason| !reason.trim().is_empty()).ok_or(Refused::DirectedNeedsReason)?;
        let once: BTreeSet<&String> = directed.iter().collect();
        let known = directed.iter().all(|id| pool.iter().any(|candidate| candidate.id == *id));
        if !known || once.len() != directed.len() {
            return Err(Refused::PanellistUnknown.into());
        }
        return Ok(Drawn {
            id,
            seed: None,
            class,
            specialty,
            region,
            conflicts,
            pool,
            pool_hash,
            drawn: directed,
            reason: Some(reason),
        });
    }
    if number == 0 || number > most {
        return Err(Refused::BadNumber.into());
    }
    if pool.len() < number {
        return Err(Refused::PoolTooSmall.into());
    }
    let seed = match seed {
        Some(seed) => token::unhex(&seed).ok_or(Refused::BadSeed)?,
        None => token::random()?,
    };
    let drawn = draw(&pool, seed, number);
    let seed = Some(token::hex(&seed));
    Ok(Drawn { id, seed, class, specialty, region, conflicts, pool, pool_hash, drawn, reason: None })
}
