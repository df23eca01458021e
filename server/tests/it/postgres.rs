//! Every statement of the server is understood by PostgreSQL too, so that an office which outgrows one machine moves
//! without a rewrite: the tests of the log, and one of everything else that is kept, on a PostgreSQL of our own.
#![cfg(unix)]

use std::{
    os::unix::{fs::chown, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use procedure::{Event, Hearing, Moment, Office, SeatId};
use server::{
    account::{Account, Accounts, Change},
    archive::{
        catalogue::{self, Entry},
        public_version::{self, Document, Standing, Step, Work},
        retention::{self, Act, Schedule},
        search::{Index, Part, Passage, Volume, Wanted, tables::Tables},
        stamp,
    },
    clock,
    config::Limits,
    database::Database,
    delivery::{Contact, Contacts, link::Links},
    docket::Docket,
    invitation::{Invitations, Shown},
    pool::{Drawn, Panellist, Pool},
    pulse::{self, Pulse},
};
use sqlx::{AnyConnection, AnyPool, AssertSqlSafe, Connection};
use tempfile::TempDir;
use tokio::sync::watch;

use crate::log::{self, Kept};

/// A PostgreSQL on loopback with its data in a folder of its own; it ends with the test.
struct Postgres {
    server: Child,
    port: u16,
    _folder: TempDir,
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // What it has kept is of no use to anybody.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Where its programs are.
fn programs() -> Option<PathBuf> {
    let installed = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = installed.map(|version| version.path().join("bin")).collect();
    folders.extend(std::env::var_os("PATH").iter().flat_map(std::env::split_paths));
    folders.into_iter().find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
}

/// It refuses to run as root; then it runs as whoever it belongs to on this machine.
fn owner() -> Option<(u32, u32)> {
    let known = std::fs::read_to_string("/etc/passwd").ok()?;
    let find = |name: &str| {
        let line = known.lines().find(|line| line.starts_with(&format!("{name}:")))?;
        let mut numbers = line.split(':').skip(2);
        Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
    };
    let root = std::os::unix::fs::MetadataExt::uid(&std::fs::metadata("/proc/self").ok()?) == 0;
    if root { find("postgres").or_else(|| find("nobody")) } else { None }
}

impl Postgres {
    async fn start(programs: &Path) -> Self {
        let folder = TempDir::new().unwrap();
        let owner = owner();
        if let Some((user, group)) = owner {
            chown(folder.path(), Some(user), Some(group)).unwrap();
        }
        let run = |program: &str| {
            let mut command = Command::new(programs.join(program));
            command.current_dir(folder.path()).stdout(Stdio::null()).stderr(Stdio::null());
            if let Some((user, group)) = owner {
                command.uid(user).gid(group);
            }
            command
        };
        let data = folder.path().join("data");
        let made = run("initdb")
            .arg("-D")
            .arg(&data)
            .args(["-U", "office", "--auth=trust", "-E", "UTF8", "--no-locale", "--no-sync"])
            .status();
        assert!(made.unwrap().success());
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut server = run("postgres");
        server.arg("-D").arg(&data).arg("-k").arg(folder.path()).args(["-p", &port.to_string()]);
        server.args(["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]);
        let postgres = Self { server: server.spawn().unwrap(), port, _folder: folder };
        let wait = async {
            while AnyConnection::connect(&postgres.address("postgres")).await.is_err() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), wait).await.expect("it answers");
        postgres
    }

    fn address(&self, database: &str) -> String {
        format!("postgres://office@127.0.0.1:{}/{database}", self.port)
    }

    /// An empty database.
    async fn make(&self, name: &str) -> Kept {
        let mut connection = AnyConnection::connect(&self.address("postgres")).await.unwrap();
        sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut connection).await.unwrap();
        Kept::At(self.address(name))
    }
}

#[tokio::test]
async fn what_sqlite_keeps_postgresql_keeps_by_the_same_statements() {
    let Some(programs) = programs() else {
        let _ = std::io::Write::write_all(&mut std::io::stderr(), b"SKIPPED: there is no PostgreSQL here\n");
        return;
    };
    sqlx::any::install_default_drivers();
    let postgres = Postgres::start(&programs).await;
    log::read_back(postgres.make("read_back").await).await;
    log::conflicts(postgres.make("conflicts").await).await;
    log::many_at_once(postgres.make("many_at_once").await).await;
    log::changed(postgres.make("changed").await).await;
    everything_else(postgres.make("office").await).await;
}

#[tokio::test]
async fn everything_else_that_is_kept_is_kept_in_sqlite() {
    everything_else(Kept::Here(TempDir::new().unwrap())).await;
}

/// Each statement of the office once, with what it must give.
async fn everything_else(kept: Kept) {
    let database = kept.database().await;
    database.answers().await.unwrap();
    database.checkpoint().await.unwrap();
    let (pool, limits) = (database.pool.clone(), Limits::default());
    accounts(&Accounts::new(pool.clone(), &limits).unwrap()).await;
    invitations(&Invitations::new(pool.clone(), &limits)).await;
    panellists(&Pool::new(pool.clone())).await;
    lists(&Docket::new(pool.clone())).await;
    contacts(&Contacts::new(pool.clone())).await;
    links(&Links::new(pool, &limits), &limits).await;
    index(&database).await;
    files(&database.pool).await;
    public_versions(&database.pool).await;
    pulses(&database).await;
}

async fn pulses(database: &Database) {
    assert_eq!(Pulse::read(database).await.unwrap().kept("h"), None, "nobody was here before");
    let since = clock::now();
    for _ in 0..2 {
        // One pulse when it begins to stop, which it does at once.
        pulse::beat(database.clone(), 60_000, watch::channel(true).1).await;
    }
    let kept = Pulse::read(database).await.unwrap().kept("h").expect("a pulse");
    assert!((since..=clock::now()).contains(&kept));
}

async fn accounts(accounts: &Accounts) {
    let now = Moment(1_000_000);
    let token = accounts.setup_token(now).await.unwrap().expect("a link");
    accounts.set_up(&token, "admin", "correct horse battery", now).await.unwrap();
    accounts.add("张三", "correct horse battery", Office::Clerk, now).await.unwrap();
    assert!(accounts.add("张三", "correct horse battery", Office::Clerk, now).await.is_err(), "taken");
    let (session, account) = accounts.sign_in("张三", "correct horse battery", now).await.unwrap();
    assert_eq!(account.role, Office::Clerk);
    // Late enough that the session is written down as seen.
    let later = now.plus_ms(3_600_000);
    assert_eq!(
        accounts.session(&session, later).await.unwrap().map(|account| account.name),
        Some("张三".into())
    );
    let change = Change {
        password: Some("another horse battery".into()),
        office: Some(Office::Handler),
        disabled: Some(true),
    };
    accounts.change("张三", change).await.unwrap();
    assert_eq!(accounts.session(&session, later).await.unwrap(), None);
    accounts.sign_out(&session).await.unwrap();
    let disabled = |account: &&Account| account.disabled && account.role == Office::Handler;
    assert_eq!(accounts.all().await.unwrap().iter().filter(disabled).count(), 1);
}

async fn invitations(invitations: &Invitations) {
    let (now, seat) = (Moment(5), SeatId::from("a1"));
    let old = invitations.issue("h", &seat, "1234", now).await.unwrap();
    let issued = invitations.issue("h", &seat, "1234", now).await.unwrap();
    assert_eq!(invitations.find(Shown::Link(&old.token), now).await.unwrap(), None);
    let found = invitations.find(Shown::Code(&issued.code), now).await.unwrap().expect("found");
    invitations.checked_wrongly(&found).await.unwrap();
    invitations.checked_wrongly(&found).await.unwrap();
    let found = invitations.find(Shown::Link(&issued.token), now).await.unwrap().expect("still good");
    let first = invitations.accept(&found, "2001", now).await.unwrap().expect("a key");
    let key = invitations.accept(&found, "2001", now).await.unwrap().expect("another key");
    assert_eq!(invitations.holder(&first).await.unwrap(), None);
    let sent = invitations.sent("h", now).await.unwrap();
    assert_eq!(
        sent.iter().map(|sent| (&sent.seat, sent.used, sent.spent)).collect::<Vec<_>>(),
        [(&seat, Some(now), false)]
    );
    assert_eq!(invitations.holder(&key).await.unwrap().map(|holder| holder.seat), Some(seat.clone()));
    assert!(invitations.revoke("h", &seat).await.unwrap());
    assert!(!invitations.revoke("h", &seat).await.unwrap());
    assert_eq!(invitations.accept(&found, "2001", now).await.unwrap(), None);
}

async fn contacts(contacts: &Contacts) {
    let (now, seat) = (Moment(5), SeatId::from("a1"));
    let known = |mail: &str| Contact {
        seat: seat.clone(),
        mobile: "13812342001".into(),
        mail: mail.into(),
        consent: true,
        ..Contact::default()
    };
    for mail in ["chen@example.com", "other@example.com"] {
        contacts.keep("h", known(mail), now).await.unwrap();
    }
    assert_eq!(contacts.all("h").await.unwrap(), [known("other@example.com")]);
    assert_eq!(contacts.of("h", &seat).await.unwrap(), known("other@example.com"));
    assert_eq!(contacts.seats().await.unwrap(), [("h".to_string(), seat.clone())]);
    // The hearing of the lists was held at the first moment of all.
    contacts.forget_before(now).await.unwrap();
    assert!(!contacts.of("h", &seat).await.unwrap().is_empty(), "it was changed since");
    contacts.forget_before(now.plus_ms(1)).await.unwrap();
    assert!(contacts.of("h", &seat).await.unwrap().is_empty());
    contacts.keep("h", known("chen@example.com"), now).await.unwrap();
    contacts.forget("h", &seat).await.unwrap();
    assert!(contacts.of("h", &seat).await.unwrap().is_empty());
}

async fn links(links: &Links, limits: &Limits) {
    let (now, seat) = (Moment(5), SeatId::from("a1"));
    let token = links.issue("h", ("d1", &seat), "2001", now).await.unwrap();
    let link = links.find(&token, now).await.unwrap().expect("a link");
    assert!(link.matches(&token, "2001") && !link.matches(&token, "2002"));
    assert_eq!((link.delivery.as_str(), &link.seat), ("d1", &seat));
    let key = links.open(&link, now).await.unwrap();
    assert!(links.is_open(&key, "d1", now).await.unwrap());
    assert!(!links.is_open(&key, "d2", now).await.unwrap());
    for _ in 0..limits.invitation_tries_all {
        links.checked_wrongly("d1").await.unwrap();
    }
    assert_eq!(links.find(&token, now).await.unwrap(), None, "guessed at too often");
    links.close("d1").await.unwrap();
    assert!(!links.is_open(&key, "d1", now).await.unwrap());
    let token = links.issue("h", ("d2", &seat), "2001", now).await.unwrap();
    links.forget_expired(now).await.unwrap();
    assert!(links.find(&token, now).await.unwrap().is_some(), "it is good still");
    links.close_seat("h", &seat).await.unwrap();
    assert_eq!(links.find(&token, now).await.unwrap(), None);
}

async fn panellists(pool: &Pool) {
    let person = |barred: Option<&str>| Panellist {
        id: "p-1".into(),
        name: "𬭎䶮㛃𠅤".into(),
        post: "代表".into(),
        class: "人大代表".into(),
        specialty: "法学".into(),
        region: "城区".into(),
        birth_year: 1980,
        phone_tail: "0001".into(),
        active: true,
        barred: barred.map(Into::into),
    };
    pool.put(person(Some("回避"))).await.unwrap();
    pool.put(person(None)).await.unwrap();
    assert_eq!(pool.all().await.unwrap(), [person(None)]);
    let drawn = Drawn {
        id: None,
        seed: None,
        class: None,
        specialty: None,
        region: None,
        conflicts: Vec::new(),
        pool: Vec::new(),
        pool_hash: "00".into(),
        drawn: vec!["p-1".into()],
        reason: Some("专业".into()),
    };
    for _ in 0..2 {
        pool.keep("h", &drawn, Moment(1)).await.unwrap();
    }
    assert_eq!(pool.draws("h").await.unwrap(), [(Moment(1), drawn.clone()), (Moment(1), drawn)]);
}

async fn lists(docket: &Docket) {
    let registration = crate::office::registration();
    let case = serde_json::from_value(registration["case"].clone()).unwrap();
    for _ in 0..2 {
        assert!(docket.enter_case(&case, Moment(1)).await.unwrap());
        docket.keep_case(&case, Moment(1)).await.unwrap();
    }
    assert_eq!(docket.cases().await.unwrap(), std::slice::from_ref(&case));
    let mut hearing = Hearing::default();
    let registered = serde_json::json!({"plan": {"registered": {"number": case.number, "kind": case.kind,
        "cause": case.cause, "hearing": registration["hearing"], "scheduled": 1}}});
    for event in [registered, serde_json::json!({"plan": {"published": {}}})] {
        let event: Event = serde_json::from_value(event).unwrap();
        hearing.evolve(Moment(1), &event);
    }
    for reached in 1..3 {
        docket.keep_hearing("h", &hearing, reached).await.unwrap();
    }
    assert_eq!(docket.hearings().await.unwrap().len(), 1);
    assert_eq!(docket.notices().await.unwrap().len(), 1);
    assert!(docket.notice("h").await.unwrap().is_some());
    assert!(docket.to_wake().await.unwrap().is_empty());
    assert_eq!(docket.nth("h", &hearing.plan, "城区检察院").await.unwrap(), 1);
}

fn shelved() -> Entry {
    let registration = crate::office::registration();
    let (kind, openness) = (&registration["case"]["kind"], &registration["hearing"]["openness"]);
    let entry = serde_json::json!({"hearing": "h", "number": "检听〔2026〕1号", "kind": kind, "cause": "工资",
        "office": "城区检察院", "openness": openness, "held": 1, "sealed": 2});
    serde_json::from_value(entry).unwrap()
}

async fn index(database: &Database) {
    let (index, entry) = (Tables::new(database), shelved());
    let passage = Passage {
        volume: Volume::Main,
        part: Part::Line,
        line: 1,
        speaker: "申请人".into(),
        text: "拖欠的工资".into(),
    };
    for _ in 0..2 {
        index.put(&entry, std::slice::from_ref(&passage)).await.unwrap();
    }
    assert_eq!(catalogue::entry(&database.pool, "h").await.unwrap().as_ref(), Some(&entry));
    assert_eq!(catalogue::all(&database.pool).await.unwrap(), std::slice::from_ref(&entry));
    // By words of two letters and of more, and by everything else at once.
    for word in ["工资", "拖欠的工资"] {
        let wanted = Wanted {
            words: vec![word.into()],
            case: Some("1号".into()),
            office: Some("城区".into()),
            from: Some(Moment(0)),
            before: Some(Moment(9)),
            main_alone: true,
            most: 9,
            passages_most: 9,
            ..Wanted::default()
        };
        let found = index.find(&wanted).await.unwrap();
        assert_eq!((found.count, found.hearings.len()), (1, 1), "{word}");
        assert_eq!(found.hearings[0].passages, std::slice::from_ref(&passage));
    }
    index.forget("h").await.unwrap();
    assert_eq!(catalogue::entry(&database.pool, "h").await.unwrap(), None);
}

async fn files(pool: &AnyPool) {
    for reply in [b"first".to_vec(), b"second".to_vec()] {
        stamp::keep(pool, "h", 5, reply).await.unwrap();
    }
    assert_eq!(stamp::kept(pool, "h").await.unwrap(), Some((5, b"first".to_vec())), "the first stays");
    assert!(stamp::lacking(pool).await.unwrap().is_empty());
    let schedule = Schedule::open(None).unwrap();
    for _ in 0..2 {
        retention::begin(pool, &schedule, "h", Moment(1)).await.unwrap();
    }
    let begun = retention::kept(pool, "h").await.unwrap();
    assert_eq!((begun.class(), begun.steps.len()), (Some("30-years"), 1));
    let act = Act::Set { class: "permanent".into(), reason: "影响重大".into() };
    let step = retention::Step { at: Moment(2), by: "chief".into(), act };
    retention::keep(pool, "h", &begun, &step).await.unwrap();
    assert!(retention::keep(pool, "h", &begun, &step).await.is_err(), "another came first");
    assert_eq!(retention::kept(pool, "h").await.unwrap().class(), Some("permanent"));
}

async fn public_versions(pool: &AnyPool) {
    let entry = shelved();
    let document = Document {
        number: entry.number,
        kind: entry.kind,
        cause: entry.cause,
        office: entry.office,
        held: entry.held,
        lines: Vec::new(),
    };
    let step = Step { at: Moment(7), by: "leader".into(), act: "published".into(), reason: String::new() };
    let mut work =
        Work { standing: Standing::Public, steps: vec![step], document: Some(document), ..Work::default() };
    public_version::keep(pool, "h", 0, &work).await.unwrap();
    assert!(public_version::keep(pool, "h", 0, &work).await.is_err(), "changed meanwhile");
    public_version::keep(pool, "h", 1, &work).await.unwrap();
    assert_eq!(public_version::kept(pool, "h").await.unwrap(), (2, work.clone()));
    let listed = public_version::list::listed(pool, 0, 9).await.unwrap();
    assert_eq!(listed.iter().map(|listed| listed.published).collect::<Vec<_>>(), [Moment(7)]);
    // What was published before there was a list comes into it.
    sqlx::query("DELETE FROM public_face").execute(pool).await.unwrap();
    public_version::list::complete(pool).await.unwrap();
    assert_eq!(public_version::list::listed(pool, 0, 9).await.unwrap(), listed);
    (work.standing, work.document) = (Standing::Withdrawn, None);
    public_version::keep(pool, "h", 2, &work).await.unwrap();
    assert!(public_version::list::listed(pool, 0, 9).await.unwrap().is_empty());
}
