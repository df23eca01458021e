//! A file changed on purpose, with headers, checksums and even signatures made to fit again.

use casefile::{Expected, File, Published, Report, Signer as _, files, verify, verify_as};

use crate::fixture::{ENTRIES, keys, signer, small, whole};
use crate::packing::{der, forge, member, pack, rebind, repack, sign_again};

fn broken(report: &Report) -> Vec<&'static str> {
    report.broken().map(|finding| finding.code).collect()
}

#[test]
fn entries_removed_swapped_or_repeated_are_found_though_all_else_is_signed_again() {
    let good = whole(10);
    assert!(verify(&rebind(&good, &signer(), |_| ()), None).holds(), "signing again alone changes nothing");
    for n in 0..usize::try_from(ENTRIES).unwrap() {
        let report = verify(&rebind(&good, &signer(), |lines| drop(lines.remove(n))), None);
        assert!(broken(&report).contains(&"entries.root") && broken(&report).contains(&"entries.count"));
        if n + 1 < usize::try_from(ENTRIES).unwrap() {
            let expected = format!("entry {} is missing", n + 1);
            assert!(report.broken().any(|finding| finding.en == expected), "{report:#?}");
            let report = verify(&rebind(&good, &signer(), |lines| lines.swap(n, n + 1)), None);
            assert!(broken(&report).contains(&"entry.moved"), "{report:#?}");
        }
        let report = verify(&rebind(&good, &signer(), |lines| lines.insert(n, lines[n].clone())), None);
        let expected = format!("entry {} stands twice or was moved", n + 1);
        assert!(report.broken().any(|finding| finding.en == expected), "{report:#?}");
    }
}

#[test]
fn entries_renumbered_after_a_removal_are_found() {
    let report = verify(
        &rebind(&whole(10), &signer(), |lines| {
            lines.remove(4);
            for (place, line) in lines.iter_mut().enumerate() {
                let rest = line.find(",\"commitment\"").unwrap();
                *line = format!("{{\"number\":{}{}", place + 1, &line[rest..]);
            }
        }),
        None,
    );
    assert!(broken(&report).contains(&"entries.root") && broken(&report).contains(&"entries.chain"));
}

#[test]
fn a_changed_entry_is_named() {
    let report =
        verify(&rebind(&whole(10), &signer(), |lines| lines[6] = lines[6].replace("第7次", "第八次")), None);
    assert_eq!(broken(&report), ["entry.changed"]);
    assert_eq!(report.broken().next().unwrap().zh, "第7条记录的内容被改动，与其承诺值不符");
}

#[test]
fn a_line_written_in_another_way_is_refused() {
    type Change = fn(&str) -> String;
    let changes: [Change; 6] = [
        |line| format!(" {line}"),
        |line| line.replace("\"number\":7", "\"number\":7.0"),
        |line| line.replace("\"number\":7", "\"number\":7,\"number\":7"),
        |line| line.replace("\"number\":7", "\"note\":1,\"number\":7"),
        |line| line.replacen("第", "\\u7b2c", 1),
        |line| line[..line.find(",\"proof\"").unwrap()].to_owned() + "}",
    ];
    for change in changes {
        let report = verify(&rebind(&whole(10), &signer(), |lines| lines[6] = change(&lines[6])), None);
        assert!(broken(&report).contains(&"entry.unreadable"), "{report:#?}");
    }
}

#[test]
fn a_false_proof_is_found() {
    let changes: [fn(&mut String); 4] = [
        |line| {
            let last = line.len() - 4;
            let digit = if &line[last..=last] == "0" { "1" } else { "0" };
            line.replace_range(last..=last, digit);
        },
        |line| line.truncate(line.len() - 2),
        |line| line.push(' '),
        |line| *line = line.replace("\"proof\":[", "\"proof\":[\"00\","),
    ];
    for change in changes {
        let report = verify(&rebind(&whole(10), &signer(), |lines| change(&mut lines[6])), None);
        assert_eq!(broken(&report), ["entry.unproven"]);
    }
}

#[test]
fn a_forgers_own_key_is_found_when_the_offices_is_given() {
    let forged = forge(&keys(9));
    assert!(verify(&forged, None).holds(), "only the fingerprint can tell");
    assert_eq!(broken(&verify(&forged, Some(&signer().keys().ed25519))), ["key.unexpected"]);
}

