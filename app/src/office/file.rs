//! The file of one hearing for the staff: how far the preparation is and whose turn it is, the panel's draw, seats and
//! invitations, then the state of the hearing and its sealed volumes.

use crate::kit::see::{derived, effect, memo};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use procedure::{
    Command, Hearing, Office,
    hearing::{phase::Phase, plan::Registered},
};
use serde::de::DeserializeOwned;

use super::{
    desk::{Me, Place, desk, fixed, submit, why_not},
    hearings::{PREPARING, READY},
    pool::Panellist,
};
use crate::{
    browser::{
        self,
        fetch::{self, Answer, Failure, told},
    },
    calendar,
    clerk::RULES,
    kit::{
        asked::why,
        card::Card,
        sending::Sending,
        tag::{Tag, Tone},
    },
    missing,
    words::{Told, Words, say, tell, words},
};

mod ask;
mod change;
mod course;
mod invitation;
mod panel;
mod ruling;
mod seats;
mod steps;

const BACK: Words = words("听证", "Hearings");
const CASE: Words = words("案件和听证安排", "The case and the plan");
const NUMBER: Words = words("案号", "Case number");
const KIND: Words = words("案件类型", "Kind of case");
const TIME: Words = words("时间", "Time");
const PLACE: Words = words("地点", "Place");
const TURN: Words = words("每轮发言", "A turn");
const MINUTES: Words = words("{n} 分钟", "{n} minutes");
const GROUND: Words = words("不公开的理由", "Ground for closing it");
const SUMMARY: Words = words("案情摘要", "Summary");
const ISSUES: Words = words("听证问题", "Issues");
const PROPOSED: Words = words("拟处理意见：{text}", "Proposal: {text}");
const CALLED_OFF: Words = words("已取消", "Called off");
const SEALED: Words = words("已封卷", "Sealed");
/// How often the page looks how the hearing stands, in milliseconds.
const LOOKS_EVERY_MS: u64 = 15_000;

/// The file as this page knows it.
#[derive(Clone, Copy)]
struct File {
    id: StoredValue<String>,
    role: Office,
    /// Plan, roll, step and signatures.
    view: RwSignal<Hearing>,
    draws: RwSignal<Vec<panel::Redrawn>>,
    sent: RwSignal<Vec<invitation::Sent>>,
    /// The pool, as far as this post may see it.
    people: RwSignal<Vec<Panellist>>,
    sending: Sending,
}

impl File {
    fn path(self, what: &str) -> String {
        self.id.with_value(|id| format!("/api/hearings/{id}{what}"))
    }

    /// Why a command would be refused, as a button needs it.
    fn dead(self, command: impl Fn() -> Command + Send + Sync + 'static) -> Signal<Option<Told>> {
        let role = self.role;
        memo(move || self.view.with(|view| why_not(view, role, command()))).into()
    }

    /// Has a command done, then shows what came of it. It is done even where the page cannot look at once: the next look
    /// follows by itself.
    async fn act(self, command: Command) -> Result<(), Failure> {
        submit(&self.id.get_value(), command).await?;
        let _ = self.look().await;
        Ok(())
    }

    /// How the hearing stands now.
    async fn look(self) -> Result<(), Failure> {
        let view = fetch::get(&self.path("/outline"), None).await?;
        self.show(view).await
    }

    /// The same, looked at by the page itself while perhaps nobody is there.
    async fn look_unattended(self) -> Result<(), Failure> {
        let view = fetch::get_unattended(&self.path("/outline")).await?;
        self.show(view).await
    }

    async fn show(self, view: Hearing) -> Result<(), Failure> {
        if self.view.with_untracked(|known| known.plan.draws != view.plan.draws) {
            self.look_at_draws().await?;
        }
        if self.view.with_untracked(|known| *known != view) {
            self.view.set(view);
        }
        Ok(())
    }

    /// What was drawn, and the pool as it stands now: somebody may have come into it meanwhile.
    async fn look_at_draws(self) -> Result<(), Failure> {
        self.people.set(fetch::get_unattended("/api/pool").await?);
        self.draws.set(fetch::get_unattended(&self.path("/draw")).await?);
        Ok(())
    }

    /// How the invitations stand now.
    async fn look_at_invitations(self) -> Result<(), Failure> {
        self.sent.set(fetch::get_unattended(&self.path("/invitations")).await?);
        Ok(())
    }
}

/// The page.
#[component]
pub fn HearingFile() -> impl IntoView {
    let id = use_params_map().get_untracked().get("id").unwrap_or_default();
    let path = |what: &str| format!("/api/hearings/{id}/{what}");
    let paths = vec![path("outline"), path("draw"), path("invitations"), "/api/pool".into()];
    desk(Place::Hearings, paths, draw)
}

fn draw(me: &Me, answers: &[Answer]) -> AnyView {
    let [outline, draws, sent, people] = answers else { return why(&Failure::Away) };
    let view = match outline.as_ref().map_err(Clone::clone).and_then(|text| told::<Hearing>(text)) {
        Ok(view) => view,
        Err(failure) => {
            missing();
            return why(&failure);
        }
    };
    let file = File {
        id: StoredValue::new(use_params_map().get_untracked().get("id").unwrap_or_default()),
        role: me.role,
        view: RwSignal::new(view),
        draws: RwSignal::new(or_none(draws)),
        sent: RwSignal::new(or_none(sent)),
        people: RwSignal::new(or_none(people)),
        sending: Sending::default(),
    };
    look_now_and_then(file);
    page(file)
}

