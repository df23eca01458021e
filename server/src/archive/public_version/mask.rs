//! Masking: names as the practice of publishing judgments has them (surname and 某), numbers by which somebody is found, and
//! addresses below the county. Pure: text in, text out, and the list of what was masked and where.
//!
//! What is found by form can be more or less than what should be masked: so a person reads it before it is published, and masks
//! more or keeps what is harmless.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

mod contacts;
mod numbers;
mod people;
mod plates;
mod sight;

pub use people::names;
use sight::Seen;

/// What stands where something is masked that has no other name.
const CROSS: char = '×';
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
    /// A code of social credit.
    Credit,
    /// The number of a passport or of a permit to travel.
    Passport,
    /// A mail address.
    Mail,
    /// A number or name of QQ, 微信 and the like.
    Account,
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

/// A place among the letters as they are seen, what it is, and what is shown there.
type Place = (usize, usize, What, String);

/// The text without what must not be read, and what that was.
#[must_use]
pub fn mask(text: &str, how: &Masking) -> (String, Vec<Span>) {
    let (letters, seen) = (text.chars().collect::<Vec<char>>(), Seen::of(text));
    let (mut out, mut spans, mut reached) = (String::new(), Vec::new(), 0);
    for (from, to, what, mut shown) in found(&seen.letters, how) {
        let Some((mut from, to)) = seen.place(from, to) else { continue };
        if to <= reached {
            continue;
        }
        if from < reached {
            // What is left of it.
            (from, shown) = (reached, CROSS.to_string());
        }
        let words: String = letters[from..to].iter().collect();
        if !matches!(what, What::Name | What::Words) && how.keep.contains(&words) {
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

/// Everything that is to be masked: the first first, and of those that begin together the longest.
fn found(letters: &[char], how: &Masking) -> Vec<Place> {
    let mut found = people::people(letters, &how.names);
    found.extend(added(letters, how));
    found.extend(numbers::numbers(letters));
    found.extend(numbers::codes(letters));
    found.extend(contacts::mails(letters));
    found.extend(contacts::accounts(letters));
    found.extend(plates::plates(letters));
    found.extend(addresses(letters));
    found.sort_by_key(|(from, to, ..)| (*from, usize::MAX - *to));
    found
}

/// Words that were added, however wide they are written and in whichever case.
fn added(letters: &[char], how: &Masking) -> Vec<Place> {
    let mut found = Vec::new();
    for words in how.more.iter().map(|words| Seen::of(words).letters).filter(|words| !words.is_empty()) {
        let at = letters.windows(words.len()).enumerate().filter(|(_, window)| **window == words[..]);
        let shown = CROSS.to_string().repeat(3);
        found.extend(at.map(|(at, _)| (at, at + words.len(), What::Words, shown.clone())));
    }
    found
}

/// What came together from what stood around a masked place is crossed out.
fn swept(mut text: String, how: &Masking) -> String {
    let wanted = how.names.keys().chain(&how.more).map(|words| Seen::of(words).letters);
    let all: Vec<Vec<char>> =
        wanted.filter(|words| words.iter().any(|letter| letter.is_alphanumeric())).collect();
    // Each turn crosses out a letter at least.
    loop {
        let places = standing(&text, &all);
        if places.is_empty() {
            return text;
        }
        let mut letters: Vec<char> = text.chars().collect();
        for (from, to) in places {
            letters[from..to].fill(CROSS);
        }
        text = letters.into_iter().collect();
    }
}

/// Where any of these words stand in a text, in characters.
fn standing(text: &str, all: &[Vec<char>]) -> Vec<(usize, usize)> {
    let seen = Seen::of(text);
    let mut places = Vec::new();
    for words in all {
        let windows = seen.letters.windows(words.len()).enumerate();
        let at = windows.filter(|(_, window)| **window == words[..]);
        places.extend(at.filter_map(|(from, _)| seen.place(from, from + words.len())));
    }
    places
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
    fn a_number_is_masked_whatever_stands_between_its_digits() {
        for text in [
            "138\u{a0}1234\u{a0}5678",
            "138\u{200b}1234\u{200b}5678",
            "1\u{2060}3812345678",
            "138\u{2009}1234\u{202f}5678",
            "138\u{2011}1234\u{2013}5678",
            "138.1234.5678",
            "138·1234·5678",
            "138 - 1234 - 5678",
            "1 3 8 1 2 3 4 5 6 7 8",
            "(0371) 6555 1234",
            "𝟏𝟑𝟖𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖",
            "110105 19491231 002X",
        ] {
            let (masked, spans) = mask(&format!("请拨{text}找我"), &Masking::default());
            assert_eq!(spans.len(), 1, "{text}: {spans:?}");
            assert!(masked.starts_with("请拨") && masked.ends_with("××××找我"), "{masked}");
            assert!(!masked.chars().any(char::is_numeric), "{masked}");
        }
    }

    #[test]
    fn what_stands_after_a_number_in_brackets_is_no_part_of_it() {
        let (masked, _) = mask("（电话0371-65551234）2026年", &Masking::default());
        assert_eq!(masked, "（电话××××）2026年");
    }

    #[test]
    fn plates_of_police_army_and_embassies_are_masked() {
        for text in [
            "WJ京12345",
            "WJ·京 1234X",
            "WJ01-12345",
            "军A12345",
            "空K·12345",
            "VA12345",
            "豫A1234警",
            "使014578",
            "豫\u{200b}A·D12345",
        ] {
            let (masked, spans) = mask(&format!("车牌{text}，"), &Masking::default());
            assert_eq!(spans.len(), 1, "{text}: {spans:?}");
            assert!(spans[0].what == What::Plate && masked.ends_with("×××，"), "{masked}");
        }
    }

    #[test]
    fn codes_mail_and_accounts_are_masked_where_they_are_called_so() {
        for (text, what) in [
            ("代码91350100M000100Y43。", What::Credit),
            ("护照E12345678。", What::Passport),
            ("持EA1234567入境", What::Passport),
            ("港澳通行证C12345678。", What::Passport),
            ("邮箱zhang.san@example.com。", What::Mail),
            ("邮箱zhang\u{200b}san@qq.com.", What::Mail),
            ("QQ：12345678", What::Account),
            ("QQ号是1234567", What::Account),
            ("微信号：zhang_san", What::Account),
            ("加微信 zs12345。", What::Account),
        ] {
            let (masked, spans) = mask(text, &Masking::default());
            assert_eq!(spans.len(), 1, "{text}: {spans:?}");
            assert_eq!(spans[0].what, what, "{text}");
            assert!(masked.contains("××××") && !masked.contains(&spans[0].words), "{masked}");
        }
        for stays in ["用微信支付", "在微信群里说的", "代码91350100M000100Y44。", "GB18030-2022", "第3@页"]
        {
            assert_eq!(mask(stays, &Masking::default()), (String::from(stays), Vec::new()));
        }
    }

    #[test]
    fn somebody_is_masked_by_a_part_of_the_name_and_by_a_name_with_blanks() {
        let how = with(&["阿依古丽·买买提", "John Smith", "欧阳明珠", "张三"]);
        for (text, shown) in [
            ("阿依古丽说", "阿某说"),
            ("阿依古丽•买买提到场", "阿某到场"),
            ("Smith先生", "J某先生"),
            ("blacksmith", "blacksmith"),
            ("欧阳 明珠来了", "欧阳某来了"),
            ("欧阳\u{3000}明\u{200b}珠来了", "欧阳某来了"),
            ("张\u{a0}三", "张某"),
        ] {
            assert_eq!(mask(text, &how).0, shown);
        }
        let two = with(&["John Smith", "Mary Smith"]);
        assert_eq!(mask("Smith", &two).0, "某", "nobody is taken for another");
    }

    #[test]
    fn legal_persons_and_organisations_keep_their_names() {
        let kept = [
            "红星运输有限公司",
            "红星厂",
            "幸福路小学",
            "张庄村村委会",
            "某县人民医院",
            "中国银行",
            "某运输公司代表",
            "红星运输有限公司法定代表人",
            "李家庄村",
        ];
        assert_eq!(names(kept), BTreeMap::new());
        let people = ["王新村", "李建社", "欧阳新村", "陈建国", "阿依古丽·买买提"];
        assert_eq!(names(people).len(), people.len());
    }

    #[test]
    fn what_is_left_of_two_that_overlap_is_masked_too() {
        let (masked, _) = mask("91350100M000100Y43 13812345678。", &Masking::default());
        assert!(!masked.contains("138") && !masked.contains("5678"), "{masked}");
        assert_eq!(mask("甲乙丙", &with(&["甲乙", "乙丙"])).0, "甲某×");
    }

    #[test]
    fn what_comes_together_around_a_mask_is_crossed_out() {
        let mut how = with(&["甲乙"]);
        how.more.push("甲×××".into());
        let (masked, _) = mask("甲甲乙乙 甲×××", &how);
        assert!(!masked.contains("甲乙") && !masked.contains("甲×××"), "{masked}");
    }
}
