//! The record as Akoma Ntoso (OASIS `LegalDocML` 3.0), for libraries and programs of other houses: who spoke, when, in which step,
//! questions with their answers, what the system notes as scenes, corrections with both versions, signatures.
//!
//! The document is a `debate` named `debateRecord`, as the vocabulary of 3.0 calls what earlier ones called by that name. It is a
//! function of what its reader may see, and of nothing else.

use std::{collections::BTreeMap, io};

use procedure::{
    Hearing, Moment, Rulebook, SeatId,
    hearing::{
        phase::Phase,
        record::{Line, Said, Signature},
    },
};
use quick_xml::{Writer, events::BytesText};

pub mod api;

/// The namespace of the vocabulary.
pub const NAMESPACE: &str = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0";

type Xml = Writer<Vec<u8>>;

/// What a document is made from.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// Id of the hearing.
    pub id: &'a str,
    /// The hearing as the reader may see it.
    pub view: &'a Hearing,
    /// The rules it was held under.
    pub rules: &'a Rulebook,
    /// The office that held it.
    pub office: &'a str,
}

/// The document: XML in UTF-8.
///
/// # Errors
/// When it cannot be written, which in memory does not happen.
pub fn document(source: &Source<'_>) -> io::Result<Vec<u8>> {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 1);
    xml.get_mut().extend_from_slice(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml.create_element("akomaNtoso").with_attribute(("xmlns", NAMESPACE)).write_inner_content(|xml| {
        let debate = xml.create_element("debate").with_attribute(("name", "debateRecord"));
        debate.write_inner_content(|xml| {
            meta(xml, source)?;
            preface(xml, source)?;
            body(xml, source)?;
            conclusions(xml, source)
        })?;
        Ok(())
    })?;
    Ok(xml.into_inner())
}

/// Text without the signs that XML 1.0 has no way to write.
fn clean(text: &str) -> String {
    let known = |letter: &char| {
        matches!(letter, '\t' | '\n' | '\r')
            || (!letter.is_control() && !matches!(letter, '\u{fffe}' | '\u{ffff}'))
    };
    text.chars().filter(known).collect()
}

/// An element with nothing but text.
fn text(xml: &mut Xml, name: &str, words: &str) -> io::Result<()> {
    xml.create_element(name).write_text_content(BytesText::new(&clean(words)))?;
    Ok(())
}

/// An element with nothing but attributes.
fn empty(xml: &mut Xml, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
    xml.create_element(name).with_attributes(attributes.iter().copied()).write_empty()?;
    Ok(())
}

/// `2026-12-08` and `2026-12-08T09:00:00+08:00`, where the office is.
fn when(at: Moment, rules: &Rulebook) -> (String, String) {
    let (local, offset) = (at.local(rules.utc_offset_minutes), rules.utc_offset_minutes);
    let date =
        format!("{:04}-{:02}-{:02}", local.date.year(), u8::from(local.date.month()), local.date.day());
    let sign = if offset < 0 { '-' } else { '+' };
    let (hours, minutes) = (offset.unsigned_abs() / 60, offset.unsigned_abs() % 60);
    let moment = format!("{date}T{}{sign}{hours:02}:{minutes:02}", local.clock());
    (date, moment)
}

fn held(source: &Source<'_>) -> Moment {
    let view = source.view;
    let scheduled = view.plan.registered.as_ref().map(|face| face.scheduled).unwrap_or_default();
    view.phase.history.first().map_or(scheduled, |began| began.at)
}

fn seat_id(seat: &SeatId) -> String {
    format!("seat-{seat}")
}

/// The steps of the hearing, in the order in which they came, each with its lines.
fn sections<'a>(view: &'a Hearing) -> Vec<(Phase, Vec<&'a Line>)> {
    let mut all: Vec<(Phase, Vec<&'a Line>)> = Vec::new();
    for line in &view.record.lines {
        match all.last_mut().filter(|(phase, _)| *phase == line.phase) {
            Some((_, lines)) => lines.push(line),
            None => all.push((line.phase, vec![line])),
        }
    }
    all
}

fn meta(xml: &mut Xml, source: &Source<'_>) -> io::Result<()> {
    xml.create_element("meta").write_inner_content(|xml| {
        let identification = xml.create_element("identification").with_attribute(("source", "#fengqiao"));
        identification.write_inner_content(|xml| identified(xml, source))?;
        let references = xml.create_element("references").with_attribute(("source", "#fengqiao"));
        references.write_inner_content(|xml| referred(xml, source))?;
        Ok(())
    })?;
    Ok(())
}

/// Work, expression, manifestation, in the order that the vocabulary asks for.
fn identified(xml: &mut Xml, source: &Source<'_>) -> io::Result<()> {
    let date = when(held(source), source.rules).0;
    let sealed = source.view.record.sealed.map_or_else(|| date.clone(), |at| when(at, source.rules).0);
    let work = format!("/akn/cn/debate/debateRecord/{date}/{}", source.id);
    let expression = format!("{work}/zho@{sealed}");
    let manifestation = format!("{expression}.xml");
    for (level, uri, date, name) in [
        ("FRBRWork", &work, &date, "hearing"),
        ("FRBRExpression", &expression, &sealed, "sealing"),
        ("FRBRManifestation", &manifestation, &sealed, "sealing"),
    ] {
        let main = if level == "FRBRManifestation" {
            format!("{expression}/!main.xml")
        } else {
            format!("{uri}/!main")
        };
        xml.create_element(level).write_inner_content(|xml| {
            empty(xml, "FRBRthis", &[("value", &main)])?;
            empty(xml, "FRBRuri", &[("value", uri)])?;
            empty(xml, "FRBRdate", &[("date", date), ("name", name)])?;
            empty(xml, "FRBRauthor", &[("href", "#office"), ("as", "#author")])?;
            match level {
                "FRBRWork" => {
                    empty(xml, "FRBRcountry", &[("value", "cn")])?;
                    empty(xml, "FRBRsubtype", &[("value", "debateRecord")])?;
                    let number = source.view.plan.registered.as_ref().map(|face| clean(&face.number));
                    empty(xml, "FRBRnumber", &[("value", &number.unwrap_or_default())])
                }
                "FRBRExpression" => empty(xml, "FRBRlanguage", &[("language", "zho")]),
                _ => empty(xml, "FRBRformat", &[("value", "application/xml")]),
            }
        })?;
    }
    Ok(())
}

/// Organisations, people and roles that the text points at.
fn referred(xml: &mut Xml, source: &Source<'_>) -> io::Result<()> {
    let plan = &source.view.plan;
    for (id, shown) in [("office", source.office), ("fengqiao", "枫桥 Fengqiao")] {
        let href = format!("/akn/ontology/organization/cn/{id}");
        empty(xml, "TLCOrganization", &[("eId", id), ("href", &href), ("showAs", &clean(shown))])?;
    }
    for seat in seats(source.view) {
        let (id, shown) = (seat_id(&seat), clean(&plan.label(&seat).zh));
        let href = format!("/akn/ontology/person/cn/{}/{seat}", source.id);
        empty(xml, "TLCPerson", &[("eId", &id), ("href", &href), ("showAs", &shown)])?;
    }
    empty(xml, "TLCRole", &[("eId", "author"), ("href", "/akn/ontology/role/author"), ("showAs", "制作")])?;
    let roles: BTreeMap<&str, &str> =
        plan.places.values().map(|place| (place.capacity.words().1, place.capacity.words().0)).collect();
    for (en, zh) in roles {
        let id = role_id(en);
        let href = format!("/akn/ontology/role/{id}");
        empty(xml, "TLCRole", &[("eId", &id), ("href", &href), ("showAs", zh)])?;
    }
    Ok(())
}

/// Everybody that the text may point at.
fn seats(view: &Hearing) -> Vec<SeatId> {
    let mut all: Vec<SeatId> = view.plan.places.keys().cloned().collect();
    for line in &view.record.lines {
        all.extend(line.speaker.clone());
        all.extend(line.earlier.iter().map(|(_, by)| by.clone()));
        if let Said::Question { to, .. } = &line.said {
            all.push(to.clone());
        }
    }
    all.extend(view.record.signatures.keys().cloned());
    all.sort();
    all.dedup();
    all
}

fn role_id(words: &str) -> String {
    let plain = words.to_lowercase();
    let plain: String =
        plain.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect();
    format!("role-{plain}")
}

fn preface(xml: &mut Xml, source: &Source<'_>) -> io::Result<()> {
    let face = source.view.plan.registered.as_ref();
    xml.create_element("preface").write_inner_content(|xml| {
        xml.create_element("p").write_inner_content(|xml| text(xml, "docTitle", "听证笔录"))?;
        if let Some(face) = face {
            xml.create_element("p").write_inner_content(|xml| text(xml, "docNumber", &face.number))?;
            text(xml, "p", &format!("{}：{}", face.kind.words().0, face.cause))?;
        }
        Ok(())
    })?;
    Ok(())
}

fn body(xml: &mut Xml, source: &Source<'_>) -> io::Result<()> {
    let sections = sections(source.view);
    xml.create_element("debateBody").write_inner_content(|xml| {
        for (number, (phase, lines)) in (1..).zip(&sections) {
            let (id, (zh, en)) = (format!("dbsect_{number}"), phase.words());
            let section = xml.create_element("debateSection");
            let named = [("name", en), ("eId", id.as_str())];
            section.with_attributes(named).write_inner_content(|xml| {
                text(xml, "heading", zh)?;
                lines.iter().try_for_each(|line| row(xml, source, line, &id))
            })?;
        }
        Ok(())
    })?;
    Ok(())
}

/// Which element a line is: what somebody said, asked or answered, or what is noted.
fn element(line: &Line) -> &'static str {
    match (&line.speaker, &line.said) {
        (Some(_), Said::Question { .. }) => "question",
        (Some(_), Said::Answer { .. }) => "answer",
        (
            Some(_),
            Said::Statement(_)
            | Said::Motion { .. }
            | Said::Ruling { .. }
            | Said::Opinion(_)
            | Said::Decision { .. },
        ) => "speech",
        _ => "scene",
    }
}

