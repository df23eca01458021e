//! Signs that nobody sees: they have no width, break a line or turn the direction of writing. Whoever reads a name with one of
//! them in it reads another name than stands there.

use procedure::hearing::steers_screen;

/// Whether a sign cannot be seen: of no width, a break of a line or a paragraph that is no blank, or one that only steers a screen.
#[must_use]
pub fn is_unseen(sign: char) -> bool {
    let no_width = matches!(
        sign,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{2029}'
            | '\u{2060}'..='\u{2065}'
            | '\u{206a}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{e0000}'..='\u{e0fff}'
    );
    no_width || steers_screen(sign)
}

#[cfg(test)]
mod tests {
    use super::is_unseen;

    #[test]
    fn what_turns_breaks_or_has_no_width_is_unseen_and_what_is_written_is_seen() {
        for sign in ['\u{200b}', '\u{200e}', '\u{2028}', '\u{202e}', '\u{2066}', '\u{2060}', '\u{feff}', '\0']
        {
            assert!(is_unseen(sign), "{sign:?}");
        }
        for sign in ['张', 'a', '１', ' ', '\u{3000}', '·', '\n'] {
            assert!(!is_unseen(sign), "{sign:?}");
        }
    }
}
