//! What is asked of a case: number, kind, cause, summary, the issues to be heard and what the office proposes on each.

use std::collections::BTreeMap;

use crate::kit::see::{For, Home, memo};
use leptos::prelude::*;
use procedure::hearing::plan::{Case, Issue, Kind};
use serde::{Deserialize, Serialize};

use super::desk::{name_of, of_name, options};
use crate::{
    clerk::RULES,
    kit::{
        area::{Area, Draft},
        button::{Button, Look},
        field::Field,
        select::Select,
    },
    words::{Told, Words, say, tell, words},
};

const NUMBER: Words = words("案号", "Case number");
const NUMBER_HINT: Words = words("如：豫检民监〔2026〕17号", "As the case system gives it");
const KIND: Words = words("案件类型", "Kind of case");
const CHOOSE: Words = words("请选择", "Please choose");
const CAUSE: Words = words("案由", "Cause");
const CAUSE_HINT: Words =
    words("公告中公开，不写当事人姓名", "Told in the public notice: no names of parties");
const SUMMARY: Words = words("案情摘要", "Summary");
const ISSUES: Words = words("需要听证的问题", "Issues to be heard");
const ISSUES_HINT: Words = words(
    "公开听证的，案由、听证问题和地点写入公告，任何人都能看到：不写当事人和未成年人的姓名，不写住址、身份证号码、电话等个人信息。",
    "In a public hearing cause, issues and place stand in the public notice for anybody to read: no names of parties or minors, no private addresses, identity numbers or phone numbers.",
);
const ISSUE: Words = words("问题 {n}", "Issue {n}");
const PROPOSED: Words =
    words("问题 {n} 的拟处理意见（仅听证员和办案人员可见）", "Proposal on issue {n} (panel and office only)");
const ADD: Words = words("增加一个问题", "Add an issue");
const REMOVE: Words = words("删除问题 {n}", "Remove issue {n}");
const NEED_NUMBER: Words = words("请填写案号。", "Please give the case number.");
const NEED_KIND: Words = words("请选择案件类型。", "Please choose the kind of case.");
const NEED_CAUSE: Words = words("请填写案由。", "Please give the cause.");

/// An issue as it is being typed.
#[derive(Clone, Copy, Debug)]
pub(super) struct IssueRow {
    key: usize,
    text: RwSignal<String>,
    proposed: RwSignal<String>,
}

/// What was typed of a case, complete or not: to be kept as a draft.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Typed {
    pub(super) number: String,
    kind: String,
    cause: String,
    summary: String,
    issues: Vec<(String, String)>,
}

impl From<&Case> for Typed {
    fn from(case: &Case) -> Self {
        let proposed = |issue: &Issue| case.proposed.get(&issue.id).cloned().unwrap_or_default();
        Self {
            number: case.number.clone(),
            kind: name_of(&case.kind),
            cause: case.cause.clone(),
            summary: case.summary.clone(),
            issues: case.issues.iter().map(|issue| (issue.text.clone(), proposed(issue))).collect(),
        }
    }
}

/// A case as it is being typed.
#[derive(Clone, Copy, Debug)]
pub(super) struct CaseForm {
    number: RwSignal<String>,
    kind: RwSignal<String>,
    cause: RwSignal<String>,
    summary: RwSignal<String>,
    issues: RwSignal<Vec<IssueRow>>,
    made: StoredValue<usize>,
    home: Home,
}

impl CaseForm {
    /// An empty form with room for one issue.
    pub(super) fn new() -> Self {
        let [number, kind, cause, summary] = [(); 4].map(|()| RwSignal::new(String::new()));
        let form = Self {
            number,
            kind,
            cause,
            summary,
            issues: RwSignal::new(Vec::new()),
            made: StoredValue::new(0),
            home: Home::here(),
        };
        form.add(String::new(), String::new());
        form
    }

    /// The form filled in with what was typed before.
    pub(super) fn fill(self, typed: Typed) {
        let Typed { number, kind, cause, summary, issues } = typed;
        self.number.set(number);
        self.kind.set(kind);
        self.cause.set(cause);
        self.summary.set(summary);
        let none = issues.is_empty().then(<(String, String)>::default);
        let issues: Vec<(String, String)> = issues.into_iter().chain(none).collect();
        // Rows that are there are filled anew, so that the first issue stays the first.
        let rows = self.issues.get_untracked();
        self.issues.update(|rows| rows.truncate(issues.len()));
        for (at, (text, proposed)) in issues.into_iter().enumerate() {
            match rows.get(at) {
                Some(row) => {
                    row.text.set(text);
                    row.proposed.set(proposed);
                }
                None => self.add(text, proposed),
            }
        }
    }

