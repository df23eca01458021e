//! The keys of the seal can be replaced: what was sealed keeps its one seal, and everything later has the new keys.

use casefile::{PublicKey, verify};
use server::archive::{key, seals};

use crate::office::{Prepared, answer};

async fn published(office: &Prepared) -> serde_json::Value {
    answer(reqwest::Client::new().get(office.server.at("/api/seal-key"))).await.1
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hearing_keeps_its_seal_when_the_keys_are_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let old = key::Keyring::open(folder.path()).unwrap();
    let sealing = casefile::Sealing {
        hearing: "h1",
        stream: "hearing/h1",
        sealed_at: 0,
        commitments: &[casefile::Digest::of(b"entry")],
    };
    let seal = casefile::Seal::make(&sealing, &**old.now()).unwrap();
    let office = Prepared::new().await;
    let pool = &office.server.site.database.pool;
    assert_eq!(seals::kept(pool, "h1").await.unwrap(), None);
    assert_eq!(seals::keep(pool, "h1", &seal).await.unwrap(), seal);

    let (before, after) = key::replace(folder.path()).unwrap();
    assert_eq!(before, seal.keys);
    let keys = key::Keyring::open(folder.path()).unwrap();
    assert_eq!(keys.keys().collect::<Vec<_>>(), [after, before], "the new ones seal, the old ones stay");
    let again = casefile::Seal::make(&sealing, &**keys.now()).unwrap();
    assert_ne!(again, seal);
    assert_eq!(seals::keep(pool, "h1", &again).await.unwrap(), seal, "the first counts");

    let entry = casefile::Entry { number: 1, content: b"entry".to_vec(), salt: [0; 32] };
    let sealing = casefile::Sealing { commitments: &[entry.commitment()], ..sealing };
    let seal = casefile::Seal::make(&sealing, &**old.now()).unwrap();
    let copy = casefile::Copy { kind: casefile::CopyKind::Main, leaves: &[entry.leaf(true)], files: &[] };
    let holder = keys.holder(&seal.keys).unwrap();
    let file = seal.copy(&copy, &**holder).unwrap();
    assert!(verify(&file, Some(&before.ed25519)).holds());
    assert!(
        seal.copy(&copy, &**keys.now()).is_err(),
        "nobody binds a copy with keys that are not the seal's"
    );
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_keys_are_there_for_whoever_checks_and_the_secret_ones_for_their_owner_alone() {
    let office = Prepared::new().await;
    let published = published(&office).await;
    let key = PublicKey::from_hex(published["key"].as_str().unwrap()).unwrap();
    assert_eq!(published["fingerprint"], key.fingerprint());
    assert_eq!(published["sm2"].as_str().unwrap().len(), 128);
    assert_eq!(published["past"], serde_json::json!([]));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let file = office.server.site.config.data.join("seal.key");
        assert_eq!(std::fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    office.server.stop().await;
}

#[test]
fn keys_that_are_broken_are_refused_and_a_wrong_folder_has_none_to_replace() {
    let folder = tempfile::tempdir().unwrap();
    assert!(key::replace(folder.path()).is_err());
    assert!(!folder.path().join("seal.key").exists(), "nothing is made in a wrong folder");
    let keys: Vec<_> = key::Keyring::open(folder.path()).unwrap().keys().collect();
    assert_eq!(key::Keyring::open(folder.path()).unwrap().keys().collect::<Vec<_>>(), keys, "the same again");
    // A replacement that was broken off after its first half.
    let path = folder.path().join("seal.key");
    std::fs::copy(&path, folder.path().join("seal-0.key")).unwrap();
    assert_eq!(key::Keyring::open(folder.path()).unwrap().keys().collect::<Vec<_>>(), keys);
    let one = format!("{}\n", "07".repeat(32));
    for broken in ["", "07\n", &one, &one.repeat(3), &format!("{one}{}\n", "ff".repeat(32))] {
        std::fs::write(&path, broken).unwrap();
        assert_eq!(key::Keyring::open(folder.path()).unwrap_err().code(), "error.config", "{broken}");
    }
}
