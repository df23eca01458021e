//! Whole pictures out of packets (VP8, RFC 7741). Nothing is decoded: a picture is put together, and of one that needs
//! none before it the size is read.

/// Larger than any picture of a camera, in bytes: what never ends is no picture.
const FRAME_BYTES_MAX: usize = 4 << 20;
/// What a whole picture begins with, after its three bytes of tag (RFC 6386, 9.1).
const START_CODE: [u8; 3] = [0x9d, 0x01, 0x2a];

/// Width and height of a picture, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) width: u16,
    pub(super) height: u16,
}

/// A picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    /// When it was taken, in milliseconds of the hearing's clock.
    pub(super) at_ms: i64,
    /// Its size, where it needs no picture before it.
    pub(super) whole: Option<Size>,
    pub(super) bytes: Vec<u8>,
}

/// Puts pictures together.
#[derive(Debug, Default)]
pub(super) struct Pictures {
    /// The picture that is being put together, and its time on the sender's clock.
    open: Option<(u32, Frame)>,
    /// Whether pictures can follow: nothing is missing since the last whole one.
    follows: bool,
}

impl Pictures {
    /// Whether a whole picture is needed before any other is of use.
    pub(super) fn wait(&self) -> bool {
        !self.follows && self.open.is_none()
    }

    /// Something is missing: what follows is of use only from the next whole picture on.
    pub(super) fn broke(&mut self) {
        (self.open, self.follows) = (None, false);
    }

    /// Takes in the next packet of the stream; gives the picture that it completes. `last` is the mark of a picture's
    /// last packet.
    pub(super) fn take_in(&mut self, payload: &[u8], time: u32, last: bool, at_ms: i64) -> Option<Frame> {
        // What only keeps the line busy is no piece of a picture.
        if payload.is_empty() {
            return None;
        }
        let Some((begins, bytes)) = descriptor(payload) else {
            self.broke();
            return None;
        };
        let mut done = None;
        if begins {
            // One whose last packet was not marked ends where the next begins.
            done = self.open.take_if(|(open, _)| *open != time).map(|(_, frame)| frame);
            if self.open.is_none() {
                let whole = whole(bytes);
                if whole.is_none() && !self.follows {
                    return None;
                }
                self.follows = true;
                self.open = Some((time, Frame { at_ms, whole, bytes: Vec::new() }));
            }
        }
        match &mut self.open {
            Some((open, frame)) if *open == time && frame.bytes.len() + bytes.len() <= FRAME_BYTES_MAX => {
                frame.bytes.extend_from_slice(bytes);
            }
            Some(_) => self.broke(),
            None => {}
        }
        if last { done.or_else(|| self.open.take().map(|(_, frame)| frame)) } else { done }
    }
}

/// Whether a packet begins a picture, and its part of the picture.
fn descriptor(payload: &[u8]) -> Option<(bool, &[u8])> {
    let (first, mut rest) = payload.split_first()?;
    let begins = first & 0x17 == 0x10;
    if first & 0x80 != 0 {
        let (extension, after) = rest.split_first()?;
        rest = after;
        if extension & 0x80 != 0 {
            let long = rest.first()? & 0x80 != 0;
            rest = rest.get(1 + usize::from(long)..)?;
        }
        rest = rest.get(usize::from(extension & 0x40 != 0) + usize::from(extension & 0x30 != 0)..)?;
    }
    (!rest.is_empty()).then_some((begins, rest))
}

