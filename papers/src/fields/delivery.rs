//! What was served on whom the paper is written to: by which way, when it went out, arrived and was read, and what failed.

use procedure::Moment;
use serde_json::{Value, json};

use super::Source;

/// Something that was served, as the proof of it tells it. No address stands in it but a masked one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Served {
    /// What the paper is called.
    pub paper: String,
    /// Its number.
    pub number: String,
    /// The version that stands at the foot of its pages.
    pub version: String,
    /// By which way, in words.
    pub way: String,
    /// To where, masked; empty where it was handed over.
    pub address: String,
    /// Who had it sent; empty where it was the server.
    pub sender: String,
    /// Who carried it, in words; empty while nobody has.
    pub carrier: String,
    /// How often it was tried.
    pub tries: u64,
    /// When it went out.
    pub sent: Option<Moment>,
    /// When it was handed over.
    pub delivered: Option<Moment>,
    /// When it was first opened by its addressee.
    pub read: Option<Moment>,
    /// When the addressee confirmed to have it.
    pub acknowledged: Option<Moment>,
    /// To whom it was handed.
    pub received_by: String,
    /// What failed: when, and why in words.
    pub failures: Vec<(Moment, String)>,
    /// How it stands, in words.
    pub state: String,
    /// Remarks.
    pub remark: String,
    /// Whether it was taken back. Then nothing that was noted of it proves that it arrived.
    pub withdrawn: bool,
}

impl Served {
    /// When it has arrived, for certain: the first of all that prove it; never where it was taken back.
    fn arrived(&self) -> Option<Moment> {
        if self.withdrawn {
            return None;
        }
        [self.delivered, self.read, self.acknowledged].into_iter().flatten().min()
    }
}

/// What the forms are filled in with.
pub(crate) fn of(source: &Source<'_>) -> Value {
    source.served.iter().map(|served| one(source, served)).collect()
}

/// The first delivery that arrived: the one that counts (Online Litigation Rules, Art. 31).
pub(crate) fn first(source: &Source<'_>) -> Value {
    let arrived = |served| Some((Served::arrived(served)?, served));
    match source.served.iter().filter_map(arrived).min_by_key(|(at, _)| *at) {
        Some((at, served)) => {
            json!({"time": source.time(at), "way": served.way, "received_by": served.received_by})
        }
        None => json!({"time": "", "way": "", "received_by": ""}),
    }
}

fn one(source: &Source<'_>, served: &Served) -> Value {
    let failures: Vec<Value> = served
        .failures
        .iter()
        .map(|(at, because)| json!({"time": source.time(*at), "because": because}))
        .collect();
    json!({
        "paper": served.paper,
        "number": served.number,
        "version": served.version,
        "way": served.way,
        "address": served.address,
        "sender": served.sender,
        "carrier": served.carrier,
        "tries": served.tries,
        "sent": source.time_or_empty(served.sent),
        "delivered": source.time_or_empty(served.delivered),
        "read": source.time_or_empty(served.read),
        "acknowledged": source.time_or_empty(served.acknowledged),
        "received_by": served.received_by,
        "failures": failures,
        "state": served.state,
        "remark": served.remark,
    })
}
