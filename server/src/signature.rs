//! Signatures under the record, as they come in: whether whoever signs is who it says, whether what was signed is what it
//! read, and whether the signed pages are all there. Whether somebody may sign at all the rules decide.
//!
//! ```text
//! last four digits of the phone ─▶ the way ─▶ the rules: may it sign, and is this still the record? ─▶ on the record
//!                                   │ device       the key made there signed these very lines
//!                                   │ paper        as many pages came back as were printed
//!                                   └ certificate  the file signs these very lines
//! ```

use std::collections::BTreeSet;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use casefile::signature::{is_signed, statement};
use procedure::{
    By, Command, Disclosed, Id, Moment, SeatId,
    hearing::{
        Act,
        phase::Phase,
        record::{self, Scan, Way},
    },
};
use serde::{Deserialize, Serialize};

use crate::{
    Error, Failure, Refused, Site, clock,
    exhibit::Kept,
    papers::{As, Order},
};

pub mod api;
pub mod certificate;

/// Which way somebody signs, as it is sent.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Sent {
    /// Drawn on the own device and signed there.
    Device {
        /// The strokes, `M x y L x y …` in a field of 1000 by 400.
        drawing: String,
        /// The public key, ECDSA P-256, 130 hexadecimal digits.
        key: String,
        /// Its signature over the lines of `docs/case-file.md`, *What people sign*: 128 hexadecimal digits.
        signature: String,
    },
    /// On paper: the scanned pages, handed in before as files.
    Paper {
        /// Each as it was answered when it was handed in.
        #[schema(value_type = Vec<Object>)]
        scans: Vec<Scan>,
    },
    /// With a certificate.
    Certificate {
        /// The file, base64: CMS with the certificate in it (RFC 5652), detached, in DER or PEM.
        file: String,
    },
}

/// A signature that somebody hands in.
#[derive(Clone, Debug)]
pub struct Handed {
    /// Under the record of which hearing.
    pub hearing: String,
    /// Who hands it in.
    pub by: SeatId,
    /// SHA-256 of the record as it was read, hexadecimal.
    pub digest: String,
    /// Whose it is, where the clerk hands in what somebody signed on paper.
    pub whose: Option<SeatId>,
    /// Which way.
    pub way: Sent,
}

impl Handed {
    /// The command that the rules decide on, once the signature itself has been found right. `id` is that of the command.
    ///
    /// # Errors
    /// [`Refused::SignatureForged`], [`Refused::SignedPagesMissing`], [`Refused::CertificateNames`], what
    /// [`certificate::read`] refuses, and of a certificate what the rules refuse: its file is kept only where it is taken.
    pub async fn checked(self, site: &Site, id: &Id, now: Moment) -> Result<Command, Failure> {
        let whose = self.whose.as_ref().unwrap_or(&self.by);
        let way = match self.way {
            Sent::Device { drawing, key, signature } => {
                let lines = statement(&self.hearing, &whose.0, &self.digest, &drawing);
                if !is_signed(&lines, &key, &signature) {
                    return Err(Refused::SignatureForged.into());
                }
                Way::Device { drawing, key, signature }
            }
            Sent::Paper { scans } => {
                on_paper(site, &self.hearing, &self.by, &scans).await?;
                Way::Paper { scans }
            }
            Sent::Certificate { file } => {
                let bytes = STANDARD.decode(file).map_err(|_| Refused::CertificateUnreadable)?;
                let lines = statement(&self.hearing, &whose.0, &self.digest, "");
                let signed = certificate::read(&bytes, lines.as_bytes(), now, &site.authorities)?;
                // Said of the certificate here, before the rules say it of a title.
                if !signed.is_legible(site.rooms.ground().rules.title_chars_max) {
                    return Err(Refused::CertificateNames.into());
                }
                let kept = Kept::of(&signed.file, certificate::KIND, 1);
                let way = Way::Certificate {
                    file: Scan {
                        sha256: kept.sha256,
                        size: kept.size,
                        media_type: kept.media_type,
                        pages: 1,
                    },
                    subject: signed.subject,
                    issuer: signed.issuer,
                    certificate: signed.fingerprint,
                    trusted: signed.trusted,
                };
                let command = sign(self.digest, way, self.whose);
                if is_taken(site, &self.hearing, &self.by, id, command.clone()).await? {
                    let exhibits = &site.rooms.ground().exhibits;
                    exhibits.keep_as(&self.hearing, &signed.file, certificate::KIND, 1).await?;
                }
                return Ok(command);
            }
        };
        Ok(sign(self.digest, way, self.whose))
    }
}

