//! Under the record: who signed and which way, who refused and why, who has done neither.

use procedure::{
    SeatId,
    hearing::record::{Given, Signature, Way},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Source;

/// Digits of a key's digest that a reader compares by eye.
const SHORT: usize = 16;

/// Everybody who took part and signs, in the order of the seats.
pub(super) fn all(source: &Source<'_>) -> Vec<Value> {
    let hearing = source.hearing();
    let signs = hearing.plan.places.values().filter(|place| {
        let seat = &place.seat;
        place.capacity.signs() && hearing.roll.took_part(seat) && !hearing.roll.is_recused(seat)
    });
    signs
        .map(|place| {
            let given = hearing.record.given.get(&place.seat);
            json!({
                "name": source.label(&place.seat),
                "how": how(source, &place.seat, given),
                "drawing": match given.map(|given| &given.way) {
                    Some(Way::Device { drawing, .. }) => drawing,
                    _ => "",
                },
            })
        })
        .collect()
}

fn how(source: &Source<'_>, seat: &SeatId, given: Option<&Given>) -> String {
    match source.hearing().record.signatures.get(seat) {
        Some(Signature::Signed { at, .. }) => {
            format!(
                "{}，{}",
                given.map_or_else(|| "已核对并电子签名".into(), |given| way(source, seat, given)),
                source.time(*at)
            )
        }
        Some(Signature::Refused { reason, at }) => format!("拒绝签名，{}，理由：{reason}", source.time(*at)),
        None => String::new(),
    }
}

fn way(source: &Source<'_>, seat: &SeatId, given: &Given) -> String {
    match &given.way {
        Way::Device { key, .. } => format!("在本人设备上手写电子签名（密钥{}）", short(key)),
        Way::Paper { scans } if given.by == *seat => format!("在纸质笔录上签名，交回扫描件{}份", scans.len()),
        Way::Paper { scans } => {
            format!("在纸质笔录上签名，由{}扫描{}份附卷", source.label(&given.by), scans.len())
        }
        Way::Certificate { subject, issuer, trusted, .. } => {
            let known = if *trusted { "发证机构已核验" } else { "发证机构未核验" };
            format!("用数字证书签名（{subject}，发证机构{issuer}，{known}）")
        }
    }
}

fn short(key: &str) -> String {
    let digest = Sha256::digest(key);
    digest.iter().take(SHORT / 2).map(|byte| format!("{byte:02x}")).collect()
}
