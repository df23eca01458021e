//! Photographs and scans: how large one is comes first, then it is decoded whole.

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder, ImageFormat, ImageReader, codecs::jpeg::JpegEncoder, imageops::FilterType,
    metadata::Orientation,
};

use super::{JPEG, PNG};
use crate::Refused;

/// Most bytes that a pixel takes while it is decoded: four channels of 16 bits.
const PIXEL_BYTES: u64 = 8;

/// Bytes that a decoder may take besides, for what a file says of itself.
const HEAD_BYTES: u64 = 16_777_216;

/// A picture written as PNG that is larger than this is written as JPEG, if that is smaller: a scan.
const PNG_BYTES_MAX: usize = 400_000;

/// How good a JPEG is, of 100.
const JPEG_QUALITY: u8 = 82;

/// The kinds of pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
}

impl Format {
    /// Its media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => PNG,
            Self::Jpeg => JPEG,
        }
    }

    /// The kind with that media type.
    #[must_use]
    pub fn of(media_type: &str) -> Option<Self> {
        match media_type {
            PNG => Some(Self::Png),
            JPEG => Some(Self::Jpeg),
            _ => None,
        }
    }

    const fn known(self) -> ImageFormat {
        match self {
            Self::Png => ImageFormat::Png,
            Self::Jpeg => ImageFormat::Jpeg,
        }
    }
}

/// Refuses a picture that is too large or broken.
///
/// # Errors
/// [`Refused::FilePixels`], [`Refused::FileBroken`].
pub fn check(bytes: &[u8], format: Format, pixels_max: u64) -> Result<(), Refused> {
    as_it_lies(bytes, format, pixels_max).map(|_| ())
}

/// The picture, upright as the camera was held.
///
/// # Errors
/// [`Refused::FilePixels`], [`Refused::FileBroken`].
pub fn decode(bytes: &[u8], format: Format, pixels_max: u64) -> Result<DynamicImage, Refused> {
    let (mut picture, orientation) = as_it_lies(bytes, format, pixels_max)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

/// The picture as it stands in the file, and how it is turned upright.
fn as_it_lies(bytes: &[u8], format: Format, pixels_max: u64) -> Result<(DynamicImage, Orientation), Refused> {
    let reader = || ImageReader::with_format(Cursor::new(bytes), format.known());
    let (width, height) = reader().into_dimensions().map_err(|_| Refused::FileBroken)?;
    let pixels = u64::from(width) * u64::from(height);
    if pixels > pixels_max {
        return Err(Refused::FilePixels);
    }
    if format == Format::Jpeg && !is_ended(bytes) {
        return Err(Refused::FileBroken);
    }
    let mut limits = image::Limits::default();
    limits.max_alloc = Some(pixels.saturating_mul(PIXEL_BYTES).saturating_add(HEAD_BYTES));
    let mut reader = reader();
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|_| Refused::FileBroken)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let picture = DynamicImage::from_decoder(decoder).map_err(|_| Refused::FileBroken)?;
    Ok((picture, orientation))
}

/// Whether the end of a JPEG has come. A decoder shows grey for what is missing.
fn is_ended(bytes: &[u8]) -> bool {
    let mut at = 2;
    // From segment to segment, over the small picture that a camera puts in one of them, to the picture itself.
    while let Some([0xff, marker, high, low]) = bytes.get(at..at + 4) {
        // Any number of these may fill the room before a segment.
        if *marker == 0xff {
            at += 1;
            continue;
        }
        if *marker == 0xda {
            return bytes[at..].windows(2).any(|pair| pair == [0xff, 0xd9]);
        }
        at += 2 + usize::from(u16::from_be_bytes([*high, *low])).max(2);
    }
    false
}

/// How large a picture may become.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// How wide, in pixels.
    pub width: u32,
    /// How many pixels it may have.
    pub pixels_max: u64,
}

