//! Exhibits: who lays them and when, what their file must say, who sees them before and after they are shown.

use procedure::{
    Command, Id,
    hearing::{
        exhibit::{self, Content},
        phase::Phase,
        plan,
    },
};

use crate::cast::{Court, LEAVE};

fn lay(content: Content) -> Command {
    Command::Exhibit(exhibit::Command::Lay { title: "租房合同".into(), content })
}

fn text() -> Content {
    Content::Text("每月租金六百元".into())
}

fn file() -> (String, u64, String, u32) {
    ("0a".repeat(32), 1024, "application/pdf".into(), 3)
}

fn of((sha256, size, media_type, pages): (String, u64, String, u32)) -> Content {
    Content::File { sha256, size, media_type, pages }
}

fn show(of: &Id, page: Option<u32>) -> Command {
    Command::Exhibit(exhibit::Command::Show { of: of.clone(), page })
}

fn hide(of: &Id) -> Command {
    Command::Exhibit(exhibit::Command::Hide { of: of.clone() })
}

#[test]
fn exhibits_are_laid_by_prosecutor_parties_and_agents_from_the_introduction_to_the_questions() {
    for phase in Phase::ALL.into_iter().filter(|phase| *phase > Phase::Waiting) {
        let evidence = (Phase::Introduction..=Phase::Questions).contains(&phase);
        let mut court = Court::at(plan::Openness::Public, phase);
        for who in ["handler", "a1", "a2", "r1", "t1"] {
            let result = court.tries(who, lay(text()));
            assert_eq!(result.is_ok(), evidence, "{who} in {phase:?}: {result:?}");
        }
        for who in ["chair", "clerk", "p1", "w1", "e1", "f1", "i1", "s1", "o1"] {
            court.refused(who, lay(text()), "exhibit.not-allowed");
        }
    }
    let mut court = Court::at(plan::Openness::Public, Phase::Introduction);
    court.does("handler", LEAVE);
    court.does("chair", lay(text()));
    court.rules.exhibits_max = 1;
    court.refused("a1", lay(text()), "exhibit.too-many");
}

#[test]
fn a_file_is_known_by_its_hash_its_length_its_kind_and_its_pages() {
    let mut court = Court::at(plan::Openness::Public, Phase::Statements);
    let most = court.rules.exhibit_pages_max;
    let (hash, size, kind, pages) = file();
    for wrong in [
        ("0a".repeat(31), size, kind.clone(), pages),
        ("zz".repeat(32), size, kind.clone(), pages),
        (hash.clone(), 0, kind.clone(), pages),
        (hash.clone(), size, String::new(), pages),
        (hash.clone(), size, "x".repeat(1000), pages),
        (hash.clone(), size, kind.clone(), 0),
        (hash.clone(), size, kind.clone(), most + 1),
        (hash, size, kind, u32::MAX),
    ] {
        court.refused("a1", lay(of(wrong)), "exhibit.file");
    }
    court.refused("a1", lay(Content::Text(" ".into())), "text.empty");
    court.refused("a1", lay(Content::Text("长".repeat(10_001))), "text.too-long");
    let id = court.tries("a1", lay(of(file()))).unwrap();
    court.does("chair", show(&id, None));
    court.does("chair", show(&id, Some(3)));
    for page in [0, 4, u32::MAX] {
        court.refused("chair", show(&id, Some(page)), "exhibit.page");
    }
    assert_eq!(court.sees("o1").exhibit.shown, Some((1, 3)));
}

#[test]
fn one_exhibit_is_on_the_screens_at_a_time_until_the_chair_takes_it_off() {
    let mut court = Court::at(plan::Openness::Public, Phase::Statements);
    let (one, two) = (court.tries("a1", lay(text())).unwrap(), court.tries("r1", lay(text())).unwrap());
    court.refused("chair", show(&"none".into(), None), "exhibit.unknown");
    court.does("chair", show(&one, None));
    court.does("chair", show(&two, None));
    court.refused("chair", hide(&one), "exhibit.not-shown");
    court.refused("clerk", hide(&two), "seat.chair-only");
    court.does("chair", hide(&two));
    assert_eq!(court.hearing.exhibit.shown, None);
    court.does("chair", show(&one, None));
    let exclude =
        |reason: &str| Command::Exhibit(exhibit::Command::Exclude { of: one.clone(), reason: reason.into() });
    court.refused("chair", exclude(""), "text.reason-needed");
    court.does("chair", exclude("来源不明"));
    assert_eq!(court.hearing.exhibit.shown, None, "what is excluded is off the screens");
    court.refused("chair", exclude("来源不明"), "exhibit.excluded");
    court.assert_square();
}

#[test]
fn an_exhibit_is_the_rooms_when_laid_and_the_publics_when_shown() {
    let mut court = Court::at(plan::Openness::Public, Phase::Statements);
    let lay = || {
        Command::Exhibit(exhibit::Command::Lay {
            title: "工资流水".into(),
            content: exhibit::Content::Text("EXHIBIT-TEXT".into()),
        })
    };
    court.refused("w1", lay(), "exhibit.not-allowed");
    let id = court.tries("a2", lay()).unwrap();
    assert!(court.text_seen_by("r1").contains("EXHIBIT-TEXT"));
    assert!(!court.text_seen_by("o1").contains("EXHIBIT-TEXT"));
    let object = exhibit::Command::Object { of: id.clone(), reason: "逾期提交".into() };
    court.does("r1", Command::Exhibit(object.clone()));
    court.refused("r1", Command::Exhibit(object), "exhibit.objection-twice");
    let show = |page| Command::Exhibit(exhibit::Command::Show { of: id.clone(), page });
    court.refused("a2", show(None), "seat.chair-only");
    court.refused("chair", show(Some(2)), "exhibit.page");
    court.does("chair", show(None));
    assert!(court.text_seen_by("o1").contains("EXHIBIT-TEXT"));
    assert!(!court.text_seen_by("o1").contains("逾期提交"));
    court.does("chair", Command::Exhibit(exhibit::Command::Hide { of: id.clone() }));
    let exclude = exhibit::Command::Exclude { of: id.clone(), reason: "与本案无关".into() };
    court.does("chair", Command::Exhibit(exclude));
    court.refused("chair", show(None), "exhibit.excluded");
    court.assert_square();
}
