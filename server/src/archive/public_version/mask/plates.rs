//! Number plates: of cars (GA 36-2018), of police, of army and armed police, of embassies.

use super::{
    CROSS, Place, What,
    sight::{after_gap, is_edge},
};

/// What plates begin with.
const PROVINCES: &str = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";
const ARMY: &str = "军海空北沈兰济南广成";
/// The letter of the central commission, of the air force and of the navy.
const ARMY_LETTERS: &str = "vkh";
/// What plates of four signs end with.
const ENDS: &str = "警学挂港澳领使试超";
/// So many signs may stand between their parts.
const GAP: usize = 2;

/// Every plate.
pub(super) fn plates(letters: &[char]) -> Vec<Place> {
    let kinds = [of_a_car, of_the_army, of_armed_police, of_an_embassy];
    let mut found = Vec::new();
    for (from, letter) in letters.iter().enumerate() {
        if let Some(to) = kinds.iter().filter_map(|kind| kind(letters, from)).max() {
            let first = letter.to_uppercase();
            found.push((from, to, What::Plate, format!("{first}{CROSS}{CROSS}{CROSS}")));
        }
    }
    found
}

/// Letters and digits from here on: where they end, how many, and how many of them are digits.
fn signs(letters: &[char], from: usize) -> (usize, usize, usize) {
    let rest = letters.get(from..).unwrap_or_default();
    let all = rest.iter().take_while(|letter| letter.is_ascii_alphanumeric()).count();
    let digits = rest.iter().take(all).filter(|letter| letter.is_ascii_digit()).count();
    (from + all, all, digits)
}

fn is(letters: &[char], at: usize, among: &str) -> bool {
    letters.get(at).is_some_and(|letter| among.contains(*letter))
}

/// The letter after the province, and where what follows it begins.
fn lettered(letters: &[char], from: usize) -> Option<usize> {
    let letter = after_gap(letters, from + 1, 1);
    let is_letter = letters.get(letter).is_some_and(char::is_ascii_alphabetic);
    is_letter.then(|| after_gap(letters, letter + 1, GAP))
}

/// `豫A12345`, `豫A·D12345`, `豫A1234警`, `豫A1234应急`.
fn of_a_car(letters: &[char], from: usize) -> Option<usize> {
    if !is(letters, from, PROVINCES) {
        return None;
    }
    let (to, all, digits) = signs(letters, lettered(letters, from)?);
    match all {
        5..=6 if digits >= 3 => Some(to),
        4 if digits >= 3 && is(letters, to, ENDS) => Some(to + 1),
        4 if digits >= 3 && is(letters, to, "应") && is(letters, to + 1, "急") => Some(to + 2),
        _ => None,
    }
}

/// `军A12345`, `空K·12345`, `VA12345`.
fn of_the_army(letters: &[char], from: usize) -> Option<usize> {
    let is_lettered = is(letters, from, ARMY_LETTERS)
        && from.checked_sub(1).is_none_or(|before| !letters[before].is_ascii_alphanumeric());
    if !is(letters, from, ARMY) && !is_lettered {
        return None;
    }
    let begin = lettered(letters, from)?;
    let (to, all, digits) = signs(letters, begin);
    (all == 5 && digits >= if is_lettered { 5 } else { 4 }).then_some(to)
}

/// `WJ京12345`, `WJ·京 1234X`, `WJ01-12345`.
fn of_armed_police(letters: &[char], from: usize) -> Option<usize> {
    if letters.get(from..from + 2)? != ['w', 'j'] {
        return None;
    }
    let place = after_gap(letters, from + 2, GAP);
    let begin = if is(letters, place, PROVINCES) {
        place + 1
    } else {
        let is_digit = |at: usize| letters.get(at).is_some_and(char::is_ascii_digit);
        // The army wrote provinces as numbers.
        if !is_digit(place) || !is_digit(place + 1) {
            return None;
        }
        place + 2
    };
    let (to, all, digits) = signs(letters, after_gap(letters, begin, GAP));
    ((4..=6).contains(&all) && digits >= 3 && is_edge(letters, from, to)).then_some(to)
}

/// `使014578`.
fn of_an_embassy(letters: &[char], from: usize) -> Option<usize> {
    if !is(letters, from, "使领") {
        return None;
    }
    let (to, all, digits) = signs(letters, after_gap(letters, from + 1, 1));
    (all == 6 && digits == 6).then_some(to)
}
