//! Masking: names as the practice of publishing judgments has them (surname and 某), numbers by which somebody is found, and
//! addresses below the county. Pure: text in, text out, and the list of what was masked and where.
//!
//! What is found by form can be more or less than what should be masked: so a person reads it before it is published, and masks
//! more or keeps what is harmless.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::archive::search::fold;

/// Surnames of two letters.
const DOUBLE: [&str; 20] = [
    "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "令狐", "慕容", "司徒", "夏侯", "长孙",
    "宇文", "轩辕", "端木", "独孤", "南宫", "百里", "呼延",
];
/// What sets those apart who would be called the same.
const STEMS: [&str; 10] = ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸"];
/// What stands where something is masked that has no other name.
const CROSS: char = '×';
/// Weights of the digits of an identity number, and the check digits (GB 11643-1999).
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS: [char; 11] = ['1', '0', 'x', '9', '8', '7', '6', '5', '4', '3', '2'];
/// First letters of number plates.
const PLATES: &str = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";
/// What an address below the county goes through, and what it ends with.
const WAYS: &str = "路街巷弄道村镇乡庄屯苑";
const ESTATES: [&str; 4] = ["小区", "花园", "家园", "公寓"];
const DOORS: &str = "号室组栋幢楼户弄";
const COUNTIES: &str = "县区市旗";
/// An address is looked for within so many letters.
const ADDRESS_LETTERS: usize = 24;

/// What was masked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = PublicMaskedWhat)]
pub enum What {
    /// The name of somebody whose name is not public.
    Name,
    /// Words that whoever prepared it added.
    Words,
    /// A telephone number.
    Phone,
    /// An identity number.
    Identity,
    /// Another long number: an account, a card.
    Number,
    /// A number plate.
    Plate,
    /// An address below the county.
    Address,
}

/// How to mask.
#[derive(Clone, Debug, Default)]
pub struct Masking {
    /// Names, and what stands in their place.
    pub names: BTreeMap<String, String>,
    /// More words.
    pub more: Vec<String>,
    /// What stays though it would be masked by its form. Names and words that were listed are masked all the same.
    pub keep: Vec<String>,
}

/// A place that was masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// What it was.
    pub what: What,
    /// The words that stood there.
    pub words: String,
    /// What stands there now.
    pub shown: String,
}

/// What each name is shown as: the surname and 某, and where two would be the same 某甲, 某乙, in the order given. Names in which
/// somebody is masked already stay.
#[must_use]
pub fn names<'a>(all: impl IntoIterator<Item = &'a str>) -> BTreeMap<String, String> {
    let mut order: Vec<(String, String)> = Vec::new();
    for name in all.into_iter().map(str::trim) {
        let masked = name.contains('某') || !name.chars().any(char::is_alphanumeric);
        if !masked && !order.iter().any(|(known, _)| known == name) {
            order.push((name.into(), surname(name)));
        }
    }
    let alike = |surname: &str| order.iter().filter(|(_, other)| other == surname).count();
    let mut used: BTreeMap<&str, usize> = BTreeMap::new();
    let shown = order.iter().map(|(name, surname)| {
        if alike(surname) == 1 {
            return (name.clone(), format!("{surname}某"));
        }
        let number = used.entry(surname).or_default();
        let stem = STEMS.get(*number).map_or_else(|| (*number + 1).to_string(), |stem| (*stem).into());
        *number += 1;
        (name.clone(), format!("{surname}某{stem}"))
    });
    shown.collect()
}

fn surname(name: &str) -> String {
    let letters = name.chars().count();
    match DOUBLE.iter().find(|double| letters > 2 && name.starts_with(*double)) {
        Some(double) => (*double).into(),
        // A name of one letter would be shown whole.
        None if letters < 2 => String::new(),
        None => name.chars().take(1).collect(),
    }
}

