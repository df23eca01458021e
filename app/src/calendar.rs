//! Days and hours on the wall clock of the office, as people read them.

use procedure::{Moment, moment::Local};

use crate::{browser, clerk::RULES, words::Told};

const DAYS: [(&str, &str); 7] = [
    ("星期一", "Mon"),
    ("星期二", "Tue"),
    ("星期三", "Wed"),
    ("星期四", "Thu"),
    ("星期五", "Fri"),
    ("星期六", "Sat"),
    ("星期日", "Sun"),
];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The moment at which the server drew this page.
#[must_use]
pub fn drawn() -> Moment {
    Moment(browser::drawn())
}

fn local(moment: Moment) -> Local {
    moment.local(RULES.utc_offset_minutes)
}

/// `2026年12月8日`.
#[must_use]
pub fn day(moment: Moment) -> Told {
    let date = local(moment).date;
    let (year, month, day) = (date.year(), u8::from(date.month()), date.day());
    let name = MONTHS[usize::from(month - 1)];
    Told { zh: format!("{year}年{month}月{day}日"), en: format!("{day} {name} {year}") }
}

/// `星期二`.
#[must_use]
pub fn weekday(moment: Moment) -> Told {
    let (zh, en) = DAYS[usize::from(local(moment).date.weekday().number_days_from_monday())];
    Told { zh: zh.into(), en: en.into() }
}

/// `09:00`.
#[must_use]
pub fn hour(moment: Moment) -> String {
    let local = local(moment);
    format!("{:02}:{:02}", local.hour, local.minute)
}

/// `2026年12月8日 星期二 09:00`.
#[must_use]
pub fn moment(at: Moment) -> Told {
    let (day, weekday, hour) = (day(at), weekday(at), hour(at));
    Told { zh: format!("{} {} {hour}", day.zh, weekday.zh), en: format!("{} {}, {hour}", weekday.en, day.en) }
}

/// Calendar days from the day on which the page was drawn; negative for days that are past.
#[must_use]
pub fn days_ahead(of: Moment) -> i64 {
    drawn().days_until(of, RULES.utc_offset_minutes)
}

/// The year in which the page was drawn.
#[must_use]
pub fn year() -> i64 {
    i64::from(local(drawn()).date.year())
}
