//! Searching the archive, by HTTP: for those of the staff who look into the files of hearings.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Query, State},
};
use procedure::{Moment, Office, Rulebook};
use serde::{Deserialize, Serialize};

use super::{
    Hit, Part, Volume, Wanted,
    excerpt::{Excerpt, excerpt},
    folded,
};
use crate::{
    Failure, Refused, Site,
    archive::{
        access::{self, Deed, Reader},
        catalogue::Entry,
    },
    config::Limits,
};

/// One day, in milliseconds.
const DAY_MS: i64 = 86_400_000;

/// What is looked for. Everything that is given must hold; with nothing given it is everything.
#[derive(Clone, Debug, Default, Deserialize, Serialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// Words with spaces between, each of which stands somewhere in the hearing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// Part of the case's number or cause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    case: Option<String>,
    /// Part of the name, capacity or post of somebody who had a seat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    person: Option<String>,
    /// Held on this day or later, such as `2026-01-31`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    /// Held on this day or earlier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    /// Part of the name of the office that held it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    office: Option<String>,
    /// `main`: only what stands in the main volume; left out, both volumes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    volume: Option<Volume>,
    /// Which page, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    page: Option<u64>,
}

/// A page of what was found.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = ArchivePage)]
pub struct Page {
    /// How many hearings in all.
    count: u64,
    /// Which page this is, from 1.
    page: u64,
    /// How many hearings a page has.
    page_max: u64,
    /// Those of this page, held last first.
    hearings: Vec<Listed>,
}

/// A hearing that was found.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = ArchiveHit)]
pub struct Listed {
    /// Which.
    #[serde(flatten)]
    entry: Entry,
    /// How many of its lines and other passages hold what was looked for.
    matches: u64,
    /// The first of them.
    passages: Vec<Shown>,
}

/// A passage that holds what was looked for.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = ArchivePassage)]
pub struct Shown {
    /// What it is.
    part: Part,
    /// In which volume it stands.
    volume: Volume,
    /// Number of the line of the record, or of the exhibit; nought where there is none.
    line: i64,
    /// Who said it; empty where nobody did.
    speaker: String,
    /// Its words around what was looked for.
    excerpt: Excerpt,
}

/// `GET /api/archive`: the sealed hearings in which everything that is asked for holds, with the lines that do.
#[utoipa::path(get, path = "/api/archive", tag = "archive", security(("session" = [])), params(Asked),
    responses((status = 200, body = Page), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn search(
    State(site): State<Arc<Site>>,
    reader: Reader,
    Query(asked): Query<Asked>,
) -> Result<Json<Page>, Failure> {
    reader.staff(Office::draws)?;
    let (rules, limits) = (&site.rooms.ground().rules, &site.config.limits);
    let (wanted, page) = wanted(&asked, rules, limits).ok_or(Refused::SearchUnreadable)?;
    access::note(&site, &reader, None, Deed::Search { query: serde_json::to_value(&asked)? }).await?;
    let found = site.archive.index.find(&wanted).await?;
    site.gauges.searches_total.up();
    let mut looked_for: Vec<String> = wanted.words.iter().map(|word| folded(word)).collect();
    looked_for.extend(wanted.person.as_deref().map(folded));
    let listed = |Hit { entry, matches, passages }: Hit| {
        let shown = passages.into_iter().map(|passage| Shown {
            excerpt: excerpt(&passage.text, &looked_for),
            part: passage.part,
            volume: passage.volume,
            line: passage.line,
            speaker: passage.speaker,
        });
        Listed { entry, matches, passages: shown.collect() }
    };
    Ok(Json(Page {
        count: found.count,
        page,
        page_max: limits.archive_page_max,
        hearings: found.hearings.into_iter().map(listed).collect(),
    }))
}

/// What is looked for, and which page; none where it cannot be read or is longer than allowed.
fn wanted(asked: &Asked, rules: &Rulebook, limits: &Limits) -> Option<(Wanted, u64)> {
    let most = Limits::count(limits.archive_query_chars_max);
    let given = |text: &Option<String>| -> Option<Option<String>> {
        let text = text.as_deref().map(str::trim).filter(|text| !text.is_empty());
        // What is no UTF-8 in the address comes as the sign of replacement.
        let odd = |letter: char| letter.is_control() || letter == char::REPLACEMENT_CHARACTER;
        let fits = text.is_none_or(|text| text.chars().count() <= most && !text.chars().any(odd));
        fits.then(|| text.map(String::from))
    };
    let words: Vec<String> =
        given(&asked.text)?.unwrap_or_default().split_whitespace().map(String::from).collect();
    if words.len() > Limits::count(limits.archive_words_max) {
        return None;
    }
    let day = |text: &Option<String>| -> Option<Option<Moment>> {
        given(text)?.map_or(Some(None), |text| midnight(&text, rules).map(Some))
    };
    let page = asked.page.unwrap_or(1);
    let skip = page.checked_sub(1)?.checked_mul(limits.archive_page_max)?;
    let wanted = Wanted {
        words,
        case: given(&asked.case)?,
        person: given(&asked.person)?,
        office: given(&asked.office)?,
        from: day(&asked.from)?,
        before: day(&asked.to)?.map(|last| last.plus_ms(DAY_MS)),
        main_alone: asked.volume == Some(Volume::Main),
        skip,
        most: limits.archive_page_max,
        passages_most: limits.archive_lines_max,
    };
    Some((wanted, page))
}

/// The moment at which a day begins where the office is.
fn midnight(day: &str, rules: &Rulebook) -> Option<Moment> {
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = day.split('-').collect();
    let [year, month, date] = parts.as_slice() else { return None };
    if (year.len(), month.len(), date.len()) != (4, 2, 2) || !parts.iter().all(|part| digits(part)) {
        return None;
    }
    let at_greenwich = Moment::parse(&format!("{day}T00:00:00Z"))?;
    Some(at_greenwich.plus_ms(-i64::from(rules.utc_offset_minutes) * 60_000))
}