#[test]
fn both_keys_are_compared_with_what_the_office_published_of_them() {
    let (own, good) = (signer().keys(), small());
    let published = |ed25519: &str, sm2: &str| Expected {
        ed25519: Published::ed25519(ed25519),
        sm2: Published::sm2(sm2),
    };
    let whole = published(&own.ed25519.to_string(), &own.sm2.to_string());
    let fingerprints = published(&own.ed25519.fingerprint(), &own.sm2.fingerprint());
    for expected in [&whole, &fingerprints] {
        assert!(expected.ed25519.is_some() && expected.sm2.is_some());
        let report = verify_as(&good, expected);
        assert!(report.holds(), "{report:#?}");
        assert_eq!(report.findings[1].code, "key.expected");
        assert_eq!(report.findings[2].code, "key.sm2-expected");
        let forged = verify_as(&forge(&keys(9)), expected);
        assert_eq!(broken(&forged), ["key.unexpected", "key.sm2-unexpected"]);
    }
    // Whoever has broken the first suite names a second key of their own; the first alone does not tell.
    let other = Expected { sm2: Published::sm2(&"0".repeat(128)), ..whole };
    assert_eq!(broken(&verify_as(&good, &other)), ["key.sm2-unexpected"]);
}

#[test]
fn signatures_of_another_key_do_not_hold() {
    let forger = keys(9);
    let report = verify(&repack(&small(), |members| sign_again(members, &forger)), None);
    assert_eq!(broken(&report), ["copy.forged", "copy.sm2-forged"]);
    let keys = forger.keys();
    let report = verify(
        &repack(&small(), |members| {
            *member(members, "seal.pub") = keys.ed25519.to_der();
            *member(members, "seal-sm2.pub") = keys.sm2.to_der();
            sign_again(members, &forger);
        }),
        None,
    );
    assert_eq!(broken(&report), ["seal.forged", "seal.sm2-forged", "key.other-sm2"]);
}

#[test]
fn neither_suite_stands_for_the_other() {
    // A forger who has broken one of them: the key of the other is another's.
    let forger = keys(9);
    let report = verify(
        &repack(&small(), |members| {
            *member(members, "seal-sm2.pub") = forger.keys().sm2.to_der();
            let seal = member(members, "seal.json").clone();
            *member(members, "seal-sm2.sig") = der(&forger.sign(&seal).unwrap().sm2);
            let sound = member(members, "copy.sig").clone();
            sign_again(members, &forger);
            *member(members, "copy.sig") = sound;
        }),
        None,
    );
    assert!(broken(&report).contains(&"key.other-sm2"), "{report:#?}");
    // One that is left out is missed.
    for path in ["seal-sm2.pub", "seal-sm2.sig", "copy-sm2.sig", "seal.sig", "copy.sig"] {
        let report = verify(&repack(&small(), |members| members.retain(|file| file.path != path)), None);
        assert!(report.broken().any(|finding| finding.code == "file.missing"), "{path}: {report:#?}");
    }
}

