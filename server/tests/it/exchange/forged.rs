//! What a forger makes who has keys of its own: it is found out by the seal, the log, the rules, the stamp, or by the keys.

use std::{collections::BTreeMap, time::Duration};

use casefile::{Copy, CopyKind, Digest, Entry, Leaf, OfficeKeys, Seal, Sealing, Signer, chain, chain_start};
use serde_json::{Value, json};
use server::{
    archive::{exchange::export::export, stamp},
    clock,
    database::Database,
};
use tempfile::TempDir;

use super::{Members, OTHER, configured, imports, one, packed, refused, sent, unpacked};
use crate::{
    office::{Prepared, local},
    search::sealed,
    stamp::{Answers, Authority},
};

/// Keys that no office has.
pub(super) fn stranger() -> OfficeKeys {
    OfficeKeys::from_secrets(&[3; 32], &[4; 32]).unwrap()
}

/// What somebody makes who changes an export and signs it anew with keys of its own.
fn forged(members: &Members, change: impl FnOnce(&mut Members, &mut Value)) -> Vec<u8> {
    let mut members = members.clone();
    let mut statement: Value = serde_json::from_slice(&members["export.json"]).unwrap();
    change(&mut members, &mut statement);
    let listed: BTreeMap<&String, String> = members
        .iter()
        .filter(|(name, _)| !name.starts_with("export"))
        .map(|(name, bytes)| (name, Digest::of(bytes).to_string()))
        .collect();
    statement["members"] = json!(listed);
    let bytes = serde_json::to_vec(&statement).unwrap();
    let (keys, signatures) = (stranger().keys(), stranger().sign(&bytes).unwrap());
    for (name, bytes) in [
        ("export.json", bytes),
        ("export.sig", signatures.ed25519.to_vec()),
        ("export-sm2.sig", signatures.sm2.to_vec()),
        ("export.pub", keys.ed25519.0.to_vec()),
        ("export-sm2.pub", keys.sm2.0.to_vec()),
    ] {
        members.insert(name.into(), bytes);
    }
    packed(&members)
}

/// What a forger does to members and statement.
type Change<'a> = Box<dyn Fn(&mut Members, &mut Value) + 'a>;