fn row(xml: &mut Xml, source: &Source<'_>, line: &Line, section: &str) -> io::Result<()> {
    let plan = &source.view.plan;
    let id = format!("{section}__line_{}", line.number);
    let words = line.words(plan).zh;
    let at = when(line.at, source.rules).1;
    let name = element(line);
    let speaker = line.speaker.as_ref().filter(|_| name != "scene");
    let Some(speaker) = speaker else {
        let who = line.speaker.as_ref().map(|seat| format!("{}：", plan.label(seat).zh)).unwrap_or_default();
        let scene = xml.create_element("scene").with_attributes([("eId", id.as_str()), ("startTime", &at)]);
        return scene
            .write_inner_content(|xml| said(xml, source, line, &format!("{who}{words}"), &id))
            .map(drop);
    };
    let by = format!("#{}", seat_id(speaker));
    let mut spoken = xml.create_element(name).with_attributes([("eId", id.as_str()), ("by", &by)]);
    if let Some(capacity) = plan.capacity(speaker) {
        let role = format!("#{}", role_id(capacity.words().1));
        spoken = spoken.with_attribute(("as", role.as_str()));
    }
    if let Said::Question { to, .. } = &line.said {
        let to = format!("#{}", seat_id(to));
        spoken = spoken.with_attribute(("to", to.as_str()));
    }
    spoken.with_attribute(("startTime", at.as_str())).write_inner_content(|xml| {
        text(xml, "from", &plan.label(speaker).zh)?;
        xml.create_element("p").write_inner_content(|xml| said(xml, source, line, &words, &id))?;
        Ok(())
    })?;
    Ok(())
}

