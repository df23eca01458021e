//! The page on the protocol tells the truth: every example is what it claims to be, nothing is left out, and the tables
//! say what the code does.

use std::collections::{BTreeMap, BTreeSet};

use procedure::{
    Capacity, Command, Event, Hearing, Moment, Office, Reach, Refusal, Rulebook, Side,
    hearing::{
        decision, equipment,
        floor::Ending,
        line, mediation, motion,
        opinion::Position,
        phase::{BreakKind, Lacking, Phase},
        plan::{self, ClosedBecause, Kind, Mode, Openness, Plan},
        record::Said,
        roll::Standing,
        settlement,
    },
    wire::{FromRoom, Happened, ToRoom, close},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Deserializer, Value, json};
use server::{Refused, config::Limits};

use crate::office::{Prepared, Staff, TAIL, answer};

const PAGE: &str = include_str!("../../../docs/protocol.md");
const GOLDEN: &str = include_str!("../../../procedure/tests/it/golden/events.jsonl");

/// The examples that the page says to be of a kind.
fn examples(kind: &str) -> Vec<Value> {
    let opening = format!("json {kind}");
    let mut found = Vec::new();
    for block in PAGE.split("\n```").filter_map(|block| block.split_once('\n')) {
        let (told, text) = block;
        if told == opening || told.starts_with(&format!("{opening} ")) {
            let values = Deserializer::from_str(text).into_iter::<Value>();
            found.extend(values.map(|value| value.unwrap_or_else(|error| panic!("{error} in {text}"))));
        }
    }
    assert!(!found.is_empty(), "the page has no example of {kind}");
    found
}

/// Reads each example of a kind and writes it again: the same must come out, with no member more or less.
fn as_written<T: DeserializeOwned + Serialize>(kind: &str) -> Vec<T> {
    let read = |value: Value| {
        let parsed: T =
            serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{error}: {value}"));
        assert_eq!(serde_json::to_value(&parsed).unwrap(), value, "not as the server writes it");
        parsed
    };
    examples(kind).into_iter().map(read).collect()
}

/// Every name that a type knows within a path of names. Its reader tells them when it meets one that it does not know.
fn names<T: DeserializeOwned>(path: &[&str]) -> BTreeSet<String> {
    let unknown = if path.is_empty() { json!("?") } else { json!({"?": {}}) };
    let asked = path.iter().rev().fold(unknown, |inner, name| json!({*name: inner}));
    let Err(error) = serde_json::from_value::<T>(asked) else { panic!("`?` was read") };
    let told = error.to_string();
    let (_, expected) = told.split_once("expected ").unwrap_or_else(|| panic!("{told}"));
    expected.split('`').skip(1).step_by(2).map(ToOwned::to_owned).collect()
}

/// `slice.name` of everything that a type of the whole hearing knows.
fn all_of<T: DeserializeOwned>() -> BTreeSet<String> {
    let within = |slice: String| {
        names::<T>(&[&slice]).into_iter().map(move |name| format!("{slice}.{name}")).collect::<Vec<_>>()
    };
    names::<T>(&[]).into_iter().flat_map(within).collect()
}

fn kind_of(value: &Value) -> String {
    match value {
        Value::String(name) => name.clone(),
        Value::Object(members) => members.keys().next().expect("a kind").clone(),
        other => panic!("{other}"),
    }
}

fn kinds(kind: &str) -> BTreeSet<String> {
    examples(kind).iter().map(kind_of).collect()
}

fn full_names(kind: &str) -> BTreeSet<String> {
    let full = |value: &Value| {
        let slice = kind_of(value);
        format!("{slice}.{}", kind_of(&value[&slice]))
    };
    examples(kind).iter().map(full).collect()
}

/// The cells of every row of a table that begins with a name in backticks.
fn rows() -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    PAGE.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| `")?.strip_suffix(" |")?.split(" | ");
        let name = cells.next()?.strip_suffix('`')?;
        Some((name, cells.collect()))
    })
}

#[test]
fn every_message_is_there_by_example() {
    for value in examples("to-room") {
        serde_json::from_value::<ToRoom>(value.clone()).unwrap_or_else(|error| panic!("{error}: {value}"));
    }
    as_written::<FromRoom>("from-room");
    assert_eq!(kinds("to-room"), names::<ToRoom>(&[]));
    assert_eq!(kinds("from-room"), names::<FromRoom>(&[]));
}

