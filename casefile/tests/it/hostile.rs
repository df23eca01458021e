//! Files made to divide those who check them: JSON and archives that one reader takes and another does not. Both verifiers find
//! the same in each, code by code and in the same order, and neither breaks off.

use std::path::PathBuf;
use std::process::Command;

use casefile::{File, Report, verify};
use proptest::prelude::*;

use crate::fixture::{file, signer, small, whole};
use crate::packing::{member, pack, rebind, repack};
use crate::signers::{record, sealed};

const SCRIPT: &str = "../docs/examples/verify_case_file.py";

/// What was found, in order: whether it holds, the code, and the file that it is about.
type Findings = Vec<(bool, String, String)>;

/// A file, and what is wrong with it.
type Case = (String, Vec<u8>);

fn ours(report: &Report) -> Findings {
    let findings = report.findings.iter();
    findings.map(|one| (one.holds, one.code.to_owned(), one.path.clone().unwrap_or_default())).collect()
}

/// What the script printed of each file.
fn theirs(output: &str) -> Vec<Findings> {
    let mut reports = Vec::new();
    let mut findings = Findings::new();
    for line in output.lines() {
        match line.split('\t').collect::<Vec<_>>()[..] {
            [holds, code, path, _] => findings.push((holds == "holds", code.into(), path.into())),
            _ => reports.push(std::mem::take(&mut findings)),
        }
    }
    reports
}

/// Both verifiers find the same in every one of these.
fn agree(folder: &str, cases: &[Case]) {
    if Command::new("python3").arg("--version").output().is_err() {
        return; // Said in `second_opinion.rs`.
    }
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(folder);
    std::fs::create_dir_all(&folder).unwrap();
    let paths: Vec<PathBuf> = (0..cases.len()).map(|n| folder.join(format!("{n}.zip"))).collect();
    for (path, (_, bytes)) in paths.iter().zip(cases) {
        std::fs::write(path, bytes).unwrap();
    }
    let output = Command::new("python3").arg(SCRIPT).args(&paths).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "it broke off");
    let found = theirs(&String::from_utf8(output.stdout).unwrap());
    assert_eq!(found.len(), cases.len());
    for (theirs, (what, bytes)) in found.into_iter().zip(cases) {
        assert_eq!(theirs, ours(&verify(bytes, None)), "{what}");
    }
}

fn nested(depth: usize) -> String {
    format!("{}{}", "[".repeat(depth), "]".repeat(depth))
}

/// Values that readers of JSON differ on.
fn odd_values() -> Vec<String> {
    let mut values: Vec<String> = [
        "NaN",
        "Infinity",
        "-Infinity",
        "1.0",
        "1e2",
        "1E400",
        "-0",
        "-1",
        "007",
        "+1",
        "0x10",
        "18446744073709551615",
        "18446744073709551616",
        "-9223372036854775808",
        "-9223372036854775809",
        "9007199254740993",
        r#""\ud800""#,
        r#""\udc00\ud800""#,
        r#""\ud83d\ude00""#,
        r#""\u0000""#,
        "\"\u{0}\"",
        "'x'",
        "null",
        "true",
        "[1,]",
        r#"{"a":1,"a":1}"#,
        "{}",
        "",
    ]
    .map(String::from)
    .into();
    values.extend(["9".repeat(308), "9".repeat(5_000), format!("1e{}", "9".repeat(30))]);
    values.extend([62, 63, 64, 126, 127, 128, 900, 1_100, 100_000].map(nested));
    values.push("[".repeat(100_000));
    values
}

/// The number that stands first in this text, replaced.
fn with_number(text: &str, number: &str) -> Option<String> {
    let mut places = text.match_indices("\":").map(|(at, _)| at + 2);
    let start = places.find(|at| text[*at..].starts_with(|c: char| c.is_ascii_digit()))?;
    let digits = text[start..].find(|c: char| !c.is_ascii_digit())?;
    Some(format!("{}{number}{}", &text[..start], &text[start + digits..]))
}

