//! The replay: picture and sound of a hearing, and its record, on one line of time. A line that is pressed is heard;
//! whoever was cut off reads first what was said meanwhile, and then hears it.
//!
//! Those who keep the file hear all of it. Whoever only takes part hears what the rules let it have again
//! (`procedure::hearing::replay`); the record is everybody's who may read it.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::{use_params_map, use_query_map};
use procedure::{Hearing, SeatId, hearing::replay::Absence};

use crate::{
    browser::{
        self,
        fetch::{self, Failure},
        reels, storage,
    },
    calendar,
    clerk::RULES,
    front::Front,
    kit::{
        asked::why,
        band::Band,
        see::{derived, effect, memo},
        tag::Tone,
    },
    words::{Words, say, words},
};

mod catch_up;
mod course;
mod lines;
mod stage;

use course::{Course, Kept};

const TITLE: Words = words("听证回放", "Replay of the hearing");
const LOADING: Words = words("正在加载……", "Loading …");
const SIGN_IN: Words = words(
    "工作人员请先登录；参加听证的，请从听证室进入本页。",
    "Staff: please sign in first. If you take part in the hearing, come here from the hearing room.",
);
const TO_OFFICE: Words = words("工作人员登录", "Staff sign-in");
const TO_ROOM: Words = words("返回听证室", "Back to the hearing room");
const TO_FILE: Words = words("返回听证卷宗", "Back to the hearing's file");
const NOT_OPEN: Words =
    words("听证尚未开始，没有可以回放的内容。", "The hearing has not begun; there is nothing to replay yet.");
const TEXT_ALONE: Words = words(
    "没有可以播放的录音录像，以下是听证笔录。",
    "There is no sound or picture to play here; below is the record.",
);
const OF_THE_FILE: Words = words(
    "录音录像存入案卷，由办案人员查阅。听证中您的网络中断过的，封存以前可以在这里补听错过的部分。",
    "Sound and picture belong to the file, which its keepers may look into. Had your connection been lost during the hearing, what you missed could be heard here until the file is sealed.",
);
const UNPLAYED: Words = words(
    "这个浏览器不能播放听证的录音录像。请改用新版的 Chrome、Edge 或者火狐浏览器。笔录如下。",
    "This browser cannot play the recordings. Please use a current Chrome, Edge or Firefox. Below is the record.",
);
const FAILS: Words = words(
    "有的录音录像取不到，其余的照常播放。请检查网络后刷新本页。",
    "Some sound or picture cannot be had; the rest plays on. Please check the network and reload this page.",
);

/// How often picture and sound are set right, in milliseconds.
const TICK_MS: u64 = 200;
/// For so long sound and picture that do not come are waited for, in milliseconds; then the others go on without.
const PATIENCE_MS: i64 = 5_000;
/// The clock never goes further at once, in milliseconds: a page that slept goes on where it was.
const STRIDE_MS: i64 = 1_000;

/// What is being replayed.
#[derive(Clone, Copy)]
struct Replay {
    hearing: StoredValue<Hearing>,
    course: StoredValue<Course>,
    /// The moment that is shown, in milliseconds since 1970.
    at: RwSignal<i64>,
    plays: RwSignal<bool>,
    /// How fast, as a multiple.
    rate: RwSignal<f64>,
    /// Where it stops by itself, if before the end.
    until: RwSignal<Option<i64>>,
    /// Whether anything is to be fetched yet: nothing is before the first press.
    wanted: StoredValue<bool>,
    /// Whose picture moves.
    seen: RwSignal<Vec<SeatId>>,
    /// Whether something cannot be had.
    fails: RwSignal<bool>,
    /// Whether sound and picture are still on their way.
    waits: RwSignal<bool>,
    /// For how long they have been waited for, in milliseconds.
    waited: StoredValue<i64>,
}

impl Replay {
    /// Goes to a moment.
    fn go(self, at: i64) {
        self.wanted.set_value(true);
        self.until.set(None);
        self.at.set(self.course.with_value(|course| at.clamp(course.from, course.to)));
        self.steer();
    }

    /// Goes to a moment and plays from there.
    fn play_from(self, at: i64) {
        self.go(at);
        self.play(true);
    }

