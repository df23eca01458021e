//! PDFs: read whole, counted, and drawn page by page.
//!
//! A PDF can go round in circles until the stack of its reader ends, which no program survives. So all of this runs in
//! a process of its own ([`super::super::aside`]); nothing here is called by the server itself.

use std::path::PathBuf;

use hayro::{
    RenderCache, RenderSettings,
    hayro_interpret::InterpreterSettings,
    hayro_syntax::{
        LoadPdfError, Pdf,
        object::{Dict, MaybeRef, Name, Object},
    },
    render,
    vello_cpu::color::palette::css::WHITE,
};
use image::{DynamicImage, RgbImage};

use super::picture;
use crate::Refused;

mod font;

/// The end of a PDF is marked within so many of its last bytes.
const END_BYTES: usize = 4_096;

/// How far objects inside objects are looked into.
const DEPTH_MAX: u32 = 64;

/// How many pages a PDF has.
///
/// # Errors
/// When it is broken, needs a password, has no pages or too many, would start a program, or holds a picture that is
/// too large.
pub fn look(bytes: &[u8], pixels_max: u64, pages_max: u32) -> Result<u32, Refused> {
    let end = &bytes[bytes.len().saturating_sub(END_BYTES)..];
    if !end.windows(5).any(|mark| mark == b"%%EOF") {
        return Err(Refused::FileBroken);
    }
    let pdf = open(bytes)?;
    match u32::try_from(pdf.pages().len()) {
        Ok(0) => return Err(Refused::FileNoPages),
        Ok(pages) if pages <= pages_max => {}
        _ => return Err(Refused::FileManyPages),
    }
    for object in pdf.objects() {
        look_into(&object, pixels_max, 0)?;
    }
    u32::try_from(pdf.pages().len()).map_err(|_| Refused::FileManyPages)
}

fn open(bytes: &[u8]) -> Result<Pdf, Refused> {
    Pdf::new(bytes.to_vec()).map_err(|error| match error {
        LoadPdfError::Decryption(_) => Refused::FileLocked,
        LoadPdfError::Invalid => Refused::FileBroken,
    })
}

fn look_into(object: &Object<'_>, pixels_max: u64, depth: u32) -> Result<(), Refused> {
    if depth > DEPTH_MAX {
        return Err(Refused::FileBroken);
    }
    let inside = |object: MaybeRef<Object<'_>>| match object {
        MaybeRef::NotRef(object) => look_into(&object, pixels_max, depth + 1),
        // Looked at in its own turn.
        MaybeRef::Ref(_) => Ok(()),
    };
    match object {
        Object::Dict(dict) => {
            starts_nothing(dict)?;
            dict.entries().try_for_each(|(_, value)| inside(value))
        }
        Object::Stream(stream) => {
            let dict = stream.dict();
            if pixels(dict) > pixels_max {
                return Err(Refused::FilePixels);
            }
            dict.entries().try_for_each(|(_, value)| inside(value))
        }
        Object::Array(array) => array.raw_iter().try_for_each(inside),
        _ => Ok(()),
    }
}

/// Refuses an action that starts a program on the reader's computer. Scripts are let be: nothing here runs them.
fn starts_nothing(dict: &Dict<'_>) -> Result<(), Refused> {
    let action = dict.get::<Name<'_>>("S");
    if action.is_some_and(|name| name.as_ref() == b"Launch") { Err(Refused::FileLaunch) } else { Ok(()) }
}

/// How many pixels a picture inside a PDF says that it has; none of anything else.
fn pixels(dict: &Dict<'_>) -> u64 {
    if dict.get::<Name<'_>>("Subtype").is_none_or(|name| name.as_ref() != b"Image") {
        return 0;
    }
    let side = |name: &str| dict.get::<i32>(name).and_then(|side| u64::try_from(side).ok()).unwrap_or(0);
    side("Width").saturating_mul(side("Height"))
}