#[test]
fn every_command_is_there_by_example() {
    for value in examples("command") {
        serde_json::from_value::<Command>(value.clone()).unwrap_or_else(|error| panic!("{error}: {value}"));
    }
    assert_eq!(full_names("command"), all_of::<Command>());
}

#[test]
fn every_event_is_there_by_example_and_says_the_same_as_the_kept_ones() {
    let events = as_written::<Event>("event");
    assert_eq!(full_names("event"), all_of::<Event>());
    let members = |line: &Value| {
        let slice = kind_of(line);
        let event = &line[&slice];
        let name = kind_of(event);
        let members: Vec<String> = event[&name].as_object().expect("members").keys().cloned().collect();
        (format!("{slice}.{name}"), members)
    };
    let kept: BTreeMap<_, _> =
        GOLDEN.lines().map(|line| members(&serde_json::from_str(line).unwrap())).collect();
    let told: BTreeMap<_, _> = examples("event").iter().map(members).collect();
    assert_eq!(told, kept);
    assert_eq!(events.len(), kept.len(), "each once");
}

#[test]
fn every_kind_of_line_and_everything_that_can_be_lacking_is_there_by_example() {
    as_written::<Said>("said");
    assert_eq!(kinds("said"), names::<Said>(&[]));
    as_written::<Lacking>("lacking");
    assert_eq!(kinds("lacking"), names::<Lacking>(&[]));
}

#[test]
fn every_word_with_a_fixed_value_is_listed() {
    let told = |what: &str| -> BTreeSet<String> {
        let row = PAGE.lines().find(|line| line.starts_with(&format!("| {what} |")));
        let row = row.unwrap_or_else(|| panic!("no row for {what}"));
        row.split('`').skip(1).step_by(2).map(ToOwned::to_owned).collect()
    };
    for (what, values) in [
        ("capacity", names::<Capacity>(&[])),
        ("side", names::<Side>(&[])),
        ("kind of case", names::<Kind>(&[])),
        ("mode", names::<Mode>(&[])),
        ("openness", names::<Openness>(&[])),
        ("closed because", names::<ClosedBecause>(&[])),
        ("step (phase)", names::<Phase>(&[])),
        ("standing", names::<Standing>(&[])),
        ("kind of break", names::<BreakKind>(&[])),
        ("end of a turn", names::<Ending>(&[])),
        ("kind of motion", names::<motion::Kind>(&[])),
        ("position", names::<Position>(&[])),
        ("quality of a line", names::<line::Quality>(&[])),
        ("trouble with equipment", names::<equipment::Trouble>(&[])),
        ("when decided", names::<decision::When>(&[])),
        ("outcome of a mediation", names::<mediation::Outcome>(&[])),
        ("whom an offer is for", names::<settlement::Addressee>(&[])),
        ("post in the office", names::<Office>(&[])),
    ] {
        assert_eq!(told(what), values, "{what}");
    }
}

/// A plan in which the seats of the examples are what the examples say.
fn plan() -> plan::Plan {
    let mut hearing = Hearing::default();
    for (seat, capacity) in
        [("a1", Capacity::Applicant), ("r1", Capacity::Respondent), ("p1", Capacity::Panellist)]
    {
        let place =
            json!({"seat": seat, "capacity": capacity, "side": null, "for": null, "chief_prosecutor": false});
        let placed = plan::Event::Placed(serde_json::from_value(place).unwrap());
        hearing.evolve(Moment(1), &placed.into());
    }
    hearing.plan
}

