//! Whether a reply is a stamp of what was asked: granted, over this digest, with this number, signed by somebody whose
//! certificate leads to the authority's root and is for stamping, at the moment it says (RFC 3161, 2.3 and 2.4.2).

use cms::{
    cert::CertificateChoices,
    content_info::ContentInfo,
    signed_data::{SignedData, SignerIdentifier, SignerInfo},
};
use procedure::Moment;
use rustls_pki_types::{CertificateDer, UnixTime};
use sha2::{Digest, Sha256, Sha384, Sha512};
use webpki::{EndEntityCert, KeyUsage};
use x509_cert::{
    Certificate,
    der::{
        AnyRef, Decode, Encode, Header, Reader, SliceReader, Tag, Tagged,
        asn1::{ObjectIdentifier, OctetStringRef, SetOfVec},
    },
};

const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const STAMP_CONTENT: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.12");
const SIGNER_2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");
/// The extension by which a certificate names its key.
const KEY_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.14");
const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2");
const SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3");
/// The extended use of a key for stamping, 1.3.6.1.5.5.7.3.8, as its bytes are written.
const FOR_STAMPING: [u8; 8] = [0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x08];

/// What a stamp says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamped {
    /// When the digest was there.
    pub at: Moment,
    /// Who says so: the subject of the certificate.
    pub by: String,
}

/// Why a reply is no stamp of what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// It is no reply of a time-stamp authority.
    #[error("the reply cannot be read")]
    Unreadable,
    /// The authority said no.
    #[error("the authority has not granted it")]
    NotGranted,
    /// It stamps something else.
    #[error("the stamp is of something else")]
    Digest,
    /// It answers another request.
    #[error("the stamp answers another request")]
    Nonce,
    /// Its signature does not hold.
    #[error("the signature does not hold")]
    Signature,
    /// The signer's certificate does not lead to the authority's root, is not for stamping, or was not good then.
    #[error("the certificate does not count")]
    Certificate,
    /// Its moment is too far from the present.
    #[error("its moment is too far from ours")]
    Time,
}

impl Wrong {
    /// The same for people, Chinese and English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Unreadable => ("时间戳无法读取", "the time stamp cannot be read"),
            Self::NotGranted => ("时间戳机构未予签发", "the authority has not granted the time stamp"),
            Self::Digest => ("时间戳不是本封存记录的", "the time stamp is of something else"),
            Self::Nonce => ("时间戳答复的不是本次请求", "the time stamp answers another request"),
            Self::Signature => ("时间戳的签名不相符", "the signature of the time stamp does not hold"),
            Self::Certificate => (
                "时间戳的证书不可信、已过期或者不用于时间戳",
                "the certificate of the time stamp does not count",
            ),
            Self::Time => ("时间戳的时间与本机相差过大", "the moment of the time stamp is too far from ours"),
        }
    }
}

/// The parts of `TSTInfo` that count.
struct Info<'a> {
    imprint: (ObjectIdentifier, &'a [u8]),
    at: Moment,
    nonce: Option<&'a [u8]>,
}

/// Checks a reply (`TimeStampResp`) against the digest that was to be stamped, the number of the request where it is known, and
/// the roots that count.
///
/// # Errors
/// What is wrong with it.
pub fn check(
    reply: &[u8],
    digest: &[u8; 32],
    nonce: Option<&[u8]>,
    roots: &[CertificateDer<'_>],
) -> Result<Stamped, Wrong> {
    let signed = token(reply)?;
    let (content, info) = about(&signed, digest)?;
    if nonce.is_some_and(|nonce| info.nonce != Some(nonce)) {
        return Err(Wrong::Nonce);
    }
    let [signer] = signed.signer_infos.0.as_slice() else { return Err(Wrong::Signature) };
    let by = signed_by(&signed, signer, content, info.at, roots)?;
    Ok(Stamped { at: info.at, by })
}

/// When a reply says that this digest was there. Who says so, and whether the signature holds, is not asked here: that needs the
/// roots ([`check`]).
///
/// # Errors
/// When it cannot be read, was not granted, or is of something else.
pub fn moment_of(reply: &[u8], digest: &[u8; 32]) -> Result<Moment, Wrong> {
    let signed = token(reply)?;
    let (_, info) = about(&signed, digest)?;
    Ok(info.at)
}

/// The content that is stamped, where it is about this digest.
fn about<'a>(signed: &'a SignedData, digest: &[u8; 32]) -> Result<(&'a [u8], Info<'a>), Wrong> {
    if signed.encap_content_info.econtent_type != STAMP_CONTENT {
        return Err(Wrong::Unreadable);
    }
    let content = signed.encap_content_info.econtent.as_ref().ok_or(Wrong::Unreadable)?;
    if content.tag() != Tag::OctetString {
        return Err(Wrong::Unreadable);
    }
    let content = content.value();
    let info = info(content).ok_or(Wrong::Unreadable)?;
    if info.imprint != (SHA256, digest.as_slice()) {
        return Err(Wrong::Digest);
    }
    Ok((content, info))
}

