//! The equipment check: a page of its own, for everybody who may speak, days ahead or at the door of the hearing.
//!
//! ```text
//! Ready ──own button──▶ Asking (the browser asks) ──▶ Looking: own picture, sound, the way there and back ──▶ Done
//!                             └──not allowed, no device──▶ Stuck: what to do ──▶ again
//! ```
//!
//! First words and a drawing of what the browser will ask, then the button, and only then the browser asks. Whoever cannot
//! go on is told what to do, and that one takes part without any device too. What came of it goes to the server, for the
//! clerk.

use crate::kit::see::{See, Show, effect, memo};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use procedure::{
    Capacity, SeatId,
    hearing::equipment::{Check, Trouble},
};

use crate::{
    browser::{self, check as bench},
    kit::{
        band::Band,
        button::Button,
        page::{Mark, Reading},
        tag::Tone,
    },
    words::{Told, Words, say, tell, words},
};

pub mod advice;
pub mod done;
pub mod drawing;
mod line;
pub mod looking;
pub mod ready;

use line::{Line, State};

const TITLE: Words = words("设备检测", "Equipment check");
/// The heading, to which the keyboard goes with each step.
const HEADING: &str = "check-title";
const SKIP: Words = words("跳到正文", "Skip to the content");
const NO_KEY: Words = words("这台设备上没有您的入席凭证", "This device holds no key to your seat");
const NO_KEY_WHY: Words = words(
    "请先用短信中的链接或者入席码进入，再检测设备。换了手机、电脑或者浏览器的，也要重新进入一次。",
    "Please come in with your link or code first, then check. On another phone, computer or browser, come in there once more.",
);
const ENTER: Words = words("去填写入席码", "Enter the code");
const ELSEWHERE: Words = words("本席位正在另一个窗口使用。", "This seat is in use in another window.");
const USE_HERE: Words = words("在此使用", "Use here");
const LOST: Words = words("连接已断开，正在重连……", "The connection is lost; reconnecting …");
const WATCHES: Words = words(
    "您旁听本次听证，不需要发言，也就不需要检测设备。",
    "You watch this hearing and do not speak: there is nothing to check.",
);
const NO_LINK: Words = words(
    "本院的听证没有开通视频连线，不需要检测设备。",
    "This office holds hearings without a video link: there is nothing to check.",
);
const HELP: Words =
    words("需要帮助的，请拨打 12309 或者联系书记员。", "If you need help, call 12309 or ask the clerk.");
const TO_ROOM: Words = words("进入听证室", "To the hearing");

/// Where the check is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// What is to come, and the button.
    Ready,
    /// The browser asks for camera and microphone.
    Asking,
    /// Camera or microphone cannot be had at all.
    Stuck,
    /// Own picture, sound, and the way there and back.
    Looking,
    /// What came of it.
    Done,
}

/// What the page shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// This browser holds no key of the seat.
    NoKey,
    /// Whoever sits here only watches.
    Watches,
    /// This office has no video link.
    NoLink,
    /// A step of the check.
    At(Step),
}

/// The check as this page knows it.
#[derive(Clone, Copy)]
pub(crate) struct Bench {
    pub(crate) line: Line,
    pub(crate) step: RwSignal<Step>,
    /// What came of it so far.
    pub(crate) check: RwSignal<Check>,
    /// Seconds measured; none while the line is not open.
    pub(crate) second: RwSignal<Option<u32>>,
    /// Whether the measuring is over, whatever came of it.
    pub(crate) measured: RwSignal<bool>,
    /// How loud the microphone is, of a hundred.
    pub(crate) level: RwSignal<u32>,
    pub(crate) devices: RwSignal<bench::Devices>,
    /// What the person says: seen, heard, smooth.
    pub(crate) answers: [RwSignal<String>; 3],
}

thread_local! {
    /// The one check of this page, for what the browser calls.
    static HERE: std::cell::Cell<Option<Bench>> = const { std::cell::Cell::new(None) };
}

/// The page, by the site's address.
#[component]
pub fn CheckPage() -> impl IntoView {
    let params = use_params_map().get_untracked();
    let [hearing, seat] = ["id", "seat"].map(|name| params.get(name).unwrap_or_default());
    view! { <CheckOf hearing seat /> }.into_any()
}

