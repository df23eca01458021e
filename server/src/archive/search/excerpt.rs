//! What is shown of a passage: the words around the first that was looked for, and where in them the others stand.

use serde::Serialize;

use super::fold;

/// So many letters are shown before the first word that was looked for.
const BEFORE: usize = 24;
/// And so many in all.
const LENGTH: usize = 120;

/// A piece of a passage. Text, never markup: whoever shows it marks the places itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Excerpt {
    /// The words.
    pub text: String,
    /// Where what was looked for stands in them: begin and length, in letters (Unicode scalar values).
    pub marks: Vec<(usize, usize)>,
    /// Whether something was left out before them.
    pub cut_before: bool,
    /// Whether something was left out after them.
    pub cut_after: bool,
}

/// The piece of `text` around the first of `words`, which are folded.
#[must_use]
pub fn excerpt(text: &str, words: &[String]) -> Excerpt {
    let letters: Vec<char> = text.chars().collect();
    let folded: Vec<char> = letters.iter().copied().map(fold).collect();
    let places = places(&folded, words);
    let first = places.first().map_or(0, |(at, _)| *at);
    let from = first.saturating_sub(BEFORE);
    let to = (from + LENGTH).min(letters.len());
    let marks = places
        .into_iter()
        .filter(|(at, length)| *at >= from && at + length <= to)
        .map(|(at, length)| (at - from, length))
        .collect();
    Excerpt {
        text: letters[from..to].iter().collect(),
        marks,
        cut_before: from > 0,
        cut_after: to < letters.len(),
    }
}

/// Where the words stand, the first first; where two overlap they are one place.
fn places(folded: &[char], words: &[String]) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for word in words.iter().map(|word| word.chars().collect::<Vec<_>>()).filter(|word| !word.is_empty()) {
        let at = folded.windows(word.len()).enumerate().filter(|(_, window)| *window == word);
        found.extend(at.map(|(at, _)| (at, word.len())));
    }
    found.sort_unstable();
    let mut merged: Vec<(usize, usize)> = Vec::new();
    for (at, length) in found {
        match merged.last_mut() {
            Some((before, so_long)) if at <= *before + *so_long => {
                *so_long = (*so_long).max(at + length - *before);
            }
            _ => merged.push((at, length)),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(all: &[&str]) -> Vec<String> {
        all.iter().map(|word| (*word).into()).collect()
    }

    #[test]
    fn what_was_looked_for_is_marked_where_it_stands() {
        let found = excerpt("申请人陈述：ABC公司没有支付工资。", &words(&["abc", "工资"]));
        assert_eq!(found.marks, [(6, 3), (15, 2)]);
        assert!(!found.cut_before && !found.cut_after);
        let far = excerpt(&format!("{}赔偿{}", "甲".repeat(200), "乙".repeat(200)), &words(&["赔偿"]));
        assert_eq!((far.marks.as_slice(), far.cut_before, far.cut_after), ([(24, 2)].as_slice(), true, true));
        assert_eq!(far.text.chars().count(), LENGTH);
    }

    #[test]
    fn nothing_in_it_and_marks_that_overlap_are_no_trouble() {
        assert_eq!(excerpt("", &words(&["甲"])).marks, []);
        assert_eq!(excerpt("甲甲甲", &words(&["甲甲", ""])).marks, [(0, 3)]);
    }
}
