//! The XML of office files: what opens, what closes, what is written between. No entity is ever looked up.

use std::time::Instant;

use quick_xml::{
    Reader, XmlVersion,
    events::{BytesStart, Event, attributes::Attribute},
};

use crate::Refused;

/// After so many steps it is looked whether there is time left.
const LOOK_EVERY: u64 = 1_024;

/// Something that stands in an XML.
pub(super) enum Step<'a> {
    /// An element begins, by its name without prefix.
    Open(&'a str, &'a BytesStart<'a>),
    /// An element ends.
    Close(&'a str),
    /// Text between.
    Text(&'a str),
}

/// Whether an entry of that name has to do with the text.
pub(super) fn is_xml(name: &str) -> bool {
    name == "mimetype"
        || std::path::Path::new(name).extension().is_some_and(|ending| ending == "xml" || ending == "rels")
}

/// Goes through an XML from its beginning to its end.
///
/// # Errors
/// When it cannot be read, or not in time, or `step` refuses.
pub(super) fn walk(
    bytes: &[u8],
    until: Instant,
    mut step: impl FnMut(Step<'_>) -> Result<(), Refused>,
) -> Result<(), Refused> {
    let text = std::str::from_utf8(bytes).map_err(|_| Refused::FileBroken)?;
    let mut reader = Reader::from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
    let (mut depth, mut steps) = (0_u64, 0_u64);
    loop {
        steps += 1;
        if steps.is_multiple_of(LOOK_EVERY) && Instant::now() > until {
            return Err(Refused::FileBroken);
        }
        match reader.read_event().map_err(|_| Refused::FileBroken)? {
            Event::Start(element) => {
                depth += 1;
                step(Step::Open(element.local_name().as_ref(), &element))?;
            }
            Event::Empty(element) => {
                step(Step::Open(element.local_name().as_ref(), &element))?;
                step(Step::Close(element.local_name().as_ref()))?;
            }
            Event::End(element) => {
                depth = depth.saturating_sub(1);
                step(Step::Close(element.local_name().as_ref()))?;
            }
            Event::Text(text) => step(Step::Text(&text))?,
            Event::CData(text) => step(Step::Text(&text))?,
            Event::GeneralRef(name) => {
                let letter = match &*name {
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "amp" => Some('&'),
                    "apos" => Some('\''),
                    "quot" => Some('"'),
                    _ => name.resolve_char_ref().map_err(|_| Refused::FileBroken)?,
                };
                let letter = letter.ok_or(Refused::FileBroken)?;
                step(Step::Text(letter.encode_utf8(&mut [0; 4])))?;
            }
            // No office program writes one; what is declared there is how such a file becomes a bomb.
            Event::DocType(_) => return Err(Refused::FileBroken),
            Event::Eof if depth > 0 => return Err(Refused::FileBroken),
            Event::Eof => return Ok(()),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
}

/// What an attribute says, by its name without prefix.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = element.attributes();
    let found = attributes.with_checks(false).flatten().find(|found| found.key.local_name().as_ref() == name);
    said(&found?)
}

/// What an attribute says, by its whole name.
pub(super) fn attribute_named(element: &BytesStart<'_>, name: &str) -> Option<String> {
    said(&element.try_get_attribute(name).ok()??)
}

fn said(attribute: &Attribute<'_>) -> Option<String> {
    Some(attribute.normalized_value(XmlVersion::Implicit1_0).ok()?.into_owned())
}
