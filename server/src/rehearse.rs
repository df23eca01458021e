//! `fengqiao rehearse FILE`: plays a scripted hearing against a running server, as browsers would: the demonstration, the
//! training before a real hearing, and a test of the whole.
//!
//! It signs in with the credentials of the demonstration and uses nothing but the public addresses and the protocol of the
//! room, one connection a seat, so it works the same against a server on another machine.
//!
//! - [`script`]: the file. [`verbs`]: what each verb asks of the room.
//! - [`prepare`]: what a script leaves out. [`staff`]: who prepares and approves it.
//! - [`seat`]: somebody in a seat. [`line`]: their line to the room, which comes back by itself. [`socket`], [`api`]: how.
//! - [`play`]: one step after the other. [`unchanged`]: whether a refused step changed nothing. [`recusal`]: who is meant.
//! - [`expect`]: what must hold at the end. [`report`]: what is told.

use std::{
    collections::HashMap,
    fmt,
    path::{Path, PathBuf},
    time::Duration,
};

use serde::Serialize;

use self::{
    api::Api,
    expect::Fetched,
    line::Cut,
    play::{Play, Seats},
    prepare::Prepared,
    report::{Finding, Latency, Report, SeatReport, StepReport},
    script::Script,
    staff::{Credentials, Staff},
};

pub mod api;
pub mod expect;
pub mod line;
pub mod play;
pub mod prepare;
pub mod recusal;
pub mod report;
pub mod script;
pub mod seat;
pub mod socket;
pub mod staff;
pub mod unchanged;
pub mod verbs;

/// Where the server is looked for when neither command line nor credentials say it.
const SERVER: &str = "http://127.0.0.1:3000";
/// How long a server may take until it first answers.
const KNOCK: Duration = Duration::from_secs(5);

/// Why something is not as it should be, for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Why {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl Why {
    /// In both languages.
    #[must_use]
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.zh, self.en)
    }
}

/// Why there is nothing to judge.
#[derive(Clone, Debug)]
pub enum Trouble {
    /// Script, credentials or address cannot be used.
    Unreadable(Why),
    /// The server is away for too long.
    Away(Why),
}

impl Trouble {
    /// The server was away for so long.
    #[must_use]
    pub fn away(patience: Duration, why: &str) -> Self {
        let seconds = patience.as_secs();
        Self::Away(Why::new(
            format!("服务器{seconds}秒没有回应。"),
            format!("the server has not answered for {seconds} seconds: {why}"),
        ))
    }

    /// What is told.
    #[must_use]
    pub const fn why(&self) -> &Why {
        match self {
            Self::Unreadable(why) | Self::Away(why) => why,
        }
    }
}

/// What is asked for on the command line.
#[derive(Clone, Debug)]
pub struct Options {
    /// The script.
    pub script: PathBuf,
    /// Address of the server; else that of the credentials.
    pub server: Option<String>,
    /// The credentials.
    pub credentials: PathBuf,
    /// Where the report is written.
    pub report: Option<PathBuf>,
    /// Where the sealed case file is saved.
    pub file: Option<PathBuf>,
    /// How much of each step's pause is kept: 0 none, 1 all.
    pub pace: f64,
    /// Whether a link for each seat is printed at the end.
    pub keep_open: bool,
    /// For how long the server may be away in the middle.
    pub patience: Duration,
}

