//! What the rooms are told of the video lines: whose is open, whose broke and since when, how good each is.
//!
//! ```text
//! a line opens ──▶ opened      gone, and not there again after a while ──▶ broken
//!                              gone because its owner turned it off ──▶ closed
//! lost packets, over ten seconds ──▶ rated, where it is not as before
//! ```
//!
//! It is kept by seat, so that of much that happens in a short time only what came of it is told.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use procedure::{
    By, Id, Moment,
    hearing::line::{Command, Quality},
};
use tokio::time::{MissedTickBehavior, interval};

use super::switchboard::Whose;
use crate::{Failure, Site, clock, config::Limits};

/// How often it is looked what is to be told.
const LOOK: Duration = Duration::from_millis(500);
/// Over so many milliseconds it is measured how good a line is.
const RATED_OVER_MS: i64 = 10_000;
/// For so many milliseconds it is kept that a line has ended.
const KEPT_MS: i64 = 3_600_000;
/// So much may be lost until a line is fair, and until it is poor: of a thousand packets, as an equipment check counts them
/// (ITU-T G.1010 takes conversation to bear 3 %, and G.113 calls a tenth lost unusable).
const LOSS_PERMILLE: (f64, f64) = (30.0, 100.0);

/// How the lines stand.
#[derive(Debug, Default)]
pub(super) struct Report {
    lines: Mutex<BTreeMap<Whose, Line>>,
}

/// Why a line ended of which the server was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ends {
    /// Its owner has turned it off.
    TurnedOff,
    /// The window that had it is gone: whether the seat is, too, the room finds out.
    WithTheRoom,
}

/// How a room was last told that a line stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Told {
    #[default]
    Nothing,
    Open,
    Broken,
    Closed,
}

#[derive(Debug, Default)]
struct Line {
    /// Its number, while it is open.
    open: Option<u64>,
    /// When it went, by both clocks.
    gone: Option<(Moment, i64)>,
    ends: Option<Ends>,
    told: Told,
    lost: Losses,
    rated: Rated,
}

/// How good a line is.
#[derive(Debug, Default)]
struct Rated {
    told: Option<Quality>,
    /// Whether it was better than that when it was last looked at: once is chance.
    better: bool,
}

/// What was lost of a line in a while: of what came from it, and of what went to it.
#[derive(Debug, Default)]
struct Losses {
    /// Since when it is counted, by [`clock::ticks`].
    since: i64,
    up: Mean,
    down: Mean,
}

#[derive(Clone, Copy, Debug, Default)]
struct Mean {
    sum: f64,
    count: u32,
}

impl Mean {
    fn permille(self) -> Option<f64> {
        (self.count > 0).then(|| 1_000.0 * self.sum / f64::from(self.count))
    }
}

impl Report {
    fn lines(&self) -> MutexGuard<'_, BTreeMap<Whose, Line>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A line has opened, or is gone.
    pub(super) fn open(&self, whose: &Whose, number: u64, open: bool) {
        if whose.is_alone() {
            return;
        }
        let mut lines = self.lines();
        if open {
            let line = lines.entry(whose.clone()).or_default();
            // The room may have taken it for closed meanwhile, with the seat; where it has not, it hears nothing new.
            if line.gone.is_some() && line.told == Told::Open {
                line.told = Told::Nothing;
            }
            (line.open, line.gone, line.ends) = (Some(number), None, None);
            line.lost = Losses { since: clock::ticks(), ..Losses::default() };
        } else if let Some(line) = lines.get_mut(whose).filter(|line| line.open == Some(number)) {
            (line.open, line.gone) = (None, Some((clock::now(), clock::ticks())));
        }
    }

    /// Why the line of a seat ends. That it was turned off stays, for the window closes after it.
    pub(super) fn ends(&self, whose: &Whose, how: Ends) {
        if let Some(line) = self.lines().get_mut(whose).filter(|line| line.ends != Some(Ends::TurnedOff)) {
            line.ends = Some(how);
        }
    }

    /// Such a part, from 0 to 1, of what came (`up`) or went on a line lately was lost.
    pub(super) fn lost(&self, whose: &Whose, up: bool, part: f32) {
        if let Some(line) = self.lines().get_mut(whose) {
            let mean = if up { &mut line.lost.up } else { &mut line.lost.down };
            mean.sum += f64::from(part);
            mean.count = mean.count.saturating_add(1);
        }
    }