/// The signed message within a reply that was granted.
fn token(reply: &[u8]) -> Result<SignedData, Wrong> {
    let unreadable = |_| Wrong::Unreadable;
    let mut parts = sequence(reply).ok_or(Wrong::Unreadable)?.into_iter();
    let status = parts.next().and_then(|status| inside(&status)).ok_or(Wrong::Unreadable)?;
    // Granted, or granted with changes.
    if !matches!(status.first().map(|status| status.value()), Some([0 | 1])) {
        return Err(Wrong::NotGranted);
    }
    let token = parts.next().ok_or(Wrong::Unreadable)?.to_der().map_err(unreadable)?;
    let message = ContentInfo::from_der(&token).map_err(unreadable)?;
    if message.content_type != SIGNED_DATA {
        return Err(Wrong::Unreadable);
    }
    message.content.decode_as::<SignedData>().map_err(unreadable)
}

/// The elements of a sequence that is all there is.
fn sequence(bytes: &[u8]) -> Option<Vec<AnyRef<'_>>> {
    let all = AnyRef::from_der(bytes).ok()?;
    (all.tag() == Tag::Sequence).then(|| inside(&all)).flatten()
}

/// The elements within an element.
fn inside<'a>(all: &AnyRef<'a>) -> Option<Vec<AnyRef<'a>>> {
    let mut reader = SliceReader::new(all.value()).ok()?;
    let mut elements = Vec::new();
    while !reader.is_finished() {
        let header = Header::decode(&mut reader).ok()?;
        let value = reader.read_slice(header.length).ok()?;
        elements.push(AnyRef::new(header.tag, value).ok()?);
    }
    Some(elements)
}

/// Read element by element, because an authority may give fractions of a second.
fn info(content: &[u8]) -> Option<Info<'_>> {
    let parts = sequence(content)?;
    let [version, _policy, imprint, _serial, at, rest @ ..] = parts.as_slice() else { return None };
    let imprint = inside(imprint)?;
    let [algorithm, digest] = imprint.as_slice() else { return None };
    let algorithm = inside(algorithm)?.first()?.decode_as::<ObjectIdentifier>().ok()?;
    if version.value() != [1] || digest.tag() != Tag::OctetString || at.tag() != Tag::GeneralizedTime {
        return None;
    }
    let nonce = rest.iter().find(|part| part.tag() == Tag::Integer).map(|nonce| nonce.value());
    Some(Info { imprint: (algorithm, digest.value()), at: moment(at.value())?, nonce })
}

/// `20261127203800.5Z`.
fn moment(text: &[u8]) -> Option<Moment> {
    let text = std::str::from_utf8(text).ok()?.strip_suffix('Z')?;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() != 14 || !digits(whole) || !digits(fraction) {
        return None;
    }
    let (date, time) = whole.split_at(8);
    let (year, month, day) = (&date[..4], &date[4..6], &date[6..]);
    let (hour, minute, second) = (&time[..2], &time[2..4], &time[4..]);
    Moment::parse(&format!("{year}-{month}-{day}T{hour}:{minute}:{second}.{fraction}Z"))
}

