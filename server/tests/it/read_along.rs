//! A stranger's program, in another language and written from the page on the protocol alone, reads along.

use std::process::{Child, Command, Output, Stdio};

use procedure::hearing::roll::Standing;
use serde_json::json;

use crate::office::{Prepared, Running, Seat, Staff, TAIL, local};

const SCRIPT: &str = "../docs/examples/read_along.py";

fn python(arguments: &[&str]) -> Option<Child> {
    let mut program = Command::new("python3");
    program.arg(SCRIPT).args(arguments).env("PYTHONUTF8", "1").stdout(Stdio::piped()).stderr(Stdio::piped());
    program.spawn().ok()
}

async fn end(child: Child) -> Output {
    let ended = tokio::task::spawn_blocking(move || child.wait_with_output());
    tokio::time::timeout(std::time::Duration::from_secs(60), ended).await.unwrap().unwrap().unwrap()
}

#[tokio::test]
async fn a_strangers_program_reads_along_until_the_hearing_closes_and_is_shown_its_own_alone() {
    let office = Prepared::new().await;
    let handler = Staff::sign_in(&office.server, "handler").await;
    let path = format!("/api/hearings/{}/invitations", office.hearing);
    let (_, gallery) = handler.post(&path, json!({"seat": "o1", "phone_tail": TAIL})).await;
    let (_, party) = handler.post(&path, json!({"seat": "a1", "phone_tail": TAIL})).await;
    let server = office.server.at("");
    let token = gallery["link"].as_str().and_then(|link| link.rsplit('/').next()).unwrap();
    let Some(gallery) = python(&[&format!("{server}/enter/{token}"), TAIL]) else {
        let _ = std::io::Write::write_all(&mut std::io::stderr(), b"SKIPPED: there is no python3 here\n");
        return;
    };
    let party = python(&[party["code"].as_str().unwrap(), TAIL, &server]).unwrap();
    let mut clerk = office.seat("clerk").await;
    clerk.does(json!({"roll": {"arrive": {}}})).await;
    for seat in ["o1", "a1"] {
        clerk.until_view(|view| view.roll.standing(&seat.into()) == Standing::Waiting).await;
    }
    // The server goes away and comes back; so must they.
    let Prepared { folder, server, hearing } = office;
    let address = server.address.clone();
    server.stop().await;
    let mut config = local(&folder);
    config.listen = address.parse().unwrap();
    let office = Prepared { server: Running::start(config).await, folder, hearing };
    hear(&office, &["o1", "a1"]).await;
    let (gallery, party) = (end(gallery).await, end(party).await);
    for (who, output) in [("gallery", &gallery), ("party", &party)] {
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{who}: {told}\n{}", String::from_utf8_lossy(&output.stderr));
        let mut rest = told.as_str();
        for line in [
            "—: 记录在案",
            "姓名-handler: 承办人介绍案情",
            "—: questions",
            "姓名-p1: 何时迁入？",
            ": 二〇二三年三月",
            "姓名-p1: 多数意见同意",
            "—: 另行决定",
            "—: closed",
        ] {
            let found = rest.split_once(line);
            rest = found.unwrap_or_else(|| panic!("{who} lacks, or lacks in order, {line}:\n{told}")).1;
        }
        for secret in ["SECRET", "不予准许"] {
            assert!(!told.contains(secret), "{who}: {told}");
        }
    }
    // The gallery knows the names of the notice alone.
    assert!(String::from_utf8_lossy(&gallery.stdout).contains("r1: 二〇二三年三月"));
    assert!(String::from_utf8_lossy(&party.stdout).contains("姓名-r1: 二〇二三年三月"));
    let refused = end(python(&["AAAA-BBBB-CCCC", TAIL, &office.server.at("")]).unwrap()).await;
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("not valid"), "the sentence of the refusal");
    office.server.stop().await;
}

/// A whole hearing, as short as the rules allow. Those who are away come by themselves and wait to be admitted.
pub(crate) async fn hear(office: &Prepared, away: &[&str]) -> Seats {
    hear_out(office, away, async |_| {}).await
}

