//! Whose case file it is: the key, and what was signed with it.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Members;
use crate::digest::Digest;
use crate::key::PublicKey;
use crate::limits::STATEMENT_BYTES_MAX;
use crate::name;
use crate::readme::kind;
use crate::report::{Report, moment};
use crate::statement::{CopyStatement, SealStatement, read};

/// The key in the file, compared with the expected one.
pub(super) fn key(
    report: &mut Report,
    members: &Members<'_>,
    expected: Option<&PublicKey>,
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
        Some(expected) if *expected == key => report.holding(
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

/// The seal, if it can be read, whether or not its signature holds.
pub(super) fn seal(
    report: &mut Report,
    members: &Members<'_>,
    key: Option<&PublicKey>,
) -> Option<SealStatement> {
    let signed = signed(report, members, key, name::SEAL, name::SEAL_SIGNATURE, "seal");
    let seal: SealStatement = statement(report, members, name::SEAL, SealStatement::is_sound)?;
    if signed {
        let (hearing, entries, at) = (&seal.hearing, seal.entries, moment(seal.sealed_at));
        report.holding(
            "seal",
            format!("听证{hearing}的{entries}条记录于{at}封存，封存签名有效"),
            format!(
                "the {entries} entries of hearing {hearing} were sealed at {at}; the seal's signature holds"
            ),
        );
    }
    Some(seal)
}

/// The copy statement, if it can be read, whether or not its signature holds.
pub(super) fn copy(
    report: &mut Report,
    members: &Members<'_>,
    key: Option<&PublicKey>,
) -> Option<CopyStatement> {
    let signed = signed(report, members, key, name::COPY, name::COPY_SIGNATURE, "copy");
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
            format!("本文件为{zh}，副本签名有效"),
            format!("this file is the copy: {en}; its signature holds"),
        );
    }
    Some(copy)
}

/// Whether the signature holds; said only when it does not.
fn signed(
    report: &mut Report,
    members: &Members<'_>,
    key: Option<&PublicKey>,
    path: &'static str,
    signature_path: &'static str,
    what: &str,
) -> bool {
    let (Some(bytes), Some(signature), Some(key)) = (members.get(path), members.get(signature_path), key)
    else {
        return false; // A missing file or a damaged key has been reported already.
    };
    let signed = key.signed(bytes, signature);
    if !signed {
        let code = if what == "seal" { "seal.forged" } else { "copy.forged" };
        report.breaking(
            code,
            Some(path),
            format!("签名不成立：“{path}”“{signature_path}”或者公钥被改动过"),
            format!("the signature does not hold: {path}, {signature_path} or the key was changed"),
        );
    }
    signed
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