/// The size of a picture that needs none before it.
fn whole(bytes: &[u8]) -> Option<Size> {
    let [tag, _, _, code @ ..] = bytes else { return None };
    let [width_low, width_high, height_low, height_high, ..] = code.strip_prefix(&START_CODE)? else {
        return None;
    };
    // The two highest bits of each are how it is to be stretched.
    let side = |low: &u8, high: &u8| u16::from_le_bytes([*low, *high]) & 0x3fff;
    let size = Size { width: side(width_low, width_high), height: side(height_low, height_high) };
    (tag & 1 == 0 && size.width > 0 && size.height > 0).then_some(size)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: [u8; 10] = [0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x41];
    const VGA: Size = Size { width: 640, height: 480 };

    fn packet(first: u8, bytes: &[u8]) -> Vec<u8> {
        [&[first], bytes].concat()
    }

    #[test]
    fn given_a_whole_picture_in_three_packets_it_is_put_together_and_its_size_read() {
        let mut pictures = Pictures::default();
        assert!(pictures.wait());
        assert_eq!(pictures.take_in(&packet(0x10, &WHOLE), 90, false, 7), None);
        // The second partition begins, which is no new picture.
        assert_eq!(pictures.take_in(&packet(0x11, b"ab"), 90, false, 8), None);
        let frame = pictures.take_in(&packet(0x00, b"cd"), 90, true, 9).unwrap();
        assert_eq!((frame.at_ms, frame.whole), (7, Some(VGA)));
        assert_eq!(frame.bytes, [&WHOLE[..], b"abcd"].concat());
        assert!(!pictures.wait());
        let next = pictures.take_in(&packet(0x10, &[0x01, 0, 0, 9]), 3_090, true, 40).unwrap();
        assert_eq!((next.at_ms, next.whole, next.bytes), (40, None, vec![0x01, 0, 0, 9]));
    }

    #[test]
    fn every_form_of_the_description_before_a_picture_is_skipped() {
        for (head, begins) in [
            (&[0x10][..], true),
            (&[0x90, 0x80, 0x05], true),
            (&[0x90, 0x80, 0x85, 0x01], true),
            (&[0x90, 0xe0, 0x85, 0x01, 0x07, 0x20], true),
            (&[0x90, 0x20, 0x20], true),
            (&[0xb0, 0x10, 0x01], true),
            (&[0x80, 0x00], false),
        ] {
            let payload = [head, b"picture"].concat();
            assert_eq!(descriptor(&payload), Some((begins, &b"picture"[..])), "{head:?}");
            for cut in 0..=head.len() {
                assert_eq!(descriptor(&payload[..cut]), None, "{head:?} cut at {cut}");
            }
        }
    }

    #[test]
    fn given_a_loss_when_pictures_go_on_then_none_is_kept_until_the_next_whole_one() {
        let mut pictures = Pictures::default();
        let part = packet(0x10, &[1, 0, 0]);
        assert_eq!(pictures.take_in(&part, 1, true, 1), None, "there is nothing before it");
        assert!(pictures.take_in(&packet(0x10, &WHOLE), 2, true, 2).is_some());
        pictures.broke();
        assert!(pictures.wait());
        assert_eq!(pictures.take_in(&part, 3, true, 3), None);
        assert!(pictures.take_in(&packet(0x10, &WHOLE), 4, true, 4).is_some());
        assert!(pictures.take_in(&part, 5, true, 5).is_some());
    }

    #[test]
    fn an_empty_packet_breaks_nothing() {
        let mut pictures = Pictures::default();
        assert_eq!(pictures.take_in(&[], 1, true, 1), None);
        assert_eq!(pictures.take_in(&packet(0x10, &WHOLE), 2, false, 2), None);
        assert_eq!(pictures.take_in(&[], 2, false, 2), None);
        let frame = pictures.take_in(&packet(0x00, b"cd"), 2, true, 3).unwrap();
        assert_eq!(frame.bytes, [&WHOLE[..], b"cd"].concat());
        assert_eq!(pictures.take_in(&[], 3, true, 4), None);
        assert!(!pictures.wait(), "pictures go on");
        assert!(pictures.take_in(&packet(0x10, &[1, 0, 0]), 4, true, 5).is_some());
    }

    #[test]
    fn a_picture_without_a_mark_ends_where_the_next_begins_and_one_without_end_is_given_up() {
        let mut pictures = Pictures::default();
        assert_eq!(pictures.take_in(&packet(0x10, &WHOLE), 2, false, 2), None);
        let frame = pictures.take_in(&packet(0x10, &[1, 0, 0]), 3, false, 3).unwrap();
        assert_eq!(frame.bytes, WHOLE);
        let endless = packet(0x00, &vec![0; 1 << 20]);
        assert!((0..6).all(|_| pictures.take_in(&endless, 3, false, 3).is_none()));
        assert!(pictures.wait());
    }

    #[test]
    fn what_only_says_to_be_whole_is_no_picture() {
        for bytes in
            [&[0u8, 0, 0, 1, 2, 3, 4, 5, 6, 7][..], &[0, 0, 0], &[0, 0, 0, 0x9d, 1, 0x2a, 0, 0, 1, 0]]
        {
            assert_eq!(Pictures::default().take_in(&packet(0x10, bytes), 1, true, 1), None, "{bytes:?}");
        }
        assert_eq!(Pictures::default().take_in(&[], 1, true, 1), None);
    }
}
