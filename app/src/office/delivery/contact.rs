//! Where somebody can be reached: shown masked, as it is only while it is changed.

use leptos::prelude::*;
use procedure::SeatId;

use super::{Contact, Desk};
use crate::{
    browser::fetch,
    kit::{
        button::{Button, Look},
        choice::Tick,
        dialog::Dialog,
        field::{Field, half_width},
        see::derived,
        sending::Sending,
    },
    words::{Told, Words, say, words},
};

const NONE: Words = words("没有联系方式", "Nothing is known");
const NO_CONSENT: Words = words("未同意电子送达", "Has not agreed to electronic delivery");
const CONSENT: Words = words("同意电子送达", "Agreed to electronic delivery");
const CHANGE: Words = words("修改联系方式", "Change");
const ADD: Words = words("填写联系方式", "Enter");
const TITLE: Words = words("联系方式", "Where the person can be reached");
const MOBILE: Words = words("手机号码", "Mobile number");
const MOBILE_HINT: Words = words("查阅文书时核对其后四位", "Its last four digits open what is sent");
const MAIL: Words = words("电子邮箱", "Mail address");
const POST: Words = words("通信地址", "Postal address");
const AGREES: Words = words(
    "本人同意以短信、电子邮件送达（依据其签署的送达地址确认书）",
    "The person has agreed in writing to be served by text message and mail",
);
const KEEP: Words = words("保存", "Keep");
const NEEDS_NUMBER: Words =
    words("同意电子送达的，请填写手机号码。", "Electronic delivery needs a mobile number.");

/// What is known, and the button that opens the form.
pub(super) fn cell(desk: Desk, seat: SeatId) -> AnyView {
    let of = StoredValue::new(seat);
    let known = move || of.with_value(|seat| desk.contact(seat));
    let shown = move || {
        let Contact { mobile, mail, post, consent, .. } = known();
        let lines: Vec<AnyView> = [mobile, mail, post]
            .into_iter()
            .filter(|text| !text.is_empty())
            .map(|text| view! { <span>{text}</span> }.into_any())
            .collect();
        if lines.is_empty() {
            return view! { <span class="muted">{say(NONE)}</span> }.into_any();
        }
        let agreed = say(if consent { CONSENT } else { NO_CONSENT });
        view! { {lines} <span class="muted small">{agreed}</span> }.into_any()
    };
    let words = derived(move || {
        let Contact { mobile, mail, post, .. } = known();
        let none = mobile.is_empty() && mail.is_empty() && post.is_empty();
        if none { ADD } else { CHANGE }.now().to_string()
    });
    let form = Form::new(desk, of);
    let testid = of.with_value(|seat| format!("contact-{seat}"));
    view! {
        {shown}
        <Button words look=Look::Quiet press=move |()| form.open() busy=form.sending.busy testid=testid.clone() />
        {form.view(&testid)}
    }
    .into_any()
}

/// The form of one contact.
#[derive(Clone, Copy)]
struct Form {
    desk: Desk,
    seat: StoredValue<SeatId>,
    opened: RwSignal<bool>,
    mobile: RwSignal<String>,
    mail: RwSignal<String>,
    post: RwSignal<String>,
    consent: RwSignal<bool>,
    sending: Sending,
}

impl Form {
    fn new(desk: Desk, seat: StoredValue<SeatId>) -> Self {
        let text = || RwSignal::new(String::new());
        Self {
            desk,
            seat,
            opened: RwSignal::new(false),
            mobile: text(),
            mail: text(),
            post: text(),
            consent: RwSignal::new(false),
            sending: Sending::default(),
        }
    }

    fn path(self) -> String {
        self.seat.with_value(|seat| self.desk.path(&format!("/contacts/{seat}")))
    }

    /// Asks for what is known as it is, and opens.
    fn open(self) {
        let path = self.path();
        self.sending.go(async move {
            let known: Contact = fetch::get(&path, None).await?;
            self.mobile.set(known.mobile);
            self.mail.set(known.mail);
            self.post.set(known.post);
            self.consent.set(known.consent);
            self.opened.set(true);
            Ok(())
        });
    }

    fn keep(self) {
        let contact = Contact {
            seat: self.seat.get_value(),
            mobile: half_width(&self.mobile.get_untracked()),
            mail: half_width(&self.mail.get_untracked()),
            post: self.post.get_untracked(),
            consent: self.consent.get_untracked(),
        };
        let path = self.desk.path("/contacts");
        self.sending.go(async move {
            let _: Contact = fetch::put(&path, &contact).await?;
            self.opened.set(false);
            for text in [self.mobile, self.mail, self.post] {
                text.set(String::new());
            }
            self.desk.look().await
        });
    }

    fn view(self, testid: &str) -> AnyView {
        let dead = derived(move || {
            let lacks = self.consent.get() && self.mobile.with(|mobile| mobile.trim().is_empty());
            lacks.then(|| Told::from(NEEDS_NUMBER))
        });
        let testid = testid.to_string();
        let id = move |what: &str| format!("{testid}-{what}");
        view! {
            <Dialog title=say(TITLE) open=self.opened testid=id("dialog")>
                <div class="stack">
                    {self.sending.news()}
                    <Field label=say(MOBILE) hint=say(MOBILE_HINT) value=self.mobile kind="tel" testid=id("mobile") />
                    <Field label=say(MAIL) value=self.mail kind="email" testid=id("mail") />
                    <Field label=say(POST) value=self.post testid=id("post") />
                    <Tick label=say(AGREES) value=self.consent testid=id("consent") />
                    <Button words=say(KEEP) look=Look::Primary press=move |()| self.keep() dead busy=self.sending.busy testid=id("keep") />
                </div>
            </Dialog>
        }
        .into_any()
    }
}
