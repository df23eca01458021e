//! The command that checks a case file: by the keys that the office published, whole or by their fingerprints.

use std::{path::Path, process::Command};

use casefile::{Copy, CopyKind, Entry, OfficeKeys, Seal, Sealing, Signer as _};

fn office() -> OfficeKeys {
    OfficeKeys::from_secrets(&[3; 32], &[4; 32]).unwrap()
}

/// A small file, sealed by the office.
fn sealed() -> Vec<u8> {
    let entry = Entry { number: 1, content: b"{}".to_vec(), salt: [5; 32] };
    let sealing =
        Sealing { hearing: "h1", stream: "hearing/h1", sealed_at: 0, commitments: &[entry.commitment()] };
    let seal = Seal::make(&sealing, &office()).unwrap();
    let copy = Copy { kind: CopyKind::Main, leaves: &[entry.leaf(true)], files: &[] };
    seal.copy(&copy, &office()).unwrap()
}

/// The exit status, and what was said.
fn verified(file: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_fengqiao"));
    let done = program.arg("verify").arg(file).args(arguments).output().unwrap();
    (done.status.code(), String::from_utf8(done.stdout).unwrap())
}

#[test]
fn a_file_is_checked_by_both_keys_that_the_office_published() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file.zip");
    std::fs::write(&file, sealed()).unwrap();
    let keys = office().keys();
    let (key, sm2) = (keys.ed25519.to_string(), keys.sm2.to_string());
    let (fingerprint, sm2_fingerprint) = (keys.ed25519.fingerprint(), keys.sm2.fingerprint());
    assert_eq!(verified(&file, &[]).0, Some(0), "without a key the fingerprints are shown");
    for (key, sm2) in [(&key, &sm2), (&fingerprint, &sm2_fingerprint)] {
        let (status, said) = verified(&file, &["--key", key, "--sm2-key", sm2]);
        assert_eq!(status, Some(0), "{said}");
        assert!(said.contains("国密公钥（SM2）就是所要求的公钥"), "{said}");
        assert!(said.contains("the signing key is the expected one"), "{said}");
    }
    // A second key of somebody else: the first alone would not tell.
    let others = "0".repeat(128);
    let (status, said) = verified(&file, &["--key", &key, "--sm2-key", &others]);
    assert_eq!(status, Some(1), "{said}");
    assert!(said.lines().any(|line| line.starts_with("✗ 国密公钥")), "{said}");
    for wrong in [["--sm2-key", &*key], ["--key", &*sm2], ["--sm2-key", "12"]] {
        assert_eq!(verified(&file, &wrong).0, Some(2), "{wrong:?}");
    }
}