    /// What the rooms are to be told now; a line counts as broken after it was gone for so long, and one whose window is
    /// gone only once the room has had the time to notice that the seat is, too.
    fn look(&self, patience_ms: i64, lease_ms: i64) -> Vec<(Whose, Command)> {
        let now = clock::ticks();
        let mut news = Vec::new();
        self.lines().retain(|whose, line| {
            let seat = || whose.seat.clone();
            let mut tell = |command| news.push((whose.clone(), command));
            if line.open.is_some() {
                if line.told != Told::Open {
                    (line.told, line.rated) = (Told::Open, Rated::default());
                    tell(Command::Opened { seat: seat() });
                }
                if let Some(quality) = line.lost.rate(now).filter(|quality| line.rated.changes(*quality)) {
                    tell(Command::Rated { seat: seat(), quality });
                }
                return true;
            }
            let away_ms = line.gone.map_or(i64::MAX, |(_, ticks)| now.saturating_sub(ticks));
            match (line.told, line.ends) {
                (Told::Nothing, _) => line.gone.is_some() && away_ms < patience_ms,
                (Told::Open, Some(Ends::TurnedOff)) => {
                    line.told = Told::Closed;
                    tell(Command::Closed { seat: seat() });
                    true
                }
                (Told::Open, ends) => {
                    let lease_ms = if ends.is_some() { lease_ms } else { 0 };
                    if away_ms >= patience_ms.saturating_add(lease_ms) {
                        line.told = Told::Broken;
                        let since = line.gone.map_or_else(clock::now, |(since, _)| since);
                        tell(Command::Broken { seat: seat(), since });
                    }
                    true
                }
                (Told::Broken | Told::Closed, _) => away_ms < KEPT_MS,
            }
        });
        news
    }

    /// A room could not be told: it is told again.
    fn untold(&self, whose: &Whose) {
        if let Some(line) = self.lines().get_mut(whose) {
            let told = if line.open.is_some() { Told::Nothing } else { Told::Open };
            (line.told, line.rated) = (told, Rated::default());
        }
    }
}

impl Rated {
    /// Whether that is to be told: what is worse at once, what is better when it is so twice.
    fn changes(&mut self, quality: Quality) -> bool {
        let better = self.told.is_some_and(|told| quality < told);
        let changes = self.told != Some(quality) && (!better || self.better);
        (self.better, self.told) = (better && !changes, if changes { Some(quality) } else { self.told });
        changes
    }
}

impl Losses {
    /// How good the line was, once a while is over; a new one begins then. The worse of both ways counts.
    fn rate(&mut self, now: i64) -> Option<Quality> {
        if now.saturating_sub(self.since) < RATED_OVER_MS {
            return None;
        }
        let ended = std::mem::replace(self, Self { since: now, ..Self::default() });
        let permille = [ended.up, ended.down].into_iter().filter_map(Mean::permille);
        Some(match permille.reduce(f64::max)? {
            lost if lost <= LOSS_PERMILLE.0 => Quality::Good,
            lost if lost <= LOSS_PERMILLE.1 => Quality::Fair,
            _ => Quality::Poor,
        })
    }
}

/// Tells the rooms, until the server stops.
pub async fn keep(site: Arc<Site>) {
    let Some(sfu) = site.sfu.clone() else { return };
    let limits = &site.config.limits;
    let (patience, lease) = (Limits::ms(limits.link_gap_ms), Limits::ms(limits.lease_ms));
    let (mut looks, mut stopping) = (interval(LOOK), site.stopping.subscribe());
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = looks.tick() => {}
            _ = stopping.wait_for(|stopping| *stopping) => return,
        }
        for (whose, command) in sfu.report().look(patience, lease) {
            tell(&site, sfu.report(), &whose, command).await;
        }
    }
}

