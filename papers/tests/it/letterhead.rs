//! The letterhead and the picture of the seal of an office stand on what the office seals, and on nothing else.

use std::sync::Arc;

use papers::{
    Audience, Fonts, Form, Letterhead, Paper, Seal, Source, Wordings, block::Block, docx, page, pdf,
};
use procedure::{Disclosed, Hearing, Moment, Rulebook, SeatId, disclosed::Viewer};

use crate::{
    drawn::{office, text},
    hearing::{decided, held},
};

/// A square of four pixels, one of them red and the others clear: a PNG as small as one can be.
const PICTURE: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00,
    0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x02, 0x08, 0x06, 0x00, 0x00, 0x00, 0x72, 0xb6, 0x0d, 0x24, 0x00,
    0x00, 0x00, 0x10, 0x49, 0x44, 0x41, 0x54, 0x78, 0xda, 0x63, 0x38, 0xc0, 0xc0, 0xf0, 0x9f, 0x01, 0x19,
    0x00, 0x00, 0x1a, 0xc4, 0x01, 0xc0, 0x4d, 0x6f, 0xad, 0x18, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e,
    0x44, 0xae, 0x42, 0x60, 0x82,
];

fn own() -> Letterhead {
    Letterhead {
        name: "某市人民检察院文件".into(),
        word: "某检听".into(),
        foot: "地址：某市某路1号　邮编：100000".into(),
        seal: Some(Arc::new(Seal::new(PICTURE.into(), 2, 45, [7; 32]))),
    }
}

/// Every paper of a hearing that there is, under a letterhead.
fn all(hearing: &Hearing, letterhead: &Letterhead) -> Vec<(Form, Option<SeatId>, Paper)> {
    let (office, rules) = (office(), Rulebook::default());
    let wordings = Wordings::default().under(letterhead.clone());
    let asks = Viewer::office();
    let mut all = Vec::new();
    for form in Form::ALL.into_iter().filter(|form| form.lacks(hearing, &asks).is_none()) {
        let mut written: Vec<_> = hearing.plan.places.values().collect();
        written.retain(|place| form.is_for(place.capacity) && form.is_due(hearing, &place.seat));
        let to: Vec<Option<SeatId>> = match form.audience() {
            Audience::All => vec![None],
            _ => written.into_iter().map(|place| Some(place.seat.clone())).collect(),
        };
        for to in to {
            let view = Disclosed::view(hearing, &form.reader(to.as_ref(), &asks));
            let at = Moment(1_796_691_600_000);
            let (view, office, rules) = (&view, &office, &rules);
            let source = Source { view, office, to: to.as_ref(), nth: 1, rules, served: &[], at };
            all.push((form, to.clone(), Paper::draw_up(form, &source, &wordings).unwrap()));
        }
    }
    all
}

/// How often a picture is drawn in a PDF, as `pdfimages` lists them; none where there is no such program. What lets the ground
/// through is listed beside the picture and does not count.
fn pictures(name: &str, pdf: &[u8]) -> Option<usize> {
    let path = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.pdf"));
    std::fs::write(&path, pdf).unwrap();
    let output = std::process::Command::new("pdfimages").arg("-list").arg(&path).output().ok()?;
    assert!(output.status.success(), "{output:?}");
    let listed = String::from_utf8(output.stdout).unwrap();
    Some(listed.lines().filter(|line| line.split_whitespace().nth(2) == Some("image")).count())
}

#[test]
fn what_the_office_seals_bears_the_seal_once_in_every_way_and_what_others_sign_bears_none() {
    let fonts = Fonts::within(&["/usr/share/fonts".into()]);
    let all = [all(&held(), &own()), all(&decided(), &own())].concat();
    for form in [Form::Notice, Form::Invitation, Form::PublicNotice, Form::ApplicationDecision] {
        assert!(form.is_sealed() && all.iter().any(|(there, ..)| *there == form), "{form:?}");
    }
    for form in [Form::Record, Form::Report, Form::OpinionSheet, Form::SettlementAgreement, Form::Undertaking]
    {
        assert!(!form.is_sealed(), "{form:?}");
    }
    for (form, to, paper) in all {
        let name = format!("sealed-{}-{}", form.name(), to.map_or(String::new(), |to| to.to_string()));
        let bears = usize::from(form.is_sealed());
        assert_eq!(usize::from(paper.sealed.is_some()), bears, "{name}");
        let written = pdf::write(&paper, &fonts).unwrap();
        assert_eq!(written, pdf::write(&paper, &fonts).unwrap(), "{name}");
        let declared = written.windows(PART.len()).any(|bytes| bytes == PART);
        assert!(declared, "{name}: PDF/A-2u with the seal as without");
        if let Some(pictures) = pictures(&name, &written) {
            assert_eq!(pictures, bears, "{name}");
        }
        assert_eq!(page::write(&paper).matches("data:image/png;base64,").count(), bears, "{name}");
        let word = docx::write(&paper).unwrap();
        let holds = word.windows(MEDIA.len()).any(|bytes| bytes == MEDIA);
        assert!(!holds, "{name}: what can be written on bears no seal");
    }
}

