//! Invitations: for each seat one link, its QR code and a short code, shown once and printed as a slip.

use crate::kit::see::memo;
use leptos::prelude::*;
use procedure::{Moment, SeatId};
use serde::Deserialize;
use serde_json::json;

use super::{File, seats::Seated};
use crate::{
    browser::{self, fetch},
    calendar,
    hearing::arrival::rules::RECORDED,
    kit::{
        button::{Button, Look},
        card::Card,
    },
    office::desk::fixed,
    words::{Told, Words, say, tell, words},
};

const TITLE: Words = words("刚签发的邀请", "Invitations just issued");
const ONCE: Words = words(
    "链接、二维码和入席码只在此处显示一次，离开页面后不再显示；遗失的，重新签发即可，旧的随即失效。",
    "Link, QR code and code are shown here once and never again; if one is lost, issue it anew and the old one ends.",
);
const PRINT: Words = words("打印邀请（{n} 份）", "Print ({n})");
const HEAD: Words = words("听证邀请", "Invitation to a hearing");
const TIME: Words = words("时间", "Time");
const PLACE: Words = words("地点", "Place");
const CASE: Words = words("案件", "Case");
const HOW: Words = words(
    "用手机扫描二维码，或者在浏览器中打开链接；也可以在“参加听证”页面填写入席码。进入时核对手机号码后四位。",
    "Scan the QR code with a phone or open the link; or type the code at “Join a hearing”. You are asked for the last four digits of your phone number.",
);
const LINK: Words = words("链接", "Link");
const CODE: Words = words("入席码", "Code");
const UNTIL: Words = words("有效期至", "Good until");
const ALONE: Words = words("仅限本人使用，请勿转发。", "For you alone; do not pass it on.");
const QR: Words = words("入席链接的二维码：{name}", "QR code of the link for {name}");
const COPY: Words = words("复制链接", "Copy the link");
const COPIED: Words = words("已复制", "Copied");

/// How the invitation of a seat stands, as the server tells it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(super) struct Sent {
    pub(super) seat: SeatId,
    pub(super) expires: Moment,
    pub(super) expired: bool,
    pub(super) spent: bool,
    pub(super) used: Option<Moment>,
}

/// A fresh invitation.
#[derive(Clone, Debug, Deserialize)]
struct Fresh {
    link: String,
    qr: String,
    code: String,
    expires: Moment,
}

/// What was issued while this page is open, to whom.
#[derive(Clone, Copy)]
pub(super) struct Slips(RwSignal<Vec<(Seated, Fresh)>>);

impl Slips {
    pub(super) fn new() -> Self {
        Self(RwSignal::new(Vec::new()))
    }

    /// Issues an invitation to a seat and shows its slip.
    pub(super) async fn issue(
        self,
        file: File,
        seat: SeatId,
        phone_tail: String,
    ) -> Result<(), fetch::Failure> {
        let body = json!({ "seat": seat, "phone_tail": phone_tail });
        let fresh: Fresh = fetch::post(&file.path("/invitations"), None, &body).await?;
        let name = file.view.with_untracked(|view| view.plan.names.get(&seat).map(|name| name.name.clone()));
        self.0.update(|slips| {
            slips.retain(|((known, _), _)| *known != seat);
            slips.push(((seat, name.unwrap_or_default()), fresh));
        });
        file.look_at_invitations().await
    }

    /// Takes back what was issued to a seat.
    pub(super) async fn revoke(self, file: File, seat: SeatId) -> Result<(), fetch::Failure> {
        fetch::delete(&format!("{}/{seat}", file.path("/invitations")), None).await?;
        self.0.update(|slips| slips.retain(|((known, _), _)| *known != seat));
        file.look_at_invitations().await
    }

    /// Only the slips of those who still sit where they did: whoever sits there now is not let in by another's.
    pub(super) fn keep_of(self, seats: &[Seated]) {
        if self.0.with_untracked(|slips| slips.iter().any(|(seated, _)| !seats.contains(seated))) {
            self.0.update(|slips| slips.retain(|(seated, _)| seats.contains(seated)));
        }
    }

    /// The slips; nothing while there are none.
    pub(super) fn view(self, file: File) -> AnyView {
        let count = memo(move || self.0.with(Vec::len));
        let slips = move || {
            let slip = |((seat, _), fresh): (Seated, Fresh)| slip(file, &seat, fresh);
            self.0.get().into_iter().rev().map(slip).collect::<Vec<AnyView>>()
        };
        view! {
            <div class="slips" hidden=move || count.get() == 0>
                <Card title=say(TITLE) testid="slips">
                    <p class="muted on-screen">{say(ONCE)}</p>
                    <Button
                        words=tell(move || PRINT.with("n", count.get()))
                        press=|()| browser::print()
                        testid="print-slips"
                    />
                    <div role="status">{slips}</div>
                </Card>
            </div>
        }
        .into_any()
    }
}

fn slip(file: File, seat: &SeatId, fresh: Fresh) -> AnyView {
    let (name, capacity, face) = file.view.with_untracked(|view| {
        let name = view.plan.names.get(seat).map(|name| name.name.clone()).unwrap_or_default();
        (name, view.plan.capacity(seat), view.plan.registered.clone())
    });
    let Some((capacity, face)) = capacity.zip(face) else { return ().into_any() };
    let Fresh { link, qr, code, expires } = fresh;
    let picture = format!("data:image/svg+xml,{}", browser::encoded(&qr));
    let about = QR.with("name", &name);
    view! {
        <article class="slip" data-testid=format!("slip-{seat}")>
            <img src=picture alt=fixed(about) width="168" height="168" />
            <div class="stack">
                <h3>{say(HEAD)} " · " {name} " · " {say(capacity.words())}</h3>
                <dl class="facts">
                    <dt>{say(CASE)}</dt>
                    <dd>{face.cause} " " <span class="muted">{face.number}</span></dd>
                    <dt>{say(TIME)}</dt>
                    <dd>{fixed(calendar::moment(face.scheduled))}</dd>
                    <dt>{say(PLACE)}</dt>
                    <dd>{face.hearing.place}</dd>
                    <dt>{say(CODE)}</dt>
                    <dd><strong class="fingerprint" data-testid="code">{code}</strong></dd>
                    <dt>{say(LINK)}</dt>
                    <dd class="fingerprint" data-testid="link">{link.clone()}</dd>
                    <dt>{say(UNTIL)}</dt>
                    <dd>{fixed(calendar::moment(expires))}</dd>
                </dl>
                <p>{say(HOW)} " " {say(RECORDED)} " " {say(ALONE)}</p>
                {copy(link, seat)}
            </div>
        </article>
    }
    .into_any()
}

fn copy(link: String, seat: &SeatId) -> AnyView {
    let copied = RwSignal::new(false);
    let press = move |()| {
        browser::copy(&link);
        copied.set(true);
    };
    let words = tell(move || Told::from(if copied.get() { COPIED } else { COPY }));
    view! { <Button words look=Look::Quiet press testid=format!("copy-{seat}") /> }.into_any()
}