/// Changes words in a member.
fn replace(members: &mut Members, name: &str, from: &str, to: &str) {
    let text = String::from_utf8(members[name].clone()).unwrap();
    assert!(text.contains(from), "{name}: {from}");
    members.insert(name.into(), text.replacen(from, to, 1).into_bytes());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signs_a_changed_export_anew_is_found_out_by_the_seal_the_log_and_the_rules() {
    let sent = sent().await;
    let folder = TempDir::new().unwrap();
    let config = configured(&folder, OTHER);
    let members = unpacked(&sent.export);
    let exhibit = format!("exhibits/{}", sent.files[0]);
    let changes: [(&str, Change<'_>); 10] = [
        ("import.format", Box::new(|_, statement| statement["format"] = json!("fengqiao-export/2"))),
        ("import.seal", Box::new(|_, statement| statement["hearing"] = json!("another"))),
        ("import.entry", Box::new(|members, _| replace(members, "log.jsonl", "记录在案", "没有记录"))),
        (
            "import.log",
            Box::new(|members, _| {
                let log = String::from_utf8(members["log.jsonl"].clone()).unwrap();
                let lines: Vec<&str> = log.lines().collect();
                members.insert("log.jsonl".into(), lines[..lines.len() - 1].join("\n").into_bytes());
            }),
        ),
        (
            "import.case-file",
            Box::new(|members, _| {
                let file = members.get_mut("case-file.zip").unwrap();
                let middle = file.len() / 2;
                file[middle] ^= 1;
            }),
        ),
        (
            "import.seal",
            Box::new(|members, _| {
                members.insert("seal/seal.pub".into(), stranger().keys().ed25519.0.to_vec());
            }),
        ),
        ("import.exhibit", Box::new(|members, _| replace(members, &exhibit, "伍万", "陆万"))),
        (
            "import.exhibit",
            Box::new(|members, _| {
                members.remove(&exhibit);
            }),
        ),
        (
            "import.unreadable",
            Box::new(|members, _| {
                members.insert("recordings.json".into(), b"[1]".to_vec());
            }),
        ),
        (
            "import.unreadable",
            Box::new(|members, _| {
                members.insert("retention.json".into(), b"[]".to_vec());
            }),
        ),
    ];
    for (code, change) in changes {
        assert_eq!(refused(&config, &forged(&members, change), &[]).await, code);
    }
    let signed = forged(&members, |_, statement| statement["office"] = json!("冒名检察院"));
    assert_eq!(refused(&config, &signed, &[&sent.fingerprint]).await, "import.key", "not by whom it says");
    assert_eq!(refused(&config, &sent.export, &["0000"]).await, "import.key");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exhibit_said_to_be_a_page_a_recording_never_made_and_a_stamp_that_is_none_are_found_out() {
    let sent = sent().await;
    let folder = TempDir::new().unwrap();
    let config = configured(&folder, OTHER);
    let members = unpacked(&sent.export);
    let about = format!("exhibits/{}.json", sent.files[0]);
    let changes: [(&str, Change<'_>); 6] = [
        ("import.exhibit", Box::new(|members, _| replace(members, &about, "text/plain", "text/html"))),
        ("import.member", Box::new(|members, _| with_a_recording(members))),
        (
            "import.recording",
            Box::new(|members, statement| {
                with_a_recording(members);
                statement["recordings"] = json!(true);
            }),
        ),
        ("import.missing", Box::new(|_, statement| statement["stamped"] = json!(1))),
        (
            "import.stamp",
            Box::new(|members, statement| {
                members.insert("stamp.tsr".into(), b"no stamp".to_vec());
                statement["stamped"] = json!(1);
            }),
        ),
        (
            "import.member",
            Box::new(|members, _| {
                members.insert("stamp.tsr".into(), b"no stamp".to_vec());
            }),
        ),
    ];
    for (code, change) in changes {
        assert_eq!(refused(&config, &forged(&members, change), &[]).await, code);
    }
}

fn with_a_recording(members: &mut Members) {
    members.insert("recordings/a1-1.webm".into(), b"never recorded".to_vec());
}

/// The entries of the log, as an export has them.
fn lines(members: &Members) -> Vec<Value> {
    let log = String::from_utf8(members["log.jsonl"].clone()).unwrap();
    log.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What somebody makes who has keys of its own and seals other entries with them: log, seal and whole copy fit each other.
fn reseal(members: &mut Members, hearing: &str, mut lines: Vec<Value>) {
    let stream = format!("hearing/{hearing}");
    let before: Value = serde_json::from_slice(&members["seal/seal.json"]).unwrap();
    let mut head = chain_start(&stream);
    let mut entries = Vec::new();
    for (line, number) in lines.iter_mut().zip(1_u64..) {
        let salt: Digest = line["salt"].as_str().unwrap().parse().unwrap();
        let content = line["content"].as_str().unwrap().as_bytes().to_vec();
        let entry = Entry { number, content, salt: salt.0 };
        head = chain(&head, &entry.commitment());
        line["commitment"] = json!(entry.commitment().to_string());
        line["chain"] = json!(head.to_string());
        entries.push(entry);
    }
    let commitments: Vec<Digest> = entries.iter().map(Entry::commitment).collect();
    let sealed_at = before["sealed_at"].as_i64().unwrap();
    let sealing = Sealing { hearing, stream: &stream, sealed_at, commitments: &commitments };
    let seal = Seal::make(&sealing, &stranger()).unwrap();
    let leaves: Vec<Leaf> = entries.into_iter().map(|entry| entry.leaf(true)).collect();
    let of_a_volume =
        |file: &casefile::File| file.path.starts_with("main/") || file.path.starts_with("confidential/");
    let mut files = casefile::files(&members["case-file.zip"]).unwrap();
    files.retain(of_a_volume);
    let copy = Copy { kind: CopyKind::Whole, leaves: &leaves, files: &files };
    let log: String = lines.iter().map(|line| format!("{line}\n")).collect();
    for (name, bytes) in [
        ("case-file.zip", seal.copy(&copy, &stranger()).unwrap()),
        ("log.jsonl", log.into_bytes()),
        ("seal/seal.json", seal.statement.clone()),
        ("seal/seal.sig", seal.signatures.ed25519.to_vec()),
        ("seal/seal-sm2.sig", seal.signatures.sm2.to_vec()),
        ("seal/seal.pub", seal.keys.ed25519.0.to_vec()),
        ("seal/seal-sm2.pub", seal.keys.sm2.0.to_vec()),
    ] {
        members.insert(name.into(), bytes);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_log_that_somebody_sealed_with_keys_of_its_own_then_the_rules_are_asked_and_the_keys() {
    let sent = sent().await;
    let folder = TempDir::new().unwrap();
    let config = configured(&folder, OTHER);
    let members = unpacked(&sent.export);
    let unsealed = forged(&members, |members, _| {
        let mut all = lines(members);
        let is_seal = |line: &Value| line["content"].as_str().unwrap().contains("{\"sealed\":{");
        let at = all.iter().position(is_seal).expect("the entry by which it was sealed");
        all.truncate(at);
        reseal(members, &sent.hearing, all);
    });
    assert_eq!(refused(&config, &unsealed, &[]).await, "import.not-sealed");
    let newer = forged(&members, |members, _| {
        let mut all = lines(members);
        let at = all[0]["at"].clone();
        all[0]["content"] = json!(format!("{{\"at\":{at},\"event\":{{\"dream\":{{\"dreamt\":{{}}}}}}}}"));
        reseal(members, &sent.hearing, all);
    });
    assert_eq!(refused(&config, &newer, &[]).await, "import.entry-unknown");
    let other_capitals = forged(&members, |members, statement| {
        let id = sent.hearing.to_uppercase();
        let all = lines(members);
        reseal(members, &id, all);
        statement["hearing"] = json!(id);
    });
    assert_eq!(refused(&config, &other_capitals, &[]).await, "import.seal", "its folders could be another's");
    let own = forged(&members, |members, _| {
        let all = lines(members);
        reseal(members, &sent.hearing, all);
    });
    assert_eq!(refused(&config, &own, &[&sent.fingerprint]).await, "import.key");
    let stranger = stranger().keys().ed25519.fingerprint();
    let taken = imports(&config, &own, &[]).await.unwrap();
    assert_eq!(
        (taken.signer, taken.seal.0),
        (stranger.clone(), stranger),
        "which whoever imports it is told"
    );
    // And then the real one is another.
    assert_eq!(refused(&config, &sent.export, &[]).await, "import.other-seal");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_time_stamp_of_a_seal_goes_with_it_and_one_of_another_seal_does_not() {
    let stamps = Authority::open(Answers::Well).await;
    let mut office = Prepared::with(|config| {
        config.stamp_authority = Some(stamps.url.clone());
        config.stamp_certificates = Some(stamps.root());
        config.limits.archive_every_ms = 50;
    })
    .await;
    let mut hearings = Vec::new();
    for _ in 0..2 {
        drop(sealed(&office).await);
        let wait = async {
            while stamp::kept(&office.server.site.database.pool, &office.hearing).await.unwrap().is_none() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), wait).await.expect("stamped in time");
        hearings.push(office.another().await);
    }
    let Prepared { folder, server, .. } = office;
    server.stop().await;
    let mut exports = Vec::new();
    for hearing in &hearings {
        let to = folder.path().join(format!("{hearing}.zip"));
        export(&local(&folder), &one(hearing, to.clone()), false, clock::now()).await.unwrap();
        exports.push(std::fs::read(&to).unwrap());
    }
    let (members, others) = (unpacked(&exports[0]), unpacked(&exports[1]));
    let there = TempDir::new().unwrap();
    let config = configured(&there, OTHER);
    let swapped = forged(&members, |members, _| {
        members.insert("stamp.tsr".into(), others["stamp.tsr"].clone());
    });
    assert_eq!(refused(&config, &swapped, &[]).await, "import.stamp");
    let later = forged(&members, |_, statement| {
        statement["stamped"] = json!(statement["stamped"].as_i64().unwrap() + 1);
    });
    assert_eq!(refused(&config, &later, &[]).await, "import.changed", "the moment is that of the stamp");
    imports(&config, &exports[0], &[]).await.unwrap();
    let database = Database::open(there.path(), 1).await.unwrap();
    let (_, reply) = stamp::kept(&database.pool, &hearings[0]).await.unwrap().expect("its stamp");
    assert!(reply == members["stamp.tsr"], "byte for byte");
    database.pool.close().await;
}
