//! Names: who is masked and as what. Legal persons and organisations keep theirs, as in published judgments
//! (最高人民法院关于人民法院在互联网公布裁判文书的规定 Arts. 8 to 10).

use std::collections::BTreeMap;

use super::{
    Place, What,
    sight::{Seen, after_gap, is_edge, is_gap, is_latin},
};

/// Surnames of two letters.
const DOUBLE: [&str; 20] = [
    "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "令狐", "慕容", "司徒", "夏侯", "长孙",
    "宇文", "轩辕", "端木", "独孤", "南宫", "百里", "呼延",
];
/// What sets those apart who would be called the same.
const STEMS: [&str; 10] = ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸"];
/// What names of organisations end with.
const ORGANISATIONS: [&str; 36] = [
    "公司",
    "集团",
    "银行",
    "工厂",
    "商店",
    "酒店",
    "饭店",
    "超市",
    "商行",
    "经营部",
    "门市部",
    "合作社",
    "信用社",
    "出版社",
    "旅行社",
    "医院",
    "法院",
    "检察院",
    "学院",
    "学校",
    "大学",
    "中学",
    "小学",
    "幼儿园",
    "委员会",
    "居委会",
    "村委会",
    "事务所",
    "研究所",
    "派出所",
    "协会",
    "联合会",
    "基金会",
    "工会",
    "中心",
    "政府",
];
/// The same in one letter; with so many letters at the least, as 村 and 社 end names of people too.
const SHORT: [(char, usize); 6] = [('厂', 3), ('店', 3), ('局', 3), ('院', 3), ('村', 4), ('社', 4)];
/// Who speaks for an organisation is called after it.
const SPEAKERS: [&str; 6] = ["法定代表人", "诉讼代表人", "代表人", "负责人", "代理人", "代表"];
/// So many signs may stand between two letters of a name.
const GAP: usize = 3;
/// A part of a name has so many letters at the least.
const PART_LETTERS: usize = 2;

/// What each name is shown as: the surname and 某, and where two would be the same 某甲, 某乙, in the order given. Names in which
/// somebody is masked already stay, and those of organisations.
#[must_use]
pub fn names<'a>(all: impl IntoIterator<Item = &'a str>) -> BTreeMap<String, String> {
    let mut order: Vec<(String, String)> = Vec::new();
    for name in all.into_iter().map(str::trim) {
        let stays = name.contains('某') || !name.chars().any(char::is_alphanumeric) || is_organisation(name);
        if !stays && !order.iter().any(|(known, _)| known == name) {
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

/// Whether a name is that of a legal person or an organisation, or of whoever speaks for one and is not named.
fn is_organisation(name: &str) -> bool {
    let name = SPEAKERS.iter().find_map(|speaker| name.strip_suffix(*speaker)).unwrap_or(name);
    let letters = name.chars().count();
    let is_person = letters == 4 && DOUBLE.iter().any(|double| name.starts_with(*double));
    let ends = |ending: &&str| name.ends_with(*ending) && letters > ending.chars().count() + 1;
    let ends_short = |(ending, most): &(char, usize)| name.ends_with(*ending) && letters >= *most;
    ORGANISATIONS.iter().any(ends) || (!is_person && SHORT.iter().any(ends_short))
}

/// Where names stand, also with blanks between their letters, and the parts by which somebody is called: `阿依古丽` of
/// `阿依古丽·买买提`, `Smith` of `John Smith`.
pub(super) fn people(letters: &[char], names: &BTreeMap<String, String>) -> Vec<Place> {
    let mut found = Vec::new();
    for (name, shown) in names {
        let name: Vec<char> = Seen::of(name).letters.into_iter().filter(|letter| !is_gap(*letter)).collect();
        let at = (0..letters.len()).filter_map(|at| Some((at, ends(letters, at, &name)?)));
        found.extend(at.map(|(from, to)| (from, to, What::Name, shown.clone())));
    }
    for (part, shown) in parts(names) {
        let latin = part.iter().all(|letter| is_latin(*letter));
        let windows = letters.windows(part.len()).enumerate().filter(|(_, window)| **window == part[..]);
        let at = windows.map(|(from, _)| (from, from + part.len()));
        let whole = at.filter(|(from, to)| !latin || is_edge(letters, *from, *to));
        found.extend(whole.map(|(from, to)| (from, to, What::Name, shown.clone())));
    }
    found
}

/// Where a name ends that begins here.
fn ends(letters: &[char], from: usize, name: &[char]) -> Option<usize> {
    let mut at = from;
    for (nth, letter) in name.iter().enumerate() {
        let begin = if nth == 0 { at } else { after_gap(letters, at, GAP) };
        if letters.get(begin) != Some(letter) {
            return None;
        }
        at = begin + 1;
    }
    (at > from).then_some(at)
}

/// The parts of names that have several; one that two people share tells nobody apart.
fn parts(names: &BTreeMap<String, String>) -> BTreeMap<Vec<char>, String> {
    let mut parts: BTreeMap<Vec<char>, String> = BTreeMap::new();
    for (name, shown) in names {
        let name = Seen::of(name).letters;
        let latin = name.iter().all(|letter| is_latin(*letter));
        // A Chinese name that is written with a blank is not two.
        let cuts = |letter: &char| if latin { is_gap(*letter) } else { matches!(letter, '·' | '.') };
        let mine: Vec<&[char]> = name.split(cuts).collect();
        if mine.len() < 2 {
            continue;
        }
        for part in mine.into_iter().filter(|part| is_part(part)) {
            let of_two = parts.get(part).is_some_and(|other| other != shown);
            let shown = if of_two { String::from("某") } else { shown.clone() };
            parts.insert(part.to_vec(), shown);
        }
    }
    parts
}

fn is_part(part: &[char]) -> bool {
    part.len() >= PART_LETTERS && part.iter().any(|letter| letter.is_alphabetic())
}
