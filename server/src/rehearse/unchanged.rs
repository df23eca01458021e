//! Whether a refused step left the hearing as it was: those who would have seen a change are asked before and after.
//!
//! What the clock does by itself (a turn that runs out, a line that is lost) is no doing of the step.

use procedure::{
    Event, SeatId,
    hearing::{floor, phase, roll},
};

use super::{Why, line::Cut, play::Seats};

/// How far each witness had seen.
#[derive(Debug)]
pub struct Before(Vec<(SeatId, u64)>);

impl Before {
    /// Asks the witnesses: whoever acts, the clerk, a member of the panel, and in a mediation the chair and the sides, who
    /// between them see everything but another panellist's sheet before it is opened.
    ///
    /// # Errors
    /// When the rehearsal cannot go on.
    pub async fn mark(seats: &Seats, by: &SeatId) -> Result<Self, Cut> {
        let mut seen = Vec::new();
        for seat in seats.witnesses(by) {
            let Some(line) = seats.line(&seat) else { continue };
            let (number, _) = line.fresh().await?;
            line.reach(number).await?;
            seen.push((seat, number));
        }
        Ok(Self(seen))
    }

    /// What has changed since, if anything has.
    ///
    /// # Errors
    /// When the rehearsal cannot go on.
    pub async fn changed(&self, seats: &Seats) -> Result<Option<Why>, Cut> {
        for (seat, before) in &self.0 {
            let Some(line) = seats.line(seat) else { continue };
            let (number, _) = line.fresh().await?;
            line.reach(number).await?;
            let state = line.state();
            let anew = state.wholes.iter().any(|whole| whole > before);
            let event = state.events.iter().rev().take_while(|(number, _)| number > before);
            let event = event.map(|(_, happened)| &happened.event).find(|event| !is_of_the_clock(event));
            let name = event.map(Event::name).or_else(|| anew.then(|| "snapshot".into()));
            if let Some(name) = name {
                return Ok(Some(Why::new(
                    format!("虽被拒绝，听证却有变化：{seat}看到{name}。"),
                    format!("it was refused and yet {seat} saw {name}."),
                )));
            }
        }
        Ok(None)
    }
}

const fn is_of_the_clock(event: &Event) -> bool {
    matches!(
        event,
        Event::Floor(floor::Event::Ended { why: floor::Ending::TimeOver, .. })
            | Event::Phase(phase::Event::Interrupted { kind: phase::BreakKind::ChairAbsent, .. })
            | Event::Roll(roll::Event::Lost { .. } | roll::Event::Regained { .. })
    )
}
