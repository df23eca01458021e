//! Numbers by which somebody is found: telephones, identity numbers, accounts, codes of social credit, passports.

use super::{
    CROSS, Place, What,
    sight::{after_gap, is_edge},
};

/// Weights of the digits of an identity number, and the check digits (GB 11643-1999).
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS: [char; 11] = ['1', '0', 'x', '9', '8', '7', '6', '5', '4', '3', '2'];
/// Signs of a code of social credit in the order of their values, and the weights of the first seventeen (GB 32100-2015).
const CREDIT_SIGNS: &str = "0123456789abcdefghjklmnpqrtuwxy";
const CREDIT_WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
const CREDIT_LETTERS: usize = 18;
/// First letters of passports and permits to travel, and how many digits follow.
const PASSPORTS: &str = "cdeghkmpstw";
const PASSPORT_DIGITS: std::ops::RangeInclusive<usize> = 7..=10;
/// So many signs may stand between two groups of digits, and so many groups are looked at together.
const GAP: usize = 3;
const GROUPS: usize = 24;
/// A group of so many digits may be in brackets, or end with a stroke.
const MARKED_DIGITS: usize = 4;
/// Groups of fewer digits than these are taken together only where a number comes of it that can be nothing else.
const GROUP_DIGITS: usize = 3;

/// Telephone, identity and other long numbers, also in groups. Of the groups that follow each other as many are taken together
/// as make a number; where none do, the next group is looked at.
pub(super) fn numbers(letters: &[char]) -> Vec<Place> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        if !letters[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let from = at;
        let ends = groups(letters, from);
        let longest = ends.iter().rev().find_map(|&(to, close)| {
            let digits = signs(letters, from, to);
            let what = if close { number(&digits) } else { number_of_any(&digits) };
            what.map(|what| (to, what))
        });
        at = match longest {
            Some((to, what)) => {
                found.push((from, to, what, crosses()));
                to
            }
            None => run(letters, from),
        };
    }
    found
}

fn crosses() -> String {
    CROSS.to_string().repeat(4)
}

/// Where each of the groups of digits ends that begin here, and whether all after the first have three digits and more; an
/// identity number may end with x.
fn groups(letters: &[char], from: usize) -> Vec<(usize, bool)> {
    let (mut start, mut to, mut close) = (from, run(letters, from), true);
    let mut ends = vec![(to, true)];
    while ends.len() < GROUPS {
        let begin = between(letters, to, to - start <= MARKED_DIGITS);
        let next = run(letters, begin);
        if begin == to || next == begin {
            break;
        }
        close = close && next - begin >= GROUP_DIGITS;
        (start, to) = (begin, next);
        ends.push((to, close));
    }
    let is_identity_end =
        |to: usize| letters.get(to) == Some(&'x') && signs(letters, from, to).len() == WEIGHTS.len();
    let with_x = ends.iter().copied().find(|(to, _)| is_identity_end(*to));
    ends.extend(with_x.map(|(to, close)| (to + 1, close)));
    ends
}

/// Where the next group could begin: after what stands between, `(0371) 6555/1234`; a bracket after a long group ends the number.
fn between(letters: &[char], at: usize, is_short: bool) -> usize {
    let begin = after_gap(letters, at, GAP);
    let mark = letters.get(begin).is_some_and(|letter| matches!(letter, ')' | '(' | '/' | '_' | '~'));
    if mark && is_short { after_gap(letters, begin + 1, GAP) } else { begin }
}

/// What stands there without what stands between.
fn signs(letters: &[char], from: usize, to: usize) -> String {
    letters[from..to].iter().filter(|letter| letter.is_ascii_alphanumeric()).collect()
}

/// Where the digits end that begin here.
fn run(letters: &[char], from: usize) -> usize {
    let rest = letters.get(from..).unwrap_or_default();
    from + rest.iter().take_while(|letter| letter.is_ascii_digit()).count()
}

fn number(digits: &str) -> Option<What> {
    match digits.len() {
        18 if is_identity(digits) => Some(What::Identity),
        11 if digits.starts_with('1') => Some(What::Phone),
        10..=12 if digits.starts_with('0') => Some(What::Phone),
        13 if digits.starts_with("861") => Some(What::Phone),
        // Beyond the longest account they are several numbers.
        15.. => Some(What::Number),
        _ => None,
    }
}

/// The same of groups however short: a mobile number or an identity number that is right, and nothing else.
fn number_of_any(digits: &str) -> Option<What> {
    let net = digits.as_bytes().get(1).copied().unwrap_or_default();
    match digits.len() {
        18 if is_identity(digits) => Some(What::Identity),
        11 if digits.starts_with('1') && (b'3'..=b'9').contains(&net) => Some(What::Phone),
        _ => None,
    }
}

/// Whether the check digit is right.
fn is_identity(digits: &str) -> bool {
    let sum: Option<u32> =
        digits.chars().zip(WEIGHTS).map(|(digit, weight)| Some(digit.to_digit(10)? * weight)).sum();
    let check = sum.and_then(|sum| CHECKS.get(usize::try_from(sum % 11).ok()?));
    check.is_some_and(|check| digits.ends_with(*check))
}

/// Codes of social credit (统一社会信用代码), and numbers of passports and of permits to travel.
pub(super) fn codes(letters: &[char]) -> Vec<Place> {
    let mut found = Vec::new();
    for from in 0..letters.len() {
        let credit = from + CREDIT_LETTERS;
        if letters.get(from..credit).is_some_and(is_credit) && is_edge(letters, from, credit) {
            found.push((from, credit, What::Credit, crosses()));
        } else if let Some(to) = passport(letters, from) {
            found.push((from, to, What::Passport, crosses()));
        }
    }
    found
}

/// Whether the last sign is right.
fn is_credit(code: &[char]) -> bool {
    let values: Option<Vec<usize>> = code.iter().map(|sign| CREDIT_SIGNS.find(*sign)).collect();
    values.is_some_and(|values| {
        let sum: usize = values.iter().zip(CREDIT_WEIGHTS).map(|(value, weight)| value * weight).sum();
        values.last() == Some(&((31 - sum % 31) % 31))
    })
}

/// Where the number of a passport ends that begins here: `E12345678`, `EA1234567`, `G-12345678`.
fn passport(letters: &[char], from: usize) -> Option<usize> {
    if !PASSPORTS.contains(*letters.get(from)?) {
        return None;
    }
    let second = letters.get(from + 1).is_some_and(char::is_ascii_lowercase);
    let begin = after_gap(letters, from + 1 + usize::from(second), 1);
    let to = run(letters, begin);
    (PASSPORT_DIGITS.contains(&(to - begin)) && is_edge(letters, from, to)).then_some(to)
}
