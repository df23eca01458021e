//! A sealed hearing goes from one office to another in a file that proves itself: whole and as it was, or not at all.

use std::{
    collections::BTreeMap,
    io::{Cursor, Read, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use casefile::{Digest, signature::statement, verify};
use serde_json::{Value, json};
use server::{
    Config, Failure,
    archive::{
        catalogue,
        exchange::{
            Failed,
            export::{Which, export},
            foreign,
            import::{Imported, import},
        },
    },
    clock,
    database::Database,
};
use tempfile::TempDir;
use zip::{CompressionMethod, ZipArchive, ZipWriter, write::SimpleFileOptions};

use crate::{
    office::{PASSWORD, Prepared, Running, Staff, TAIL, local, staffed},
    read_along::{Seats, at_the_signing_after, go},
    search::is_shelved,
    signature::{authority, certificate, digest, drawn, fetched, hands_in, signed_by, signs},
};

mod forged;
mod interrupted;

const OFFICE: &str = "枫桥市人民检察院";
const OTHER: &str = "临江县人民检察院";
const EXHIBIT: &str = "借条：今借到人民币伍万元整。";

/// What an office has sent: its folder, and what it had handed out itself.
struct Sent {
    folder: TempDir,
    hearing: String,
    /// Both volumes, as the clerk fetched them.
    case_file: Vec<u8>,
    /// SHA-256 of the exhibit, of the record that was signed on paper and of the signature by certificate.
    files: [String; 3],
    export: Vec<u8>,
    fingerprint: String,
}

fn configured(folder: &TempDir, office: &str) -> Config {
    Config { office: office.into(), ..local(folder) }
}

fn one(hearing: &str, to: PathBuf) -> Which {
    Which::One { hearing: hearing.into(), to }
}

/// A hearing with an exhibit and a record signed in each of the three ways, sealed, exported by an office that has stopped.
async fn sent() -> Sent {
    let office = Prepared::with(|config| config.office = OFFICE.into()).await;
    let mut exhibit = Value::Null;
    let mut seats = at_the_signing_after(&office, async |seats| {
        exhibit = hands_in(&office, &seats["a1"], EXHIBIT.as_bytes().to_vec()).await;
        let lay = json!({"exhibit": {"lay": {"title": "借条", "content": {"file": exhibit}}}});
        seats.get_mut("a1").unwrap().does(lay).await;
    })
    .await;
    let page = signed(&office, &seats).await;
    go(&mut seats, "closed").await;
    seats.get_mut("clerk").unwrap().does(json!({"record": {"seal": {}}})).await;
    is_shelved(&office).await;
    let (status, case_file) = fetched(&office, &seats["clerk"], "/file?volume=whole").await;
    assert_eq!(status, 200);
    drop(seats);
    let Prepared { folder, server, hearing } = office;
    server.stop().await;
    let to = folder.path().join("sent.zip");
    let config = configured(&folder, OFFICE);
    let written = export(&config, &one(&hearing, to.clone()), false, clock::now()).await.unwrap();
    let name = |kept: &Value| kept["sha256"].as_str().unwrap().to_string();
    let inside = casefile::files(&case_file).unwrap();
    let by_certificate = inside.iter().find(|file| file.path.ends_with(".p7s")).unwrap();
    let files = [name(&exhibit), name(&page), Digest::of(&by_certificate.bytes).to_string()];
    let (export, fingerprint) = (std::fs::read(&to).unwrap(), written[0].fingerprint.clone());
    Sent { folder, hearing, case_file, files, export, fingerprint }
}

/// Has the record signed on paper, on a phone and by certificate; gives what came back from paper.
async fn signed(office: &Prepared, seats: &Seats) -> Value {
    let now = digest(office, seats).await;
    let (status, printed) = fetched(office, &seats["a1"], "/papers/record?as=pdf").await;
    assert_eq!(status, 200);
    let page = hands_in(office, &seats["clerk"], printed).await;
    let on_paper = json!({"paper": {"scans": [page]}});
    let done = signs(office, &seats["clerk"], &now, on_paper, json!({"whose": "a1"})).await;
    assert_eq!(done, (200, String::new()));
    let on_a_phone = drawn(&office.hearing, "r1", &now);
    assert_eq!(signs(office, &seats["r1"], &now, on_a_phone, json!({})).await, (200, String::new()));
    let keys = TempDir::new().unwrap();
    authority(keys.path(), "ca", "/CN=Authority");
    certificate(keys.path(), "ec", &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]);
    let lines = statement(&office.hearing, "p1", &now, "");
    let file = STANDARD.encode(signed_by(keys.path(), "ec", &lines, &[]));
    let by_certificate = json!({"certificate": {"file": file}});
    assert_eq!(signs(office, &seats["p1"], &now, by_certificate, json!({})).await, (200, String::new()));
    page
}

async fn imports(config: &Config, bytes: &[u8], keys: &[&str]) -> Result<Imported, Failed> {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("came.zip");
    std::fs::write(&file, bytes).unwrap();
    let keys: Vec<String> = keys.iter().map(|key| (*key).into()).collect();
    import(config, &file, &keys, "王某").await
}

/// The code of the refusal, and that nothing of the file has stayed.
async fn refused(config: &Config, bytes: &[u8], keys: &[&str]) -> &'static str {
    let before = (everything(&config.data), rows(config).await);
    let wrong = match imports(config, bytes, keys).await {
        Err(Failed::Wrong(wrong)) => wrong,
        other => panic!("{other:?}"),
    };
    let (zh, en) = wrong.words();
    assert!(zh.ends_with('。') && en.ends_with('.'), "{zh} {en}");
    assert_eq!((everything(&config.data), rows(config).await), before, "{en}");
    wrong.code()
}

