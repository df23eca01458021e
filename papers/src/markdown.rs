//! A form that is filled in, read: `#` is the title, `##` a heading, `>` the lines at the end, `---` another page.
//!
//! What is filled in stands there as entities (`&#124;`), which mean nothing but the character: no name, statement or
//! answer can become a heading or another column.

use std::fmt::Write;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use crate::block::{Block, Span, Spans, Style, widths};

/// What stands in a form that is filled in.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Read {
    /// The title.
    pub(crate) title: String,
    /// Everything below it.
    pub(crate) blocks: Vec<Block>,
}

/// A value as it is put into a form: letters as they are, all else as entities.
pub(crate) fn escaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for character in value.chars() {
        // Characters that no paper can hold (XML 1.0, section 2.2) are left out; a tab is a space.
        match character {
            '\t' => out.push_str("&#32;"),
            '\n' => out.push_str("&#10;"),
            '\u{fffe}' | '\u{ffff}' => {}
            character if character.is_control() => {}
            character if character.is_ascii_alphanumeric() || !character.is_ascii() => out.push(character),
            character => {
                // Writing into a string does not fail.
                let _ = write!(out, "&#{};", u32::from(character));
            }
        }
    }
    out
}

/// Reads a form that is filled in.
pub(crate) fn read(text: &str) -> Read {
    let mut reader = Reader::default();
    for event in Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        reader.takes(event);
    }
    reader.read
}

/// Where the reader stands.
#[derive(Debug, Default)]
struct Reader {
    read: Read,
    /// The words of the paragraph, point or cell that is being read.
    words: Spans,
    styles: Vec<Style>,
    /// Points of the list, or lines of the closing.
    items: Vec<Spans>,
    rows: Vec<Vec<Spans>>,
    closing: bool,
    listing: bool,
    /// Within the words that stand for a drawing where it cannot be shown.
    beside: bool,
}

impl Reader {
    fn takes(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.begins(&tag),
            Event::End(tag) => self.ends(tag),
            Event::Text(_) | Event::Code(_) if self.beside => {}
            Event::Text(text) | Event::Code(text) => self.says(&text),
            Event::HardBreak => self.says("\n"),
            Event::SoftBreak if self.closing => self.says("\n"),
            Event::Rule => self.read.blocks.push(Block::PageBreak),
            // A form is broken into lines as suits its writer, and what it says as HTML are notes.
            _ => {}
        }
    }

    fn says(&mut self, text: &str) {
        let style = self.styles.last().copied().unwrap_or_default();
        match self.words.last_mut().filter(|span| span.style == style) {
            Some(span) => span.text.push_str(text),
            None => self.words.push(Span { text: text.into(), style }),
        }
    }

    fn begins(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Strong => self.styles.push(Style::Strong),
            Tag::Emphasis => self.styles.push(Style::New),
            Tag::Strikethrough => self.styles.push(Style::Struck),
            Tag::BlockQuote(_) => self.closing = true,
            Tag::List(_) => self.listing = true,
            Tag::Image { dest_url, .. } => {
                self.beside = true;
                if is_drawing(dest_url) {
                    self.words.push(Span { text: dest_url.to_string(), style: Style::Drawn });
                }
            }
            _ => {}
        }
    }

    fn ends(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Strong | TagEnd::Emphasis | TagEnd::Strikethrough => {
                self.styles.pop();
            }
            TagEnd::Image => self.beside = false,
            TagEnd::Heading(HeadingLevel::H1) => {
                self.read.title = self.words().into_iter().map(|span| span.text).collect();
            }
            TagEnd::Heading(level) => {
                let level = if level == HeadingLevel::H2 { 1 } else { 2 };
                let text = self.words();
                self.read.blocks.push(Block::Heading { level, text });
            }
            TagEnd::Paragraph if self.closing => {
                let lines = lines(self.words());
                self.items.extend(lines);
            }
            // A point whose paragraphs stand apart is one point all the same.
            TagEnd::Paragraph if self.listing => {}
            TagEnd::Paragraph => {
                let text = self.words();
                self.read.blocks.push(Block::Paragraph { text });
            }
            TagEnd::Item => {
                let item = self.words();
                self.items.push(item);
            }
            TagEnd::List(ordered) => {
                let items = std::mem::take(&mut self.items);
                self.listing = false;
                self.read.blocks.push(Block::List { ordered, items });
            }
            TagEnd::BlockQuote(_) => {
                let lines = std::mem::take(&mut self.items);
                self.closing = false;
                self.read.blocks.push(Block::Closing { lines });
            }
            TagEnd::TableCell => {
                let cell = self.words();
                self.items.push(cell);
            }
            TagEnd::TableHead | TagEnd::TableRow => self.rows.push(std::mem::take(&mut self.items)),
            TagEnd::Table => self.table(),
            _ => {}
        }
    }

    fn words(&mut self) -> Spans {
        std::mem::take(&mut self.words)
    }

    fn table(&mut self) {
        let mut rows = std::mem::take(&mut self.rows).into_iter();
        let Some(head) = rows.next() else { return };
        let rows: Vec<Vec<Spans>> = rows.collect();
        let widths = widths(&head, &rows);
        self.read.blocks.push(Block::Table { head, rows, widths });
    }
}

/// Whether these are strokes and nothing else: no form shows any other picture.
fn is_drawing(strokes: &str) -> bool {
    !strokes.is_empty() && strokes.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b' ' | b'M' | b'L'))
}

/// The lines of what is said in several.
fn lines(spans: Spans) -> Vec<Spans> {
    let mut lines = vec![Spans::new()];
    for Span { text, style } in spans {
        for (number, part) in text.split('\n').enumerate() {
            if number > 0 {
                lines.push(Spans::new());
            }
            if let Some(line) = lines.last_mut().filter(|_| !part.is_empty()) {
                line.push(Span { text: part.into(), style });
            }
        }
    }
    lines
}
