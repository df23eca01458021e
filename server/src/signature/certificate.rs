//! Signatures made with a certificate file: CMS, detached, with the certificate in it (RFC 5652), over the same lines that a
//! device signs. `openssl cms -sign -binary -outform DER -signer cert.pem -inkey key.pem -in lines.txt` makes one.
//!
//! RSA of 2048 bits and more and the elliptic curves P-256 and P-384 are read, each with SHA-256, SHA-384 or SHA-512: the curve
//! is that of the certificate's key, the digest that of the signature. Certificates for SM2 are not read yet.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA384_ASN1, ECDSA_P256_SHA512_ASN1, ECDSA_P384_SHA256_ASN1,
    ECDSA_P384_SHA384_ASN1, ECDSA_P384_SHA512_ASN1, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512, UnparsedPublicKey, VerificationAlgorithm,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use cms::{
    cert::CertificateChoices,
    content_info::ContentInfo,
    signed_data::{SignedData, SignerIdentifier, SignerInfo},
};
use der::{
    Decode, Encode,
    asn1::{ObjectIdentifier, OctetString, Uint},
};
use procedure::Moment;
use sha2::{Digest, Sha256, Sha384, Sha512};
use x509_cert::{
    Certificate,
    ext::pkix::{BasicConstraints, SubjectKeyIdentifier},
    spki::SubjectPublicKeyInfoOwned,
};

use crate::{Error, Refused, token, unseen::is_unseen};

/// The media type under which such a file is kept.
pub const KIND: &str = "application/pkcs7-signature";

/// Certificates from that of a signer up to an authority, both counted.
const CHAIN_MAX: usize = 6;
/// Bytes of a file; with its certificates it has some thousand.
const FILE_BYTES_MAX: usize = 65_536;

/// Bits of an RSA key that is neither too weak nor too long to be checked.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const SHA_384: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2");
const SHA_512: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const RSA_SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");
const RSA_SHA_384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.12");
const RSA_SHA_512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.13");
const EC_SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
const EC_SHA_384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3");
const EC_SHA_512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.4");
/// A key on an elliptic curve, and the curves.
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P_384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");

/// A signature that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The file, in DER.
    pub file: Vec<u8>,
    /// Whom the certificate names.
    pub subject: String,
    /// Who issued it.
    pub issuer: String,
    /// SHA-256 of the certificate, hexadecimal.
    pub fingerprint: String,
    /// Whether it leads to an authority that the office trusts.
    pub trusted: bool,
}

impl Signed {
    /// Whether whom the certificate names, and who issued it, can be read as they stand, within so many characters each.
    #[must_use]
    pub fn is_legible(&self, chars_max: usize) -> bool {
        [&self.subject, &self.issuer].into_iter().all(|name| {
            // `CN=张三,O=红星厂`: some value says something.
            let said = |part: &str| {
                part.split_once('=').is_some_and(|(_, value)| value.chars().any(char::is_alphanumeric))
            };
            name.chars().count() <= chars_max
                && name.split([',', '+']).any(said)
                && !name.chars().any(|sign| sign.is_control() || is_unseen(sign))
        })
    }
}

/// The certificates of the authorities that an office trusts.
#[derive(Clone, Debug, Default)]
pub struct Authorities(Vec<Certificate>);

impl Authorities {
    /// Those in a file of PEM.
    ///
    /// # Errors
    /// When it cannot be read, or holds none.
    pub fn open(file: &std::path::Path) -> Result<Self, Error> {
        let named = |why: String| Error::Config(format!("signature-authorities: {}: {why}", file.display()));
        let bytes = std::fs::read(file).map_err(|error| named(error.to_string()))?;
        let all = Certificate::load_pem_chain(&bytes).map_err(|error| named(error.to_string()))?;
        if all.is_empty() { Err(named("no certificate".into())) } else { Ok(Self(all)) }
    }
}

