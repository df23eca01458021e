//! The public version: nobody reads a masked name in it, whoever prepared it does not publish it, and what was withdrawn leaves a
//! note.

use proptest::prelude::*;
use serde_json::{Value, json};
use server::archive::public_version::mask::{Masking, mask, names};

use crate::{
    office::{Prepared, Staff},
    read_along::hear_out,
    search::{leader, sealed},
};

#[tokio::test(flavor = "multi_thread")]
async fn one_prepares_another_publishes_and_the_public_reads_no_private_name() {
    let office = Prepared::new().await;
    let mut seats = hear_out(&office, &[], async |seats| {
        let clerk = seats.get_mut("clerk").unwrap();
        let note = "姓名-a1的电话是13812345678，工作单位红星厂。";
        clerk.does(json!({"statement": {"record": {"text": note}}})).await;
    })
    .await;
    seats.get_mut("clerk").unwrap().does(json!({"record": {"seal": {}}})).await;
    let (handler, chief) =
        (Staff::sign_in(&office.server, "handler").await, Staff::sign_in(&office.server, "chief").await);
    let nobody = Staff::nobody(&office.server);
    let path = format!("/api/hearings/{}/public-version", office.hearing);
    let public = format!("/api/public-records/{}", office.hearing);
    // It goes into the archive by itself.
    server::archive::shelving::round(&office.server.site).await;
    assert_eq!(nobody.get(&public).await.1["code"], "archive.record-unknown");

    let (status, draft) = handler.get(&path).await;
    assert_eq!(
        (status, &draft["revision"], &draft["standing"]),
        (200, &json!(0), &json!("draft")),
        "{draft}"
    );
    let what: Vec<&Value> =
        draft["masked"].as_array().unwrap().iter().map(|masked| &masked["what"]).collect();
    assert!(what.contains(&&json!("name")) && what.contains(&&json!("phone")), "{what:?}");
    let publication = format!("{path}/publication");
    assert_eq!(chief.post(&publication, json!({"revision": 0})).await.1["code"], "archive.not-prepared");
    let prepare = json!({"revision": 0, "more": ["红星厂"], "keep": []});
    let (status, prepared) = chief.post(&path, prepare.clone()).await;
    assert_eq!((status, &prepared["prepared_by"]), (200, &json!("chief")), "{prepared}");
    assert_eq!(handler.post(&path, prepare).await.1["code"], "archive.changed-meanwhile");
    assert_eq!(chief.post(&publication, json!({"revision": 1})).await.1["code"], "archive.own-request");
    assert_eq!(handler.post(&publication, json!({"revision": 1})).await.1["code"], "account.not-your-office");
    assert_eq!(nobody.get(&public).await.0, 404, "not published yet");
    let leader = leader(&office).await;
    let (status, published) = leader.post(&publication, json!({"revision": 1})).await;
    assert_eq!((status, &published["standing"]), (200, &json!("public")), "{published}");

    let (status, read) = nobody.get(&public).await;
    assert_eq!(status, 200);
    let text = read.to_string();
    for hidden in ["姓名-a1", "姓名-r1", "13812345678", "红星厂", "SECRET", "不予准许的问题"] {
        assert!(!text.contains(hidden), "{hidden}");
    }
    assert!(text.contains("何时迁入") && text.contains("姓某"), "{text}");
    assert_eq!(nobody.get("/api/public-records").await.1["records"].as_array().unwrap().len(), 1);
    let beyond = json!({"page": 2, "more": false, "records": []});
    assert_eq!(nobody.get("/api/public-records?page=2").await.1, beyond);
    assert_eq!(nobody.get("/api/public-records?page=0").await.1["code"], "archive.search-unreadable");

    let withdrawal = format!("{path}/withdrawal");
    assert_eq!(
        chief.post(&withdrawal, json!({"revision": 2, "reason": " "})).await.1["code"],
        "archive.reason-missing"
    );
    assert_eq!(chief.post(&withdrawal, json!({"revision": 2, "reason": "当事人申请"})).await.0, 200);
    let again = chief.post(&withdrawal, json!({"revision": 3, "reason": "当事人申请"})).await;
    assert_eq!((again.0, again.1["code"].as_str()), (409, Some("archive.withdrawn-already")));
    let (status, note) = nobody.get(&public).await;
    assert_eq!((status, &note["document"]), (200, &Value::Null));
    assert!(note["withdrawn"].as_i64().unwrap() > 0 && !note.to_string().contains("当事人申请"), "{note}");
    assert_eq!(nobody.get("/api/public-records").await.1["records"], json!([]));
    drop(seats);
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_does_not_look_into_files_prepares_nothing_and_odd_words_are_refused() {
    let office = Prepared::new().await;
    let seats = sealed(&office).await;
    let path = format!("/api/hearings/{}/public-version", office.hearing);
    for name in ["petition", "admin"] {
        let staff = Staff::sign_in(&office.server, name).await;
        assert_eq!(staff.get(&path).await.1["code"], "account.not-your-office", "{name}");
    }
    let handler = Staff::sign_in(&office.server, "handler").await;
    let prepare = |more: Value, keep: Value| json!({"revision": 0, "more": more, "keep": keep});
    let long = "长".repeat(101);
    for (more, keep, code) in [
        (json!([""]), json!([]), "archive.mask-unreadable"),
        (json!(["，"]), json!([]), "archive.mask-unreadable"),
        (json!([long]), json!([]), "archive.mask-unreadable"),
        (json!(vec!["词"; 201]), json!([]), "archive.mask-unreadable"),
        (json!([]), json!([{"words": "12309", "reason": ""}]), "archive.reason-missing"),
    ] {
        let (status, refused) = handler.post(&path, prepare(more, keep)).await;
        assert_eq!((status, refused["code"].as_str()), (422, Some(code)));
    }
    assert_eq!(handler.get(&path).await.1["revision"], 0, "nothing was kept");
    drop(seats);
    office.server.stop().await;
}

proptest! {
    #[test]
    fn whatever_is_said_no_masked_name_stands_in_what_the_public_reads(
        people in prop::collection::vec("[甲乙陈李欧阳某a1× ]{1,4}", 0..5),
        more in prop::collection::vec("[陈建国a1×]{1,3}", 0..3),
        pieces in prop::collection::vec("[甲乙陈李欧阳建国某a0-9×路区号 ]{0,8}", 0..12),
    ) {
        let mut said = pieces.join("");
        for name in &people {
            said.push_str(name);
            said.insert_str(0, name);
        }
        let how = Masking {
            names: names(people.iter().map(String::as_str)),
            more: more.into_iter().filter(|words| words.chars().any(char::is_alphanumeric)).collect(),
            ..Masking::default()
        };
        let (masked, _) = mask(&said, &how);
        for hidden in how.names.keys().chain(&how.more) {
            prop_assert!(!masked.contains(hidden.as_str()), "{hidden} in {masked}");
        }
    }

    #[test]
    fn whatever_nobody_sees_in_it_no_name_stands_in_what_the_public_reads(
        gaps in prop::collection::vec(
            prop::sample::select(vec!["", " ", "\u{3000}", "\u{200b}", "·", "\u{a0}"]),
            8,
        ),
        before in "[乙丙的a ]{0,6}",
        after in "[乙丙的a ]{0,6}",
    ) {
        let spelt = |name: &str| -> String {
            name.chars().zip(&gaps).flat_map(|(letter, gap)| [letter.to_string(), (*gap).to_string()]).collect()
        };
        let people = ["陈建国", "欧阳明珠", "阿依古丽·买买提"];
        let how = Masking { names: names(people), ..Masking::default() };
        for (name, hidden) in [
            ("陈建国", "陈建国"),
            ("欧阳明珠", "欧阳明珠"),
            ("阿依古丽买买提", "阿依古丽"),
            ("阿依古丽买买提", "买买提"),
        ] {
            let (masked, spans) = mask(&format!("{before}{}{after}", spelt(name)), &how);
            let close: String = masked.chars().filter(|letter| letter.is_alphanumeric()).collect();
            prop_assert!(!close.contains(hidden) && spans.len() == 1, "{hidden} in {masked}");
        }
    }

    #[test]
    fn whatever_stands_beside_it_no_code_mail_or_plate_stands_in_what_the_public_reads(
        before in prop::collection::vec("[的在，。甲乙路区]{0,6}", 0..3),
        which in 0..8_usize,
        digits in "[1-9]{8}",
        unseen in prop::sample::select(vec!["", "\u{200b}", "\u{2060}", "\u{feff}"]),
        at in 1..8_usize,
    ) {
        let cut = format!("{}{unseen}{}", &digits[..at], &digits[at..]);
        let (early, shown) = (at.min(4), &digits[..5]);
        let five = format!("{}{unseen}{}", &digits[..early], &digits[early..5]);
        let (said, hidden) = match which {
            0 => (format!("E{cut}"), &digits[..]),
            1 => (format!("G{cut}"), &digits[..]),
            2 => (format!("QQ：{cut}"), &digits[..]),
            3 => (format!("微信号：zs_{cut}"), &digits[..]),
            4 => (format!("zs.{cut}@example.com"), &digits[..]),
            5 => (format!("WJ京{five}"), shown),
            6 => (format!("军A·{five}"), shown),
            _ => (format!("豫A{five}"), shown),
        };
        let text = format!("{}。{said}。", before.concat());
        let (masked, _) = mask(&text, &Masking::default());
        let close: String = masked.chars().filter(|letter| letter.is_ascii_alphanumeric()).collect();
        prop_assert!(!close.contains(hidden), "{hidden} in {masked}");
        prop_assert!(!close.contains("example"), "{masked}");
    }

    #[test]
    fn whatever_stands_beside_it_no_phone_stands_in_what_the_public_reads(
        before in prop::collection::vec("[2-9]{1,8}", 0..3),
        phones in prop::collection::vec(("1[3-9][0-9]{9}", 0..6_usize), 1..3),
        after in prop::collection::vec("[2-9]{1,8}", 0..3),
        between in prop::sample::select(vec![" ", "-", "，", "　"]),
        keep in prop::collection::vec("[2-9]{3,8}|[陈建国]{2,3}", 1..3),
    ) {
        let spelt = phones.iter().map(|(digits, how)| {
            let (net, area, own) = (&digits[..3], &digits[3..7], &digits[7..]);
            match how {
                0 => digits.clone(),
                1 => format!("{net} {area} {own}"),
                2 => format!("{net}-{area}-{own}"),
                3 => format!("+86 {digits}"),
                4 => format!("86{digits}"),
                _ => digits.chars().filter_map(|digit| char::from_u32(u32::from(digit) + 0xfee0)).collect(),
            }
        });
        let all: Vec<String> = before.iter().cloned().chain(spelt).chain(after.iter().cloned()).collect();
        let said = format!("陈建国说{}。", all.join(between));
        let how = Masking { names: names(["陈建国"]), keep, ..Masking::default() };
        let (masked, _) = mask(&said, &how);
        prop_assert!(!masked.contains("陈建国"), "{masked}");
        let plain = server::archive::search::folded(&masked);
        let close: Vec<char> = plain.chars().filter(|letter| !matches!(letter, ' ' | '-')).collect();
        let remains = close
            .windows(11)
            .any(|window| window[0] == '1' && window.iter().all(char::is_ascii_digit));
        prop_assert!(!remains, "{masked}");
    }
}
