//! What a letter or a text message says: from whom it comes, what it is about, when the hearing is, and how the paper is
//! opened. Chinese first, English second; nothing of the case beyond what the paper's cover could show.

use maud::{DOCTYPE, html};
use procedure::{Moment, Rulebook, hearing::plan::Registered};

use super::{What, calendar::is_discreet};

/// Longest text message, in characters.
pub const SMS_CHARS_MAX: usize = 200;
/// Longest name of an office in a text message, in characters.
const OFFICE_CHARS_MAX: usize = 30;

/// What a letter is made from.
#[derive(Clone, Copy, Debug)]
pub struct Letter<'a> {
    /// Name of the office.
    pub office: &'a str,
    /// Its telephone.
    pub phone: &'a str,
    /// To whom.
    pub name: &'a str,
    /// What it brings.
    pub what: &'a What,
    /// What the paper is called, Chinese and English; empty where it brings none.
    pub paper: (&'a str, &'a str),
    /// The face of the hearing.
    pub face: &'a Registered,
    /// Where the paper is opened; none where there is none.
    pub link: Option<&'a str>,
    /// Whether an earlier notice no longer holds.
    pub anew: bool,
    /// The rules.
    pub rules: &'a Rulebook,
}

impl Letter<'_> {
    fn time(&self, at: Moment) -> (String, String) {
        let local = at.local(self.rules.utc_offset_minutes);
        (local.zh(), local.to_string())
    }

    /// The line above a letter.
    #[must_use]
    pub fn subject(&self) -> String {
        let (zh, en) = match self.what {
            What::Paper { .. } => (self.paper.0, self.paper.1),
            What::Reminder { .. } => ("听证提醒", "Reminder of a hearing"),
            What::Cancellation {} => ("听证取消", "A hearing is called off"),
        };
        line(&format!("{}：{zh} {en}", self.office))
    }

    /// What it says, Chinese and English, piece by piece.
    fn pieces(&self) -> Vec<(String, String)> {
        let (zh, en) = self.time(self.face.scheduled);
        let number = &self.face.number;
        let mut pieces = vec![(format!("{}：", self.name), format!("To {}", self.name))];
        match self.what {
            What::Paper { .. } => {
                let (paper, english) = self.paper;
                pieces.push((
                    format!("{}向您送达《{paper}》（案号：{number}）。", self.office),
                    format!("{} sends you: {english} (case {number}).", self.office),
                ));
                if self.anew {
                    pieces.push((
                        "此前的通知不再有效，请以本次为准。".into(),
                        "An earlier notice no longer holds; this one does.".into(),
                    ));
                }
                if is_of_the_day(self.what) {
                    pieces.push((
                        format!("听证时间：{zh}。{}", self.place().0),
                        format!("Time of the hearing: {en} (Beijing time). {}", self.place().1),
                    ));
                }
            }
            What::Reminder { .. } => pieces.push((
                format!("提醒您：听证（案号：{number}）将于{zh}举行，请按通知书的要求参加。"),
                format!(
                    "The hearing (case {number}) is at {en} (Beijing time). Please come as the notice says."
                ),
            )),
            What::Cancellation {} => pieces.push((
                format!("原定于{zh}举行的听证（案号：{number}）已经取消，您不必前来。"),
                format!(
                    "The hearing (case {number}) of {en} (Beijing time) is called off; you need not come."
                ),
            )),
        }
        pieces
    }

    fn place(&self) -> (String, String) {
        if is_discreet(self.face) {
            return ("地点见文书。".into(), "For the place see the paper.".into());
        }
        let place = &self.face.hearing.place;
        (format!("地点：{place}。"), format!("Place: {place}."))
    }

    fn close(&self) -> (String, String) {
        let phone = self.phone;
        (
            format!("本邮件由系统发送，请勿回复；有疑问请拨打 {phone}。参加听证不收取任何费用。"),
            format!("Sent by a machine; please do not reply. Questions: {phone}. Taking part costs nothing."),
        )
    }

    /// The letter as plain text.
    #[must_use]
    pub fn text(&self) -> String {
        let (zh, en): (Vec<_>, Vec<_>) = self.pieces().into_iter().unzip();
        let link = |before: &str| self.link.map(|link| format!("{before}\n{link}\n")).unwrap_or_default();
        let (close, closing) = self.close();
        format!(
            "{}\n\n{}{close}\n\n--\n\n{}\n\n{}{closing}\n",
            zh.join("\n\n"),
            link("请打开以下链接查阅，并核对您手机号码的后四位："),
            en.join("\n\n"),
            link("Open this link to read it; you are asked for the last four digits of your mobile number:"),
        )
    }

    /// The letter as a page without anything to be loaded.
    #[must_use]
    pub fn html(&self) -> String {
        let pieces = self.pieces();
        let (close, closing) = self.close();
        html! {
            (DOCTYPE)
            html lang="zh-CN" {
                head { meta charset="utf-8"; title { (self.subject()) } }
                body style="font:16px/1.7 sans-serif;color:#1d2733;max-width:40em;margin:1em auto;padding:0 1em" {
                    @for (zh, _) in &pieces { p { (zh) } }
                    @if let Some(link) = self.link {
                        p { a href=(link) { "查阅文书 Read the paper" } }
                        p { "打开后请核对您手机号码的后四位。You are asked for the last four digits of your mobile number." }
                    }
                    p { (close) }
                    div lang="en" {
                        @for (_, en) in &pieces { p { (en) } }
                        p { (closing) }
                    }
                }
            }
        }
        .into_string()
    }

    /// The text message: who, when, where to read it; never what the case is about.
    #[must_use]
    pub fn sms(&self) -> String {
        let office: String = self.office.chars().take(OFFICE_CHARS_MAX).collect();
        let (time, _) = self.time(self.face.scheduled);
        let said = match self.what {
            What::Paper { .. } if is_of_the_day(self.what) => {
                let anew = if self.anew { "（改期后以此为准）" } else { "" };
                format!("{}：{time}听证{anew}。", self.paper.0)
            }
            What::Paper { .. } => format!("向您送达{}。", self.paper.0),
            What::Reminder { .. } => format!("提醒您按通知书参加{time}的听证。"),
            What::Cancellation {} => format!("原定{time}的听证已取消。"),
        };
        let ask = format!("电话{}", self.phone);
        let link = self.link.map(|link| format!("查阅 {link} ")).unwrap_or_default();
        let whole = format!("【{office}】{said}{link}{ask}");
        // An address of the office that long leaves no room for the telephone.
        let whole =
            if whole.chars().count() > SMS_CHARS_MAX { format!("【{office}】{said}{link}") } else { whole };
        line(&whole).chars().take(SMS_CHARS_MAX).collect()
    }
}

