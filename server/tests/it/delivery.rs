//! Service of papers: who agreed is served by mail and text message, who did not by post and hand; what was sent arrives
//! once, is read with the digits alone, and is proved.

use std::time::Duration;

use procedure::{By, Moment, SeatId};
use serde_json::{Value, json};
use server::delivery::{Event, Way, What, reminder, round};
use sqlx::Row;

use crate::office::{Prepared, Running, Staff, answer, local};

mod mailbox;
mod upkeep;

use mailbox::{Mailbox, headed, parts};

const MOBILE: &str = "13812342001";
const TAIL: &str = "2001";
const MAIL: &str = "chen@example.com";
/// When the hearing of these tests is held.
const SCHEDULED: &str = "2126-12-08T09:00:00+08:00";
const HOUR_MS: i64 = 3_600_000;

fn deliveries(office: &Prepared) -> String {
    format!("/api/hearings/{}/deliveries", office.hearing)
}

/// Says where a seat can be reached.
async fn reached(office: &Prepared, handler: &Staff, contact: Value) {
    let path = format!("/api/hearings/{}/contacts", office.hearing);
    let (status, kept) = handler.put(&path, contact).await;
    assert_eq!(status, 200, "{kept}");
}

async fn agreed(office: &Prepared, handler: &Staff, seat: &str) {
    let contact = json!({"seat": seat, "mobile": MOBILE, "mail": MAIL, "consent": true});
    reached(office, handler, contact).await;
}

async fn sends(office: &Prepared, handler: &Staff, seats: &[&str], ways: &[&str]) -> Vec<String> {
    let body = json!({"form": "notice", "seats": seats, "ways": ways});
    let (status, queued) = handler.post(&deliveries(office), body).await;
    assert_eq!(status, 201, "{queued}");
    serde_json::from_value(queued["deliveries"].clone()).unwrap()
}

/// Waits until a delivery is as wanted.
async fn until(office: &Prepared, handler: &Staff, id: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let wait = async {
        loop {
            let (_, listed) = handler.get(&deliveries(office)).await;
            let all = listed["deliveries"].as_array().unwrap();
            let known = all.iter().find(|known| known["id"] == id).expect("the delivery").clone();
            if wanted(&known) {
                return known;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), wait).await.expect("in time")
}

fn outbox(office: &Prepared) -> Vec<String> {
    let Ok(folder) = std::fs::read_dir(office.folder.path().join("outbox")) else { return Vec::new() };
    let mut names: Vec<_> = folder.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| !name.starts_with('.'));
    names.sort();
    names
}

/// No entry of the log holds a whole address.
async fn assert_without_address(office: &Prepared) {
    let pool = &office.server.site.database.pool;
    for row in sqlx::query("SELECT content FROM log").fetch_all(pool).await.unwrap() {
        let content: String = row.get(0);
        assert!(!content.contains(MOBILE) && !content.contains(MAIL), "{content}");
    }
}

/// The secret of the link in a text message of the outbox.
fn link(office: &Prepared, delivery: &str) -> String {
    let file = office.folder.path().join("outbox").join(format!("{delivery}.json"));
    let message: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    assert_eq!(message["to"], MOBILE);
    let text = message["text"].as_str().unwrap().to_string();
    assert!(text.chars().count() <= 200 && !text.contains("交通"), "{text}");
    let rest = text.split_once("/d/").expect("a link").1;
    rest.split(' ').next().unwrap().to_string()
}

fn reader() -> reqwest::Client {
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).cookie_store(true).build().unwrap()
}