const fn sign(digest: String, way: Way, whose: Option<SeatId>) -> Command {
    Command::Record(record::Command::Sign { digest, way, whose })
}

/// Whether the rules take a signature as the hearing stands now; not where the seat has signed already.
///
/// # Errors
/// What the rules refuse.
async fn is_taken(
    site: &Site,
    hearing: &str,
    by: &SeatId,
    id: &Id,
    command: Command,
) -> Result<bool, Failure> {
    let view = site.rooms.seat_view(hearing, by).await?;
    let rules = &site.rooms.ground().rules;
    let act = Act { id, by: &By::Seat(by.clone()), at: clock::now(), rules };
    let decided = view.get().decide(command, &act);
    decided.map(|events| !events.is_empty()).map_err(|no| Failure::by_rule(&no, rules, &view.get().plan))
}

/// Whether the scans were taken in, and are as many pages as the printed record has. `by` is who hands them in.
async fn on_paper(site: &Site, hearing: &str, by: &SeatId, scans: &[Scan]) -> Result<(), Failure> {
    let exhibits = &site.rooms.ground().exhibits;
    if scans.len() > record::SCANS_MAX {
        return Err(Refused::SignedPagesTooMany.into());
    }
    let (mut pages, mut counted) = (0_u32, BTreeSet::new());
    for scan in scans {
        let kept = exhibits.find(hearing, &scan.sha256).await?.ok_or(Refused::FileUnknown)?;
        let known = kept.size == scan.size && kept.media_type == scan.media_type && kept.pages == scan.pages;
        let shown = matches!(&*kept.media_type, "application/pdf" | "image/png" | "image/jpeg");
        if !known || !shown {
            return Err(Refused::FileUnknown.into());
        }
        // One photograph handed in again and again is one page.
        if counted.insert(&scan.sha256) {
            pages = pages.saturating_add(kept.pages);
        }
    }
    if scans.is_empty() || pages >= printed(site, hearing, by).await? {
        return Ok(());
    }
    Err(Refused::SignedPagesMissing.into())
}

/// How many pages the record has at the least, as whoever hands it in can print it: what is signed, without the signatures
/// and requests that come while people sign.
async fn printed(site: &Site, hearing: &str, by: &SeatId) -> Result<u32, Failure> {
    let place = site.press.places.clone().acquire_owned().await.map_err(|_| Error::Stopping)?;
    let mut whole = site.rooms.seat_view(hearing, by).await?.into_inner();
    whole.record.lines.retain(|line| line.phase < Phase::Signing);
    (whole.record.signatures, whole.record.given) = Default::default();
    whole.record.corrections.clear();
    let order = Order {
        form: papers::Form::Record,
        to: None,
        view: Disclosed::view(&whole, &whole.viewer(by)),
        // A record has no number.
        nth: 1,
        rules: site.rooms.ground().rules.clone(),
        served: Vec::new(),
        at: clock::now(),
    };
    let press = site.press.clone();
    let written = tokio::task::spawn_blocking(move || {
        let _place = place;
        press.write(&order, As::Pdf)
    });
    let bytes =
        written.await.map_err(|_| Error::Stopping)?.map_err(|error| Error::Paper(error.to_string()))?;
    let pdf =
        hayro::hayro_syntax::Pdf::new(bytes).map_err(|_| Error::Paper("a record that is no PDF".into()))?;
    Ok(u32::try_from(pdf.pages().len()).unwrap_or(u32::MAX))
}
