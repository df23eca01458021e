//! A paper as a page: to be read before it is printed, on any screen.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::{
    Paper,
    block::{Block, Span, Spans, Style},
};

/// The style sheet, which every page carries: so it is whole wherever it is kept. A page around it must allow it by its
/// digest, for it stands in the page itself.
pub const STYLE: &str = include_str!("page/paper.css");

/// Writes a paper as a page.
#[must_use]
pub fn write(paper: &Paper) -> String {
    html! {
        (DOCTYPE)
        html lang="zh-CN" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { (paper.title) }
                style { (PreEscaped(STYLE)) }
            }
            body { (sheet(paper)) }
        }
    }
    .into_string()
}

/// The paper itself.
fn sheet(paper: &Paper) -> Markup {
    html! {
        article.sheet {
            @if paper.form.has_letterhead() { p.letterhead { (paper.office) } }
            @if paper.form.has_letterhead() && !paper.number.is_empty() { p.number { (paper.number) } }
            h1 { (paper.title) }
            @if !paper.form.has_letterhead() && !paper.number.is_empty() { p.number { (paper.number) } }
            @for block in &paper.blocks { (put(block)) }
            p.foot {
                @if paper.form.is_signed_by_page() { span { "签名：" } }
                small { "版本 " (paper.version) }
            }
        }
    }
}

fn put(block: &Block) -> Markup {
    html! {
        @match block {
            Block::Heading { level: 1, text } => h2 { (words(text)) },
            Block::Heading { text, .. } => h3 { (words(text)) },
            Block::Paragraph { text } => p { (words(text)) },
            Block::Closing { lines } => div.closing { @for line in lines { p { (words(line)) } } },
            Block::List { ordered: true, items } => ol { @for item in items { li { (words(item)) } } },
            Block::List { items, .. } => ul { @for item in items { li { (words(item)) } } },
            Block::Table { head, rows, .. } => div.wide { table {
                @if head.iter().any(|words| !words.is_empty()) {
                    thead { tr { @for cell in head { th { (words(cell)) } } } }
                }
                tbody { @for row in rows { (cells(row)) } }
            } },
            Block::PageBreak => hr;,
        }
    }
}

fn cells(row: &[Spans]) -> Markup {
    html! { tr { @for cell in row { td { (words(cell)) } } } }
}

/// Words; a line break in them is one here, by the style sheet.
fn words(spans: &[Span]) -> Markup {
    html! {
        @for Span { text, style } in spans {
            @match style {
                Style::Plain => (text),
                Style::Strong => strong { (text) },
                Style::Struck => del { (text) },
                Style::New => ins { (text) },
                Style::Drawn => svg viewBox="0 0 1000 400" width="120" height="48" role="img" aria-label="手写签名" {
                    path d=(text) fill="none" stroke="currentColor" stroke-width="10" stroke-linecap="round" stroke-linejoin="round" {}
                },
            }
        }
    }
}
