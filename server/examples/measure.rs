//! What a server costs: how fast it acknowledges, what an idle connection weighs, what a delivery takes. Figures vary
//! from machine to machine and from run to run; compare only what one run says.
//!
//!     cargo run --release -p server --example measure [CONNECTIONS]
#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on should stop where it stands")]

use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::{SinkExt, StreamExt, future::join_all};
use serde_json::{Value, json};
use server::{
    Config,
    database::Database,
    log::{Draft, Log},
};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// How long each figure is measured.
const SPAN: Duration = Duration::from_secs(3);
/// Size of what is written, in bytes.
const BYTES: usize = 256;
/// Notes that the clerk sends to everybody.
const NOTES: usize = 100;

#[tokio::main]
async fn main() {
    if let Some(folder) = std::env::var_os("FENGQIAO_MEASURED") {
        serve(Path::new(&folder)).await;
        return;
    }
    let connections = std::env::args().nth(1).map_or(500, |number| number.parse().unwrap());
    let folder = TempDir::new().unwrap();
    say(&format!("disk: {:.0} fdatasync/s of {BYTES} bytes (floor)", floor(folder.path())));
    for appenders in [1, 8, 64] {
        append(folder.path(), appenders).await;
    }
    say(&format!("disk: {:.0} fdatasync/s of {BYTES} bytes (floor)", floor(folder.path())));
    room(connections).await;
}

fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// The server that is measured, a process of its own.
async fn serve(folder: &Path) {
    let mut config = Config::local(folder.into());
    config.demo = true;
    config.limits.seat_connections_max = 100_000;
    config.limits.outbox_frames_max = 100_000;
    (config.limits.frames_per_second, config.limits.frames_burst) = (1_000_000, 1_000_000);
    (config.limits.requests_per_second, config.limits.requests_burst) = (100_000, 100_000);
    server::serve::serve(config, say).await.unwrap();
}

/// Small writes that wait for the disk, one after the other, a second.
fn floor(folder: &Path) -> f64 {
    let mut file = std::fs::File::create(folder.join("floor")).unwrap();
    let (began, mut done) = (Instant::now(), 0_u32);
    while began.elapsed() < SPAN {
        file.write_all(&[b'x'; BYTES]).unwrap();
        file.sync_data().unwrap();
        done += 1;
    }
    f64::from(done) / began.elapsed().as_secs_f64()
}

/// Appends of many at once to logs of their own: how many a second, and how long each waits.
async fn append(folder: &Path, appenders: usize) {
    let folder = folder.join(appenders.to_string());
    std::fs::create_dir(&folder).unwrap();
    let database = Database::open(&folder, 2).await.unwrap();
    let log = Arc::new(Log::open(database, 4096, 256).await.unwrap());
    let tasks = (0..appenders).map(|n| tokio::spawn(append_one(log.clone(), format!("stream/{n}"))));
    let waits: Vec<Duration> = join_all(tasks).await.into_iter().flat_map(Result::unwrap).collect();
    let rate = count(waits.len()) / SPAN.as_secs_f64();
    say(&format!("log: {appenders} at once: {rate:.0} acknowledged appends/s, {}", spread(waits)));
}

async fn append_one(log: Arc<Log>, stream: String) -> Vec<Duration> {
    let (began, mut head, mut waits) = (Instant::now(), 0, Vec::new());
    while began.elapsed() < SPAN {
        let draft = Draft {
            at: procedure::Moment(1),
            author: "\"clock\"".into(),
            command: format!("c-{head}"),
            content: format!("\"{}\"", "x".repeat(BYTES)),
        };
        let asked = Instant::now();
        head = log.append(&stream, head, vec![draft]).await.unwrap()[0].number;
        waits.push(asked.elapsed());
    }
    waits
}

/// A room with one clerk who writes and so many who look on.
async fn room(connections: usize) {
    let folder = TempDir::new().unwrap();
    let (mut child, address) = start(folder.path());
    let demo: Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("demo.json")).unwrap()).unwrap();
    let room = format!("ws://{address}/api/hearings/{}/room", demo["hearing"].as_str().unwrap());
    let mut open = Vec::new();
    for seat in demo["seats"].as_array().unwrap() {
        let key = accept(&address, seat).await;
        let mut socket = come(&room, &key, false).await;
        if seat["capacity"] == "panellist" {
            ask(&mut socket, json!({"plan": {"declare": {}}})).await;
        }
        ask(&mut socket, json!({"roll": {"arrive": {}}})).await;
        open.push((seat["seat"].as_str().unwrap().to_string(), seat["capacity"].clone(), key, socket));
    }
    let at = |capacity: &str| open.iter().position(|(_, own, ..)| *own == capacity).unwrap();
    let (chair, clerk, watched) = (at("chair"), at("clerk"), at("applicant"));
    for name in open.iter().map(|(name, ..)| name.clone()).collect::<Vec<_>>() {
        ask(&mut open[clerk].3, json!({"roll": {"admit": {"seat": name}}})).await;
    }
    ask(&mut open[chair].3, json!({"phase": {"open": {}}})).await;
    let mut waits = Vec::new();
    let began = Instant::now();
    while began.elapsed() < SPAN {
        let asked = Instant::now();
        ask(&mut open[clerk].3, note()).await;
        waits.push(asked.elapsed());
    }
    say(&format!("room: one seat, one command after the other: {}", spread(waits)));

    let before = memory(&child);
    let mut watching = Vec::new();
    for _ in 0..connections {
        watching.push(come(&room, &open[watched].2, true).await);
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let each = (memory(&child) - before) / count(connections);
    say(&format!("room: {connections} more connections: {each:.1} kB each"));
    deliver(&child, &mut open[clerk].3, watching).await;
    child.kill().unwrap();
    child.wait().unwrap();
}

