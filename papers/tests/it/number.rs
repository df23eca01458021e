//! No two papers of one case have one number, and what is numbered once keeps its number.

use std::collections::BTreeSet;

use papers::{Form, Series};
use procedure::SeatId;

use crate::hearing::held;

#[test]
fn the_papers_of_a_second_hearing_of_a_case_name_it_and_those_of_the_first_stay_as_they_are() {
    let hearing = held();
    let to = SeatId::from("a1");
    let number = |form: Form, nth| form.number(&hearing.plan, Some(&to), Series { word: "", nth });
    assert_eq!(number(Form::Notice, 1), "豫检民监〔2026〕17号·通知a1号");
    assert_eq!(number(Form::Notice, 2), "豫检民监〔2026〕17号·听证2·通知a1号");
    let mut all = BTreeSet::new();
    for nth in 1..=3 {
        for form in Form::ALL.into_iter().filter(|form| !form.mark().is_empty()) {
            assert!(all.insert(number(form, nth)), "{form:?} {nth}");
        }
    }
    assert_eq!(number(Form::Record, 2), "", "what has no number gets none");
}

#[test]
fn the_word_of_an_office_stands_before_the_number_of_what_goes_out_under_its_name() {
    let hearing = held();
    let number = |form: Form| form.number(&hearing.plan, None, Series { word: "某检听", nth: 2 });
    assert_eq!(number(Form::PublicNotice), "某检听·豫检民监〔2026〕17号·听证2·公告1号");
    assert_eq!(number(Form::Report), "豫检民监〔2026〕17号·听证2·报告1号");
}