/// The page of one seat.
#[component]
pub fn CheckOf(
    /// Id of the hearing.
    hearing: String,
    /// Id of the seat.
    seat: String,
) -> impl IntoView {
    let bench = Bench::new(Line::new(hearing, SeatId(seat)));
    provide_context(bench);
    effect(move || untrack(|| bench.line.enter()));
    bench.says_where_it_cannot();
    // What is drawn stays while the connection comes and goes: the pictures hang in it.
    let place = memo(move || bench.place());
    // Whoever reads by ear or works by key goes on where the page does.
    Effect::new(move |before: Option<Place>| {
        let now = place.get();
        if before.is_some_and(|before| before != now) {
            browser::focus(HEADING);
        }
        now
    });
    let body = move || match place.get() {
        Place::NoKey => view! { <NoKey /> }.into_any(),
        Place::Watches => view! { <p data-testid="watches">{say(WATCHES)}</p> <p><ToRoom /></p> }.into_any(),
        Place::NoLink => view! { <p data-testid="no-link">{say(NO_LINK)}</p> <p><ToRoom /></p> }.into_any(),
        Place::At(Step::Ready | Step::Asking) => view! { <ready::Ready /> }.into_any(),
        Place::At(Step::Stuck) => view! { <advice::Stuck /> }.into_any(),
        Place::At(Step::Looking) => view! { <looking::Looking /> }.into_any(),
        Place::At(Step::Done) => view! { <done::Done /> }.into_any(),
    };
    view! {
        <a class="skip" href="#content">{say(SKIP)}</a>
        <header class="head">
            <Mark />
            <span class="space"></span>
            <Reading />
        </header>
        <main id="content" class="page check">
            <News />
            <h1 id=HEADING tabindex="-1">{say(TITLE)}</h1>
            {body}
            <p class="muted">{say(HELP)}</p>
        </main>
    }
    .into_any()
}

/// What everybody must notice: the connection, another window, a refusal.
#[component]
fn News() -> impl IntoView {
    let line = here().line;
    let refused = tell(move || line.refused.get().unwrap_or_default());
    view! {
        <Show when=move || line.state.get() == State::Lost>
            <Band tone=Tone::Alert testid="lost">{say(LOST)}</Band>
        </Show>
        <Show when=move || line.state.get() == State::Passive>
            <Band tone=Tone::Wait testid="passive">
                <span>{say(ELSEWHERE)}</span>
                <Button words=say(USE_HERE) press=move |()| line.take() testid="take" />
            </Band>
        </Show>
        <Show when=move || line.refused.see(Option::is_some)>
            <Band tone=Tone::Alert urgent=true testid="refused">{refused}</Band>
        </Show>
    }
    .into_any()
}

/// This browser holds no key of the seat.
#[component]
fn NoKey() -> impl IntoView {
    view! {
        <section class="stack" data-testid="ended">
            <h2>{say(NO_KEY)}</h2>
            <p>{say(NO_KEY_WHY)}</p>
            <p><a class="button primary" href="/enter" data-testid="to-enter">{say(ENTER)}</a></p>
        </section>
    }
    .into_any()
}

/// The way into the room.
#[component]
fn ToRoom(
    /// Whether it is the next thing to do.
    #[prop(optional)]
    next: bool,
) -> impl IntoView {
    let class = if next { "button primary" } else { "button" };
    let path = here().line.room_path();
    view! { <a class=class href=path data-testid="to-room">{say(TO_ROOM)}</a> }.into_any()
}

/// The check of this page.
fn here() -> Bench {
    expect_context::<Bench>()
}

impl Bench {
    fn new(line: Line) -> Self {
        Self {
            line,
            step: RwSignal::new(Step::Ready),
            check: RwSignal::default(),
            second: RwSignal::new(None),
            measured: RwSignal::new(false),
            level: RwSignal::new(0),
            devices: RwSignal::default(),
            answers: [(); 3].map(|()| RwSignal::new(String::new())),
        }
    }

    fn place(self) -> Place {
        let (line, me) = (self.line, self.line.me());
        match line.state.get() {
            State::Ended(_) => Place::NoKey,
            _ if line.plan.see(|plan| plan.capacity(&me)) == Some(Capacity::Observer) => Place::Watches,
            State::Open | State::Passive if !line.has_link.get() => Place::NoLink,
            _ => Place::At(match self.step.get() {
                Step::Asking => Step::Ready,
                step => step,
            }),
        }
    }

    /// A browser without camera, microphone and lines is told to the server once it is known who sits here.
    fn says_where_it_cannot(self) {
        if bench::can() {
            return;
        }
        self.check.update(|check| check.failed = vec![Trouble::Unsupported]);
        self.step.set(Step::Stuck);
        effect(move || {
            let here = self.line.plan.see(|plan| plan.registered.is_some());
            let check = self.check.get_untracked();
            let known = self
                .line
                .known
                .with_untracked(|known| known.as_ref().is_some_and(|known| known.check == check));
            if here && !known && !self.line.reporting.get_untracked() {
                untrack(|| self.report());
            }
        });
    }

