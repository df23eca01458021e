//! An office for tests: a server on a free port, staff who have signed in, a hearing with seats and keys.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use procedure::{
    Capacity, Hearing, Id, Office, SeatId, Side,
    wire::{FromRoom, ToRoom, VERSION},
};
use serde_json::{Value, json};
use server::{App, Config, Site, clock};
use std::sync::Arc;
use tempfile::TempDir;
use tokio::{net::TcpListener, net::TcpStream, sync::oneshot, task::JoinHandle, time::timeout};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

pub(crate) const PASSWORD: &str = "correct horse battery";
pub(crate) const TAIL: &str = "1234";
/// Longest wait for anything in a test.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Running {
    pub(crate) address: String,
    pub(crate) site: Arc<Site>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Running {
    pub(crate) async fn start(config: Config) -> Self {
        let app = App::build(config).await.expect("a server");
        let listener = TcpListener::bind(app.site.config.listen).await.expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let site = app.site.clone();
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            let stop = async move {
                let _ = stopped.await;
            };
            server::serve::run(app, listener, stop).await.expect("a clean end");
        });
        Self { address, site, stop, task }
    }

    pub(crate) fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) async fn stop(self) {
        let _ = self.stop.send(());
        timeout(PATIENCE, self.task).await.expect("stops in time").expect("stops well");
    }
}

pub(crate) struct Staff {
    client: reqwest::Client,
    base: String,
}

impl Staff {
    pub(crate) async fn sign_in(server: &Running, name: &str) -> Self {
        let client = reqwest::Client::builder().cookie_store(true).build().expect("a client");
        let staff = Self { client, base: server.at("") };
        let (status, _) = staff.post("/api/sign-in", json!({"name": name, "password": PASSWORD})).await;
        assert_eq!(status, 200);
        staff
    }

