//! What a file is, by what is in it and never by its name; whether it is whole, and harmless to whoever opens it.
//!
//! ```text
//! first bytes ──▶ PDF ─────────▶ read in a process of its own (aside) ─┐
//!            ├──▶ PNG, JPEG ───▶ size first, then the whole picture ───┤
//!            ├──▶ ZIP ─────────▶ DOCX, XLSX, PPTX, ODT, ODS, ODP ──────┼──▶ Found: kind and pages
//!            ├──▶ text ────────▶ UTF-8, nothing that a browser runs ───┘
//!            └──▶ anything else: refused, each kind in words of its own
//! ```

use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::Bytes;
use tokio::sync::OwnedSemaphorePermit;

use super::aside::Aside;
use crate::{Failure, Refused, config::Limits};

pub mod office;
pub mod paged;
pub mod pdf;
pub mod picture;
mod plain;

/// Media type of a PDF.
pub const PDF: &str = "application/pdf";
/// Media type of a PNG.
pub const PNG: &str = "image/png";
/// Media type of a JPEG.
pub const JPEG: &str = "image/jpeg";
/// Media type of a text.
pub const TEXT: &str = "text/plain";

/// How much may be in one file.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Pixels of one picture, also of one inside a PDF.
    pub pixels_max: u64,
    /// Pages.
    pub pages_max: u32,
    /// Bytes of an office file when unpacked.
    pub unpacked_bytes_max: u64,
    /// Entries of an office file.
    pub members_max: u64,
    /// Milliseconds that looking at one file may take.
    pub examine_ms: u64,
}

impl Bounds {
    /// Those of the server.
    #[must_use]
    pub fn of(limits: &Limits) -> Self {
        Self {
            pixels_max: limits.exhibit_pixels_max,
            pages_max: u32::try_from(limits.exhibit_pages_max).unwrap_or(u32::MAX),
            unpacked_bytes_max: limits.exhibit_unpacked_bytes_max,
            members_max: limits.exhibit_members_max,
            examine_ms: limits.exhibit_examine_ms,
        }
    }
}

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// What the file is.
    pub media_type: &'static str,
    /// Pages.
    pub pages: u32,
}

/// What a file says it is by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Pdf,
    Picture(picture::Format),
    Package,
    Plain,
}

/// Looks at a whole file. What stops a parser, or takes it too long, counts as a broken file. The place is held until the
/// work has ended, also where nobody waits for it any more.
///
/// # Errors
/// Why it is not taken; or when the machine fails.
pub async fn examine(
    bytes: Bytes,
    bounds: Bounds,
    aside: &Aside,
    place: OwnedSemaphorePermit,
) -> Result<Found, Failure> {
    let kind = kind(&bytes)?;
    if kind == Kind::Pdf {
        let pages = aside.look(&bytes, bounds).await?;
        return Ok(Found { media_type: PDF, pages });
    }
    let looking = tokio::task::spawn_blocking(move || {
        let found = within(kind, &bytes, bounds);
        drop(place);
        found
    });
    let found = tokio::time::timeout(Limits::span(bounds.examine_ms), looking).await;
    Ok(found.map_err(|_| Refused::FileBroken)?.map_err(|_| crate::Error::Stopping)??)
}

/// Looks into everything that is not a PDF.
fn within(kind: Kind, bytes: &[u8], bounds: Bounds) -> Result<Found, Refused> {
    let look = || match kind {
        Kind::Pdf => Err(Refused::FileBroken),
        Kind::Picture(format) => {
            picture::check(bytes, format, bounds.pixels_max)?;
            Ok(Found { media_type: format.media_type(), pages: 1 })
        }
        Kind::Package => {
            let document = office::read(bytes, bounds)?;
            Ok(Found { media_type: document.media_type, pages: count(&document.text, bounds.pages_max)? })
        }
        Kind::Plain => {
            let text = plain::read(bytes)?;
            Ok(Found { media_type: TEXT, pages: count(text, bounds.pages_max)? })
        }
    };
    catch_unwind(AssertUnwindSafe(look)).unwrap_or(Err(Refused::FileBroken))
}

fn count(text: &str, pages_max: u32) -> Result<u32, Refused> {
    let pages = u32::try_from(paged::paged(text).len()).unwrap_or(u32::MAX);
    if pages > pages_max { Err(Refused::FileManyPages) } else { Ok(pages) }
}