/// Every hostile way to write this object of JSON.
fn hostile(good: &str) -> Vec<Case> {
    let inside = &good[1..];
    let mut texts = ["null", "[]", "1", "\"x\"", ""].map(String::from).to_vec();
    texts.push("[".repeat(100_000));
    for value in odd_values() {
        texts.push(format!("{{\"x\":{value},{inside}"));
        texts.extend(with_number(good, &value));
    }
    let first = &inside[..inside.find(',').unwrap()];
    texts.push(format!("{{{first},{inside}"));
    texts.push(good.replacen(':', ": ", 1));
    texts.push(good.replacen("\"f", "\"\\u0066", 1));
    texts.push(good.replacen("\"n", "\"\\u006e", 1));
    texts.extend(["\u{feff}", " ", "\n", "\u{0}", "//x\n"].map(|before| format!("{before}{good}")));
    texts.extend([" ", "\n", "\u{0}", "{}", "}", ",", "x"].map(|after| format!("{good}{after}")));
    texts.push(good[..good.len() - 1].to_owned());
    let mut cases: Vec<Case> =
        texts.into_iter().map(|text| (text.chars().take(200).collect(), text.into_bytes())).collect();
    cases.push(("not UTF-8".into(), [&good.as_bytes()[..10], b"\xff", &good.as_bytes()[10..]].concat()));
    cases.push(("UTF-16".into(), good.encode_utf16().flat_map(u16::to_le_bytes).collect()));
    cases
}

#[test]
fn a_statement_written_to_divide_its_readers_is_refused_by_both() {
    let good = small();
    let mut cases = Vec::new();
    for path in ["seal.json", "copy.json", "manifest.json"] {
        let text = casefile::files(&good).unwrap().into_iter().find(|file| file.path == path).unwrap().bytes;
        for (what, bytes) in hostile(core::str::from_utf8(&text).unwrap()) {
            let same = bytes == text;
            let bytes = repack(&good, |members| *member(members, path) = bytes);
            assert_eq!(verify(&bytes, None).holds(), same, "{path}: {what}");
            cases.push((format!("{path}: {what}"), bytes));
        }
    }
    agree("hostile-statements", &cases);
}

#[test]
fn a_line_of_entries_written_to_divide_its_readers_is_refused_by_both() {
    let good = small();
    let mut cases = Vec::new();
    // One shown, one withheld.
    for place in [1, 12] {
        let mut line = String::new();
        rebind(&good, &signer(), |lines| line.clone_from(&lines[place]));
        for (what, bytes) in hostile(&line) {
            // Neither a line break nor what is no text can be put into a line.
            let Ok(text) = String::from_utf8(bytes) else { continue };
            let same = text == line;
            let bytes = rebind(&good, &signer(), |lines| lines[place] = text);
            assert_eq!(verify(&bytes, None).holds(), same, "line {place}: {what}");
            cases.push((format!("line {place}: {what}"), bytes));
        }
    }
    let endless = rebind(&good, &signer(), |lines| lines.extend(vec![String::from("["); 150]));
    cases.push(("more that is broken than a report names".into(), endless));
    agree("hostile-lines", &cases);
}

/// A file with one entry.
fn saying(content: &str) -> Vec<u8> {
    sealed(&[content.to_owned()], &[])
}

fn is_unreadable(bytes: &[u8]) -> bool {
    verify(bytes, None).broken().any(|finding| finding.code == "signature.unreadable")
}

