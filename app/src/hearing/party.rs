//! The desk of a party, and of everybody else who speaks: whose turn it is, one's own statement, questions to answer,
//! exhibits and motions. Nothing else.

use crate::kit::see::{See, Show, derived, effect, memo};
use leptos::prelude::*;
use procedure::{
    Capacity, Command,
    hearing::{phase::Phase, roll},
};

use super::{
    act::Act,
    deliberation,
    exhibit::{Exhibits, Lay, Shown},
    file::File,
    floor::left,
    motion::{Motions, Move},
    opinion::{Received, tally::Tallies},
    phase::{Where, current},
    question::{self, Answers, Questions},
    record::Record,
    room,
    signing::{Corrections, Signing},
    statement::{Hand, Statement, has_floor, is_time},
    video::Video,
};
use crate::{
    clerk::Room,
    kit::{
        clock::minutes,
        tabs::{Tab, Tabs},
    },
    words::{Told, Words, say, tell, words},
};

const YOURS: Words = words("现在请您发言", "It is your turn to speak");
const YOURS_WHY: Words = words("大家都能看到您记入笔录的话", "Everybody reads what you put on the record");
const HIS: Words = words("{name} 正在发言", "{name} has the floor");
const HIS_WHY: Words = words("需要发言的，请先举手", "Raise your hand if you wish to speak");
const NOBODY: Words = words("现在没有人发言", "Nobody has the floor");
const ASKED: Words = words("请您回答提问", "Please answer a question");
const ASKED_WHY: Words =
    words("问题在下面，写好回答后提交", "The question is below; write your answer and send it");
const BEFORE: Words = words("听证还没有开始", "The hearing has not begun");
const BEFORE_WHY: Words = words("请稍候，主持人会宣布开始", "Please wait; the chair will open it");
const SIGN: Words = words("请您核对笔录并签名", "Please read the record and sign");
const SIGN_WHY: Words = words("有记错的，先申请更正", "Where something is wrong, ask for a correction first");
const SIGNED: Words = words("您的签名已经收到", "Your signature is in");
const SIGNED_WHY: Words = words("请稍候，其他人正在签名", "Please wait while the others sign");
const AFTER: Words = words("听证已经结束", "The hearing is closed");
const AFTER_WHY: Words =
    words("案卷封存后，可以领取您的副本", "Once the file is sealed you can take your copy");
const LEFT: Words = words("还可以说", "left");
const TABS: Words = words("材料和申请", "Exhibits and motions");
const EXHIBITS: Words = words("材料", "Exhibits");
const MOTIONS: Words = words("申请", "Motions");
const QUESTIONS: Words = words("提问", "Questions");
const OPINION: Words = words("听证意见", "Opinion");
const CORRECTIONS: Words = words("更正", "Corrections");
const FILE: Words = words("案卷", "File");
const HELP: Words = words("求助 12309", "Help 12309");
const TAKE_CHAIR: Words = words("代为主持", "Take the chair");

/// The desk.
#[component]
pub fn Party() -> impl IntoView {
    let room = room();
    let draft = room.draft("statement");
    let (deliberates, speaks, mine) = (deliberation::is_on(room), is_time(room), has_floor(room));
    view! {
        <Show when=move || deliberates.get() fallback=|| view! { <Turn /> }>
            <deliberation::Outside />
        </Show>
        <Where />
        <div class="party" class:mine=move || mine.get()>
            <section class="centre">
                <Video />
                <Answers />
                <Signing />
                <Shown />
                <section class="card recorded"><Record own=true /></section>
                <Show when=move || speaks.get()>
                    <section class="card own"><Statement draft rows=3 /></section>
                </Show>
            </section>
            <section class="card what-waits"><Desk /></section>
        </div>
        <footer class="dock">
            <Show when=move || speaks.get()>
                <Hand />
            </Show>
            <TakeChair />
            <a class="button" href="tel:12309" data-testid="help">{say(HELP)}</a>
        </footer>
    }
    .into_any()
}

