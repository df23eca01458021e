//! The log: in order, on disk, and not to be changed without notice. What is kept in SQLite is kept the same in
//! PostgreSQL (`postgres`), by the same statements.

use std::sync::Arc;

use procedure::Moment;
use server::{
    Error,
    database::Database,
    log::{AppendError, Draft, Log},
};
use tempfile::TempDir;

/// Where a log is kept: opened again, it is the same.
pub(crate) enum Kept {
    Here(TempDir),
    At(String),
}

impl Kept {
    fn here() -> Self {
        Self::Here(TempDir::new().unwrap())
    }

    pub(crate) async fn database(&self) -> Database {
        let opened = match self {
            Self::Here(folder) => Database::open(folder.path(), 2).await,
            Self::At(address) => Database::at(address.clone(), 2).await,
        };
        opened.expect("a database")
    }

    async fn open(&self) -> (Database, Arc<Log>) {
        let database = self.database().await;
        let log = Log::open(database.clone(), 64, 16).await.expect("a log");
        (database, Arc::new(log))
    }
}

fn draft(text: &str) -> Draft {
    Draft {
        at: Moment(1),
        author: "\"clock\"".into(),
        command: format!("c-{text}"),
        content: format!("\"{text}\""),
    }
}

#[tokio::test]
async fn what_is_appended_is_read_back_after_opening_again() {
    read_back(Kept::here()).await;
}

#[tokio::test]
async fn an_append_that_expects_another_number_conflicts_and_writes_nothing() {
    conflicts(Kept::here()).await;
}

#[tokio::test]
async fn of_many_at_once_each_number_is_given_once() {
    many_at_once(Kept::here()).await;
}

#[tokio::test]
async fn a_changed_entry_is_noticed() {
    changed(Kept::here()).await;
}

/// A statement of the data folder that a crash must not lose is on disk before it is acknowledged.
#[tokio::test]
async fn every_connection_waits_for_the_disk() {
    let kept = Kept::here();
    let (database, _log) = kept.open().await;
    for (pragma, wanted) in [("synchronous", "2"), ("journal_mode", "wal")] {
        for _ in 0..4 {
            let mut connection = database.connect().await.unwrap();
            let asked = sqlx::AssertSqlSafe(format!("SELECT CAST({pragma} AS TEXT) FROM pragma_{pragma}"));
            let row = sqlx::query(asked).fetch_one(&mut connection).await.unwrap();
            let told: String = sqlx::Row::try_get(&row, 0).unwrap();
            assert_eq!(told, wanted, "{pragma}");
        }
    }
}

/// Appends that come while a commit waits for the disk are committed together.
#[tokio::test]
async fn what_waits_is_committed_together() {
    let kept = Kept::here();
    let (_, log) = kept.open().await;
    let Kept::Here(folder) = &kept else { panic!("here") };
    let wal = folder.path().join("fengqiao.db-wal");
    let length = || std::fs::metadata(&wal).map_or(0, |file| file.len());
    log.append("first", 0, vec![draft("x")]).await.unwrap();
    let before = length();
    log.append("second", 0, vec![draft("x")]).await.unwrap();
    // Each commit writes whole pages; sixteen together share most of them.
    let alone = length() - before;
    let appends = (0..16).map(|n| {
        let log = log.clone();
        async move { log.append(&format!("together/{n}"), 0, vec![draft("x")]).await.map(|_| ()) }
    });
    let before = length();
    for done in futures_util::future::join_all(appends).await {
        done.unwrap();
    }
    let together = length() - before;
    assert!(together < alone * 8, "{together} bytes for sixteen, {alone} for one");
}

pub(crate) async fn read_back(kept: Kept) {
    let (_, log) = kept.open().await;
    let written = log.append("hearing/x", 0, vec![draft("𬭎䶮"), draft("b")]).await.unwrap();
    assert_eq!(written.iter().map(|entry| entry.number).collect::<Vec<_>>(), [1, 2]);
    drop(log);
    let (_, log) = kept.open().await;
    assert_eq!(log.read("hearing/x", 1).await.unwrap(), written);
    assert_eq!(log.read("hearing/x", 2).await.unwrap(), written[1..]);
    assert_eq!(
        written[1].chain,
        casefile::chain_head("hearing/x", &[written[0].commitment, written[1].commitment])
    );
}

pub(crate) async fn conflicts(kept: Kept) {
    let (_, log) = kept.open().await;
    log.append("s", 0, vec![draft("a")]).await.unwrap();
    let late = log.append("s", 0, vec![draft("b")]).await;
    assert!(matches!(late, Err(AppendError::Conflict { head: 1 })), "{late:?}");
    assert_eq!(log.read("s", 1).await.unwrap().len(), 1);
}

pub(crate) async fn many_at_once(kept: Kept) {
    let (_, log) = kept.open().await;
    let mut watch = log.watch("s0").await.unwrap();
    let mut tasks = Vec::new();
    for stream in 0..8 {
        for writer in 0..4 {
            let log = log.clone();
            tasks.push(tokio::spawn(async move {
                let (name, mut expected, mut done) = (format!("s{stream}"), 0, 0);
                while done < 10 {
                    match log.append(&name, expected, vec![draft(&format!("{writer}-{done}"))]).await {
                        Ok(entries) => (expected, done) = (entries[0].number, done + 1),
                        Err(AppendError::Conflict { head }) => expected = head,
                        Err(AppendError::Error(error)) => panic!("{error}"),
                    }
                }
            }));
        }
    }
    for task in tasks {
        task.await.unwrap();
    }
    for stream in 0..8 {
        let entries = log.read(&format!("s{stream}"), 1).await.unwrap();
        assert_eq!(
            entries.iter().map(|entry| entry.number).collect::<Vec<_>>(),
            (1..=40).collect::<Vec<_>>()
        );
    }
    assert_eq!(*watch.borrow_and_update(), 40);
}

pub(crate) async fn changed(kept: Kept) {
    let (database, log) = kept.open().await;
    log.append("s", 0, vec![draft("a"), draft("b"), draft("c")]).await.unwrap();
    sqlx::query("UPDATE log SET content = '\"B\"' WHERE number = 2").execute(&database.pool).await.unwrap();
    assert!(matches!(log.read("s", 1).await, Err(Error::Broken { number: 2, .. })));
}
