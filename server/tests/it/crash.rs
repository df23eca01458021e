//! Whoever got an acknowledgement can rely on it: the server is killed again and again while several seats of two
//! hearings send as fast as they can, and in the end nothing acknowledged is missing and nothing stands twice.

use std::{
    collections::{BTreeSet, VecDeque},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use procedure::{
    Hearing,
    hearing::{phase::Phase, record::Said},
    wire::FromRoom,
};
use serde_json::{Value, json};
use tokio::{
    sync::mpsc,
    time::{sleep, timeout},
};
use tokio_tungstenite::connect_async;

use crate::office::{Prepared, Seat};

/// How often the server is killed.
const KILLS: usize = 15;
/// Commands that each seat has on their way at any time.
const AHEAD: usize = 8;
/// Longest wait for anything.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn killed_again_and_again_the_server_loses_nothing_acknowledged_and_does_nothing_twice() {
    let mut office = Prepared::new().await;
    let mut writers = vec![Writer::new("clerk", &office.hearing, take_clerk(&office).await)];
    office.another().await;
    let panel = deliberating(&office).await;
    writers.extend(panel.into_iter().map(|(name, seat)| Writer::new(name, &office.hearing, seat)));
    let Prepared { folder, server, .. } = office;
    server.stop().await;

    let port = free_port();
    for round in 0..=KILLS {
        // After another number of acknowledgements each time, so at another point of the work. The last round only
        // delivers what is outstanding.
        let last = round == KILLS;
        let target =
            if last { writers.iter().map(|writer| writer.waiting.len()).sum() } else { 5 + round * 37 % 90 };
        let running = start(folder.path(), port);
        writers = work(writers, port, target, last, running).await;
        let under_way = writers.iter().any(|writer| !writer.waiting.is_empty());
        assert_ne!(under_way, last, "killed while commands were on their way");
    }

    let mut running = start(folder.path(), port);
    for writer in &writers {
        assert!(writer.waiting.is_empty(), "{}: everything was acknowledged in the end", writer.name);
        assert_eq!(writer.acknowledged.len(), writer.sent);
        let mut whole = writer.come(port, &AtomicBool::new(false), true).await.expect("the whole view");
        whole.until_view(|view| !view.roll.is_lost(&writer.name.into())).await;
        let folded = writer.come(port, &AtomicBool::new(false), false).await.expect("what was missed");
        assert_eq!(whole.view, folded.view, "{}: what was sent live adds up to the whole view", writer.name);
        let written = writer.written(&whole.view);
        let once: BTreeSet<&String> = written.iter().collect();
        let missing: Vec<_> = writer.acknowledged.iter().filter(|text| !once.contains(text)).collect();
        assert!(missing.is_empty(), "{}: acknowledged and lost: {missing:?}", writer.name);
        assert_eq!(once.len(), written.len(), "{}: done twice", writer.name);
        assert!(written.is_sorted(), "{}: not in the order in which it was sent", writer.name);
    }
    kill(&mut running);
}

/// Lets all writers write until so many commands have been acknowledged, then kills the server.
async fn work(writers: Vec<Writer>, port: u16, target: usize, last: bool, mut running: Child) -> Vec<Writer> {
    let over = Arc::new(AtomicBool::new(false));
    let (tell, mut told) = mpsc::unbounded_channel();
    let tasks: Vec<_> = writers
        .into_iter()
        .map(|mut writer| {
            let (over, tell) = (over.clone(), tell.clone());
            tokio::spawn(async move {
                writer.write(port, &over, &tell, last).await;
                writer
            })
        })
        .collect();
    drop(tell);
    for _ in 0..target {
        timeout(PATIENCE, told.recv()).await.expect("acknowledged in time").expect("somebody writes");
    }
    over.store(true, Ordering::Relaxed);
    kill(&mut running);
    let mut back = Vec::new();
    for task in tasks {
        back.push(timeout(PATIENCE, task).await.expect("ends in time").expect("ends well"));
    }
    back
}

/// A seat that writes one numbered text after the other and keeps what has not been acknowledged.
struct Writer {
    name: &'static str,
    hearing: String,
    key: String,
    view: Hearing,
    number: u64,
    sent: usize,
    waiting: VecDeque<(String, String)>,
    acknowledged: BTreeSet<String>,
}

impl Writer {
    fn new(name: &'static str, hearing: &str, seat: Seat) -> Self {
        Self {
            name,
            hearing: hearing.into(),
            key: seat.key,
            view: seat.view,
            number: seat.number,
            sent: 0,
            waiting: VecDeque::new(),
            acknowledged: BTreeSet::new(),
        }
    }

