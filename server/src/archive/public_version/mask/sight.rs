//! A text as whoever reads it sees it: without the signs that nobody sees, every blank as a blank, every digit as a digit. Each
//! letter knows where it stands in the text itself, so that what is found here is masked there.

use crate::{archive::search::fold, unseen::is_unseen};

/// First and last of rows of other signs for the digits from nought on. Numbers in rings and raised ones are none: they number
/// what stands beside them.
const DIGITS: [(char, char); 3] = [
    ('\u{660}', '\u{669}'),
    ('\u{6f0}', '\u{6f9}'),
    // The mathematical digits come five times, one row after the other.
    ('\u{1d7ce}', '\u{1d7ff}'),
];

/// A text as it is seen.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// Its letters, small and narrow.
    pub(super) letters: Vec<char>,
    /// Where each of them stands in the text, in characters.
    places: Vec<usize>,
}

impl Seen {
    pub(super) fn of(text: &str) -> Self {
        let mut seen = Self::default();
        for (place, sign) in text.chars().enumerate().filter(|(_, sign)| !is_unseen(*sign)) {
            seen.letters.push(plain(sign));
            seen.places.push(place);
        }
        seen
    }

    /// Where letters stand in the text: from the first of them to after the last, with what nobody sees between them.
    pub(super) fn place(&self, from: usize, to: usize) -> Option<(usize, usize)> {
        let last = self.places.get(to.checked_sub(1)?)?;
        Some((*self.places.get(from)?, last + 1))
    }
}

/// A sign as it is compared.
fn plain(sign: char) -> char {
    let row = DIGITS.iter().find(|(first, last)| (*first..=*last).contains(&sign));
    if let Some((first, _)) = row {
        return char::from_digit((u32::from(sign) - u32::from(*first)) % 10, 10).unwrap_or(sign);
    }
    match sign {
        '\n' | '\r' => sign,
        '•' | '‧' | '・' | '･' | '∙' | '⋅' | '᛫' => '·',
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2e3a}' | '\u{2e3b}' | '\u{fe58}' | '\u{fe63}' => '-',
        blank if blank.is_whitespace() => ' ',
        other => fold(other),
    }
}

/// Whether a letter stands between the parts of a number or of a name and belongs to neither.
pub(super) fn is_gap(letter: char) -> bool {
    matches!(letter, ' ' | '-' | '·' | '.')
}

/// Where what follows begins, after so many signs between at the most.
pub(super) fn after_gap(letters: &[char], at: usize, most: usize) -> usize {
    let rest = letters.get(at..).unwrap_or_default();
    at + rest.iter().take(most).take_while(|letter| is_gap(**letter)).count()
}

/// Whether a word of Latin letters or digits could begin or end at this place: none goes on there.
pub(super) fn is_edge(letters: &[char], from: usize, to: usize) -> bool {
    let goes_on = |at: Option<usize>| {
        at.and_then(|at| letters.get(at)).is_some_and(|letter| letter.is_alphanumeric() && is_latin(*letter))
    };
    !goes_on(from.checked_sub(1)) && !goes_on(Some(to))
}

/// Whether a letter is of a script that writes blanks between words.
pub(super) fn is_latin(letter: char) -> bool {
    letter < '\u{2e80}'
}
