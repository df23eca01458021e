//! A file changed by accident: every flipped bit, every cut, every added byte is found, and what is broken is named.

use casefile::{File, verify};

use crate::fixture::{small, whole};
use crate::packing::{pack, repack};

/// Runs the check for each number below the limit, on all processors.
fn each(limit: usize, check: impl Fn(usize) + Sync) {
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for first in 0..threads {
            let check = &check;
            scope.spawn(move || (first..limit).step_by(threads).for_each(check));
        }
    });
}

#[test]
fn every_flipped_bit_of_a_small_file_is_found() {
    let good = small();
    assert!(verify(&good, None).holds());
    each(good.len() * 8, |bit| {
        let mut bytes = good.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        assert!(!verify(&bytes, None).holds(), "bit {} of byte {}", bit % 8, bit / 8);
    });
}

#[test]
fn every_flipped_byte_of_a_larger_file_is_found_and_its_place_named() {
    let good = whole(12_000);
    // Where each member begins, header included.
    let members = casefile::files(&good).unwrap();
    let mut starts = vec![];
    let mut at = 0;
    for file in &members {
        starts.push((at, &*file.path));
        at += 30 + file.path.len() + file.bytes.len();
    }
    each(good.len(), |at_byte| {
        let mut bytes = good.clone();
        bytes[at_byte] ^= 0xff;
        let report = verify(&bytes, None);
        assert!(!report.holds(), "byte {at_byte}");
        let (start, path) = starts.iter().rev().find(|(start, _)| *start <= at_byte).unwrap();
        if at_byte < at {
            let named = report.broken().any(|finding| finding.path.as_deref() == Some(path));
            assert!(named, "byte {at_byte}, {} bytes into {path}: {report:#?}", at_byte - start);
        }
    });
}

#[test]
fn a_file_cut_anywhere_is_found() {
    let good = small();
    each(good.len(), |length| assert!(!verify(&good[..length], None).holds(), "{length} bytes"));
    each(good.len(), |start| assert!(start == 0 || !verify(&good[start..], None).holds(), "from {start}"));
}

#[test]
fn an_added_byte_is_found_anywhere() {
    let good = small();
    each(good.len() + 1, |place| {
        let mut bytes = good.clone();
        bytes.insert(place, b'0');
        assert!(!verify(&bytes, None).holds(), "at {place}");
    });
    assert!(!verify(&[&good[..], &good].concat(), None).holds());
}

#[test]
fn every_file_removed_changed_or_added_is_named() {
    let good = whole(100);
    let members = casefile::files(&good).unwrap();
    assert_eq!(pack(&members), good, "the tests' own packing is the format's");
    for (place, File { path, .. }) in members.iter().enumerate() {
        let names_it = |bytes: &[u8]| {
            let report = verify(bytes, None);
            assert!(report.broken().any(|finding| finding.en.contains(path.as_str())), "{path}: {report:#?}");
        };
        names_it(&repack(&good, |members| drop(members.remove(place))));
        names_it(&repack(&good, |members| members[place].bytes.push(b' ')));
    }
    let added = File { path: "main/zzz.html".into(), bytes: b"added".to_vec() };
    let place = members.iter().position(|file| file.path > added.path).unwrap();
    let report = verify(&repack(&good, |members| members.insert(place, added)), None);
    let broken: Vec<_> = report.broken().map(|finding| (finding.code, finding.path.as_deref())).collect();
    assert_eq!(broken, [("file.extra", Some("main/zzz.html"))]);
}

#[test]
fn nothing_at_all_and_other_files_do_not_hold() {
    for bytes in [&b""[..], b"PK", b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", b"%PDF-1.7", &[0; 100]]
    {
        let report = verify(bytes, None);
        assert!(!report.holds());
        assert_eq!(report.findings[0].code, "archive.unreadable");
    }
}
