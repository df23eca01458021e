//! The exhibits of a hearing, to be read page by page on any device: a list, a page at a time, notes of one's own, and
//! references; and, for whoever may lay them, handing in files.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::{use_params_map, use_query_map};
use procedure::{
    Hearing, SeatId,
    hearing::exhibit::{Content, Laid},
};

use crate::{
    browser::{
        fetch::{self, Failure},
        storage,
    },
    front::Front,
    kit::{
        asked::why,
        band::Band,
        button::{Button, Look},
        empty::Empty,
        see::{See, effect, memo},
        tag::{Tag, Tone},
    },
    words::{Told, Words, say, tell, words},
};

mod hand_in;
mod reading;
mod sending;

const TITLE: Words = words("证据材料", "Exhibits");
const LOADING: Words = words("正在加载……", "Loading …");
const SIGN_IN: Words = words(
    "工作人员请先登录；参加听证的，请从听证室进入本页。",
    "Staff: please sign in first. If you take part in the hearing, come here from the hearing room.",
);
const TO_OFFICE: Words = words("工作人员登录", "Staff sign-in");
const TO_ROOM: Words = words("返回听证室", "Back to the hearing room");
const TO_FILE: Words = words("返回听证卷宗", "Back to the hearing's file");
const NONE: Words = words("还没有您可以查阅的材料。", "There is no exhibit for you to read yet.");
const LOOK_AGAIN: Words = words("刷新列表", "Look again");
const BY: Words = words("{by} 提交", "laid by {by}");
const PAGES: Words = words("共 {n} 页", "{n} pages");
const DIGEST: Words = words("SHA-256 前12位", "SHA-256, first 12");
const EXCLUDED: Words = words("不予出示", "excluded");
const ON_SCREEN: Words = words("主持人正在出示第 {n} 页", "on every screen: page {n}");
const OPEN: Words = words("查阅证据{n}", "Read exhibit {n}");
const LIST: Words = words("材料列表", "List of exhibits");

/// Where exhibits are read, and by whom.
#[derive(Clone, Copy)]
struct Desk {
    id: StoredValue<String>,
    me: StoredValue<Option<SeatId>>,
    key: StoredValue<Option<String>>,
    /// The hearing as the reader may see it; none before it has come.
    view: RwSignal<Option<Result<Hearing, Failure>>>,
    /// Number of the exhibit that is read, and its page.
    open: RwSignal<Option<(u32, u32)>>,
}

impl Desk {
    /// An address of this hearing.
    fn path(self, rest: &str) -> String {
        self.id.with_value(|id| format!("/api/hearings/{id}{rest}"))
    }

    /// Asks how things stand. What was shown stays where the network is away.
    async fn look(self) {
        // The page may have gone, before this begins and while it waits.
        let path = self.id.try_with_value(|id| format!("/api/hearings/{id}"));
        let (Some(path), Some(key)) = (path, self.key.try_get_value()) else { return };
        let view = fetch::get::<Hearing>(&path, key.as_deref()).await;
        let shown = self.view.try_with_untracked(|known| matches!(known, Some(Ok(_))));
        if view.is_ok() || shown == Some(false) {
            self.view.try_set(Some(view));
        }
    }

    fn laid(self, number: u32) -> Option<Laid> {
        self.view.see(|view| view.as_ref()?.as_ref().ok()?.exhibit.laid.get(&number).cloned())
    }

    /// Whether the seat of this page may lay exhibits at all; when, the rules say then.
    fn lays(self) -> bool {
        let me = self.me.get_value();
        self.view.see(|view| {
            let (Some(Ok(hearing)), Some(me)) = (view, me.as_ref()) else { return false };
            hearing.handles(me) || hearing.plan.capacity(me).is_some_and(|capacity| capacity.is_party())
        })
    }

    /// The name under which this browser keeps something of this seat.
    fn own(self, what: &str) -> String {
        let seat = self.me.get_value().map(|seat| seat.0).unwrap_or_default();
        self.id.with_value(|id| format!("fengqiao.{what}.{id}.{seat}."))
    }
}