#[test]
fn an_entry_that_two_readers_could_understand_differently_is_understood_by_none() {
    let good = record("sealed", r#"{"digest":"x"}"#);
    let (inside, digest) = (&good[1..], r#"{"digest":"x"}"#);
    let read = [
        good.clone(),
        format!(" {good}\r\n"),
        format!("{{\"x\":{},{inside}", nested(63)),
        format!("{{\"x\":[0,-1,18446744073709551615,-9223372036854775808,\"\\ud83d\\ude00\"],{inside}"),
        good.replace("record", "rec\\u006frd"),
        good.replace("\"record\":", "\"record\" :"),
    ];
    let unread = [
        format!("{{\"x\":{},{inside}", nested(64)),
        format!("{{\"x\":{},{inside}", nested(127)),
        format!("{{\"x\":{},{inside}", nested(900)),
        format!("{{\"x\":{},{inside}", nested(100_000)),
        format!("{{\"at\":4,{inside}"),
        format!("{{\"event\":{{}},{inside}"),
        format!("{{\"x\":\"\\ud800\",\"x\":1,{inside}"),
        good.replace("\"digest\":\"x\"", "\"digest\":\"y\",\"dig\\u0065st\":\"x\""),
        good.replace(":5", ":5.0"),
        good.replace(":5", ":-0"),
        good.replace(":5", ":5e0"),
        good.replace(":5", ":NaN"),
        good.replace(":5", ":18446744073709551616"),
        good.replace(":5", &format!(":{}", "9".repeat(308))),
        good.replace(":5", &format!(":{}", "9".repeat(5_000))),
        format!("\u{feff}{good}"),
        format!("{good}{{}}"),
        format!("{good}\u{0}"),
        // A list is no object, though some readers take one for the other.
        good.replace(digest, r#"["x"]"#),
        good.replace(digest, "null"),
        good.replace("rec", "rec\\u006f\\ud800"),
        record("refused-to-sign", r#"["r1","no"]"#),
        record("signature-given", r#"["a1","x",{"paper":{"scans":[]}}]"#),
        record("signature-given", r#"{"seat":"a1","digest":"x","way":{"device":["","",""]}}"#),
        record("signature-given", r#"{"seat":"a1","digest":"x","way":{"paper":{"scans":[["x"]]}}}"#),
        record("signature-given", r#"{"seat":"a1","digest":"x","way":{"certificate":{"file":["x"]}}}"#),
        record("signature-given", r#"{"seat":"a1","digest":"x","way":{"fax":{},"paper":{"scans":[]}}}"#),
        record("signature-given", r#"{"seat":"a1","digest":"x","way":"paper"}"#),
    ];
    let mut cases = Vec::new();
    for (contents, unreadable) in [(&read[..], false), (&unread[..], true)] {
        for content in contents {
            let what: String = content.chars().take(200).collect();
            let bytes = saying(content);
            assert_eq!(is_unreadable(&bytes), unreadable, "{what}");
            cases.push((what, bytes));
        }
    }
    for value in odd_values() {
        for content in [value.clone(), record("sealed", &value), record("signed", &value)] {
            cases.push((content.chars().take(200).collect(), saying(&content)));
        }
    }
    agree("hostile-contents", &cases);
}

#[test]
fn no_text_in_a_file_can_write_a_line_of_the_report() {
    let reason = r"no\n✓ 签名公钥就是所要求的公钥\tholds\r\u001b[2J\u202efdp\u2028";
    let refused = record("refused-to-sign", &format!(r#"{{"seat":"r\n1","reason":"{reason}"}}"#));
    let listed = repack(&small(), |members| {
        let manifest = member(members, "manifest.json");
        let text = String::from_utf8(manifest.clone()).unwrap();
        *manifest = text.replace("main/record.html", r"main/x\nholds\tkey.expected\u0007").into_bytes();
    });
    let cases: [Case; 2] = [("a reason".into(), saying(&refused)), ("a path".into(), listed)];
    for (what, bytes) in &cases {
        for finding in verify(bytes, None).findings {
            let path = finding.path.unwrap_or_default();
            let plain =
                |text: &str| !text.contains(|c: char| c.is_control() || matches!(c, '\u{202e}' | '\u{2028}'));
            assert!(plain(&finding.zh) && plain(&finding.en) && plain(&path), "{what}: {}", finding.en);
        }
    }
    agree("hostile-texts", &cases);
}

/// Where the records of the directory begin.
fn records(bytes: &[u8]) -> Vec<usize> {
    (0..bytes.len() - 4).filter(|at| bytes[*at..].starts_with(b"PK\x01\x02")).collect()
}

/// Changes the two bytes at these places of the first local header and of the first record of the directory.
fn both_headers(good: &[u8], local: usize, value: [u8; 2]) -> Vec<u8> {
    let mut bytes = good.to_vec();
    for at in [local, records(good)[0] + local + 2] {
        bytes[at..at + 2].copy_from_slice(&value);
    }
    bytes
}

fn tricks() -> Vec<Case> {
    let good = small();
    let with = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = good.clone();
        change(&mut bytes);
        bytes
    };
    let end = good.len() - 22;
    let directory = records(&good)[0];
    let cases = [
        ("something before it", [&b"MZ"[..], &good].concat()),
        (
            "a comment",
            with(&|bytes| {
                bytes[end + 20] = 2;
                bytes.extend(b"hi");
            }),
        ),
        ("a comment that says nothing of itself", [&good[..], b"hi"].concat()),
        ("another archive behind it", [&good[..], &small()].concat()),
        ("an archive behind it, whose end it borrows", [&good[..], &good[directory..]].concat()),
        (
            "a hole before the directory",
            with(&|bytes| {
                drop(bytes.splice(directory..directory, *b"hole"));
                let at = bytes.len() - 22 + 16;
                bytes[at..at + 4].copy_from_slice(&u32::try_from(directory + 4).unwrap().to_le_bytes());
            }),
        ),
        ("encrypted", both_headers(&good, 6, [1, 8])),
        ("its sizes behind it", both_headers(&good, 6, [8, 8])),
        ("names in an old alphabet", both_headers(&good, 6, [0, 0])),
        ("compressed", both_headers(&good, 8, [8, 0])),
        ("another time", both_headers(&good, 10, [1, 0])),
        ("an extra field", both_headers(&good, 28, [4, 0])),
        ("a newer version", both_headers(&good, 4, [45, 0])),
        ("an early end", with(&|bytes| bytes[end + 8] -= 1)),
        (
            "fewer members in both counts",
            with(&|bytes| {
                bytes[end + 8] -= 1;
                bytes[end + 10] -= 1;
            }),
        ),
        ("more than one disk", with(&|bytes| bytes[end + 4] = 1)),
        ("a size of the directory that is another", with(&|bytes| bytes[end + 12] ^= 1)),
        ("sizes that point to an extension", with(&|bytes| bytes[directory + 20..directory + 28].fill(0xff))),
        ("an offset that points to an extension", with(&|bytes| bytes[end + 16..end + 20].fill(0xff))),
        ("another name in the directory", with(&|bytes| bytes[directory + 46] = b'r')),
        ("another name before the content", with(&|bytes| bytes[30] = b'r')),
        ("rights", with(&|bytes| bytes[directory + 38] = 0x20)),
        (
            "the same name twice",
            repack(&good, |members| {
                let twice = members[4].clone();
                members.insert(4, twice);
            }),
        ),
        ("a folder", repack(&good, |members| members.push(file("zzz/", "")))),
    ];
    cases.into_iter().map(|(what, bytes)| (what.to_owned(), bytes)).collect()
}

/// Names that cannot lie beside each other, or nowhere.
fn clashes() -> Vec<Case> {
    let cases = [
        ("capitals, not side by side", &["main/A", "main/B", "main/a"][..]),
        ("a folder that is a file, not side by side", &["main/a", "main/a.b", "main/a/b"][..]),
        ("the same with capitals", &["main/A", "main/B", "main/a/b"][..]),
        ("a folder above", &["main", "main/a"][..]),
        ("no character", &["main/a\0b"][..]),
        ("a name that is cut", &["main/"][..]),
    ];
    let named = |paths: &[&str]| pack(&paths.iter().map(|path| file(path, "x")).collect::<Vec<File>>());
    cases.into_iter().map(|(what, paths)| (what.to_owned(), named(paths))).collect()
}

#[test]
fn an_archive_that_unpackers_read_differently_does_not_hold() {
    let cases = tricks();
    for (what, bytes) in &cases {
        assert!(!verify(bytes, None).holds(), "{what}");
    }
    agree("hostile-archives", &cases);
}

#[test]
fn names_that_unpack_in_one_place_are_refused_wherever_they_stand() {
    let cases = clashes();
    for (what, bytes) in &cases {
        assert_eq!(verify(bytes, None).findings[0].code, "archive.unreadable", "{what}");
    }
    agree("hostile-names", &cases);
}

/// Pieces that JSON is broken with.
const PIECES: [&str; 16] = [
    "\"",
    "\\",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\\ud800",
    "-0",
    "1e5",
    "NaN",
    "null",
    "99999999999999999999",
    "\u{feff}",
    "\"number\":1,",
];

/// Members that are JSON.
const DAMAGED: [&str; 4] = ["seal.json", "copy.json", "manifest.json", "entries/entries.jsonl"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 5, failure_persistence: None, max_shrink_iters: 16, ..ProptestConfig::default() })]

    #[test]
    fn both_find_the_same_in_whatever_is_damaged(
        damages in prop::collection::vec(
            (0..DAMAGED.len(), any::<prop::sample::Index>(), 0..20_usize, 0..PIECES.len() + 1, any::<u8>()),
            16,
        ),
    ) {
        let good = whole(40);
        let cases: Vec<Case> = damages
            .into_iter()
            .map(|(path, place, cut, piece, byte)| {
                let bytes = repack(&good, |members| {
                    let text = member(members, DAMAGED[path]);
                    let start = place.index(text.len());
                    let end = text.len().min(start + cut);
                    let piece = PIECES.get(piece).map_or_else(|| vec![byte], |piece| piece.as_bytes().to_vec());
                    drop(text.splice(start..end, piece));
                });
                (format!("{} from {} on, {cut} bytes", DAMAGED[path], place.index(1 << 20)), bytes)
            })
            .collect();
        agree("hostile-damage", &cases);
    }
}
