//! What of a hearing can be found: each line of the record by itself, who was there, the issues, the exhibits, and what the
//! office keeps to itself.

use procedure::{
    Disclosed, Hearing, Viewer,
    hearing::{exhibit::Content, record::Said},
};

use super::{Part, Passage, Volume};
use crate::archive::participant;

/// The passages of a hearing: those that everyone who takes part may see first, then those that the office alone may.
#[must_use]
pub fn of(hearing: &Hearing) -> Vec<Passage> {
    let main = in_volume(&Disclosed::view(hearing, &participant()).into_inner(), Volume::Main);
    let office = Disclosed::view(hearing, &Viewer::office()).into_inner();
    let mut all = main;
    for passage in in_volume(&office, Volume::Confidential) {
        let known = |other: &Passage| {
            (other.part, other.line, &other.text) == (passage.part, passage.line, &passage.text)
        };
        if !all.iter().any(known) {
            all.push(passage);
        }
    }
    all.extend(of_the_office(&office));
    all.retain(|passage| !passage.text.trim().is_empty());
    all
}

/// What stands in a view, each with its place.
fn in_volume(view: &Hearing, volume: Volume) -> Vec<Passage> {
    let plan = &view.plan;
    let plain = |part, line: i64, text: String| Passage { volume, part, line, speaker: String::new(), text };
    let mut all = Vec::new();
    if let Some(face) = &plan.registered {
        let text = format!("{} {} {}", face.number, face.kind.words().0, face.cause);
        all.push(plain(Part::Case, 0, text));
    }
    all.extend((1..).zip(&plan.issues).map(|(number, issue)| plain(Part::Issue, number, issue.text.clone())));
    all.extend(plan.names.iter().map(|(seat, name)| {
        let post = name.post.as_ref().map(|post| format!(" {post}")).unwrap_or_default();
        plain(Part::Person, 0, format!("{}{post}", plan.label(seat).zh))
    }));
    all.extend(view.record.lines.iter().map(|line| Passage {
        volume,
        part: if matches!(line.said, Said::Decision { .. }) { Part::Decision } else { Part::Line },
        line: line.number.into(),
        speaker: line.speaker.as_ref().map(|seat| plan.label(seat).zh).unwrap_or_default(),
        text: line.words(plan).zh,
    }));
    all.extend(view.exhibit.laid.values().map(|laid| {
        let words = match &laid.exhibit.content {
            Content::Text(text) => format!("《{}》 {text}", laid.exhibit.title),
            Content::File { .. } => format!("《{}》", laid.exhibit.title),
        };
        plain(Part::Exhibit, laid.exhibit.number.into(), words)
    }));
    all
}

/// What stands in the confidential volume alone.
fn of_the_office(view: &Hearing) -> Vec<Passage> {
    let passage = |speaker: String, text: &str| Passage {
        volume: Volume::Confidential,
        part: Part::Office,
        line: 0,
        speaker,
        text: text.into(),
    };
    let plan = &view.plan;
    let mut all: Vec<_> = plan.proposed.values().map(|text| passage(String::new(), text)).collect();
    all.push(passage(String::new(), &plan.approval_note));
    all.extend(
        plan.short_notice.iter().chain(&view.decision.consent).map(|text| passage(String::new(), text)),
    );
    for sheets in view.opinion.released.values() {
        all.extend(sheets.iter().map(|(seat, sheet)| passage(plan.label(seat).zh, &sheet.reason)));
    }
    let unput = view.question.asked.values().filter(|question| question.number.is_none());
    all.extend(unput.map(|question| passage(plan.label(&question.by).zh, &question.text)));
    all
}