/// Whether it tells the day of the hearing, so that a calendar file goes with it.
#[must_use]
pub fn is_of_the_day(what: &What) -> bool {
    match what {
        What::Paper { form, .. } => matches!(form.as_str(), "notice" | "invitation"),
        What::Reminder { .. } | What::Cancellation {} => true,
    }
}

/// One line: nothing in it begins another.
fn line(text: &str) -> String {
    text.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect()
}

#[cfg(test)]
mod tests {
    use procedure::hearing::plan::{Kind, Mode, Openness, Setting};

    use super::*;

    fn face(openness: Openness) -> Registered {
        Registered {
            number: "豫检民监〔2026〕17号".into(),
            kind: Kind::CivilSupervision,
            cause: "机动车交通事故责任纠纷".into(),
            hearing: Setting {
                mode: Mode::Ordinary,
                openness,
                closed_because: None,
                place: "一号听证室".into(),
                scheduled: String::new(),
                turn_seconds: 600,
            },
            scheduled: Moment::parse("2126-12-08T09:00:00+08:00").unwrap(),
        }
    }

    fn letter<'a>(office: &'a str, face: &'a Registered, what: &'a What, rules: &'a Rulebook) -> Letter<'a> {
        let link = Some("https://tingzheng.example.gov.cn/d/mJ8c0Z1xKqv3oY5nT7uW9aBcDeFgHiJkLmNoPqRsTuV");
        let paper = ("听证通知书", "Notice of hearing");
        Letter { office, phone: "12309", name: "陈<某>", what, paper, face, link, anew: true, rules }
    }

    fn notice() -> What {
        What::Paper {
            form: "notice".into(),
            number: String::new(),
            version: String::new(),
            sha256: String::new(),
        }
    }

    #[test]
    fn a_text_message_is_short_has_its_link_and_never_the_cause() {
        let (face, rules) = (face(Openness::Public), Rulebook::default());
        for office in ["某市人民检察院".to_string(), "院".repeat(200)] {
            for what in [notice(), What::Reminder { hours: 2 }, What::Cancellation {}] {
                let text = letter(&office, &face, &what, &rules).sms();
                assert!(text.chars().count() <= SMS_CHARS_MAX, "{text}");
                assert!(text.contains("/d/mJ8c0Z1xKqv3oY5nT7uW9aBcDeFgHiJkLmNoPqRsTuV"), "{text}");
                assert!(text.contains("2126年12月8日 09:00") && !text.contains("交通"), "{text}");
            }
        }
    }

    #[test]
    fn a_letter_says_it_in_both_languages_and_a_name_is_no_markup() {
        let (face, rules, what) = (face(Openness::Public), Rulebook::default(), notice());
        let letter = letter("某市人民检察院", &face, &what, &rules);
        let text = letter.text();
        assert!(text.contains("此前的通知不再有效") && text.contains("An earlier notice no longer holds"));
        assert!(text.find("听证通知书") < text.find("Notice of hearing"), "Chinese first");
        assert!(!text.contains("机动车") && !letter.subject().contains("机动车"));
        assert!(letter.html().contains("陈&lt;某&gt;") && !letter.html().contains("<某>"));
    }

    #[test]
    fn of_a_closed_hearing_the_place_stands_in_the_paper_alone() {
        let (face, rules, what) = (face(Openness::Closed), Rulebook::default(), notice());
        let letter = letter("某市人民检察院", &face, &what, &rules);
        assert!(letter.text().contains("地点见文书") && !letter.text().contains("一号听证室"));
    }
}