/// The text without what must not be read, and what that was.
#[must_use]
pub fn mask(text: &str, how: &Masking) -> (String, Vec<Span>) {
    let letters: Vec<char> = text.chars().collect();
    let plain: Vec<char> = letters.iter().copied().map(fold).collect();
    let mut found = listed(&plain, how);
    found.extend(numbers(&plain));
    found.extend(plates(&plain));
    found.extend(addresses(&plain));
    // Of those that overlap the first counts, and of those that begin together the longest.
    found.sort_by_key(|(from, to, ..)| (*from, usize::MAX - *to));
    let (mut out, mut spans, mut reached) = (String::new(), Vec::new(), 0);
    for (from, to, what, shown) in found {
        let words: String = letters[from..to].iter().collect();
        let stays = !matches!(what, What::Name | What::Words) && how.keep.contains(&words);
        if from < reached || stays {
            continue;
        }
        out.extend(&letters[reached..from]);
        out.push_str(&shown);
        spans.push(Span { what, words, shown });
        reached = to;
    }
    out.extend(&letters[reached..]);
    (swept(out, how), spans)
}

/// A place, what it is, and what is shown there.
type Place = (usize, usize, What, String);

/// Names and words, however wide they are written and in whichever case.
fn listed(plain: &[char], how: &Masking) -> Vec<Place> {
    let names = how.names.iter().map(|(name, shown)| (name, What::Name, shown.clone()));
    let more = how.more.iter().map(|words| (words, What::Words, CROSS.to_string().repeat(3)));
    let mut found = Vec::new();
    for (words, what, shown) in names.chain(more) {
        let words: Vec<char> = words.chars().map(fold).collect();
        if words.is_empty() {
            continue;
        }
        let at = plain.windows(words.len()).enumerate().filter(|(_, window)| *window == words);
        found.extend(at.map(|(at, _)| (at, at + words.len(), what, shown.clone())));
    }
    found
}

/// What came together from what stood around a masked place, or overlapped one, is crossed out.
fn swept(mut text: String, how: &Masking) -> String {
    let wanted = how.names.keys().chain(&how.more);
    let all: Vec<&String> = wanted.filter(|words| words.chars().any(char::is_alphanumeric)).collect();
    // Each turn crosses out a letter at least.
    while let Some(words) = all.iter().find(|words| text.contains(words.as_str())) {
        let crosses: String = words.chars().map(|_| CROSS).collect();
        text = text.replace(words.as_str(), &crosses);
    }
    text
}

/// Telephone, identity and other long numbers, also in groups of three digits and more. Of the groups that follow each other as
/// many are taken together as make a number; where none do, the next group is looked at.
fn numbers(letters: &[char]) -> Vec<Place> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        if !letters[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let from = at;
        let ends = groups(letters, from);
        let longest =
            ends.iter().rev().find_map(|&to| number(&signs(letters, from, to)).map(|what| (to, what)));
        at = match longest {
            Some((to, what)) => {
                found.push((from, to, what, CROSS.to_string().repeat(4)));
                to
            }
            None => run(letters, from),
        };
    }
    found
}

/// Where each of the groups of digits ends that begin here, with one sign between; an identity number may end with x.
fn groups(letters: &[char], from: usize) -> Vec<usize> {
    let mut to = run(letters, from);
    let mut ends = vec![to];
    while matches!(letters.get(to), Some('-' | ' ')) {
        let next = run(letters, to + 1);
        if next - to - 1 < 3 {
            break;
        }
        to = next;
        ends.push(to);
    }
    if letters.get(to) == Some(&'x') && signs(letters, from, to).len() == 17 {
        ends.push(to + 1);
    }
    ends
}

/// What stands there without what stands between.
fn signs(letters: &[char], from: usize, to: usize) -> String {
    letters[from..to].iter().filter(|letter| letter.is_alphanumeric()).collect()
}