fn note() -> Value {
    json!({"statement": {"record": {"text": "记".repeat(60)}}})
}

/// Notes to everybody: what each delivery costs, and when the last one has it.
async fn deliver(child: &Child, clerk: &mut Socket, watching: Vec<Socket>) {
    let (connections, began, before) = (watching.len(), Instant::now(), processor(child));
    let read = |mut socket: Socket| async move {
        let mut seen = 0;
        while seen < NOTES {
            seen += text(&mut socket).await.matches("\"recorded\"").count();
        }
        Instant::now()
    };
    let readers: Vec<_> = watching.into_iter().map(|socket| tokio::spawn(read(socket))).collect();
    for _ in 0..NOTES {
        ask(clerk, note()).await;
    }
    let acknowledged = Instant::now();
    let last = join_all(readers).await.into_iter().map(Result::unwrap).max().unwrap();
    let each = (processor(child) - before).as_secs_f64() * 1e6 / count(NOTES * connections);
    let behind = last.saturating_duration_since(acknowledged).as_secs_f64() * 1e3;
    let rate = count(NOTES * connections) / began.elapsed().as_secs_f64();
    say(&format!("room: {NOTES} notes to {connections}: {each:.1} µs of processor a delivery"));
    say(&format!("room: {rate:.0} deliveries/s, the last {behind:.1} ms after the last acknowledgement"));
}

fn start(folder: &Path) -> (Child, String) {
    let program = std::env::current_exe().unwrap();
    let mut child =
        Command::new(program).env("FENGQIAO_MEASURED", folder).stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let open = lines.map_while(Result::ok).find(|line| line.contains("Fengqiao is open")).unwrap();
    let address = open.rsplit("http://").next().unwrap().trim_end_matches(')').to_string();
    (child, address)
}

async fn accept(address: &str, seat: &Value) -> String {
    let shown = json!({"code": seat["code"], "phone_tail": seat["phone_tail"]});
    let request =
        reqwest::Client::new().post(format!("http://{address}/api/invitations/accept")).json(&shown);
    let accepted: Value = request.send().await.unwrap().json().await.unwrap();
    accepted["key"].as_str().unwrap().into()
}

async fn come(room: &str, key: &str, passive: bool) -> Socket {
    let (mut socket, _) = connect_async(room).await.unwrap();
    let hello = json!({"hello": {"version": 1, "key": key, "passive": passive}});
    socket.send(Message::text(hello.to_string())).await.unwrap();
    while !text(&mut socket).await.starts_with("{\"snapshot\"") {}
    socket
}

/// Has something done and waits for the answer, whatever it is.
async fn ask(socket: &mut Socket, command: Value) {
    let id = uuid::Uuid::now_v7().to_string();
    let message = json!({"command": {"id": id, "command": command}});
    socket.send(Message::text(message.to_string())).await.unwrap();
    loop {
        let text = text(socket).await;
        if (text.starts_with("{\"ack\"") || text.starts_with("{\"refused\"")) && text.contains(&id) {
            return;
        }
    }
}

/// The next message that is no ping.
async fn text(socket: &mut Socket) -> String {
    loop {
        let Message::Text(text) = socket.next().await.unwrap().unwrap() else { continue };
        if !text.starts_with("{\"ping\"") {
            return text.to_string();
        }
        socket.send(Message::text("{\"pong\":{}}")).await.unwrap();
    }
}

/// Memory of a process, in kilobytes.
fn memory(child: &Child) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

/// Time that a process has had of the processors.
fn processor(child: &Child) -> Duration {
    let tasks = std::fs::read_dir(format!("/proc/{}/task", child.id())).unwrap();
    let spent = |task: std::fs::DirEntry| {
        let told = std::fs::read_to_string(task.path().join("schedstat")).unwrap_or_default();
        told.split(' ').next().and_then(|spent| spent.parse::<u64>().ok()).unwrap_or(0)
    };
    Duration::from_nanos(tasks.flatten().map(spent).sum())
}

fn spread(mut waits: Vec<Duration>) -> String {
    waits.sort_unstable();
    let at = |hundredth: usize| waits[(waits.len() - 1) * hundredth / 100].as_secs_f64() * 1e3;
    format!("p50 {:.2} ms, p99 {:.2} ms", at(50), at(99))
}

#[expect(clippy::cast_precision_loss, reason = "far below what a float can hold")]
const fn count(number: usize) -> f64 {
    number as f64
}
