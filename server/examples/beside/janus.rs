//! Janus with its videoroom, in a process of its own, asked by HTTP.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Instant,
};

use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::{End, HERE, Load, PATIENCE};

const PROGRAM: &str = "/usr/bin/janus";
/// Where Debian puts its parts.
const PARTS: &str = "/usr/lib/x86_64-linux-gnu/janus";
const ADDRESS: &str = "http://127.0.0.1:18088/janus";
const ROOM: u32 = 1;

pub(crate) struct Janus {
    child: Child,
    folder: PathBuf,
    runtime: Runtime,
    client: reqwest::Client,
    asked: u64,
}

/// One handle of one session.
struct Handle {
    session: String,
    path: String,
}

impl Janus {
    /// Started; none where there is no Janus.
    pub(crate) fn start() -> Option<Self> {
        if !Path::new(PROGRAM).exists() {
            return None;
        }
        let folder = std::env::temp_dir().join(format!("fengqiao-janus-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let keep = |name: &str, text: String| std::fs::write(folder.join(name), text).unwrap();
        keep(
            "janus.jcfg",
            format!(
                "general: {{ configs_folder = \"{0}\" plugins_folder = \"{PARTS}/plugins\" transports_folder = \"{PARTS}/transports\" \
             events_folder = \"{PARTS}/events\" loggers_folder = \"{PARTS}/loggers\" debug_level = 2 session_timeout = 0 }}\n\
             nat: {{ ice_lite = true ice_enforce_list = \"{HERE}\" }}\n\
             plugins: {{ disable = \"{1}\" }}\ntransports: {{ disable = \"{2}\" }}\n",
                folder.display(),
                others("plugins", "videoroom"),
                others("transports", "http"),
            ),
        );
        keep("janus.transport.http.jcfg",
            "general: { json = \"compact\" base_path = \"/janus\" http = true port = 18088 ip = \"127.0.0.1\" https = false }\n\
             admin: { admin_http = false admin_https = false }\n".into());
        keep(
            "janus.plugin.videoroom.jcfg",
            format!(
                "room-{ROOM}: {{ publishers = 100 bitrate = 4000000 fir_freq = 0 audiocodec = \"opus\" videocodec = \"vp8\" record = false }}\n"
            ),
        );
        let child = Command::new(PROGRAM)
            .arg("-F")
            .arg(&folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let janus = Self { child, folder, runtime, client: reqwest::Client::new(), asked: 0 };
        let patience = Instant::now() + PATIENCE;
        while janus.get(&format!("{ADDRESS}/info")).is_none() {
            assert!(Instant::now() < patience, "Janus does not start");
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        Some(janus)
    }

    fn get(&self, address: &str) -> Option<Value> {
        let answered = self.runtime.block_on(async { self.client.get(address).send().await?.text().await });
        serde_json::from_str(&answered.ok()?).ok()
    }

    fn post(&mut self, path: &str, mut asked: Value) -> Value {
        self.asked += 1;
        asked["transaction"] = json!(self.asked.to_string());
        let request = self.client.post(format!("{ADDRESS}{path}")).body(asked.to_string());
        let answered = self.runtime.block_on(async { request.send().await?.text().await });
        serde_json::from_str(&answered.unwrap()).unwrap()
    }

    fn handle(&mut self) -> Handle {
        let session = self.post("", json!({"janus": "create"}))["data"]["id"].to_string();
        let plugin = json!({"janus": "attach", "plugin": "janus.plugin.videoroom"});
        let id = self.post(&format!("/{session}"), plugin)["data"]["id"].to_string();
        Handle { path: format!("/{session}/{id}"), session }
    }

    /// Asks the videoroom, and waits for what comes of it.
    fn ask(&mut self, handle: &Handle, body: &Value, jsep: Option<Value>) -> Value {
        let mut asked = json!({"janus": "message", "body": body});
        if let Some(jsep) = jsep {
            asked["jsep"] = jsep;
        }
        self.post(&handle.path, asked);
        let patience = Instant::now() + PATIENCE;
        loop {
            let came = self.get(&format!("{ADDRESS}/{}?maxev=1", handle.session)).unwrap_or_default();
            let data = &came["plugindata"]["data"];
            assert!(data["error"].is_null(), "{came}");
            if came["janus"] == "event" && (!came["jsep"].is_null() || data["started"] == "ok") {
                return came;
            }
            assert!(Instant::now() < patience, "Janus does not answer: {came}");
        }
    }
}

/// All parts of a kind but one.
fn others(kind: &str, but: &str) -> String {
    let names = std::fs::read_dir(format!("{PARTS}/{kind}")).unwrap();
    let names = names.filter_map(|name| name.ok()?.file_name().into_string().ok());
    let others: Vec<String> = names.filter(|name| name.ends_with(".so") && !name.contains(but)).collect();
    others.join(",")
}

impl super::Sfu for Janus {
    fn process(&self) -> u32 {
        self.child.id()
    }

    fn gather(&mut self, load: Load) -> Vec<End> {
        let cameras = load.cameras;
        let mut ends = Vec::new();
        for id in 1..=cameras {
            let handle = self.handle();
            let (end, offer) = End::offers(0);
            let body = json!({"request": "joinandconfigure", "room": ROOM, "ptype": "publisher", "id": id});
            let came = self.ask(&handle, &body, Some(json!({"type": "offer", "sdp": offer})));
            end.accepts(came["jsep"]["sdp"].as_str().unwrap());
            ends.push(end);
        }
        // Nobody can be received who is not there yet.
        super::connected("Janus", &ends);
        for id in 1..=cameras {
            let handle = self.handle();
            let feeds: Vec<Value> =
                (1..=cameras).filter(|feed| *feed != id).map(|feed| json!({"feed": feed})).collect();
            let body = json!({"request": "join", "room": ROOM, "ptype": "subscriber", "streams": feeds});
            let came = self.ask(&handle, &body, None);
            let (end, answer) = End::answers(came["jsep"]["sdp"].as_str().unwrap());
            let start = json!({"request": "start", "room": ROOM});
            self.ask(&handle, &start, Some(json!({"type": "answer", "sdp": answer})));
            ends.push(end);
        }
        ends
    }
}

impl Drop for Janus {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
