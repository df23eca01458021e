//! A paper as DOCX, for offices that go on writing in it: the same words in the same order, set as GB/T 9704 asks. Where a
//! machine has none of the fonts named, its own come in their place.

use std::io::Cursor;

use docx_rs::{
    AlignmentType, BreakType, DocGrid, DocGridType, Docx, Footer, HeightRule, LineSpacing, LineSpacingType,
    NumPages, PageMargin, PageNum, Paragraph, Run, RunFonts, SpecialIndentType, Table, TableCell,
    TableLayoutType, TableRow, WidthType,
};

use crate::{
    Error, Paper,
    block::{Block, Span, Spans, Style},
};

// In twentieths of a point: the page, its margins, and what is between them.
const A4: (u32, u32) = (11_906, 16_838);
const MARGINS: PageMargin = PageMargin {
    top: 2_098,
    left: 1_588,
    bottom: 1_984,
    right: 1_474,
    header: 851,
    footer: 1_417,
    gutter: 0,
};
const WIDTH: u32 = 8_844;
/// From one line to the next, 29 points: 22 lines a page.
const LINE: i32 = 580;
const LINE_OF_TABLES: i32 = 380;
/// Rows of tables, at least: and those in which somebody writes or signs.
const ROW: f32 = 400.0;
const ROW_BY_HAND: f32 = 720.0;
/// Two characters.
const INDENT: i32 = 640;
// In half points.
const TEXT: usize = 32;
const TITLE: usize = 44;
const LETTERHEAD: usize = 60;
const IN_TABLES: usize = 24;
const FOOT: usize = 24;
const VERSION: usize = 16;
const ADDRESS: usize = 18;

const SONG: &str = "仿宋";
const HEI: &str = "黑体";
const XIAO_BIAO_SONG: &str = "方正小标宋简体";
const RED: &str = "C00000";

fn font(name: &str) -> RunFonts {
    RunFonts::new().east_asia(name).ascii("Times New Roman").hi_ansi("Times New Roman")
}

/// Writes a paper as DOCX.
///
/// # Errors
/// When the file cannot be put together.
pub fn write(paper: &Paper) -> Result<Vec<u8>, Error> {
    let mut docx = Docx::new()
        .page_size(A4.0, A4.1)
        .page_margin(MARGINS)
        .default_fonts(font(SONG))
        .default_size(TEXT)
        .footer(foot(paper));
    let pitch = usize::try_from(LINE).unwrap_or_default();
    docx.document =
        docx.document.doc_grid(DocGrid::new().grid_type(DocGridType::LinesAndChars).line_pitch(pitch));
    if paper.form.has_letterhead() {
        let name = Run::new().add_text(paper.head.as_str()).size(LETTERHEAD).bold().color(RED);
        docx = docx.add_paragraph(centred(name.fonts(font(XIAO_BIAO_SONG))));
    }
    if !paper.number.is_empty() && paper.form.has_letterhead() {
        docx = docx.add_paragraph(centred(Run::new().add_text(paper.number.as_str())));
    }
    let title = Run::new().add_text(paper.title.as_str()).size(TITLE).bold().fonts(font(XIAO_BIAO_SONG));
    docx = docx.add_paragraph(centred(title).outline_lvl(0).keep_next(true));
    if !paper.number.is_empty() && !paper.form.has_letterhead() {
        docx = docx.add_paragraph(centred(Run::new().add_text(paper.number.as_str()).size(28)));
    }
    let mut breaks = false;
    for block in &paper.blocks {
        docx = put(docx, block, std::mem::take(&mut breaks));
        breaks = *block == Block::PageBreak;
    }
    let mut bytes = Cursor::new(Vec::new());
    docx.build().pack(&mut bytes).map_err(|error| Error::Setting(error.to_string()))?;
    Ok(bytes.into_inner())
}

/// What stands at the foot of every page: its number, the version, and a line for the signature where each page is signed.
fn foot(paper: &Paper) -> Footer {
    let version = Run::new().add_text(format!("　　版本 {}", paper.version)).size(VERSION).color("666666");
    let said = |text: &str| Run::new().add_text(text).size(FOOT);
    let line = if paper.form.is_signed_by_page() {
        Paragraph::new()
            .add_run(said("签名：＿＿＿＿＿＿＿＿＿＿　　第 "))
            .add_page_num(PageNum::new())
            .add_run(said(" 页　共 "))
            .add_num_pages(NumPages::new())
            .add_run(said(" 页"))
            .add_run(version)
            .align(AlignmentType::Right)
    } else {
        Paragraph::new()
            .add_run(said("— "))
            .add_page_num(PageNum::new())
            .add_run(said(" —"))
            .add_run(version)
            .align(AlignmentType::Center)
    };
    let foot = Footer::new().add_paragraph(line);
    if paper.foot.is_empty() {
        return foot;
    }
    let address = Run::new().add_text(paper.foot.as_str()).size(ADDRESS);
    foot.add_paragraph(Paragraph::new().add_run(address).align(AlignmentType::Center))
}

