//! Sending a paper to all whom it is for: by every electronic way that each has agreed to; who has none is named.

use leptos::prelude::*;
use procedure::SeatId;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;

use super::{Contact, Desk, Sendable, State, Way, What};
use crate::{
    browser::{
        self,
        fetch::{self, Failure},
    },
    kit::{
        button::{Button, Look},
        card::Card,
        dialog::Dialog,
        see::{derived, memo},
        select::Select,
    },
    words::{Language, Told, Words, language, say, tell, words},
};

const TITLE: Words = words("发送文书", "Send a paper");
const WHICH: Words = words("文书", "Paper");
const NONE: Words = words("请选择文书", "Choose a paper");
const CHOOSE: Words = words("请先选择文书。", "Choose a paper first.");
const SEND: Words = words("向 {n} 人发送", "Send to {n}");
const NOBODY: Words = words(
    "没有可以电子送达的人。请先填写联系方式，或者在下面记载邮寄、当面送达。",
    "Nobody can be reached by electronic means. Enter where people can be reached, or note below what goes by post or hand.",
);
const WITHOUT: Words = words(
    "以下人员没有可用的电子送达方式，请邮寄或者当面送达：{names}",
    "These cannot be reached by electronic means; serve them by post or in person: {names}",
);
const DONE: Words = words("已经全部发送", "All has been sent");
const PROGRESS: Words = words("正在发送：{sent}/{all}人", "Sending: {sent} of {all} people");
/// People to whom something is sent at once.
const GROUP: usize = 10;
const LOOK: Words = words("预览", "Preview");
const PREVIEW: Words = words("信件和短信预览", "The letter and the text message");
const MAIL: Words = words("电子邮件", "Mail");
const SMS: Words = words("短信", "Text message");

/// A message as it will be.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
struct Previewed {
    subject: String,
    text: String,
    sms: String,
}

/// The card.
pub(super) fn card(desk: Desk) -> AnyView {
    let form = RwSignal::new(first(desk));
    let options = derived(move || {
        let language = language();
        desk.listed.with(|listed| {
            let there = listed.papers.iter().filter(|paper| !paper.seats.is_empty());
            there.map(|paper| (paper.form.clone(), name(paper, language))).collect::<Vec<_>>()
        })
    });
    let chosen = memo(move || {
        let form = form.get();
        desk.listed.with(|listed| listed.papers.iter().find(|paper| paper.form == form).cloned())
    });
    let reached = memo(move || {
        let seats = chosen.get().map(|paper| paper.seats).unwrap_or_default();
        seats.iter().map(|seat| desk.contact(seat)).collect::<Vec<Contact>>()
    });
    let count = memo(move || {
        reached.with(|all| {
            all.iter().filter(|contact| contact.takes(Way::Mail) || contact.takes(Way::Sms)).count()
        })
    });
    let dead = derived(move || {
        let Some(paper) = chosen.get() else { return Some(Told::from(CHOOSE)) };
        let lacks = paper.lacks.zip(paper.lacks_en).map(|(zh, en)| Told { zh, en });
        lacks.or_else(|| (count.get() == 0).then(|| NOBODY.into()))
    });
    let progress = RwSignal::new(None);
    let send = move |()| {
        let (form, all) = (form.get_untracked(), reached.get_untracked());
        let path = desk.path("/deliveries");
        desk.sending.go(async move {
            let sent = send_all(&path, &form, &all, progress).await;
            progress.set(None);
            sent?;
            desk.look().await
        });
    };
    view! {
        <Card title=say(TITLE) testid="send-paper">
            <div class="stack">
                <Select label=say(WHICH) value=form options none=say(NONE) testid="paper-to-send" />
                {without(desk, reached)}
                {all_sent(desk, form)}
                <div class="row">
                    <Button words=tell(move || SEND.with("n", count.get())) look=Look::Primary press=send dead busy=desk.sending.busy testid="send-to-all" />
                    {preview(desk, form, reached)}
                </div>
                <p class="muted" role="status" data-testid="send-progress">{so_far(progress)}</p>
            </div>
        </Card>
    }
    .into_any()
}

