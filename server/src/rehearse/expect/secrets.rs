//! Secrets: a text is searched for in every byte that every seat received, in each form in which it may be written.

use std::collections::BTreeSet;

use procedure::SeatId;

use super::Play;
use crate::rehearse::Why;

/// Why a secret was not kept, or did not reach those who should see it; none when all is well.
pub(super) fn kept(play: &Play<'_>, text: &str, seen_by: &[SeatId]) -> Option<Why> {
    let forms = forms(text);
    let (mut missing, mut leaked) = (Vec::new(), Vec::new());
    for (id, seat) in &play.seats.0 {
        let mut found = None;
        seat.received(|from, bytes| {
            if found.is_none() && forms.iter().any(|form| holds(bytes, form.as_bytes())) {
                found = Some(from.to_owned());
            }
        });
        match (found, seen_by.contains(id)) {
            (None, true) => missing.push(id.0.clone()),
            (Some(from), false) => leaked.push(format!("{id} ({from})")),
            _ => {}
        }
    }
    let (mut zh, mut en) = (Vec::new(), Vec::new());
    if !leaked.is_empty() {
        let leaked = leaked.join(", ");
        zh.push(format!("不应收到而收到：{leaked}。"));
        en.push(format!("it reached {leaked}."));
    }
    if !missing.is_empty() {
        let missing = missing.join(", ");
        zh.push(format!("应当收到而没有收到：{missing}。"));
        en.push(format!("it did not reach {missing}."));
    }
    (!zh.is_empty()).then(|| Why::new(zh.concat(), en.join(" ")))
}

/// The text as it is, as JSON writes it, also within a text that is itself JSON, and as a page writes it.
pub(super) fn forms(text: &str) -> BTreeSet<String> {
    let json = |text: &str| {
        let quoted = serde_json::to_string(text).unwrap_or_default();
        quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default().to_owned()
    };
    let once = json(text);
    let twice = json(&once);
    let ascii = once.chars().fold(String::new(), |mut out, letter| {
        if letter.is_ascii() {
            out.push(letter);
        } else {
            let mut units = [0; 2];
            for unit in letter.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
        out
    });
    let page = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    [text.to_owned(), once, twice, ascii, page].into_iter().filter(|form| !form.is_empty()).collect()
}

/// Whether these bytes hold those.
pub(super) fn holds(bytes: &[u8], text: &[u8]) -> bool {
    let Some(first) = text.first() else { return false };
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| byte == first) {
        if rest[at..].starts_with(text) {
            return true;
        }
        rest = &rest[at + 1..];
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_in_every_form_in_which_it_may_be_written() {
        let text = "他说：\"A<B\"\n密";
        let document = serde_json::to_string(text).unwrap();
        let within = serde_json::to_string(&document).unwrap();
        let ascii = r#""\u4ed6\u8bf4\uff1a\"A<B\"\n\u5bc6""#;
        let page = "<p>他说：&quot;A&lt;B&quot;\n密</p>";
        for written in [text, &document, &within, ascii, page] {
            assert!(forms(text).iter().any(|form| holds(written.as_bytes(), form.as_bytes())), "{written}");
        }
        assert!(!forms(text).iter().any(|form| holds("他说：密".as_bytes(), form.as_bytes())));
    }
}
