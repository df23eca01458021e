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

/// Whether a name can be read as it stands: something is seen in it, it is one line, and nothing in it is unseen.
#[must_use]
pub fn is_plain(name: &str) -> bool {
    let odd = |sign: char| sign.is_control() || is_unseen(sign);
    name.chars().any(char::is_alphanumeric) && !name.chars().any(odd)
}

#[cfg(test)]
mod tests {
    use super::{is_plain, is_unseen};

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

    #[test]
    fn a_name_is_plain_where_somebody_reads_it_as_it_stands() {
        assert!(is_plain("CN=张三,O=红星厂") && is_plain("某县人民检察院"));
        for name in ["", " ", "\u{200b}", "张\n三", "张\u{202e}三", "=,"] {
            assert!(!is_plain(name), "{name:?}");
        }
    }
}