/// The page.
#[component]
pub fn ExhibitsPage() -> impl IntoView {
    let hearing = use_params_map().get_untracked().get("id").unwrap_or_default();
    let me = use_query_map().get_untracked().get("seat").map(SeatId);
    let key = me.as_ref().and_then(|seat| storage::kept(&format!("fengqiao.seat.{hearing}.{seat}")));
    let back = match &me {
        Some(seat) => (format!("/hearings/{hearing}/seats/{seat}"), TO_ROOM),
        None => (format!("/office/hearings/{hearing}"), TO_FILE),
    };
    let desk = Desk {
        id: StoredValue::new(hearing),
        me: StoredValue::new(me),
        key: StoredValue::new(key),
        view: RwSignal::new(None),
        open: RwSignal::new(None),
    };
    effect(move || spawn_local(desk.look()));
    // Not the hearing itself: what is being read or handed in stays when the list is looked at again.
    let state = memo(move || desk.view.see(|view| view.as_ref().map(|view| view.as_ref().err().cloned())));
    let shown = move || match state.get() {
        None => view! { <p class="loading" role="status">{say(LOADING)}</p> }.into_any(),
        Some(Some(failure)) if failure.is_unauthorised() => view! {
            <Band tone=Tone::Wait testid="exhibits-signed-out">{say(SIGN_IN)}</Band>
            <p><a class="button" href="/office">{say(TO_OFFICE)}</a></p>
        }
        .into_any(),
        Some(Some(failure)) => why(&failure),
        Some(None) => at_hand(desk),
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

/// The list, what is read of it, and the way to hand something in.
fn at_hand(desk: Desk) -> AnyView {
    let numbers = memo(move || {
        desk.view.see(|view| match view {
            Some(Ok(hearing)) => hearing.exhibit.laid.keys().copied().collect::<Vec<u32>>(),
            _ => Vec::new(),
        })
    });
    let rows = move || {
        let rows: Vec<AnyView> = numbers.get().into_iter().map(|number| row(desk, number)).collect();
        match rows.is_empty() {
            true => view! { <Empty words=say(NONE) /> }.into_any(),
            false => view! { <ul class="rows" data-testid="exhibit-list">{rows}</ul> }.into_any(),
        }
    };
    let number = memo(move || desk.open.get().map(|(number, _)| number));
    let read = move || number.get().and_then(|number| reading::reading(desk, number));
    let lays = memo(move || desk.lays());
    let hand_in = move || lays.get().then(|| hand_in::hand_in(desk));
    view! {
        <div class="exhibit-desk">
            <div class="stack">
                <section class="stack" aria-label=say(LIST)>
                    {rows}
                    <p>
                        <Button words=say(LOOK_AGAIN) look=Look::Quiet press=move |()| spawn_local(desk.look()) testid="look-again" />
                    </p>
                </section>
                {hand_in}
            </div>
            {read}
        </div>
    }
    .into_any()
}

fn row(desk: Desk, number: u32) -> AnyView {
    let laid = memo(move || desk.laid(number));
    let screen = memo(move || {
        let shown = desk.view.see(|view| view.as_ref()?.as_ref().ok()?.exhibit.shown);
        shown.filter(|(shown, _)| *shown == number).map(|(_, page)| page)
    });
    let body = move || laid.get().map(|laid| face(desk, &laid));
    let on_screen = move || {
        screen
            .get()
            .map(|page| view! { <Tag words=tell(move || ON_SCREEN.with("n", page)) tone=Tone::Info /> })
    };
    let reads = move || desk.open.see(|open| open.is_some_and(|(open, _)| open == number)).then_some("true");
    let name = tell(move || {
        let title = laid.get().map(|laid| laid.exhibit.title).unwrap_or_default();
        let open = OPEN.with("n", number);
        Told { zh: format!("{}《{title}》", open.zh), en: format!("{}: {title}", open.en) }
    });
    view! {
        <li data-testid=format!("row-{number}")>
            <button
                type="button"
                class="exhibit-row"
                aria-label=name
                aria-current=reads
                data-testid=format!("read-{number}")
                on:click=move |_| desk.open.set(Some((number, screen.get_untracked().unwrap_or(1))))
            >
                {body}
                {on_screen}
            </button>
        </li>
    }
    .into_any()
}

fn face(desk: Desk, laid: &Laid) -> AnyView {
    let by = desk.view.with_untracked(|view| match view {
        Some(Ok(hearing)) => Told::from(hearing.plan.label(&laid.exhibit.by)),
        _ => Told::default(),
    });
    let pages = laid.exhibit.content.pages();
    let digest = digest(&laid.exhibit.content)
        .map(|short| view! { <small class="number">{say(DIGEST)}" "{short}</small> }.into_any());
    let excluded = laid.excluded.is_some().then(|| view! { <Tag words=say(EXCLUDED) tone=Tone::Alert /> });
    view! {
        <b>{laid.exhibit.number}" · "{laid.exhibit.title.clone()}</b>
        <small>{tell(move || Told::from(BY).with_told("by", &by))}" · "{tell(move || PAGES.with("n", pages))}</small>
        {digest}
        {excluded}
    }
    .into_any()
}

/// The beginning of the SHA-256 of a file, by which people name it; none of a text, which has no file.
fn digest(content: &Content) -> Option<String> {
    match content {
        Content::File { sha256, .. } => Some(sha256.chars().take(12).collect()),
        Content::Text(_) => None,
    }
}
