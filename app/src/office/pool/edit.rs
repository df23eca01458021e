//! The entry of one panellist: added or changed.

use crate::kit::see::{derived, effect};
use leptos::prelude::*;
use serde_json::json;

use super::{Edited, Panellist, lacking, refresh};
use crate::{
    browser::fetch,
    kit::{
        band::Band,
        button::{Button, Look},
        choice::Tick,
        dialog::Dialog,
        field::{Field, half_width},
        sending::Sending,
        tag::Tone,
    },
    office::{desk::fixed, once::once},
    words::{Told, Words, say, tell, words},
};

const ADD: Words = words("添加听证员", "Add a panellist");
const CHANGE: Words = words("修改听证员", "Change a panellist");
const NAME: Words = words("姓名", "Name");
const POST: Words = words("身份", "Post or trade");
const POST_HINT: Words = words("如：县人大代表、中学教师、执业律师", "Such as teacher, lawyer, deputy");
const CLASS: Words = words("界别", "Class");
const CLASS_HINT: Words = words("抽取时可以按界别抽取", "Draws can be limited to a class");
const SPECIALTY: Words = words("专业领域（可以不填）", "Field of knowledge (may be empty)");
const REGION: Words = words("地区（可以不填）", "Region (may be empty)");
const YEAR: Words = words("出生年份", "Year of birth");
const YEAR_HINT: Words = words("听证员应当年满23周岁", "A panellist must be at least 23");
const TAIL: Words = words("手机号码后四位", "Last four digits of the phone number");
const TAIL_HINT: Words = words("进入听证时核对身份用", "Checks who comes in");
const ACTIVE: Words = words("可以抽取", "Can be drawn");
const BARRED: Words = words("不得担任的原因（没有则留空）", "Why barred (empty if not)");
const BARRED_HINT: Words = words(
    "如：受过刑事处罚、被开除公职、被吊销律师执业证书",
    "Such as a criminal punishment or a revoked licence",
);
const SAVE: Words = words("保存", "Save");
const THERE: Words = words(
    "{name}原已在名册（姓名和手机号码后四位相同），没有重复添加，已更新原有信息。",
    "{name} stood in the pool already (same name and phone): not added twice, but brought up to date.",
);
const CLASSES: [&str; 6] = ["人大代表", "政协委员", "律师", "专家学者", "基层群众", "人民监督员"];

/// The dialog, open while somebody is edited.
pub(super) fn dialog(edited: Edited, people: RwSignal<Vec<Panellist>>) -> AnyView {
    let open = RwSignal::new(false);
    effect(move || open.set(edited.with(Option::is_some)));
    effect(move || {
        if !open.get() && edited.with_untracked(Option::is_some) {
            edited.set(None);
        }
    });
    let new = move || edited.with(|edited| edited.as_ref().is_none_or(|person| person.id.is_empty()));
    let title = tell(move || if new() { ADD } else { CHANGE }.into());
    let body = move || edited.get().map(|person| form(&person, open, people));
    view! { <Dialog title open testid="panellist-dialog">{body}</Dialog> }.into_any()
}

fn form(person: &Panellist, open: RwSignal<bool>, people: RwSignal<Vec<Panellist>>) -> AnyView {
    let year = if person.birth_year > 0 { person.birth_year.to_string() } else { String::new() };
    let barred = person.barred.clone().unwrap_or_default();
    let [name, post, class] =
        [&person.name, &person.post, &person.class].map(|text| RwSignal::new(text.clone()));
    let [specialty, region, tail] =
        [&person.specialty, &person.region, &person.phone_tail].map(|text| RwSignal::new(text.clone()));
    let (year, barred, active) = (RwSignal::new(year), RwSignal::new(barred), RwSignal::new(person.active));
    let id = StoredValue::new(person.id.clone());
    let typed = move || Panellist {
        id: id.get_value(),
        name: trimmed(name),
        post: trimmed(post),
        class: trimmed(class),
        specialty: trimmed(specialty),
        region: trimmed(region),
        birth_year: half_width(&year.get()).parse().unwrap_or(0),
        phone_tail: half_width(&tail.get()),
        active: active.get(),
        barred: Some(trimmed(barred)).filter(|why| !why.is_empty()),
    };
    let (sending, there) = (Sending::default(), RwSignal::new(None::<Told>));
    let dead = derived(move || lacking(&typed()));
    let news = move || {
        there.get().map(|told| {
            view! { <Band tone=Tone::Info testid="there-already">{fixed(told)}</Band> }.into_any()
        })
    };
    let press = Callback::new(move |()| {
        if dead.get_untracked().is_none() {
            let person = untrack(typed);
            there.set(None);
            sending.go(async move {
                let before = people.get_untracked();
                let kept: Panellist = if person.id.is_empty() {
                    once("/api/pool", json!(person)).await?
                } else {
                    fetch::post("/api/pool", None, &person).await?
                };
                refresh(people).await?;
                if person.id.is_empty() && before.iter().any(|known| known.id == kept.id) {
                    there.set(Some(THERE.with("name", kept.name)));
                } else {
                    open.set(false);
                }
                Ok(())
            });
        }
    });
    view! {
        <div class="stack">
            {sending.news()}
            {news}
            <div class="form">
                <Field label=say(NAME) value=name testid="panellist-name" />
                <Field label=say(POST) hint=say(POST_HINT) value=post testid="panellist-post" />
                <Field label=say(CLASS) hint=say(CLASS_HINT) value=class proposals=&CLASSES testid="panellist-class" />
                <Field label=say(YEAR) hint=say(YEAR_HINT) value=year testid="panellist-year" />
                <Field label=say(SPECIALTY) value=specialty testid="panellist-specialty" />
                <Field label=say(REGION) value=region testid="panellist-region" />
                <Field label=say(TAIL) hint=say(TAIL_HINT) value=tail kind="tel" testid="panellist-tail" />
                <Field label=say(BARRED) hint=say(BARRED_HINT) value=barred testid="panellist-barred" />
            </div>
            <Tick label=say(ACTIVE) value=active testid="panellist-active" />
            <Button words=say(SAVE) look=Look::Primary press dead busy=sending.busy testid="save-panellist" />
        </div>
    }
    .into_any()
}

fn trimmed(field: RwSignal<String>) -> String {
    field.with(|text| text.trim().to_string())
}