/// How many rows stand in the tables that an import writes to.
async fn rows(config: &Config) -> i64 {
    let database = Database::open(&config.data, 1).await.unwrap();
    let count = "SELECT (SELECT COUNT(*) FROM log) + (SELECT COUNT(*) FROM docket_hearing) + (SELECT COUNT(*) FROM foreign_hearing) \
                 + (SELECT COUNT(*) FROM seal) + (SELECT COUNT(*) FROM stamp) + (SELECT COUNT(*) FROM retention)";
    let rows: i64 = sqlx::query_scalar(count).fetch_one(&database.pool).await.unwrap();
    database.pool.close().await;
    rows
}

/// Every file under a folder with its length, but those of the database.
fn everything(folder: &Path) -> BTreeMap<String, u64> {
    let mut all = BTreeMap::new();
    let Ok(entries) = std::fs::read_dir(folder) else { return all };
    for entry in entries.map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_dir() {
            let inside = everything(&entry.path());
            all.extend(inside.into_iter().map(|(path, size)| (format!("{name}/{path}"), size)));
        } else if !name.starts_with("fengqiao.db") && name != "lock" {
            all.insert(name, entry.metadata().unwrap().len());
        }
    }
    all
}

type Members = BTreeMap<String, Vec<u8>>;

fn unpacked(bytes: &[u8]) -> Members {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let names: Vec<String> =
        zip.file_names_raw().map(|name| String::from_utf8(name.to_vec()).unwrap()).collect();
    let mut members = Members::new();
    for name in names {
        let mut bytes = Vec::new();
        zip.by_name(&name).unwrap().read_to_end(&mut bytes).unwrap();
        members.insert(name, bytes);
    }
    members
}

fn packed_by(members: &Members, method: CompressionMethod) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(name.as_str(), SimpleFileOptions::default().compression_method(method)).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn packed(members: &Members) -> Vec<u8> {
    packed_by(members, CompressionMethod::Stored)
}

async fn in_the_archive(server: &Running, hearing: &str) {
    let wait = async {
        while catalogue::entry(&server.site.database.pool, hearing).await.unwrap().is_none() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), wait).await.expect("in the archive in time");
}

