//! The case file on the desk: the clerk's seal, and everybody's own copy of what they were entitled to see.

use crate::kit::see::{See, Show, memo};
use leptos::{prelude::*, task::spawn_local};
use procedure::{
    Command,
    hearing::{phase::Phase, record},
};

use super::{act::Act, phase::current, room};
use crate::{
    browser::{self, fetch},
    clerk::Room,
    kit::{
        band::Band,
        button::{Button, Look},
        empty::Empty,
        tag::Tone,
    },
    words::{Told, Words, say, tell, words},
};

const NOT_YET: Words = words(
    "听证结束、案卷封存以后，可以在这里下载。",
    "Once the hearing is closed and the file sealed, it can be downloaded here.",
);
const REPLAY: Words = words("回放、补听", "Replay");
const PAPERS: Words = words("听证文书", "Papers");
const SEAL: Words = words("封存案卷", "Seal the file");
const SEALED: Words =
    words("案卷已经封存，任何改动都能被发现。", "The file is sealed; any change can be detected.");
const MAIN: Words = words("下载正卷", "Download the main volume");
const WHOLE: Words = words("下载全卷（含保密副卷）", "Download both volumes (one is confidential)");
const OWN: Words = words("下载我的副本", "Download my copy");
const FETCHING: Words = words("正在生成，请稍候……", "Being made, one moment …");

/// Sealing and downloading.
#[component]
pub fn File(
    /// Whether this is the clerk, who seals.
    #[prop(optional)]
    seals: bool,
) -> impl IntoView {
    let room = room();
    let now = current(room);
    let sealed = memo(move || room.record.see(|record| record.sealed.is_some()));
    let (replay, papers) = (super::replay(room), super::papers(room));
    view! {
        <div class="file stack" data-testid="file">
            <p class="row"><a href=replay data-testid="replay-link">{say(REPLAY)}</a><a href=papers data-testid="papers-link">{say(PAPERS)}</a></p>
            <Show when=move || now.get() != Phase::Closed>
                <Empty words=say(NOT_YET) />
            </Show>
            {seals.then(|| view! {
                <Show when=move || now.get() == Phase::Closed && !sealed.get()>
                    <Act words=say(SEAL) look=Look::Primary testid="seal" command=|()| Command::Record(record::Command::Seal {}) />
                </Show>
            })}
            <Show when=move || sealed.get()>
                <Band tone=Tone::Good testid="sealed-file">{say(SEALED)}</Band>
                {if seals {
                    view! {
                        <Download volume="main" words=MAIN />
                        <Download volume="whole" words=WHOLE />
                    }.into_any()
                } else {
                    view! { <Download volume="own" words=OWN /> }.into_any()
                }}
            </Show>
        </div>
    }
    .into_any()
}

#[component]
fn Download(volume: &'static str, words: Words) -> impl IntoView {
    let room = room();
    let (busy, failed) = (RwSignal::new(false), RwSignal::new(None::<Told>));
    let press = move |()| {
        busy.set(true);
        spawn_local(async move {
            failed.set(fetched(room, volume).await.err().map(|failure| failure.told()));
            busy.set(false);
        });
    };
    view! {
        <Button words=tell(move || if busy.get() { FETCHING } else { words }.into()) press busy testid=format!("download-{volume}") />
        <Show when=move || failed.see(Option::is_some)>
            <Band tone=Tone::Alert>{tell(move || failed.get().unwrap_or_default())}</Band>
        </Show>
    }
    .into_any()
}

async fn fetched(room: Room, volume: &str) -> Result<(), fetch::Failure> {
    let hearing = room.hearing.get_value();
    let path = format!("/api/hearings/{hearing}/file?volume={volume}");
    let bytes = fetch::get_bytes(&path, room.key().as_deref()).await?;
    browser::offer_file(&format!("{hearing}-{volume}.zip"), &bytes, "application/zip");
    Ok(())
}
