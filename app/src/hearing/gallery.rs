//! The public gallery: reading along, nothing else.

use crate::kit::see::Show;
use leptos::prelude::*;

use super::{deliberation, exhibit::Shown, floor::Speaker, phase::Where, record::Record, room, video::Video};
use crate::words::{Words, say, words};

const NOTE: Words = words(
    "您在旁听席。请遵守听证纪律，不得录音、录像、拍照或者传播听证内容。",
    "You are in the public gallery. Please keep the discipline: no recording, no photographs, no broadcast.",
);

/// The gallery.
#[component]
pub fn Gallery() -> impl IntoView {
    let deliberates = deliberation::is_on(room());
    view! {
        <Where />
        <div class="reading-along">
            <Video />
            <Show when=move || deliberates.get() fallback=|| view! { <Speaker /> }>
                <deliberation::Outside />
            </Show>
            <Shown />
            <Record sheet=true />
            <p class="muted small">{say(NOTE)}</p>
        </div>
    }
    .into_any()
}
