//! Every number of the rules, with the article it comes from: versioned, with the day it takes effect.

use alloc::{
    collections::BTreeMap,
    string::{String, ToString},
    vec::Vec,
};
use serde::{Deserialize, Serialize};

use crate::hearing::{
    gathered,
    plan::{ClosedBecause, Kind, Mode},
};

/// The rules in force, as data: a site may load another version. What it leaves out is as in the national rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rulebook {
    /// Name of this version.
    pub version: String,
    /// First day on which it applies, `YYYY-MM-DD`.
    pub effective: String,
    /// Minutes from UTC on the office's wall clock.
    pub utc_offset_minutes: i16,
    /// Days between telling the participants and the hearing (Art. 10).
    pub notice_days: i64,
    /// Whether those days must be clear: neither the day of the notice nor that of the hearing counts.
    pub notice_clear_days: bool,
    /// Smallest panel by mode, in persons (Art. 7).
    pub panel_min: BTreeMap<Mode, u32>,
    /// Largest panel, in persons (Art. 7).
    pub panel_max: u32,
    /// Youngest age of a panellist, in years (Art. 7).
    pub panellist_age_min: u32,
    /// Age below which a party is a minor, in years (Art. 5).
    pub adult_age: u32,
    /// Kinds of case that are heard behind closed doors (Art. 5).
    pub closed_kinds: Vec<Kind>,
    /// Grounds of a closed hearing that forbid holding it remotely.
    pub never_remote: Vec<ClosedBecause>,
    /// What makes a majority of the panel.
    pub majority: Majority,
    /// Longest turn, in seconds, and longest extension of one.
    pub turn_seconds_max: u32,
    /// Time that one extension gives when the chair names none, in seconds.
    pub extension_seconds: u32,
    /// How many seconds after its chair was noticed to be gone a hearing pauses by itself.
    pub chair_absence_seconds: u32,
    /// Longest text of one statement, question, answer or reason, in characters.
    pub text_chars_max: usize,
    /// Longest title or name, in characters.
    pub title_chars_max: usize,
    /// Longest id of a seat, in characters.
    pub seat_id_chars_max: usize,
    /// Most seats in one hearing.
    pub seats_max: usize,
    /// Most issues in one hearing.
    pub issues_max: usize,
    /// Most exhibits in one hearing.
    pub exhibits_max: usize,
    /// Most questions of one panellist that wait for the chair or for an answer.
    pub questions_open_max: usize,
    /// Most motions of one seat that wait for a ruling.
    pub motions_open_max: usize,
    /// Most requests for correction of one seat that wait for a ruling.
    pub corrections_open_max: usize,
    /// Most pages of one exhibit.
    pub exhibit_pages_max: u32,
    /// Most results of equipment checks that are kept of one seat.
    pub checks_max: u32,
    /// Largest number that a check can have measured: milliseconds, or thousands of bits a second.
    pub check_number_max: u32,
    /// Most lines of talk in the deliberation room.
    pub talk_max: usize,
    /// Most lines said in the caucuses of one side.
    pub confided_max: usize,
    /// Most offers, drafts or proposals of one seat.
    pub offers_max: usize,
    /// Most terms of one offer, proposal or agreement.
    pub terms_max: usize,
    /// Longest text of one term, in characters.
    pub term_chars_max: usize,
    /// Largest amount of one term or bid, in fen.
    pub amount_fen_max: u64,
    /// Longest time to answer a proposal, in seconds.
    pub proposal_seconds_max: u32,
    /// Most bids of one side in one mediation.
    pub bids_max: usize,
    /// The name of each article that a refusal can rest on.
    pub articles: BTreeMap<String, Article>,
}

/// What makes a majority.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Majority {
    /// The position with the most sheets; none on a tie.
    Largest,
    /// More than half of the sitting panel.
    MoreThanHalf,
}

/// The name of an article in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Article {
    /// `《人民检察院审查案件听证工作规定》第十五条`.
    pub zh: String,
    /// `Hearing Rules (2020), Art. 15`.
    pub en: String,
}

