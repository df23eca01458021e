//! Every paper is drawn up for whom it is written, and says nothing that its reader may not know.

use papers::{
    Audience, Fonts, Form, Lacking, Office, Paper, Source, Wordings, block::Block, docx, page, pdf,
};
use procedure::{
    Disclosed, Hearing, Moment, Rulebook, SeatId,
    disclosed::{Clearance, Viewer},
};

use crate::hearing::{CONSENT, HOME, RARE, SHEET, at_the_door, decided, held};

pub(crate) fn office() -> Office {
    Office { name: "某市人民检察院".into(), phone: "12309".into() }
}

/// Every paper of a hearing that there is, as the office has it.
pub(crate) fn all(hearing: &Hearing) -> Vec<(Form, Option<SeatId>, Paper)> {
    let (office, rules, wordings) = (office(), Rulebook::default(), Wordings::default());
    let asks = Viewer::office();
    let mut all = Vec::new();
    for form in Form::ALL.into_iter().filter(|form| form.lacks(hearing, &asks).is_none()) {
        let mut addressed: Vec<_> = hearing.plan.places.values().collect();
        addressed.retain(|place| form.is_for(place.capacity) && form.is_due(hearing, &place.seat));
        let to: Vec<Option<SeatId>> = match form.audience() {
            Audience::All => vec![None],
            _ => addressed.into_iter().map(|place| Some(place.seat.clone())).collect(),
        };
        for to in to {
            let view = Disclosed::view(hearing, &form.reader(to.as_ref(), &asks));
            let source = Source {
                view: &view,
                office: &office,
                to: to.as_ref(),
                nth: 1,
                rules: &rules,
                served: &[],
                at: Moment(1_796_691_600_000),
            };
            all.push((form, to.clone(), Paper::draw_up(form, &source, &wordings).unwrap()));
        }
    }
    all
}

pub(crate) fn text(paper: &Paper) -> String {
    serde_json::to_string(&paper.blocks).unwrap()
}

#[test]
fn names_of_rare_characters_and_of_signs_stand_in_the_papers_as_they_are() {
    let hearing = held();
    let all = all(&hearing);
    let notice = |seat: &str| {
        all.iter()
            .find(|(form, to, _)| *form == Form::Notice && to.as_ref().is_some_and(|to| to.0 == seat))
            .unwrap()
    };
    assert!(text(&notice("a1").2).contains(RARE));
    assert!(text(&notice("r1").2).contains("某运输公司*代表*"), "no emphasis of its own");
    assert!(text(&notice("a1").2).contains("一号听证室 | 二楼"), "and no column");
}

#[test]
fn a_party_reads_nothing_of_what_is_proposed() {
    for (form, to, paper) in [all(&held()), all(&decided())].concat() {
        let office = matches!(form, Form::ApprovalSheet | Form::HearingPlan);
        assert!(office || !text(&paper).contains("予以认定"), "{form:?} {to:?}");
    }
}

#[test]
fn every_paper_can_be_written_in_every_way_and_the_same_twice() {
    let fonts = Fonts::within(&["/usr/share/fonts".into()]);
    let all = [all(&held()), all(&decided())].concat();
    for form in Form::ALL.into_iter().filter(|form| *form != Form::SettlementAgreement) {
        assert!(all.iter().any(|(there, ..)| *there == form), "{form:?}");
    }
    for (form, to, paper) in all {
        assert!(
            !paper.title.is_empty() && paper.blocks.iter().any(|block| *block != Block::PageBreak),
            "{form:?}"
        );
        let written = pdf::write(&paper, &fonts).unwrap();
        assert!(written.starts_with(b"%PDF-1.7"));
        assert_eq!(written, pdf::write(&paper, &fonts).unwrap(), "{form:?}");
        assert!(docx::write(&paper).unwrap().starts_with(b"PK"));
        assert!(page::write(&paper).contains(&paper.title));
        if let Ok(folder) = std::env::var("PAPERS_TO") {
            let name = format!("{folder}/{}{}", form.name(), to.map_or(String::new(), |to| format!("-{to}")));
            std::fs::write(format!("{name}.pdf"), written).unwrap();
            std::fs::write(format!("{name}.docx"), docx::write(&paper).unwrap()).unwrap();
            std::fs::write(format!("{name}.html"), page::write(&paper)).unwrap();
        }
    }
}

