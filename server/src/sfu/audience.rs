//! Who is heard and seen by whom just now, as it follows from the table of a hearing: which slots of which lines the packets
//! of a seat go to.
//!
//! ```text
//! the table, or a line opens or is gone ──▶ the slots of each line are filled ──▶ the audience of each seat
//! ```

use std::collections::BTreeMap;

use procedure::{SeatId, hearing::media::OnAir};
use str0m::media::MediaKind;

use super::line::Line;

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

/// Fills the slots of a hearing's lines with those who are to be heard and seen, and makes the audience of each anew. Gives
/// the lines of which slots are filled otherwise. `numbers` are the lines of the hearing, `on_air` how its seats stand, and
/// `later` how they stand for those who hear and see later.
pub(super) fn gather(
    lines: &mut BTreeMap<u64, Line>,
    numbers: impl Iterator<Item = u64>,
    on_air: &BTreeMap<SeatId, OnAir>,
    later: Option<&BTreeMap<SeatId, OnAir>>,
) -> Vec<u64> {
    let mut here: BTreeMap<SeatId, u64> = BTreeMap::new();
    for number in numbers {
        let Some(line) = lines.get_mut(&number) else { continue };
        (line.audience, line.gallery) = (Audience::default(), Audience::default());
        if line.open {
            here.insert(line.whose.seat.clone(), number);
        }
    }
    // The line of the speaker, the kind, where it goes, and whether later.
    let mut goes: Vec<(u64, MediaKind, (u64, usize), bool)> = Vec::new();
    let mut changed = Vec::new();
    for number in here.values() {
        let Some(line) = lines.get_mut(number) else { continue };
        // Whoever is cut off just now hears nothing of what was before either.
        let watches = on_air.get(&line.whose.seat).is_some_and(|stands| stands.gallery);
        let late = later.filter(|_| watches);
        let table = late.unwrap_or(on_air);
        let me = table.get(&line.whose.seat).cloned().unwrap_or_default();
        // Whoever is alone has nobody but itself.
        let alone = line.whose.is_alone();
        let others = || here.keys().filter(|seat| alone || **seat != line.whose.seat);
        let standing = others().filter_map(|seat| Some((seat, table.get(seat)?)));
        let standing = standing.map(|(seat, other)| (seat, me.hears(other), me.sees(other)));
        let (mut heard, mut seen) = (BTreeMap::new(), BTreeMap::new());
        for (seat, hears, sees) in standing {
            heard.extend(hears.then(|| (seat.clone(), hears)));
            seen.extend(sees.then(|| (seat.clone(), hears)));
        }
        let filled = [(MediaKind::Audio, heard), (MediaKind::Video, seen)].map(|(kind, wanted)| {
            let anew = line.fill(kind, &wanted);
            for (at, slot) in line.slots.iter().enumerate().filter(|(_, slot)| slot.kind == kind) {
                let of = slot.of.as_ref().filter(|seat| wanted.contains_key(*seat));
                goes.extend(
                    of.and_then(|seat| Some((*here.get(seat)?, kind, (*number, at), late.is_some()))),
                );
            }
            anew
        });
        if filled.contains(&true) {
            changed.push(*number);
        }
    }
    for (from, kind, to, late) in goes {
        if let Some(line) = lines.get_mut(&from)
            && on_air.get(&line.whose.seat).is_some_and(|stands| line.may_be_sent_on(kind, stands))
        {
            let audience = if late { &mut line.gallery } else { &mut line.audience };
            audience.of_mut(kind).push(to);
        }
    }
    changed
}
