//! Who signed the record, in which way, and whether what they signed is the record in this file; who refused, and why.
//!
//! Read from the entries that are shown, and only where these are as they were sealed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Members;
use crate::content;
use crate::digest::Digest;
use crate::limits::{ENTRIES_MAX, NAMED_MAX};
use crate::name;
use crate::report::Report;
use crate::signature;
use crate::statement::{SealStatement, read_line};

/// The record as its lines are hashed: one line of JSON each.
const RECORD: &str = "main/record.jsonl";

/// One of these is in every entry about the record: the word as it stands in JSON (inside a text the quotation marks would be
/// escaped once more), or an escape, with which it could be written in another way.
const MARKS: [&[u8]; 2] = [br#"\"record\""#, br"\\u"];

/// A signature as the entry has it.
struct Given {
    seat: String,
    digest: String,
    way: Way,
}

enum Way {
    Device {
        drawing: String,
        key: String,
        signature: String,
    },
    /// SHA-256 of each scan.
    Paper(Vec<String>),
    /// SHA-256 of the file.
    Certificate(String),
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

/// Why an entry about the record cannot stand.
enum Wrong {
    /// It cannot be read.
    Unreadable,
    /// This seat has signed the same record already: something would be put in the place of its signature.
    Replaced(String),
    /// The record was sealed before.
    AfterSeal,
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
    // Where the entry that sealed it is withheld, the record itself says what was to be signed; else all must say the same.
    let here = members.get(RECORD).map(|bytes| Digest::of(bytes).to_string());
    let first = || signing.given.values().next().map(|given| given.digest.clone());
    let signed = signing.sealed.clone().or(here).or_else(first);
    for given in signing.given.values() {
        if signed.as_ref().is_some_and(|signed| *signed != given.digest) {
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
    let about =
        |text: &&[u8]| MARKS.iter().any(|mark| text.windows(mark.len()).any(|window| window == *mark));
    for text in lines.split(|byte| *byte == b'\n').take(ENTRIES_MAX).filter(about) {
        let Some((line, _)) = read_line(text) else { continue };
        let Some(content) = line.content else { continue };
        let Some(content) = content::read(&content) else {
            wrong(report, line.number, Wrong::Unreadable);
            continue;
        };
        let about = content.get("event").and_then(|event| event.get("record")).and_then(Value::as_object);
        let Some(about) = about.filter(|about| about.len() == 1) else { continue };
        for (verb, what) in about {
            if let Err(why) = signing.take_in(verb, what) {
                wrong(report, line.number, why);
            }
        }
    }
    signing
}

fn wrong(report: &mut Report, number: u64, why: Wrong) {
    let (code, zh, en) = match why {
        Wrong::Unreadable => (
            "signature.unreadable",
            format!("第{number}条记录所载的签名无法读取"),
            format!("the signature in entry {number} cannot be read"),
        ),
        Wrong::Replaced(seat) => (
            "signature.replaced",
            format!("席位{seat}已对同一份笔录签名，第{number}条记录又以另一签名或者拒签取代"),
            format!(
                "{seat} had signed the same record already; entry {number} puts a signature or a refusal in its place"
            ),
        ),
        Wrong::AfterSeal => (
            "signature.after-seal",
            format!("第{number}条记录在笔录封存以后又改动了笔录或者签名"),
            format!("entry {number} touches the record or its signatures after the record was sealed"),
        ),
    };
    report.breaking(code, Some(name::ENTRIES), zh, en);
}

impl Signing {
    /// Takes in what happened to the record.
    fn take_in(&mut self, verb: &str, what: &Value) -> Result<(), Wrong> {
        if !matches!(verb, "signature-given" | "refused-to-sign" | "corrected" | "sealed") {
            return Ok(());
        }
        if self.sealed.is_some() {
            return Err(Wrong::AfterSeal);
        }
        match verb {
            "signature-given" => {
                let given = Given::read(what).ok_or(Wrong::Unreadable)?;
                self.refused.remove(&given.seat);
                let seat = given.seat.clone();
                if self.given.insert(seat.clone(), given).is_some() {
                    return Err(Wrong::Replaced(seat));
                }
            }
            "refused-to-sign" => {
                let refused = text(what, "seat").zip(text(what, "reason")).ok_or(Wrong::Unreadable)?;
                if self.given.contains_key(&refused.0) {
                    return Err(Wrong::Replaced(refused.0));
                }
                self.refused.insert(refused.0, refused.1);
            }
            "sealed" => self.sealed = Some(text(what, "digest").ok_or(Wrong::Unreadable)?),
            _ => self.earlier.extend(core::mem::take(&mut self.given).into_values()),
        }
        Ok(())
    }
}

impl Given {
    /// The signature as the entry has it, written with the names of its members and in no other way.
    fn read(value: &Value) -> Option<Self> {
        let ways = value.get("way")?.as_object()?;
        let (kind, what) = ways.iter().next().filter(|_| ways.len() == 1)?;
        let way = match kind.as_str() {
            "device" => Way::Device {
                drawing: text(what, "drawing")?,
                key: text(what, "key")?,
                signature: text(what, "signature")?,
            },
            "paper" => {
                let scans = what.get("scans")?.as_array()?.iter();
                Way::Paper(scans.map(|scan| text(scan, "sha256")).collect::<Option<_>>()?)
            }
            "certificate" => Way::Certificate(text(what.get("file")?, "sha256")?),
            _ => return None,
        };
        Some(Self { seat: text(value, "seat")?, digest: text(value, "digest")?, way })
    }
}

/// The text of this name in an object.
fn text(object: &Value, name: &str) -> Option<String> {
    object.get(name)?.as_str().map(str::to_owned)
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
        Way::Paper(scans) => {
            // A file that is named twice is one.
            let scans: BTreeSet<&str> = scans.iter().map(String::as_str).collect();
            let pages = scans.len();
            // What is signed on no page is not signed.
            let none = (pages == 0).then_some("");
            let scans = none.into_iter().chain(scans);
            let missing = scans.filter(|sha256| !is_there(report, members, seat, sha256)).count();
            (missing == 0).then(|| {
                (
                    "signature.paper",
                    format!("席位{seat}在纸质笔录上签名，扫描件{pages}份附卷，与记录的摘要相符"),
                    format!("{seat} signed on paper; {pages} scans are in this file, as the entry has them"),
                )
            })
        }
        Way::Certificate(file) => is_there(report, members, seat, file).then(|| {
            (
                "signature.certificate",
                format!("席位{seat}用数字证书签名，签名文件附卷，与记录的摘要相符；证书本身请用 openssl cms 核验"),
                format!("{seat} signed with a certificate; its file is here as the entry has it. Check the certificate itself with openssl cms"),
            )
        }),
    }
}

/// Whether a scan is in the file, unchanged.
fn is_there(report: &mut Report, members: &Members<'_>, seat: &str, sha256: &str) -> bool {
    let below = format!("main/signatures/{sha256}.");
    let found = members.range(&*below..).next().filter(|(path, _)| path.starts_with(&below));
    let there = found.is_some_and(|(_, bytes)| Digest::of(bytes).to_string() == sha256);
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
