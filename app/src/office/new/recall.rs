//! The draft of the form: begun, kept at every key, recalled, and the same in every window in which it is open.

use leptos::prelude::*;
use procedure::hearing::plan::Case;
use serde::{Deserialize, Serialize};

use super::{Form, case_of, register::Reached, seats, setting};
use crate::{
    browser::storage,
    kit::{
        band::Band,
        button::{Button, Look},
        tag::Tone,
    },
    office::{case_form::Typed, draft},
    words::{Words, say, words},
};

const CHANGED: Words = words(
    "填写这份草稿以后，该案件的登记内容有修改。",
    "Since this draft was begun, what is entered of the case has been changed.",
);
const TAKE_NEW: Words = words("采用修改后的内容", "Take the new text");
const KEEP_OLD: Words = words("保留草稿的内容", "Keep the draft's");

/// What is kept of the form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    case: Typed,
    setting: setting::Typed,
    seats: Vec<seats::Kept>,
    reached: Reached,
    /// The case as it had been entered when the draft was begun; none where it was begun without one.
    #[serde(default)]
    from: Option<Typed>,
}

impl Kept {
    /// How far it has come: of the hearing, and of each seat that was sent.
    fn progress(&self) -> (&Reached, Vec<&seats::Stand>) {
        (&self.reached, self.seats.iter().filter_map(seats::Kept::sent).collect())
    }

    /// The case as it is entered now, where that differs from what the draft was begun from and from what stands in it.
    fn changed_since(&self, case: Typed) -> Option<Typed> {
        let began = self.from.as_ref().filter(|_| self.reached == Reached::Typing)?;
        (*began != case && self.case != case && case != Typed::default()).then_some(case)
    }
}

/// Recalls the draft of the case and keeps what is typed. Where another case is chosen, its draft is recalled; the one
/// before stays what it was.
pub(super) fn keep(form: Form, cases: Vec<Case>) {
    Effect::new(move |before: Option<String>| {
        let slot = form.slot.get();
        if before.as_ref() != Some(&slot) {
            untrack(|| form.recall(case_of(&cases, &slot), before.as_deref()));
        }
        let now = form.so_far();
        // A page that was only looked at leaves no draft.
        let typed = form.begun.with_value(|begun| begun.as_ref() != Some(&now));
        if (typed || form.stored.get_value()) && !untrack(|| form.follows()) {
            form.keep();
        }
        slot
    });
}

impl Form {
    fn so_far(self) -> Kept {
        Kept {
            case: self.case.so_far(),
            setting: self.setting.so_far(),
            seats: self.seats.so_far(),
            reached: self.reached.get(),
            from: self.from.get(),
        }
    }

    fn fill(self, kept: Kept) {
        self.case.fill(kept.case);
        self.setting.fill(kept.setting);
        self.seats.fill(kept.seats);
        self.reached.set(kept.reached);
        self.from.set(kept.from);
        self.changed.set(None);
    }

    /// Begins with a case that was entered, or with none; the rest of the form stays as it is.
    pub(super) fn begin(self, case: Typed) {
        self.from.set(Some(case.clone()).filter(|case| *case != Typed::default()));
        self.case.fill(case);
    }

    /// Goes on with the draft of the case that was chosen, or begins one. The plan and the seats that were typed while
    /// no case was chosen go along to the first one that is; a case that was typed stays in the draft without a number.
    fn recall(self, case: Typed, before: Option<&str>) {
        let goes_along = before == Some("") && self.reached.with(|reached| *reached == Reached::Typing);
        let kept = draft::kept::<Kept>(&self.name());
        self.elsewhere.set(false);
        self.stored.set_value(kept.is_some());
        match kept {
            Some(kept) => {
                let changed = kept.changed_since(case);
                self.fill(kept);
                self.changed.set(changed);
            }
            None if goes_along => {
                let unnumbered = self.account.with_value(|account| draft::name(account, ""));
                let (typed, empty) = (storage::kept(&unnumbered).is_some(), self.case.is_empty());
                self.begin(case);
                if typed {
                    self.keep();
                }
                if empty {
                    storage::forget(&unnumbered);
                }
            }
            None if before.is_some() => {
                self.fill(Kept::default());
                self.begin(case);
            }
            None => {}
        }
        self.begun.set_value(Some(self.so_far()));
    }

    /// Asks whether the draft follows a case that was changed after it was begun.
    pub(super) fn asks(self) -> AnyView {
        let settle = move |takes: bool| {
            if let Some(case) = self.changed.get_untracked() {
                self.from.set(Some(case.clone()));
                if takes {
                    self.case.fill(case);
                }
            }
            self.changed.set(None);
        };
        let ask = move || {
            let band = || {
                view! {
                    <Band tone=Tone::Wait testid="case-changed">
                        <p>{say(CHANGED)}</p>
                        <div class="row">
                            <Button words=say(TAKE_NEW) press=move |()| settle(true) testid="take-new-case" />
                            <Button words=say(KEEP_OLD) look=Look::Quiet press=move |()| settle(false) testid="keep-old-case" />
                        </div>
                    </Band>
                }
                .into_any()
            };
            self.changed.with(Option::is_some).then(band)
        };
        ask.into_any()
    }

    /// Forgets what was typed. What is filled in next is another hearing, under another id.
    pub(super) fn empty(self) {
        storage::forget(&self.name());
        self.stored.set_value(false);
        self.elsewhere.set(false);
        self.fill(Kept::default());
        self.begun.set_value(Some(untrack(|| self.so_far())));
    }

    /// Follows what became of this draft in another window: it has come further there or was refused, or is done with.
    /// Whether there was anything to follow.
    pub(super) fn follows(self) -> bool {
        if self.sending.busy.get() || !self.stored.get_value() {
            return false;
        }
        match draft::kept::<Kept>(&self.name()) {
            None => self.elsewhere.set(true),
            Some(kept) if kept.progress() == self.so_far().progress() => return false,
            Some(kept) => self.fill(kept),
        }
        true
    }

    /// Keeps what was typed and how far it has come.
    pub(super) fn keep(self) {
        if self.is_here() && !self.over.get_value() {
            draft::keep(&self.name(), &untrack(|| self.so_far()));
            self.stored.set_value(true);
        }
    }

    /// Everything is done: nothing is kept any more.
    pub(super) fn end(self) {
        self.over.set_value(true);
        storage::forget(&self.name());
    }

    /// Whether the page is still open: what was sent may be answered after one has left it.
    pub(super) fn is_here(self) -> bool {
        self.over.try_get_value().is_some()
    }
}
