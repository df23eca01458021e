//! Points in time and days of the calendar, as the server's clock gives them.

use core::fmt;

use alloc::string::String;
use serde::{Deserialize, Serialize};
use time::{Date, Duration, OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};

/// A point in time: milliseconds since 1970-01-01T00:00:00Z. Only the server makes new ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(pub i64);

impl Moment {
    /// This moment moved by `ms` milliseconds, never beyond the ends of the scale.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this moment; negative when `earlier` is the later one.
    #[must_use]
    pub const fn ms_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Reads a moment with its offset, such as `2026-12-08T09:00:00+08:00`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let at = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        i64::try_from(at.unix_timestamp_nanos() / 1_000_000).ok().map(Self)
    }

    /// The calendar date and wall-clock time at an offset of `minutes` from UTC. At the very ends of the calendar,
    /// where that clock would leave it, the time is told in UTC.
    #[must_use]
    pub fn local(self, minutes: i16) -> Local {
        let offset = UtcOffset::from_whole_seconds(i32::from(minutes) * 60).unwrap_or(UtcOffset::UTC);
        let utc = OffsetDateTime::UNIX_EPOCH.saturating_add(Duration::milliseconds(self.0));
        let at = utc.checked_to_offset(offset).unwrap_or(utc);
        Local { date: at.date(), hour: at.hour(), minute: at.minute(), second: at.second() }
    }

    /// Whole calendar days from this moment's date to `later`'s date; negative when `later` comes first.
    #[must_use]
    pub fn days_until(self, later: Self, minutes: i16) -> i64 {
        (later.local(minutes).date - self.local(minutes).date).whole_days()
    }
}

/// A moment on the wall clock of the office.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Local {
    /// The day.
    pub date: Date,
    /// Hour of the day, 0 to 23.
    pub hour: u8,
    /// Minute, 0 to 59.
    pub minute: u8,
    /// Second, 0 to 59.
    pub second: u8,
}

impl Local {
    /// `2026年12月8日 09:00`, as Chinese documents write it.
    #[must_use]
    pub fn zh(&self) -> String {
        let (y, m, d) = (self.date.year(), u8::from(self.date.month()), self.date.day());
        alloc::format!("{y}年{m}月{d}日 {:02}:{:02}", self.hour, self.minute)
    }

    /// `09:47:31`.
    #[must_use]
    pub fn clock(&self) -> String {
        alloc::format!("{:02}:{:02}:{:02}", self.hour, self.minute, self.second)
    }
}

impl fmt::Display for Local {
    /// `2026-12-08 09:00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (y, m, d) = (self.date.year(), u8::from(self.date.month()), self.date.day());
        write!(f, "{y:04}-{m:02}-{d:02} {:02}:{:02}", self.hour, self.minute)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEIJING: i16 = 480;

    fn days(from: &str, to: &str) -> i64 {
        let [from, to] = [from, to].map(|text| Moment::parse(text).unwrap_or_default());
        from.days_until(to, BEIJING)
    }

    #[test]
    fn days_are_counted_by_the_office_calendar_and_not_by_hours() {
        assert_eq!(days("2026-12-05T23:59:59+08:00", "2026-12-08T00:00:00+08:00"), 3);
        assert_eq!(days("2026-12-05T00:00:00+08:00", "2026-12-08T23:59:59+08:00"), 3);
        // At six in the morning at the office it is still the day before in London.
        assert_eq!(days("2026-12-05T23:00:00+08:00", "2026-12-08T06:00:00+08:00"), 3);
        assert_eq!(days("2026-12-05T15:30:00Z", "2026-12-07T22:00:00Z"), 3);
    }

    #[test]
    fn months_years_and_leap_days_are_days_like_others() {
        assert_eq!(days("2026-12-30T10:00:00+08:00", "2027-01-02T10:00:00+08:00"), 3);
        assert_eq!(days("2026-02-26T10:00:00+08:00", "2026-03-01T10:00:00+08:00"), 3);
        assert_eq!(days("2028-02-26T10:00:00+08:00", "2028-03-01T10:00:00+08:00"), 4);
        assert_eq!(days("2026-10-01T10:00:00+08:00", "2026-10-08T10:00:00+08:00"), 7);
        assert_eq!(days("2026-12-08T10:00:00+08:00", "2026-12-05T10:00:00+08:00"), -3);
    }

    #[test]
    fn the_ends_of_the_scale_are_told_and_not_left() {
        for at in [Moment(i64::MIN), Moment(i64::MAX), Moment::default()] {
            for minutes in [i16::MIN, -1439, 0, BEIJING, 1439, i16::MAX] {
                let local = at.local(minutes);
                assert!(!local.zh().is_empty() && !alloc::format!("{local}").is_empty());
            }
        }
        assert_eq!(Moment(i64::MAX).plus_ms(1), Moment(i64::MAX));
        assert_eq!(Moment(i64::MAX).ms_since(Moment(i64::MIN)), i64::MAX);
        for far in ["9999-12-31T23:59:59Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59"] {
            assert!(Moment::parse(far).is_none_or(|at| !at.local(BEIJING).clock().is_empty()), "{far}");
        }
    }
}
