//! A second verifier, in another language and with nothing of ours in it, finds the same in good and damaged files.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use casefile::{File, Report, verify};

use crate::fixture::{keys, signer, small, whole};
use crate::packing::{der, forge, member, pack, rebind, repack, sign_again};

const SCRIPT: &str = "../docs/examples/verify_case_file.py";

/// Codes with the file they are about: those that hold, and those that are broken.
type Broken = BTreeSet<(String, String)>;

#[test]
fn both_find_the_same() {
    if Command::new("python3").arg("--version").output().is_err() {
        let _ = std::io::Write::write_all(&mut std::io::stderr(), b"SKIPPED: there is no python3 here\n");
        return;
    }
    let cases = cases();
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("second-opinion");
    std::fs::create_dir_all(&folder).unwrap();
    let paths: Vec<PathBuf> = (0..cases.len()).map(|n| folder.join(format!("{n}.zip"))).collect();
    for (path, bytes) in paths.iter().zip(&cases) {
        std::fs::write(path, bytes).unwrap();
    }
    let output = Command::new("python3").arg(SCRIPT).args(&paths).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let theirs = read(&String::from_utf8(output.stdout).unwrap());
    assert_eq!(theirs.len(), cases.len());
    for (n, (theirs, bytes)) in theirs.iter().zip(&cases).enumerate() {
        let ours = verify(bytes, None);
        assert_eq!(*theirs, (ours.holds(), broken(&ours)), "{}", paths[n].display());
    }
    assert_eq!(theirs.iter().filter(|(holds, _)| *holds).count(), 4);
}

#[test]
fn it_ends_with_a_status_for_scripts_and_knows_the_expected_key() {
    use casefile::Signer as _;
    let run = |arguments: &[&str]| Command::new("python3").arg(SCRIPT).args(arguments).output();
    if run(&[]).is_err() {
        return; // Said above.
    }
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("second-opinion-key.zip");
    std::fs::write(&path, small()).unwrap();
    let path = path.to_str().unwrap();
    let (right, wrong) = (signer().keys().ed25519.to_string(), "00".repeat(32));
    let status = |arguments: &[&str]| run(arguments).unwrap().status.code();
    assert_eq!(status(&["--key", &right, path]), Some(0));
    assert_eq!(status(&["--key", &wrong, path]), Some(1));
    assert_eq!(status(&["--key", "short", path]), Some(2));
    let (sm2, fingerprint) = (signer().keys().sm2.to_string(), signer().keys().sm2.fingerprint());
    assert_eq!(status(&["--key", &right, "--sm2-key", &sm2, path]), Some(0));
    assert_eq!(status(&["--sm2-key", &fingerprint, path]), Some(0));
    assert_eq!(status(&["--key", &signer().keys().ed25519.fingerprint(), path]), Some(0));
    assert_eq!(status(&["--sm2-key", &"00".repeat(64), path]), Some(1));
    assert_eq!(status(&["--sm2-key", &right, path]), Some(2));
    assert_eq!(status(&["no such file"]), Some(2));
    assert_eq!(status(&[]), Some(2));
}

fn cases() -> Vec<Vec<u8>> {
    let (small, whole) = (small(), whole(300));
    let mut cases = vec![small.clone(), whole.clone(), forge(&keys(9)), rebind(&whole, &signer(), |_| ())];
    // Flipped bytes, all over the headers, signatures, statements, entries and files; and cuts.
    cases.extend((0..small.len()).step_by(53).map(|at| {
        let mut bytes = small.clone();
        bytes[at] ^= 1 << (at % 8);
        bytes
    }));
    cases.extend((0..small.len()).step_by(509).map(|length| small[..length].to_vec()));
    cases.push([&small[..], b"x"].concat());
    // Signed again after a change.
    type Change = fn(&mut Vec<String>);
    let changes: [Change; 10] = [
        |lines| drop(lines.remove(5)),
        |lines| drop(lines.pop()),
        |lines| lines.swap(1, 2),
        |lines| lines.insert(3, lines[2].clone()),
        |lines| lines.clear(),
        |lines| lines[6] = lines[6].replace("第7次", "第八次"),
        |lines| lines[6] = lines[6].replace("\"number\":7", "\"number\":7,\"number\":7"),
        |lines| lines[6] = lines[6].replace("\"number\":7", "\"number\":18446744073709551616"),
        |lines| lines[6] = lines[6].replacen("次", "\\ud800", 1),
        |lines| lines[6] = "[".repeat(5_000),
    ];
    cases.extend(changes.iter().map(|change| rebind(&whole, &signer(), change)));
    cases.extend((0..16).map(|n| repack(&whole, |members| drop(members.remove(n)))));
    cases.extend((0..16).map(|n| repack(&whole, |members| members[n].bytes = b"?".to_vec())));
    cases.push(repack(&small, |members| {
        members.insert(0, File { path: "confidential/x".into(), bytes: vec![] });
        members.sort_by(|a, b| a.path.cmp(&b.path));
        sign_again(members, &signer());
    }));
    cases.push(repack(&small, |members| {
        *member(members, "seal.json") = b"{\"format\":\"fengqiao-seal/2\"}".to_vec()
    }));
    // The second suite: a number too many, one that is none, a point off the curve, a statement that never ends.
    let oddities: [(&str, Vec<u8>); 6] = [
        ("seal-sm2.sig", der(&[0; 64])),
        ("seal-sm2.sig", der(&[0xff; 64])),
        ("copy-sm2.sig", vec![0x30]),
        ("copy-sm2.sig", [&[0x30, 6, 2, 1, 1, 2, 1, 1][..], &[0]].concat()),
        ("seal-sm2.pub", [&files_of(&small, "seal-sm2.pub")[..27], &[7; 64]].concat()),
        ("seal.json", vec![b' '; 5_000]),
    ];
    cases.extend(oddities.map(|(path, bytes)| repack(&small, |members| *member(members, path) = bytes)));
    for path in ["../evil", "main/a\u{202e}b", "main/证据", "MAIN/x", "main/x ", "c:x", "nowhere/x"] {
        cases.push(pack(&[File { path: path.into(), bytes: b"x".to_vec() }]));
    }
    cases
}

fn files_of(bytes: &[u8], path: &str) -> Vec<u8> {
    casefile::files(bytes).unwrap().into_iter().find(|file| file.path == path).unwrap().bytes
}

/// What the script said of each file.
fn read(output: &str) -> Vec<(bool, Broken)> {
    let mut reports = Vec::new();
    let mut broken = Broken::new();
    for line in output.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        match fields[..] {
            ["BROKEN", code, path, _] => drop(broken.insert((code.into(), path.into()))),
            ["holds", code, ..] => drop(broken.insert((format!("holds {code}"), String::new()))),
            _ => reports.push((line.ends_with(": the file holds"), std::mem::take(&mut broken))),
        }
    }
    reports
}

fn broken(report: &Report) -> Broken {
    report
        .findings
        .iter()
        .map(|finding| match finding.holds {
            true => (format!("holds {}", finding.code), String::new()),
            false => (finding.code.to_owned(), finding.path.clone().unwrap_or_default()),
        })
        .collect()
}