#[test]
fn the_second_signature_is_written_in_one_way_and_openssl_reads_it() {
    let key = signer().keys().sm2;
    let good = der(&signer().sign(b"text").unwrap().sm2);
    assert!(key.signed(b"text", &good) && !key.signed(b"Text", &good));
    let mut long = good.clone();
    long.insert(4, 0);
    (long[1], long[3]) = (long[1] + 1, long[3] + 1);
    let cut = &good[..good.len() - 1];
    for wrong in [
        &long[..],
        cut,
        &[],
        &[0x30],
        &[0x30, 2, 2, 200, 1],
        &[good.clone(), vec![0]].concat(),
        &der(&[1; 64]),
    ] {
        assert!(!key.signed(b"text", wrong), "{wrong:?}");
    }
    let folder = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("sm2");
    std::fs::create_dir_all(&folder).unwrap();
    for (name, bytes) in [("key", key.to_der()), ("text", b"text".to_vec()), ("signature", good)] {
        std::fs::write(folder.join(name), bytes).unwrap();
    }
    let arguments = "pkeyutl -verify -pubin -keyform DER -inkey key -rawin -digest sm3 -pkeyopt distid:1234567812345678 -in text -sigfile signature";
    let openssl =
        std::process::Command::new("openssl").args(arguments.split(' ')).current_dir(&folder).output();
    // Where there is none the script in Python says the same (`second_opinion.rs`).
    if let Ok(output) = openssl {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn a_seal_of_another_hearing_does_not_fit() {
    let other = files(&forge(&signer())).unwrap();
    let report = verify(
        &repack(&small(), |members| {
            for path in ["seal.json", "seal.sig", "seal-sm2.sig"] {
                *member(members, path) = other.iter().find(|file| file.path == path).unwrap().bytes.clone();
            }
            sign_again(members, &signer());
        }),
        None,
    );
    assert_eq!(broken(&report), ["copy.other-seal"]);
}

#[test]
fn weak_keys_and_a_second_writing_of_a_signature_are_refused() {
    // Of order 1, 2, 4 and 8, and a second writing of order 1: under such keys anything may seem signed.
    let mut one = [0; 32];
    one[0] = 1;
    let mut again = [0xff; 32];
    (again[0], again[31]) = (0xee, 0x7f);
    for key in [one, [0; 32], again] {
        let mut signature = [0; 64];
        signature[..32].copy_from_slice(&key);
        assert!(!casefile::PublicKey(key).signed(b"anything", &signature));
    }
    // The same signature with the group's order added to its second half.
    let order = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut signature = signer().sign(b"text").unwrap().ed25519;
    assert!(signer().keys().ed25519.signed(b"text", &signature));
    let mut carry = 0;
    for (byte, add) in signature[32..].iter_mut().zip(order) {
        let sum = u16::from(*byte) + add + carry;
        (*byte, carry) = ((sum & 255) as u8, sum >> 8);
    }
    assert!(!signer().keys().ed25519.signed(b"text", &signature));
}

#[test]
fn names_that_would_unpack_elsewhere_are_refused_and_named() {
    for path in [
        "../evil",
        "main/../../evil",
        "/etc/passwd",
        "C:/x",
        "main\\..\\x",
        "main/./x",
        "main/\u{202e}fdp.exe",
    ] {
        let report = verify(&pack(&[File { path: path.into(), bytes: vec![] }]), None);
        assert_eq!(broken(&report), ["archive.unreadable"]);
        assert!(report.findings[0].en.contains("unsafe"), "{}", report.findings[0].en);
    }
    for [a, b] in [["main/a", "main/a"], ["main/A", "main/a"], ["main/a", "main/a/b"], ["main/b", "main/a"]] {
        let files = [a, b].map(|path| File { path: path.into(), bytes: vec![] });
        assert_eq!(broken(&verify(&pack(&files), None)), ["archive.unreadable"], "{a} {b}");
    }
    let report = verify(&pack(&[File { path: "elsewhere/x".into(), bytes: vec![] }]), None);
    assert!(broken(&report).contains(&"file.misplaced"));
}

#[test]
fn confidential_files_in_a_copy_for_others_are_found() {
    let report = verify(
        &repack(&small(), |members| {
            members.insert(0, File { path: "confidential/x".into(), bytes: vec![] });
            members.sort_by(|a, b| a.path.cmp(&b.path));
            sign_again(members, &signer());
        }),
        None,
    );
    assert_eq!(broken(&report), ["file.confidential"]);
}

#[test]
fn bombs_do_not_go_off() {
    let many: Vec<File> = (0..10_001).map(|n| File { path: format!("main/{n:05}"), bytes: vec![] }).collect();
    assert_eq!(broken(&verify(&pack(&many), None)), ["archive.unreadable"]);
    // Sizes of 4 GiB stated everywhere.
    let good = small();
    for at in 0..good.len() - 4 {
        if good[at..].starts_with(b"PK\x01\x02") || good[at..].starts_with(b"PK\x03\x04") {
            let mut bytes = good.clone();
            for field in bytes[at + 18..at + 28].iter_mut() {
                *field = 0xff;
            }
            assert!(!verify(&bytes, None).holds());
        }
    }
    // A member many times over: every record of the directory points to the same bytes.
    let files: Vec<File> =
        (0..500).map(|n| File { path: format!("main/{n:05}"), bytes: vec![7; 50] }).collect();
    let mut bytes = pack(&files);
    let records: Vec<usize> =
        (0..bytes.len() - 4).filter(|at| bytes[*at..].starts_with(b"PK\x01\x02")).collect();
    for at in records {
        bytes[at + 42..at + 46].fill(0);
    }
    assert!(!verify(&bytes, None).holds());
    // A deeply nested statement, and a report that would be endless.
    for text in ["[".repeat(1 << 20), "\n".repeat(1 << 20)] {
        let report = verify(
            &repack(&good, |members| {
                *member(members, "entries/entries.jsonl") = text.clone().into_bytes();
                *member(members, "manifest.json") = text.into_bytes();
            }),
            None,
        );
        assert!(!report.holds());
        assert!(report.findings.len() < 200, "{}", report.findings.len());
    }
}