/// Gives the digits as a form does; says whether they opened the paper.
async fn opens(office: &Prepared, reader: &reqwest::Client, token: &str, tail: &str) -> bool {
    let path = office.server.at(&format!("/api/deliveries/{token}"));
    let request = reader.post(path).header("content-type", "application/x-www-form-urlencoded");
    let answer = request.body(format!("phone_tail={tail}")).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 303, "right or wrong a page comes next");
    assert!(answer.headers()["location"].to_str().unwrap().starts_with("/deliveries/"));
    answer.headers().contains_key("set-cookie")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_is_read_with_the_digits_alone_and_the_proof_says_all_that_came_of_it() {
    let office = Prepared::new().await;
    let handler = Staff::sign_in(&office.server, "handler").await;
    agreed(&office, &handler, "a1").await;
    let ids = sends(&office, &handler, &["a1"], &["sms"]).await;
    let id = ids[0].clone();
    until(&office, &handler, &id, |known| known["state"] == "sent").await;
    let token = link(&office, &id);
    let reader = reader();

    // A program that previews links opens them all, and has read nothing.
    let short = reader.get(office.server.at(&format!("/d/{token}"))).send().await.unwrap();
    assert_eq!(short.headers()["location"], format!("/deliveries/{token}"));
    let path = office.server.at(&format!("/api/deliveries/{token}"));
    let (status, outlook) = answer(reader.get(&path)).await;
    assert_eq!((status, &outlook["opened"]), (200, &Value::Null), "{outlook}");
    assert!(!outlook.to_string().contains("姓名-a1"), "nothing is told before the digits");
    for what in ["paper", "calendar"] {
        assert_eq!(answer(reader.get(format!("{path}/{what}"))).await.0, 403, "{what}");
    }
    let acknowledging = || reader.post(format!("{path}/acknowledgement"));
    let page = acknowledging().send().await.unwrap();
    assert_eq!(page.headers()["location"], format!("/deliveries/{token}"), "where the digits are asked for");
    assert!(!opens(&office, &reader, &token, "1999").await);
    let known = until(&office, &handler, &id, |_| true).await;
    assert_eq!((&known["state"], &known["read"]), (&json!("sent"), &Value::Null));

    assert!(opens(&office, &reader, &token, TAIL).await);
    let (_, outlook) = answer(reader.get(&path)).await;
    assert_eq!(outlook["opened"]["zh"], "听证通知书");
    assert!(outlook["opened"]["page"].as_str().unwrap().contains("姓名-a1"));
    let paper = reader.get(format!("{path}/paper")).send().await.unwrap();
    assert!(paper.bytes().await.unwrap().starts_with(b"%PDF"));
    let day = reader.get(format!("{path}/calendar")).send().await.unwrap().text().await.unwrap();
    assert!(day.contains("DTSTART:21261208T010000Z") && day.contains("METHOD:REQUEST"), "{day}");
    assert_eq!(acknowledging().send().await.unwrap().status().as_u16(), 303);
    let known = until(&office, &handler, &id, |known| known["state"] == "acknowledged").await;
    assert!(known["read"].is_i64() && known["acknowledged"].is_i64());
    assert_eq!(known["address"], "138****2001");

    let proof = format!("/api/hearings/{}/papers/proof-of-delivery?to=a1&as=page", office.hearing);
    let page = handler.text(&proof).await;
    for said in ["听证通知书：短信", "138****2001", "首次查阅", "确认收到", "已确认收到", "最先到达"]
    {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(!page.contains(MOBILE) && !page.contains("受送达人签收"), "{page}");
    let blank = handler.text(&proof.replace("to=a1", "to=r1")).await;
    assert!(blank.contains("受送达人签收") && !blank.contains("138*"), "another's proof is another's");
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_brings_paper_and_day_and_is_tried_again_under_the_same_id() {
    let mailbox = Mailbox::open(&["451 try later"]).await;
    let post = mailbox.post();
    let office = Prepared::with(|config| {
        config.post = post;
        config.limits.delivery_retry_ms = 50;
    })
    .await;
    let handler = Staff::sign_in(&office.server, "handler").await;
    agreed(&office, &handler, "a1").await;
    let id = sends(&office, &handler, &["a1"], &["mail"]).await[0].clone();
    let known = until(&office, &handler, &id, |known| known["state"] == "sent").await;
    assert_eq!((&known["tries"], &known["failures"][0]["because"]), (&json!(2), &json!("later")), "{known}");
    assert_eq!(known["address"], "c***@example.com");
    let letters = mailbox.letters();
    assert_eq!(letters.len(), 2);
    for letter in &letters {
        assert_eq!(headed(letter, "Message-ID"), format!("<{id}@127.0.0.1>"));
        assert!(headed(letter, "To").contains(MAIL));
        let parts = parts(letter);
        let of = |kind: &str| parts.iter().find(|part| part.head.contains(kind)).unwrap();
        let text = of("text/plain").text();
        assert!(text.contains("姓名-a1") && text.contains("Notice of hearing"), "{text}");
        assert!(text.contains("/d/") && !text.contains("交通"), "{text}");
        assert!(of("text/html").text().contains("查阅文书"));
        assert!(of("application/pdf").bytes.starts_with(b"%PDF"));
        let day = of("text/calendar").text().replace("\r\n ", "");
        assert!(day.contains("SEQUENCE:0") && day.contains("TRIGGER:-P1D"), "{day}");
    }
    // Asked again, because an answer was lost: it is the same delivery.
    assert_eq!(sends(&office, &handler, &["a1"], &["mail"]).await, [id]);
    assert_eq!(mailbox.letters().len(), 2);
    assert_eq!(office.server.site.gauges.deliveries_tried_again_total.get(), 1);
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_that_says_nothing_holds_up_nobody() {
    let mailbox = Mailbox::silent().await;
    let post = mailbox.post();
    let office = Prepared::with(|config| {
        config.post = post;
        config.limits.delivery_timeout_ms = 100;
    })
    .await;
    let handler = Staff::sign_in(&office.server, "handler").await;
    agreed(&office, &handler, "a1").await;
    let mail = sends(&office, &handler, &["a1"], &["mail"]).await[0].clone();
    let known = until(&office, &handler, &mail, |known| known["failures"][0].is_object()).await;
    let failed = &known["failures"][0];
    assert_eq!((&failed["because"], &failed["said"]), (&json!("later"), &json!("timeout")), "{known}");
    let sms = sends(&office, &handler, &["a1"], &["sms"]).await[0].clone();
    until(&office, &handler, &sms, |known| known["state"] == "sent").await;
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_mail_server_refuses_is_given_up_and_can_be_sent_again() {
    let mailbox = Mailbox::open(&["550 <chen@example.com> unknown"]).await;
    let post = mailbox.post();
    let office = Prepared::with(|config| config.post = post).await;
    let handler = Staff::sign_in(&office.server, "handler").await;
    agreed(&office, &handler, "a1").await;
    let id = sends(&office, &handler, &["a1"], &["mail"]).await[0].clone();
    let known = until(&office, &handler, &id, |known| known["state"] == "failed").await;
    assert_eq!((&known["failures"][0]["because"], &known["tries"]), (&json!("refused"), &json!(1)));
    assert_eq!(known["failures"][0]["said"], "550", "and not in the words of the server");
    assert_without_address(&office).await;
    assert_eq!(mailbox.letters().len(), 1, "and not tried again");
    assert_eq!(office.server.site.gauges.deliveries_failed_total.get(), 1);
    let (status, again) = handler.post(&format!("{}/{id}/again", deliveries(&office)), json!({})).await;
    assert_eq!((status, &again["again"]), (201, &json!(id)));
    let second = again["id"].as_str().unwrap();
    until(&office, &handler, second, |known| known["state"] == "sent").await;
    let known = until(&office, &handler, &id, |_| true).await;
    assert_eq!(known["state"], "failed", "what was is not written over");
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restart_what_was_being_sent_goes_again_under_its_id_and_what_was_sent_does_not() {
    let office = Prepared::new().await;
    let handler = Staff::sign_in(&office.server, "handler").await;
    agreed(&office, &handler, "a1").await;
    let sent = sends(&office, &handler, &["a1"], &["sms"]).await[0].clone();
    until(&office, &handler, &sent, |known| known["state"] == "sent").await;
    std::fs::remove_file(office.folder.path().join("outbox").join(format!("{sent}.json"))).unwrap();

    // As if the server had died between giving the message away and writing that it was taken.
    let site = office.server.site.clone();
    let mut book = site.deliveries.book(&office.hearing).await.unwrap();
    let first = book.deliveries[&sent].clone();
    let cut = "0199-cut".to_string();
    let queued = Event::Queued {
        seat: "a1".into(),
        name: first.name.clone(),
        what: first.what.clone(),
        way: Way::Mail,
        scheduled: first.scheduled,
        notified: first.notified,
        sequence: 0,
        again: None,
        by: None,
    };
    let sending = Event::Sending { time: 1, address: "c***@example.com".into(), resumed: false };
    let steps = vec![(cut.clone(), queued), (cut.clone(), sending)];
    let now = server::clock::now();
    site.deliveries.write(&office.hearing, &mut book, &By::Clock, now, steps).await.unwrap();
    drop((book, site));
    let Prepared { folder, server, hearing } = office;
    server.stop().await;

    let server = Running::start(local(&folder)).await;
    let office = Prepared { folder, server, hearing };
    let handler = Staff::sign_in(&office.server, "handler").await;
    let known = until(&office, &handler, &cut, |known| known["state"] == "sent").await;
    assert_eq!((&known["resumed"], &known["tries"]), (&json!(true), &json!(2)));
    assert_eq!(outbox(&office), [format!("{cut}.eml")], "what had been sent is not sent again");
    let letter =
        std::fs::read_to_string(office.folder.path().join("outbox").join(format!("{cut}.eml"))).unwrap();
    assert_eq!(headed(&letter, "Message-ID"), format!("<{cut}@127.0.0.1>"));
    let proof = format!("/api/hearings/{}/papers/proof-of-delivery?to=a1&as=page", office.hearing);
    assert!(handler.text(&proof).await.contains("以同一编号重新发送"), "and the proof says so");
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_address_stands_with_the_contact_alone_and_the_rest_is_masked() {
    let office = Prepared::new().await;
    let handler = Staff::sign_in(&office.server, "handler").await;
    agreed(&office, &handler, "a1").await;
    let ids = sends(&office, &handler, &["a1"], &["sms", "mail"]).await;
    for id in &ids {
        until(&office, &handler, id, |known| known["state"] == "sent").await;
    }
    let contacts = format!("/api/hearings/{}/contacts", office.hearing);
    for path in [contacts.clone(), deliveries(&office), format!("/api/hearings/{}", office.hearing)] {
        let text = handler.text(&path).await;
        assert!(!text.contains(MOBILE) && !text.contains(MAIL), "{path}: {text}");
    }
    let (_, masked) = handler.get(&contacts).await;
    assert_eq!(masked[0]["mobile"], "138****2001");
    let (_, whole) = handler.get(&format!("{contacts}/a1")).await;
    assert_eq!(whole["mobile"], MOBILE, "while it is changed");
    for name in ["casemgmt", "petition", "admin"] {
        let staff = Staff::sign_in(&office.server, name).await;
        for path in [contacts.clone(), format!("{contacts}/a1"), deliveries(&office)] {
            assert_eq!(staff.get(&path).await.0, 403, "{name} {path}");
        }
    }
    assert_without_address(&office).await;
    // Whose seat is taken back is forgotten, and its link opens nothing more.
    let token = link(&office, ids.iter().find(|id| outbox(&office).contains(&format!("{id}.json"))).unwrap());
    assert_eq!(handler.command(&office.hearing, json!({"plan": {"unseat": {"seat": "a1"}}})).await.0, 200);
    let path = office.server.at(&format!("/api/deliveries/{token}"));
    let (status, refused) = answer(reader().get(&path)).await;
    assert_eq!((status, &refused["code"]), (403, &json!("delivery.invalid")));
    let (_, none) = handler.get(&contacts).await;
    assert_eq!(none, json!([]));
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_not_agreed_is_served_by_post_or_hand_and_nothing_is_sent_before_its_time() {
    let office = Prepared::new().await;
    let handler = Staff::sign_in(&office.server, "handler").await;
    let path = deliveries(&office);
    reached(&office, &handler, json!({"seat": "r1", "mobile": MOBILE, "post": "某市某区某路十二号三单元"}))
        .await;
    let body =
        |form: &str, seats: &[&str], ways: &[&str]| json!({"form": form, "seats": seats, "ways": ways});
    for (body, code) in [
        (body("notice", &["r1"], &["sms"]), "delivery.no-consent"),
        (body("notice", &["a1"], &["post"]), "delivery.no-address"),
        (body("notice", &["r1", "a1"], &["post"]), "delivery.no-address"),
        (body("notice", &["p1"], &["in-person"]), "paper.unknown"),
        (body("notice", &["nobody"], &["in-person"]), "seat.unknown"),
        (body("record", &["r1"], &["in-person"]), "delivery.form"),
        (body("feedback", &["p1"], &["in-person"]), "paper.unknown"),
        (body("notice", &[], &["post"]), "request.unreadable"),
        (body("notice", &["r1"], &["pigeon"]), "request.unreadable"),
    ] {
        let (_, refused) = handler.post(&path, body.clone()).await;
        assert_eq!(refused["code"], code, "{body}");
    }
    let bad = json!({"seat": "r1", "mail": "nobody", "consent": true});
    let contacts = format!("/api/hearings/{}/contacts", office.hearing);
    assert_eq!(handler.put(&contacts, bad).await.1["code"], "contact.unreadable");
    let (_, listed) = handler.get(&path).await;
    assert_eq!(listed["deliveries"], json!([]), "what is refused changes nothing");

    let id = sends(&office, &handler, &["r1"], &["post"]).await[0].clone();
    let noted = format!("{path}/{id}");
    let note = |note: &str, on: i64| json!({"note": note, "on": on, "to": "张三", "remark": "代收"});
    let now = server::clock::now().0;
    for (body, code) in
        [(note("delivered", now), "delivery.not-so"), (note("posted", now + HOUR_MS), "delivery.not-so")]
    {
        assert_eq!(handler.post(&noted, body).await.1["code"], code);
    }
    for kind in ["posted", "delivered"] {
        let (status, known) = handler.post(&noted, note(kind, server::clock::now().0)).await;
        assert_eq!(status, 200, "{known}");
    }
    assert_eq!(outbox(&office), Vec::<String>::new(), "a machine carries nothing of it");
    let proof = format!("/api/hearings/{}/papers/proof-of-delivery?to=r1&as=page", office.hearing);
    let page = handler.text(&proof).await;
    assert!(page.contains("听证通知书：邮寄") && page.contains("张三") && page.contains("已送交"), "{page}");
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reminders_come_once_before_the_day_and_not_again_after_a_restart() {
    let office = Prepared::new().await;
    let handler = Staff::sign_in(&office.server, "handler").await;
    agreed(&office, &handler, "a1").await;
    let scheduled = Moment::parse(SCHEDULED).unwrap();
    let before = |hours: i64| scheduled.plus_ms(-hours * HOUR_MS);
    let site = office.server.site.clone();
    let look = async |site: &std::sync::Arc<server::Site>, now: Moment| {
        reminder::remind(site, now).await;
        round::go(site, now).await;
    };
    look(&site, before(25)).await;
    assert_eq!(outbox(&office).len(), 0, "it is too early");
    for _ in 0..2 {
        look(&site, before(23)).await;
        assert_eq!(outbox(&office).len(), 1, "once");
    }
    drop(site);
    let Prepared { folder, server, hearing } = office;
    server.stop().await;
    let server = Running::start(local(&folder)).await;
    let office = Prepared { folder, server, hearing };
    let site = office.server.site.clone();
    look(&site, before(22)).await;
    assert_eq!(outbox(&office).len(), 1, "a restart forgets nothing");
    look(&site, before(1)).await;
    assert_eq!(outbox(&office).len(), 2, "and once more two hours before");
    look(&site, scheduled.plus_ms(1)).await;
    assert_eq!(outbox(&office).len(), 2, "afterwards nobody is reminded");
    let file = office.folder.path().join("outbox").join(&outbox(&office)[0]);
    let message: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    assert!(
        message["text"].as_str().unwrap().contains("提醒您按通知书参加2126年12月8日 09:00的听证"),
        "{message}"
    );
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hearing_that_moves_needs_a_new_notice_which_says_so_and_one_called_off_is_told() {
    let office = Prepared::new().await;
    let handler = Staff::sign_in(&office.server, "handler").await;
    agreed(&office, &handler, "a1").await;
    let first = sends(&office, &handler, &["a1"], &["sms", "mail"]).await;
    for id in &first {
        until(&office, &handler, id, |known| known["state"] == "sent").await;
    }
    let postpone =
        json!({"plan": {"postpone": {"scheduled": "2126-12-10T09:00:00+08:00", "reason": "当事人住院"}}});
    let (status, body) = handler.command(&office.hearing, postpone).await;
    assert_eq!(status, 200, "{body}");
    let site = office.server.site.clone();
    let old = Moment::parse(SCHEDULED).unwrap();
    reminder::remind(&site, old.plus_ms(-HOUR_MS)).await;
    round::go(&site, old.plus_ms(-HOUR_MS)).await;
    assert_eq!(outbox(&office).len(), 2, "nobody is reminded of a day that is none");
    let body = json!({"form": "notice", "seats": ["a1"], "ways": ["mail"]});
    assert_eq!(handler.post(&deliveries(&office), body).await.1["code"], "delivery.not-notified");
    let again = handler.post(&format!("{}/{}/again", deliveries(&office), first[0]), json!({})).await;
    assert_eq!(again.1["code"], "delivery.not-so", "the old notice is not sent again");
    assert_eq!(handler.command(&office.hearing, json!({"plan": {"notify": {}}})).await.0, 200);
    let id = sends(&office, &handler, &["a1"], &["mail"]).await[0].clone();
    until(&office, &handler, &id, |known| known["state"] == "sent").await;
    let read = |id: &str| {
        std::fs::read_to_string(office.folder.path().join("outbox").join(format!("{id}.eml"))).unwrap()
    };
    let letter = read(&id);
    let of = |letter: &str, kind: &str| {
        parts(letter).into_iter().find(|part| part.head.contains(kind)).unwrap().text()
    };
    assert!(of(&letter, "text/plain").contains("此前的通知不再有效"));
    let day = of(&letter, "text/calendar").replace("\r\n ", "");
    assert!(day.contains("SEQUENCE:1") && day.contains("DTSTART:21261210T010000Z"), "{day}");

    let cancel = json!({"phase": {"cancel": {"reason": "撤回申请"}}});
    let chief = Staff::sign_in(&office.server, "chief").await;
    let (status, body) = chief.command(&office.hearing, cancel).await;
    assert_eq!(status, 200, "{body}");
    // The list of hearings follows the hearing.
    let listed = async || handler.get("/api/hearings").await.1[0]["cancelled"] == true;
    while !listed().await {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for _ in 0..2 {
        reminder::remind(&site, server::clock::now()).await;
        round::go(&site, server::clock::now()).await;
    }
    let book = site.deliveries.book(&office.hearing).await.unwrap();
    let off: Vec<_> = book
        .of(&SeatId::from("a1"))
        .filter(|known| matches!(known.what, What::Cancellation {}))
        .cloned()
        .collect();
    drop(book);
    assert_eq!(off.len(), 2, "by each way once: {off:?}");
    let mail = off.iter().find(|known| known.way == Way::Mail).unwrap();
    until(&office, &handler, &mail.id, |known| known["state"] == "sent").await;
    let day = of(&read(&mail.id), "text/calendar").replace("\r\n ", "");
    assert!(day.contains("METHOD:CANCEL") && day.contains("SEQUENCE:2"), "{day}");
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_is_guessed_at_too_often_opens_no_more_and_one_taken_back_opens_nothing() {
    let office = Prepared::with(|config| config.limits.invitation_tries = 2).await;
    let handler = Staff::sign_in(&office.server, "handler").await;
    agreed(&office, &handler, "a1").await;
    let id = sends(&office, &handler, &["a1"], &["sms"]).await[0].clone();
    until(&office, &handler, &id, |known| known["state"] == "sent").await;
    let token = link(&office, &id);
    let reader = reader();
    for wrong in ["0000", "0001"] {
        assert!(!opens(&office, &reader, &token, wrong).await);
    }
    assert!(!opens(&office, &reader, &token, TAIL).await, "not even with the right digits");
    let path = office.server.at(&format!("/api/deliveries/{token}"));
    assert_eq!(answer(reader.get(&path)).await.1["attempts_left"], 0);
    assert_eq!(office.server.site.gauges.delivery_wrong_total.get(), 3);
    let (status, _) = handler
        .post(&format!("{}/{id}", deliveries(&office)), json!({"note": "withdrawn", "remark": "误发"}))
        .await;
    assert_eq!(status, 200);
    assert_eq!(answer(reader.get(&path)).await.1["code"], "delivery.invalid");
    let unknown = office.server.at("/api/deliveries/nobody-knows-this");
    assert_eq!(answer(reader.get(&unknown)).await.1["code"], "delivery.invalid", "the same answer");
    office.server.stop().await;
}
