//! The log: in order, on disk, and not to be changed without notice.

use std::sync::Arc;

use procedure::Moment;
use server::{
    Error,
    database::Database,
    log::{AppendError, Draft, Log},
};
use tempfile::TempDir;

fn draft(text: &str) -> Draft {
    Draft {
        at: Moment(1),
        author: "\"clock\"".into(),
        command: format!("c-{text}"),
        content: format!("\"{text}\""),
    }
}

async fn open(folder: &TempDir) -> (Database, Arc<Log>) {
    let database = Database::open(folder.path(), 2).await.expect("a database");
    let log = Log::open(database.clone(), 64, 16).await.expect("a log");
    (database, Arc::new(log))
}

#[tokio::test]
async fn what_is_appended_is_read_back_after_opening_again() {
    let folder = TempDir::new().unwrap();
    let (_, log) = open(&folder).await;
    let written = log.append("hearing/x", 0, vec![draft("𬭎䶮"), draft("b")]).await.unwrap();
    assert_eq!(written.iter().map(|entry| entry.number).collect::<Vec<_>>(), [1, 2]);
    drop(log);
    let (_, log) = open(&folder).await;
    assert_eq!(log.read("hearing/x", 1).await.unwrap(), written);
    assert_eq!(log.read("hearing/x", 2).await.unwrap(), written[1..]);
    assert_eq!(
        written[1].chain,
        casefile::chain_head("hearing/x", &[written[0].commitment, written[1].commitment])
    );
}

#[tokio::test]
async fn an_append_that_expects_another_number_conflicts_and_writes_nothing() {
    let folder = TempDir::new().unwrap();
    let (_, log) = open(&folder).await;
    log.append("s", 0, vec![draft("a")]).await.unwrap();
    let late = log.append("s", 0, vec![draft("b")]).await;
    assert!(matches!(late, Err(AppendError::Conflict { head: 1 })), "{late:?}");
    assert_eq!(log.read("s", 1).await.unwrap().len(), 1);
}

#[tokio::test]
async fn of_many_at_once_each_number_is_given_once() {
    let folder = TempDir::new().unwrap();
    let (_, log) = open(&folder).await;
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

#[tokio::test]
async fn a_changed_entry_is_noticed() {
    let folder = TempDir::new().unwrap();
    let (database, log) = open(&folder).await;
    log.append("s", 0, vec![draft("a"), draft("b"), draft("c")]).await.unwrap();
    sqlx::query("UPDATE log SET content = '\"B\"' WHERE number = 2").execute(&database.pool).await.unwrap();
    assert!(matches!(log.read("s", 1).await, Err(Error::Broken { number: 2, .. })));
}