/// Whether the file signs exactly these bytes, and with whose certificate.
///
/// # Errors
/// [`Refused::CertificateUnreadable`], [`Refused::CertificateForged`], [`Refused::CertificateKind`] and
/// [`Refused::CertificateExpired`].
pub fn read(bytes: &[u8], signed: &[u8], now: Moment, authorities: &Authorities) -> Result<Signed, Refused> {
    let file = unwrapped(bytes)?;
    let outer = ContentInfo::from_der(&file).map_err(|_| Refused::CertificateUnreadable)?;
    if outer.content_type != SIGNED_DATA {
        return Err(Refused::CertificateUnreadable);
    }
    let data: SignedData = outer.content.decode_as().map_err(|_| Refused::CertificateUnreadable)?;
    // A file that brings its own content might show another one than it is kept for.
    if data.encap_content_info.econtent.is_some() {
        return Err(Refused::CertificateUnreadable);
    }
    let [signer] = data.signer_infos.0.as_slice() else { return Err(Refused::CertificateUnreadable) };
    let held: Vec<&Certificate> = data
        .certificates
        .iter()
        .flat_map(|set| set.0.iter())
        .filter_map(|choice| match choice {
            CertificateChoices::Certificate(certificate) => Some(certificate),
            CertificateChoices::Other(_) => None,
        })
        .collect();
    let own = held.iter().find(|one| is_of(one, &signer.sid)).ok_or(Refused::CertificateUnreadable)?;
    signs(signer, own, signed)?;
    if !is_valid(own, now) {
        return Err(Refused::CertificateExpired);
    }
    let der = own.to_der().map_err(|_| Refused::CertificateUnreadable)?;
    Ok(Signed {
        subject: own.tbs_certificate.subject.to_string(),
        issuer: own.tbs_certificate.issuer.to_string(),
        fingerprint: token::hex(&Sha256::digest(der)),
        trusted: is_trusted(own, &held, now, authorities),
        file,
    })
}

/// DER, also where it comes as PEM.
fn unwrapped(bytes: &[u8]) -> Result<Vec<u8>, Refused> {
    if bytes.len() > FILE_BYTES_MAX {
        return Err(Refused::CertificateUnreadable);
    }
    let text = std::str::from_utf8(bytes).ok().filter(|text| text.trim_start().starts_with("-----BEGIN"));
    let Some(text) = text else { return Ok(bytes.into()) };
    let body: String = text.lines().filter(|line| !line.starts_with("-----")).map(str::trim).collect();
    STANDARD.decode(body).map_err(|_| Refused::CertificateUnreadable)
}

fn is_of(certificate: &Certificate, signer: &SignerIdentifier) -> bool {
    let held = &certificate.tbs_certificate;
    match signer {
        SignerIdentifier::IssuerAndSerialNumber(named) => {
            named.issuer == held.issuer && named.serial_number == held.serial_number
        }
        SignerIdentifier::SubjectKeyIdentifier(named) => {
            held.get::<SubjectKeyIdentifier>().is_ok_and(|found| found.is_some_and(|(_, id)| id == *named))
        }
    }
}

/// Whether the signer signed these bytes: either as they are, or through the digest among the attributes that it signed.
fn signs(signer: &SignerInfo, own: &Certificate, signed: &[u8]) -> Result<(), Refused> {
    let digest = match signer.digest_alg.oid {
        SHA_256 => Sha256::digest(signed).to_vec(),
        SHA_384 => Sha384::digest(signed).to_vec(),
        SHA_512 => Sha512::digest(signed).to_vec(),
        _ => return Err(Refused::CertificateKind),
    };
    let message = match &signer.signed_attrs {
        None => signed.to_vec(),
        Some(attributes) => {
            let told = attributes.iter().find(|attribute| attribute.oid == MESSAGE_DIGEST);
            let told = told.and_then(|told| told.values.get(0)?.decode_as::<OctetString>().ok());
            if told.is_none_or(|told| told.as_bytes() != digest) {
                return Err(Refused::CertificateForged);
            }
            attributes.to_der().map_err(|_| Refused::CertificateUnreadable)?
        }
    };
    // The scheme is named by itself, with the digest beside it, or with the digest in its name.
    let algorithm = match (signer.signature_algorithm.oid, signer.digest_alg.oid) {
        (RSA, SHA_256) => RSA_SHA_256,
        (RSA, SHA_384) => RSA_SHA_384,
        (RSA, SHA_512) => RSA_SHA_512,
        (EC, SHA_256) => EC_SHA_256,
        (EC, SHA_384) => EC_SHA_384,
        (EC, SHA_512) => EC_SHA_512,
        (named, _) => named,
    };
    let key = &own.tbs_certificate.subject_public_key_info;
    if holds(key, algorithm, &message, signer.signature.as_bytes())? {
        Ok(())
    } else {
        Err(Refused::CertificateForged)
    }
}

