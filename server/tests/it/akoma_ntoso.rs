//! The record as Akoma Ntoso: well-formed, in the order that the vocabulary asks for, everything pointed at is there, and nothing
//! in it that its reader may not know.

use std::collections::BTreeSet;

use procedure::{Hearing, Moment, Rulebook, SeatId};
use quick_xml::{Reader, events::Event};
use serde_json::json;
use server::archive::akoma_ntoso::{NAMESPACE, Source, document};

use crate::{
    office::{Prepared, Staff},
    search::sealed,
};

/// An element with its attributes, text and children, the text of the children left out.
#[derive(Debug, Default)]
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<Element>,
}

impl Element {
    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn names(&self) -> Vec<&str> {
        self.children.iter().map(|child| child.name.as_str()).collect()
    }

    fn child(&self, name: &str) -> &Self {
        self.children.iter().find(|child| child.name == name).expect(name)
    }

    fn all(&self) -> Vec<&Self> {
        let mut all = vec![self];
        all.extend(self.children.iter().flat_map(Self::all));
        all
    }
}

fn read(xml: &[u8]) -> Element {
    let mut reader = Reader::from_reader(xml);
    let mut open = vec![Element::default()];
    loop {
        let event = reader.read_event().expect("well-formed");
        match event {
            Event::Start(ref tag) | Event::Empty(ref tag) => {
                let attributes = tag.attributes().map(|attribute| {
                    let attribute = attribute.expect("an attribute");
                    let value = quick_xml::escape::unescape(&attribute.value).unwrap().into_owned();
                    (attribute.key.as_ref().to_string(), value)
                });
                let name = tag.name().as_ref().to_string();
                let element = Element { name, attributes: attributes.collect(), ..Element::default() };
                if matches!(event, Event::Empty(_)) {
                    open.last_mut().unwrap().children.push(element);
                } else {
                    open.push(element);
                }
            }
            Event::End(_) => {
                let done = open.pop().unwrap();
                open.last_mut().unwrap().children.push(done);
            }
            Event::Text(words) => {
                open.last_mut().unwrap().text.push_str(&words);
            }
            Event::GeneralRef(name) => {
                let text = &mut open.last_mut().unwrap().text;
                text.push('&');
                text.push_str(&name);
                text.push(';');
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(open.len(), 1, "everything is closed");
    open.remove(0).children.remove(0)
}

/// What the vocabulary asks of every such document.
fn holds(root: &Element) {
    assert_eq!((root.name.as_str(), root.attribute("xmlns")), ("akomaNtoso", Some(NAMESPACE)));
    let debate = root.child("debate");
    assert_eq!(debate.attribute("name"), Some("debateRecord"));
    let order = ["meta", "preface", "debateBody", "conclusions"];
    assert_eq!(debate.names(), order[..debate.names().len()]);
    let identification = debate.child("meta").child("identification");
    assert_eq!(debate.child("meta").names(), ["identification", "references"]);
    assert_eq!(identification.names(), ["FRBRWork", "FRBRExpression", "FRBRManifestation"]);
    let common = ["FRBRthis", "FRBRuri", "FRBRdate", "FRBRauthor"];
    for (level, more) in [
        ("FRBRWork", &["FRBRcountry", "FRBRsubtype", "FRBRnumber"][..]),
        ("FRBRExpression", &["FRBRlanguage"]),
        ("FRBRManifestation", &["FRBRformat"]),
    ] {
        assert_eq!(identification.child(level).names(), [&common, more].concat(), "{level}");
    }
    let references = debate.child("meta").child("references").names();
    let mut sorted = references.clone();
    sorted.sort_by_key(|name| {
        ["TLCOrganization", "TLCPerson", "TLCRole"].iter().position(|known| known == name)
    });
    assert_eq!(references, sorted);
    let all = root.all();
    let ids: Vec<&str> = all.iter().filter_map(|element| element.attribute("eId")).collect();
    let once: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), once.len(), "every eId is there once");
    for element in &all {
        for name in ["by", "as", "to", "refersTo", "source"] {
            if let Some(pointed) = element.attribute(name) {
                assert!(once.contains(pointed.trim_start_matches('#')), "{}: {pointed}", element.name);
            }
        }
        if matches!(element.name.as_str(), "speech" | "question" | "answer") {
            assert_eq!(element.names(), ["from", "p"]);
            assert!(Moment::parse(element.attribute("startTime").unwrap()).is_some());
        }
        if element.name == "debateSection" {
            assert_eq!(element.names().first(), Some(&"heading"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_sealed_hearing_then_who_said_what_when_stands_in_it_for_whoever_has_a_copy() {
    let office = Prepared::new().await;
    let path = format!("/api/hearings/{}/akoma-ntoso", office.hearing);
    let handler = Staff::sign_in(&office.server, "handler").await;
    assert_eq!(handler.get(&path).await.1["code"], "file.not-sealed");
    let seats = sealed(&office).await;
    let own = reqwest::Client::new().get(office.server.at(&path)).bearer_auth(&seats["a1"].key);
    let own = own.send().await.unwrap();
    assert_eq!(own.headers()["content-type"], "application/akn+xml");
    let own = own.bytes().await.unwrap();
    for xml in [own.to_vec(), handler.text(&path).await.into_bytes()] {
        let root = read(&xml);
        holds(&root);
        let all = root.all();
        let question = all.iter().find(|element| element.name == "question").expect("a question");
        assert_eq!(question.attribute("by"), Some("#seat-p1"));
        assert_eq!(question.attribute("to"), Some("#seat-r1"));
        assert!(question.child("p").text.contains("何时迁入"));
        let answer = all.iter().find(|element| element.name == "answer").expect("an answer");
        assert!(answer.child("p").text.contains("二〇二三年三月"));
        assert!(all.iter().filter(|element| element.name == "debateSection").count() > 5);
        let text = String::from_utf8(xml).unwrap();
        for secret in ["SECRET", "不予准许的问题"] {
            assert!(!text.contains(secret), "{secret}");
        }
    }
    let petition = Staff::sign_in(&office.server, "petition").await;
    assert_eq!(petition.get(&path).await.0, 403);
    drop(seats);
    office.server.stop().await;
}

#[test]
fn signs_of_xml_and_signs_that_it_cannot_write_do_no_harm_and_both_versions_of_a_line_stand_there() {
    let mut hearing = Hearing::default();
    let line = json!({
        "number": 1, "at": 1_000, "phase": "introduction", "id": null, "speaker": "a\"1",
        "said": {"statement": "<b>&amp; ]]> \u{1}\u{b} 工资"}, "earlier": [["<旧>", "a\"1"]]
    });
    hearing.record.lines.push(serde_json::from_value(line).unwrap());
    let rules = Rulebook::default();
    let xml = document(&Source { id: "h1", view: &hearing, rules: &rules, office: "甲 & 乙" }).unwrap();
    let root = read(&xml);
    holds(&root);
    let all = root.all();
    let note = all.iter().find(|element| element.name == "authorialNote").expect("the earlier version");
    assert!(note.child("p").text.contains("&lt;旧&gt;"));
    assert!(
        all.iter().any(|element| element.attribute("by") == Some(&format!("#seat-{}", SeatId::from("a\"1"))))
    );
}
