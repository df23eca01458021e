//! The first step: what is to come, what the browser will ask, and the button.

use crate::kit::see::{See, derived};
use leptos::prelude::*;

use super::{Step, drawing::Prompt, here, line::State};
use crate::{
    hearing::equipment,
    kit::button::{Button, Look},
    words::{Told, Words, say, tell, words},
};

const STEP: Words = words("第 1 步，共 3 步：准备", "Step 1 of 3: get ready");
const LEAD: Words = words(
    "用一分钟试一试您的摄像头、麦克风和网络。现在试好，听证时就不用着急。",
    "Take a minute to try your camera, microphone and network. What works now need not worry you at the hearing.",
);
const PRIVATE: Words = words(
    "只有您自己能看到、听到，不录制。书记员只会知道检测结果。",
    "Only you see and hear yourself, and nothing is recorded. The clerk learns the result alone.",
);
const NEXT: Words = words(
    "点下面的按钮以后，浏览器会问您是否允许使用摄像头和麦克风。请点“允许”：",
    "When you press the button, your browser asks whether it may use camera and microphone. Choose “Allow”:",
);
const BEGIN: Words = words("开始检测", "Start the check");
const ASKING: Words = words("请在浏览器的提示中点“允许”", "Please choose “Allow” where the browser asks");
const CONNECTING: Words = words("正在连接服务器，请稍候。", "Connecting to the server, one moment please.");
const WITHOUT: Words = words(
    "没有摄像头或者麦克风，也可以参加听证：您能看到、听到大家，发言可以打字。",
    "You can take part without camera or microphone: you see and hear the others, and write what you want to say.",
);
const LAST: Words = words("您检测过。", "You have checked before. ");

/// The first step.
#[component]
pub fn Ready() -> impl IntoView {
    let bench = here();
    let asking = derived(move || bench.step.get() == Step::Asking);
    let dead = derived(move || {
        let open = matches!(bench.line.state.get(), State::Open);
        (!open).then(|| Told::from(CONNECTING))
    });
    let last = tell(move || bench.line.known.see(|known| equipment::told(known.as_ref())));
    let before = move || bench.line.known.see(Option::is_some);
    view! {
        <p class="step">{say(STEP)}</p>
        <p>{say(LEAD)}</p>
        <p class="last" hidden=move || !before() data-testid="last">{say(LAST)}<strong>{last}</strong></p>
        <p>{say(NEXT)}</p>
        <Prompt />
        <Button
            words=tell(move || if asking.get() { ASKING } else { BEGIN }.into())
            look=Look::Primary
            press=move |()| bench.begin()
            dead
            busy=asking
            testid="begin"
        />
        <p class="muted">{say(PRIVATE)}</p>
        <p class="muted">{say(WITHOUT)}</p>
    }
    .into_any()
}