    fn add(self, text: String, proposed: String) {
        let key = self.made.get_value();
        self.made.set_value(key + 1);
        let (text, proposed) = self.home.make(|| (RwSignal::new(text), RwSignal::new(proposed)));
        let row = IssueRow { key, text, proposed };
        self.issues.update(|rows| rows.push(row));
    }

    /// Whether nothing was typed.
    pub(super) fn is_empty(self) -> bool {
        let Typed { number, kind, cause, summary, issues } = untrack(|| self.so_far());
        let nothing = |text: &String| text.trim().is_empty();
        [number, kind, cause, summary].iter().all(nothing)
            && issues.iter().all(|(text, proposed)| nothing(text) && nothing(proposed))
    }

    /// Which kind of case is chosen.
    pub(super) fn kind(self) -> Option<Kind> {
        self.kind.with(|name| of_name(name))
    }

    /// The case as it stands; empty issues are left out, the others numbered anew.
    pub(super) fn typed(self) -> Result<Case, Told> {
        let number = trimmed(self.number);
        if number.is_empty() {
            return Err(NEED_NUMBER.into());
        }
        let kind = self.kind().ok_or(NEED_KIND)?;
        let cause = trimmed(self.cause);
        if cause.is_empty() {
            return Err(NEED_CAUSE.into());
        }
        let (mut issues, mut proposed) = (Vec::new(), BTreeMap::new());
        for row in self.issues.get() {
            let (text, proposal) = (trimmed(row.text), trimmed(row.proposed));
            if text.is_empty() {
                continue;
            }
            let id = format!("i{}", issues.len() + 1);
            if !proposal.is_empty() {
                proposed.insert(id.clone(), proposal);
            }
            issues.push(Issue { id, text });
        }
        Ok(Case { number, kind, cause, summary: trimmed(self.summary), issues, proposed })
    }

    /// What has been typed so far, complete or not.
    pub(super) fn so_far(self) -> Typed {
        let issues = self.issues.get();
        Typed {
            number: self.number.get(),
            kind: self.kind.get(),
            cause: self.cause.get(),
            summary: self.summary.get(),
            issues: issues.into_iter().map(|row| (row.text.get(), row.proposed.get())).collect(),
        }
    }

    /// The fields.
    pub(super) fn view(self) -> AnyView {
        let kinds = options(Kind::ALL.map(|kind| (name_of(&kind), Words::from(kind.words()))).to_vec());
        let full = move || self.issues.with(Vec::len) >= RULES.issues_max;
        let add = move |()| self.add(String::new(), String::new());
        view! {
            <div class="form">
                <Field label=say(NUMBER) hint=say(NUMBER_HINT) value=self.number testid="case-number" />
                <Select label=say(KIND) value=self.kind options=kinds none=say(CHOOSE) testid="case-kind" />
                <div class="whole">
                    <Field label=say(CAUSE) hint=say(CAUSE_HINT) value=self.cause testid="case-cause" />
                </div>
                <div class="whole">
                    <Area label=say(SUMMARY) draft=Draft::unkept(self.summary) rows=4 testid="case-summary" />
                </div>
            </div>
            <h3>{say(ISSUES)}</h3>
            <p class="muted" data-testid="issues-hint">{say(ISSUES_HINT)}</p>
            <ol class="entries">
                <For each=move || self.issues.get() key=|row| row.key let(row)>
                    {self.issue(row)}
                </For>
            </ol>
            <div hidden=full>
                <Button words=say(ADD) press=add testid="add-issue" />
            </div>
        }
        .into_any()
    }

    fn issue(self, row: IssueRow) -> AnyView {
        let place = memo(move || {
            self.issues.with(|rows| rows.iter().position(|other| other.key == row.key).unwrap_or(0) + 1)
        });
        let numbered = move |words: Words| tell(move || words.with("n", place.get()));
        let remove = move |()| self.issues.update(|rows| rows.retain(|other| other.key != row.key));
        let only = move || self.issues.with(|rows| rows.len() < 2);
        view! {
            <li class="entry" data-testid="issue">
                <Area label=numbered(ISSUE) draft=Draft::unkept(row.text) rows=2 testid=format!("issue-{}", row.key + 1) />
                <Area
                    label=numbered(PROPOSED)
                    draft=Draft::unkept(row.proposed)
                    rows=2
                    testid=format!("proposal-{}", row.key + 1)
                />
                <div class="remove" hidden=only>
                    <Button
                        words=numbered(REMOVE)
                        look=Look::Quiet
                        press=remove
                        testid=format!("remove-issue-{}", row.key + 1)
                    />
                </div>
            </li>
        }
        .into_any()
    }
}

/// What is typed in a field, without the space around it.
pub(super) fn trimmed(field: RwSignal<String>) -> String {
    field.with(|text| text.trim().to_string())
}