/// Whose turn it is, in large words.
#[component]
fn Turn() -> impl IntoView {
    let room = room();
    let mine = has_floor(room);
    let holder = memo(move || room.floor.see(|floor| floor.holder().cloned()));
    let (now, me) = (current(room), room.me());
    let signed = memo(move || room.record.see(|record| record.signatures.contains_key(&me)));
    let asked = memo(move || !question::to_me(room).is_empty());
    let what = tell(move || match (now.get(), holder.get()) {
        _ if mine.get() => YOURS.into(),
        _ if asked.get() => ASKED.into(),
        (_, Some(seat)) => Told::from(HIS).with_told("name", &room.plan.see(|plan| plan.label(&seat)).into()),
        (Phase::Waiting, None) => BEFORE.into(),
        (Phase::Signing, None) if !signed.get() => SIGN.into(),
        (Phase::Signing, None) => SIGNED.into(),
        (Phase::Closed, None) => AFTER.into(),
        _ => NOBODY.into(),
    });
    let why = tell(move || match now.get() {
        _ if mine.get() => YOURS_WHY.into(),
        _ if asked.get() => ASKED_WHY.into(),
        Phase::Waiting => BEFORE_WHY.into(),
        Phase::Signing if !signed.get() => SIGN_WHY.into(),
        Phase::Signing => SIGNED_WHY.into(),
        Phase::Closed => AFTER_WHY.into(),
        _ => HIS_WHY.into(),
    });
    view! {
        <section class="turn" class:mine=move || mine.get() || asked.get() role="status" data-testid="turn" data-mine=move || mine.get().to_string()>
            <div>
                <strong>{what}</strong>
                <p>{why}</p>
            </div>
            <p class="left" role="timer" aria-live="off" hidden=move || left(room).is_none()>
                <span class="clock" data-testid="clock">{move || left(room).map(minutes)}</span>
                <small>{say(LEFT)}</small>
            </p>
        </section>
    }
    .into_any()
}

fn may_lay(room: Room) -> bool {
    let me = room.me();
    room.plan
        .see(|plan| plan.capacity(&me))
        .is_some_and(|capacity| capacity == Capacity::Handler || capacity.is_party())
}

fn may_move(room: Room) -> bool {
    let me = room.me();
    room.plan.see(|plan| plan.capacity(&me)).is_some_and(Capacity::is_party)
}

#[component]
fn Desk() -> impl IntoView {
    let room = room();
    let none = derived(|| 0);
    let (lays, moves) = (untrack(|| may_lay(room)), untrack(|| may_move(room)));
    let handles = lays && !moves;
    let now = current(room);
    let late = memo(move || now.get() >= Phase::Signing);
    let signing = move || late.get();
    let mut tabs = vec![
        Tab::new("exhibits", say(EXHIBITS), none, move || {
            let form = move || (lays && !signing()).then(|| view! { <Lay /> });
            view! { {form}<Exhibits party=lays /> }.into_any()
        }),
        Tab::new("questions", say(QUESTIONS), none, || view! { <Questions /> }.into_any()),
    ];
    if handles {
        tabs.push(Tab::new("opinion", say(OPINION), none, || view! { <Received /><Tallies /> }.into_any()));
    }
    if moves {
        tabs.push(Tab::new("motions", say(MOTIONS), none, move || {
            let form = move || (!signing()).then(|| view! { <Move /> });
            view! { {form}<Motions /> }.into_any()
        }));
    }
    // The last two tabs are of the end.
    let (open, end) = (RwSignal::new(0), tabs.len());
    effect(move || match now.get() {
        Phase::Signing => open.set(end),
        Phase::Closed => open.set(end + 1),
        _ => {}
    });
    let corrections =
        Tab::new("corrections", say(CORRECTIONS), none, || view! { <Corrections /> }.into_any());
    tabs.push(corrections.when(signing));
    tabs.push(Tab::new("file", say(FILE), none, || view! { <File /> }.into_any()).when(signing));
    view! { <Tabs label=say(TABS) tabs open /> }.into_any()
}

/// The named deputy takes the chair when the chair is gone.
#[component]
fn TakeChair() -> impl IntoView {
    let room = room();
    let me = room.me();
    let named = memo(move || room.roll.see(|roll| roll.deputy.as_ref() == Some(&me)));
    view! {
        <Show when=move || named.get()>
            <Act words=say(TAKE_CHAIR) command=|()| Command::Roll(roll::Command::TakeChair {}) testid="take-chair" />
        </Show>
    }
    .into_any()
}
