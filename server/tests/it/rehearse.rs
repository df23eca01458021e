//! Scripts: whole hearings played through the command line against a running server, and what comes of a script or a
//! server that is not as it should be.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    crash::{free_port, kill},
    office::{Running, local},
};

/// After which steps the server is killed in the middle of the hearing.
const KILLS_AFTER: &[usize] = &[1, 9, 20, 33, 50, 62, 75, 86, 95, 103];
/// Longest wait until a killed server is there again.
const PATIENCE: Duration = Duration::from_secs(20);

fn hearings() -> PathBuf {
    PathBuf::from("tests/hearings")
}

fn chen() -> PathBuf {
    PathBuf::from("demo/chen.json")
}

fn read(script: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(script).unwrap()).unwrap()
}

/// A demonstration office that a script can be played against.
struct Stage {
    folder: TempDir,
    server: Running,
}

/// What came of a play.
struct Played {
    code: Option<i32>,
    said: String,
}

impl Stage {
    async fn set() -> Self {
        let folder = TempDir::new().unwrap();
        let server = Running::start(local(&folder)).await;
        server::demo::make(&server.site).await.unwrap().expect("a demonstration");
        Self { folder, server }
    }

    /// Plays a script with the installed program, as somebody at a terminal would.
    async fn play(&self, script: &Path, more: &[&str]) -> Played {
        let mut program = rehearsal(script, &format!("http://{}", self.server.address), self.folder.path());
        program.args(more);
        let output = tokio::task::spawn_blocking(move || program.output().unwrap()).await.unwrap();
        Played::of(&output)
    }

    /// Plays a script that stands in no file.
    async fn play_as(&self, script: &Value) -> Played {
        let file = self.folder.path().join("script.json");
        std::fs::write(&file, script.to_string()).unwrap();
        std::fs::copy(hearings().join("route.txt"), self.folder.path().join("route.txt")).unwrap();
        self.play(&file, &[]).await
    }
}

impl Played {
    fn of(output: &Output) -> Self {
        let said = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
        Self { code: output.status.code(), said: String::from_utf8(said).unwrap() }
    }

    /// The lines of what was not as written.
    fn failures(&self) -> Vec<&str> {
        self.said.lines().filter(|line| line.starts_with('✗')).collect()
    }

    fn passes(&self) {
        assert_eq!((self.code, self.failures()), (Some(0), vec![]), "{}", self.said);
    }
}

fn rehearsal(script: &Path, server: &str, data: &Path) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_fengqiao"));
    program.arg("rehearse").arg(script).args(["--server", server]);
    program.arg("--credentials").arg(data.join("demo.json")).env("FENGQIAO_LOG", "off");
    program
}

/// Plays a script of the folder from beginning to end.
async fn passes(script: &Path) {
    let stage = Stage::set().await;
    stage.play(script, &[]).await.passes();
    stage.server.stop().await;
}

#[tokio::test]
async fn the_demonstration_is_played_its_file_verifies_and_the_report_tells_it_all() {
    let stage = Stage::set().await;
    let (file, report) = (stage.folder.path().join("file.zip"), stage.folder.path().join("report.json"));
    let (zip, json) = (file.to_str().unwrap(), report.to_str().unwrap());
    let more = ["--file", zip, "--report", json, "--keep-open"];
    let played = stage.play(&chen(), &more).await;
    played.passes();
    assert!(casefile::verify(&std::fs::read(&file).unwrap(), None).holds());
    let told = read(&report);
    assert_eq!((&told["passed"], told["trouble"].is_null()), (&json!(true), true));
    let steps = told["steps"].as_array().unwrap();
    assert_eq!(steps.len(), read(&chen())["steps"].as_array().unwrap().len());
    assert_eq!((&steps[24]["came"], &steps[24]["number"]), (&json!("refused"), &json!(25)), "{}", steps[24]);
    assert!(steps[24]["refusal"]["code"].is_string());
    assert_eq!(told["seats"].as_array().unwrap().len(), 13);
    assert!(told["seats"].as_array().unwrap().iter().all(|seat| seat["bytes"].as_u64().unwrap() > 1000));
    assert!(told["expectations"].as_array().unwrap().len() > 20);
    let links = played.said.lines().filter(|line| line.contains("/enter/")).count();
    assert_eq!(links, 13, "a link for each seat");
    stage.play(&chen(), &[]).await.passes();
    stage.server.stop().await;
}