/// The same, with something that happens while the case is presented.
pub(crate) async fn hear_out(
    office: &Prepared,
    away: &[&str],
    happens: impl AsyncFnOnce(&mut Seats),
) -> Seats {
    let mut seats = office.all_in_but(away).await;
    for seat in away {
        of(&mut seats, "clerk").does(json!({"roll": {"admit": {"seat": seat}}})).await;
    }
    of(&mut seats, "chair").does(json!({"phase": {"open": {}}})).await;
    of(&mut seats, "clerk").does(json!({"statement": {"record": {"text": "记录在案"}}})).await;
    go(&mut seats, "introduction").await;
    happens(&mut seats).await;
    of(&mut seats, "chair").does(json!({"floor": {"give": {"seat": "handler"}}})).await;
    of(&mut seats, "handler").does(json!({"statement": {"say": {"text": "承办人介绍案情"}}})).await;
    go(&mut seats, "statements").await;
    go(&mut seats, "questions").await;
    let p1 = of(&mut seats, "p1");
    p1.does_as("q1", json!({"question": {"ask": {"to": "r1", "text": "何时迁入？"}}})).await;
    p1.does_as("q2", json!({"question": {"ask": {"to": "r1", "text": "不予准许的问题"}}})).await;
    let chair = of(&mut seats, "chair");
    chair.does(json!({"question": {"admit": {"of": "q1"}}})).await;
    chair.does(json!({"question": {"disallow": {"of": "q2", "reason": "SECRET-REASON"}}})).await;
    of(&mut seats, "r1").does(json!({"question": {"answer": {"of": "q1", "text": "二〇二三年三月"}}})).await;
    go(&mut seats, "deliberation").await;
    for name in ["p1", "p2", "p3"] {
        let panellist = of(&mut seats, name);
        panellist.does(json!({"deliberation": {"discuss": {"text": "SECRET-TALK"}}})).await;
        let sheet = json!({"issue": "i1", "position": "agree", "reason": "SECRET-SHEET"});
        panellist.does(json!({"opinion": {"opine": sheet}})).await;
    }
    of(&mut seats, "p1").does(json!({"opinion": {"choose-speaker": {"seat": "p1"}}})).await;
    go(&mut seats, "opinion").await;
    of(&mut seats, "p1").does(json!({"opinion": {"deliver": {"text": "多数意见同意"}}})).await;
    go(&mut seats, "final-statements").await;
    go(&mut seats, "summary").await;
    let decision = json!({"when": "later", "adopts_majority": true, "text": "另行决定"});
    of(&mut seats, "chair").does(json!({"decision": {"decide": decision}})).await;
    go(&mut seats, "signing").await;
    go(&mut seats, "closed").await;
    seats
}

/// A hearing in which the record is being signed.
pub(crate) async fn at_the_signing(office: &Prepared) -> Seats {
    at_the_signing_after(office, async |_| {}).await
}

/// The same, with something that happens while the case is presented.
pub(crate) async fn at_the_signing_after(office: &Prepared, happens: impl AsyncFnOnce(&mut Seats)) -> Seats {
    let mut seats = office.all_in().await;
    of(&mut seats, "chair").does(json!({"phase": {"open": {}}})).await;
    of(&mut seats, "clerk").does_as("l1", json!({"statement": {"record": {"text": "记录在案"}}})).await;
    go(&mut seats, "introduction").await;
    happens(&mut seats).await;
    for step in ["statements", "questions", "deliberation"] {
        go(&mut seats, step).await;
    }
    for name in ["p1", "p2", "p3"] {
        let sheet = json!({"issue": "i1", "position": "agree", "reason": "同意"});
        of(&mut seats, name).does(json!({"opinion": {"opine": sheet}})).await;
    }
    of(&mut seats, "p1").does(json!({"opinion": {"choose-speaker": {"seat": "p1"}}})).await;
    go(&mut seats, "opinion").await;
    of(&mut seats, "p1").does(json!({"opinion": {"deliver": {"text": "多数意见同意"}}})).await;
    go(&mut seats, "final-statements").await;
    go(&mut seats, "summary").await;
    let decision = json!({"when": "later", "adopts_majority": true, "text": "另行决定"});
    of(&mut seats, "chair").does(json!({"decision": {"decide": decision}})).await;
    go(&mut seats, "signing").await;
    seats
}

pub(crate) type Seats = std::collections::BTreeMap<&'static str, Seat>;

fn of<'a>(seats: &'a mut Seats, name: &str) -> &'a mut Seat {
    seats.get_mut(name).unwrap()
}

pub(crate) async fn go(seats: &mut Seats, to: &str) {
    of(seats, "chair").does(json!({"phase": {"advance": {"to": to, "waive": "演练"}}})).await;
}
