//! A text in pages, so that people can name one and the chair can show it.

/// What stands in a text where its author begins a page.
pub const BREAK: char = '\u{c}';

/// Most lines of a page.
const LINES_MAX: usize = 40;

/// Most characters of a page.
const CHARS_MAX: usize = 1_600;

/// The pages of a text: where it says so itself, and where one is full. At least one.
#[must_use]
pub fn paged(text: &str) -> Vec<String> {
    let mut pages = Vec::new();
    for part in text.split(BREAK) {
        let mut page = Page::default();
        for line in part.lines() {
            let line = line.trim_end();
            let mut letters = line.chars().peekable();
            loop {
                let piece: String = letters.by_ref().take(CHARS_MAX).collect();
                if page.is_full(&piece) {
                    pages.extend(std::mem::take(&mut page).done());
                }
                page.add(&piece);
                if letters.peek().is_none() {
                    break;
                }
            }
        }
        pages.extend(page.done());
    }
    if pages.is_empty() {
        pages.push(String::new());
    }
    pages
}

/// A page that is being filled.
#[derive(Default)]
struct Page {
    text: String,
    lines: usize,
    chars: usize,
}

impl Page {
    fn is_full(&self, piece: &str) -> bool {
        self.lines > 0 && (self.lines >= LINES_MAX || self.chars + piece.chars().count() > CHARS_MAX)
    }

    fn add(&mut self, piece: &str) {
        self.text.push_str(piece);
        self.text.push('\n');
        self.lines += 1;
        self.chars += piece.chars().count();
    }

    /// The page, if there is anything on it.
    fn done(self) -> Option<String> {
        (!self.text.trim().is_empty()).then(|| self.text.trim_end().to_string())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_page_ends_where_its_author_says_or_where_it_is_full() {
        assert_eq!(paged("一\n二\u{c}三"), ["一\n二", "三"]);
        assert_eq!(paged(""), [""]);
        assert_eq!(paged("\u{c}\u{c}一"), ["一"], "no page without anything on it");
        let pages = paged(&"行\n".repeat(LINES_MAX + 1));
        assert_eq!(pages.len(), 2);
        assert_eq!(paged(&"字".repeat(CHARS_MAX * 2 + 1)).len(), 3);
    }

    proptest! {
        #[test]
        fn nothing_that_can_be_read_is_lost(text in "[一二a \n\u{c}]{0,4000}") {
            let letters = |text: &str| text.chars().filter(|letter| !letter.is_whitespace()).collect::<String>();
            prop_assert_eq!(letters(&paged(&text).concat()), letters(&text));
        }
    }
}