fn spaced(paragraph: Paragraph, line: i32) -> Paragraph {
    paragraph.line_spacing(LineSpacing::new().line_rule(LineSpacingType::Exact).line(line))
}

fn centred(run: Run) -> Paragraph {
    Paragraph::new()
        .add_run(run)
        .align(AlignmentType::Center)
        .line_spacing(LineSpacing::new().line_rule(LineSpacingType::AtLeast).line(LINE))
}

fn runs(mut paragraph: Paragraph, spans: &[Span], size: usize, name: Option<&str>) -> Paragraph {
    for Span { text, style } in spans {
        let mut run = Run::new().size(size);
        for (number, part) in text.split('\n').enumerate() {
            if number > 0 {
                run = run.add_break(BreakType::TextWrapping);
            }
            // A drawing is not set here: the paper to be kept is the PDF, which shows it.
            run = run.add_text(if *style == Style::Drawn { "〔手写签名〕" } else { part });
        }
        run = match style {
            Style::Plain | Style::Drawn => run,
            Style::Strong => run.bold(),
            Style::Struck => run.strike(),
            Style::New => run.underline("single"),
        };
        paragraph = paragraph.add_run(match name {
            Some(name) => run.fonts(font(name)),
            None => run,
        });
    }
    paragraph
}

fn text(spans: &[Span]) -> Paragraph {
    let indent = Some(SpecialIndentType::FirstLine(INDENT));
    spaced(runs(Paragraph::new(), spans, TEXT, None), LINE)
        .indent(None, indent, None, None)
        .align(AlignmentType::Both)
}

/// Puts a block at the end; `breaks` puts it on a page of its own.
fn put(docx: Docx, block: &Block, breaks: bool) -> Docx {
    let docx = if breaks { docx.add_paragraph(Paragraph::new().page_break_before(true)) } else { docx };
    match block {
        Block::Heading { level, text } => {
            let name = if *level == 1 { HEI } else { SONG };
            let heading = runs(Paragraph::new(), text, TEXT, Some(name));
            let heading = spaced(heading, LINE).indent(Some(INDENT), None, None, None);
            docx.add_paragraph(heading.outline_lvl(usize::from(*level)).keep_next(true))
        }
        Block::Paragraph { text: spans } => docx.add_paragraph(text(spans)),
        Block::Closing { lines } => {
            let docx = docx.add_paragraph(Paragraph::new().keep_next(true));
            (1..).zip(lines).fold(docx, |docx, (number, line)| {
                let line = spaced(runs(Paragraph::new(), line, TEXT, None), LINE);
                let line = line.align(AlignmentType::Right).indent(None, None, Some(INDENT), None);
                docx.add_paragraph(line.keep_next(number < lines.len()))
            })
        }
        Block::List { ordered, items } => (1..).zip(items).fold(docx, |docx, (number, item)| {
            let mark = if *ordered { format!("{number}. ") } else { "· ".into() };
            let mut spans = vec![Span { text: mark, style: Style::Plain }];
            spans.extend(item.iter().cloned());
            docx.add_paragraph(text(&spans))
        }),
        Block::Table { head, rows, widths } => docx.add_table(table(head, rows, widths)),
        Block::PageBreak => docx,
    }
}

fn table(head: &[Spans], rows: &[Vec<Spans>], widths: &[u32]) -> Table {
    let widths: Vec<usize> =
        widths.iter().map(|width| usize::try_from(width * WIDTH / 1_000).unwrap_or_default()).collect();
    let headed = head.iter().any(|words| !words.is_empty());
    // What is left empty is filled in by hand, or signed in.
    let by_hand = rows.iter().flatten().any(Vec::is_empty);
    let height = if by_hand { ROW_BY_HAND } else { ROW };
    let row = |cells: &[Spans], name: Option<&str>| {
        let cells = cells.iter().zip(&widths).map(|(words, width)| {
            let words = spaced(runs(Paragraph::new(), words, IN_TABLES, name), LINE_OF_TABLES);
            TableCell::new().add_paragraph(words).width(*width, WidthType::Dxa)
        });
        TableRow::new(cells.collect()).height_rule(HeightRule::AtLeast).row_height(height).cant_split()
    };
    let mut all: Vec<TableRow> = if headed { vec![row(head, Some(HEI))] } else { Vec::new() };
    all.extend(rows.iter().map(|cells| row(cells, None)));
    let width = widths.iter().sum();
    Table::new(all).set_grid(widths.clone()).width(width, WidthType::Dxa).layout(TableLayoutType::Fixed)
}