    /// Plays, or stops.
    fn play(self, plays: bool) {
        let (at, to) = (self.at.get_untracked(), self.course.with_value(|course| course.to));
        if plays && at >= to {
            self.at.set(self.course.with_value(|course| course.from));
        }
        self.wanted.set_value(true);
        self.plays.set(plays);
        // Within the press, and before they are set to the moment: what is woken has none yet.
        if plays {
            reels::wake(&self.course.with_value(|course| course.cues(at)));
        }
        self.steer();
    }

    /// Plays what somebody missed, somewhat faster, and stops there.
    fn catch_up(self, absence: Absence) {
        self.rate.set(catch_up::RATE);
        self.go(absence.from.0);
        self.until.set(Some(absence.to.0));
        self.play(true);
    }

    /// Time goes on.
    fn tick(self, past_ms: i64) {
        let waits = self.waits.get_untracked();
        self.waited.update_value(|waited| *waited = if waits { waited.saturating_add(past_ms) } else { 0 });
        if self.plays.get_untracked() {
            let rate = self.rate.get_untracked();
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_precision_loss,
                reason = "a second has few milliseconds"
            )]
            let past = if self.holds() { 0 } else { (past_ms.min(STRIDE_MS) as f64 * rate) as i64 };
            let until = self.until.get_untracked();
            let (at, ends) = self.course.with_value(|course| {
                let ends = until.unwrap_or(course.to).min(course.to);
                (course.onward(self.at.get_untracked().saturating_add(past)), ends)
            });
            if at >= ends {
                self.plays.set(false);
                self.until.set(None);
            }
            self.at.set(at.min(ends));
        }
        self.steer();
    }

    /// Whether the clock stands, because sound and picture are waited for: not for ever.
    fn holds(self) -> bool {
        self.waits.get_untracked() && self.waited.get_value() < PATIENCE_MS
    }

    /// Sets pictures and sound to the moment.
    fn steer(self) {
        if !self.wanted.get_value() {
            return;
        }
        let (at, rate) = (self.at.get_untracked(), self.rate.get_untracked());
        // Those that are ready wait for the others.
        let plays = self.plays.get_untracked() && !self.holds();
        let (cues, seats) = self.course.with_value(|course| (course.cues(at), course.seats()));
        let stand = reels::steer(&cues, plays.then_some(rate));
        let seen: Vec<SeatId> =
            seats.into_iter().zip(&stand.moves).filter(|(_, moves)| **moves).map(|(seat, _)| seat).collect();
        if self.seen.with_untracked(|known| *known != seen) {
            self.seen.set(seen);
        }
        if self.waits.get_untracked() != stand.waits {
            self.waits.set(stand.waits);
        }
        if self.fails.get_untracked() != stand.fails {
            self.fails.set(stand.fails);
        }
    }
}

/// `09:31:10`.
fn clock(at: i64) -> String {
    procedure::Moment(at).local(RULES.utc_offset_minutes).clock()
}

/// The page.
#[component]
pub fn ReplayPage() -> impl IntoView {
    let hearing = use_params_map().get_untracked().get("id").unwrap_or_default();
    let me = use_query_map().get_untracked().get("seat").map(SeatId);
    let loaded = RwSignal::new(None::<Result<(Hearing, Vec<Kept>), Failure>>);
    let key = me.as_ref().and_then(|seat| storage::kept(&format!("fengqiao.seat.{hearing}.{seat}")));
    let back = match &me {
        Some(seat) => (format!("/hearings/{hearing}/seats/{seat}"), TO_ROOM),
        None => (format!("/office/hearings/{hearing}"), TO_FILE),
    };
    let (id, me) = (StoredValue::new(hearing), StoredValue::new(me));
    effect(move || {
        let (key, me) = (key.clone(), me.get_value());
        spawn_local(async move {
            loaded.set(Some(load(&id.get_value(), me.as_ref(), key.as_deref()).await));
        });
    });
    let shown = move || match loaded.get() {
        None => view! { <p class="loading" role="status">{say(LOADING)}</p> }.into_any(),
        Some(Err(failure)) if failure.is_unauthorised() => view! {
            <Band tone=Tone::Wait testid="replay-signed-out">{say(SIGN_IN)}</Band>
            <p><a class="button" href="/office">{say(TO_OFFICE)}</a></p>
        }
        .into_any(),
        Some(Err(failure)) => why(&failure),
        Some(Ok((hearing, kept))) => page(&id.get_value(), hearing, &kept, me),
    };
    view! {
        <Front title=say(TITLE) here="" broad=true>
            <p class="back"><a href=back.0 rel="external">{say(back.1)}</a></p>
            <h1>{say(TITLE)}</h1>
            {shown}
        </Front>
    }
    .into_any()
}

