//! Janus and its video room, where it is installed: a connection of each client that sends, and one that receives all
//! others, as its own pages do it.

use std::{
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    PATIENCE, Process,
    client::{Clients, End},
};

const BASE: &str = "http://127.0.0.1:18088/janus";
const ROOM: u64 = 4_711;

/// Starts Janus and opens all connections; none where it is not installed.
pub(crate) fn opens(cameras: usize) -> Option<(Clients, Process)> {
    let folder = tempfile::tempdir().unwrap();
    let configured = [
        ("janus.jcfg", "general: { debug_level = 2 session_timeout = 0 }\nmedia: { rtp_port_range = \"20000-40000\" }\n".to_string()),
        ("janus.transport.http.jcfg", "general: { json = \"compact\" base_path = \"/janus\" http = true port = 18088 ip = \"127.0.0.1\" https = false }\nadmin: { admin_http = false }\n".into()),
        ("janus.plugin.videoroom.jcfg", format!("room-{ROOM}: {{ description = \"load\" publishers = {cameras} bitrate = 0 audiocodec = \"opus\" videocodec = \"vp8\" audiolevel_ext = false transport_wide_cc_ext = false }}\n")),
    ];
    for (name, text) in configured {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let log = std::fs::File::create(folder.path().join("log")).unwrap();
    let started = Command::new("janus")
        .arg("--configs-folder")
        .arg(folder.path())
        .stdin(Stdio::null())
        .stdout(log.try_clone().unwrap())
        .stderr(log)
        .spawn();
    let process = Process { child: started.ok()?, _folder: folder };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let http = reqwest::Client::new();
    let patience = Instant::now() + PATIENCE;
    while runtime.block_on(http.get(format!("{BASE}/info")).send()).is_err() {
        assert!(Instant::now() < patience, "janus answers in time");
        std::thread::sleep(Duration::from_millis(100));
    }
    let asks = Asks { runtime, http };
    let mut ends = Vec::new();
    let mut feeds = Vec::new();
    for of in 0..cameras {
        let (mut end, offer, pending) = End::offers(of, 0);
        let handle = asks.handle();
        let joined = handle.does(
            json!({"request": "joinandconfigure", "ptype": "publisher", "room": ROOM}),
            Some(("offer", offer.as_str())),
        );
        feeds.push(joined["plugindata"]["data"]["id"].clone());
        end.accepts(joined["jsep"]["sdp"].as_str().unwrap(), pending);
        ends.push(end);
    }
    let mut clients = Clients::new(cameras, ends);
    // Whoever is to be received must send first.
    clients.run(Duration::from_secs(3));
    for of in 0..cameras {
        let others = feeds.iter().enumerate().filter(|(other, _)| *other != of);
        let streams: Vec<Value> = others.map(|(_, feed)| json!({"feed": feed})).collect();
        let handle = asks.handle();
        let offered = handle
            .does(json!({"request": "join", "ptype": "subscriber", "room": ROOM, "streams": streams}), None);
        let (end, answer) = End::answers(of, offered["jsep"]["sdp"].as_str().unwrap());
        handle.does(json!({"request": "start"}), Some(("answer", answer.as_str())));
        clients.add(end);
        clients.run(Duration::from_millis(300));
    }
    Some((clients, process))
}

struct Asks {
    runtime: tokio::runtime::Runtime,
    http: reqwest::Client,
}

/// A handle of a session of its own.
struct Handle<'a> {
    asks: &'a Asks,
    session: String,
    handle: String,
}

impl Asks {
    fn post(&self, to: &str, body: &Value) -> Value {
        let text = self.runtime.block_on(async {
            self.http.post(to).body(body.to_string()).send().await.unwrap().text().await.unwrap()
        });
        serde_json::from_str(&text).unwrap()
    }

    fn handle(&self) -> Handle<'_> {
        let made = self.post(BASE, &json!({"janus": "create", "transaction": "t"}));
        let session = format!("{BASE}/{}", made["data"]["id"]);
        let attach = json!({"janus": "attach", "plugin": "janus.plugin.videoroom", "transaction": "t"});
        let made = self.post(&session, &attach);
        let handle = format!("{session}/{}", made["data"]["id"]);
        Handle { asks: self, session, handle }
    }
}

impl Handle<'_> {
    /// Asks the video room for something; gives its answer.
    fn does(&self, body: Value, jsep: Option<(&str, &str)>) -> Value {
        let mut message = json!({"janus": "message", "transaction": "t", "body": body});
        if let Some((kind, sdp)) = jsep {
            message["jsep"] = json!({"type": kind, "sdp": sdp});
        }
        self.asks.post(&self.handle, &message);
        let patience = Instant::now() + PATIENCE;
        loop {
            let news = self.asks.runtime.block_on(async {
                self.asks.http.get(&self.session).send().await.unwrap().text().await.unwrap()
            });
            let news: Value = serde_json::from_str(&news).unwrap();
            let data = &news["plugindata"]["data"];
            assert!(data["error"].is_null(), "{news}");
            if news["janus"] == "event" && news["transaction"] == "t" {
                return news;
            }
            assert!(Instant::now() < patience, "janus answers in time: {news}");
        }
    }
}
