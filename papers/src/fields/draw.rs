//! How the panel was drawn, for the plan and the record of it.

use serde_json::{Value, json};

use super::Source;

pub(super) fn draws(source: &Source<'_>) -> Vec<Value> {
    let draw = |draw: &procedure::hearing::plan::Draw| {
        json!({
            "how": if draw.seed.is_some() { "随机抽取" } else { "直接确定" },
            "size": draw.size,
            "drawn": draw.drawn.join("、"),
            "because": draw.reason.clone().unwrap_or_default(),
        })
    };
    source.hearing().plan.draws.iter().map(draw).collect()
}