/// A picture as wide as asked for, never wider than it is, for a screen. One that is very high becomes narrower, so
/// that it has no more pixels than it may.
///
/// # Errors
/// When it has more than `pixels_max` in the file, or cannot be decoded or written.
pub fn scaled(bytes: &[u8], format: Format, size: Size, pixels_max: u64) -> Result<Vec<u8>, Refused> {
    let picture = decode(bytes, format, pixels_max)?;
    let (wide, high) = (u64::from(picture.width().max(1)), u64::from(picture.height().max(1)));
    // The width at which a picture of this shape has as many pixels as it may.
    let widest = (u128::from(size.pixels_max) * u128::from(wide) / u128::from(high)).isqrt();
    let width = u128::from(wide.min(u64::from(size.width))).min(widest).max(1);
    let width = u32::try_from(width).unwrap_or(u32::MAX);
    if width >= picture.width() {
        return written(&picture);
    }
    let height = (high * u64::from(width) / wide).max(1).min(size.pixels_max);
    let height = u32::try_from(height).unwrap_or(u32::MAX);
    written(&picture.resize_exact(width, height, FilterType::Triangle))
}

/// A picture as a file: PNG, or JPEG where that is much smaller.
///
/// # Errors
/// When it cannot be written.
pub fn written(picture: &DynamicImage) -> Result<Vec<u8>, Refused> {
    let mut png = Vec::new();
    picture.write_to(&mut Cursor::new(&mut png), ImageFormat::Png).map_err(|_| Refused::PageUndrawn)?;
    if png.len() <= PNG_BYTES_MAX || picture.color().has_alpha() {
        return Ok(png);
    }
    let mut jpeg = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut jpeg, JPEG_QUALITY);
    picture.to_rgb8().write_with_encoder(encoder).map_err(|_| Refused::PageUndrawn)?;
    Ok(if jpeg.len() < png.len() { jpeg } else { png })
}

/// The media type of what [`written`] wrote.
#[must_use]
pub fn media_type(bytes: &[u8]) -> &'static str {
    if bytes.starts_with(&[0xff, 0xd8]) { JPEG } else { PNG }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jpeg(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        let picture = DynamicImage::new_rgb8(width, height);
        picture.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Jpeg).unwrap();
        bytes
    }

    #[test]
    fn a_picture_cut_in_half_or_too_large_is_refused_before_it_is_decoded() {
        let whole = jpeg(64, 48);
        assert_eq!(check(&whole, Format::Jpeg, 64 * 48), Ok(()));
        assert_eq!(check(&whole, Format::Jpeg, 64 * 48 - 1), Err(Refused::FilePixels));
        assert_eq!(check(&whole[..whole.len() - 2], Format::Jpeg, 10_000), Err(Refused::FileBroken));
        assert_eq!(check(&whole[..whole.len() / 2], Format::Jpeg, 10_000), Err(Refused::FileBroken));
    }

    #[test]
    fn a_picture_is_as_wide_as_asked_for_and_never_wider_than_it_is() {
        for (asked, wide) in [(32, 32), (64, 64), (4000, 64)] {
            let size = Size { width: asked, pixels_max: 10_000 };
            let bytes = scaled(&jpeg(64, 48), Format::Jpeg, size, 10_000).unwrap();
            let drawn = image::load_from_memory(&bytes).unwrap();
            assert_eq!((drawn.width(), drawn.height()), (wide, wide * 3 / 4));
        }
    }

    #[test]
    fn a_picture_that_is_very_high_becomes_narrower_and_is_shown() {
        let size = Size { width: 64, pixels_max: 10_000 };
        let bytes = scaled(&jpeg(64, 1_200), Format::Jpeg, size, 100_000).unwrap();
        let drawn = image::load_from_memory(&bytes).unwrap();
        assert!(drawn.width() * drawn.height() <= 10_000, "{} {}", drawn.width(), drawn.height());
        assert_eq!((drawn.width(), drawn.height()), (23, 431), "of the same shape");
    }

    #[test]
    fn a_jpeg_with_filling_between_its_segments_is_whole() {
        let mut bytes = jpeg(64, 48);
        for _ in 0..3 {
            bytes.insert(2, 0xff);
        }
        assert_eq!(check(&bytes, Format::Jpeg, 10_000), Ok(()));
    }
}