/// Sends a paper to all, so many people at a time: each is drawn up for itself, and a long wait looks like none. What was sent
/// before is not sent again.
async fn send_all(
    path: &str,
    form: &str,
    all: &[Contact],
    progress: RwSignal<Option<(usize, usize)>>,
) -> Result<(), Failure> {
    let electronic = |contact: &&Contact| contact.takes(Way::Sms) || contact.takes(Way::Mail);
    let all: Vec<&Contact> = all.iter().filter(electronic).collect();
    for (number, group) in all.chunks(GROUP).enumerate() {
        progress.set(Some((number * GROUP, all.len())));
        for way in [Way::Sms, Way::Mail] {
            let seats: Vec<&SeatId> =
                group.iter().filter(|contact| contact.takes(way)).map(|contact| &contact.seat).collect();
            if !seats.is_empty() {
                let body = json!({"form": form, "seats": seats, "ways": [way]});
                let _: IgnoredAny = fetch::post(path, None, &body).await?;
            }
        }
    }
    Ok(())
}

/// How many have been sent to while it takes its time.
fn so_far(progress: RwSignal<Option<(usize, usize)>>) -> Signal<String> {
    tell(move || match progress.get() {
        Some((sent, all)) => PROGRESS.with("sent", sent).with("all", all),
        None => Told::default(),
    })
}

/// The first paper that can be sent.
fn first(desk: Desk) -> String {
    desk.listed.with_untracked(|listed| {
        let can = |paper: &&Sendable| paper.lacks.is_none() && !paper.seats.is_empty();
        listed.papers.iter().find(can).map(|paper| paper.form.clone()).unwrap_or_default()
    })
}

fn name(paper: &Sendable, language: Language) -> String {
    match language {
        Language::Chinese => paper.zh.clone(),
        Language::English => paper.en.clone(),
    }
}

/// Who cannot be reached by a machine.
fn without(desk: Desk, reached: Memo<Vec<Contact>>) -> AnyView {
    let names = memo(move || {
        let none = |contact: &&Contact| !contact.takes(Way::Mail) && !contact.takes(Way::Sms);
        reached
            .with(|all| all.iter().filter(none).map(|contact| desk.who(&contact.seat).0).collect::<Vec<_>>())
    });
    (move || {
        let names = names.get().join("、");
        (!names.is_empty()).then(|| {
            view! { <p data-testid="without-address">{tell(move || WITHOUT.with("names", &names))}</p> }
        })
    })
    .into_any()
}

/// Whether everybody has it already.
fn all_sent(desk: Desk, form: RwSignal<String>) -> AnyView {
    let sent = memo(move || {
        let chosen = form.get();
        desk.listed.with(|listed| {
            let Some(paper) = listed.papers.iter().find(|paper| paper.form == chosen) else { return false };
            let has = |seat: &SeatId| {
                listed.deliveries.iter().any(|known| {
                    let stands = !matches!(known.state, State::Failed | State::Returned | State::Withdrawn);
                    let same = matches!(&known.what, What::Paper { form, .. } if *form == chosen);
                    known.seat == *seat && stands && same
                })
            };
            !paper.seats.is_empty() && paper.seats.iter().all(has)
        })
    });
    (move || sent.get().then(|| view! { <p class="muted" data-testid="all-sent">{say(DONE)}</p> })).into_any()
}

/// What the message says, before it is sent.
fn preview(desk: Desk, form: RwSignal<String>, reached: Memo<Vec<Contact>>) -> AnyView {
    let (open, shown) = (RwSignal::new(false), RwSignal::new(Previewed::default()));
    let dead = derived(move || reached.with(Vec::is_empty).then(|| Told::from(CHOOSE)));
    let look = move |()| {
        let form = browser::encoded(&form.get_untracked());
        let seat = reached.with_untracked(|all| all.first().map(|contact| browser::encoded(&contact.seat.0)));
        let Some(seat) = seat else { return };
        let path = desk.path(&format!("/deliveries/preview?form={form}&seat={seat}"));
        desk.sending.go(async move {
            shown.set(fetch::get(&path, None).await?);
            open.set(true);
            Ok(())
        });
    };
    view! {
        <Button words=say(LOOK) look=Look::Quiet press=look dead explain=false busy=desk.sending.busy testid="preview-letter" />
        <Dialog title=say(PREVIEW) open testid="letter-preview">
            <div class="stack">
                <h3>{say(SMS)}</h3>
                <pre class="letter" tabindex="0">{move || shown.get().sms}</pre>
                <h3>{say(MAIL)}</h3>
                <p><strong>{move || shown.get().subject}</strong></p>
                <pre class="letter" tabindex="0">{move || shown.get().text}</pre>
            </div>
        </Dialog>
    }
    .into_any()
}
