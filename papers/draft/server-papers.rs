//! The papers of a hearing, drawn up when they are asked for: by the office every one, by whoever takes part those written
//! to them.

use std::{path::PathBuf, sync::{Arc, OnceLock}};

use papers::{Audience, Fonts, Form, Office, Paper, Source, Wordings};
use procedure::{Disclosed, Hearing, Moment, Rulebook, SeatId, disclosed::Viewer};
use tokio::sync::Semaphore;

use crate::{Error, config::Limits};

pub mod api;

/// What papers are drawn up with.
#[derive(Debug)]
pub struct Press {
    wordings: Wordings,
    folders: Vec<PathBuf>,
    /// Read when the first paper is set: the fonts of a machine are many.
    fonts: OnceLock<Fonts>,
    office: Office,
    /// Places for papers that are being set.
    places: Arc<Semaphore>,
}

/// How a paper is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// As a page.
    Page,
    /// As PDF.
    Pdf,
    /// As DOCX.
    Docx,
}

impl Press {
    /// With the wordings of a site, where it has its own, and the fonts of these folders.
    ///
    /// # Errors
    /// When a wording cannot be used.
    pub fn open(forms: Option<&std::path::Path>, folders: Vec<PathBuf>, office: Office, limits: &Limits) -> Result<Self, Error> {
        let wordings = match forms {
            Some(folder) => Wordings::with(folder).map_err(|error| Error::Config(error.to_string()))?,
            None => Wordings::default(),
        };
        let places = Arc::new(Semaphore::new(Limits::count(limits.papers_at_once)));
        Ok(Self { wordings, folders, fonts: OnceLock::new(), office, places })
    }

    /// Draws a paper up and writes it. Takes up to some seconds of a core.
    ///
    /// # Errors
    /// When it cannot be drawn up or set.
    pub fn write(&self, form: Form, view: &Disclosed<Hearing>, to: Option<&SeatId>, rules: &Rulebook, at: Moment, how: Written) -> Result<Vec<u8>, papers::Error> {
        let source = Source { view, office: &self.office, to, rules, at };
        let paper = Paper::draw_up(form, &source, &self.wordings)?;
        match how {
            Written::Page => Ok(papers::page::write(&paper).into_bytes()),
            Written::Docx => papers::docx::write(&paper),
            Written::Pdf => papers::pdf::write(&paper, self.fonts.get_or_init(|| Fonts::within(&self.folders))),
        }
    }
}

/// The papers that `asks` may have, of those written to several each, and what is lacking before each.
pub fn listed(hearing: &Hearing, asks: &Viewer) -> Vec<(Form, Option<SeatId>, Option<papers::Lacking>)> {
    let mut all = Vec::new();
    for form in Form::ALL {
        let addressed = hearing.plan.places.values().filter(|place| form.is_for(place.capacity));
        let to: Vec<Option<SeatId>> = match form.audience() {
            Audience::All => vec![None],
            Audience::EachParticipant | Audience::EachPanellist | Audience::EachParty => {
                addressed.map(|place| Some(place.seat.clone())).collect()
            }
        };
        let may = to.into_iter().filter(|to| form.reach(to.as_ref()).includes(asks));
        all.extend(may.map(|to| (form, to, form.lacks(hearing, asks))));
    }
    all
}
