//! Somebody who is to be given a seat: what they are, who they are, and what the rules ask of that capacity.

use std::collections::BTreeSet;

use leptos::prelude::*;
use procedure::{Capacity, SeatId, Side, hearing::plan::Seating};
use serde::{Deserialize, Serialize};

use super::{
    case_form::trimmed,
    desk::{name_of, of_name, options},
};
use crate::{
    kit::{choice::Tick, field::Field, select::Select},
    words::{Words, say, words},
};

const CAPACITY: Words = words("身份", "Capacity");
const CHOOSE: Words = words("请选择", "Please choose");
const NAME: Words = words("姓名或者单位名称", "Name, or name of the body");
const POST: Words = words("职务、职业（可以不填）", "Post or trade (may be empty)");
const SIDE: Words = words("属于哪一方（可以不填）", "Side (may be empty)");
const NO_SIDE: Words = words("不属于任何一方", "Neither");
const FOR: Words = words("代理哪一方当事人", "Speaks for");
const AGE: Words = words("年龄（未成年人必填）", "Age (needed of minors)");
const CHIEF: Words = words("检察长本人", "The chief prosecutor in person");
const HEAD: Words = words("部门负责人本人", "A department head in person");

/// Capacities that the office seats by hand. Panellists come from the pool.
const SEATED: [Capacity; 13] = [
    Capacity::Chair,
    Capacity::Handler,
    Capacity::Clerk,
    Capacity::Applicant,
    Capacity::Respondent,
    Capacity::ThirdParty,
    Capacity::Agent,
    Capacity::Witness,
    Capacity::Expert,
    Capacity::Officer,
    Capacity::Interpreter,
    Capacity::PeoplesSupervisor,
    Capacity::Observer,
];

/// What was typed of a seat, complete or not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Typed {
    pub(super) capacity: String,
    name: String,
    post: String,
    side: String,
    pub(super) acts_for: String,
    age: String,
    chief: bool,
    #[serde(default)]
    head: bool,
}

impl Typed {
    /// An empty row for somebody of that capacity.
    pub(super) fn of(capacity: Capacity) -> Self {
        Self { capacity: name_of(&capacity), ..Self::default() }
    }
}

/// A seat as it is being typed.
#[derive(Clone, Copy, Debug)]
pub(super) struct SeatForm {
    pub(super) key: usize,
    capacity: RwSignal<String>,
    pub(super) name: RwSignal<String>,
    post: RwSignal<String>,
    side: RwSignal<String>,
    /// Whom an agent speaks for: by the key that the page offers.
    pub(super) acts_for: RwSignal<String>,
    age: RwSignal<String>,
    chief: RwSignal<bool>,
    head: RwSignal<bool>,
}

impl SeatForm {
    pub(super) fn new(key: usize, typed: Typed) -> Self {
        let Typed { capacity, name, post, side, acts_for, age, chief, head } = typed;
        let [capacity, name, post, side, acts_for, age] =
            [capacity, name, post, side, acts_for, age].map(RwSignal::new);
        Self {
            key,
            capacity,
            name,
            post,
            side,
            acts_for,
            age,
            chief: RwSignal::new(chief),
            head: RwSignal::new(head),
        }
    }

    /// What has been typed so far.
    pub(super) fn so_far(self) -> Typed {
        Typed {
            capacity: self.capacity.get(),
            name: self.name.get(),
            post: self.post.get(),
            side: self.side.get(),
            acts_for: self.acts_for.get(),
            age: self.age.get(),
            chief: self.chief.get(),
            head: self.head.get(),
        }
    }

    /// What the person is to be.
    pub(super) fn capacity(self) -> Option<Capacity> {
        self.capacity.with(|name| of_name(name))
    }