async fn tell(site: &Site, report: &Report, whose: &Whose, command: Command) {
    let id = Id(format!("line-{}", uuid::Uuid::now_v7()));
    let told = match site.rooms.door(&whose.hearing).await {
        Ok(door) => door.submit(id, By::Clock, command.into()).await,
        Err(failure) => Err(failure),
    };
    match told {
        Ok(()) => {}
        Err(Failure::Refused(_, sentence)) => {
            tracing::debug!(
                hearing = whose.hearing,
                code = sentence.code,
                "of a line the room wants to know nothing"
            );
        }
        Err(Failure::Error(error)) => {
            tracing::warn!(hearing = whose.hearing, code = error.code(), %error, "a room was not told of a line yet");
            report.untold(whose);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whose() -> Whose {
        Whose { hearing: "h".into(), seat: "a1".into() }
    }

    fn told(report: &Report, patience_ms: i64) -> Vec<Command> {
        report.look(patience_ms, 60_000).into_iter().map(|(_, command)| command).collect()
    }

    #[test]
    fn a_line_that_is_gone_for_a_moment_is_not_broken_and_one_that_stays_away_is_once() {
        let (report, seat) = (Report::default(), whose().seat);
        report.open(&whose(), 1, true);
        assert_eq!(told(&report, 0), [Command::Opened { seat: seat.clone() }]);
        // Another line of the seat takes its place before the end of the first is told.
        report.open(&whose(), 2, true);
        report.open(&whose(), 1, false);
        assert!(told(&report, 0).is_empty());
        report.open(&whose(), 2, false);
        assert!(told(&report, 60_000).is_empty(), "it may come again");
        let broken = told(&report, 0);
        assert!(matches!(&broken[..], [Command::Broken { seat: whose, .. }] if *whose == seat), "{broken:?}");
        assert!(told(&report, 0).is_empty(), "it is told once");
        report.open(&whose(), 3, true);
        assert_eq!(told(&report, 0), [Command::Opened { seat }]);
    }

    #[test]
    fn a_line_that_its_owner_turns_off_is_not_broken_and_a_check_is_nobodys() {
        let (report, seat) = (Report::default(), whose().seat);
        report.open(&whose(), 1, true);
        told(&report, 0);
        report.ends(&whose(), Ends::TurnedOff);
        report.ends(&whose(), Ends::WithTheRoom);
        report.open(&whose(), 1, false);
        assert_eq!(told(&report, 0), [Command::Closed { seat }]);
        assert!(told(&report, 0).is_empty());
        report.open(&Whose::alone("h", &"a1".into()), 2, true);
        assert!(told(&report, 0).is_empty());
    }

    #[test]
    fn a_line_whose_window_is_gone_waits_until_the_room_knows_whether_the_seat_is() {
        let report = Report::default();
        report.open(&whose(), 1, true);
        told(&report, 0);
        report.ends(&whose(), Ends::WithTheRoom);
        report.open(&whose(), 1, false);
        assert!(told(&report, 0).is_empty(), "the lease decides");
        // It comes back with its seat before that time is over: the room has taken it for closed, and hears that it is open.
        report.open(&whose(), 2, true);
        assert_eq!(told(&report, 0), [Command::Opened { seat: whose().seat }]);
        report.ends(&whose(), Ends::WithTheRoom);
        report.open(&whose(), 2, false);
        assert_eq!(report.look(0, 0).len(), 1);
    }

    #[test]
    fn a_line_is_rated_by_the_worse_of_both_ways_and_told_where_that_changes_for_more_than_a_while() {
        let mut losses = Losses::default();
        let mut lose = |up: &[f32], down: &[f32], now| {
            let mean = |parts: &[f32]| Mean {
                sum: parts.iter().copied().map(f64::from).sum(),
                count: u32::try_from(parts.len()).unwrap(),
            };
            (losses.up, losses.down) = (mean(up), mean(down));
            losses.rate(now)
        };
        assert_eq!(lose(&[0.5], &[], 9_999), None);
        assert_eq!(lose(&[0.0, 0.06], &[0.0], 10_000), Some(Quality::Good), "three of a hundred");
        assert_eq!(lose(&[0.25], &[0.0; 20], 20_000), Some(Quality::Poor), "nobody understands it");
        assert_eq!(lose(&[0.0], &[0.05, 0.09], 30_000), Some(Quality::Fair));
        assert_eq!(lose(&[], &[], 40_000), None, "nothing was measured");
        let mut rated = Rated::default();
        let changes =
            [Quality::Good, Quality::Poor, Quality::Good, Quality::Poor, Quality::Good, Quality::Good];
        assert_eq!(changes.map(|quality| rated.changes(quality)), [true, true, false, false, false, true]);
    }

    #[test]
    fn what_a_room_could_not_be_told_it_is_told_again() {
        let (report, seat) = (Report::default(), whose().seat);
        report.open(&whose(), 1, true);
        told(&report, 0);
        report.untold(&whose());
        assert_eq!(told(&report, 0), [Command::Opened { seat }]);
        report.open(&whose(), 1, false);
        assert_eq!(told(&report, 0).len(), 1);
        report.untold(&whose());
        assert!(matches!(&told(&report, 0)[..], [Command::Broken { .. }]));
    }
}
