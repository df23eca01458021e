//! The program as it is started: numbers that no server could run with, and what it writes to its log.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Output, Stdio},
};

use procedure::wire::close;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::office::{Seat, answer, until};

fn fengqiao(arguments: &[&str]) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_fengqiao"));
    program.args(arguments);
    program
}

fn tries(arguments: &[&str]) -> (Option<i32>, String) {
    let Output { status, stderr, .. } = fengqiao(arguments).output().expect("it runs");
    (status.code(), String::from_utf8(stderr).expect("text"))
}

#[test]
fn a_number_that_no_server_could_run_with_is_refused_at_the_start_and_named() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let data = data.to_str().unwrap();
    for limit in server::config::Limits::TABLE {
        let option = format!("--{}", limit.name);
        for number in ["0", "18446744073709551615", "-1", "many"] {
            let (status, said) = tries(&["serve", "--data", data, &format!("{option}={number}")]);
            assert_eq!(status, Some(2), "{option} {number}");
            assert!(said.contains(limit.name), "{said}");
        }
    }
    let file = folder.path().join("fengqiao.toml");
    for (text, named) in [
        ("[limits]\nlease-ms = 0\n", "lease-ms"),
        ("[limits]\nlease-ms = 5000\nping-every-ms = 5000\n", "lease-ms"),
        ("[limits]\nlease-ms = 700000\n", "room-idle-ms"),
        ("[limits]\nleash-ms = 1\n", "leash-ms"),
        ("[limits]\nlease-ms = \"long\"\n", "lease-ms"),
        ("lissen = \"127.0.0.1:1\"\n", "lissen"),
    ] {
        std::fs::write(&file, text).unwrap();
        let (status, said) = tries(&["serve", "--data", data, "--config", file.to_str().unwrap()]);
        assert_eq!(status, Some(2), "{text}");
        assert!(said.contains(named), "{said}");
    }
    assert!(!std::path::Path::new(data).exists(), "nothing was made");
}

#[test]
fn the_page_on_operations_names_every_option_and_its_default() {
    let page = include_str!("../../../docs/operations.md");
    let help =
        String::from_utf8(fengqiao(&["serve", "--help"]).output().expect("it runs").stdout).expect("text");
    let mut options = 0;
    for line in help.lines().filter_map(|line| line.trim_start().strip_prefix("--")) {
        let name = line.split([' ', '=']).next().unwrap_or_default();
        let limit = server::config::Limits::TABLE.iter().any(|limit| limit.name == name);
        let told = if limit { format!("| `{name}` |") } else { format!("| `--{name}` |") };
        assert!(page.contains(&told), "{told}");
        options += 1;
    }
    assert!(options > 30, "{options} in {help}");
    for told in ["127.0.0.1:3000", "./data"] {
        assert!(page.contains(&format!("| `{told}` |")), "{told}");
    }
}

/// A running server, with what it says and what it writes to its log.
struct Started {
    child: Child,
    address: String,
    demo: Value,
}

/// Starts a demonstration that writes everything it can to its log.
fn start(folder: &TempDir) -> Started {
    let data = folder.path().to_str().unwrap();
    let log = std::fs::File::create(folder.path().join("log")).unwrap();
    let mut program = fengqiao(&["serve", "--listen", "127.0.0.1:0", "--data", data, "--demo"]);
    let mut child =
        program.env("FENGQIAO_LOG", "trace").stdout(Stdio::piped()).stderr(log).spawn().expect("it starts");
    let lines = BufReader::new(child.stdout.take().expect("its words")).lines();
    let open = lines.map_while(Result::ok).find(|line| line.contains("Fengqiao is open")).expect("it opens");
    let address = open
        .rsplit("http://")
        .next()
        .and_then(|rest| rest.strip_suffix(')'))
        .expect("an address")
        .to_string();
    let demo = serde_json::from_slice(&std::fs::read(folder.path().join("demo.json")).unwrap()).unwrap();
    Started { child, address, demo }
}

#[cfg(unix)]
fn terminate(child: &Child) {
    let done = Command::new("kill").arg("-TERM").arg(child.id().to_string()).status().expect("kill");
    assert!(done.success());
}

#[cfg(unix)]
#[tokio::test]
async fn the_log_names_nobody_and_tells_no_words_and_no_secrets_and_the_end_is_orderly() {
    let folder = TempDir::new().unwrap();
    let Started { mut child, address, demo } = start(&folder);
    let client = reqwest::Client::new();
    let hearing = demo["hearing"].as_str().unwrap();
    let room = format!("ws://{address}/api/hearings/{hearing}/room");
    let mut secrets = Vec::new();
    let wrong = json!({"name": "chief", "password": "WRONG-PASSWORD-CANARY"});
    answer(client.post(format!("http://{address}/api/sign-in")).json(&wrong)).await;
    answer(client.post(format!("http://{address}/api/sign-in")).body("{UNREADABLE-CANARY")).await;
    let mut sitting = Vec::new();
    for seat in demo["seats"].as_array().unwrap() {
        let shown = json!({"code": seat["code"], "phone_tail": seat["phone_tail"]});
        let accept = client.post(format!("http://{address}/api/invitations/accept")).json(&shown);
        let (status, accepted) = answer(accept).await;
        assert_eq!(status, 200, "{accepted}");
        let key = accepted["key"].as_str().unwrap();
        secrets
            .extend([key, seat["code"].as_str().unwrap(), seat["name"].as_str().unwrap()].map(String::from));
        secrets.push(seat["link"].as_str().unwrap().rsplit('/').next().unwrap().into());
        let mut come = Seat::come(&room, key, None).await;
        if seat["capacity"] == "panellist" {
            come.does(json!({"plan": {"declare": {}}})).await;
        }
        come.does(json!({"roll": {"arrive": {}}})).await;
        if seat["capacity"] == "clerk" {
            come.asks(json!({"roll": {"turn-away": {"seat": "nobody", "reason": "REASON-CANARY"}}})).await;
        }
        sitting.push(come);
    }
    sitting[0].send_text("FRAME-CANARY".into()).await;
    assert_eq!(sitting[0].closed().await, close::BAD_FRAME);
    for login in demo["accounts"].as_array().unwrap() {
        secrets.push(login["password"].as_str().unwrap().into());
    }
    terminate(&child);
    for seat in &mut sitting[1..] {
        assert_eq!(seat.closed().await, close::STOPPING);
    }
    let mut status = None;
    until(|| {
        status = child.try_wait().expect("its end");
        status.is_some()
    })
    .await;
    assert_eq!(status.and_then(|status| status.code()), Some(0), "an orderly end");
    let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
    assert!(log.lines().count() > 10, "it wrote what it could: {log}");
    secrets.extend(
        ["WRONG-PASSWORD-CANARY", "UNREADABLE-CANARY", "REASON-CANARY", "FRAME-CANARY"].map(String::from),
    );
    for secret in secrets {
        let line = log.lines().find(|line| line.contains(&secret));
        assert!(line.is_none(), "{line:?}");
    }
}