#[tokio::test]
async fn a_minor_is_heard_behind_closed_doors() {
    passes(&hearings().join("zhou-closed-minor.json")).await;
}

#[tokio::test]
async fn a_simple_hearing_with_a_recusal_motions_a_recess_and_an_absence() {
    passes(&hearings().join("simple-recusal.json")).await;
}

#[tokio::test]
async fn a_doorstep_hearing_that_ends_in_a_tie_with_steps_reopened_and_lines_lost() {
    passes(&hearings().join("doorstep-tie.json")).await;
}

#[tokio::test]
async fn the_majority_is_not_followed_with_the_consent_of_the_chief_prosecutor() {
    passes(&hearings().join("non-adoption.json")).await;
}

#[tokio::test]
async fn what_can_be_waived_is_waived_and_the_chief_prosecutor_consents_from_the_chair() {
    passes(&hearings().join("waived.json")).await;
}

#[tokio::test]
async fn a_correction_after_the_signing_asks_for_the_signatures_again() {
    passes(&hearings().join("closed-corrections.json")).await;
}

#[tokio::test]
async fn five_panellists_find_no_majority_and_the_hearing_is_reopened() {
    passes(&hearings().join("five-no-majority.json")).await;
}

#[tokio::test]
async fn a_private_matter_is_heard_with_people_who_come_late_and_lose_their_lines() {
    passes(&hearings().join("closed-privacy.json")).await;
}

#[tokio::test]
async fn the_doors_are_closed_in_the_middle_and_the_gallery_sees_nothing_more() {
    passes(&hearings().join("doors-closed.json")).await;
}

#[tokio::test]
async fn parties_consent_to_be_heard_remotely_before_the_hearing_opens() {
    passes(&hearings().join("remote.json")).await;
}

#[tokio::test]
async fn neighbours_are_reconciled_at_the_door_and_what_they_confided_stays_with_the_chair() {
    passes(&hearings().join("wang-neighbours-mediation.json")).await;
}

#[tokio::test]
async fn a_mediation_fails_another_is_broken_off_and_neither_tells_what_was_offered() {
    passes(&hearings().join("mediation-fails.json")).await;
}

#[tokio::test]
async fn the_chief_prosecutor_presides_and_the_panel_changes_its_sheets() {
    passes(&hearings().join("simple-chief.json")).await;
}

#[tokio::test]
async fn seven_panellists_a_recess_in_odd_steps_and_people_who_leave() {
    passes(&hearings().join("seven-leave.json")).await;
}

#[tokio::test]
async fn every_ground_and_every_mode_can_be_played() {
    let stage = Stage::set().await;
    let brief = read(&hearings().join("brief.json"));
    for ground in ["minor", "privacy", "state-secret", "trade-secret", "arrest", "custody"] {
        let mut script = brief.clone();
        let kind = match ground {
            "arrest" => "arrest-review",
            "custody" => "custody-necessity",
            _ => "state-compensation",
        };
        script["case"]["kind"] = json!(kind);
        (script["hearing"]["openness"], script["hearing"]["closed_because"]) =
            (json!("closed"), json!(ground));
        stage.play_as(&script).await.passes();
    }
    for mode in ["ordinary", "simple", "doorstep", "remote"] {
        let mut script = brief.clone();
        script["hearing"]["mode"] = json!(mode);
        stage.play_as(&script).await.passes();
    }
    let mut script = brief;
    script["case"]["kind"] = json!("custody-necessity");
    let played = stage.play_as(&script).await;
    assert_eq!(played.code, Some(1), "what must be closed cannot be made public");
    assert!(played.failures()[0].contains("plan.must-be-closed"), "{}", played.said);
    stage.server.stop().await;
}

