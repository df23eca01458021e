//! The papers of a hearing, drawn up when they are asked for: the office has every one, whoever takes part those that are
//! written to it or that all who take part may read.
//!
//! ```text
//! who asks? ──▶ which papers are for it (Form::reach) ──▶ the hearing as the reader of that paper may see it ──▶ Paper
//!                                                                                    page │ PDF │ DOCX ◀──────────┘
//! ```

use std::{
    path::PathBuf,
    sync::{Arc, LazyLock, OnceLock},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use papers::{Audience, Fonts, Form, Lacking, Letterhead, Office, Paper, Served, Source, Wordings};
use procedure::{Disclosed, Hearing, Moment, Rulebook, SeatId, disclosed::Viewer, hearing::plan::Place};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use crate::{
    Error,
    config::{Config, Limits},
};

pub mod api;
pub mod letterhead;

/// How pages allow the style sheet of papers, which stands in the paper itself: `'sha256-…'` (CSP 3).
pub static STYLE_SOURCE: LazyLock<String> = LazyLock::new(|| {
    let digest = STANDARD.encode(Sha256::digest(papers::page::STYLE));
    format!("'sha256-{digest}'")
});

/// How a paper is written.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum As {
    /// A page, to be looked at.
    Page,
    /// PDF/A, to be printed and kept.
    #[default]
    Pdf,
    /// DOCX, to be written on in.
    Docx,
}

/// What papers are drawn up with.
#[derive(Debug)]
pub struct Press {
    wordings: Wordings,
    folders: Vec<PathBuf>,
    /// Found when the first paper is set: a machine may have many.
    fonts: OnceLock<Fonts>,
    office: Office,
    /// Places for papers that are being drawn up.
    pub(crate) places: Arc<Semaphore>,
}

impl Press {
    /// A press with the wordings, the letterhead and the seal of the site, where it has its own, and its fonts.
    ///
    /// # Errors
    /// When one of them cannot be used.
    pub fn open(config: &Config) -> Result<Arc<Self>, Error> {
        let wordings = match &config.forms {
            Some(folder) => {
                let wordings =
                    Wordings::with(folder).map_err(|error| Error::Config(format!("forms: {error}")))?;
                wordings.under(letterhead::open(folder, &config.limits)?)
            }
            None => Wordings::default(),
        };
        Ok(Arc::new(Self {
            wordings,
            folders: config.fonts.clone(),
            fonts: OnceLock::new(),
            office: Office { name: config.office.clone(), phone: config.phone.clone() },
            places: Arc::new(Semaphore::new(Limits::count(config.limits.papers_at_once))),
        }))
    }

    /// The letterhead of the site.
    #[must_use]
    pub const fn letterhead(&self) -> &Letterhead {
        self.wordings.letterhead()
    }

    /// Draws a paper up from what its reader may see, and writes it. Takes up to some seconds of one core.
    ///
    /// # Errors
    /// When it cannot be drawn up or set.
    pub fn write(&self, order: &Order, how: As) -> Result<Vec<u8>, papers::Error> {
        let paper = self.draw_up(order)?;
        match how {
            As::Page => Ok(papers::page::write(&paper).into_bytes()),
            As::Docx => papers::docx::write(&paper),
            As::Pdf => self.set(&paper),
        }
    }

    /// A paper as it is served: what is looked at and what is kept are one and the same.
    ///
    /// # Errors
    /// When it cannot be drawn up or set.
    pub fn copies(&self, order: &Order) -> Result<Copies, papers::Error> {
        let paper = self.draw_up(order)?;
        let page = papers::page::write(&paper);
        Ok(Copies { pdf: self.set(&paper)?, page, number: paper.number, version: paper.version })
    }

    /// The version of a paper as it would be served now. Takes little time: nothing is set.
    ///
    /// # Errors
    /// When it cannot be drawn up.
    pub fn version(&self, order: &Order) -> Result<String, papers::Error> {
        Ok(self.draw_up(order)?.version)
    }

    fn draw_up(&self, order: &Order) -> Result<Paper, papers::Error> {
        let Order { form, to, view, nth, rules, served, at } = order;
        let office = &self.office;
        let source = Source { view, office, to: to.as_ref(), nth: *nth, rules, served, at: *at };
        Paper::draw_up(*form, &source, &self.wordings)
    }

    fn set(&self, paper: &Paper) -> Result<Vec<u8>, papers::Error> {
        papers::pdf::write(paper, self.fonts.get_or_init(|| Fonts::within(&self.folders)))
    }
}

/// A paper as it is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copies {
    /// As a page.
    pub page: String,
    /// As PDF.
    pub pdf: Vec<u8>,
    /// Its number.
    pub number: String,
    /// The version that stands at the foot of its pages.
    pub version: String,
}

/// A paper that is wanted.
#[derive(Debug)]
pub struct Order {
    /// Which.
    pub form: Form,
    /// To whom it is written.
    pub to: Option<SeatId>,
    /// The hearing as its reader may see it.
    pub view: Disclosed<Hearing>,
    /// Which of the hearings of its case it is: 1 is the first.
    pub nth: u32,
    /// The rules.
    pub rules: Rulebook,
    /// What was served, for the proof of it; of no other paper.
    pub served: Vec<Served>,
    /// The moment for which it is drawn up.
    pub at: Moment,
}

/// One of the papers that somebody may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Which.
    pub form: Form,
    /// To whom it is written.
    pub to: Option<SeatId>,
    /// What must come first; none where it can be drawn up.
    pub lacks: Option<Lacking>,
}

/// The papers that `asks` may have of a hearing, those that are written to several once for each.
#[must_use]
pub fn known(hearing: &Hearing, asks: &Viewer) -> Vec<Known> {
    let mut all = Vec::new();
    for form in Form::ALL {
        let written = |place: &&Place| form.is_for(place.capacity) && form.is_due(hearing, &place.seat);
        let addressed = hearing.plan.places.values().filter(written);
        let to: Vec<Option<SeatId>> = match form.audience() {
            Audience::All => vec![None],
            Audience::EachParticipant | Audience::EachPanellist | Audience::EachParty => {
                addressed.map(|place| Some(place.seat.clone())).collect()
            }
        };
        let may = to.into_iter().filter(|to| form.reach(to.as_ref()).includes(asks));
        all.extend(may.map(|to| Known { form, to, lacks: form.lacks(hearing, asks) }));
    }
    all
}
