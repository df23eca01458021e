//! What stands in an office file, as text: paragraphs in lines, cells between tabs, each sheet and slide on a page of
//! its own. What was struck out, formulas and fields are left away, pictures too: the file itself has them.

use std::time::Instant;

use super::{
    Parts,
    parts::{Main, Program, listed},
    xml::{Step, attribute, attribute_named, walk},
};
use crate::{Refused, exhibit::examine::paged::BREAK};

/// The text that is being gathered; what is too long is a bomb.
struct Gathered {
    text: String,
    bytes_max: u64,
    until: Instant,
}

impl Gathered {
    fn push(&mut self, text: &str) -> Result<(), Refused> {
        let seen = |letter: &char| !letter.is_control() || matches!(letter, '\n' | '\t');
        self.text.extend(text.chars().filter(seen));
        self.within()
    }

    /// A page begins.
    fn page(&mut self) {
        self.text.push(BREAK);
    }

    fn within(&self) -> Result<(), Refused> {
        let bytes = u64::try_from(self.text.len()).unwrap_or(u64::MAX);
        if bytes > self.bytes_max { Err(Refused::FileBomb) } else { Ok(()) }
    }
}

/// The text of a package.
///
/// # Errors
/// When a part is missing or broken, or the text too long.
pub(super) fn of(parts: &Parts, main: &Main, bytes_max: u64) -> Result<String, Refused> {
    let mut out = Gathered { text: String::new(), bytes_max, until: parts.until };
    let part = |name: &str| parts.get(name).ok_or(Refused::FileBroken);
    match main.program {
        Program::Writing => written(part(&main.name)?, &mut out)?,
        Program::Open => open(part(&main.name)?, &mut out)?,
        Program::Slides => {
            for (name, _) in listed(parts, main, "sldId")? {
                out.page();
                written(part(&name)?, &mut out)?;
            }
        }
        Program::Table => {
            let folder = main.name.rsplit_once('/').map_or("", |(folder, _)| folder);
            let shared = match parts.get(&format!("{folder}/sharedStrings.xml")) {
                Some(shared) => strings(shared, parts.until)?,
                None => Vec::new(),
            };
            for (name, called) in listed(parts, main, "sheet")? {
                out.page();
                out.push(&format!("【{called}】\n"))?;
                // A sheet that is a diagram alone has no cells.
                sheet(part(&name)?, &shared, &mut out)?;
            }
        }
    }
    Ok(out.text)
}

/// What Word and `PowerPoint` write.
fn written(xml: &[u8], out: &mut Gathered) -> Result<(), Refused> {
    let (mut text, mut runs, mut cells, mut again) = (false, 0_u32, 0_u32, 0_u32);
    walk(xml, out.until, |step| {
        match step {
            // The same once more for programs that are older.
            Step::Open("Fallback", _) => again += 1,
            Step::Close("Fallback") => again = again.saturating_sub(1),
            _ if again > 0 => {}
            Step::Open("t", _) => text = true,
            Step::Close("t") => text = false,
            Step::Open("r", _) => runs += 1,
            Step::Close("r") => runs = runs.saturating_sub(1),
            // Outside of a run a tab is where one would stop.
            Step::Open("tab", _) if runs > 0 => out.push("\t")?,
            Step::Open("br", element) if attribute(element, "type").is_some_and(|kind| kind == "page") => {
                out.page();
            }
            Step::Open("br" | "cr", _) => out.push("\n")?,
            Step::Open("lastRenderedPageBreak", _) => out.page(),
            Step::Open("tc", _) => cells += 1,
            Step::Close("tc") => {
                cells = cells.saturating_sub(1);
                out.push("\t")?;
            }
            Step::Close("p") => out.push(if cells > 0 { " " } else { "\n" })?,
            Step::Close("tr") => out.push("\n")?,
            Step::Text(written) if text => out.push(written)?,
            Step::Open(..) | Step::Close(_) | Step::Text(_) => {}
        }
        out.within()
    })
}

/// The texts that the cells of all sheets share.
fn strings(xml: &[u8], until: Instant) -> Result<Vec<String>, Refused> {
    let (mut all, mut text, mut read_aloud) = (Vec::new(), false, false);
    walk(xml, until, |step| {
        match step {
            Step::Open("si", _) => all.push(String::new()),
            Step::Open("rPh", _) => read_aloud = true,
            Step::Close("rPh") => read_aloud = false,
            Step::Open("t", _) => text = !read_aloud,
            Step::Close("t") => text = false,
            Step::Text(written) if text => {
                if let Some(last) = all.last_mut() {
                    last.push_str(written);
                }
            }
            Step::Open(..) | Step::Close(_) | Step::Text(_) => {}
        }
        Ok(())
    })?;
    Ok(all)
}

/// The cells of a sheet, as they were last reckoned.
fn sheet(xml: &[u8], shared: &[String], out: &mut Gathered) -> Result<(), Refused> {
    let (mut is_shared, mut value, mut cell) = (false, false, String::new());
    walk(xml, out.until, |step| {
        match step {
            Step::Open("c", element) => {
                is_shared = attribute_named(element, "t").is_some_and(|kind| kind == "s");
                cell.clear();
            }
            Step::Open("v" | "t", _) => value = true,
            Step::Close("v" | "t") => value = false,
            Step::Text(written) if value => cell.push_str(written),
            Step::Close("c") => {
                let text = match is_shared {
                    true => cell.trim().parse().ok().and_then(|at: usize| shared.get(at)),
                    false => Some(&cell),
                };
                out.push(text.map_or("", String::as_str))?;
                out.push("\t")?;
            }
            Step::Close("row") => out.push("\n")?,
            Step::Open(..) | Step::Close(_) | Step::Text(_) => {}
        }
        Ok(())
    })
}

/// What the programs of the OASIS write, all three in the same words.
fn open(xml: &[u8], out: &mut Gathered) -> Result<(), Refused> {
    let (mut paragraphs, mut cells, mut struck) = (0_u32, 0_u32, 0_u32);
    let mut tables = false;
    walk(xml, out.until, |step| {
        match step {
            Step::Open("tracked-changes", _) => struck += 1,
            Step::Close("tracked-changes") => struck = struck.saturating_sub(1),
            _ if struck > 0 => {}
            Step::Open("spreadsheet", _) => tables = true,
            Step::Open("p" | "h", _) => paragraphs += 1,
            Step::Close("p" | "h") => {
                paragraphs = paragraphs.saturating_sub(1);
                out.push(if cells > 0 { " " } else { "\n" })?;
            }
            Step::Open("tab", _) if paragraphs > 0 => out.push("\t")?,
            Step::Open("s", _) if paragraphs > 0 => out.push(" ")?,
            Step::Open("line-break", _) => out.push("\n")?,
            Step::Open("soft-page-break" | "page", _) => out.page(),
            Step::Open("table", element) if tables => {
                out.page();
                out.push(&format!("【{}】\n", attribute(element, "name").unwrap_or_default()))?;
            }
            Step::Open("table-cell", _) => cells += 1,
            Step::Close("table-cell") => {
                cells = cells.saturating_sub(1);
                out.push("\t")?;
            }
            Step::Close("table-row") => out.push("\n")?,
            Step::Text(written) if paragraphs > 0 => out.push(written)?,
            Step::Open(..) | Step::Close(_) | Step::Text(_) => {}
        }
        out.within()
    })
}
