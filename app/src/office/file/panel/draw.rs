//! The form of a draw: at random from those who qualify, or named directly with a reason.

use std::collections::BTreeSet;

use crate::kit::see::{For, derived};
use leptos::prelude::*;
use procedure::Moment;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Drawn, Redrawn};
use crate::{
    browser,
    clerk::RULES,
    kit::{
        area::{Area, Draft},
        button::{Button, Look},
        choice::OneOf,
        field::Field,
        select::Select,
        sending::Sending,
    },
    office::{
        desk::not_yours,
        file::File,
        once::once,
        pool::{Panellist, classes},
    },
    words::{Told, Words, say, tell, words},
};

const HOW: Words = words("确定方式", "How");
const RANDOM: Words = words("随机抽取", "Draw at random");
const DIRECTED: Words = words("指定", "Name directly");
const NUMBER: Words = words("人数", "How many");
const CLASS: Words = words("界别", "Class");
const SPECIALTY: Words = words("专业领域", "Field");
const REGION: Words = words("地区", "Region");
const ANY: Words = words("不限", "Any");
const LEFT_OUT: Words = words(
    "排除与本案有利害关系或者不能参加的人员",
    "Leave out those who have an interest in the case or cannot come",
);
const WHO: Words = words("指定哪些听证员", "Whom to name");
const REASON: Words = words("指定的理由", "Reason");
const QUALIFY: Words = words("符合条件的共 {n} 人。", "{n} qualify.");
const TOO_FEW: Words =
    words("符合条件的只有 {n} 人，少于要抽取的人数。", "Only {n} qualify, fewer than are to be drawn.");
const BAD_NUMBER: Words = words("抽取人数应为1至{max}人。", "Between 1 and {max} can be drawn.");
const NOBODY: Words = words("请选择要指定的听证员。", "Please choose whom to name.");
const NEED_REASON: Words = words("指定听证员应当写明理由。", "Naming panellists directly needs a reason.");
const DRAW: Words = words("抽取", "Draw");
const NAME: Words = words("指定", "Name them");
const OPEN: Words = words("抽取或者指定听证员", "Draw or name the panel");

/// Who was drawn, as the server tells it.
#[derive(Deserialize)]
struct Panel {
    people: Vec<Panellist>,
    draw: Drawn,
}

impl Panel {
    /// Shows it at once; some of them may have come into the pool after the page was loaded.
    fn show(self, file: File) {
        let Self { people, draw } = self;
        file.people.update(|known| {
            known.retain(|one| people.iter().all(|person| person.id != one.id));
            known.extend(people);
        });
        let at = Moment(browser::office_now());
        file.draws.update(|draws| {
            // Told a second time it is the same draw, and stays in its place.
            if !draws.iter().any(|known| known.draw.id.is_some() && known.draw.id == draw.id) {
                draws.push(Redrawn { at, draw, again: Vec::new(), holds: false });
            }
        });
    }
}

/// The form as it is being filled in.
#[derive(Clone, Copy)]
struct Form {
    file: File,
    how: RwSignal<String>,
    number: RwSignal<String>,
    class: RwSignal<String>,
    specialty: RwSignal<String>,
    region: RwSignal<String>,
    reason: RwSignal<String>,
    /// Ids left out of a random draw, or named directly.
    ticked: RwSignal<BTreeSet<String>>,
}

/// The form; folded away once somebody was drawn.
pub(super) fn form(file: File) -> AnyView {
    let least = file.view.with_untracked(|view| RULES.panel_min(view.plan.mode()));
    let [class, specialty, region, reason] = [(); 4].map(|()| RwSignal::new(String::new()));
    let form = Form {
        file,
        how: RwSignal::new("random".into()),
        number: RwSignal::new(least.to_string()),
        class,
        specialty,
        region,
        reason,
        ticked: RwSignal::new(BTreeSet::new()),
    };
    // Whom to leave out is not whom to name.
    Effect::watch(
        move || form.is_directed(),
        move |directed, before, _: Option<()>| {
            if Some(directed) != before {
                form.ticked.set(BTreeSet::new());
            }
        },
        false,
    );
    let how = vec![("random", say(RANDOM)), ("directed", say(DIRECTED))];
    let open = file.draws.with_untracked(Vec::is_empty);
    let random = move || !form.is_directed();
    view! {
        <details class="fold" open=open>
            <summary>{say(OPEN)}</summary>
            <div class="stack">
                <OneOf label=say(HOW) value=form.how options=how testid="how" />
                <div class="form" hidden=move || !random()>{form.limits()}</div>
                <p class="muted" hidden=move || !random() data-testid="qualify">
                    {tell(move || QUALIFY.with("n", form.qualify()))}
                </p>
                {form.people()}
                <div hidden=random>
                    <Area label=say(REASON) draft=Draft::unkept(form.reason) rows=2 testid="directed-reason" />
                </div>
                {form.send()}
            </div>
        </details>
    }
    .into_any()
}

