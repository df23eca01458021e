//! Whose case file it is: the keys, and what was signed with them.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Members;
use crate::digest::Digest;
use crate::key::{PublicKey, Published, Sm2Key};
use crate::limits::STATEMENT_BYTES_MAX;
use crate::name;
use crate::readme::kind;
use crate::report::{Report, moment};
use crate::statement::{CopyStatement, SealStatement, read};

/// The key in the file, compared with the expected one.
pub(super) fn key(
    report: &mut Report,
    members: &Members<'_>,
    expected: Option<&Published>,
) -> Option<PublicKey> {
    let Some(key) = PublicKey::from_der(members.get(name::KEY)?) else {
        report.breaking(
            "key.unreadable",
            Some(name::KEY),
            "公钥文件“seal.pub”已损坏，无法检查签名",
            "the public key in seal.pub is damaged; no signature can be checked",
        );
        return None;
    };
    let fingerprint = key.fingerprint();
    match expected {
        Some(expected) if expected.is(&key.to_string(), &fingerprint) => report.holding(
            "key.expected",
            format!("签名公钥就是所要求的公钥，指纹为{fingerprint}"),
            format!("the signing key is the expected one, fingerprint {fingerprint}"),
        ),
        Some(expected) => report.breaking(
            "key.unexpected",
            Some(name::KEY),
            format!("签名公钥（指纹{fingerprint}）不是所要求的公钥（指纹{}）", expected.fingerprint()),
            format!("the signing key (fingerprint {fingerprint}) is not the expected one ({})", expected.fingerprint()),
        ),
        None => report.holding(
            "key.shown",
            format!("签名公钥的指纹为{fingerprint}，请与检察机关公布的指纹比对"),
            format!("the signing key has the fingerprint {fingerprint}; compare it with the one the office published"),
        ),
    }
    Some(key)
}

/// The key of the second suite, compared with the expected one. Which it must be says the seal, which the first signs; but a
/// forger who has broken the first could name a second of their own.
pub(super) fn second_key(
    report: &mut Report,
    members: &Members<'_>,
    expected: Option<&Published>,
) -> Option<Sm2Key> {
    let Some(key) = Sm2Key::from_der(members.get(name::KEY_SM2)?) else {
        report.breaking(
            "key.unreadable",
            Some(name::KEY_SM2),
            "国密公钥文件“seal-sm2.pub”已损坏，无法检查国密签名",
            "the SM2 key in seal-sm2.pub is damaged; its signatures cannot be checked",
        );
        return None;
    };
    let fingerprint = key.fingerprint();
    match expected {
        Some(expected) if expected.is(&key.to_string(), &fingerprint) => report.holding(
            "key.sm2-expected",
            format!("国密公钥（SM2）就是所要求的公钥，指纹为{fingerprint}"),
            format!("the SM2 key is the expected one, fingerprint {fingerprint}"),
        ),
        Some(expected) => report.breaking(
            "key.sm2-unexpected",
            Some(name::KEY_SM2),
            format!("国密公钥（SM2，指纹{fingerprint}）不是所要求的公钥（指纹{}）", expected.fingerprint()),
            format!(
                "the SM2 key (fingerprint {fingerprint}) is not the expected one ({})",
                expected.fingerprint()
            ),
        ),
        None => report.holding(
            "key.sm2",
            format!("国密公钥（SM2）的指纹为{fingerprint}，请与检察机关公布的指纹比对"),
            format!(
                "the SM2 key has the fingerprint {fingerprint}; compare it with the one the office published"
            ),
        ),
    }
    Some(key)
}

/// The keys that signatures are checked with, where they can be read.
#[derive(Clone, Copy)]
pub(super) struct Readable {
    pub(super) ed25519: Option<PublicKey>,
    pub(super) sm2: Option<Sm2Key>,
}