#[tokio::test(flavor = "multi_thread")]
async fn given_an_exported_hearing_then_another_office_finds_reads_and_checks_it_and_changes_nothing() {
    let sent = sent().await;
    let (folder, id) = (TempDir::new().unwrap(), &sent.hearing);
    let config = configured(&folder, OTHER);
    let imported = imports(&config, &sent.export, &[&sent.fingerprint]).await.unwrap();
    assert_eq!((&imported.hearing, imported.office.as_str(), imported.was_here), (id, OFFICE, false));
    assert_eq!(imported.signer, imported.seal.0, "signed with the key of the seal");
    let there = everything(folder.path());
    let kept = imports(&config, &sent.export, &[]).await.unwrap();
    assert!(kept.was_here, "twice is once");
    assert_eq!(everything(folder.path()), there);

    let server = Running::start(config.clone()).await;
    staffed(&server).await;
    in_the_archive(&server, id).await;
    let handler = Staff::sign_in(&server, "handler").await;
    let chief = Staff::sign_in(&server, "chief").await;
    let (_, found) = handler.get("/api/archive?text=记录在案&office=枫桥市").await;
    assert_eq!((&found["count"], &found["hearings"][0]["hearing"]), (&json!(1), &json!(id)), "{found}");
    assert_eq!(found["hearings"][0]["office"], OFFICE);
    let whole = whole_copy(&server, id).await;
    assert!(whole == sent.case_file, "byte for byte");
    every_signature_holds(&whole);
    let (status, told) = handler.get(&format!("/api/hearings/{id}/file?volume=main")).await;
    assert_eq!((status, &told["code"]), (409, &json!("archive.foreign-copy")));
    let prepare = json!({"revision": 0, "more": [], "keep": []});
    let (_, told) = handler.post(&format!("/api/hearings/{id}/public-version"), prepare).await;
    assert_eq!(told["code"], "archive.foreign-hearing", "publishing is for the office that held it");
    let (_, told) = handler.get(&format!("/api/hearings/{id}/papers")).await;
    assert_eq!(told["code"], "archive.foreign-hearing", "and so are papers");
    let invite = json!({"seat": "a1", "phone_tail": TAIL});
    let (_, told) = handler.post(&format!("/api/hearings/{id}/invitations"), invite).await;
    assert_eq!(told["code"], "archive.foreign-hearing", "and nobody gets a seat in it here");
    let contact = json!({"seat": "a1", "mobile": "13812342001", "consent": true});
    let (status, told) = handler.put(&format!("/api/hearings/{id}/contacts"), contact).await;
    assert_eq!((status, &told["code"]), (409, &json!("archive.foreign-hearing")), "nor is served from here");
    assert_eq!(handler.get(&format!("/api/hearings/{id}/contacts")).await.1, json!([]));
    let akoma_ntoso = handler.text(&format!("/api/hearings/{id}/akoma-ntoso")).await;
    assert!(akoma_ntoso.contains(OFFICE) && !akoma_ntoso.contains(OTHER));
    for sha256 in &sent.files {
        assert!(server.site.rooms.ground().exhibits.read(id, sha256).await.is_ok());
    }
    let (_, retention) = handler.get(&format!("/api/hearings/{id}/retention")).await;
    assert_eq!(retention["class"], "30-years", "{retention}");
    let (_, notes) = chief.get(&format!("/api/archive/access?hearing={id}")).await;
    let first = notes["notes"].as_array().unwrap().last().unwrap();
    assert_eq!(first["deed"]["import"]["office"], OFFICE, "{notes}");
    assert_eq!(first["who"], json!({"operator": {"name": "王某"}}));
    let (status, told) = chief.command(id, json!({"plan": {"approve": {}}})).await;
    assert_eq!(status, 409, "what is sealed stays as it is: {told}");
    assert_eq!(handler.get("/api/notices").await.1, json!([]), "this office announces nothing");
    let pool = &server.site.database.pool;
    assert_eq!(foreign::kept(pool, id).await.unwrap().unwrap().by, "王某");
    let busy = imports(&config, &sent.export, &[]).await;
    assert!(matches!(busy, Err(Failed::Error(_))), "not while the server runs");
    server.stop().await;

    // And on to a third.
    let to = folder.path().join("on.zip");
    let passed = export(&config, &one(id, to.clone()), false, clock::now()).await.unwrap();
    let on = std::fs::read(&to).unwrap();
    let third = TempDir::new().unwrap();
    let config = configured(&third, "第三检察院");
    assert_eq!(refused(&config, &on, &[&sent.fingerprint]).await, "import.key");
    let imported = imports(&config, &on, &[&sent.fingerprint, &passed[0].fingerprint]).await.unwrap();
    assert_eq!(imported.office, OFFICE);
    assert_eq!(unpacked(&on)["case-file.zip"], sent.case_file);
}

/// What people signed still verifies, each in its own way, by the file alone.
fn every_signature_holds(whole: &[u8]) {
    let report = verify(whole, None);
    assert!(report.holds(), "{report:#?}");
    let codes: Vec<&str> = report.findings.iter().map(|finding| finding.code).collect();
    for code in ["record", "signature.paper", "signature.device", "signature.certificate"] {
        assert!(codes.contains(&code), "{code}: {codes:?}");
    }
}

