//! What an import finds in its way: a hearing that is here already, a database that fails, the half of an import before it; and what is
//! said of it at the command line.

use std::process::Command;

use casefile::{Digest, Seal, Sealing};
use server::{
    archive::{exchange::Failed, seals},
    clock,
    database::Database,
    log,
};
use tempfile::TempDir;

use super::{OTHER, configured, everything, forged::stranger, imports, refused, rows, sent};

#[tokio::test(flavor = "multi_thread")]
async fn a_hearing_of_that_id_which_is_here_already_is_never_written_over() {
    let sent = sent().await;
    let stream = format!("hearing/{}", sent.hearing);
    // Another seal of it.
    let folder = TempDir::new().unwrap();
    let database = Database::open(folder.path(), 1).await.unwrap();
    let commitments = [Digest::of(b"entry")];
    let sealing =
        Sealing { hearing: &sent.hearing, stream: &stream, sealed_at: 0, commitments: &commitments };
    let other = Seal::make(&sealing, &stranger()).unwrap();
    seals::keep(&database.pool, &sent.hearing, &other).await.unwrap();
    database.pool.close().await;
    let config = configured(&folder, OTHER);
    assert_eq!(refused(&config, &sent.export, &[]).await, "import.other-seal");
    // None yet: it is under way.
    let folder = TempDir::new().unwrap();
    let database = Database::open(folder.path(), 1).await.unwrap();
    let mut connection = database.connect().await.unwrap();
    let (author, command, content) = ("{}".into(), "c1".into(), "{}".into());
    let draft = log::Draft { at: clock::now(), author, command, content };
    log::append_alone(&mut connection, &stream, draft).await.unwrap();
    drop(connection);
    database.pool.close().await;
    let own = folder.path().join("exhibits").join(&sent.hearing);
    std::fs::create_dir_all(&own).unwrap();
    std::fs::write(own.join("own"), "own").unwrap();
    let config = configured(&folder, OTHER);
    assert_eq!(refused(&config, &sent.export, &[]).await, "import.other-seal");
    assert_eq!(std::fs::read(own.join("own")).unwrap(), b"own");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_breaks_off_leaves_nothing_that_counts_and_the_next_one_is_whole() {
    let sent = sent().await;
    let folder = TempDir::new().unwrap();
    let config = configured(&folder, OTHER);
    // The database fails in the midst of it: something stands where a row would go.
    let database = Database::open(folder.path(), 1).await.unwrap();
    let put = "INSERT INTO docket_hearing (id, scheduled, live, published, reached, face, notice) \
               VALUES ($1, 0, 0, 0, 0, '{}', 'null')";
    sqlx::query(put).bind(sent.hearing.clone()).execute(&database.pool).await.unwrap();
    let before = (everything(folder.path()), rows(&config).await);
    let failed = imports(&config, &sent.export, &[]).await;
    assert!(matches!(failed, Err(Failed::Error(_))), "{failed:?}");
    assert_eq!((everything(folder.path()), rows(&config).await), before, "no file, and no row of any table");
    let take = "DELETE FROM docket_hearing WHERE id = $1";
    sqlx::query(take).bind(sent.hearing.clone()).execute(&database.pool).await.unwrap();
    database.pool.close().await;

    // The power fails after the files were put in place and before the database has it.
    for left in ["import/exhibits", "import/recordings", "exhibits/ID", "recordings/ID"] {
        let left = folder.path().join(left.replace("ID", &sent.hearing));
        std::fs::create_dir_all(&left).unwrap();
        std::fs::write(left.join("half"), "half").unwrap();
    }
    std::fs::create_dir_all(folder.path().join("foreign")).unwrap();
    let case_file = folder.path().join(format!("foreign/{}.zip", sent.hearing));
    std::fs::write(&case_file, "half").unwrap();
    assert!(!imports(&config, &sent.export, &[]).await.unwrap().was_here);
    let there = everything(folder.path());
    assert!(!there.keys().any(|path| path.ends_with("half") || path.starts_with("import/")), "{there:?}");
    assert_eq!(std::fs::read(&case_file).unwrap(), sent.case_file);
}

fn fengqiao(arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_fengqiao")).args(arguments).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn at_the_command_line_it_is_said_what_was_done_and_what_was_not() {
    let sent = sent().await;
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_string();
    let (home, away, file) = (sent.folder.path().to_str().unwrap(), path("away"), path("it.zip"));
    let third = path("third");
    let export = ["export", "--data", home, "--hearing", &sent.hearing, "--to", &file];
    let (code, said) = fengqiao(&export);
    assert!(code == Some(0) && said.contains(&sent.fingerprint), "{said}");
    assert_eq!(fengqiao(&export).0, Some(2), "never written over");
    assert_eq!(fengqiao(&["export", "--data", &away, "--all", "--to", &file]).0, Some(2), "no data folder");
    assert_eq!(
        fengqiao(&["export", "--data", home, "--hearing", "nobody", "--to", &path("no.zip")]).0,
        Some(2)
    );
    assert_eq!(fengqiao(&["export", "--data", home, "--to", &path("no.zip")]).0, Some(2), "which?");

    let import = ["import", &file, "--data", &away, "--key", &sent.fingerprint, "--by", "王某"];
    let long = "某".repeat(101);
    for by in ["王某\n李某", "王某\u{1b}[2J", "王某\u{2028}", &long] {
        let (code, said) = fengqiao(&["import", &file, "--data", &away, "--by", by]);
        assert!(code == Some(2) && said.contains("--by is one line"), "{said}");
        assert!(!std::path::Path::new(&away).exists(), "nothing is made for it");
    }
    for (word, is_new) in [("已导入", true), ("is here already", false)] {
        let (code, said) = fengqiao(&import);
        assert!(code == Some(0) && said.contains(word) && said.contains(&sent.fingerprint), "{said}");
        assert_eq!(
            said.contains("a new one was made"),
            is_new,
            "whoever mistyped the folder is told: {said}"
        );
    }
    let (code, said) =
        fengqiao(&["import", &file, "--data", &third, "--key", &"0".repeat(32), "--by", "王某"]);
    assert!(code == Some(1) && said.contains("import.key") && said.contains("未导入任何内容"), "{said}");
    assert!(said.contains("a new one was made"), "also where nothing was imported into it: {said}");
    let (code, said) = fengqiao(&["import", &file, "--data", &third, "--key", "0000", "--by", "王某"]);
    assert!(code == Some(2) && said.contains("neither a key nor a fingerprint"), "{said}");
    let narrow = ["import", &file, "--data", &third, "--by", "王某", "--exchange-members-max", "3"];
    let (code, said) = fengqiao(&narrow);
    assert!(code == Some(1) && said.contains("import.members"), "{said}");
    assert_eq!(fengqiao(&["import", &path("nothing.zip"), "--data", &away, "--by", "王某"]).0, Some(2));
}
