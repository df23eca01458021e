//! The letterhead of an office and the picture of its seal: they lie beside its own wordings, in the folder of `--forms`.
//!
//! They are read and examined when the server starts, and one that cannot be used stops the start: before a paper goes out
//! that is wrong.

use std::{
    io::{Cursor, ErrorKind},
    path::Path,
    sync::Arc,
};

use image::{ImageFormat, RgbaImage};
use papers::{Letterhead, Seal};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::{
    Error, Refused,
    config::Limits,
    exhibit::examine::picture::{self, Format},
    unseen::is_unseen,
};

/// The file of the letterhead.
pub const FILE: &str = "letterhead.toml";
/// The file of the seal.
pub const PICTURE: &str = "seal.png";

/// How every PNG begins.
const MAGIC: &[u8] = b"\x89PNG\r\n\x1a\n";
/// Characters over the red line: what fits on two lines.
const NAME_CHARS_MAX: usize = 30;
/// Characters of the word before a number.
const WORD_CHARS_MAX: usize = 20;
/// Characters of the line at the foot: what fits on two lines.
const FOOT_CHARS_MAX: usize = 90;
/// How wide the round seal of an office of a county or a city is, in millimetres (国发〔1999〕25号).
const DIAMETER_MM: u32 = 45;
/// The widest is that of the State Council; what is narrower cannot be read.
const DIAMETERS_MM: std::ops::RangeInclusive<u32> = 30..=60;
/// Pixels that a seal is wide at the least, so that its words can be read on paper.
const PIXELS_MIN: u32 = 300;
/// Of a hundred pixels, how many may let nothing through: of a seal on a clear ground it is about a third, and a disc has 78.
const OPAQUE_PERCENT_MAX: usize = 65;

/// What stands in the file of the letterhead.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Written {
    name: String,
    number_word: String,
    foot: String,
    seal_diameter_mm: Option<u32>,
}

/// The letterhead in a folder; nothing of its own where there is neither file.
///
/// # Errors
/// When a file cannot be read, is too large, or says or shows what cannot be printed.
pub fn open(folder: &Path, limits: &Limits) -> Result<Letterhead, Error> {
    let path = folder.join(FILE);
    let written = match read(&path, limits.letterhead_bytes_max)? {
        Some(bytes) => written(&bytes).map_err(|why| unusable(&path, &why))?,
        None => Written::default(),
    };
    let path = folder.join(PICTURE);
    let diameter_mm = written.seal_diameter_mm.unwrap_or(DIAMETER_MM);
    let seal = match read(&path, limits.seal_bytes_max)? {
        Some(bytes) => {
            let seal = seal(&bytes, diameter_mm, limits.seal_pixels_max);
            Some(Arc::new(seal.map_err(|why| unusable(&path, &why))?))
        }
        None => None,
    };
    Ok(Letterhead { name: written.name, word: written.number_word, foot: written.foot, seal })
}

fn unusable(path: &Path, why: &str) -> Error {
    Error::Config(format!("forms: {} cannot be used: {why}", path.display()))
}

/// A file; none where there is none.
fn read(path: &Path, bytes_max: u64) -> Result<Option<Vec<u8>>, Error> {
    let bytes = match std::fs::metadata(path) {
        Ok(found) => found.len(),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unusable(path, &error.to_string())),
    };
    if bytes > bytes_max {
        return Err(unusable(path, &format!("it is larger than {bytes_max} bytes")));
    }
    std::fs::read(path).map(Some).map_err(|error| unusable(path, &error.to_string()))
}

/// What the file of the letterhead says, or why it cannot be printed.
fn written(bytes: &[u8]) -> Result<Written, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_string())?;
    let mut written: Written = toml::from_str(text).map_err(|error| error.to_string())?;
    for value in [&mut written.name, &mut written.number_word, &mut written.foot] {
        *value = value.trim().to_string();
    }
    for (key, value, chars_max) in [
        ("name", &written.name, NAME_CHARS_MAX),
        ("number-word", &written.number_word, WORD_CHARS_MAX),
        ("foot", &written.foot, FOOT_CHARS_MAX),
    ] {
        if value.chars().count() > chars_max {
            return Err(format!("{key} is longer than {chars_max} characters"));
        }
        if value.chars().any(char::is_control) {
            return Err(format!("{key} is not one line"));
        }
        // On paper nobody would see them, and yet they turn, join or break what is printed.
        if let Some(sign) = value.chars().find(|sign| is_unseen(*sign)) {
            return Err(format!("{key} holds a sign that nobody sees (U+{:04X})", u32::from(sign)));
        }
    }
    if written.seal_diameter_mm.is_some_and(|wide| !DIAMETERS_MM.contains(&wide)) {
        return Err(format!(
            "seal-diameter-mm is not between {} and {}",
            DIAMETERS_MM.start(),
            DIAMETERS_MM.end()
        ));
    }
    Ok(written)
}

/// The seal in a picture, or why it cannot be put over words. What else stands in the file, such as who drew it, is left out.
fn seal(bytes: &[u8], diameter_mm: u32, pixels_max: u64) -> Result<Seal, String> {
    if !bytes.starts_with(MAGIC) {
        return Err("it is no PNG".into());
    }
    let drawn = picture::decode(bytes, Format::Png, pixels_max).map_err(|no| {
        if no == Refused::FilePixels {
            format!("it has more than {pixels_max} pixels")
        } else {
            "the picture is broken".into()
        }
    })?;
    let drawn = drawn.into_rgba8();
    let (width, height) = drawn.dimensions();
    if width != height {
        return Err(format!("it is {width} pixels wide and {height} high; the picture of a seal is square"));
    }
    if width < PIXELS_MIN {
        return Err(format!("it is less than {PIXELS_MIN} pixels wide"));
    }
    covers(&drawn)?;
    let mut png = Cursor::new(Vec::new());
    drawn.write_to(&mut png, ImageFormat::Png).map_err(|error| error.to_string())?;
    Ok(Seal::new(png.into_inner(), width, diameter_mm, Sha256::digest(bytes).into()))
}

/// Refuses a picture in which nothing is drawn, and one that would cover the words under it.
fn covers(drawn: &RgbaImage) -> Result<(), String> {
    let all = drawn.pixels().len();
    let opaque = drawn.pixels().filter(|pixel| pixel.0[3] > u8::MAX / 2).count();
    if opaque == 0 {
        return Err("nothing is drawn in it".into());
    }
    if opaque * 100 > all * OPAQUE_PERCENT_MAX {
        return Err("its ground is not transparent, so it would cover the words under it".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::{MAGIC, seal, written};

    #[test]
    fn what_nobody_sees_is_not_printed() {
        for sign in
            ["\u{2028}", "\u{2029}", "\u{202a}", "\u{202e}", "\u{2066}", "\u{2069}", "\u{200b}", "\u{feff}"]
        {
            for key in ["name", "number-word", "foot"] {
                let why = written(format!("{key} = \"某县{sign}人民检察院\"").as_bytes()).unwrap_err();
                assert!(why.starts_with(&format!("{key} holds a sign that nobody sees")), "{why}");
            }
        }
        assert!(written("name = \"某县 人民检察院\"".as_bytes()).is_ok());
    }

    proptest! {
        #[test]
        fn no_bytes_whatever_stop_the_examination(bytes in vec(any::<u8>(), 0..2_000)) {
            if let Ok(written) = written(&bytes) {
                prop_assert!(!written.name.contains('\n'));
            }
            let picture = [MAGIC, bytes.as_slice()].concat();
            prop_assert!(seal(&picture, 45, 1_000_000).is_err());
        }
    }
}
