//! Whom a motion for recusal means: scripts say it in the words of the motion, the rules want the seat.

use procedure::{Capacity, SeatId, hearing::plan::Seating};

use super::script::{Script, Step, Verb};

/// The word before which the name stands.
const RECUSAL: &str = "回避";

/// The seat whose person the words of a motion name; of several the one named nearest before the word 回避. Where the
/// motion names nobody, the words of the ruling on it may.
#[must_use]
pub fn whom(script: &Script, step: &Step) -> Option<SeatId> {
    if let Some(seat) = &step.seat {
        return Some(seat.clone());
    }
    let rules = |ruling: &&Step| ruling.verb == Verb::Rule && step.name.is_some() && ruling.of == step.name;
    let ruling = script.steps.iter().find(rules).and_then(|ruling| ruling.reason.as_deref());
    [step.text.as_deref(), ruling].into_iter().flatten().find_map(|text| named(script, &step.by, text))
}

fn named(script: &Script, by: &SeatId, text: &str) -> Option<SeatId> {
    let could = |seating: &&Seating| seating.id != *by && may_be_meant(seating.capacity);
    let called: [fn(&Seating) -> Option<String>; 5] = [
        |seating| Some(seating.name.clone()),
        |seating| seating.post.clone(),
        |seating| Some(seating.id.0.clone()),
        |seating| Some(format!("{}{}", seating.name.chars().next()?, seating.capacity.words().0)),
        |seating| alone(seating.capacity).then(|| seating.capacity.words().0.into()),
    ];
    called.iter().find_map(|word| {
        let named = script.seats.iter().filter(could).filter_map(|seating| {
            let word = word(seating).filter(|word| !word.is_empty())?;
            Some((distance(text, &word)?, seating))
        });
        named.min_by_key(|(distance, _)| *distance).map(|(_, seating)| seating.id.clone())
    })
}

/// How far before 回避 a word ends, in bytes; words that stand elsewhere come after all that stand before it.
fn distance(text: &str, word: &str) -> Option<usize> {
    let asked = text.find(RECUSAL).unwrap_or(text.len());
    let before = text.get(..asked).and_then(|before| before.rfind(word)).map(|at| asked - at - word.len());
    before.or_else(|| text.find(word).map(|at| text.len() + at))
}

/// Those of whom there is one, so that the name of the capacity names them.
const fn alone(capacity: Capacity) -> bool {
    matches!(capacity, Capacity::Chair | Capacity::Clerk | Capacity::Handler)
}

const fn may_be_meant(capacity: Capacity) -> bool {
    capacity.is_office() || matches!(capacity, Capacity::Panellist | Capacity::Expert | Capacity::Interpreter)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn meant(text: &str) -> Option<String> {
        let script: Script = serde_json::from_value(json!({
            "case": {"number": "1", "kind": "complaint", "cause": "x", "issues": [{"id": "i1", "text": "x"}]},
            "hearing": {"mode": "simple", "openness": "public", "scheduled": "2026-12-08T09:00:00+08:00"},
            "seats": [{"id": "chair", "capacity": "chair", "name": "周正"},
                      {"id": "p1", "capacity": "panellist", "name": "蒋主任", "post": "团委干部"},
                      {"id": "p2", "capacity": "panellist", "name": "马老师"},
                      {"id": "a1", "capacity": "applicant", "name": "王某"}],
            "steps": [{"by": "a1", "do": "move", "kind": "recusal", "text": text, "as": "m"},
                      {"by": "chair", "do": "rule", "of": "m", "granted": true, "reason": "马老师是其表兄"}]
        }))
        .unwrap();
        whom(&script, &script.steps[0]).map(|seat| seat.0)
    }

    #[test]
    fn the_one_named_before_the_word_is_meant() {
        assert_eq!(meant("申请蒋主任回避，其与马老师同住。").as_deref(), Some("p1"));
        assert_eq!(meant("马老师与蒋主任相识，申请马老师回避。").as_deref(), Some("p2"));
        assert_eq!(meant("王某申请团委干部回避。").as_deref(), Some("p1"));
        assert_eq!(meant("申请p2回避").as_deref(), Some("p2"));
        assert_eq!(meant("申请主持人回避。").as_deref(), Some("chair"));
        assert_eq!(meant("申请回避，理由是马老师与对方相识。").as_deref(), Some("p2"));
        assert_eq!(meant("申请蒋听证员回避。").as_deref(), Some("p1"));
        assert_eq!(meant("申请有关人员回避。").as_deref(), Some("p2"), "the ruling tells");
    }
}