/// The words of a line, and after them what it said before it was corrected.
fn said(xml: &mut Xml, source: &Source<'_>, line: &Line, words: &str, id: &str) -> io::Result<()> {
    xml.write_event(quick_xml::events::Event::Text(BytesText::new(&clean(words))))?;
    for (number, (earlier, by)) in (1..).zip(&line.earlier) {
        let (id, marker) = (format!("{id}__note_{number}"), number.to_string());
        let who = source.view.plan.label(by).zh;
        let note = xml.create_element("authorialNote");
        let placed = [("eId", id.as_str()), ("marker", marker.as_str()), ("placement", "end")];
        note.with_attributes(placed)
            .write_inner_content(|xml| text(xml, "p", &format!("更正前：{earlier}（经{who}申请更正）")))?;
    }
    Ok(())
}

fn conclusions(xml: &mut Xml, source: &Source<'_>) -> io::Result<()> {
    let (view, rules) = (source.view, source.rules);
    if view.record.signatures.is_empty() {
        return Ok(());
    }
    xml.create_element("conclusions").with_attribute(("eId", "conclusions")).write_inner_content(|xml| {
        for (seat, signature) in &view.record.signatures {
            let who = view.plan.label(seat).zh;
            let words = match signature {
                Signature::Signed { at, .. } => {
                    format!("{who}已核对签名，{}", at.local(rules.utc_offset_minutes).zh())
                }
                Signature::Refused { reason, at } => {
                    format!("{who}拒绝签名，{}，理由：{reason}", at.local(rules.utc_offset_minutes).zh())
                }
            };
            xml.create_element("p").write_inner_content(|xml| {
                let refers = format!("#{}", seat_id(seat));
                let signed = xml.create_element("signature").with_attribute(("refersTo", refers.as_str()));
                signed.write_text_content(BytesText::new(&clean(&words)))?;
                Ok(())
            })?;
        }
        Ok(())
    })?;
    Ok(())
}