    /// The button: from here on the browser asks.
    pub(crate) fn begin(self) {
        self.check.set(Check::default());
        self.second.set(None);
        self.measured.set(false);
        self.answers.iter().for_each(|answer| answer.set(String::new()));
        self.line.refused.set(None);
        self.step.set(Step::Asking);
        HERE.set(Some(self));
        leptos::task::spawn_local(async move {
            bench::stop();
            let failed = bench::begin(hear).await;
            self.check.update(|check| check.failed = failed);
            if !bench::has_something() {
                self.step.set(Step::Stuck);
                self.report();
                return;
            }
            self.step.set(Step::Looking);
            self.look_at_devices().await;
            self.goes_there_and_back().await;
        });
    }

    async fn look_at_devices(self) {
        let devices = bench::devices().await;
        self.devices.set(devices);
    }

    /// Opens the line on which the own sound and picture come back, and measures it.
    async fn goes_there_and_back(self) {
        // The elements of the page are there only after it was drawn.
        bench::pause(0).await;
        bench::show(looking::OWN, looking::BACK);
        match bench::offer().await {
            Some(offer) => self.line.offer(offer, move |answer| {
                leptos::task::spawn_local(async move { self.measures(answer).await });
            }),
            None => self.has_no_line(),
        }
    }

    async fn measures(self, answer: Option<String>) {
        let open = match answer {
            Some(answer) => bench::accept(&answer).await,
            None => false,
        };
        if !open {
            return self.has_no_line();
        }
        bench::show(looking::OWN, looking::BACK);
        match bench::measure(move |second| self.second.set(Some(second))).await {
            Some(measured) => {
                let bench::Measured { loss_permille, round_trip_ms, jitter_ms, sends_kbps } = measured;
                self.check.update(|check| {
                    let failed = std::mem::take(&mut check.failed);
                    *check = Check { failed, loss_permille, round_trip_ms, jitter_ms, sends_kbps };
                });
                self.measured.set(true);
            }
            None => self.has_no_line(),
        }
    }

    fn has_no_line(self) {
        self.check.update(|check| check.failed.push(Trouble::NoLine));
        self.measured.set(true);
    }

    /// The three questions are answered: the check is over.
    pub(crate) fn finish(self) {
        let troubles = [Trouble::NotSeen, Trouble::NotHeard, Trouble::NotSmooth];
        self.check.update(|check| {
            for (answer, trouble) in self.answers.iter().zip(troubles) {
                if answer.with_untracked(|answer| answer == looking::NO) {
                    check.failed.push(trouble);
                }
            }
        });
        self.report();
        bench::stop();
        self.step.set(Step::Done);
    }

    fn report(self) {
        self.line.report(&self.check.get_untracked());
    }
}

/// What the browser tells while devices are in use.
fn hear(told: bench::Told) {
    let Some(here) = HERE.get() else { return };
    match told {
        bench::Told::Level(level) => {
            let _ = here.level.try_set(level);
        }
        bench::Told::Changed => leptos::task::spawn_local(async move {
            here.look_at_devices().await;
            bench::show(looking::OWN, looking::BACK);
        }),
    }
}

/// How many of a thousand, as a percentage with one digit behind the point.
fn percent(permille: u32) -> String {
    format!("{}.{}", permille / 10, permille % 10)
}

/// The numbers of a check in words.
fn figures(check: &Check) -> Told {
    FIGURES
        .with("loss", percent(check.loss_permille))
        .with("trip", check.round_trip_ms)
        .with("jitter", check.jitter_ms)
        .with("kbps", check.sends_kbps)
}

const FIGURES: Words = words(
    "丢失 {loss}%，往返 {trip} 毫秒，波动 {jitter} 毫秒，上行 {kbps} 千比特每秒",
    "{loss}% lost, {trip} ms there and back, {jitter} ms uneven, {kbps} kbit/s outwards",
);

/// Takes over the page from the server's drawing.
#[component]
pub(crate) fn CheckAlone() -> impl IntoView {
    let choice = crate::words::Choice::provide();
    effect(move || browser::mark_document(choice.language.get().tag(), choice.size.get().tag()));
    let path = browser::path();
    let mut parts = path.split('/').skip(2).step_by(2).map(str::to_string);
    let (hearing, seat) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    view! { <CheckOf hearing seat /> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_in_both_languages() {
        let check =
            Check { failed: Vec::new(), loss_permille: 12, round_trip_ms: 48, jitter_ms: 6, sends_kbps: 420 };
        let told = figures(&check);
        assert_eq!(told.zh, "丢失 1.2%，往返 48 毫秒，波动 6 毫秒，上行 420 千比特每秒");
        assert_eq!(told.en, "1.2% lost, 48 ms there and back, 6 ms uneven, 420 kbit/s outwards");
        assert_eq!(percent(3), "0.3");
    }
}