/// Who signed: one of the certificates that came along, if it leads to a root and its signature holds.
fn signed_by(
    signed: &SignedData,
    signer: &SignerInfo,
    content: &[u8],
    at: Moment,
    roots: &[CertificateDer<'_>],
) -> Result<String, Wrong> {
    let attributes = signer.signed_attrs.as_ref().ok_or(Wrong::Signature)?;
    let only = |oid: ObjectIdentifier| {
        let mut found = attributes.iter().filter(|attribute| attribute.oid == oid);
        let one = found.next().filter(|_| found.next().is_none())?;
        one.values.get(0).filter(|_| one.values.len() == 1)
    };
    let kind = only(CONTENT_TYPE).and_then(|kind| kind.decode_as::<ObjectIdentifier>().ok());
    let digest = only(MESSAGE_DIGEST).and_then(|digest| digest.decode_as::<OctetStringRef<'_>>().ok());
    let hashed = hash(&signer.digest_alg.oid, content).ok_or(Wrong::Signature)?;
    if kind != Some(STAMP_CONTENT) || digest.map(|digest| digest.as_bytes()) != Some(hashed.as_slice()) {
        return Err(Wrong::Signature);
    }
    // What is signed are the attributes as a set (RFC 5652, 5.4).
    let set = SetOfVec::try_from(attributes.iter().cloned().collect::<Vec<_>>());
    let message = set.and_then(|set| set.to_der()).map_err(|_| Wrong::Unreadable)?;
    let named = only(SIGNER_2).or_else(|| only(SIGNER)).ok_or(Wrong::Signature)?.value();
    let along: Vec<_> = signed.certificates.iter().flat_map(|set| set.0.iter()).collect();
    let certificates: Vec<(String, bool, CertificateDer<'static>)> = along
        .into_iter()
        .filter_map(|choice| match choice {
            CertificateChoices::Certificate(certificate) => {
                let subject = certificate.tbs_certificate.subject.to_string();
                let is_signer = is_of(signer, certificate);
                Some((subject, is_signer, CertificateDer::from(certificate.to_der().ok()?)))
            }
            CertificateChoices::Other(_) => None,
        })
        .collect();
    let all: Vec<CertificateDer<'static>> = certificates.iter().map(|(.., der)| der.clone()).collect();
    // The one that the signed attributes name by its hash, and that the signer is named by: the attributes may name the whole chain.
    let is_named = |der: &CertificateDer<'_>| {
        let (new, old) = (Sha256::digest(der), <sha1::Sha1 as sha1::Digest>::digest(der));
        contains(named, &new) || contains(named, &old)
    };
    let (subject, _, signer_der) = certificates
        .iter()
        .find(|(_, is_signer, der)| *is_signer && is_named(der))
        .ok_or(Wrong::Certificate)?;
    let certificate = EndEntityCert::try_from(signer_der).map_err(|_| Wrong::Certificate)?;
    let algorithms = webpki::ALL_VERIFICATION_ALGS;
    let signature = signer.signature.as_bytes();
    let holds = algorithms
        .iter()
        .any(|algorithm| certificate.verify_signature(*algorithm, &message, signature).is_ok());
    if !holds {
        return Err(Wrong::Signature);
    }
    let anchors: Vec<_> =
        roots.iter().filter_map(|root| webpki::anchor_from_trusted_cert(root).ok()).collect();
    let since = std::time::Duration::from_millis(u64::try_from(at.0).map_err(|_| Wrong::Certificate)?);
    let usage = KeyUsage::required(&FOR_STAMPING);
    certificate
        .verify_for_usage(algorithms, &anchors, &all, UnixTime::since_unix_epoch(since), usage, None, None)
        .map_err(|_| Wrong::Certificate)?;
    Ok(subject.clone())
}

/// Whether a certificate is the one that the signer says it signs with.
fn is_of(signer: &SignerInfo, certificate: &Certificate) -> bool {
    let held = &certificate.tbs_certificate;
    match &signer.sid {
        SignerIdentifier::IssuerAndSerialNumber(named) => {
            held.issuer == named.issuer && held.serial_number == named.serial_number
        }
        SignerIdentifier::SubjectKeyIdentifier(named) => {
            held.extensions.iter().flatten().filter(|extension| extension.extn_id == KEY_NAME).any(
                |extension| {
                    OctetStringRef::from_der(extension.extn_value.as_bytes())
                        .is_ok_and(|name| name.as_bytes() == named.0.as_bytes())
                },
            )
        }
    }
}

fn contains(all: &[u8], part: &[u8]) -> bool {
    all.windows(part.len()).any(|window| window == part)
}

fn hash(algorithm: &ObjectIdentifier, bytes: &[u8]) -> Option<Vec<u8>> {
    match *algorithm {
        SHA256 => Some(Sha256::digest(bytes).to_vec()),
        SHA384 => Some(Sha384::digest(bytes).to_vec()),
        SHA512 => Some(Sha512::digest(bytes).to_vec()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_may_have_fractions_of_a_second() {
        assert_eq!(moment(b"19700101000001Z"), Some(Moment(1_000)));
        assert_eq!(moment(b"19700101000001.25Z"), Some(Moment(1_250)));
        for wrong in ["", "1970", "19700101000001", "19700101000001.Z", "1970010100000xZ", "19701301000001Z"]
        {
            assert_eq!(moment(wrong.as_bytes()), None, "{wrong}");
        }
    }

    #[test]
    fn nothing_but_a_reply_is_read_as_one() {
        for bytes in [b"".as_slice(), b"0", b"\x30\x80\x00\x00", b"<html>", &[0xff; 300]] {
            assert_eq!(check(bytes, &[0; 32], None, &[]), Err(Wrong::Unreadable), "{bytes:?}");
        }
    }
}
