//! Taking a case file apart and packing it again as a forger would: with fitting headers and checksums.

use casefile::{Copy, CopyKind, Digest, File, Seal, Signer, files};

/// The ZIP of these files in this order, headers as the format has them, whatever the names.
pub(crate) fn pack(files: &[File]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for File { path, bytes: content } in files {
        let start = bytes.len() as u32;
        let mut shared = Vec::new();
        shared.extend([10, 0, 0, 8, 0, 0, 0, 0, 0x21, 0]);
        shared.extend(crc32(content).to_le_bytes());
        shared.extend((content.len() as u32).to_le_bytes());
        shared.extend((content.len() as u32).to_le_bytes());
        shared.extend((path.len() as u16).to_le_bytes());
        shared.extend([0, 0]);
        bytes.extend([&b"PK\x03\x04"[..], &shared, path.as_bytes(), content].concat());
        let start = start.to_le_bytes();
        directory.extend([&b"PK\x01\x02\x14\x00"[..], &shared, &[0; 10], &start, path.as_bytes()].concat());
    }
    let count = (files.len() as u16).to_le_bytes();
    let (size, start) = ((directory.len() as u32).to_le_bytes(), (bytes.len() as u32).to_le_bytes());
    [&bytes[..], &directory, b"PK\x05\x06\0\0\0\0", &count, &count, &size, &start, &[0, 0]].concat()
}

/// The same file with some of its members changed.
pub(crate) fn repack(bytes: &[u8], change: impl FnOnce(&mut Vec<File>)) -> Vec<u8> {
    let mut members = files(bytes).unwrap();
    change(&mut members);
    pack(&members)
}

/// Changes the entries, and makes manifest and copy statement fit again, signed by the office's own key.
/// Only the seal, which was made before, is left as it was: what a dishonest office could do later.
pub(crate) fn rebind(bytes: &[u8], signer: &dyn Signer, change: impl FnOnce(&mut Vec<String>)) -> Vec<u8> {
    repack(bytes, |members| {
        let entries = member(members, "entries/entries.jsonl");
        let mut lines: Vec<String> =
            core::str::from_utf8(entries).unwrap().lines().map(str::to_owned).collect();
        change(&mut lines);
        *entries = lines.into_iter().map(|line| line + "\n").collect::<String>().into_bytes();
        sign_again(members, signer);
    })
}

/// Manifest and copy statement anew, for whatever the members are now.
pub(crate) fn sign_again(members: &mut [File], signer: &dyn Signer) {
    let listed: Vec<String> = members
        .iter()
        .filter(|file| !["manifest.json", "copy.json", "copy.sig", "copy-sm2.sig"].contains(&&*file.path))
        .map(|File { path, bytes }| {
            let volume = match path.split_once('/') {
                Some((folder, _)) => folder,
                None => "cover",
            };
            let (size, sha256) = (bytes.len(), Digest::of(bytes));
            format!(r#"{{"path":"{path}","volume":"{volume}","size":{size},"sha256":"{sha256}"}}"#)
        })
        .collect();
    let manifest = format!(r#"{{"format":"fengqiao-manifest/1","files":[{}]}}"#, listed.join(","));
    let digest = Digest::of(manifest.as_bytes());
    *member(members, "manifest.json") = manifest.into_bytes();
    let statement = member(members, "copy.json");
    let cut = statement.len() - 64 - 2;
    statement.truncate(cut);
    statement.extend(format!("{digest}\"}}").into_bytes());
    let signatures = signer.sign(statement).unwrap();
    *member(members, "copy.sig") = signatures.ed25519.to_vec();
    *member(members, "copy-sm2.sig") = der(&signatures.sm2);
}

/// A whole file of a forger's own, under the forger's own key.
pub(crate) fn forge(signer: &dyn Signer) -> Vec<u8> {
    use crate::fixture::{STREAM, entries, leaves, main_volume};
    let commitments: Vec<Digest> = entries().iter().map(casefile::Entry::commitment).collect();
    let sealing =
        casefile::Sealing { hearing: "0193a5c0", stream: STREAM, sealed_at: 0, commitments: &commitments };
    let seal = Seal::make(&sealing, signer).unwrap();
    let copy = Copy { kind: CopyKind::Main, leaves: &leaves(|_| true), files: &main_volume(9) };
    seal.copy(&copy, signer).unwrap()
}

pub(crate) fn member<'a>(members: &'a mut [File], path: &str) -> &'a mut Vec<u8> {
    &mut members.iter_mut().find(|file| file.path == path).unwrap().bytes
}

/// The checksum of a ZIP, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    })
}

/// Two numbers of 32 bytes in DER.
pub(crate) fn der(signature: &[u8; 64]) -> Vec<u8> {
    let number = |bytes: &[u8]| {
        let mut bytes: Vec<u8> = bytes.iter().copied().skip_while(|byte| *byte == 0).collect();
        if bytes.first().is_none_or(|byte| *byte >= 0x80) {
            bytes.insert(0, 0);
        }
        [&[2, bytes.len() as u8][..], &bytes].concat()
    };
    let numbers = [number(&signature[..32]), number(&signature[32..])].concat();
    [&[0x30, numbers.len() as u8][..], &numbers].concat()
}