/// Whether a key made this signature. The scheme and the digest are those that the signature names, the curve and the length
/// are those of the key.
fn holds(
    key: &SubjectPublicKeyInfoOwned,
    algorithm: ObjectIdentifier,
    message: &[u8],
    signature: &[u8],
) -> Result<bool, Refused> {
    let (scheme, digest) = match algorithm {
        RSA_SHA_256 => (RSA, SHA_256),
        RSA_SHA_384 => (RSA, SHA_384),
        RSA_SHA_512 => (RSA, SHA_512),
        EC_SHA_256 => (EC, SHA_256),
        EC_SHA_384 => (EC, SHA_384),
        EC_SHA_512 => (EC, SHA_512),
        _ => return Err(Refused::CertificateKind),
    };
    let bytes = key.subject_public_key.as_bytes().ok_or(Refused::CertificateUnreadable)?;
    let way = match key.algorithm.oid {
        RSA => by_length(bytes, digest)?,
        EC => by_curve(key, digest)?,
        _ => return Err(Refused::CertificateKind),
    };
    Ok(scheme == key.algorithm.oid && UnparsedPublicKey::new(way, bytes).verify(message, signature).is_ok())
}

/// How signatures of an RSA key with this digest are checked.
fn by_length(key: &[u8], digest: ObjectIdentifier) -> Result<&'static dyn VerificationAlgorithm, Refused> {
    // Modulus and exponent (RFC 8017, A.1.1).
    let parts = Vec::<Uint>::from_der(key).map_err(|_| Refused::CertificateUnreadable)?;
    let [modulus, _] = parts.as_slice() else { return Err(Refused::CertificateUnreadable) };
    if !RSA_BITS.contains(&bits(modulus.as_bytes())) {
        return Err(Refused::CertificateKind);
    }
    Ok(match digest {
        SHA_256 => &RSA_PKCS1_2048_8192_SHA256,
        SHA_384 => &RSA_PKCS1_2048_8192_SHA384,
        SHA_512 => &RSA_PKCS1_2048_8192_SHA512,
        _ => return Err(Refused::CertificateKind),
    })
}

/// Bits of a number, of which the leading noughts are none.
fn bits(number: &[u8]) -> usize {
    let mut rest = number.iter().skip_while(|byte| **byte == 0);
    rest.next().map_or(0, |first| {
        let head = usize::try_from(u8::BITS - first.leading_zeros()).unwrap_or_default();
        head + 8 * rest.count()
    })
}

/// How signatures of a key on an elliptic curve with this digest are checked.
fn by_curve(
    key: &SubjectPublicKeyInfoOwned,
    digest: ObjectIdentifier,
) -> Result<&'static dyn VerificationAlgorithm, Refused> {
    let curve =
        key.algorithm.parameters.as_ref().and_then(|named| named.decode_as::<ObjectIdentifier>().ok());
    Ok(match (curve.ok_or(Refused::CertificateKind)?, digest) {
        (P_256, SHA_256) => &ECDSA_P256_SHA256_ASN1,
        (P_256, SHA_384) => &ECDSA_P256_SHA384_ASN1,
        (P_256, SHA_512) => &ECDSA_P256_SHA512_ASN1,
        (P_384, SHA_256) => &ECDSA_P384_SHA256_ASN1,
        (P_384, SHA_384) => &ECDSA_P384_SHA384_ASN1,
        (P_384, SHA_512) => &ECDSA_P384_SHA512_ASN1,
        _ => return Err(Refused::CertificateKind),
    })
}

fn is_valid(certificate: &Certificate, now: Moment) -> bool {
    let span = certificate.tbs_certificate.validity;
    let (from, to) = (span.not_before.to_unix_duration(), span.not_after.to_unix_duration());
    u64::try_from(now.0 / 1000).is_ok_and(|now| from.as_secs() <= now && now <= to.as_secs())
}

/// Whether the certificate was issued by an authority of the office, directly or through those that the file holds.
fn is_trusted(own: &Certificate, held: &[&Certificate], now: Moment, authorities: &Authorities) -> bool {
    let issued = |one: &Certificate, by: &Certificate| {
        let Ok(signed) = one.tbs_certificate.to_der() else { return false };
        let key = &by.tbs_certificate.subject_public_key_info;
        let issues = by.tbs_certificate.get::<BasicConstraints>();
        one.tbs_certificate.issuer == by.tbs_certificate.subject
            && issues.is_ok_and(|found| found.is_some_and(|(_, limits)| limits.ca))
            && is_valid(by, now)
            && holds(key, one.signature_algorithm.oid, &signed, one.signature.raw_bytes()).unwrap_or(false)
    };
    let mut at = own;
    for _ in 1..CHAIN_MAX {
        if authorities.0.iter().any(|authority| issued(at, authority)) {
            return true;
        }
        let Some(above) = held.iter().find(|above| **above != at && issued(at, above)) else { return false };
        at = above;
    }
    false
}