impl Form {
    fn is_directed(self) -> bool {
        self.how.with(|how| how == "directed")
    }

    fn limits(self) -> AnyView {
        let offered = |of: fn(&Panellist) -> &String| {
            derived(move || self.file.people.with(|people| classes(people, of)))
        };
        view! {
            <Field label=say(NUMBER) value=self.number kind="number" testid="draw-number" />
            <Select label=say(CLASS) value=self.class options=offered(|person| &person.class) none=say(ANY) testid="draw-class" />
            <Select label=say(SPECIALTY) value=self.specialty options=offered(|person| &person.specialty) none=say(ANY) testid="draw-specialty" />
            <Select label=say(REGION) value=self.region options=offered(|person| &person.region) none=say(ANY) testid="draw-region" />
        }
        .into_any()
    }

    /// How many qualify for a random draw.
    fn qualify(self) -> usize {
        let (class, specialty, region) = (self.class.get(), self.specialty.get(), self.region.get());
        let fits = |wanted: &str, has: &str| wanted.is_empty() || wanted == has;
        let ticked = self.ticked.get();
        let qualifies = |person: &&Panellist| {
            person.can_be_drawn()
                && !ticked.contains(&person.id)
                && fits(&class, &person.class)
                && fits(&specialty, &person.specialty)
                && fits(&region, &person.region)
        };
        self.file.people.with(|people| people.iter().filter(qualifies).count())
    }

    /// Everybody who can be drawn, to be left out or named.
    fn people(self) -> AnyView {
        let people = move || {
            let mut people = self.file.people.get();
            people.retain(Panellist::can_be_drawn);
            people
        };
        let asked = tell(move || if self.is_directed() { WHO } else { LEFT_OUT }.into());
        view! {
            <fieldset class="ticks">
                <legend>{asked}</legend>
                <div>
                    <For each=people key=|person| person.id.clone() let(person)>
                        {self.tick(person)}
                    </For>
                </div>
            </fieldset>
        }
        .into_any()
    }

    fn tick(self, person: Panellist) -> AnyView {
        let id = StoredValue::new(person.id.clone());
        let ticked = move || self.ticked.with(|ticked| id.with_value(|id| ticked.contains(id)));
        let turn = move |_| {
            self.ticked.update(|ticked| {
                let id = id.get_value();
                if !ticked.remove(&id) {
                    ticked.insert(id);
                }
            });
        };
        view! {
            <label class="tick">
                <input type="checkbox" data-testid=format!("tick-{}", person.name) prop:checked=ticked on:change=turn />
                <span>{person.name.clone()} " " <span class="muted small">{person.class.clone()} " · " {person.post.clone()}</span></span>
            </label>
        }
        .into_any()
    }

    fn lacks(self) -> Option<Told> {
        let panel = RULES.panel_max as usize;
        if self.is_directed() {
            return match self.ticked.with(BTreeSet::len) {
                0 => Some(NOBODY.into()),
                _ if self.reason.with(|reason| reason.trim().is_empty()) => Some(NEED_REASON.into()),
                _ => None,
            };
        }
        let number = self.number.with(|number| number.trim().parse::<usize>()).unwrap_or(0);
        let there = self.qualify();
        if !(1..=panel).contains(&number) {
            return Some(BAD_NUMBER.with("max", panel));
        }
        (there < number).then(|| TOO_FEW.with("n", there))
    }

    fn wanted(self) -> Value {
        let ticked = self.ticked.get();
        if self.is_directed() {
            return json!({ "directed": ticked, "reason": self.reason.get().trim() });
        }
        let asked = |field: RwSignal<String>| Some(field.get()).filter(|text| !text.is_empty());
        json!({
            "number": self.number.get().trim().parse::<usize>().unwrap_or(0),
            "class": asked(self.class), "specialty": asked(self.specialty), "region": asked(self.region),
            "conflicts": ticked,
        })
    }

    fn send(self) -> AnyView {
        let (file, sending) = (self.file, Sending::default());
        let yours = not_yours(file.role.draws());
        let dead = derived(move || yours.get().or_else(|| self.lacks()));
        let press = move |()| {
            let wanted = untrack(move || self.wanted());
            sending.go(async move {
                let panel: Panel = once(&file.path("/draw"), wanted).await?;
                panel.show(file);
                // It is drawn even where the page cannot look at once.
                let _ = file.look().await;
                Ok(())
            });
        };
        let words = tell(move || if self.is_directed() { NAME } else { DRAW }.into());
        view! {
            {sending.news()}
            <Button words look=Look::Primary press dead busy=sending.busy testid="draw" />
        }
        .into_any()
    }
}
