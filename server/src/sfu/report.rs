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
/// So much may be lost until a line is fair, and until it is poor: of a thousand packets, as an equipment check counts them
/// (ITU-T G.1010 takes conversation to bear 3 %, and G.113 calls a tenth lost unusable).
const LOSS_PERMILLE: (f64, f64) = (30.0, 100.0);

/// How the lines stand.
#[derive(Debug, Default)]
pub(super) struct Report {
    lines: Mutex<BTreeMap<Whose, Line>>,
}

/// How a room was last told that a line stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Told {
    #[default]
    Nothing,
    Open,
    Broken,
}

#[derive(Debug, Default)]
struct Line {
    /// Its number, while it is open.
    open: Option<u64>,
    /// When it went, by both clocks.
    gone: Option<(Moment, i64)>,
    /// Whether its owner turned it off.
    off: bool,
    told: Told,
    lost: Losses,
    rated: Option<Quality>,
}

/// What was lost of a line in a while.
#[derive(Debug, Default)]
struct Losses {
    /// Since when it is counted, by [`clock::ticks`].
    since: i64,
    /// The parts that were told, summed up, and how many.
    sum: f64,
    count: u32,
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
            (line.open, line.gone, line.off) = (Some(number), None, false);
            line.lost = Losses { since: clock::ticks(), ..Losses::default() };
        } else if let Some(line) = lines.get_mut(whose).filter(|line| line.open == Some(number)) {
            (line.open, line.gone) = (None, Some((clock::now(), clock::ticks())));
        }
    }

    /// Its owner has turned the line off.
    pub(super) fn off(&self, whose: &Whose) {
        if let Some(line) = self.lines().get_mut(whose) {
            line.off = true;
        }
    }

    /// Such a part, from 0 to 1, of what was sent on a line lately was lost.
    pub(super) fn lost(&self, whose: &Whose, part: f32) {
        if let Some(line) = self.lines().get_mut(whose) {
            line.lost.sum += f64::from(part);
            line.lost.count = line.lost.count.saturating_add(1);
        }
    }

    /// What the rooms are to be told now; a line counts as broken after it was gone for so long.
    fn look(&self, patience_ms: i64) -> Vec<(Whose, Command)> {
        let now = clock::ticks();
        let mut news = Vec::new();
        self.lines().retain(|whose, line| {
            let seat = || whose.seat.clone();
            let mut tell = |command| news.push((whose.clone(), command));
            if line.open.is_some() {
                if line.told != Told::Open {
                    (line.told, line.rated) = (Told::Open, None);
                    tell(Command::Opened { seat: seat() });
                }
                let rated = line.lost.rate(now).filter(|quality| line.rated != Some(*quality));
                if let Some(quality) = rated {
                    line.rated = rated;
                    tell(Command::Rated { seat: seat(), quality });
                }
                return true;
            }
            if line.off {
                tell(Command::Closed { seat: seat() });
                return false;
            }
            let overdue = line.gone.filter(|(_, ticks)| now.saturating_sub(*ticks) >= patience_ms);
            if let Some((since, _)) = overdue.filter(|_| line.told == Told::Open) {
                line.told = Told::Broken;
                tell(Command::Broken { seat: seat(), since });
            }
            line.told != Told::Nothing || overdue.is_none()
        });
        news
    }

    /// Nobody of a hearing has a line any more, and nobody waits for one.
    pub(super) fn over(&self, hearing: &str) {
        self.lines().retain(|whose, line| whose.hearing != hearing || line.open.is_some());
    }

    /// A room could not be told: it is told again.
    fn untold(&self, whose: &Whose) {
        if let Some(line) = self.lines().get_mut(whose) {
            (line.told, line.rated) = (if line.open.is_some() { Told::Nothing } else { Told::Open }, None);
        }
    }
}

impl Losses {
    /// How good the line was, once a while is over; a new one begins then.
    fn rate(&mut self, now: i64) -> Option<Quality> {
        if now.saturating_sub(self.since) < RATED_OVER_MS {
            return None;
        }
        let ended = std::mem::replace(self, Self { since: now, ..Self::default() });
        let permille = (ended.count > 0).then(|| 1_000.0 * ended.sum / f64::from(ended.count))?;
        Some(match permille {
            lost if lost <= LOSS_PERMILLE.0 => Quality::Good,
            lost if lost <= LOSS_PERMILLE.1 => Quality::Fair,
            _ => Quality::Poor,
        })
    }
}

/// Tells the rooms, until the server stops.
pub async fn keep(site: Arc<Site>) {
    let Some(sfu) = site.sfu.clone() else { return };
    let patience = Limits::ms(site.config.limits.link_gap_ms);
    let (mut looks, mut stopping) = (interval(LOOK), site.stopping.subscribe());
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = looks.tick() => {}
            _ = stopping.wait_for(|stopping| *stopping) => return,
        }
        for (whose, command) in sfu.report().look(patience) {
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
        report.look(patience_ms).into_iter().map(|(_, command)| command).collect()
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
        report.off(&whose());
        report.open(&whose(), 1, false);
        assert_eq!(told(&report, 0), [Command::Closed { seat }]);
        assert!(told(&report, 0).is_empty());
        report.open(&Whose::alone("h", &"a1".into()), 2, true);
        assert!(told(&report, 0).is_empty());
    }

    #[test]
    fn a_line_is_rated_by_what_it_lost_over_a_while_and_told_where_that_changes() {
        let mut losses = Losses { since: 0, ..Losses::default() };
        let mut lose = |parts: &[f32], now| {
            for part in parts {
                losses.sum += f64::from(*part);
                losses.count += 1;
            }
            losses.rate(now)
        };
        assert_eq!(lose(&[0.0, 0.06], 9_999), None);
        assert_eq!(lose(&[], 10_000), Some(Quality::Good), "three of a hundred");
        assert_eq!(lose(&[0.05, 0.09], 20_000), Some(Quality::Fair));
        assert_eq!(lose(&[0.4], 30_000), Some(Quality::Poor));
        assert_eq!(lose(&[], 40_000), None, "nothing was measured");
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
