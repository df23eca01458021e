//! What a paper is made of, whatever it is written as: headings, paragraphs, lists, tables, and the lines at its end.

use serde::Serialize;

/// How words stand out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Style {
    /// As everything else.
    #[default]
    Plain,
    /// Stronger: names and labels.
    Strong,
    /// Struck through: what a corrected line said before.
    Struck,
    /// Underlined: what it says now.
    New,
    /// Drawn by hand: the words are the strokes, `M x y L x y …` in a field of 1000 by 400.
    Drawn,
}

/// Words of one style. A line break within them is a break on paper too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Span {
    /// The words.
    pub text: String,
    /// How they stand out.
    pub style: Style,
}

/// Words in a row.
pub type Spans = Vec<Span>;

/// A piece of a paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Block {
    /// A heading below the title: 1 is the highest (一、), 2 the next (（一）).
    Heading {
        /// Which.
        level: u8,
        /// Its words.
        text: Spans,
    },
    /// A paragraph.
    Paragraph {
        /// Its words.
        text: Spans,
    },
    /// The lines at the end, on the right: the office, the day, where the seal goes.
    Closing {
        /// A line each.
        lines: Vec<Spans>,
    },
    /// A list.
    List {
        /// Whether it is numbered.
        ordered: bool,
        /// Its points.
        items: Vec<Spans>,
    },
    /// A table.
    Table {
        /// Names of the columns; empty words where it has none.
        head: Vec<Spans>,
        /// Its rows, each as long as the head.
        rows: Vec<Vec<Spans>>,
        /// Of a thousand parts of the width, how many each column has.
        widths: Vec<u32>,
    },
    /// What follows begins on another page.
    PageBreak,
}

/// How many columns of a letter's width a text takes at most in one of its lines: a Chinese character takes two.
fn columns(spans: &[Span]) -> u32 {
    let words = spans.iter().filter(|span| span.style != Style::Drawn);
    let text: String = words.map(|span| span.text.as_str()).collect();
    let wide = |line: &str| line.chars().map(|character| if character.is_ascii() { 1 } else { 2 }).sum();
    text.lines().map(wide).max().unwrap_or(0)
}

/// Columns that one with little in it keeps to itself, whatever the others hold.
const NARROW: u32 = 18;
/// Room for what is written, or signed, by hand.
const BY_HAND: u32 = 14;
/// Columns of a page between its margins, at the size of tables.
const PAGE: u32 = 72;

/// Of a thousand, how much of the width each column of a table has: narrow ones what they need, the others share the rest
/// by what they hold.
pub(crate) fn widths(head: &[Spans], rows: &[Vec<Spans>]) -> Vec<u32> {
    let needs = |at: usize| {
        let cells = rows.iter().filter_map(|row| row.get(at)).chain(head.get(at));
        let by_hand = rows.iter().filter_map(|row| row.get(at)).any(Vec::is_empty);
        let least = if by_hand { BY_HAND } else { 0 };
        cells.map(|cell| columns(cell) + 3).max().unwrap_or(0).max(least)
    };
    let needs: Vec<u32> = (0..head.len()).map(needs).collect();
    let narrow: u32 = needs.iter().filter(|need| **need <= NARROW).sum();
    let wide: u32 = needs.iter().filter(|need| **need > NARROW).map(|need| (*need).min(PAGE)).sum();
    let rest = PAGE.saturating_sub(narrow).max(NARROW);
    let share = |need: u32| {
        if wide == 0 || need <= NARROW { need } else { need.min(PAGE) * rest / wide }
    };
    let shares: Vec<u32> = needs.into_iter().map(|need| share(need).max(1)).collect();
    let all = shares.iter().sum::<u32>().max(1);
    shares.into_iter().map(|share| share * 1_000 / all).collect()
}
