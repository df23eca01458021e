//! The words of the pages in Chinese and English, and the reader's choice of language and size of type.
//!
//! Words stand beside the view that says them: `const ASK: Words = words("提问", "Ask");` and `say(ASK)` in the view.
//! The choice is kept in two cookies, so that the server draws the page in the reader's language at once.

use crate::kit::see::derived;
use leptos::prelude::*;
use procedure::refusal::Sentence;

use crate::browser;

/// The same words in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// Chinese.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

/// The same words in both languages.
#[must_use]
pub const fn words(zh: &'static str, en: &'static str) -> Words {
    Words { zh, en }
}

impl From<(&'static str, &'static str)> for Words {
    fn from((zh, en): (&'static str, &'static str)) -> Self {
        Self { zh, en }
    }
}

impl Words {
    /// In one language.
    #[must_use]
    pub const fn in_language(self, language: Language) -> &'static str {
        match language {
            Language::Chinese => self.zh,
            Language::English => self.en,
        }
    }

    /// With `{name}` replaced by a value, in both languages.
    #[must_use]
    pub fn with(self, name: &str, value: impl ToString) -> Told {
        Told::from(self).with(name, value)
    }

    /// In the reader's language; follows its change where it is read reactively.
    #[must_use]
    pub fn now(self) -> &'static str {
        self.in_language(language())
    }
}

/// Words made at run time, in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl From<Words> for Told {
    fn from(words: Words) -> Self {
        Self { zh: words.zh.into(), en: words.en.into() }
    }
}

impl From<Sentence> for Told {
    /// The sentence and the article it rests on.
    fn from(sentence: Sentence) -> Self {
        Self {
            zh: format!("{}（{}）", sentence.zh, sentence.article),
            en: format!("{} ({})", sentence.en, sentence.article_en),
        }
    }
}

impl From<procedure::hearing::record::Words> for Told {
    fn from(words: procedure::hearing::record::Words) -> Self {
        Self { zh: words.zh, en: words.en }
    }
}

impl Told {
    /// With `{name}` replaced by a value, in both languages.
    #[must_use]
    pub fn with(self, name: &str, value: impl ToString) -> Self {
        let (mark, value) = (format!("{{{name}}}"), value.to_string());
        Self { zh: self.zh.replace(&mark, &value), en: self.en.replace(&mark, &value) }
    }

    /// With `{name}` replaced by other words, each language by its own.
    #[must_use]
    pub fn with_told(self, name: &str, value: &Self) -> Self {
        let mark = format!("{{{name}}}");
        Self { zh: self.zh.replace(&mark, &value.zh), en: self.en.replace(&mark, &value.en) }
    }

    /// In one language.
    #[must_use]
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Chinese => &self.zh,
            Language::English => &self.en,
        }
    }

    /// In the reader's language; follows its change where it is read reactively.
    #[must_use]
    pub fn now(&self) -> String {
        self.in_language(language()).to_string()
    }
}

/// A language of the pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// 中文.
    #[default]
    Chinese,
    /// English.
    English,
}

impl Language {
    /// As `<html lang>` and the cookie name it.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }
}

/// The size of type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Size {
    /// As designed.
    #[default]
    Normal,
    /// 大字版 (长辈版、关怀版).
    Large,
}

impl Size {
    /// As `<html data-size>` and the cookie name it.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Large => "large",
        }
    }
}

const LANGUAGE_COOKIE: &str = "fengqiao_language";
const SIZE_COOKIE: &str = "fengqiao_size";

/// What the reader has chosen.
#[derive(Clone, Copy, Debug)]
pub struct Choice {
    /// Language.
    pub language: RwSignal<Language>,
    /// Size of type.
    pub size: RwSignal<Size>,
}

impl Choice {
    /// Reads the choice from the cookies and gives it to the page.
    #[must_use]
    pub fn provide() -> Self {
        let language = match browser::cookie(LANGUAGE_COOKIE).as_deref() {
            Some("en") => Language::English,
            _ => Language::Chinese,
        };
        let size = match browser::cookie(SIZE_COOKIE).as_deref() {
            Some("large") => Size::Large,
            _ => Size::Normal,
        };
        let choice = Self { language: RwSignal::new(language), size: RwSignal::new(size) };
        provide_context(choice);
        choice
    }

    /// From now on in that language.
    pub fn set_language(self, language: Language) {
        browser::set_cookie(LANGUAGE_COOKIE, language.tag());
        self.language.set(language);
    }

    /// From now on in that size.
    pub fn set_size(self, size: Size) {
        browser::set_cookie(SIZE_COOKIE, size.tag());
        self.size.set(size);
    }
}

/// The reader's language; follows its change where it is read reactively.
#[must_use]
pub fn language() -> Language {
    use_context::<Choice>().map_or(Language::Chinese, |choice| choice.language.get())
}

/// Words in the reader's language, following its change.
#[must_use]
pub fn say(words: impl Into<Words>) -> Signal<String> {
    let words = words.into();
    let choice = use_context::<Choice>();
    derived(move || {
        let language = choice.map_or(Language::Chinese, |choice| choice.language.get());
        words.in_language(language).to_string()
    })
}

/// Words made at run time, in the reader's language, following its change and their own.
#[must_use]
pub fn tell(told: impl Fn() -> Told + Send + Sync + 'static) -> Signal<String> {
    tell_boxed(Box::new(told))
}

fn tell_boxed(told: Box<dyn Fn() -> Told + Send + Sync>) -> Signal<String> {
    let choice = use_context::<Choice>();
    derived(move || {
        let language = choice.map_or(Language::Chinese, |choice| choice.language.get());
        told().in_language(language).to_string()
    })
}
