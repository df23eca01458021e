//! What must be true at the end: phase, record, count of sheets, signatures, secrets, equal views, the case file.

use std::collections::{BTreeMap, BTreeSet};

use procedure::{
    Capacity, Hearing, SeatId,
    hearing::{
        opinion::{Position, Sheets, Tally},
        record::Signature,
    },
    rulebook::Majority,
};

use super::{
    Why,
    line::Cut,
    play::Play,
    report::Finding,
    script::{Expect, Secret, Signatures, Tally as Wanted},
};

mod documents;
mod file;
mod secrets;

pub use file::Fetched;

/// Looks at every expectation. `file` is the sealed case file as the clerk downloaded it.
///
/// # Errors
/// When the server stays away.
pub async fn check(play: &mut Play<'_>, file: &Fetched) -> Result<Vec<Finding>, Cut> {
    let script = play.script;
    let Expect { phase, record_lines, tally, signatures, equal_views, .. } = &script.expect;
    let mut found = Vec::new();
    let mut find = |expect: String, failure: Option<Why>| found.push(Finding { expect, failure });
    let view = match play.staff.view(&play.hearing).await? {
        Ok(view) => view,
        Err(said) => return Ok(vec![Finding { expect: "phase".into(), failure: Some(told(&said)) }]),
    };
    if let Some(phase) = phase {
        let (zh, en) = view.phase.current.words();
        let why = || Why::new(format!("听证停在“{zh}”。"), format!("the hearing stands in {en}."));
        find("phase".into(), (view.phase.current != *phase).then(why));
    }
    if let Some(lines) = record_lines {
        let (have, need) = (view.record.lines.len(), lines.at_least);
        let why = || Why::new(format!("笔录只有{have}行。"), format!("the record has {have} lines."));
        find(format!("record_lines at_least {need}"), (have < need).then(why));
    }
    for (issue, wanted) in tally {
        find(format!("tally {issue}"), counted(&sheets(play, &view, issue), wanted));
    }
    signed(&view, signatures, &mut find);
    if *equal_views {
        for (expect, failure) in views(play).await? {
            find(expect, failure);
        }
    }
    documents::fetch_all(play).await?;
    for Secret { text, seen_by } in &script.expect.secrets {
        find(format!("secret “{text}”"), secrets::kept(play, text, seen_by));
    }
    if let Some(wanted) = &script.expect.file {
        found.extend(file::check(play, file, wanted).await?);
    }
    Ok(found)
}

/// The case file as the clerk downloads it.
///
/// # Errors
/// When the server stays away.
pub async fn fetch(play: &mut Play<'_>) -> Result<Fetched, Cut> {
    file::fetch(play).await
}

fn told(said: &procedure::refusal::Sentence) -> Why {
    Why::new(format!("{}（{}）", said.zh, said.code), format!("{} ({})", said.en, said.code))
}

/// Everybody who was invited is here again, those whom the script dropped or never let come too.
///
/// # Errors
/// When the server stays away.
pub async fn gather(play: &mut Play<'_>) -> Result<(), Cut> {
    for seat in play.seats.0.values_mut() {
        if let Some(line) = seat.line().filter(|line| line.is_dropped()) {
            line.come_back().await?;
        }
        // Whom the plan refused has no invitation; it cannot come, and nothing reaches it.
        let _ = seat.come().await?;
    }
    Ok(())
}

/// The sheets as the office sees them once the opinion has been read out; else as the panel does; else as each
/// panellist sees its own.
fn sheets(play: &Play<'_>, view: &Hearing, issue: &str) -> Sheets {
    let released = view.opinion.released.get(issue).cloned();
    let opened =
        || play.seats.sitting_panellist().and_then(|seat| seat.view().opinion.opened.get(issue).cloned());
    let filed = || {
        let own = play.seats.0.values().filter_map(|seat| seat.view().opinion.filed.get(issue).cloned());
        own.flatten().collect()
    };
    released.or_else(opened).unwrap_or_else(filed)
}

fn counted(sheets: &Sheets, wanted: &Wanted) -> Option<Why> {
    let tally = Tally::of(sheets, Majority::Largest);
    let count = |position| tally.counts.get(&position).copied().unwrap_or(0);
    let asked = [wanted.agree, wanted.disagree, wanted.other, wanted.cannot_say];
    let counts = Position::ALL.map(count);
    let same = asked.iter().zip(counts).all(|(asked, count)| asked.is_none_or(|asked| asked == count));
    let majority = wanted.majority.is_none_or(|wanted| wanted.position() == tally.majority);
    let (zh, en) = tally.majority.map_or(("无", "none"), Position::words);
    let [agree, disagree, other, cannot_say] = counts;
    (!same || !majority).then(|| {
        Why::new(
            format!("实为同意{agree}、不同意{disagree}、其他意见{other}、无法判断{cannot_say}，多数：{zh}。"),
            format!("it is agree {agree}, disagree {disagree}, other {other}, cannot-say {cannot_say}, majority {en}."),
        )
    })
}

fn signed(view: &Hearing, wanted: &Signatures, find: &mut impl FnMut(String, Option<Why>)) {
    let stands = |seat: &SeatId| match view.record.signatures.get(seat) {
        Some(Signature::Signed { .. }) => Some(true),
        Some(Signature::Refused { .. }) => Some(false),
        None => None,
    };
    let lists = [("signed", &wanted.signed, true), ("refused", &wanted.refused, false)];
    for (name, seats, should) in lists {
        if seats.is_empty() {
            continue;
        }
        let other: BTreeMap<&SeatId, Option<bool>> = seats
            .iter()
            .map(|seat| (seat, stands(seat)))
            .filter(|(_, stands)| *stands != Some(should))
            .collect();
        let words = |stands: Option<bool>| match stands {
            Some(true) => ("已签名", "signed"),
            Some(false) => ("拒绝签名", "refused to sign"),
            None => ("没有签名", "did neither"),
        };
        let zh: Vec<String> = other.iter().map(|(seat, is)| format!("{seat}{}", words(*is).0)).collect();
        let en: Vec<String> = other.iter().map(|(seat, is)| format!("{seat} {}", words(*is).1)).collect();
        let why = || Why::new(format!("{}。", zh.join("，")), format!("{}.", en.join(", ")));
        find(format!("signatures {name}"), (!other.is_empty()).then(why));
    }
}

async fn views(play: &Play<'_>) -> Result<Vec<(String, Option<Why>)>, Cut> {
    let mut found = Vec::new();
    for (id, seat) in &play.seats.0 {
        if seat.line().is_some() {
            let differs = match seat.differs().await {
                Err(Cut::Seat(why)) => Some(why),
                other => other?,
            };
            found.push((format!("equal_views {id}"), differs));
        }
    }
    Ok(found)
}

/// The seat of the clerk, who downloads the file.
fn clerk(play: &Play<'_>) -> Option<SeatId> {
    play.seats.of(Capacity::Clerk).map(|seat| seat.id().clone())
}

/// The files of all exhibits that anybody was shown.
fn exhibits(play: &Play<'_>) -> BTreeSet<String> {
    use procedure::hearing::exhibit::Content;
    let views = play.seats.0.values().map(super::seat::Seat::view);
    let contents = views.flat_map(|view| view.exhibit.laid.into_values().map(|laid| laid.exhibit.content));
    contents
        .filter_map(|content| match content {
            Content::File { sha256, .. } => Some(sha256),
            Content::Text(_) => None,
        })
        .collect()
}
