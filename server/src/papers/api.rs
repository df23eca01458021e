//! Papers by HTTP: which there are for whoever asks, and each as page, PDF or DOCX.

use std::sync::Arc;

use axum::{
    Json,
    extract::{FromRequestParts, Path, Query, Request, State},
    http::{HeaderValue, header, request::Parts},
    response::{IntoResponse, Response},
};
use papers::{Form, Series};
use procedure::{Disclosed, Hearing, Office, SeatId, disclosed::Viewer};
use serde::{Deserialize, Serialize};

use super::{As, Known, Order, known};
use crate::{
    Error, Failure, Refused, Site,
    account::api::Staff,
    archive::{
        access::{self, Deed, Reader},
        exchange::foreign,
    },
    clock,
    invitation::{Holder, api::bearer},
};

/// A paper that whoever asks may have.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Listed {
    /// Name of the form, as addresses have it.
    form: &'static str,
    /// What it is called, in Chinese.
    zh: &'static str,
    /// The same in English.
    en: &'static str,
    /// To whose seat it is written; none where there is one for all.
    #[schema(value_type = Option<String>)]
    to: Option<SeatId>,
    /// The name of whoever sits there, where whoever asks may know it.
    name: Option<String>,
    /// When it is wanted: `before`, `at` or `after` the hearing, or for the `volume`.
    stage: &'static str,
    /// Its number; empty where it has none.
    number: String,
    /// What must come first, in Chinese; none where it can be had.
    lacks: Option<&'static str>,
    /// The same in English.
    lacks_en: Option<&'static str>,
}

/// Which paper, and how it is written.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// To whose seat it is written.
    #[param(value_type = Option<String>)]
    to: Option<SeatId>,
    /// As what: `page`, `pdf` (where nothing is said) or `docx`.
    #[serde(default, rename = "as")]
    #[param(inline)]
    written: As,
}

