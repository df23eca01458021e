//! This server's video link in a process of its own: offers in, answers out, a line each.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    net::SocketAddr,
    process::{Command, Stdio},
    sync::Arc,
};

use procedure::{
    SeatId,
    hearing::media::{Chamber, OnAir},
};
use server::{
    config::Limits,
    gauge::Gauges,
    recording::{self, Shelf},
    sfu::{Reached, Sfu, switchboard::Whose},
};

use crate::{
    Process,
    client::{Clients, End},
};

/// The word with which the process is started.
pub(crate) const SERVES: &str = "serves-the-load";
const HEARING: &str = "h";

/// Starts a server, with or without recording, and opens all lines.
pub(crate) fn opens(cameras: usize, recorded: bool) -> (Clients, Process) {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .arg(SERVES)
        .args([folder.path().to_str().unwrap(), &cameras.to_string(), &recorded.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut to, mut from) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
    let mut ends = Vec::new();
    for of in 0..cameras {
        let (mut end, offer, pending) = End::offers(of, cameras - 1);
        writeln!(to, "{}", serde_json::to_string(&offer).unwrap()).unwrap();
        let mut answer = String::new();
        from.read_line(&mut answer).unwrap();
        end.accepts(&serde_json::from_str::<String>(&answer).unwrap(), pending);
        ends.push(end);
    }
    // The other end would stop with it.
    std::mem::forget(to);
    (Clients::new(cameras, ends), Process { child, _folder: folder })
}

/// The process itself.
pub(crate) fn serves(given: &[String]) {
    let [folder, cameras, recorded] = given else { panic!("{given:?}") };
    let (cameras, recorded): (usize, bool) = (cameras.parse().unwrap(), recorded.parse().unwrap());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (limits, gauges) =
        (Limits { frame_bytes_max: 1_000_000, ..Limits::default() }, Arc::new(Gauges::default()));
    let (_stop, stopping) = tokio::sync::watch::channel(false);
    let (tap, _notes) = recording::open(Shelf::new(folder.into()), &limits, gauges.clone()).unwrap();
    let at = Reached { udp: SocketAddr::from(([127, 0, 0, 1], 0)), tcp: None, public: Vec::new() };
    let sfu = runtime.block_on(Sfu::open(&at, &limits, gauges, tap, stopping)).unwrap();
    let air = OnAir { chamber: Some(Chamber::Court), heard: true, seen: true, sitting: recorded };
    let seats = (0..cameras).map(|number| (SeatId(format!("s{number}")), air.clone()));
    sfu.obey(HEARING, seats.collect::<BTreeMap<_, _>>());
    for (number, offer) in std::io::stdin().lines().enumerate() {
        let whose = Whose { hearing: HEARING.into(), seat: SeatId(format!("s{number}")) };
        let offer: String = serde_json::from_str(&offer.unwrap()).unwrap();
        let Ok((answer, _slots)) = runtime.block_on(sfu.join(whose, 1, offer)) else { panic!("no line") };
        let mut out = std::io::stdout();
        writeln!(out, "{}", serde_json::to_string(&answer).unwrap()).unwrap();
        out.flush().unwrap();
    }
}
