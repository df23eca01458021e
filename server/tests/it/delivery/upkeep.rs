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