#[test]
fn the_tables_say_who_is_shown_each_event() {
    let plan = plan();
    let told: BTreeMap<&str, &str> = rows()
        .filter(|(_, cells)| cells.len() == 2)
        .filter_map(|(name, cells)| Some((name, cells.first()?.split(';').next()?)))
        .collect();
    for event in as_written::<Event>("event") {
        let reach = match event.reach(&plan) {
            Reach::Door => "door",
            Reach::Everyone => "everyone",
            Reach::EveryoneAnd(_) => "everyone and the seat",
            Reach::Participants => "participants",
            Reach::ParticipantsAnd(_) => "participants and the seat",
            Reach::PanelAndOffice => "panel and office",
            Reach::Panel => "panel",
            Reach::Panellist(_) => "its author",
            Reach::Office => "office",
            Reach::OfficeAnd(_) => "office and the seat",
            Reach::Seats(_) => "those named",
        };
        let name = event.name();
        // One table for what an event changes, another for its line in the record; the first is meant.
        let row = PAGE.lines().find(|line| line.starts_with(&format!("| `{name}` | {reach}")));
        assert!(row.is_some(), "{name} is shown to {reach}, not to {:?}", told.get(name.as_str()));
        let audience = row.and_then(|row| row.split(" | ").nth(1)).and_then(|cell| cell.split(';').next());
        assert_eq!(audience, Some(reach), "{name}");
    }
}

#[test]
fn the_table_of_the_record_says_which_events_become_lines() {
    let table = PAGE.split("| event | speaker | `said` |").nth(1).expect("the table of the record");
    let told: BTreeMap<String, String> = table
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split(" | ").collect();
            let name = cells[0].split('`').nth(1).expect("an event").to_string();
            let said = cells[2].trim_matches(|c: char| !c.is_alphanumeric());
            (name, said.split('"').next().unwrap_or_default().to_string())
        })
        .collect();
    let mut lines = BTreeMap::new();
    for event in as_written::<Event>("event") {
        let mut hearing = Hearing::default();
        hearing.evolve(Moment(1), &event);
        if let Some(line) = hearing.record.lines.first() {
            let said = match kind_of(&serde_json::to_value(&line.said).unwrap()) {
                // The example has no speaker; with one it is a statement, as the table says first.
                note if note == "note" => "statement".into(),
                said => said,
            };
            lines.insert(event.name(), said);
        }
    }
    assert_eq!(told, lines);
}

#[test]
fn every_close_code_is_explained_and_no_other() {
    let told: BTreeSet<u16> = PAGE
        .lines()
        .filter_map(|line| line.strip_prefix("| 4")?.split(' ').next()?.parse().ok())
        .map(|rest: u16| 4000 + rest)
        .collect();
    assert_eq!(told, close::ALL.iter().copied().collect());
}

#[test]
fn every_refusal_is_listed_with_its_sentence() {
    let rules = Rulebook::default();
    let by_rule = Refusal::PLAIN.iter().map(|refusal| {
        let said = refusal.sentence(&rules, &Plan::default());
        format!("| `{}` | {} |", said.code, said.en)
    });
    let by_server = Refused::ALL.iter().map(|refused| {
        let (status, code, _, en) = refused.parts();
        format!("| `{code}` | {} | {en} |", status.as_u16())
    });
    let lacking =
        as_written::<Lacking>("lacking").into_iter().map(|lacking| format!("| `{}` |", lacking.code()));
    let missing: Vec<String> =
        by_rule.chain(by_server).chain(lacking).filter(|row| !PAGE.contains(row.as_str())).collect();
    assert!(missing.is_empty(), "the page lacks\n{}", missing.join("\n"));
    let known: BTreeSet<&str> = Refusal::PLAIN
        .iter()
        .map(Refusal::code)
        .chain(Refused::ALL.iter().map(|refused| refused.parts().1))
        .chain(as_written::<Lacking>("lacking").iter().map(Lacking::code))
        .collect();
    let section =
        PAGE.split("\n## Refusals").nth(1).and_then(|rest| rest.split("\n## ").next()).expect("refusals");
    for code in section.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()) {
        assert!(known.contains(code), "there is no refusal `{code}`");
    }
    for error in ["database", "file", "unreadable", "log-broken", "chance", "password", "stopping", "archive"]
    {
        assert!(PAGE.contains(&format!("`error.{error}`")), "{error}");
    }
}