/// One page, counted from one, as a picture so many pixels wide; less wide where it would have too many pixels. A
/// Chinese font that the file does not bring is looked for in the folders.
///
/// # Errors
/// When there is no such page, or it cannot be drawn.
pub fn draw(
    bytes: &[u8],
    page: u32,
    width: u32,
    pixels_max: u64,
    fonts: Vec<PathBuf>,
) -> Result<Vec<u8>, Refused> {
    let pdf = open(bytes)?;
    let at = usize::try_from(page).unwrap_or(usize::MAX).wrapping_sub(1);
    let page = pdf.pages().get(at).ok_or(Refused::PageUnknown)?;
    let (wide, high) = page.render_dimensions();
    let (width, height) = size((f64::from(wide), f64::from(high)), width, pixels_max)?;
    let settings = RenderSettings {
        x_scale: f32::from(width) / wide,
        y_scale: f32::from(height) / high,
        width: Some(width),
        height: Some(height),
        bg_color: WHITE,
    };
    let with = InterpreterSettings { font_resolver: font::resolver(fonts), ..Default::default() };
    let drawn = render(page, &RenderCache::new(), &with, &settings);
    let rgb =
        drawn.take_unpremultiplied().into_iter().flat_map(|pixel| [pixel.r, pixel.g, pixel.b]).collect();
    let picture = RgbImage::from_raw(width.into(), height.into(), rgb).ok_or(Refused::PageUndrawn)?;
    picture::written(&DynamicImage::ImageRgb8(picture))
}

/// Width and height in pixels of a page that is so large in points.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "bounded on the lines before"
)]
fn size((wide, high): (f64, f64), width: u32, pixels_max: u64) -> Result<(u16, u16), Refused> {
    if !(wide.is_finite() && high.is_finite() && wide >= 1.0 && high >= 1.0) {
        return Err(Refused::PageUndrawn);
    }
    let ratio = high / wide;
    let width = f64::from(width).min((pixels_max as f64 / ratio).sqrt());
    let height = width * ratio;
    let most = f64::from(u16::MAX);
    Ok((width.clamp(1.0, most).floor() as u16, height.clamp(1.0, most).round() as u16))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_as_wide_as_asked_for_unless_it_would_have_too_many_pixels() {
        assert_eq!(size((595.0, 842.0), 595, 1_000_000), Ok((595, 842)));
        let (width, height) = size((595.0, 842.0), 4_000, 1_000_000).unwrap();
        assert!(u64::from(width) * u64::from(height) <= 1_001_000 && width > 800, "{width} {height}");
        assert_eq!(size((0.0, 842.0), 100, 1_000), Err(Refused::PageUndrawn));
        assert_eq!(size((f64::NAN, 842.0), 100, 1_000), Err(Refused::PageUndrawn));
    }

    #[test]
    fn a_paper_of_this_office_is_counted_and_drawn() {
        let paper = include_bytes!("../../../../docs/samples/notice.pdf");
        let pages = look(paper, 10_000_000, 100).unwrap();
        assert!(pages >= 1);
        assert_eq!(look(paper, 10_000_000, 0), Err(Refused::FileManyPages));
        assert_eq!(look(&paper[..paper.len() / 2], 10_000_000, 100), Err(Refused::FileBroken));
        let drawn = image::load_from_memory(&draw(paper, 1, 360, 1_000_000, Vec::new()).unwrap()).unwrap();
        assert_eq!(drawn.width(), 360);
        let dark = drawn.to_luma8().pixels().filter(|pixel| pixel.0[0] < 100).count();
        assert!(dark > 100, "something stands on it");
        assert_eq!(draw(paper, pages + 1, 360, 1_000_000, Vec::new()), Err(Refused::PageUnknown));
        assert_eq!(draw(paper, 0, 360, 1_000_000, Vec::new()), Err(Refused::PageUnknown));
    }
}