/// The hearing, and the recordings that whoever asks may have something of.
async fn load(
    hearing: &str,
    me: Option<&SeatId>,
    key: Option<&str>,
) -> Result<(Hearing, Vec<Kept>), Failure> {
    let path = format!("/api/hearings/{hearing}");
    let view = fetch::get::<Hearing>(&path, key).await?;
    let seat = me.map(|seat| format!("?seat={}", browser::encoded(&seat.0))).unwrap_or_default();
    let kept = match fetch::get::<Vec<Kept>>(&format!("{path}/recordings{seat}"), key).await {
        Err(Failure::Refused(403, _)) => Vec::new(),
        kept => kept?,
    };
    Ok((view, kept))
}

fn page(id: &str, hearing: Hearing, kept: &[Kept], me: StoredValue<Option<SeatId>>) -> AnyView {
    let course = Course::of(id, &hearing, kept, me.get_value().as_ref());
    if hearing.record.lines.is_empty() {
        return view! { <Band tone=Tone::Info testid="replay-empty">{say(NOT_OPEN)}</Band> }.into_any();
    }
    let played = reels::are_played();
    let (from, plays) = (course.from, played && !course.pieces.is_empty());
    let unplayed = !played && !course.pieces.is_empty();
    // Whoever takes part has here what it missed, were it cut off; others have not.
    let may_miss = me.with_value(|me| {
        me.as_ref().is_some_and(|me| hearing.record.sealed.is_none() && hearing.roll.is_present(me))
    });
    let heading = hearing.plan.registered.as_ref().map(|face| {
        let when = calendar::moment(face.scheduled);
        view! { <p class="lead">{face.cause.clone()} " · " {face.number.clone()} " · " {say_told(when)}</p> }
            .into_any()
    });
    let replay = Replay {
        hearing: StoredValue::new(hearing),
        course: StoredValue::new(course),
        at: RwSignal::new(from),
        plays: RwSignal::new(false),
        rate: RwSignal::new(1.0),
        until: RwSignal::new(None),
        wanted: StoredValue::new(false),
        fails: RwSignal::new(false),
        seen: RwSignal::new(Vec::new()),
        waits: RwSignal::new(false),
        waited: StoredValue::new(0),
    };
    keep_time(replay);
    let player = if plays {
        view! {
            <div hidden=move || !replay.fails.get()>
                <Band tone=Tone::Alert testid="replay-fails">{say(FAILS)}</Band>
            </div>
            {stage::stage(replay)}
            {stage::timeline(replay)}
            {stage::transport(replay)}
        }
        .into_any()
    } else {
        let words = match (unplayed, may_miss) {
            (true, _) => UNPLAYED,
            (false, true) => OF_THE_FILE,
            (false, false) => TEXT_ALONE,
        };
        view! { <Band tone=Tone::Info testid="replay-text-alone">{say(words)}</Band> }.into_any()
    };
    view! {
        {heading}
        {catch_up::cards(replay)}
        <div class="replay" class:silent=!plays data-testid="replay">
            <div class="player stack">{player}</div>
            {lines::lines(replay, plays)}
        </div>
    }
    .into_any()
}

fn say_told(told: crate::words::Told) -> Signal<String> {
    crate::words::tell(move || told.clone())
}

fn keep_time(replay: Replay) {
    effect(move || {
        let last = StoredValue::new(browser::now());
        let tick = move || {
            let now = browser::now();
            replay.tick(now.saturating_sub(last.get_value()).max(0));
            last.set_value(now);
        };
        if let Ok(clock) = set_interval_with_handle(tick, Duration::from_millis(TICK_MS)) {
            on_cleanup(move || clock.clear());
        }
    });
}

/// The line that is being said at the moment, by its number.
fn current(replay: Replay) -> Memo<Option<u32>> {
    memo(move || {
        let at = replay.at.get();
        replay.course.with_value(|course| course.line_at(at))
    })
}

/// A moment on the line of time, from 0 to 1.
fn place(replay: Replay) -> Signal<f64> {
    derived(move || {
        let at = replay.at.get();
        replay.course.with_value(|course| course.place(at))
    })
}