#[tokio::test]
async fn a_step_that_goes_otherwise_is_named_with_its_number() {
    let stage = Stage::set().await;
    let mut script = read(&hearings().join("brief.json"));
    let steps = script["steps"].as_array_mut().unwrap();
    let number = |verb: &str, steps: &[Value]| steps.iter().position(|step| step["do"] == verb).unwrap() + 1;
    // Done, though it should be refused; refused, though it should be done; refused with another code.
    let (open, say) = (number("open", steps), number("say", steps));
    steps[open - 1]["refused"] = json!(true);
    steps.insert(say - 1, json!({"by": "a1", "do": "say", "text": "还没有轮到"}));
    steps.insert(say - 1, json!({"by": "a1", "do": "say", "text": "还没有轮到", "refused": "motion."}));
    let expected = [format!("step {open}/"), format!("step {say}/"), format!("step {}/", say + 1)];
    let played = stage.play_as(&script).await;
    assert_eq!(played.code, Some(1), "{}", played.said);
    let failures = played.failures();
    assert_eq!(failures.len(), expected.len(), "{failures:#?}");
    for (failure, expected) in failures.iter().zip(&expected) {
        assert!(failure.contains(expected.as_str()), "{failure} is not {expected}");
    }
    assert!(failures[1].contains("motion."), "{}", failures[1]);
    stage.server.stop().await;
}

#[tokio::test]
async fn every_kind_of_expectation_can_fail_and_is_named() {
    let stage = Stage::set().await;
    let mut script = read(&hearings().join("brief.json"));
    script["expect"] = json!({
        "phase": "signing",
        "record_lines": {"at_least": 10_000},
        "tally": {"i1": {"agree": 3, "majority": "agree"}, "i2": {"majority": "none"}, "i3": {"agree": 1}},
        "signatures": {"signed": ["chair", "r1"], "refused": ["a1"]},
        "secrets": [
            {"text": "SECRET-SHEET-8101", "seen_by": ["p1", "p2"]},
            {"text": "SECRET-PANEL-8001", "seen_by": ["p1", "p2", "p3", "clerk"]},
            {"text": "NOWHERE", "seen_by": ["a1"]}
        ],
        "equal_views": true,
        "file": {
            "verifies": false, "main_volume_has": ["SECRET-SHEET-8101"], "main_volume_lacks": ["经过介绍"],
            "confidential_volume_has": ["SECRET-PANEL-8001"]
        }
    });
    let played = stage.play_as(&script).await;
    assert_eq!(played.code, Some(1), "{}", played.said);
    let expected = [
        "expect phase",
        "expect record_lines",
        "expect tally i1",
        "expect tally i2",
        "expect tally i3",
        "expect signatures signed",
        "expect signatures refused",
        "expect secret “SECRET-SHEET-8101”",
        "expect secret “SECRET-PANEL-8001”",
        "expect secret “NOWHERE”",
        "expect file verifies",
        "expect file main_volume_has “SECRET-SHEET-8101”",
        "expect file main_volume_lacks “经过介绍”",
        "expect file confidential_volume_has “SECRET-PANEL-8001”",
    ];
    let failures = played.failures();
    assert_eq!(failures.len(), expected.len(), "{failures:#?}");
    for (failure, expected) in failures.iter().zip(expected) {
        assert!(failure.contains(expected), "{failure} is not {expected}");
    }
    assert!(failures[7].contains("p3"), "it says whom it reached: {}", failures[7]);
    assert!(failures[8].contains("clerk"), "it says whom it did not reach: {}", failures[8]);
    stage.server.stop().await;
}

#[tokio::test]
async fn a_file_that_is_not_sealed_is_missed() {
    let stage = Stage::set().await;
    let mut script = read(&hearings().join("brief.json"));
    script["steps"].as_array_mut().unwrap().retain(|step| step["do"] != "seal");
    let played = stage.play_as(&script).await;
    assert_eq!(played.code, Some(1));
    assert_eq!(played.failures().len(), 1, "{}", played.said);
    assert!(played.failures()[0].contains("expect file"), "{}", played.said);
    stage.server.stop().await;
}