    /// Connects as soon as the server answers, and takes up where it was; none when the server has been killed.
    async fn come(&self, port: u16, over: &AtomicBool, anew: bool) -> Option<Seat> {
        let room = format!("ws://127.0.0.1:{port}/api/hearings/{}/room", self.hearing);
        let (after, view) =
            if anew { (None, Hearing::default()) } else { (Some(self.number), self.view.clone()) };
        loop {
            if over.load(Ordering::Relaxed) {
                return None;
            }
            if let Ok((socket, _)) = connect_async(&room).await
                && let Ok(seat) = Seat::greet(socket, &self.key, after, false, view.clone()).await
            {
                assert!(
                    anew || !seat.received.contains("\"snapshot\""),
                    "{}: nothing shown was lost",
                    self.name
                );
                return Some(seat);
            }
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Writes until the connection is lost or, in the last round, until everything is acknowledged.
    async fn write(&mut self, port: u16, over: &AtomicBool, tell: &mpsc::UnboundedSender<()>, last: bool) {
        let Some(mut seat) = self.come(port, over, false).await else { return };
        for (id, text) in &self.waiting {
            seat.send_text(self.message(id, text)).await;
        }
        loop {
            while !last && self.waiting.len() < AHEAD {
                self.sent += 1;
                let (id, text) = (format!("{}-{}", self.name, self.sent), format!("{:06}", self.sent));
                seat.send_text(self.message(&id, &text)).await;
                self.waiting.push_back((id, text));
            }
            let heard = if self.waiting.is_empty() { Err(0) } else { seat.next().await };
            (self.view, self.number) = (seat.view.clone(), seat.number);
            match heard {
                Ok(FromRoom::Ack { id }) => {
                    let (first, text) = self.waiting.pop_front().expect("acknowledged what was sent");
                    assert_eq!(id.0, first, "answers come in the order of the commands");
                    self.acknowledged.insert(text);
                    // Whoever counts may have counted enough.
                    let _ = tell.send(());
                }
                Ok(FromRoom::Refused { id, refusal }) => panic!("{id} was refused: {refusal:?}"),
                Ok(_) => {}
                Err(_) => return,
            }
        }
    }

    fn message(&self, id: &str, text: &str) -> String {
        let command = match self.name {
            "clerk" => json!({"statement": {"record": {"text": text}}}),
            _ => json!({"deliberation": {"discuss": {"text": text}}}),
        };
        json!({"command": {"id": id, "command": command}}).to_string()
    }

    /// What of its own stands in the view, in order.
    fn written(&self, view: &Hearing) -> Vec<String> {
        let notes = view.record.lines.iter().filter_map(|line| match &line.said {
            Said::Note(text) => Some(text.clone()),
            _ => None,
        });
        let talk = view.deliberation.talk.iter().filter(|talk| talk.by.0 == self.name);
        if self.name == "clerk" { notes.collect() } else { talk.map(|talk| talk.text.clone()).collect() }
    }
}

/// The clerk of an open hearing.
async fn take_clerk(office: &Prepared) -> Seat {
    let mut seats = office.all_in().await;
    seats.get_mut("chair").expect("the chair").does(json!({"phase": {"open": {}}})).await;
    let mut clerk = seats.remove("clerk").expect("the clerk");
    clerk.until_view(|view| view.phase.current == Phase::RollCall).await;
    clerk
}

/// The panel of a hearing in deliberation.
async fn deliberating(office: &Prepared) -> Vec<(&'static str, Seat)> {
    let mut seats = office.all_in().await;
    let chair = seats.get_mut("chair").expect("the chair");
    chair.does(json!({"phase": {"open": {}}})).await;
    for step in ["introduction", "statements", "questions", "deliberation"] {
        let waive: Value = if step == "introduction" { Value::Null } else { "演练".into() };
        chair.does(json!({"phase": {"advance": {"to": step, "waive": waive}}})).await;
    }
    let mut panel = Vec::new();
    for name in ["p1", "p2", "p3"] {
        let mut seat = seats.remove(name).expect("a panellist");
        seat.until_view(|view| view.phase.current == Phase::Deliberation).await;
        panel.push((name, seat));
    }
    panel
}

pub(crate) fn start(data: &Path, port: u16) -> Child {
    Command::new(env!("CARGO_BIN_EXE_fengqiao"))
        .args(["serve", "--listen", &format!("127.0.0.1:{port}"), "--frames-per-second", "100000"])
        .args(["--frames-burst", "100000", "--lease-ms", "300000", "--data"])
        .arg(data)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the server starts")
}

/// `kill -9`: no goodbye, no flush.
pub(crate) fn kill(running: &mut Child) {
    running.kill().expect("killed");
    running.wait().expect("gone");
}

pub(crate) fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|socket| socket.local_addr())
        .expect("a free port")
        .port()
}
