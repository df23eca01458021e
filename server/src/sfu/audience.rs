//! Who is heard and seen by whom just now, as it follows from the table of a hearing: which slots of which lines the packets
//! of a seat go to.
//!
//! ```text
//! the table, or a line opens or is gone ──▶ the slots of each line are filled ──▶ the audience of each seat
//! ```

use std::collections::BTreeMap;

use procedure::{SeatId, hearing::media::OnAir};
use str0m::media::MediaKind;

use super::line::{Line, may_be_sent_on};

/// Where the sound and the picture of a seat go just now: the line of each who is to have it, by its number, and the
/// slot there. It is made anew with every table and whenever slots are filled, and not asked for again with each packet.
#[derive(Debug, Default)]
pub(super) struct Audience {
    sound: Vec<(u64, usize)>,
    picture: Vec<(u64, usize)>,
}

impl Audience {
    pub(super) const fn of(&self, kind: MediaKind) -> &Vec<(u64, usize)> {
        match kind {
            MediaKind::Audio => &self.sound,
            MediaKind::Video => &self.picture,
        }
    }

    pub(super) const fn of_mut(&mut self, kind: MediaKind) -> &mut Vec<(u64, usize)> {
        match kind {
            MediaKind::Audio => &mut self.sound,
            MediaKind::Video => &mut self.picture,
        }
    }
}

/// To whom of the gallery sound and picture of each seat go. Not by line: what a seat said before it came anew is still to
/// get there.
pub(super) type Galleries = BTreeMap<SeatId, Audience>;

/// Fills the slots of a hearing's lines with those who are to be heard and seen, and makes the audience of each anew. Gives
/// the lines of which slots are filled otherwise, and who has what in the gallery. `numbers` are the lines of the hearing,
/// `on_air` how its seats stand, and `later` how they stand for those who hear and see later.
pub(super) fn gather(
    lines: &mut BTreeMap<u64, Line>,
    numbers: impl Iterator<Item = u64>,
    on_air: &BTreeMap<SeatId, OnAir>,
    later: Option<&BTreeMap<SeatId, OnAir>>,
) -> (Vec<u64>, Galleries) {
    let mut here: BTreeMap<SeatId, u64> = BTreeMap::new();
    for number in numbers {
        let Some(line) = lines.get_mut(&number) else { continue };
        line.audience = Audience::default();
        if line.open {
            here.insert(line.whose.seat.clone(), number);
        }
    }
    // The speaker, the kind, and where it goes.
    let mut goes: Vec<(SeatId, MediaKind, (u64, usize))> = Vec::new();
    let (mut galleries, mut changed) = (Galleries::new(), Vec::new());
    for number in here.values() {
        let Some(line) = lines.get_mut(number) else { continue };
        // Whoever is cut off just now hears nothing of what was before either.
        let watches = on_air.get(&line.whose.seat).is_some_and(|stands| stands.gallery.is_some());
        let late = later.filter(|_| watches);
        let table = late.unwrap_or(on_air);
        let me = table.get(&line.whose.seat).cloned().unwrap_or_default();
        // Whoever is alone has nobody but itself; who is gone since is still heard in the gallery.
        let alone = line.whose.is_alone();
        let others = table.iter().filter(|(seat, _)| {
            (late.is_some() || here.contains_key(*seat)) && (alone || **seat != line.whose.seat)
        });
        let (mut heard, mut seen) = (BTreeMap::new(), BTreeMap::new());
        for (seat, other) in others {
            let hears = me.hears(other);
            heard.extend(hears.then(|| (seat.clone(), hears)));
            seen.extend(me.sees(other).then(|| (seat.clone(), hears)));
        }
        let filled = [(MediaKind::Audio, heard), (MediaKind::Video, seen)].map(|(kind, wanted)| {
            let anew = line.fill(kind, &wanted);
            for (at, slot) in line.slots.iter().enumerate().filter(|(_, slot)| slot.kind == kind) {
                let of = slot.of.as_ref().filter(|seat| wanted.contains_key(*seat));
                let Some(of) = of.cloned() else { continue };
                match late {
                    Some(_) => galleries.entry(of).or_default().of_mut(kind).push((*number, at)),
                    None => goes.push((of, kind, (*number, at))),
                }
            }
            anew
        });
        if filled.contains(&true) {
            changed.push(*number);
        }
    }
    for (seat, kind, to) in goes {
        if let Some(line) = here.get(&seat).and_then(|number| lines.get_mut(number))
            && on_air.get(&seat).is_some_and(|stands| may_be_sent_on(kind, line.altered, stands))
        {
            line.audience.of_mut(kind).push(to);
        }
    }
    (changed, galleries)
}
