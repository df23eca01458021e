//! What goes wrong with deliveries and is set right: guesses during a lock-out, answers that were lost, people who were served
//! by hand and need to be told that they need not come.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_tried_while_nobody_may_try_does_not_count_for_good() {
    let office = Prepared::with(|config| config.limits.invitation_tries = 2).await;
    let handler = Staff::sign_in(&office.server, "handler").await;
    agreed(&office, &handler, "a1").await;
    let id = sends(&office, &handler, &["a1"], &["sms"]).await[0].clone();
    until(&office, &handler, &id, |known| known["state"] == "sent").await;
    let (token, reader) = (link(&office, &id), reader());
    for digits in ["0000", "0001", TAIL, TAIL, "0002"] {
        assert!(!opens(&office, &reader, &token, digits).await);
    }
    let rows = sqlx::query("SELECT wrong FROM delivery_wrong WHERE delivery = $1").bind(id);
    let row = rows.fetch_one(&office.server.site.database.pool).await.unwrap();
    assert_eq!(row.get::<i64, _>(0), 2);
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_is_none_leads_to_the_page_which_says_so() {
    let office = Prepared::new().await;
    assert!(!opens(&office, &reader(), "nobody-knows-this", TAIL).await);
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_again_because_an_answer_was_lost_is_sent_once() {
    // It is refused, and then the mail server says nothing that lets the next one go out soon.
    let mailbox = Mailbox::open(&["550 no", "451 later", "451 later", "451 later"]).await;
    let post = mailbox.post();
    let office = Prepared::with(|config| config.post = post).await;
    let handler = Staff::sign_in(&office.server, "handler").await;
    agreed(&office, &handler, "a1").await;
    let id = sends(&office, &handler, &["a1"], &["mail"]).await[0].clone();
    until(&office, &handler, &id, |known| known["state"] == "failed").await;
    let again = format!("{}/{id}/again", deliveries(&office));
    let (_, first) = handler.post(&again, json!({})).await;
    let (status, second) = handler.post(&again, json!({})).await;
    assert_eq!((status, &second["id"]), (201, &first["id"]));
    let by_hand = sends(&office, &handler, &["r1"], &["in-person"]).await[0].clone();
    let (_, refused) = handler.post(&format!("{}/{by_hand}/again", deliveries(&office)), json!({})).await;
    assert_eq!(refused["code"], "delivery.not-so", "it still waits to be handed over");
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_served_by_hand_is_told_that_the_hearing_is_off() {
    let office = Prepared::new().await;
    let handler = Staff::sign_in(&office.server, "handler").await;
    agreed(&office, &handler, "a1").await;
    let id = sends(&office, &handler, &["a1"], &["in-person"]).await[0].clone();
    let handed = json!({"note": "delivered", "to": "本人"});
    assert_eq!(handler.post(&format!("{}/{id}", deliveries(&office)), handed).await.0, 200);
    let chief = Staff::sign_in(&office.server, "chief").await;
    let cancel = json!({"phase": {"cancel": {"reason": "撤回申请"}}});
    assert_eq!(chief.command(&office.hearing, cancel).await.0, 200);
    let listed = async || handler.get("/api/hearings").await.1[0]["cancelled"] == true;
    while !listed().await {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    reminder::remind(&office.server.site, server::clock::now()).await;
    let book = office.server.site.deliveries.book(&office.hearing).await.unwrap();
    let told = |known: &&server::delivery::Delivery| matches!(known.what, What::Cancellation {});
    assert_eq!(book.of(&SeatId::from("a1")).filter(told).count(), 2, "by text message and by mail");
    drop(book);
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_just_after_a_seat_was_taken_back_leaves_no_contact_to_whoever_sits_there_next() {
    let office = Prepared::new().await;
    let handler = Staff::sign_in(&office.server, "handler").await;
    agreed(&office, &handler, "a1").await;
    assert_eq!(handler.command(&office.hearing, json!({"plan": {"unseat": {"seat": "a1"}}})).await.0, 200);
    // As if the server had stopped before it could forget.
    let site = office.server.site.clone();
    let contact = json!({"seat": "a1", "mobile": MOBILE, "mail": MAIL, "consent": true});
    let contact = serde_json::from_value(contact).unwrap();
    site.deliveries.contacts.keep(&office.hearing, contact, server::clock::now()).await.unwrap();
    round::forget_unseated(&site).await.unwrap();
    assert!(site.deliveries.contacts.seats().await.unwrap().is_empty());
    drop(site);
    office.server.stop().await;
}

/// The first moment of the day in which a moment lies, where the office is.
fn midnight(office: &Prepared, moment: i64) -> i64 {
    let offset = i64::from(office.server.site.rooms.ground().rules.utc_offset_minutes) * 60_000;
    moment - (moment + offset).rem_euclid(24 * HOUR_MS)
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_letter_when_a_day_before_it_was_on_its_way_is_noted_then_it_is_refused_and_changes_nothing()
{
    let office = Prepared::new().await;
    let handler = Staff::sign_in(&office.server, "handler").await;
    reached(&office, &handler, json!({"seat": "r1", "post": "某市某路1号"})).await;
    let id = sends(&office, &handler, &["r1"], &["post"]).await[0].clone();
    let path = format!("{}/{id}", deliveries(&office));
    let queued = until(&office, &handler, &id, |_| true).await["queued"].as_i64().unwrap();
    let first = midnight(&office, queued);
    for (kind, state) in [("posted", "queued"), ("delivered", "sent")] {
        for on in [i64::MIN, -1, 0, first - 24 * HOUR_MS, first - 1] {
            let (status, refused) = handler.post(&path, json!({"note": kind, "on": on, "to": "张三"})).await;
            assert_eq!((status, &refused["code"]), (422, &json!("delivery.too-early")), "{kind} {on}");
        }
        let known = until(&office, &handler, &id, |_| true).await;
        assert_eq!(known["state"], state, "{known}");
        // Of the hour an office may know less.
        let (status, known) = handler.post(&path, json!({"note": kind, "on": first, "to": "张三"})).await;
        assert_eq!(status, 200, "{kind}: {known}");
    }
    let known = until(&office, &handler, &id, |_| true).await;
    assert_eq!((&known["delivered"], &known["notes"][1]["on"]), (&json!(first), &json!(first)));
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_its_addressee_has_opened_has_arrived_and_is_not_taken_back() {
    let office = Prepared::new().await;
    let handler = Staff::sign_in(&office.server, "handler").await;
    agreed(&office, &handler, "a1").await;
    let id = sends(&office, &handler, &["a1"], &["sms"]).await[0].clone();
    until(&office, &handler, &id, |known| known["state"] == "sent").await;
    let (token, reader) = (link(&office, &id), reader());
    assert!(opens(&office, &reader, &token, TAIL).await);
    let withdrawn = json!({"note": "withdrawn", "remark": "误发"});
    let (status, refused) = handler.post(&format!("{}/{id}", deliveries(&office)), withdrawn).await;
    assert_eq!((status, &refused["code"]), (409, &json!("delivery.arrived")), "{refused}");
    let known = until(&office, &handler, &id, |_| true).await;
    assert_eq!((&known["state"], &known["withdrawn"]), (&json!("read"), &Value::Null));
    let path = office.server.at(&format!("/api/deliveries/{token}"));
    assert_eq!(answer(reader.get(&path)).await.0, 200, "and its link still opens it");
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_by_mistake_is_taken_back_with_the_reason_then_proves_nothing_and_can_be_made_anew() {
    let office = Prepared::new().await;
    let handler = Staff::sign_in(&office.server, "handler").await;
    let id = sends(&office, &handler, &["r1"], &["in-person"]).await[0].clone();
    let path = format!("{}/{id}", deliveries(&office));
    assert_eq!(handler.post(&path, json!({"note": "delivered", "to": "张三"})).await.0, 200);
    let proof = format!("/api/hearings/{}/papers/proof-of-delivery?to=r1&as=page", office.hearing);
    let page = handler.text(&proof).await;
    assert!(page.contains("最先到达") && !page.contains("受送达人签收"), "{page}");

    for remark in ["", "  "] {
        let (status, refused) = handler.post(&path, json!({"note": "withdrawn", "remark": remark})).await;
        assert_eq!((status, &refused["code"]), (422, &json!("delivery.reason-missing")), "{refused}");
    }
    let (status, known) = handler.post(&path, json!({"note": "withdrawn", "remark": "误记他人"})).await;
    assert_eq!((status, &known["state"]), (200, &json!("withdrawn")), "{known}");
    assert!(known["delivered"].is_i64(), "what was entered is not written over");
    let (_, refused) = handler.post(&path, json!({"note": "withdrawn", "remark": "误记"})).await;
    assert_eq!(refused["code"], "delivery.not-so", "once");
    let page = handler.text(&proof).await;
    assert!(page.contains("已撤回") && page.contains("误记他人"), "{page}");
    assert!(!page.contains("最先到达") && page.contains("受送达人签收"), "it proves no arrival: {page}");

    let anew = sends(&office, &handler, &["r1"], &["in-person"]).await[0].clone();
    assert_ne!(anew, id, "it can be served and noted anew");
    let path = format!("{}/{anew}", deliveries(&office));
    let (status, known) = handler.post(&path, json!({"note": "withdrawn"})).await;
    assert_eq!((status, &known["state"]), (200, &json!("withdrawn")), "nothing was noted of it: {known}");
    office.server.stop().await;
}
