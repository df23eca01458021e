//! The rules tried as the law and the people in the room would state them.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

mod audience;
mod cast;
mod ending;
mod equipment;
mod exhibit;
mod golden;
mod hearing;
mod hostile;
mod media;
mod mediation;
mod model;
mod order;
mod panel;
mod plan;
mod preparation;
mod record;
mod replay;
mod roll;
mod settlement;
mod square;
mod standstill;
mod tries;
mod wire;
