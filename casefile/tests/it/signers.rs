//! What people signed is checked by whoever holds the file: which way, over which record, and who refused.

use std::{path::PathBuf, process::Command};

use casefile::{Copy, CopyKind, Digest, Entry, File, Leaf, Report, Seal, Sealing, signature, verify};
use p256::ecdsa::{Signature, SigningKey, signature::Signer as _};

use crate::fixture::{file, signer};

const HEARING: &str = "0193a5c0";
const RECORD: &str = "{\"number\":1}\n{\"number\":2}\n";
const DRAWING: &str = "M 1 1 L 2 2";

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn digest(text: &str) -> String {
    Digest::of(text.as_bytes()).to_string()
}

pub(crate) fn record(verb: &str, what: &str) -> String {
    format!(r#"{{"at":5,"event":{{"record":{{"{verb}":{what}}}}}}}"#)
}

fn device(seat: &str, digest: &str) -> String {
    let key = SigningKey::from_slice(&[seat.len() as u8; 32]).unwrap();
    let lines = signature::statement(HEARING, seat, digest, DRAWING);
    let signed: Signature = key.sign(lines.as_bytes());
    let (key, signed) = (hex(key.verifying_key().to_sec1_point(false).as_bytes()), hex(&signed.to_bytes()));
    let way = format!(r#"{{"device":{{"drawing":"{DRAWING}","key":"{key}","signature":"{signed}"}}}}"#);
    given(seat, digest, &way)
}

fn given(seat: &str, digest: &str, way: &str) -> String {
    record(
        "signature-given",
        &format!(r#"{{"seat":"{seat}","by":"{seat}","digest":"{digest}","way":{way}}}"#),
    )
}

fn paper(seat: &str, digest: &str, scans: &[&str]) -> String {
    let scan =
        |sha256: &&str| format!(r#"{{"sha256":"{sha256}","size":3,"media_type":"image/png","pages":1}}"#);
    let scans: Vec<String> = scans.iter().map(scan).collect();
    given(seat, digest, &format!(r#"{{"paper":{{"scans":[{}]}}}}"#, scans.join(",")))
}

/// A file with these entries, sealed and bound as a good one.
pub(crate) fn sealed(contents: &[String], files: &[File]) -> Vec<u8> {
    sealed_showing(contents, files, |_| true)
}

/// The same, with some of the entries withheld.
fn sealed_showing(contents: &[String], files: &[File], shown: impl Fn(&str) -> bool) -> Vec<u8> {
    let entries: Vec<Entry> = (1..)
        .zip(contents)
        .map(|(number, content): (u64, &String)| Entry {
            number,
            content: content.clone().into_bytes(),
            salt: Digest::of(&number.to_be_bytes()).0,
        })
        .collect();
    let commitments: Vec<Digest> = entries.iter().map(Entry::commitment).collect();
    let sealing = Sealing { hearing: HEARING, stream: "hearing/x", sealed_at: 1, commitments: &commitments };
    let leaves: Vec<Leaf> =
        entries.into_iter().zip(contents).map(|(entry, content)| entry.leaf(shown(content))).collect();
    let seal = Seal::make(&sealing, &signer()).unwrap();
    let mut files = files.to_vec();
    files.push(file("main/record.html", "听证笔录"));
    seal.copy(&Copy { kind: CopyKind::Main, leaves: &leaves, files: &files }, &signer()).unwrap()
}

fn codes(report: &Report) -> Vec<(bool, &'static str)> {
    let all = report.findings.iter().map(|finding| (finding.holds, finding.code));
    all.filter(|(_, code)| code.starts_with("signature") || code.starts_with("record")).collect()
}

/// The whole of a signing: one on a device, one on paper, one with a certificate, one refuses; a correction in between.
fn good() -> (Vec<String>, Vec<File>) {
    let (before, now) = (digest("before"), digest(RECORD));
    let scan = digest("scan");
    let certificate =
        given("a2", &now, &format!(r#"{{"certificate":{{"file":{{"sha256":"{scan}"}},"subject":"甲"}}}}"#));
    let contents = vec![
        record("signed", r#"{"seat":"a1","digest":"x"}"#),
        device("a1", &before),
        paper("a2", &before, &[&scan]),
        record(
            "correction-asked",
            r#"{"id":"c","by":"a1","line":1,"text":"“record”: {","reason":"\"record\":{"}"#,
        ),
        record("corrected", r#"{"line":1,"text":"y","by":"a1","reason":"z"}"#),
        device("a1", &now),
        device("chair", &now),
        record("refused-to-sign", r#"{"seat":"r1","reason":"不认可第3行 𠅤"}"#),
        paper("p1", &now, &[&scan]),
        certificate,
        record("sealed", &format!(r#"{{"digest":"{now}"}}"#)),
    ];
    let files = vec![file("main/record.jsonl", RECORD), file(&format!("main/signatures/{scan}.png"), "scan")];
    (contents, files)
}

#[test]
fn who_signed_which_way_and_who_refused_stands_in_the_report() {
    let (contents, files) = good();
    let report = verify(&sealed(&contents, &files), None);
    assert!(report.holds(), "{report:#?}");
    let expected = [
        "record",
        "signature.earlier",
        "signature.earlier",
        "signature.device",
        "signature.certificate",
        "signature.device",
        "signature.paper",
        "signature.refused",
    ];
    assert_eq!(codes(&report), expected.map(|code| (true, code)));
    let refusal = report.findings.iter().find(|finding| finding.code == "signature.refused").unwrap();
    assert_eq!(refusal.zh, "席位r1拒绝签名，理由：不认可第3行 𠅤");
}

/// Every way in which what people signed can be wrong though the office's seal is right, with the code that names it.
fn forgeries() -> Vec<(Vec<u8>, &'static str)> {
    let (contents, files) = good();
    let with = |at: usize, content: String| {
        let mut contents = contents.clone();
        contents[at] = content;
        sealed(&contents, &files)
    };
    let after = |content: String| sealed(&[&contents[..], &[content]].concat(), &files);
    let unsealed =
        |files: &[File]| sealed_showing(&contents, files, |content| !content.contains(r#"{"sealed":"#));
    let now = digest(RECORD);
    let other = |from: &str, to: &str| with(5, contents[5].replace(from, to));
    vec![
        (other(DRAWING, "M 1 1 L 2 3"), "signature.forged"),
        (other(r#""seat":"a1""#, r#""seat":"a9""#), "signature.forged"),
        (with(5, contents[6].replace("chair", "a1")), "signature.forged"),
        (
            with(5, given("a1", &now, r#"{"device":{"drawing":"","key":"","signature":""}}"#)),
            "signature.forged",
        ),
        (with(5, device("a1", &digest("another"))), "signature.other-record"),
        (with(5, given("a1", &now, r#"{"device":{}}"#)), "signature.unreadable"),
        (with(5, given("a1", &now, r#""device""#)), "signature.unreadable"),
        (with(5, given("a1", &now, r#"{"fax":{}}"#)), "signature.unreadable"),
        (with(7, record("refused-to-sign", r#"{"seat":3}"#)), "signature.unreadable"),
        (with(8, paper("p1", &now, &[&digest("no such scan")])), "signature.scan-missing"),
        (with(8, paper("p1", &now, &[&digest("none"), &digest("of them")])), "signature.scan-missing"),
        (with(8, paper("p1", &now, &[])), "signature.scan-missing"),
        (with(9, device("p1", &now)), "signature.replaced"),
        (with(9, record("refused-to-sign", r#"{"seat":"p1","reason":"x"}"#)), "signature.replaced"),
        (after(record("corrected", r#"{"line":1}"#)), "signature.after-seal"),
        (after(device("a9", &now)), "signature.after-seal"),
        (
            after(record("sealed", &format!(r#"{{"digest":"{}"}}"#, digest("another")))),
            "signature.after-seal",
        ),
        (unsealed(&[file("main/record.jsonl", "{}"), files[1].clone()]), "signature.other-record"),
        (sealed(&contents, &[file("main/record.jsonl", "{}"), files[1].clone()]), "record.other"),
        (sealed(&contents, &files[..1]), "signature.scan-missing"),
        (
            sealed(&contents, &[files[0].clone(), File { bytes: b"other".into(), ..files[1].clone() }]),
            "signature.scan-missing",
        ),
    ]
}

#[test]
fn signatures_hold_on_the_record_itself_where_the_entry_that_sealed_it_is_withheld() {
    let (contents, files) = good();
    let shown = |content: &str| !content.contains(r#"{"sealed":"#);
    let report = verify(&sealed_showing(&contents, &files, shown), None);
    assert!(report.holds(), "{report:#?}");
    // Where neither is there, all must at least have signed the same.
    let mut contents = contents;
    contents[6] = device("chair", &digest("another"));
    let report = verify(&sealed_showing(&contents, &files[1..], shown), None);
    assert_eq!(report.broken().map(|finding| finding.code).collect::<Vec<_>>(), ["signature.other-record"]);
}

#[test]
fn what_was_not_signed_is_found_though_the_office_sealed_it() {
    for (bytes, code) in forgeries() {
        let report = verify(&bytes, None);
        let broken: Vec<&str> = report.broken().map(|finding| finding.code).collect();
        assert!(broken.contains(&code), "{code}: {broken:?}");
    }
}

#[test]
fn a_strangers_verifier_finds_the_same() {
    let script = "../docs/examples/verify_case_file.py";
    if Command::new("python3").arg("--version").output().is_err() {
        return; // Said by its neighbour.
    }
    let (contents, files) = good();
    let mut cases = vec![sealed(&contents, &files)];
    cases.extend(forgeries().into_iter().map(|(bytes, _)| bytes));
    cases.push(sealed_showing(&contents, &files, |content| !content.contains(r#"{"sealed":"#)));
    for (at, odd) in [
        r#"{"at":1,"event":{"record":{}}}"#,
        r#"{"event":{"record":[1]}}"#,
        r#"{"event":{"record":{"a":1,"b":2}}}"#,
        r#"{"event":{"record":{"sealed":NaN}}}"#,
        r#"{"event":{"record":{"signature-given":{"seat":"\ud800"}}}}"#,
        r#"{"event":{"record":{"sealed":1e999}}}"#,
        r#"{"event":{"record":{"sealed":18446744073709551616}}}"#,
        r#"{"event":{"record":{"#,
        "[]",
    ]
    .iter()
    .enumerate()
    {
        let mut contents = contents.clone();
        contents.insert(at, (*odd).into());
        cases.push(sealed(&contents, &files));
    }
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("signers");
    std::fs::create_dir_all(&folder).unwrap();
    for (n, bytes) in cases.iter().enumerate() {
        let path = folder.join(format!("{n}.zip"));
        std::fs::write(&path, bytes).unwrap();
        let output = Command::new("python3").arg(script).arg(&path).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let theirs: Vec<(bool, String)> = text
            .lines()
            .filter_map(|line| line.split_once('\t'))
            .map(|(holds, rest)| (holds == "holds", rest.split('\t').next().unwrap().to_owned()))
            .collect();
        let report = verify(bytes, None);
        let ours: Vec<(bool, String)> =
            report.findings.iter().map(|finding| (finding.holds, finding.code.to_owned())).collect();
        assert_eq!(theirs, ours, "{n}: {text}");
    }
}
