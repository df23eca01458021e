//! What is allowed around the video link: recording, shielding, lines.

use procedure::{
    By, Capacity, SeatId,
    hearing::{line, phase::Phase, recording, shield},
};

use super::{Model, Stand, is_gone};

impl Model {
    pub(super) fn allows_recording(&self, by: &By, command: &recording::Command) -> bool {
        *by == By::Clock
            && match command {
                recording::Command::Note { segments } => {
                    let [segment] = &segments[..] else { return false };
                    let (part, number) = self.recorded.get(&segment.seat).copied().unwrap_or_default();
                    let follows = if segment.part == part { number + 1 } else { 1 };
                    self.people.contains_key(&segment.seat)
                        && self.step != Phase::Waiting
                        && segment.part >= part.max(1)
                        && segment.number == follows
                }
                recording::Command::SoundLost { seat } | recording::Command::SoundBack { seat } => {
                    self.people.contains_key(seat)
                }
                recording::Command::Stalled { .. } | recording::Command::Resumed {} => true,
            }
    }

    /// The chair decides who is not seen, as long as somebody could see; nobody decides what is so already.
    pub(super) fn allows_shield(&self, by: &By, command: &shield::Command) -> bool {
        let changes = match command {
            shield::Command::Shield { seat, voice } => {
                let can = [
                    Capacity::Witness,
                    Capacity::Expert,
                    Capacity::Applicant,
                    Capacity::Respondent,
                    Capacity::ThirdParty,
                ];
                self.people.get(seat).is_some_and(|person| can.contains(&person.what) && !is_gone(person))
                    && self.shielded.get(seat) != Some(voice)
            }
            shield::Command::Unshield { seat } => self.shielded.contains_key(seat),
            shield::Command::CutOff {} => !self.cut_off,
            shield::Command::Restore {} => self.cut_off,
        };
        changes && self.chairs(by) && self.step != Phase::Closed
    }

    /// The clock alone says how lines stand; whoever is in the room, or watches, can have one.
    pub(super) fn allows_line(&self, by: &By, command: &line::Command) -> bool {
        let comes = |seat: &SeatId| {
            let person = self.people.get(seat);
            person.is_some_and(|it| it.what == Capacity::Observer || it.stand == Stand::In)
        };
        let opens = match command {
            line::Command::Opened { seat } => comes(seat),
            _ => true,
        };
        *by == By::Clock && self.step != Phase::Closed && opens
    }
}