/// The whole copy, as somebody of the staff fetches it.
async fn whole_copy(server: &Running, hearing: &str) -> Vec<u8> {
    let client = reqwest::Client::builder().cookie_store(true).build().unwrap();
    let body = json!({"name": "handler", "password": PASSWORD});
    client.post(server.at("/api/sign-in")).json(&body).send().await.unwrap();
    let answer = client.get(server.at(&format!("/api/hearings/{hearing}/file"))).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.bytes().await.unwrap().to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_changed_removed_or_added_is_refused_and_nothing_of_it_stays() {
    let sent = sent().await;
    let folder = TempDir::new().unwrap();
    let config = configured(&folder, OTHER);
    let members = unpacked(&sent.export);
    assert!(members.len() >= 21, "{:?}", members.keys());
    for name in members.keys() {
        let mut changed = members.clone();
        let bytes = changed.get_mut(name).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        let code = refused(&config, &packed(&changed), &[]).await;
        let own = name.starts_with("export");
        let codes = ["import.signature", "import.unreadable", "import.format"];
        assert!(if own { codes.contains(&code) } else { code == "import.changed" }, "{name}: {code}");
        let mut fewer = members.clone();
        fewer.remove(name);
        assert_eq!(refused(&config, &packed(&fewer), &[]).await, "import.missing", "{name}");
    }
    let nothing = format!("exhibits/{}", "0".repeat(64));
    for name in ["more.txt", "../seal.key", "seal.key", &nothing, "recordings/a1-1.webm"] {
        let mut more = members.clone();
        more.insert(name.into(), b"more".to_vec());
        assert_eq!(refused(&config, &packed(&more), &[]).await, "import.member", "{name}");
    }
    for size in [0, 1, sent.export.len() / 2, sent.export.len() - 1] {
        // What is left of it may end as the case file inside does, which is a ZIP, but no export.
        let code = refused(&config, &sent.export[..size], &[]).await;
        assert!(["import.not-zip", "import.member"].contains(&code), "cut at {size}: {code}");
    }
    let pressed = packed_by(&members, CompressionMethod::Deflated);
    assert_eq!(
        refused(&config, &pressed, &[]).await,
        "import.member",
        "nothing is unpacked that could swell"
    );
    let mut narrow = config.clone();
    narrow.limits.exchange_members_max = 5;
    assert_eq!(refused(&narrow, &sent.export, &[]).await, "import.members");
    narrow.limits.exchange_members_max = 100;
    narrow.limits.exchange_read_bytes_max = 1_000;
    assert_eq!(refused(&narrow, &sent.export, &[]).await, "import.too-large");
    imports(&config, &sent.export, &[]).await.expect("the file itself was good all the while");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_sealed_is_exported_by_an_office_that_has_stopped_and_comes_home_unchanged() {
    let sent = sent().await;
    let config = configured(&sent.folder, OFFICE);
    let to = |name: &str| sent.folder.path().join(name);
    let at = clock::now();
    for name in ["one.zip", "two.zip"] {
        export(&config, &one(&sent.hearing, to(name)), false, at).await.unwrap();
    }
    let read = |name: &str| std::fs::read(to(name)).unwrap();
    assert!(read("one.zip") == read("two.zip"), "the same at the same moment");
    assert!(
        export(&config, &one(&sent.hearing, to("one.zip")), false, at).await.is_err(),
        "never written over"
    );
    let all = Which::All { to: to("all") };
    assert_eq!(export(&config, &all, true, at).await.unwrap().len(), 1);
    assert!(export(&config, &all, true, at).await.unwrap().is_empty(), "what is there is left alone");
    assert!(imports(&config, &sent.export, &[]).await.unwrap().was_here, "it comes home and changes nothing");
    let log = unpacked(&sent.export)["log.jsonl"].clone();
    assert_eq!(log.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count(), entries(&sent));

    let office = Prepared::new().await;
    let busy = export(&office.server.site.config, &one(&office.hearing, to("no.zip")), false, at).await;
    assert!(matches!(busy, Err(Failure::Error(_))), "not while the server runs");
    let Prepared { folder, server, hearing } = office;
    server.stop().await;
    for (hearing, code) in [(hearing.as_str(), "file.not-sealed"), ("nobody", "hearing.unknown")] {
        let refused = export(&local(&folder), &one(hearing, to("no.zip")), false, at).await.unwrap_err();
        assert_eq!(refused.into_sentence().code, code);
    }
    assert!(!to("no.zip").exists());
    let parts = everything(sent.folder.path()).into_keys().filter(|path| path.ends_with(".part"));
    assert_eq!(parts.count(), 0, "no half of a file stays");
}

/// How many entries the seal is of.
fn entries(sent: &Sent) -> usize {
    let seal: Value = serde_json::from_slice(&unpacked(&sent.export)["seal/seal.json"]).unwrap();
    usize::try_from(seal["entries"].as_u64().unwrap()).unwrap()
}