/// What a file is by its first bytes; those that are known and not taken are each refused in their own words.
fn kind(bytes: &[u8]) -> Result<Kind, Refused> {
    Ok(match bytes {
        [] => return Err(Refused::FileEmpty),
        [b'%', b'P', b'D', b'F', b'-', ..] => Kind::Pdf,
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Kind::Picture(picture::Format::Png),
        [0xff, 0xd8, 0xff, ..] => Kind::Picture(picture::Format::Jpeg),
        [b'P', b'K', 3, 4, ..] => Kind::Package,
        // The container of Office before 2007, and of newer files that have a password.
        [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ..] => return Err(office::old(bytes)),
        [b'P', b'K', 5 | 7, 6 | 8, ..]
        | [b'R', b'a', b'r', b'!', ..]
        | [b'7', b'z', 0xbc, 0xaf, ..]
        | [0x1f, 0x8b, ..]
        | [b'B', b'Z', b'h', ..]
        | [0xfd, b'7', b'z', b'X', b'Z', ..] => return Err(Refused::FileArchive),
        [b'M', b'Z', ..]
        | [0x7f, b'E', b'L', b'F', ..]
        | [b'#', b'!', ..]
        | [0xca, 0xfe, 0xba, 0xbe, ..]
        | [0xce | 0xcf, 0xfa, 0xed, 0xfe, ..] => return Err(Refused::FileProgram),
        [b'G', b'I', b'F', b'8', ..]
        | [b'I', b'I', b'*', 0, ..]
        | [b'M', b'M', 0, b'*', ..]
        | [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => {
            return Err(Refused::FilePicture);
        }
        [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => return Err(film(brand)),
        [b'R', b'I', b'F', b'F', ..]
        | [0x1a, 0x45, 0xdf, 0xa3, ..]
        | [b'O', b'g', b'g', b'S', ..]
        | [b'f', b'L', b'a', b'C', ..]
        | [b'I', b'D', b'3', ..]
        | [0, 0, 1, 0xba, ..] => return Err(Refused::FileFilm),
        _ => Kind::Plain,
    })
}

/// A phone's photograph and a film are kept in the same way, told apart by a name of four letters.
fn film(brand: &[u8]) -> Refused {
    match brand.get(..4) {
        Some(b"heic" | b"heix" | b"hevc" | b"heim" | b"heis" | b"mif1" | b"msf1" | b"avif" | b"avis") => {
            Refused::FilePicture
        }
        _ => Refused::FileFilm,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BOUNDS: Bounds = Bounds {
        pixels_max: 1_000_000,
        pages_max: 100,
        unpacked_bytes_max: 1_000_000,
        members_max: 100,
        examine_ms: 10_000,
    };

    fn found(bytes: &[u8]) -> Result<Found, Refused> {
        within(kind(bytes)?, bytes, BOUNDS)
    }

    #[test]
    fn what_is_not_taken_is_refused_in_words_of_its_own() {
        for (bytes, why) in [
            (&b""[..], Refused::FileEmpty),
            (b"MZ\x90\x00", Refused::FileProgram),
            (b"\x7fELF\x02", Refused::FileProgram),
            (b"#!/bin/sh\nrm -r .", Refused::FileProgram),
            (b"Rar!\x1a\x07", Refused::FileArchive),
            (b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", Refused::FileArchive),
            (b"\0\0\0\x18ftypheic\0\0\0\0", Refused::FilePicture),
            (b"\0\0\0\x18ftypisom\0\0\0\0", Refused::FileFilm),
            (b"GIF89a", Refused::FilePicture),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 Word", Refused::FileOld),
            (b"\xb9\xa4\xd7\xca\xc1\xf7\xcb\xae", Refused::FileEncoding),
            (b"\0\x01\x02", Refused::FileKind),
            (b"\x89PNG\r\n\x1a\n and nothing", Refused::FileBroken),
            (b"\xff\xd8\xff\xe0 and nothing", Refused::FileBroken),
            (b"PK\x03\x04 and nothing", Refused::FileBroken),
        ] {
            assert_eq!(found(bytes), Err(why), "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn text_that_a_browser_would_run_is_refused_and_other_text_taken() {
        for run in [
            "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>",
            "\u{feff}  <?xml version=\"1.0\"?><svg/>",
            "<!DOCTYPE html><p>",
            "看这里：<SCRIPT src=x>",
        ] {
            assert_eq!(found(run.as_bytes()), Err(Refused::FileMarkup), "{run}");
        }
        let text = "工资流水\n一月\t3 < 5\n";
        assert_eq!(found(text.as_bytes()), Ok(Found { media_type: TEXT, pages: 1 }));
        let long = "一行\n".repeat(100);
        assert!(found(long.as_bytes()).unwrap().pages > 1);
        assert_eq!(found("一行\n".repeat(100_000).as_bytes()), Err(Refused::FileManyPages));
    }

    proptest! {
        #[test]
        fn no_bytes_whatever_stop_the_examination(
            beginning in prop::sample::select(vec![
                &b""[..], b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"PK\x03\x04", b"<svg",
            ]),
            rest in prop::collection::vec(any::<u8>(), 0..600),
        ) {
            let bytes = [beginning, &rest].concat();
            // A panic inside would be caught, so it is looked for without the net.
            if let Ok(kind) = kind(&bytes) {
                let _ = match kind {
                    Kind::Pdf => pdf::look(&bytes, BOUNDS.pixels_max, BOUNDS.pages_max).map(|_| ()),
                    Kind::Picture(format) => picture::check(&bytes, format, BOUNDS.pixels_max),
                    Kind::Package => office::read(&bytes, BOUNDS).map(|_| ()),
                    Kind::Plain => plain::read(&bytes).map(|_| ()),
                };
            }
        }
    }
}