/// What an answer says; nothing where this post may not see it.
fn or_none<T: DeserializeOwned + Default>(answer: &Answer) -> T {
    answer.as_deref().ok().and_then(|text| told(text).ok()).unwrap_or_default()
}

fn look_now_and_then(file: File) {
    effect(move || {
        let look = move || {
            leptos::task::spawn_local(async move {
                // A look that fails is followed by the next one; whoever acts is told. Once the session is over the
                // page shows nothing more of the hearing, but the door.
                if file.look_unattended().await.is_err_and(|failure| failure.is_unauthorised()) {
                    browser::reload();
                }
            });
        };
        let every = std::time::Duration::from_millis(LOOKS_EVERY_MS);
        if let Ok(clock) = set_interval_with_handle(look, every) {
            on_cleanup(move || clock.clear());
        }
    });
}

fn page(file: File) -> AnyView {
    let Some(first) = file.view.with_untracked(|view| view.plan.registered.clone()) else {
        return why(&Failure::Away);
    };
    let (number, cause) = (first.number.clone(), first.cause.clone());
    // What was amended meanwhile is shown as it stands now.
    let face =
        memo(move || file.view.with(|view| view.plan.registered.clone()).unwrap_or_else(|| first.clone()));
    view! {
        <div class="hearing-file">
            <nav class="crumbs"><a href="/office">{say(BACK)}</a> " / " <span>{number}</span></nav>
            <header class="title">
                <h1>{cause}</h1>
            </header>
            {tags(file, face)}
            {file.sending.news()}
            <div class="side-by-side">
                {steps::card(file)}
                <Card title=say(CASE)>{move || facts(file, &face.get())}</Card>
            </div>
            {course::card(file)}
            {ruling::card(file)}
            {panel::card(file)}
            {seats::card(file)}
            {change::card(file)}
        </div>
    }
    .into_any()
}

fn tags(file: File, face: Memo<Registered>) -> AnyView {
    let of = move |word: fn(&Registered) -> (&'static str, &'static str)| {
        tell(move || face.with(|face| Words::from(word(face)).into()))
    };
    let state = move || {
        file.view.with(|view| {
            let phase = Told::from(Words::from(view.phase.current.words()));
            match view.phase.current {
                _ if view.phase.cancelled.is_some() => (CALLED_OFF.into(), Tone::Alert),
                _ if view.record.sealed.is_some() => (SEALED.into(), Tone::Good),
                Phase::Waiting if view.plan.next_step(&RULES).is_some() => (PREPARING.into(), Tone::Plain),
                Phase::Waiting if view.roll.entries.is_empty() => (READY.into(), Tone::Plain),
                Phase::Waiting | Phase::Closed => (phase, Tone::Plain),
                _ => (phase, Tone::Info),
            }
        })
    };
    let tone = derived(move || state().1);
    view! {
        <p class="row tags">
            <Tag words=tell(move || state().0) tone testid="state" />
            <Tag words=of(|face| face.hearing.openness.words()) testid="openness" />
            <Tag words=of(|face| face.hearing.mode.words()) testid="mode" />
            <Tag words=of(|face| face.kind.words()) />
        </p>
    }
    .into_any()
}

fn facts(file: File, face: &Registered) -> AnyView {
    let minutes = face.hearing.turn_seconds / 60;
    let ground = face
        .hearing
        .closed_because
        .map(|ground| view! { <dt>{say(GROUND)}</dt><dd>{say(ground.words())}</dd> }.into_any());
    let (summary, issues) = file.view.with_untracked(|view| {
        let issue = |issue: &procedure::hearing::plan::Issue| {
            let proposed =
                view.plan.proposed.get(&issue.id).map(|text| {
                    view! { <p class="muted">{fixed(PROPOSED.with("text", text))}</p> }.into_any()
                });
            view! { <li>{issue.text.clone()} {proposed}</li> }.into_any()
        };
        (view.plan.summary.clone(), view.plan.issues.iter().map(issue).collect::<Vec<AnyView>>())
    });
    let summary =
        (!summary.is_empty()).then(|| view! { <dt>{say(SUMMARY)}</dt><dd>{summary}</dd> }.into_any());
    view! {
        <dl class="facts">
            <dt>{say(NUMBER)}</dt>
            <dd>{face.number.clone()}</dd>
            <dt>{say(TIME)}</dt>
            <dd><strong data-testid="scheduled">{fixed(calendar::moment(face.scheduled))}</strong></dd>
            <dt>{say(PLACE)}</dt>
            <dd data-testid="place">{face.hearing.place.clone()}</dd>
            <dt>{say(KIND)}</dt>
            <dd>{say(face.kind.words())}</dd>
            {ground}
            <dt>{say(TURN)}</dt>
            <dd>{fixed(MINUTES.with("n", minutes))}</dd>
            {summary}
            <dt>{say(ISSUES)}</dt>
            <dd><ol class="plain-list">{issues}</ol></dd>
        </dl>
    }
    .into_any()
}
