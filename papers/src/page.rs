//! A paper as a page: to be read before it is printed, on any screen.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::{
    Paper, Sealed,
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
            @if paper.form.has_letterhead() { p.letterhead { (paper.head) } }
            @if paper.form.has_letterhead() && !paper.number.is_empty() { p.number { (paper.number) } }
            h1 { (paper.title) }
            @if !paper.form.has_letterhead() && !paper.number.is_empty() { p.number { (paper.number) } }
            @for (at, block) in paper.blocks.iter().enumerate() {
                (put(block, paper.sealed.as_ref().filter(|sealed| sealed.block == at)))
            }
            p.foot {
                @if paper.form.is_signed_by_page() { span { "签名：" } }
                small { "版本 " (paper.version) }
            }
            @if !paper.foot.is_empty() { p.address { (paper.foot) } }
        }
    }
}

fn put(block: &Block, sealed: Option<&Sealed>) -> Markup {
    html! {
        @match block {
            Block::Heading { level: 1, text } => h2 { (words(text)) },
            Block::Heading { text, .. } => h3 { (words(text)) },
            Block::Paragraph { text } => p { (words(text)) },
            Block::Closing { lines } => (closing(lines, sealed)),
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

/// The lines at the end, and over them the seal, as wide as on paper.
fn closing(lines: &[Spans], sealed: Option<&Sealed>) -> Markup {
    let said = html! { @for line in lines { p { (words(line)) } } };
    let wide = pixels(sealed.map_or(0, |sealed| sealed.seal.diameter_mm()));
    html! {
        @if let Some(sealed) = sealed {
            div.closing.sealed {
                div { (said) }
                img.seal src=(sealed.seal.address()) alt="印章" width=(wide) height=(wide);
            }
        } @else {
            div.closing { (said) }
        }
    }
}

/// Millimetres in pixels of a style sheet, of which an inch has 96.
const fn pixels(millimetres: u32) -> u32 {
    millimetres.saturating_mul(960) / 254
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