/// The seal, if it can be read, whether or not its signatures hold.
pub(super) fn seal(report: &mut Report, members: &Members<'_>, keys: Readable) -> Option<SealStatement> {
    let signed = signed(report, members, keys, &SEALED);
    let seal: SealStatement = statement(report, members, name::SEAL, SealStatement::is_sound)?;
    let of_this_key = keys.sm2.is_none_or(|key| key == seal.sm2);
    if !of_this_key {
        report.breaking(
            "key.other-sm2",
            Some(name::KEY_SM2),
            "国密公钥“seal-sm2.pub”不是封存声明“seal.json”所载的公钥",
            "the SM2 key in seal-sm2.pub is not the one that seal.json names",
        );
    }
    if signed && of_this_key {
        let (hearing, entries, at) = (&seal.hearing, seal.entries, moment(seal.sealed_at));
        report.holding(
            "seal",
            format!("听证{hearing}的{entries}条记录于{at}封存，封存的两个签名（Ed25519、国密SM2）均有效"),
            format!(
                "the {entries} entries of hearing {hearing} were sealed at {at}; both signatures of the seal (Ed25519, SM2) hold"
            ),
        );
    }
    Some(seal)
}

/// The copy statement, if it can be read, whether or not its signatures hold.
pub(super) fn copy(report: &mut Report, members: &Members<'_>, keys: Readable) -> Option<CopyStatement> {
    let signed = signed(report, members, keys, &COPIED);
    let copy: CopyStatement = statement(report, members, name::COPY, CopyStatement::is_sound)?;
    let of_this_seal = members.get(name::SEAL).is_some_and(|seal| Digest::of(seal) == copy.seal);
    if !of_this_seal {
        report.breaking(
            "copy.other-seal",
            Some(name::COPY),
            "副本声明“copy.json”所指的封存声明不是本文件中的“seal.json”",
            "copy.json speaks of another seal than the seal.json in this file",
        );
    }
    if signed && of_this_seal {
        let (zh, en) = kind(&copy.copy);
        report.holding(
            "copy",
            format!("本文件为{zh}，副本的两个签名均有效"),
            format!("this file is the copy: {en}; both its signatures hold"),
        );
    }
    Some(copy)
}

/// A statement and where its signatures lie.
struct Signed {
    path: &'static str,
    ed25519: &'static str,
    sm2: &'static str,
    forged: &'static str,
    forged_sm2: &'static str,
}

const SEALED: Signed = Signed {
    path: name::SEAL,
    ed25519: name::SEAL_SIGNATURE,
    sm2: name::SEAL_SM2,
    forged: "seal.forged",
    forged_sm2: "seal.sm2-forged",
};
const COPIED: Signed = Signed {
    path: name::COPY,
    ed25519: name::COPY_SIGNATURE,
    sm2: name::COPY_SM2,
    forged: "copy.forged",
    forged_sm2: "copy.sm2-forged",
};

/// Whether both signatures hold; said only when one does not.
fn signed(report: &mut Report, members: &Members<'_>, keys: Readable, what: &Signed) -> bool {
    // A missing file or a damaged key has been reported already.
    let Some(bytes) = members.get(what.path) else { return false };
    if bytes.len() > STATEMENT_BYTES_MAX {
        return false; // Reported as no statement.
    }
    let checked = |path: &str, signed: &dyn Fn(&[u8]) -> Option<bool>| {
        members.get(path).and_then(|signature| signed(signature))
    };
    let ed25519 = checked(what.ed25519, &|signature| Some(keys.ed25519?.signed(bytes, signature)));
    let sm2 = checked(what.sm2, &|signature| Some(keys.sm2?.signed(bytes, signature)));
    let mut forged = |code, signature: &str, holds: Option<bool>| {
        if holds == Some(false) {
            report.breaking(
                code,
                Some(what.path),
                format!("签名不成立：“{}”“{signature}”或者公钥被改动过", what.path),
                format!("the signature does not hold: {}, {signature} or the key was changed", what.path),
            );
        }
    };
    forged(what.forged, what.ed25519, ed25519);
    forged(what.forged_sm2, what.sm2, sm2);
    ed25519 == Some(true) && sm2 == Some(true)
}

/// A statement that is written in the one way and sound.
fn statement<T: Serialize + DeserializeOwned>(
    report: &mut Report,
    members: &Members<'_>,
    path: &'static str,
    is_sound: fn(&T) -> bool,
) -> Option<T> {
    let bytes = members.get(path)?;
    let statement =
        Some(bytes).filter(|bytes| bytes.len() <= STATEMENT_BYTES_MAX).and_then(|bytes| read(bytes));
    let statement = statement.filter(is_sound);
    if statement.is_none() {
        report.breaking(
            "statement.unreadable",
            Some(path),
            format!("“{path}”不是按格式书写的声明"),
            format!("{path} is not a statement as the format writes it"),
        );
    }
    statement
}