/// Plays a script; says whether every step went as written and every expectation holds. `say` prints a line.
///
/// # Errors
/// [`Trouble`], when script or server cannot be read.
pub async fn rehearse(options: &Options, say: &dyn Fn(&str)) -> Result<bool, Trouble> {
    let script = Script::read(&options.script)?;
    let credentials = Credentials::read(&options.credentials)?;
    let server = options.server.as_deref().or(credentials.server.as_deref()).unwrap_or(SERVER);
    let api = Api::new(server, options.patience)?;
    api.knock(KNOCK.min(options.patience)).await?;
    let staff = Staff::sign_in(&api, &credentials).await?;
    say(&format!("{}（{server}）", script.title));
    let mut told = Told::default();
    let trouble = match prepare::prepare(&api, &staff, &script).await? {
        Err(why) => {
            say(&format!("✗ 准备 prepare：{why}"));
            told.refused = Some(why);
            None
        }
        Ok(prepared) => {
            let folder = options.script.parent().unwrap_or(Path::new(".")).to_owned();
            let Prepared { hearing, seats } = prepared;
            let page = api.at(&format!("/office/hearings/{hearing}"));
            say(&format!("工作人员登录后可在此查看 The staff follow it at {page}"));
            let (seats, made) = (Seats(seats), HashMap::new());
            let mut play = Play { script: &script, folder, staff, hearing, seats, made };
            let trouble = perform(&mut play, options, say, &mut told).await.err();
            told.hearing.clone_from(&play.hearing);
            told.seats = SeatReport::of(&play.seats);
            trouble
        }
    };
    let failures = told.failures();
    let passed = failures == 0 && trouble.is_none();
    if let Some(file) = &options.report {
        let why = trouble.as_ref().map(Trouble::why).cloned().or(told.refused);
        let report = Report {
            title: script.title.clone(),
            server: server.into(),
            hearing: told.hearing,
            passed,
            steps_in_script: script.steps.len(),
            trouble: why,
            latency: Latency::of(&told.steps),
            steps: told.steps,
            expectations: told.findings,
            seats: told.seats,
        };
        write(file, &serde_json::to_vec_pretty(&report).unwrap_or_default())?;
    }
    if let Some(trouble) = trouble {
        return Err(trouble);
    }
    say(&match passed {
        true => format!("全部符合：{}步。 All as written: {} steps.", script.steps.len(), script.steps.len()),
        false => format!("{failures}处不符。 {failures} not as written."),
    });
    Ok(passed)
}

/// What has come of it so far.
#[derive(Debug, Default)]
struct Told {
    hearing: String,
    refused: Option<Why>,
    steps: Vec<StepReport>,
    findings: Vec<Finding>,
    seats: Vec<SeatReport>,
}

impl Told {
    fn failures(&self) -> usize {
        usize::from(self.refused.is_some())
            + self.steps.iter().filter(|step| step.failure.is_some()).count()
            + self.findings.iter().filter(|finding| finding.failure.is_some()).count()
    }
}

async fn perform(
    play: &mut Play<'_>,
    options: &Options,
    say: &dyn Fn(&str),
    told: &mut Told,
) -> Result<(), Trouble> {
    let script = play.script;
    for (number, step) in (1..).zip(&script.steps) {
        tokio::time::sleep(Duration::from_secs_f64((step.after * options.pace).max(0.0))).await;
        let report = match play.step(number, step).await {
            Ok(report) => report,
            Err(trouble) => {
                say(&format!("✗ 第{number}步 step {number}/{}：中断。 broken off.", script.steps.len()));
                return Err(trouble);
            }
        };
        say(&report.line(script.steps.len()));
        told.steps.push(report);
    }
    let mut find = |finding: Finding| {
        say(&finding.line());
        told.findings.push(finding);
    };
    match conclude(play).await {
        Ok((file, findings)) => {
            findings.into_iter().for_each(&mut find);
            if let Some(path) = &options.file {
                match file {
                    Ok(bytes) => write(path, &bytes)?,
                    Err(said) => {
                        let why = Why::new(said.zh, said.en);
                        find(Finding { expect: "--file".into(), failure: Some(why) });
                    }
                }
            }
        }
        Err(Cut::Trouble(trouble)) => return Err(trouble),
        Err(Cut::Seat(why)) => find(Finding { expect: "views".into(), failure: Some(why) }),
    }
    if options.keep_open {
        links(play, say);
    }
    Ok(())
}

async fn conclude(play: &mut Play<'_>) -> Result<(Fetched, Vec<Finding>), Cut> {
    expect::gather(play).await?;
    let file = expect::fetch(play).await?;
    let findings = expect::check(play, &file).await?;
    Ok((file, findings))
}

/// A link for each seat, with what the person must know.
fn links(play: &Play<'_>, say: &dyn Fn(&str)) {
    say("各席位链接和手机尾号 A link for each seat, and the last four digits of its phone:");
    for (id, seat) in &play.seats.0 {
        if let Ok(invitation) = &seat.invitation {
            let (zh, en) = seat.seating.capacity.words();
            let name = &seat.seating.name;
            say(&format!("  {:<8} {}  {}   {zh} {en} {name}", id.0, invitation.link, invitation.phone_tail));
        }
    }
}

fn write(file: &Path, bytes: &[u8]) -> Result<(), Trouble> {
    std::fs::write(file, bytes).map_err(|error| {
        let shown = file.display();
        Trouble::Unreadable(Why::new(format!("无法写入{shown}。"), format!("{shown}: {error}")))
    })
}
