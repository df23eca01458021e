//! Who signed the record, in which way, and whether what they signed is the record in this file; who refused, and why.
//!
//! Read from the entries that are shown, and only where these are as they were sealed.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::Members;
use crate::digest::Digest;
use crate::limits::{ENTRIES_MAX, NAMED_MAX};
use crate::name;
use crate::report::Report;
use crate::signature;
use crate::statement::{SealStatement, read_line};

/// The record as its lines are hashed: one line of JSON each.
const RECORD: &str = "main/record.jsonl";

/// What an entry about the record must contain; inside a text the quotation marks would be escaped once more.
const MARK: &[u8] = br#"\"record\":{"#;

/// A signature as the entry has it.
#[derive(Deserialize)]
struct Given {
    seat: String,
    digest: String,
    way: Way,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Way {
    Device { drawing: String, key: String, signature: String },
    Paper { scans: Vec<Scan> },
    Certificate { file: Scan },
}

#[derive(Deserialize)]
struct Scan {
    sha256: String,
}

#[derive(Deserialize)]
struct Refused {
    seat: String,
    reason: String,
}

#[derive(Deserialize)]
struct Sealed {
    digest: String,
}

/// What the entries say of the record.
#[derive(Default)]
struct Signing {
    /// By seat: those that count.
    given: BTreeMap<String, Given>,
    /// Those that a correction took back.
    earlier: Vec<Given>,
    refused: BTreeMap<String, String>,
    sealed: Option<String>,
}

/// Checks what people signed.
pub(super) fn check(report: &mut Report, members: &Members<'_>, seal: &SealStatement) {
    let Some(lines) = members.get(name::ENTRIES) else { return };
    let signing = read(report, lines);
    if let (Some(sealed), Some(bytes)) = (&signing.sealed, members.get(RECORD)) {
        record(report, sealed, bytes);
    }
    let mut told = 0;
    let mut tell = |report: &mut Report, code, zh: String, en: String| {
        told += 1;
        if told <= NAMED_MAX {
            report.holding(code, zh, en);
        }
    };
    for given in &signing.earlier {
        if let Some((code, ..)) = sentence(report, members, seal, given) {
            let seat = &given.seat;
            let zh = format!("席位{seat}曾经在更正以前的笔录上签名（{code}），更正以后重新核对");
            tell(
                report,
                "signature.earlier",
                zh,
                format!("{seat} had signed the record before a correction ({code})"),
            );
        }
    }
    for given in signing.given.values() {
        if signing.sealed.as_ref().is_some_and(|sealed| *sealed != given.digest) {
            let (zh, en) = (
                format!("席位{}所签的不是封存的笔录", given.seat),
                format!("what {} signed is not the record that was sealed", given.seat),
            );
            report.breaking("signature.other-record", Some(name::ENTRIES), zh, en);
        } else if let Some((code, zh, en)) = sentence(report, members, seal, given) {
            tell(report, code, zh, en);
        }
    }
    for (seat, reason) in &signing.refused {
        let (zh, en) =
            (format!("席位{seat}拒绝签名，理由：{reason}"), format!("{seat} refused to sign: {reason}"));
        tell(report, "signature.refused", zh, en);
    }
}

fn read(report: &mut Report, lines: &[u8]) -> Signing {
    let mut signing = Signing::default();
    let about = |text: &&[u8]| text.windows(MARK.len()).any(|window| window == MARK);
    for text in lines.split(|byte| *byte == b'\n').take(ENTRIES_MAX).filter(about) {
        let Some((line, _)) = read_line(text) else { continue };
        let Some(content) = line.content else { continue };
        let Ok(mut content) = serde_json::from_str::<Value>(&content) else {
            unreadable(report, line.number);
            continue;
        };
        let Some(Value::Object(about)) = content.get_mut("event").and_then(|event| event.get_mut("record"))
        else {
            continue;
        };
        let one = about.len() == 1;
        let Some((verb, what)) = about.iter_mut().next().filter(|_| one) else { continue };
        if signing.take_in(verb, what.take()).is_none() {
            unreadable(report, line.number);
        }
    }
    signing
}

fn unreadable(report: &mut Report, number: u64) {
    let zh = format!("第{number}条记录所载的签名无法读取");
    let en = format!("the signature in entry {number} cannot be read");
    report.breaking("signature.unreadable", Some(name::ENTRIES), zh, en);
}

impl Signing {
    /// Takes in what happened to the record; none when it cannot be read.
    fn take_in(&mut self, verb: &str, what: Value) -> Option<()> {
        match verb {
            "signature-given" => {
                let given: Given = serde_json::from_value(what).ok()?;
                self.refused.remove(&given.seat);
                self.given.insert(given.seat.clone(), given);
            }
            "refused-to-sign" => {
                let Refused { seat, reason } = serde_json::from_value(what).ok()?;
                self.refused.insert(seat, reason);
            }
            "corrected" => self.earlier.extend(core::mem::take(&mut self.given).into_values()),
            "sealed" => self.sealed = Some(serde_json::from_value::<Sealed>(what).ok()?.digest),
            _ => {}
        }
        Some(())
    }
}

/// Whether the record in this file is the one that was signed and sealed.
fn record(report: &mut Report, sealed: &str, bytes: &[u8]) {
    if Digest::of(bytes).to_string() == sealed {
        report.holding(
            "record",
            "笔录原文（main/record.jsonl）就是各人签名、书记员封存的那一份",
            "the record (main/record.jsonl) is the one that was signed and sealed",
        );
    } else {
        report.breaking(
            "record.other",
            Some(RECORD),
            "笔录原文（main/record.jsonl）与封存的笔录不符",
            "the record (main/record.jsonl) is not the one that was sealed",
        );
    }
}

/// What is to be said of a signature that holds; of one that does not, the report says so itself.
fn sentence(
    report: &mut Report,
    members: &Members<'_>,
    seal: &SealStatement,
    given: &Given,
) -> Option<(&'static str, String, String)> {
    let Given { seat, digest, way } = given;
    match way {
        Way::Device { drawing, key, signature: signed } => {
            let lines = signature::statement(&seal.hearing, seat, digest, drawing);
            if !signature::is_signed(&lines, key, signed) {
                let (zh, en) = (
                    format!("席位{seat}的手写电子签名不成立：与其公钥不符"),
                    format!("the signature that {seat} drew does not hold under its key"),
                );
                report.breaking("signature.forged", Some(name::ENTRIES), zh, en);
                return None;
            }
            let short = Digest::of(key.as_bytes()).to_string();
            let short = &short[..16];
            Some((
                "signature.device",
                format!("席位{seat}在自己的设备上手写签名，签名与该设备的密钥（{short}）相符"),
                format!("{seat} signed by hand on a device of its own; the signature fits the key made there ({short})"),
            ))
        }
        Way::Paper { scans } => {
            let there = scans.iter().all(|scan| is_there(report, members, seat, scan));
            let pages = scans.len();
            there.then(|| {
                (
                    "signature.paper",
                    format!("席位{seat}在纸质笔录上签名，扫描件{pages}份附卷，与记录的摘要相符"),
                    format!("{seat} signed on paper; {pages} scans are in this file, as the entry has them"),
                )
            })
        }
        Way::Certificate { file } => is_there(report, members, seat, file).then(|| {
            (
                "signature.certificate",
                format!("席位{seat}用数字证书签名，签名文件附卷，与记录的摘要相符；证书本身请用 openssl cms 核验"),
                format!("{seat} signed with a certificate; its file is here as the entry has it. Check the certificate itself with openssl cms"),
            )
        }),
    }
}

/// Whether a scan is in the file, unchanged.
fn is_there(report: &mut Report, members: &Members<'_>, seat: &str, scan: &Scan) -> bool {
    let below = format!("main/signatures/{}.", scan.sha256);
    let found = members.range(&*below..).next().filter(|(path, _)| path.starts_with(&below));
    let there = found.is_some_and(|(_, bytes)| Digest::of(bytes).to_string() == scan.sha256);
    if !there {
        report.breaking(
            "signature.scan-missing",
            Some(name::ENTRIES),
            format!("席位{seat}签名的扫描件或者签名文件不在卷内，或者已被改动"),
            format!("what {seat} signed, as scanned, is not in this file or was changed"),
        );
    }
    there
}
