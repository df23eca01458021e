//! The video link of this server, in a process of its own: offers in, answers out, a line each.

use std::{
    io::{BufRead, BufReader, Write},
    net::SocketAddr,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use procedure::hearing::media::{Chamber, OnAir};
use serde_json::{Value, json};
use server::{
    config::Limits,
    gauge::Gauges,
    recording::{self, Shelf},
    sfu::{Reached, Sfu, switchboard::Whose},
};

use super::{End, HERE, Load};

/// The name of the hearing.
const HEARING: &str = "measured";

/// How much later the gallery hears and sees.
pub(crate) fn gallery_delay() -> Duration {
    Duration::from_millis(Limits::default().link_gallery_delay_ms)
}

/// Serves until nobody asks any more.
pub(crate) fn serve(records: bool) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let folder = std::env::temp_dir().join(format!("fengqiao-beside-{}", std::process::id()));
    let (limits, gauges) = (Limits::default(), Arc::new(Gauges::default()));
    let (tap, _notes) = recording::open(Shelf::new(folder.clone()), &limits, gauges.clone()).unwrap();
    let at = Reached { udp: SocketAddr::new(HERE, 0), tcp: None, public: Vec::new() };
    let (_stop, stopping) = tokio::sync::watch::channel(false);
    let sfu = runtime.block_on(Sfu::open(&at, &limits, gauges, tap, stopping)).unwrap();
    for line in std::io::stdin().lines().map_while(Result::ok) {
        let asked: Value = serde_json::from_str(&line).unwrap();
        let answer = match asked["offer"].as_str() {
            Some(offer) => {
                let seat = asked["seat"].as_str().unwrap().into();
                let whose = Whose { hearing: HEARING.into(), seat };
                let (answer, _slots) =
                    runtime.block_on(sfu.join(whose, sfu.holder(), offer.into(), false)).unwrap();
                json!(answer)
            }
            None => {
                let air = |stands: &Value| OnAir {
                    chamber: Some(Chamber::Court),
                    heard: stands == "heard",
                    seen: stands != "there",
                    altered: false,
                    gallery: (stands == "there").then_some(0),
                    sitting: records,
                    floor: false,
                };
                let seats = asked["seats"].as_object().unwrap().iter();
                let table = seats.map(|(seat, stands)| (seat.as_str().into(), air(stands))).collect();
                sfu.obey(HEARING, table);
                json!("obeyed")
            }
        };
        let mut out = std::io::stdout().lock();
        writeln!(out, "{answer}").and_then(|()| out.flush()).unwrap();
    }
    let _ = std::fs::remove_dir_all(folder);
}

/// The process, from outside.
pub(crate) struct Ours {
    child: Child,
    asks: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Ours {
    pub(crate) fn start(records: bool) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["serve", if records { "recording" } else { "plain" }])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (asks, answers) = (child.stdin.take(), BufReader::new(child.stdout.take().unwrap()));
        Self { child, asks, answers }
    }

    fn ask(&mut self, asked: &Value) -> Value {
        writeln!(self.asks.as_mut().unwrap(), "{asked}").unwrap();
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }
}

impl super::Sfu for Ours {
    fn process(&self) -> u32 {
        self.child.id()
    }

    fn gather(&mut self, load: Load) -> Vec<End> {
        let Load { cameras, listeners } = load;
        let (mut ends, mut stands) = (Vec::new(), serde_json::Map::new());
        for number in 0..cameras + listeners {
            let camera = number < cameras;
            let heard = camera && (number == 0 || listeners == 0);
            let seat = format!("s{number}");
            let (end, offer) = if camera { End::offers(cameras - 1) } else { End::listens() };
            let answer = self.ask(&json!({"seat": seat, "offer": offer}));
            end.accepts(answer.as_str().unwrap());
            ends.push(end);
            let stand = if heard { "heard" } else { "seen" };
            stands.insert(seat, json!(if camera { stand } else { "there" }));
        }
        self.ask(&json!({"seats": stands}));
        ends
    }
}

impl Drop for Ours {
    fn drop(&mut self) {
        // With nobody to ask it puts its recordings away and ends.
        drop(self.asks.take());
        let _ = self.child.wait();
    }
}