#[test]
fn the_limits_are_told_with_their_defaults() {
    let known: BTreeMap<&str, u64> = Limits::TABLE.iter().map(|limit| (limit.name, limit.default)).collect();
    let section = PAGE.split("## Limits").nth(1).and_then(|rest| rest.split("\n## ").next()).expect("limits");
    let mut told = 0;
    for line in section.lines() {
        let Some((name, rest)) = line.strip_prefix("| `").and_then(|row| row.split_once("` | ")) else {
            continue;
        };
        let value = rest.split(" |").next().unwrap_or_default().replace(' ', "");
        assert_eq!(known.get(name).map(ToString::to_string), Some(value), "{name}");
        told += 1;
    }
    assert!(told > 15, "{told}");
    let named =
        PAGE.split('`').skip(1).step_by(2).filter(|word| word.ends_with("-ms") || word.ends_with("-max"));
    for name in named {
        assert!(known.contains_key(name), "there is no limit `{name}`");
    }
}

#[test]
fn the_example_of_folding_comes_out_as_told() {
    let [FromRoom::Snapshot { number, view, .. }] = &as_written::<FromRoom>("from-room first")[..] else {
        panic!("a snapshot")
    };
    let [FromRoom::Events { number: next, events, .. }] = &as_written::<FromRoom>("from-room then")[..]
    else {
        panic!("events")
    };
    assert_eq!(*next, number + 1);
    assert!(PAGE.contains(&format!("the client's number is {}", number + events.len() as u64)));
    let mut folded = (**view).clone();
    for Happened { at, event } in events {
        folded.evolve(*at, event);
    }
    let mut told = serde_json::to_value(view).unwrap();
    for (pointer, value) in examples("changed")[0].as_object().expect("pointers") {
        if let Some(place) = told.pointer_mut(pointer) {
            *place = value.clone();
        } else {
            let (list, _) = pointer.rsplit_once('/').expect("a list");
            told.pointer_mut(list).and_then(Value::as_array_mut).expect("a list").push(value.clone());
        }
    }
    assert_eq!(serde_json::to_value(folded).unwrap(), told);
}

/// What a value looks like: its members and what each of them is.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), shape(value))).collect(),
        Value::Array(_) => json!("list"),
        Value::String(_) => json!("text"),
        Value::Number(_) => json!("number"),
        Value::Bool(_) => json!("yes or no"),
        Value::Null => json!("null"),
    }
}

#[tokio::test]
async fn the_examples_of_http_look_as_the_server_answers() {
    let office = Prepared::new().await;
    let nobody = Staff::nobody(&office.server);
    let alike =
        |kind: &str, answered: &Value| assert_eq!(shape(&examples(kind)[0]), shape(answered), "{kind}");
    for asked in examples("accept") {
        let (status, refused) = nobody.post("/api/invitations/accept", asked).await;
        assert_eq!((status, &refused["code"]), (403, &json!("invitation.invalid")));
        assert_eq!(refused, examples("refusal")[0]);
    }
    let handler = Staff::sign_in(&office.server, "handler").await;
    let path = format!("/api/hearings/{}/invitations", office.hearing);
    let (_, invited) = handler.post(&path, json!({"seat": "a1", "phone_tail": TAIL})).await;
    let token = invited["link"].as_str().and_then(|link| link.rsplit('/').next()).expect("a token");
    assert_eq!(token.len(), 43);
    alike("outlook", &nobody.get(&format!("/api/invitations/{token}")).await.1);
    let (_, accepted) =
        nobody.post("/api/invitations/accept", json!({"token": token, "phone_tail": TAIL})).await;
    alike("accepted", &accepted);
    alike("seal-key", &nobody.get("/api/seal-key").await.1);
    let (status, refused) = handler
        .post(&format!("/api/hearings/{}/commands", office.hearing), examples("staff-command")[0].clone())
        .await;
    assert_eq!((status, &refused["code"]), (409, &json!("plan.chief-only")));
    let seats = office.all_in().await;
    let exhibits = office.server.at(&format!("/api/hearings/{}/exhibits", office.hearing));
    let put = reqwest::Client::new().post(exhibits).bearer_auth(&seats["a1"].key).body("工资流水");
    alike("kept", &answer(put).await.1);
    let uploads = office.server.at(&format!("/api/hearings/{}/uploads", office.hearing));
    let begin = reqwest::Client::new().post(uploads).bearer_auth(&seats["a1"].key);
    alike("upload", &answer(begin.json(&json!({"size": 48_213, "name": "合同.pdf"}))).await.1);
    office.server.stop().await;
}