const ARTICLES: &[(&str, &str, &str)] = &[
    ("4", "《人民检察院审查案件听证工作规定》第四条", "Hearing Rules (2020), Art. 4"),
    ("5", "《人民检察院审查案件听证工作规定》第五条", "Hearing Rules (2020), Art. 5"),
    ("6", "《人民检察院审查案件听证工作规定》第六条", "Hearing Rules (2020), Art. 6"),
    ("7", "《人民检察院审查案件听证工作规定》第七条", "Hearing Rules (2020), Art. 7"),
    ("9", "《人民检察院审查案件听证工作规定》第九条", "Hearing Rules (2020), Art. 9"),
    ("10", "《人民检察院审查案件听证工作规定》第十条", "Hearing Rules (2020), Art. 10"),
    ("13", "《人民检察院审查案件听证工作规定》第十三条", "Hearing Rules (2020), Art. 13"),
    ("14", "《人民检察院审查案件听证工作规定》第十四条", "Hearing Rules (2020), Art. 14"),
    ("15", "《人民检察院审查案件听证工作规定》第十五条", "Hearing Rules (2020), Art. 15"),
    ("15-1", "《人民检察院审查案件听证工作规定》第十五条第一项", "Hearing Rules (2020), Art. 15 (1)"),
    ("15-2", "《人民检察院审查案件听证工作规定》第十五条第二项", "Hearing Rules (2020), Art. 15 (2)"),
    ("15-3", "《人民检察院审查案件听证工作规定》第十五条第三项", "Hearing Rules (2020), Art. 15 (3)"),
    ("15-4", "《人民检察院审查案件听证工作规定》第十五条第四项", "Hearing Rules (2020), Art. 15 (4)"),
    ("15-5", "《人民检察院审查案件听证工作规定》第十五条第五项", "Hearing Rules (2020), Art. 15 (5)"),
    ("15-6", "《人民检察院审查案件听证工作规定》第十五条第六项", "Hearing Rules (2020), Art. 15 (6)"),
    ("15-7", "《人民检察院审查案件听证工作规定》第十五条第七项", "Hearing Rules (2020), Art. 15 (7)"),
    ("16", "《人民检察院审查案件听证工作规定》第十六条", "Hearing Rules (2020), Art. 16"),
    ("17", "《人民检察院审查案件听证工作规定》第十七条", "Hearing Rules (2020), Art. 17"),
    ("18", "《人民检察院审查案件听证工作规定》第十八条", "Hearing Rules (2020), Art. 18"),
    ("civil-99", "《中华人民共和国民事诉讼法》第九十九条", "Civil Procedure Law (2023), Art. 99"),
    ("civil-100", "《中华人民共和国民事诉讼法》第一百条", "Civil Procedure Law (2023), Art. 100"),
    (
        "civil-146",
        "《最高人民法院关于适用〈中华人民共和国民事诉讼法〉的解释》第一百四十六条",
        "Interpretation of the Civil Procedure Law (2022), Art. 146",
    ),
    ("supervision-51", "《人民检察院民事诉讼监督规则》第五十一条", "Civil Supervision Rules (2021), Art. 51"),
    ("online-18", "《人民法院在线调解规则》第十八条", "Online Mediation Rules (2022), Art. 18"),
    ("online-19", "《人民法院在线调解规则》第十九条", "Online Mediation Rules (2022), Art. 19"),
    (
        "criminal-498",
        "《人民检察院刑事诉讼规则》第四百九十八条",
        "Rules of Criminal Procedure for Procuratorates (2019), Art. 498",
    ),
    ("office", "本院听证工作规程", "the office's own rules of practice"),
];

impl Default for Rulebook {
    /// The national rules of 2020 with the choices of this product where they are silent.
    fn default() -> Self {
        Self {
            version: "2020-09-14".into(),
            effective: "2020-09-14".into(),
            utc_offset_minutes: 480,
            notice_days: 3,
            notice_clear_days: false,
            panel_min: gathered([
                (Mode::Ordinary, 3),
                (Mode::Remote, 3),
                (Mode::Simple, 2),
                (Mode::Doorstep, 2),
            ]),
            panel_max: 7,
            panellist_age_min: 23,
            adult_age: 18,
            closed_kinds: [Kind::CustodyNecessity, Kind::ArrestReview].into(),
            never_remote: [ClosedBecause::StateSecret].into(),
            majority: Majority::Largest,
            turn_seconds_max: 3600,
            extension_seconds: 120,
            chair_absence_seconds: 60,
            text_chars_max: 10_000,
            title_chars_max: 200,
            seat_id_chars_max: 40,
            seats_max: 200,
            issues_max: 20,
            exhibits_max: 200,
            questions_open_max: 10,
            motions_open_max: 5,
            corrections_open_max: 20,
            exhibit_pages_max: 10_000,
            checks_max: 50,
            check_number_max: 100_000,
            talk_max: 2000,
            confided_max: 2000,
            offers_max: 50,
            terms_max: 30,
            term_chars_max: 1000,
            amount_fen_max: 1_000_000_000_000,
            proposal_seconds_max: 86_400,
            bids_max: 3,
            articles: gathered(
                ARTICLES.iter().map(|(key, zh, en)| {
                    ((*key).to_string(), Article { zh: (*zh).into(), en: (*en).into() })
                }),
            ),
        }
    }
}

impl Rulebook {
    /// Smallest panel of a mode, in persons.
    #[must_use]
    pub fn panel_min(&self, mode: Mode) -> u32 {
        self.panel_min.get(&mode).copied().unwrap_or(1)
    }

    /// The article of that key; the office's own rules where the key is unknown.
    #[must_use]
    pub fn article(&self, key: &str) -> Article {
        self.articles
            .get(key)
            .or_else(|| self.articles.get("office"))
            .cloned()
            .unwrap_or_else(|| Article { zh: key.to_string(), en: key.to_string() })
    }

    /// A number of the rules by the name it has in a sentence, such as `{notice_days}`.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<String> {
        Some(match name {
            "notice_days" => self.notice_days.to_string(),
            "panel_max" => self.panel_max.to_string(),
            "panellist_age_min" => self.panellist_age_min.to_string(),
            "adult_age" => self.adult_age.to_string(),
            "turn_seconds_max" => self.turn_seconds_max.to_string(),
            "text_chars_max" => self.text_chars_max.to_string(),
            "title_chars_max" => self.title_chars_max.to_string(),
            "seat_id_chars_max" => self.seat_id_chars_max.to_string(),
            "seats_max" => self.seats_max.to_string(),
            "issues_max" => self.issues_max.to_string(),
            "exhibits_max" => self.exhibits_max.to_string(),
            "questions_open_max" => self.questions_open_max.to_string(),
            "motions_open_max" => self.motions_open_max.to_string(),
            "corrections_open_max" => self.corrections_open_max.to_string(),
            "checks_max" => self.checks_max.to_string(),
            "talk_max" => self.talk_max.to_string(),
            "confided_max" => self.confided_max.to_string(),
            "offers_max" => self.offers_max.to_string(),
            "terms_max" => self.terms_max.to_string(),
            "term_chars_max" => self.term_chars_max.to_string(),
            "amount_yuan_max" => (self.amount_fen_max / 100).to_string(),
            "proposal_seconds_max" => self.proposal_seconds_max.to_string(),
            "bids_max" => self.bids_max.to_string(),
            _ => return None,
        })
    }
}