/// What `pdftotext` reads; none where there is no such program.
fn read(name: &str, pdf: &[u8]) -> Option<String> {
    let path = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.pdf"));
    std::fs::write(&path, pdf).unwrap();
    let output = std::process::Command::new("pdftotext").arg(&path).arg("-").output().ok()?;
    assert!(output.status.success(), "{output:?}");
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn what_the_panel_and_the_office_keep_to_themselves_stands_in_no_paper_of_others() {
    for (form, to, paper) in all(&decided()) {
        let words = text(&paper);
        let panels = matches!(form, Form::DeliberationRecord | Form::OpinionSheet);
        assert!(panels || !words.contains(SHEET), "{form:?} {to:?}");
        let offices = matches!(form, Form::Report | Form::NonAdoptionReport);
        assert!(offices || !words.contains(CONSENT), "{form:?} {to:?}");
        if form == Form::Feedback {
            assert!(words.contains("多数意见未被采纳"), "{words}");
        }
        if form == Form::OpinionSheet {
            assert_eq!(words.matches(SHEET).count(), 1, "its own alone: {words}");
        }
    }
}

#[test]
fn whoever_was_recused_signs_nothing_and_is_told_nothing_more() {
    let hearing = decided();
    for (form, to, paper) in all(&hearing) {
        let sits = matches!(form, Form::DeliberationRecord | Form::OpinionPaper | Form::Report);
        assert!(!sits || !text(&paper).contains("高明远"), "{form:?} {to:?}");
    }
    for form in [Form::OpinionSheet, Form::Feedback] {
        assert!(!form.is_due(&hearing, &"p2".into()) && form.is_due(&hearing, &"p1".into()));
    }
    assert!(Form::Notice.is_due(&hearing, &"r1".into()), "a notice is had by whoever never came");
    assert!(!Form::Undertaking.is_due(&hearing, &"r1".into()));
}

#[test]
fn a_notice_to_the_public_names_no_home_and_what_the_office_approves_does() {
    for come in [false, true] {
        for (form, to, paper) in all(&at_the_door(come)) {
            let named = text(&paper).contains(HOME);
            match form {
                Form::PublicNotice | Form::Discipline => assert!(!named, "{form:?}"),
                Form::ApprovalSheet | Form::HearingPlan | Form::Notice => assert!(named, "{form:?} {to:?}"),
                _ => {}
            }
        }
    }
}

#[test]
fn a_notice_to_the_public_is_the_publics_once_it_is_published() {
    let mut hearing = Hearing::default();
    for event in crate::hearing::events() {
        let published = event.pointer("/plan/published").is_some();
        let gallery = Viewer { seat: Some("o1".into()), clearance: Clearance::Gallery };
        if published {
            assert_eq!(Form::PublicNotice.lacks(&hearing, &gallery), Some(Lacking::Publication));
            assert_eq!(Form::PublicNotice.lacks(&hearing, &Viewer::office()), None);
        }
        hearing.evolve(Moment(0), &serde_json::from_value(event).unwrap());
        if published {
            assert_eq!(Form::PublicNotice.lacks(&hearing, &gallery), None);
        }
    }
}

#[test]
fn rare_characters_can_be_read_out_of_the_pdf_again() {
    let hearing = held();
    let fonts = Fonts::within(&["/usr/share/fonts".into()]);
    let all = all(&hearing);
    let mut notices = all.iter().filter(|(form, ..)| *form == Form::Notice);
    let notice = &notices.find(|(_, to, _)| to.as_ref().is_some_and(|to| to.0 == "a1")).unwrap().2;
    let Some(words) = read("rare", &pdf::write(notice, &fonts).unwrap()) else {
        let _ = std::io::Write::write_all(&mut std::io::stderr(), b"SKIPPED: there is no pdftotext here\n");
        return;
    };
    assert!(words.contains(RARE), "{words}");
    assert!(words.contains(&notice.version), "the version stands at the foot");
}

#[test]
fn the_version_changes_with_a_word_and_with_nothing_else() {
    let hearing = held();
    let (office, rules, wordings) = (office(), Rulebook::default(), Wordings::default());
    let view = Disclosed::view(&hearing, &Form::Discipline.reader(None, &Viewer::office()));
    let version = |office: &Office, at| {
        let source =
            Source { view: &view, office, to: None, nth: 1, rules: &rules, served: &[], at: Moment(at) };
        Paper::draw_up(Form::Discipline, &source, &wordings).unwrap().version
    };
    let other = Office { name: "另一人民检察院".into(), ..office.clone() };
    assert_eq!(version(&office, 0), version(&office, 1_796_691_600_000));
    assert_ne!(version(&office, 0), version(&other, 0));
    assert_eq!(version(&office, 0).len(), 8);
}

#[test]
fn a_word_longer_than_a_line_is_not_cut_off() {
    let hearing = held();
    let fonts = Fonts::within(&["/usr/share/fonts".into()]);
    let (rules, wordings) = (Rulebook::default(), Wordings::default());
    let view = Disclosed::view(&hearing, &Form::PublicNotice.reader(None, &Viewer::office()));
    let digest = "0123456789abcdef".repeat(8);
    let office = Office { name: "院".into(), phone: digest.clone() };
    let source =
        Source { view: &view, office: &office, to: None, nth: 1, rules: &rules, served: &[], at: Moment(0) };
    let paper = Paper::draw_up(Form::PublicNotice, &source, &wordings).unwrap();
    if let Some(mut words) = read("long", &pdf::write(&paper, &fonts).unwrap()) {
        words.retain(|character| character.is_ascii_hexdigit());
        assert!(words.contains(&digest), "{words}");
    }
}

#[test]
fn a_character_that_no_font_can_draw_is_written_as_its_number_and_stops_no_paper() {
    let hearing = held();
    let fonts = Fonts::within(&["/usr/share/fonts".into()]);
    let (rules, wordings) = (Rulebook::default(), Wordings::default());
    let view = Disclosed::view(&hearing, &Form::Discipline.reader(None, &Viewer::office()));
    let office = Office { name: "好😀\u{feff}\u{10ffff}院".into(), phone: String::new() };
    let source =
        Source { view: &view, office: &office, to: None, nth: 1, rules: &rules, served: &[], at: Moment(0) };
    let paper = Paper::draw_up(Form::Discipline, &source, &wordings).unwrap();
    let written = pdf::write(&paper, &fonts).unwrap();
    if let Some(words) = read("odd", &written) {
        assert!(words.contains("〔U+10FFFF〕院"), "{words}");
    }
}

#[test]
fn a_proof_of_service_says_all_that_came_of_each_delivery_and_leaves_no_line_for_what_is_known() {
    let (hearing, office, rules) = (held(), office(), Rulebook::default());
    let view = Disclosed::view(&hearing, &Form::ProofOfService.reader(Some(&"a1".into()), &Viewer::office()));
    let to = SeatId::from("a1");
    let drawn = |served: &[papers::Served]| {
        let source = Source {
            view: &view,
            office: &office,
            to: Some(&to),
            nth: 1,
            rules: &rules,
            served,
            at: Moment(0),
        };
        text(&Paper::draw_up(Form::ProofOfService, &source, &Wordings::default()).unwrap())
    };
    let blank = drawn(&[]);
    assert!(blank.contains("受送达人签收") && blank.contains("□ 当面"));
    let at = |ms: i64| Some(Moment(1_796_691_600_000 + ms));
    let served = papers::Served {
        paper: "听证通知书".into(),
        number: "17号·通知a1号".into(),
        version: "00c0ffee".into(),
        way: "短信".into(),
        address: "138****2001".into(),
        sender: "handler".into(),
        carrier: "短信网关".into(),
        tries: 2,
        sent: at(60_000),
        read: at(120_000),
        acknowledged: at(180_000),
        failures: vec![(Moment(1_796_691_600_000), "网关暂时不可用".into())],
        state: "已确认收到".into(),
        ..papers::Served::default()
    };
    let proof = drawn(std::slice::from_ref(&served));
    for said in ["138****2001", "00c0ffee", "09:01", "09:02（短信）", "09:03", "网关暂时不可用", "已确认收到"]
    {
        assert!(proof.contains(said), "{said}: {proof}");
    }
    assert!(!proof.contains("受送达人签收") && !proof.contains("＿＿"), "{proof}");
    let sent = drawn(&[papers::Served { read: None, acknowledged: None, ..served }]);
    assert!(sent.contains("受送达人签收"), "what was only sent is still to be signed for");
}
