//! The third step: what came of it, what to do about it, and the way on.

use crate::kit::see::{See, derived};
use leptos::prelude::*;
use procedure::hearing::equipment::Verdict;

use super::{ToRoom, advice::advice, figures, here};
use crate::{
    kit::{band::Band, button::Button, tag::Tone},
    words::{Told, Words, say, tell, words},
};

const STEP: Words = words("第 3 步，共 3 步：结果", "Step 3 of 3: the result");
const GOOD: Words = words("设备正常，可以参加听证。", "All is well: you can take part.");
const USABLE: Words = words("设备勉强可用，可以参加听证。", "It will do: you can take part.");
const POOR: Words = words(
    "设备还不能正常使用。请照下面的办法试一试；不行也可以参加听证，发言可以打字。",
    "It does not work well yet. Try what stands below; if it does not help, you can still take part and write what you say.",
);
const NETWORK: Words = words(
    "网络不够好。请靠近路由器，或者改用手机流量；关闭正在下载、看视频的程序。听证时可以关闭摄像头，只用声音。",
    "The network is not good enough. Move nearer to the router or use mobile data; close what downloads or plays. At the hearing you can turn the camera off and use sound alone.",
);
const KEPT: Words = words("结果已告诉书记员。", "The clerk has been told the result.");
const KEEPING: Words = words("正在告诉书记员……", "The clerk is being told …");
const AGAIN: Words = words("再检测一次", "Check once more");
const NEXT: Words = words(
    "听证当天，请用同一台设备、同一个浏览器，在安静、明亮的地方参加。",
    "On the day use the same device and the same browser, in a quiet place with light.",
);

/// The third step.
#[component]
pub fn Done() -> impl IntoView {
    let here = here();
    let verdict = derived(move || here.check.see(|check| check.verdict()));
    let tone = derived(move || match verdict.get() {
        Verdict::Good => Tone::Good,
        Verdict::Usable => Tone::Wait,
        Verdict::Poor => Tone::Alert,
    });
    let words = tell(move || match verdict.get() {
        Verdict::Good => GOOD.into(),
        Verdict::Usable => USABLE.into(),
        Verdict::Poor => POOR.into(),
    });
    let numbers = tell(move || {
        here.check.see(|check| if check.is_measured() { figures(check) } else { Told::default() })
    });
    let all = move || {
        let check = here.check.get();
        let mut all: Vec<Words> = check.failed.iter().map(|trouble| advice(*trouble)).collect();
        if all.is_empty() && check.verdict() != Verdict::Good {
            all.push(NETWORK);
        }
        all.into_iter().map(|words| view! { <li>{say(words)}</li> }).collect::<Vec<_>>()
    };
    let kept = tell(move || match (here.line.reporting.get(), here.line.refused.see(Option::is_some)) {
        (true, _) => KEEPING.into(),
        (false, false) => KEPT.into(),
        // Why not stands above.
        (false, true) => Told::default(),
    });
    view! {
        <p class="step">{say(STEP)}</p>
        <Band tone testid="verdict"><strong>{words}</strong></Band>
        <ul class="advice" data-testid="advice">{all}</ul>
        <p class="figures" data-testid="figures">{numbers}</p>
        <p role="status" data-testid="kept">{kept}</p>
        <p>{say(NEXT)}</p>
        <div class="row">
            <ToRoom next=true />
            <Button words=say(AGAIN) press=move |()| here.begin() testid="again" />
        </div>
    }
    .into_any()
}
