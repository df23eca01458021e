//! A whole hearing from the plan to the sealed file.

use procedure::{
    Command,
    hearing::{phase::Phase, plan, record},
};

use crate::cast::{ARRIVE, Court};

#[test]
fn given_a_public_hearing_when_everybody_does_their_part_then_the_file_is_sealed_and_the_square_commutes() {
    let mut court = Court::at(plan::Openness::Public, Phase::Closed);
    court.does("clerk", Command::Record(record::Command::Seal {}));
    court.assert_square();
    assert!(court.hearing.record.sealed.is_some());
    court.refused("a1", ARRIVE, "record.sealed");
}