/// How a PDF/A says which part of the standard it keeps to.
const PART: &[u8] = b"<pdfaid:part>2</pdfaid:part>";
/// Where a DOCX has its pictures.
const MEDIA: &[u8] = b"word/media/";

#[test]
fn the_seal_stands_on_the_lines_in_which_the_office_names_itself() {
    for (form, to, paper) in all(&held(), &own()) {
        let Some(sealed) = &paper.sealed else { continue };
        let Block::Closing { lines } = &paper.blocks[sealed.block] else { panic!("{form:?} {to:?}") };
        let named = lines.iter().flatten().any(|span| span.text == "某市人民检察院");
        assert!(named, "{form:?} {to:?}: {lines:?}");
    }
}

#[test]
fn a_paper_of_an_office_without_letterhead_and_seal_is_the_same_byte_for_byte() {
    let fonts = Fonts::within(&["/usr/share/fonts".into()]);
    let (plain, own) = (all(&held(), &Letterhead::default()), all(&held(), &own()));
    let drawn = crate::drawn::all(&held());
    for (form, to, paper) in &plain {
        let same = |(other, whom, _): &&(Form, Option<SeatId>, Paper)| other == form && whom == to;
        let before = &drawn.iter().find(same).unwrap().2;
        assert_eq!(before, paper, "{form:?} {to:?}");
        assert_eq!(paper.head.is_empty(), !form.has_letterhead());
        assert!(paper.head.is_empty() || paper.head == paper.office);
        let after = &own.iter().find(same).unwrap().2;
        if form.is_sealed() {
            assert_ne!(paper.version, after.version, "{form:?} {to:?}: another print");
        } else if *form != Form::Contents {
            let (paper, after) = (pdf::write(paper, &fonts).unwrap(), pdf::write(after, &fonts).unwrap());
            assert_eq!(paper, after, "{form:?} {to:?}: what the office does not seal");
        }
    }
}

#[test]
fn the_letterhead_stands_over_and_under_what_goes_out_in_the_name_of_the_office() {
    for (form, to, paper) in all(&held(), &own()) {
        let written = page::write(&paper);
        let under = form.has_letterhead();
        assert_eq!(written.contains("某市人民检察院文件"), under, "{form:?} {to:?}");
        assert_eq!(written.contains("邮编：100000"), under, "{form:?} {to:?}");
        assert_eq!(paper.number.starts_with("某检听·"), under, "{form:?} {to:?}");
    }
}

#[test]
fn an_office_that_words_the_end_of_a_paper_otherwise_gets_no_seal_in_a_wrong_place() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("discipline.md"), "# 纪律\n\n> {{ office.name }}\n").unwrap();
    std::fs::write(folder.path().join("notice.md"), "# 通知\n\n> 收件人：\n> {{ today }}\n").unwrap();
    let wordings = Wordings::with(folder.path()).unwrap().under(own());
    let (hearing, office, rules) = (held(), office(), Rulebook::default());
    let to = SeatId::from("a1");
    for (form, to) in [(Form::Discipline, None), (Form::Notice, Some(&to))] {
        let view = Disclosed::view(&hearing, &form.reader(to, &Viewer::office()));
        let (view, office, rules) = (&view, &office, &rules);
        let source = Source { view, office, to, nth: 1, rules, served: &[], at: Moment(0) };
        let paper = Paper::draw_up(form, &source, &wordings).unwrap();
        assert!(paper.sealed.is_none(), "{}", text(&paper));
    }
}
