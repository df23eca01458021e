//! How the own seat stands and who sits where, as the room says it: what the stage is drawn from.
//!
//! A line of text for the own seat (language, where it is, whether it is heard, whether it presides, who is in front,
//! whether it may not be seen, whether its voice is to be changed), then
//! one for each seat that may be seen (seat, name, capacity, sign, place, whether it is heard); tabs between the words.

use crate::words::Language;

/// What the room says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Seating {
    /// The reader's language.
    pub(super) language: Language,
    /// Where the own seat is, and the name of that room.
    pub(super) chamber: Chamber,
    room: String,
    /// Whether the rules let it be heard there.
    pub(super) heard: bool,
    /// Whether it presides.
    pub(super) presides: bool,
    /// Who is to be seen in the large; empty where nobody is.
    pub(super) front: String,
    /// Whether the chair decided that it is not seen.
    pub(super) shielded: bool,
    /// And whether it is to be heard with another voice than its own.
    pub(super) altered: bool,
    /// Everybody who may be seen, in the order of the plan.
    pub(super) people: Vec<Sits>,
}

/// Where the own seat is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Chamber {
    /// The hearing itself.
    Court,
    /// A room of few.
    Apart,
    /// Alone for the time being, or not let in.
    #[default]
    Nowhere,
}

/// Somebody who may be seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sits {
    /// The seat.
    pub(super) seat: String,
    /// The name, where it may be known, else what the seat is.
    pub(super) name: String,
    /// As what they take part.
    pub(super) post: String,
    /// The first character of the name.
    pub(super) sign: String,
    /// Where they sit: `left`, `bench`, `panel`, `right`.
    pub(super) place: String,
    /// Whether the rules let them be heard.
    pub(super) heard: bool,
}

impl Seating {
    /// As the room wrote it; what is missing is empty.
    pub(super) fn read(text: &str) -> Self {
        let mut lines = text.lines();
        let mut own = lines.next().unwrap_or_default().split('\t');
        let mut word = || own.next().unwrap_or_default();
        let language = if word() == "en" { Language::English } else { Language::Chinese };
        let room = word();
        Self {
            language,
            chamber: match room {
                "court" => Chamber::Court,
                "panel" | "office" | "party" | "mediation" | "caucus" => Chamber::Apart,
                _ => Chamber::Nowhere,
            },
            room: room.into(),
            heard: word() == "heard",
            presides: word() == "chair",
            front: word().into(),
            shielded: word() == "shielded",
            altered: word() == "altered",
            people: lines.map(Sits::read).collect(),
        }
    }

    /// Whether what was said among a few may not be finished when others hear: all of the court, or those of another room.
    pub(super) fn comes_out_of_a_room(&self, before: &Self) -> bool {
        let elsewhere = self.chamber != Chamber::Nowhere && self.room != before.room;
        before.chamber == Chamber::Apart && elsewhere && !self.presides
    }
}

impl Sits {
    fn read(line: &str) -> Self {
        let mut words = line.split('\t');
        let mut word = || words.next().unwrap_or_default().to_string();
        Self {
            seat: word(),
            name: word(),
            post: word(),
            sign: word(),
            place: word(),
            heard: word() == "heard",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_as_the_room_writes_it() {
        let read = Seating::read(
            "zh\tcourt\theard\t\ta1\tshielded\taltered\na1\t陈某某\t申请人\t陈\tleft\theard\np1\t赵某\t听证员\t赵\tpanel\t",
        );
        assert!(
            read.language == Language::Chinese
                && read.heard
                && !read.presides
                && read.chamber == Chamber::Court
        );
        assert_eq!(read.front, "a1");
        assert!(read.shielded && read.altered);
        let names: Vec<_> = read.people.iter().map(|sits| (&*sits.name, &*sits.place, sits.heard)).collect();
        assert_eq!(names, [("陈某某", "left", true), ("赵某", "panel", false)]);
        assert_eq!(Seating::read(""), Seating::default());
    }

    #[test]
    fn whoever_comes_out_of_a_room_of_few_is_not_heard_at_once_but_the_chair_is() {
        let apart = Seating::read("zh\tparty\theard\t\t");
        assert!(Seating::read("zh\tcourt\theard\t\t").comes_out_of_a_room(&apart));
        assert!(!Seating::read("zh\tcourt\theard\tchair\t").comes_out_of_a_room(&apart));
        assert!(!Seating::read("zh\tcourt\theard\t\t").comes_out_of_a_room(&Seating::default()));
        // What was confided to the mediator is not for the other side, nor what a party and its agent say for the mediator.
        let caucus = Seating::read("zh\tcaucus\theard\t\t");
        assert!(Seating::read("zh\tmediation\theard\t\t").comes_out_of_a_room(&caucus));
        assert!(caucus.comes_out_of_a_room(&apart));
        assert!(!Seating::read("zh\tcaucus\theard\t\t").comes_out_of_a_room(&caucus));
    }
}