    /// The seat as the rules read it; `for_whom` is the seat that the chosen key stands for.
    pub(super) fn typed(self, id: SeatId, for_whom: Option<SeatId>) -> Option<Seating> {
        let capacity = self.capacity()?;
        // Of the others it follows from what they are.
        let side = self.side.with(|name| of_name(name)).filter(|_| capacity == Capacity::ThirdParty);
        let leads = matches!(capacity, Capacity::Chair | Capacity::Handler);
        let age = self.age.with(|age| age.trim().parse().ok()).filter(|_| capacity.is_party());
        Some(Seating {
            id,
            capacity,
            name: trimmed(self.name),
            post: Some(trimmed(self.post)).filter(|post| !post.is_empty()),
            side,
            acts_for: for_whom.filter(|_| capacity == Capacity::Agent),
            age,
            chief_prosecutor: leads && self.chief.get(),
            department_head: leads && self.head.get(),
        })
    }

    /// The fields; `parties` are those whom an agent can speak for.
    pub(super) fn view(self, parties: Signal<Vec<(String, String)>>, prefix: &str) -> AnyView {
        let capacities = options(named(&SEATED, Capacity::words));
        let sides = options(named(&Side::ALL, Side::words));
        let is = move |wanted: fn(Capacity) -> bool| self.capacity().is_some_and(wanted);
        let leads = move || is(|capacity| matches!(capacity, Capacity::Chair | Capacity::Handler));
        view! {
            <Select label=say(CAPACITY) value=self.capacity options=capacities none=say(CHOOSE) testid=format!("{prefix}-capacity") />
            <Field label=say(NAME) value=self.name testid=format!("{prefix}-name") />
            <Field label=say(POST) value=self.post testid=format!("{prefix}-post") />
            <div hidden=move || !is(|capacity| capacity == Capacity::ThirdParty)>
                <Select label=say(SIDE) value=self.side options=sides none=say(NO_SIDE) testid=format!("{prefix}-side") />
            </div>
            <div hidden=move || !is(|capacity| capacity == Capacity::Agent)>
                <Select label=say(FOR) value=self.acts_for options=parties none=say(CHOOSE) testid=format!("{prefix}-for") />
            </div>
            <div hidden=move || !is(|capacity| capacity.is_party() && capacity != Capacity::Agent)>
                <Field label=say(AGE) value=self.age testid=format!("{prefix}-age") />
            </div>
            <div hidden=move || !leads()>
                <Tick label=say(CHIEF) value=self.chief testid=format!("{prefix}-chief") />
                <Tick label=say(HEAD) value=self.head testid=format!("{prefix}-head") />
            </div>
        }
        .into_any()
    }
}

fn named<T: Copy + Serialize>(
    all: &[T],
    words: fn(T) -> (&'static str, &'static str),
) -> Vec<(String, Words)> {
    all.iter().map(|one| (name_of(one), Words::from(words(*one)))).collect()
}

/// A name for the seat of somebody of that capacity that no other seat has.
pub(super) fn free_id(capacity: Capacity, taken: &BTreeSet<SeatId>) -> SeatId {
    let alone = match capacity {
        Capacity::Chair => "chair",
        Capacity::Handler => "handler",
        Capacity::Clerk => "clerk",
        _ => "",
    };
    if !alone.is_empty() && !taken.contains(&SeatId::from(alone)) {
        return alone.into();
    }
    let letter = match capacity {
        Capacity::Chair => "c",
        Capacity::Handler => "h",
        Capacity::Clerk => "k",
        Capacity::Panellist => "p",
        Capacity::Applicant => "a",
        Capacity::Respondent => "r",
        Capacity::ThirdParty => "t",
        Capacity::Agent => "g",
        Capacity::Witness => "w",
        Capacity::Expert => "e",
        Capacity::Officer => "f",
        Capacity::Interpreter => "i",
        Capacity::PeoplesSupervisor => "s",
        Capacity::Observer => "o",
    };
    (1..).map(|number| SeatId(format!("{letter}{number}"))).find(|id| !taken.contains(id)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_seats_get_one_name() {
        let mut taken = BTreeSet::new();
        for capacity in Capacity::ALL.into_iter().chain(Capacity::ALL) {
            assert!(taken.insert(free_id(capacity, &taken)), "{capacity:?}");
        }
        assert!(taken.contains(&SeatId::from("chair")) && taken.contains(&SeatId::from("p2")));
    }
}