#[tokio::test]
async fn a_script_or_a_server_that_cannot_be_read_is_said_with_another_status() {
    let stage = Stage::set().await;
    let brief = read(&hearings().join("brief.json"));
    let with = |change: &dyn Fn(&mut Value)| {
        let mut script = brief.clone();
        change(&mut script);
        script
    };
    let unreadable = [
        json!("no script"),
        with(&|script| script["steps"][3]["do"] = json!("dance")),
        with(&|script| script["steps"][3]["by"] = json!("nobody")),
        with(&|script| script["steps"][3]["refusd"] = json!(true)),
        with(&|script| script["steps"][3] = json!({"by": "chair", "do": "advance"})),
        with(&|script| script["steps"][3] = json!({"by": "chair", "do": "advance", "to": "dinner"})),
        with(&|script| script["steps"][3] = json!({"by": "a1", "do": "say"})),
        with(&|script| script["hearing"]["mode"] = json!("loud")),
        with(&|script| script["expect"]["secrets"] = json!([{"text": "x", "seen_by": ["nobody"]}])),
        with(&|script| script["expect"]["phases"] = json!("closed")),
    ];
    for script in unreadable {
        let played = stage.play_as(&script).await;
        assert_eq!(played.code, Some(2), "{}", played.said);
        assert!(!played.said.contains("step 1/"), "nothing was played: {}", played.said);
    }
    let marked = stage.folder.path().join("marked.json");
    std::fs::write(&marked, format!("\u{feff}{brief}")).unwrap();
    stage.play(&marked, &[]).await.passes();
    assert_eq!(stage.play(Path::new("nowhere.json"), &[]).await.code, Some(2));
    assert_eq!(stage.play(&chen(), &["--credentials", "nowhere.json"]).await.code, Some(2));
    assert_eq!(stage.play(&chen(), &["--server", "ftp://127.0.0.1"]).await.code, Some(2));
    let nobody = format!("http://127.0.0.1:{}", free_port());
    assert_eq!(stage.play(&chen(), &["--server", &nobody, "--patience-seconds", "1"]).await.code, Some(2));
    let wrong = stage.folder.path().join("wrong.json");
    let mut credentials = read(&stage.folder.path().join("demo.json"));
    credentials["accounts"][3]["password"] = json!("not the password");
    std::fs::write(&wrong, credentials.to_string()).unwrap();
    assert_eq!(stage.play(&chen(), &["--credentials", wrong.to_str().unwrap()]).await.code, Some(2));
    stage.server.stop().await;
}

#[test]
fn the_script_passes_though_the_server_is_killed_again_and_again() {
    let (folder, port) = (TempDir::new().unwrap(), free_port());
    let mut server = open(folder.path(), port);
    let mut kills = KILLS_AFTER.iter().peekable();
    let played = while_playing(folder.path(), port, &[], |line| {
        if kills.next_if(|step| line.contains(&format!("step {step}/"))).is_some() {
            kill(&mut server);
            server = open(folder.path(), port);
        }
    });
    kill(&mut server);
    assert_eq!(kills.next(), None, "killed each time");
    played.passes();
}

#[test]
fn a_server_that_does_not_come_back_is_said_with_the_step() {
    let (folder, port) = (TempDir::new().unwrap(), free_port());
    let mut server = open(folder.path(), port);
    let played = while_playing(folder.path(), port, &["--patience-seconds", "1"], |line| {
        if line.contains("step 40/") {
            kill(&mut server);
        }
    });
    kill(&mut server);
    assert_eq!(played.code, Some(2), "{}", played.said);
    // How many steps were still answered before the end depends on the machine; the first that was not is named.
    let done = played.said.lines().filter(|line| line.starts_with("✓ step")).count();
    let failures = played.failures();
    assert_eq!(failures.len(), 1, "{failures:?}");
    assert!(failures[0].contains(&format!("step {}/", done + 1)) && failures[0].contains("broken off"));
    assert!(done >= 40);
}

/// Plays the demonstration's script, and does something after each line that the program prints.
fn while_playing(data: &Path, port: u16, more: &[&str], mut after: impl FnMut(&str)) -> Played {
    let mut play = rehearsal(&chen(), &format!("http://127.0.0.1:{port}"), data)
        .args(more)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    for line in BufReader::new(play.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        after(&line);
        said.push_str(&line);
        said.push('\n');
    }
    Played { code: play.wait().unwrap().code(), said }
}

/// Opens the demonstration office on its folder. It is there once its credentials and its door are.
fn open(data: &Path, port: u16) -> Child {
    let mut program = Command::new(env!("CARGO_BIN_EXE_fengqiao"));
    program.args(["serve", "--demo", "--listen", &format!("127.0.0.1:{port}"), "--data"]).arg(data);
    let server = program.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let since = Instant::now();
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() || !data.join("demo.json").exists() {
        assert!(since.elapsed() < PATIENCE, "the server does not come");
        std::thread::sleep(Duration::from_millis(20));
    }
    server
}
