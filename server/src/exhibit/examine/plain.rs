//! Plain text: UTF-8, without what only machines read, and without what a browser would run.

use crate::Refused;

/// How texts begin that a browser would take for a page or a drawing.
const BEGINNINGS: &[&str] =
    &["<!doctype", "<?xml", "<html", "<head", "<body", "<svg", "<script", "<iframe", "<!--"];

/// What must not stand anywhere in a text.
const INSIDE: &[&str] = &["<script", "<svg", "<iframe", "<object", "<embed"];

/// The text that a file is.
///
/// # Errors
/// When it is in another writing than UTF-8, not text at all, or something that a browser would run.
pub(super) fn read(bytes: &[u8]) -> Result<&str, Refused> {
    let controls = |byte: &u8| *byte < 0x20 && !matches!(byte, b'\n' | b'\r' | b'\t');
    let Ok(text) = std::str::from_utf8(bytes) else {
        // The text editor of Windows writes UTF-16 with a mark before it, or GBK, which has no control characters.
        let sixteen = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
        let text = sixteen || !bytes.iter().any(controls);
        return Err(if text { Refused::FileEncoding } else { Refused::FileKind });
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.chars().any(|letter| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t')) {
        return Err(Refused::FileKind);
    }
    if text.trim().is_empty() {
        return Err(Refused::FileEmpty);
    }
    let lower = text.to_ascii_lowercase();
    let begins = BEGINNINGS.iter().any(|beginning| lower.trim_start().starts_with(beginning));
    if begins || INSIDE.iter().any(|inside| lower.contains(inside)) {
        return Err(Refused::FileMarkup);
    }
    Ok(text)
}
