//! The numbers that pictures have themselves (RFC 7741): a slot that shows first one seat and then another counts its
//! pictures on without a break, as if one camera had made them all.
//!
//! Some receivers take a picture whose number went back for an old one, and wait for a picture that is never to come.

use str0m::rtp::{Vp8Descriptor, Vp8Patch};

/// What a packet of a picture says about its number; none of it need be there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Numbers {
    /// The picture, in seven bits or in fifteen.
    picture: Option<u16>,
    wide: bool,
    /// The picture of the lowest layer in time, on which others rest.
    lowest: Option<u8>,
    /// The whole picture, in five bits.
    whole: Option<u8>,
}

/// The pictures of a slot as they are sent on.
#[derive(Debug, Default)]
pub(super) struct Pictures {
    /// By how much the numbers of the run that goes on are raised.
    raised: Raised,
    /// The newest that went out.
    last: Raised,
    begun: bool,
}

#[derive(Clone, Copy, Debug, Default)]
struct Raised {
    picture: u16,
    lowest: u8,
    whole: u8,
}

const WIDE: u16 = 1 << 15;
const NARROW: u16 = 1 << 7;
const WHOLE: u8 = 1 << 5;

impl Pictures {
    /// What is written into a packet before it goes out, if anything. `starts` says that a run begins with it.
    pub(super) fn goes_out(
        &mut self,
        descriptor: &Vp8Descriptor,
        payload: &[u8],
        starts: bool,
    ) -> Option<Vp8Patch> {
        let came = Numbers {
            picture: descriptor.picture_id(),
            // Where there is a number of the picture, it stands behind two bytes.
            wide: payload.get(2).is_some_and(|first| first & 0x80 != 0),
            lowest: descriptor.tl0_pic_idx(),
            whole: descriptor.key_idx(),
        };
        let goes = self.renumber(came, starts);
        if goes == came {
            return None;
        }
        let mut patch = descriptor.patch();
        if let Some(picture) = goes.picture {
            patch = patch.picture_id(picture);
        }
        if let Some(lowest) = goes.lowest {
            patch = patch.tl0_pic_idx(lowest);
        }
        if let Some(whole) = goes.whole {
            patch = patch.key_idx(whole);
        }
        patch.build().ok()
    }

    fn renumber(&mut self, came: Numbers, starts: bool) -> Numbers {
        let turn = if came.wide { WIDE } else { NARROW };
        if starts && self.begun {
            // The first of the run follows the last that went out.
            let (picture, lowest, whole) = (came.picture, came.lowest, came.whole);
            self.raised = Raised {
                picture: picture
                    .map_or(0, |came| self.last.picture.wrapping_add(1).wrapping_sub(came) % turn),
                lowest: lowest.map_or(0, |came| self.last.lowest.wrapping_add(1).wrapping_sub(came)),
                whole: whole.map_or(0, |came| self.last.whole.wrapping_add(1).wrapping_sub(came) % WHOLE),
            };
        }
        let goes = Numbers {
            picture: came.picture.map(|came| came.wrapping_add(self.raised.picture) % turn),
            wide: came.wide,
            lowest: came.lowest.map(|came| came.wrapping_add(self.raised.lowest)),
            whole: came.whole.map(|came| came.wrapping_add(self.raised.whole) % WHOLE),
        };
        let first = starts || !self.begun;
        self.begun = true;
        // What comes late is not the newest.
        if let Some(picture) = goes.picture
            && (first || picture.wrapping_sub(self.last.picture) % turn < turn / 2)
        {
            self.last.picture = picture;
        }
        if let Some(lowest) = goes.lowest
            && (first || lowest.wrapping_sub(self.last.lowest) < u8::MAX / 2)
        {
            self.last.lowest = lowest;
        }
        if let Some(whole) = goes.whole
            && (first || whole.wrapping_sub(self.last.whole) % WHOLE < WHOLE / 2)
        {
            self.last.whole = whole;
        }
        goes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(picture: u16, wide: bool, lowest: u8, whole: u8) -> Numbers {
        Numbers { picture: Some(picture), wide, lowest: Some(lowest), whole: Some(whole) }
    }

    #[test]
    fn another_seat_in_the_slot_counts_on_where_the_one_before_has_stopped() {
        let mut slot = Pictures::default();
        assert_eq!(
            slot.renumber(numbers(700, true, 9, 3), true),
            numbers(700, true, 9, 3),
            "the first as it came"
        );
        assert_eq!(slot.renumber(numbers(702, true, 11, 3), false), numbers(702, true, 11, 3));
        assert_eq!(slot.renumber(numbers(701, true, 10, 3), false), numbers(701, true, 10, 3), "late");
        assert_eq!(slot.renumber(numbers(5, true, 200, 31), true), numbers(703, true, 12, 4), "another seat");
        assert_eq!(slot.renumber(numbers(6, true, 201, 31), false), numbers(704, true, 13, 4));
        assert_eq!(
            slot.renumber(numbers(7, true, 202, 0), false),
            numbers(705, true, 14, 5),
            "a whole one of it"
        );
        assert_eq!(
            slot.renumber(numbers(700, true, 9, 3), true),
            numbers(706, true, 15, 6),
            "and the first again"
        );
    }

    #[test]
    fn numbers_turn_over_at_their_width() {
        let mut slot = Pictures::default();
        slot.renumber(numbers(WIDE - 1, true, 255, WHOLE - 1), true);
        assert_eq!(slot.renumber(numbers(40, true, 40, 7), true), numbers(0, true, 0, 0));
        assert_eq!(slot.renumber(numbers(50, false, 41, 8), true), numbers(1, false, 1, 1), "in seven bits");
        assert_eq!(slot.renumber(numbers(48, false, 42, 8), false).picture, Some(NARROW - 1), "late");
        assert_eq!(slot.renumber(numbers(51, false, 43, 8), false).picture, Some(2));
        let none = Numbers::default();
        assert_eq!(slot.renumber(none, true), none, "a seat that does not number its pictures");
        assert_eq!(slot.renumber(numbers(9, true, 9, 9), true), numbers(3, true, 4, 2));
    }

    #[test]
    fn only_the_numbers_of_a_packet_are_written_anew() {
        let mut slot = Pictures::default();
        let of = |payload: &[u8]| Vp8Descriptor::parse(payload).unwrap();
        // Fifteen bits of picture, the lowest layer, and layer and whole picture in one byte.
        let first = [0x90, 0xf0, 0x81, 0x02, 7, 0x63, 0, 1];
        assert_eq!(slot.goes_out(&of(&first), &first, true), None);
        let other = [0x90, 0xf0, 0xff, 0xff, 9, 0x61, 0, 1];
        let patch = slot.goes_out(&of(&other), &other, true);
        let wanted = of(&other).patch().picture_id(0x0103).tl0_pic_idx(8).key_idx(4).build().unwrap();
        assert_eq!(patch, Some(wanted));
        let short = [0x90, 0x80, 0x05, 0, 1];
        let patch = slot.goes_out(&of(&short), &short, true);
        assert_eq!(patch, Some(of(&short).patch().picture_id(4).build().unwrap()));
        let bare = [0x10, 0, 1];
        assert_eq!(slot.goes_out(&of(&bare), &bare, true), None);
    }
}
