//! The field in which a name is written by hand: with a finger, a pen or the mouse.

use leptos::prelude::*;
use procedure::hearing::record::{FIELD_HEIGHT, FIELD_WIDTH};

use crate::{
    browser::signing,
    kit::{
        button::{Button, Look},
        see::See,
    },
    words::{Words, say, words},
};

const FIELD: Words = words("手写签名处", "Write your name here");
const HINT: Words = words(
    "请在方框内用手指、触控笔或者鼠标写下您的姓名",
    "Write your name in the box with a finger, a pen or the mouse",
);
const CLEAR: Words = words("重写", "Write it again");

/// Points nearer to the last one than this, in units of the field, add nothing that an eye could see.
const NEAR: u32 = 5;
/// Points of a signature at the most: more are no longer taken, so that it stays within its limit.
const POINTS_MAX: usize = 1_000;

/// What has been written so far, stroke by stroke.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pad(RwSignal<Vec<Vec<(u32, u32)>>>);

impl Pad {
    /// An empty field.
    #[must_use]
    pub(super) fn new() -> Self {
        Self(RwSignal::new(Vec::new()))
    }

    /// Whether nothing that could be a name stands there.
    #[must_use]
    pub(super) fn is_empty(self) -> bool {
        self.0.see(|strokes| strokes.iter().all(|stroke| stroke.len() < 2))
    }

    /// The strokes as they are signed and kept: `M x y L x y …`.
    #[must_use]
    pub(super) fn drawing(self) -> String {
        self.0.see(|strokes| drawn(strokes))
    }

    fn is_full(self) -> bool {
        self.0.with_untracked(|strokes| strokes.iter().map(Vec::len).sum::<usize>() >= POINTS_MAX)
    }

    fn begin(self, at: (u32, u32)) {
        if !self.is_full() {
            self.0.update(|strokes| strokes.push(vec![at]));
        }
    }

    fn go_on(self, at: (u32, u32)) {
        let last = self.0.with_untracked(|strokes| strokes.last()?.last().copied());
        let far = last.is_some_and(|(x, y)| at.0.abs_diff(x).max(at.1.abs_diff(y)) >= NEAR);
        if far && !self.is_full() {
            self.0.update(|strokes| {
                if let Some(stroke) = strokes.last_mut() {
                    stroke.push(at);
                }
            });
        }
    }
}

fn drawn(strokes: &[Vec<(u32, u32)>]) -> String {
    let mut words = Vec::new();
    for stroke in strokes {
        for (n, (x, y)) in stroke.iter().enumerate() {
            words.push(format!("{} {x} {y}", if n == 0 { 'M' } else { 'L' }));
        }
    }
    words.join(" ")
}

/// The field, with what is written in it.
pub(super) fn field(pad: Pad) -> AnyView {
    let writing = StoredValue::new(false);
    let down = move |event: leptos::ev::PointerEvent| {
        if let Some(at) = signing::place(&event, FIELD_WIDTH, FIELD_HEIGHT) {
            event.prevent_default();
            signing::hold(&event);
            writing.set_value(true);
            pad.begin(at);
        }
    };
    let moved = move |event: leptos::ev::PointerEvent| {
        if writing.get_value()
            && let Some(at) = signing::place(&event, FIELD_WIDTH, FIELD_HEIGHT)
        {
            pad.go_on(at);
        }
    };
    let up = move |_: leptos::ev::PointerEvent| writing.set_value(false);
    view! {
        <div class="pad">
            <p class="hint" id="pad-hint">{say(HINT)}</p>
            <svg role="img" aria-label=say(FIELD) aria-describedby="pad-hint" data-testid="pad"
                viewBox=format!("0 0 {FIELD_WIDTH} {FIELD_HEIGHT}")
                on:pointerdown=down on:pointermove=moved on:pointerup=up on:pointercancel=up>
                <path class="base" d="M 60 320 H 940" />
                <path class="stroke" d=move || pad.drawing() />
            </svg>
            <Button words=say(CLEAR) look=Look::Quiet press=move |()| pad.0.set(Vec::new()) testid="pad-clear" />
        </div>
    }
    .into_any()
}

/// A signature as it was drawn.
#[must_use]
pub(super) fn shown(drawing: &str) -> AnyView {
    view! {
        <svg class="drawn" role="img" aria-label=say(FIELD) viewBox=format!("0 0 {FIELD_WIDTH} {FIELD_HEIGHT}") data-testid="drawn">
            <path class="stroke" d=drawing.to_string() />
        </svg>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_is_what_the_rules_read() {
        let strokes = vec![vec![(1, 2), (30, 40)], vec![(5, 5)]];
        assert_eq!(drawn(&strokes), "M 1 2 L 30 40 M 5 5");
        assert_eq!(procedure::hearing::record::strokes(&drawn(&strokes)), Ok(strokes));
        let most = vec![vec![(1000, 400); POINTS_MAX]];
        assert!(
            procedure::hearing::record::strokes(&drawn(&most)).is_ok(),
            "the fullest field is within the limit"
        );
    }
}