/// `GET /api/hearings/{id}/papers`: the papers that whoever asks may have, with what is lacking before each.
#[utoipa::path(get, path = "/api/hearings/{id}/papers", tag = "papers",
    security(("seat" = []), ("session" = [])), params(("id" = String, Path, description = "Id of the hearing")),
    responses((status = 200, body = Vec<Listed>), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn list(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<Vec<Listed>>, Failure> {
    let (view, asks) = asks(&site, &id, &mut request.into_parts().0).await?;
    let hearing = view.get();
    let nth = site.docket().nth(&id, &hearing.plan, &site.config.office).await?;
    let series = Series { word: &site.press.letterhead().word, nth };
    let listed = known(hearing, &asks).into_iter().map(|Known { form, to, lacks }| Listed {
        form: form.name(),
        zh: form.words().0,
        en: form.words().1,
        stage: form.stage().name(),
        number: form.number(&hearing.plan, to.as_ref(), series),
        // A paper that is written to somebody is for the office and for whom it is written to.
        name: to.as_ref().and_then(|to| hearing.plan.names.get(to)).map(|name| name.name.clone()),
        to,
        lacks: lacks.map(|lacks| lacks.words().0),
        lacks_en: lacks.map(|lacks| lacks.words().1),
    });
    Ok(Json(listed.collect()))
}

/// `GET /api/hearings/{id}/papers/{form}`: one paper, as it reads now.
#[utoipa::path(get, path = "/api/hearings/{id}/papers/{form}", tag = "papers",
    security(("seat" = []), ("session" = [])),
    params(("id" = String, Path, description = "Id of the hearing"),
           ("form" = String, Path, description = "Name of the form"), Asked),
    responses((status = 200, description = "The paper: HTML, PDF or DOCX"),
              (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn fetch(
    State(site): State<Arc<Site>>,
    Path((id, form)): Path<(String, String)>,
    Query(Asked { to, written }): Query<Asked>,
    request: Request,
) -> Result<Response, Failure> {
    let mut head = request.into_parts().0;
    let (view, asks) = asks(&site, &id, &mut head).await?;
    let sealed = view.get().record.sealed.is_some();
    let form = Form::named(&form).ok_or(Refused::PaperUnknown)?;
    // The same answer for what there is not and for what is not for whoever asks.
    let known = known(view.get(), &asks);
    let nth = site.docket().nth(&id, &view.get().plan, &site.config.office).await?;
    drop(view);
    let known = known.into_iter().find(|known| known.form == form && known.to == to);
    if let Some(lacks) = known.ok_or(Refused::PaperUnknown)?.lacks {
        return Err(not_yet(lacks));
    }
    // Held until the paper is written, also where whoever asked has gone away.
    let place = site.press.places.clone().acquire_owned().await.map_err(|_| Error::Stopping)?;
    let served = match form {
        Form::ProofOfService => site.served(&id, to.as_ref()).await?,
        _ => Vec::new(),
    };
    let order = Order {
        view: site.rooms.viewed(&id, form.reader(to.as_ref(), &asks)).await?,
        form,
        to,
        nth,
        rules: site.rooms.ground().rules.clone(),
        served,
        at: clock::now(),
    };
    let press = site.press.clone();
    let (order, written_bytes) = tokio::task::spawn_blocking(move || {
        let bytes = press.write(&order, written);
        drop(place);
        (order, bytes)
    })
    .await
    .map_err(|_| Error::Stopping)?;
    let bytes = written_bytes.map_err(|error| {
        tracing::error!(hearing = id, form = form.name(), %error, "a paper could not be drawn up");
        Error::Paper(error.to_string())
    })?;
    site.gauges.papers_total.up();
    if sealed {
        let reader = Reader::from_request_parts(&mut head, &site).await?;
        let deed = Deed::Paper { form: form.name().into(), to: order.to.clone() };
        access::note(&site, &reader, Some(&id), deed).await?;
    }
    answered(&order, written, bytes)
}

/// The paper on its way: looked at in the browser, or, where it is to be written on in, kept.
fn answered(order: &Order, written: As, bytes: Vec<u8>) -> Result<Response, Failure> {
    let (kind, ending, disposition) = match written {
        As::Page => ("text/html; charset=utf-8", "html", "inline"),
        As::Pdf => ("application/pdf", "pdf", "inline"),
        As::Docx => {
            ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx", "attachment")
        }
    };
    let whose = order.to.as_ref().map(|to| format!("-{to}")).unwrap_or_default();
    let named = format!("{disposition}; filename=\"{}{whose}.{ending}\"", order.form.name());
    let named = HeaderValue::try_from(named).map_err(|_| Refused::PaperUnknown)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, named),
        // What stands in a paper stays in no browser's store.
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    let mut answer = (headers, bytes).into_response();
    if written == As::Page {
        // The seal stands in the page itself, as the style sheet does.
        let policy = format!(
            "default-src 'none'; img-src data:; style-src {}; frame-ancestors 'none'",
            *super::STYLE_SOURCE
        );
        let policy = HeaderValue::try_from(policy).map_err(|_| Refused::PaperUnknown)?;
        answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    Ok(answer)
}

fn not_yet(lacks: papers::Lacking) -> Failure {
    let (status, ..) = Refused::PaperNotYet.parts();
    let mut sentence = Refused::PaperNotYet.sentence();
    let (zh, en) = lacks.words();
    sentence.zh = format!("{}{zh}。", sentence.zh);
    sentence.en = format!("{} There is one {en}.", sentence.en);
    Failure::Refused(status, Box::new(sentence))
}

/// The hearing as the office sees it, to know what there is; and whose eyes ask: a seat's by its key, else those of the staff
/// who look into files by their session.
async fn asks(site: &Arc<Site>, id: &str, head: &mut Parts) -> Result<(Disclosed<Hearing>, Viewer), Failure> {
    if bearer(&head.headers).is_none() {
        let staff = Staff::from_request_parts(head, site).await?;
        staff.only(Office::draws)?;
        foreign::none_but_ours(&site.database.pool, id).await?;
        return Ok((site.rooms.office_view(id).await?, Viewer::office()));
    }
    let holder = Holder::from_request_parts(head, site).await?;
    if holder.hearing != id {
        return Err(Refused::ClosedDoor.into());
    }
    let view = site.rooms.office_view(id).await?;
    let viewer = view.get().viewer(&holder.seat);
    Ok((view, viewer))
}
