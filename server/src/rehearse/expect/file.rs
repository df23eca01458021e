//! The sealed case file: downloaded by the clerk, checked by the offline verifier, and its volumes searched.

use casefile::{Expected, Published, Report};
use procedure::refusal::Sentence;
use reqwest::Method;
use serde_json::Value;

use super::{
    Play, clerk,
    secrets::{forms, holds},
    told,
};
use crate::rehearse::{
    Why,
    api::{Asks, Sent},
    line::Cut,
    report::Finding,
    script::CaseFile,
};

/// The file, or why there is none.
pub type Fetched = Result<Vec<u8>, Sentence>;

/// Downloads the file as the clerk does.
pub(super) async fn fetch(play: &mut Play<'_>) -> Result<Fetched, Cut> {
    let path = format!("/api/hearings/{}/file", play.hearing);
    let nobody = Sentence {
        code: "seat.unknown".into(),
        article: String::new(),
        article_en: String::new(),
        zh: "没有书记员下载案卷。".into(),
        en: "There is no clerk to download the case file.".into(),
    };
    let Some(seat) = clerk(play).and_then(|clerk| play.seats.0.get_mut(&clerk)) else {
        return Ok(Err(nobody));
    };
    let answer = seat.ask(Method::GET, &path, Sent::Nothing).await?;
    Ok(if answer.is_good() { Ok(answer.bytes) } else { Err(answer.refusal()) })
}

/// Looks at every expectation on the file.
pub(super) async fn check(
    play: &mut Play<'_>,
    file: &Fetched,
    wanted: &CaseFile,
) -> Result<Vec<Finding>, Cut> {
    let bytes = match file {
        Ok(bytes) => bytes,
        Err(said) => return Ok(vec![Finding { expect: "file".into(), failure: Some(told(said)) }]),
    };
    let mut found = Vec::new();
    if let Some(should) = wanted.verifies {
        let failure = match published_keys(play).await? {
            Some(keys) => verdict(&casefile::verify_as(bytes, &keys), should),
            None => Some(Why::new("服务器没有公布公钥。", "the server publishes no keys.")),
        };
        found.push(Finding { expect: "file verifies".into(), failure });
        found.extend(broken_copies(play));
    }
    let files = casefile::files(bytes).unwrap_or_default();
    let volume = |folder: &str| -> Vec<(&str, &[u8])> {
        files
            .iter()
            .filter(|file| file.path.starts_with(folder))
            .map(|file| (file.path.as_str(), file.bytes.as_slice()))
            .collect()
    };
    let (main, confidential) = (volume("main/"), volume("confidential/"));
    let alone = main_alone(play);
    for text in &wanted.main_volume_has {
        let failure = find(&main, text).is_none().then(|| absent("正卷", "the main volume"));
        found.push(Finding { expect: format!("file main_volume_has “{text}”"), failure });
    }
    for text in &wanted.main_volume_lacks {
        let failure = find(&main, text).or_else(|| find(&alone, text)).map(|path| {
            Why::new(format!("正卷中有，见{path}。"), format!("the main volume has it in {path}."))
        });
        found.push(Finding { expect: format!("file main_volume_lacks “{text}”"), failure });
    }
    for text in &wanted.confidential_volume_has {
        let failure = find(&confidential, text).is_none().then(|| absent("副卷", "the confidential volume"));
        found.push(Finding { expect: format!("file confidential_volume_has “{text}”"), failure });
    }
    Ok(found)
}

/// The main volume as it is handed out alone: also what binds it to the seal must hold nothing of the other.
fn main_alone<'a>(play: &'a Play<'_>) -> Vec<(&'a str, &'a [u8])> {
    let answers = clerk(play).and_then(|clerk| play.seats.0.get(&clerk)).map(|seat| &seat.answers);
    let mains = answers.into_iter().flatten().filter(|(from, _)| from.ends_with("?volume=main"));
    mains.map(|(from, bytes)| (from.as_str(), bytes.as_slice())).collect()
}

/// Copies that some seat was handed out and that do not verify. None should.
fn broken_copies(play: &Play<'_>) -> Vec<Finding> {
    let zip = |bytes: &[u8]| bytes.starts_with(b"PK");
    let copies = play.seats.0.iter().flat_map(|(id, seat)| {
        let files = seat.answers.iter().filter(|(from, bytes)| from.contains("/file") && zip(bytes));
        files.map(move |(from, bytes)| (id, from, casefile::verify(bytes, None)))
    });
    copies
        .filter_map(|(id, from, report)| {
            let failure = verdict(&report, true)?;
            Some(Finding {
                expect: format!("file verifies, as {id} got it ({from})"),
                failure: Some(failure),
            })
        })
        .collect()
}

/// The key that the office publishes, so that a file sealed with another one does not pass.
async fn published_keys(play: &Play<'_>) -> Result<Option<Expected>, Cut> {
    let api = play.staff.api();
    let answer = api.ask(Method::GET, "/api/seal-key", Asks::Nobody, &Sent::Nothing).await?;
    let published = answer.document::<Value>().unwrap_or_default();
    let key = |name: &str, read: fn(&str) -> Option<Published>| published[name].as_str().and_then(read);
    let keys = key("key", Published::ed25519).zip(key("sm2", Published::sm2));
    Ok(keys.map(|(ed25519, sm2)| Expected { ed25519: Some(ed25519), sm2: Some(sm2) }))
}

fn verdict(report: &Report, should: bool) -> Option<Why> {
    match (report.holds(), should) {
        (true, false) => Some(Why::new("案卷核验相符。", "the file verifies.")),
        (false, true) => {
            let zh: Vec<&str> = report.broken().map(|finding| finding.zh.as_str()).collect();
            let en: Vec<&str> = report.broken().map(|finding| finding.en.as_str()).collect();
            Some(Why::new(zh.join("；"), en.join("; ")))
        }
        _ => None,
    }
}

/// The file in which a text stands.
fn find<'a>(volume: &[(&'a str, &[u8])], text: &str) -> Option<&'a str> {
    let forms = forms(text);
    let stands = |bytes: &[u8]| forms.iter().any(|form| holds(bytes, form.as_bytes()));
    volume.iter().find(|(_, bytes)| stands(bytes)).map(|(path, _)| *path)
}

fn absent(zh: &str, en: &str) -> Why {
    Why::new(format!("{zh}中没有。"), format!("{en} does not have it."))
}
