//! The line: hello, what the server tells, the loss of the line and the endless patience in getting it back.

use std::time::Duration;

use leptos::prelude::*;
use procedure::{
    Moment,
    wire::{FromRoom, ToRoom, VERSION, close},
};

use super::{Line, Room};
use crate::{
    browser::{self, socket},
    json,
};

/// The longest pause between two tries, in milliseconds.
const PAUSE_MAX_MS: u64 = 15_000;
/// The first pause, in milliseconds; it doubles with every try.
const PAUSE_MIN_MS: u64 = 400;
/// How long a try may take, in milliseconds.
const DIAL_MS: i64 = 10_000;
/// How often the clock of the page moves on, in milliseconds.
const TICK_MS: u64 = 500;

/// What the line remembers between two frames.
#[derive(Clone, Copy, Debug, Default)]
struct Hearsay {
    /// Number of the last thing seen.
    number: Option<u64>,
    /// The server's clock less this browser's, in milliseconds, once it is known.
    ahead_ms: Option<i64>,
    /// When something was last heard, by this browser's clock.
    heard_at: i64,
    /// How long silence is suffered, in milliseconds.
    lease_ms: i64,
    /// How often something came that cannot be read, since the last view that could.
    unread: u32,
    /// How often the line was tried since it was last open.
    tries: u32,
    /// Whether another tab acts; this one does not take over because its line was lost.
    passive: bool,
    /// Whether a try is under way.
    dialing: bool,
    /// Counts the lines, so that a pause knows whether it is still meant.
    turn: u32,
}

thread_local! {
    static HEARSAY: std::cell::Cell<Hearsay> = std::cell::Cell::new(Hearsay { lease_ms: 15_000, ..Hearsay::default() });
}

fn remember(change: impl FnOnce(&mut Hearsay)) -> Hearsay {
    HEARSAY.with(|cell| {
        let mut hearsay = cell.get();
        change(&mut hearsay);
        cell.set(hearsay);
        hearsay
    })
}

impl Room {
    /// Opens the line and keeps it open for as long as the page lives. Only in the browser.
    pub fn enter(self) {
        if self.key().is_none() {
            self.line.set(Line::Ended(0));
            return;
        }
        remember(|hearsay| *hearsay = Hearsay { lease_ms: 15_000, ..Hearsay::default() });
        self.recall_queue();
        self.follow_link();
        let clock = set_interval_with_handle(move || self.tick(), Duration::from_millis(TICK_MS)).ok();
        on_cleanup(move || {
            if let Some(clock) = clock {
                clock.clear();
            }
            socket::close();
        });
        browser::on_window("online", move || self.hurry());
        browser::on_window("focus", move || self.hurry());
        browser::on_window("storage", move || self.look_again());
        self.connect();
    }

    /// Makes this tab the one that acts.
    pub fn take(self) {
        say_to_room(&ToRoom::Take {});
    }

    fn connect(self) {
        let Some(path) = self.hearing.try_with_value(|hearing| format!("/api/hearings/{hearing}/room"))
        else {
            return;
        };
        remember(|hearsay| {
            hearsay.heard_at = browser::now();
            hearsay.dialing = true;
        });
        let opened = socket::open(
            &path,
            move || self.hello(),
            move |text| self.hear(&text),
            move |code| self.lost(code),
        );
        if !opened {
            self.lost(0);
        }
    }

    fn hello(self) {
        let Some(key) = self.key() else { return };
        let Hearsay { number: after, passive, .. } = remember(|_| {});
        say_to_room(&ToRoom::Hello { version: VERSION, key, after, passive });
    }