/// Where the digits end that begin here.
fn run(letters: &[char], from: usize) -> usize {
    from + letters[from..].iter().take_while(|letter| letter.is_ascii_digit()).count()
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

/// Whether the check digit is right.
fn is_identity(digits: &str) -> bool {
    let sum: Option<u32> =
        digits.chars().zip(WEIGHTS).map(|(digit, weight)| Some(digit.to_digit(10)? * weight)).sum();
    let check = sum.and_then(|sum| CHECKS.get(usize::try_from(sum % 11).ok()?));
    check.is_some_and(|check| digits.ends_with(*check))
}

/// `豫A12345`, `豫A·D12345`.
fn plates(letters: &[char]) -> Vec<Place> {
    let mut found = Vec::new();
    for (at, window) in letters.windows(2).enumerate() {
        if !PLATES.contains(window[0]) || !window[1].is_ascii_alphabetic() {
            continue;
        }
        let begin = at + 2 + usize::from(matches!(letters.get(at + 2), Some('·' | ' ' | '-')));
        let rest = letters.get(begin..).unwrap_or_default();
        let signs = rest.iter().take_while(|letter| letter.is_ascii_alphanumeric()).count();
        let digits = rest.iter().take(signs).filter(|letter| letter.is_ascii_digit()).count();
        if (5..=6).contains(&signs) && digits >= 3 {
            found.push((at, begin + signs, What::Plate, format!("{}{CROSS}{CROSS}{CROSS}", window[0])));
        }
    }
    found
}

/// From after the county to the number of the door.
fn addresses(letters: &[char]) -> Vec<Place> {
    let mut found: Vec<Place> = Vec::new();
    for way in (0..letters.len()).filter(|at| is(letters, WAYS, *at) || is_estate(letters, *at)) {
        let Some(end) = door(letters, way) else { continue };
        let back = way.saturating_sub(ADDRESS_LETTERS);
        let is_county = |at: usize| is(letters, COUNTIES, at) && !is_estate(letters, at);
        let stop = (back..way).rev().find(|at| is_county(*at) || !letters[*at].is_alphanumeric());
        // Without a county before it, the name of the way and what numbers it.
        let from = stop.map_or(back, |at| at + 1);
        if found.last().is_none_or(|(_, reached, ..)| *reached < end) {
            found.push((from, end, What::Address, CROSS.to_string().repeat(4)));
        }
    }
    found
}

fn is(letters: &[char], signs: &str, at: usize) -> bool {
    letters.get(at).is_some_and(|letter| signs.contains(*letter))
}

/// Whether the name of an estate ends here.
fn is_estate(letters: &[char], at: usize) -> bool {
    ESTATES.iter().any(|estate| ends_with(letters, at, estate))
}

fn ends_with(letters: &[char], at: usize, words: &str) -> bool {
    letters[..=at].iter().rev().copied().take(words.chars().count()).eq(words.chars().rev())
}

/// Where the last door ends that a way leads to: `16号`, `3号楼`, `2单元501`.
fn door(letters: &[char], way: usize) -> Option<usize> {
    let counts = |letter: char| letter.is_ascii_digit() || "一二三四五六七八九十百".contains(letter);
    let mut end = None;
    for at in way + 1..(way + 1 + ADDRESS_LETTERS).min(letters.len()) {
        let letter = letters[at];
        if !letter.is_alphanumeric() && letter != '-' {
            break;
        }
        let goes_on = end == Some(at);
        let is_door = is(letters, DOORS, at) && counts(letters[at - 1]);
        let is_unit = ends_with(letters, at, "单元") && at >= way + 3 && counts(letters[at - 2]);
        // `16号院`, `3号楼`.
        let is_house = goes_on && "楼院".contains(letter);
        let is_tail = goes_on
            && letter.is_ascii_digit()
            && (is(letters, "楼栋幢元", at - 1) || letters[at - 1].is_ascii_digit());
        if is_door || is_unit || is_house || is_tail {
            end = Some(at + 1);
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(all: &[&str]) -> Masking {
        Masking { names: names(all.iter().copied()), ..Masking::default() }
    }

    #[test]
    fn names_are_shown_by_the_surname_and_told_apart() {
        let shown = names(["陈建国", "陈小红", "欧阳明", "李", "陈某某", "John"]);
        let of = |name: &str| shown.get(name).map(String::as_str);
        assert_eq!(of("陈建国"), Some("陈某甲"));
        assert_eq!(of("陈小红"), Some("陈某乙"));
        assert_eq!(of("欧阳明"), Some("欧阳某"));
        assert_eq!(of("李"), Some("某"));
        assert_eq!(of("陈某某"), None, "masked already");
        assert_eq!(of("John"), Some("J某"));
    }

    #[test]
    fn numbers_plates_and_doors_are_masked_and_dates_and_money_stay() {
        let text = "陈建国（身份证号11010519491231002X，电话13812345678，0371-65551234）驾驶豫A12345，卡号6222 0212 3456 7890 123，\
                    住郑州市金水区农业路16号院3号楼，2023年3月15日赔偿12000元，2026-12-08开庭。";
        let (masked, spans) = mask(text, &with(&["陈建国"]));
        for hidden in ["陈建国", "1949", "138", "65551234", "12345，", "6222", "农业路", "3号楼"] {
            assert!(!masked.contains(hidden), "{hidden}: {masked}");
        }
        for stays in ["陈某", "金水区", "2023年3月15日", "12000元", "2026-12-08开庭"] {
            assert!(masked.contains(stays), "{stays}: {masked}");
        }
        let what: Vec<What> = spans.iter().map(|span| span.what).collect();
        assert_eq!(
            what,
            [What::Name, What::Identity, What::Phone, What::Phone, What::Plate, What::Number, What::Address]
        );
    }

    #[test]
    fn what_is_kept_stays_and_what_is_added_goes() {
        let mut how = with(&["陈建国"]);
        how.keep.push("13812345678".into());
        how.more.push("红星厂".into());
        let (masked, _) = mask("红星厂的陈建国，热线13812345678", &how);
        assert_eq!(masked, "×××的陈某，热线13812345678");
    }

    #[test]
    fn a_phone_is_masked_whatever_stands_beside_it() {
        for text in [
            "+86 13812345678",
            "+86-138-1234-5678",
            "8613812345678",
            "302 13812345678",
            "13812345678 13912345678 13712345678",
            "110105194912310021 13812345678",
            "１３８１２３４５６７８",
        ] {
            let (masked, spans) = mask(text, &Masking::default());
            assert!(!masked.contains("1234") && !masked.contains('８'), "{masked}");
            assert_eq!(spans.len(), 1, "{spans:?}");
        }
    }

    #[test]
    fn an_address_is_masked_to_its_door_however_it_is_written() {
        for (text, shown) in [
            ("金水区农业路１６号。", "金水区××××。"),
            ("金水区阳光花园3号楼2单元501室。", "金水区××××。"),
            ("金水区农业路16号院5单元501，", "金水区××××，"),
            ("金水区阳光小区幸福苑3栋502，", "金水区××××，"),
        ] {
            assert_eq!(mask(text, &Masking::default()).0, shown);
        }
    }

    #[test]
    fn a_name_is_found_in_any_width_and_case_and_cannot_be_kept() {
        let mut how = with(&["John", "陈建国"]);
        how.keep = vec!["陈建国".into(), "john".into()];
        assert_eq!(mask("ＪＯＨＮ、john、陈建国", &how).0, "J某、J某、陈某");
    }

    #[test]
    fn what_comes_together_around_a_mask_is_crossed_out() {
        let mut how = with(&["甲乙"]);
        how.more.push("甲×××".into());
        let (masked, _) = mask("甲甲乙乙 甲×××", &how);
        assert!(!masked.contains("甲乙") && !masked.contains("甲×××"), "{masked}");
    }
}