    pub(crate) fn nobody(server: &Running) -> Self {
        Self { client: reqwest::Client::new(), base: server.at("") }
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        answer(self.client.post(format!("{}{path}", self.base)).json(&body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> (u16, Value) {
        answer(self.client.put(format!("{}{path}", self.base)).json(&body)).await
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        answer(self.client.get(format!("{}{path}", self.base))).await
    }

    /// The text of an address.
    pub(crate) async fn text(&self, path: &str) -> String {
        let answer = self.client.get(format!("{}{path}", self.base)).send().await.expect("an answer");
        answer.text().await.expect("a text")
    }

    /// What a page asks by itself.
    pub(crate) async fn look(&self, path: &str) -> (u16, Value) {
        answer(self.client.get(format!("{}{path}", self.base)).header("Fengqiao-Unattended", "1")).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> (u16, Value) {
        answer(self.client.patch(format!("{}{path}", self.base)).json(&body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> (u16, Value) {
        answer(self.client.delete(format!("{}{path}", self.base))).await
    }

    pub(crate) async fn command(&self, hearing: &str, command: Value) -> (u16, Value) {
        let id = uuid::Uuid::now_v7().to_string();
        self.post(&format!("/api/hearings/{hearing}/commands"), json!({"id": id, "command": command})).await
    }
}

/// Waits until something has become true.
pub(crate) async fn until(mut true_now: impl FnMut() -> bool) {
    let wait = async {
        while !true_now() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, wait).await.expect("in time");
}

pub(crate) async fn answer(request: reqwest::RequestBuilder) -> (u16, Value) {
    let response = request.send().await.expect("an answer");
    let status = response.status().as_u16();
    let bytes = response.bytes().await.expect("a body");
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

/// A hearing with everybody invited and nobody here.
pub(crate) struct Prepared {
    pub(crate) folder: TempDir,
    pub(crate) server: Running,
    pub(crate) hearing: String,
}

pub(crate) const SEATS: &[(&str, Capacity, Option<Side>)] = &[
    ("chair", Capacity::Chair, None),
    ("handler", Capacity::Handler, None),
    ("clerk", Capacity::Clerk, None),
    ("p1", Capacity::Panellist, None),
    ("p2", Capacity::Panellist, None),
    ("p3", Capacity::Panellist, None),
    ("a1", Capacity::Applicant, Some(Side::Applicant)),
    ("r1", Capacity::Respondent, Some(Side::Respondent)),
    ("o1", Capacity::Observer, None),
];

pub(crate) fn local(folder: &TempDir) -> Config {
    // The tests are a program of their own, and no reader of PDFs.
    let program = Some(env!("CARGO_BIN_EXE_fengqiao").into());
    Config { program, ..Config::local(folder.path().into()) }
}

pub(crate) async fn staffed(server: &Running) {
    for (name, office) in [
        ("admin", Office::Administrator),
        ("chief", Office::ChiefProsecutor),
        ("handler", Office::Handler),
        ("casemgmt", Office::CaseManagement),
        ("petition", Office::Petition),
    ] {
        server.site.accounts.add(name, PASSWORD, office, clock::now()).await.expect("an account");
    }
}

pub(crate) fn registration() -> Value {
    json!({
        "case": {"number": "豫检民监〔2026〕17号", "kind": "civil-supervision", "cause": "机动车交通事故责任纠纷",
                 "summary": "摘要", "issues": [{"id": "i1", "text": "是否以城镇为经常居住地"}], "proposed": {"i1": "SECRET-PROPOSAL"}},
        "hearing": {"mode": "ordinary", "openness": "public", "place": "听证室", "scheduled": "2126-12-08T09:00:00+08:00", "turn_seconds": 600}
    })
}

impl Prepared {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = TempDir::new().expect("a folder");
        let mut config = local(&folder);
        change(&mut config);
        let server = Running::start(config).await;
        staffed(&server).await;
        let hearing = Self::prepare(&server).await;
        Self { folder, server, hearing }
    }

    /// Prepares another hearing on the same server; gives the one before.
    pub(crate) async fn another(&mut self) -> String {
        let next = Self::prepare(&self.server).await;
        std::mem::replace(&mut self.hearing, next)
    }

    async fn prepare(server: &Running) -> String {
        let handler = Staff::sign_in(server, "handler").await;
        let (status, body) = handler.post("/api/hearings", registration()).await;
        assert_eq!(status, 201, "{body}");
        let hearing = body["id"].as_str().expect("an id").to_string();
        for (seat, capacity, side) in SEATS {
            let seating =
                json!({"id": seat, "capacity": capacity, "name": format!("姓名-{seat}"), "side": side});
            let (status, body) = handler.command(&hearing, json!({"plan": {"seat": seating}})).await;
            assert_eq!(status, 200, "{body}");
        }
        let chief = Staff::sign_in(server, "chief").await;
        for (staff, command) in [
            (&chief, json!({"plan": {"approve": {}}})),
            (&handler, json!({"plan": {"notify": {}}})),
            (&handler, json!({"plan": {"publish": {}}})),
        ] {
            let (status, body) = staff.command(&hearing, command).await;
            assert_eq!(status, 200, "{body}");
        }
        hearing
    }

    /// Invites a seat and accepts for it.
    pub(crate) async fn key(&self, seat: &str) -> String {
        let now = clock::now();
        let invitations = &self.server.site.invitations;
        let issued = invitations.issue(&self.hearing, &SeatId(seat.into()), TAIL, now).await.expect("issued");
        let shown = server::invitation::Shown::Link(&issued.token);
        let found = invitations.find(shown, now).await.expect("found").expect("good");
        invitations.accept(&found, TAIL, now).await.expect("accepted").expect("still good")
    }

    pub(crate) fn room(&self) -> String {
        format!("ws://{}/api/hearings/{}/room", self.server.address, self.hearing)
    }

    pub(crate) async fn seat(&self, seat: &str) -> Seat {
        let key = self.key(seat).await;
        Seat::come(&self.room(), &key, None).await
    }

    /// Everybody comes and is let in.
    pub(crate) async fn all_in(&self) -> std::collections::BTreeMap<&'static str, Seat> {
        self.all_in_but(&[]).await
    }

    /// Everybody but these comes and is let in.
    pub(crate) async fn all_in_but(&self, away: &[&str]) -> std::collections::BTreeMap<&'static str, Seat> {
        let mut seats = std::collections::BTreeMap::new();
        for (seat, capacity, _) in SEATS.iter().filter(|(seat, ..)| !away.contains(seat)) {
            let mut sitting = self.seat(seat).await;
            if *capacity == Capacity::Panellist {
                sitting.does(json!({"plan": {"declare": {}}})).await;
            }
            sitting.does(json!({"roll": {"arrive": {}}})).await;
            seats.insert(*seat, sitting);
        }
        for (seat, ..) in SEATS[1..].iter().filter(|(seat, ..)| !away.contains(seat)) {
            let clerk = seats.get_mut("clerk").expect("the clerk");
            clerk.does(json!({"roll": {"admit": {"seat": seat}}})).await;
        }
        seats
    }
}

/// A seat that folds what it is sent, as a browser does.
pub(crate) struct Seat {
    pub(crate) socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub(crate) view: Hearing,
    pub(crate) number: u64,
    pub(crate) key: String,
    pub(crate) received: String,
    pub(crate) frames: u64,
}

/// How the server answered a command.
#[derive(Debug, PartialEq)]
pub(crate) enum Answer {
    Done,
    Refused(String),
}

impl Seat {
    pub(crate) async fn come(room: &str, key: &str, after: Option<u64>) -> Self {
        Self::come_as(room, key, after, false, Hearing::default()).await
    }

    pub(crate) async fn come_as(
        room: &str,
        key: &str,
        after: Option<u64>,
        passive: bool,
        view: Hearing,
    ) -> Self {
        let (socket, _) = connect_async(room).await.expect("a connection");
        Self::greet(socket, key, after, passive, view).await.expect("a welcome and the view")
    }

    /// Says hello; the code when the connection is closed instead of welcomed.
    pub(crate) async fn greet(
        socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
        key: &str,
        after: Option<u64>,
        passive: bool,
        view: Hearing,
    ) -> Result<Self, u16> {
        let number = after.unwrap_or(0);
        let mut seat = Self { socket, view, number, key: key.into(), received: String::new(), frames: 0 };
        seat.send(&ToRoom::Hello { version: VERSION, key: key.into(), after, passive }).await;
        let welcome = seat.next().await?;
        assert!(matches!(welcome, FromRoom::Welcome { active, .. } if active != passive), "{welcome:?}");
        seat.next().await?;
        Ok(seat)
    }

    pub(crate) async fn send(&mut self, message: &ToRoom) {
        self.send_text(serde_json::to_string(message).expect("JSON")).await;
    }

    pub(crate) async fn send_text(&mut self, text: String) {
        // A connection that was closed meanwhile is seen when reading.
        let _ = self.socket.send(Message::text(text)).await;
    }

    /// The next message that is no ping, folded into the view; or the code with which the connection was closed.
    pub(crate) async fn next(&mut self) -> Result<FromRoom, u16> {
        loop {
            let message = timeout(PATIENCE, self.socket.next()).await.expect("a message in time");
            let text = match message {
                Some(Ok(Message::Text(text))) => text,
                Some(Ok(Message::Close(frame))) => return Err(frame.map_or(1005, |frame| frame.code.into())),
                Some(Ok(_)) => continue,
                Some(Err(_)) | None => return Err(1006),
            };
            self.received.push_str(&text);
            self.frames += 1;
            let message: FromRoom = serde_json::from_str(&text).expect("a message of the protocol");
            match &message {
                FromRoom::Ping { .. } => {
                    self.send(&ToRoom::Pong {}).await;
                    continue;
                }
                FromRoom::Snapshot { number, view, .. } => {
                    self.number = *number;
                    self.view = (**view).clone();
                }
                FromRoom::Events { number, events, .. } => {
                    assert_eq!(*number, self.number + 1, "numbers follow each other");
                    for happened in events {
                        self.view.evolve(happened.at, &happened.event);
                        self.number += 1;
                    }
                }
                _ => {}
            }
            return Ok(message);
        }
    }

    /// Reads until a message is of the kind wanted.
    pub(crate) async fn until(&mut self, wanted: impl Fn(&FromRoom) -> bool) -> FromRoom {
        loop {
            let message = self.next().await.expect("still connected");
            if wanted(&message) {
                return message;
            }
        }
    }

    /// Reads until the view is as wanted.
    pub(crate) async fn until_view(&mut self, wanted: impl Fn(&Hearing) -> bool) {
        while !wanted(&self.view) {
            self.next().await.expect("still connected");
        }
    }

    /// Reads until everything up to a number has been folded.
    pub(crate) async fn until_number(&mut self, number: u64) {
        while self.number < number {
            self.next().await.expect("still connected");
        }
    }

    /// Reads until the connection is closed; gives the code.
    pub(crate) async fn closed(&mut self) -> u16 {
        loop {
            if let Err(code) = self.next().await {
                return code;
            }
        }
    }

    pub(crate) async fn asks(&mut self, command: Value) -> Answer {
        self.asks_as(&uuid::Uuid::now_v7().to_string(), command).await
    }

    pub(crate) async fn asks_as(&mut self, id: &str, command: Value) -> Answer {
        self.send_text(json!({"command": {"id": id, "command": command}}).to_string()).await;
        let mine = Id(id.into());
        let answer = self.until(|message| match message {
            FromRoom::Ack { id } | FromRoom::Refused { id, .. } => *id == mine,
            _ => false,
        });
        match answer.await {
            FromRoom::Refused { refusal, .. } => Answer::Refused(refusal.code),
            _ => Answer::Done,
        }
    }

    pub(crate) async fn does(&mut self, command: Value) {
        assert_eq!(self.asks(command.clone()).await, Answer::Done, "{command}");
    }

    pub(crate) async fn does_as(&mut self, id: &str, command: Value) {
        assert_eq!(self.asks_as(id, command.clone()).await, Answer::Done, "{command}");
    }
}