    fn hear(self, text: &str) {
        let Ok(message) = json::read::<FromRoom>(text.as_bytes()) else {
            // Something newer than this page: start over with the whole view; and where that cannot be read either,
            // the page must be loaded again.
            let hearsay = remember(|hearsay| {
                hearsay.number = None;
                hearsay.unread += 1;
            });
            self.lost(if hearsay.unread > 1 { close::WRONG_VERSION } else { close::BAD_FRAME });
            return;
        };
        remember(|hearsay| hearsay.heard_at = browser::now());
        match message {
            FromRoom::Welcome { active, now, lease_ms, link, gallery_delay_ms, relays, .. } => {
                self.link.offered.set(link);
                self.link.later_s.set(gallery_delay_ms / 1000);
                browser::relays::keep(&relays);
                remember(|hearsay| {
                    hearsay.lease_ms = i64::from(lease_ms);
                    hearsay.tries = 0;
                    hearsay.passive = !active;
                    hearsay.dialing = false;
                });
                self.set_clock(now);
                self.line.set(Line::Open { active });
                if active {
                    self.send_again();
                }
            }
            FromRoom::Snapshot { number, now, view } => {
                remember(|hearsay| {
                    hearsay.number = Some(number);
                    hearsay.unread = 0;
                });
                self.set_clock(now);
                self.view.set(*view);
                self.seen.set(true);
            }
            FromRoom::Events { number, now, events } => {
                self.set_clock(now);
                self.happened(number, &events);
            }
            FromRoom::Ack { id } => self.done(&id),
            FromRoom::Refused { id, refusal } => {
                if !self.was_offer(&id, &refusal) {
                    self.was_refused(&id, refusal);
                }
            }
            FromRoom::Ping { now } => {
                self.set_clock(now);
                say_to_room(&ToRoom::Pong {});
            }
            FromRoom::Linked { id, answer } => self.was_linked(&id, &answer),
            FromRoom::Slots { slots } => self.slots_are(&slots),
            FromRoom::Passive {} => {
                remember(|hearsay| hearsay.passive = true);
                self.line.set(Line::Open { active: false });
            }
            FromRoom::Active {} => {
                remember(|hearsay| hearsay.passive = false);
                self.line.set(Line::Open { active: true });
                self.recall_queue();
                self.send_again();
            }
        }
    }

    /// Folds what is new into the view; where something is missing, asks for the whole.
    fn happened(self, first: u64, events: &[procedure::wire::Happened]) {
        let seen = remember(|_| {}).number.unwrap_or(0);
        if first > seen + 1 {
            remember(|hearsay| hearsay.number = None);
            self.lost(0);
            return;
        }
        let skip = usize::try_from(seen + 1 - first).unwrap_or(usize::MAX);
        let fresh = events.get(skip..).unwrap_or_default();
        if fresh.is_empty() {
            return;
        }
        remember(|hearsay| hearsay.number = Some(seen + fresh.len() as u64));
        self.view.update(|view| {
            for happened in fresh {
                view.evolve(happened.at, &happened.event);
            }
        });
    }

    fn set_clock(self, now: Moment) {
        remember(|hearsay| hearsay.ahead_ms = Some(now.0 - browser::now()));
        self.now.set(now);
    }

    /// The clock of the page moves on; a line that has been silent for too long is taken as lost.
    fn tick(self) {
        let hearsay = remember(|_| {});
        let here = browser::now();
        if let Some(ahead_ms) = hearsay.ahead_ms {
            let _ = self.now.try_set(Moment(here + ahead_ms));
        }
        let silent = here - hearsay.heard_at > hearsay.lease_ms * 2;
        match self.line.try_get_untracked() {
            Some(Line::Open { .. }) if silent => self.lost(close::LEASE_LOST),
            Some(Line::Starting | Line::Lost { .. })
                if hearsay.dialing && here - hearsay.heard_at > DIAL_MS =>
            {
                self.lost(0);
            }
            _ => {}
        }
    }

    /// The line is gone: tell, and try again after a while that grows, with a little chance in it so that not
    /// everybody comes back at once.
    pub(super) fn lost(self, code: u16) {
        socket::close();
        let for_good = [close::NOT_AUTHORISED, close::REVOKED, close::WRONG_VERSION, close::TOO_MANY];
        if for_good.contains(&code) {
            self.line.set(Line::Ended(code));
            return;
        }
        let hearsay = remember(|hearsay| {
            hearsay.tries += 1;
            hearsay.turn += 1;
            hearsay.dialing = false;
        });
        self.line.set(Line::Lost { tries: hearsay.tries });
        let pause = (PAUSE_MIN_MS << hearsay.tries.saturating_sub(1).min(6)).min(PAUSE_MAX_MS);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "small"
        )]
        let pause = (pause as f64 * (0.5 + browser::chance())) as u64;
        let again = move || {
            if remember(|_| {}).turn == hearsay.turn {
                self.connect();
            }
        };
        set_timeout(again, Duration::from_millis(pause));
    }

    /// The network is back or the reader looks again: try at once.
    fn hurry(self) {
        if matches!(self.line.try_get_untracked(), Some(Line::Lost { .. })) {
            remember(|hearsay| hearsay.turn += 1);
            self.connect();
        }
    }
}

pub(super) fn say_to_room(message: &ToRoom) {
    if let Ok(text) = serde_json::to_string(message) {
        let _ = socket::send(&text);
    }
}
