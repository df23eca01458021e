//! The wording of the forms: texts with places to fill in, which a site may change.
//!
//! A form is what its file says (`forms/notice.md`): Jinja places (`{{ case.number }}`), set as Markdown. A site puts a file
//! of the same name into a folder of its own, and that one counts. Its letterhead and its seal go with them.

use std::{collections::BTreeMap, path::Path};

use minijinja::{AutoEscape, Environment, Output, State, UndefinedBehavior, Value};

use crate::{Error, Form, Letterhead, markdown};

/// Steps that filling in a form may take: a record of ten thousand lines takes a tenth of it.
const FUEL: u64 = 20_000_000;
/// Bytes of a form's wording at the most.
const WORDING_BYTES: u64 = 262_144;

/// The wordings of all forms, and the letterhead over them.
#[derive(Clone, Debug)]
pub struct Wordings {
    texts: BTreeMap<Form, String>,
    letterhead: Letterhead,
}

impl Default for Wordings {
    fn default() -> Self {
        let texts = Form::ALL.into_iter().map(|form| (form, form.wording().to_string())).collect();
        Self { texts, letterhead: Letterhead::default() }
    }
}

impl Wordings {
    /// The wordings, with those of a site in the place of ours.
    ///
    /// # Errors
    /// When a file of the folder is no form, is too large, cannot be read, or cannot be filled in.
    pub fn with(folder: &Path) -> Result<Self, Error> {
        let mut all = Self::default();
        let bad = |path: &Path, why: String| Error::Wording(path.display().to_string(), why);
        for entry in std::fs::read_dir(folder).map_err(|error| bad(folder, error.to_string()))? {
            let path = entry.map_err(|error| bad(folder, error.to_string()))?.path();
            if path.extension().is_none_or(|extension| extension != "md") {
                continue;
            }
            let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
            let form = Form::named(name).ok_or_else(|| bad(&path, "no form has this name".into()))?;
            let size = std::fs::metadata(&path).map_err(|error| bad(&path, error.to_string()))?.len();
            if size > WORDING_BYTES {
                return Err(bad(&path, format!("larger than {WORDING_BYTES} bytes")));
            }
            let text = std::fs::read_to_string(&path).map_err(|error| bad(&path, error.to_string()))?;
            environment().template_from_str(&text).map_err(|error| bad(&path, error.to_string()))?;
            all.texts.insert(form, text);
        }
        Ok(all)
    }

    /// The same wordings under another letterhead.
    #[must_use]
    pub fn under(self, letterhead: Letterhead) -> Self {
        Self { letterhead, ..self }
    }

    /// The letterhead.
    #[must_use]
    pub const fn letterhead(&self) -> &Letterhead {
        &self.letterhead
    }

    /// A form filled in and read.
    pub(crate) fn fill(&self, form: Form, fields: &serde_json::Value) -> Result<markdown::Read, Error> {
        let text = self.texts.get(&form).map_or_else(|| form.wording(), String::as_str);
        let filled = environment()
            .template_from_str(text)
            .and_then(|template| template.render(fields))
            .map_err(|error| Error::Wording(form.name().into(), format!("{error:#}")))?;
        Ok(markdown::read(&filled))
    }
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    // A place that nothing fills is a mistake in the wording, and is not printed as nothing.
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_formatter(put);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    environment.set_fuel(Some(FUEL));
    environment
}

/// Puts a value where it belongs, so that it means nothing but itself.
fn put(out: &mut Output<'_>, state: &State<'_, '_>, value: &Value) -> Result<(), minijinja::Error> {
    if value.is_undefined() {
        return minijinja::escape_formatter(out, state, value);
    }
    if value.is_none() {
        return Ok(());
    }
    let text = value.as_str().map_or_else(|| value.to_string(), Into::into);
    out.write_str(&markdown::escaped(&text)).map_err(minijinja::Error::from)
}
