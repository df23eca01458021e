//! Verifying: whether a sealed case file is what was sealed. The file is read and checked on the reader's own computer;
//! nothing is sent.

use crate::kit::see::{See, derived};
use casefile::{Expected, Facts, Finding, Published, Report};
use leptos::{html, prelude::*, task::spawn_local};

use crate::{
    browser,
    front::Front,
    kit::{
        band::Band,
        button::{Button, Look},
        field::{Field, half_width},
        tag::Tone,
    },
    words::{Told, Words, say, tell, words},
};

const TITLE: Words = words("核验案卷", "Verify a case file");
const BODY: Words = words(
    "选择案卷文件（.zip），在您自己的设备上核对：每个文件是否与封存时一致，签名是否有效，有无缺少或者多出的内容。文件不会上传，断网也能核验。",
    "Choose a case file (.zip) to check on your own device whether every file is as it was sealed, whether the signatures hold, and whether anything is missing or was added. The file is not uploaded; this works without a network too.",
);
const CHOOSE: Words = words("案卷文件", "Case file");
const KEY: Words = words(
    "人民检察院公布的公钥或者指纹（可以不填）",
    "The procuratorate's published key or fingerprint (may be left empty)",
);
const KEY_HINT: Words = words(
    "公钥为64位十六进制数，指纹为32位。填写后，还核对案卷是否由该院签名；不填的，请自行比对下方显示的指纹。",
    "64 hexadecimal digits, or the 32 of the fingerprint. With it, it is also checked that this office signed; without it, compare the fingerprint shown below yourself.",
);
const KEY_SM2: Words = words(
    "公布的国密公钥（SM2）或者指纹（可以不填）",
    "The published SM2 key or its fingerprint (may be left empty)",
);
const KEY_SM2_HINT: Words = words(
    "公钥为128位十六进制数，指纹为32位。案卷由两把密钥共同签名，建议两项都填写。",
    "128 hexadecimal digits, or the 32 of the fingerprint. Two keys sign a case file together; better fill in both.",
);
const CHECK: Words = words("开始核验", "Check");
const CHECKING: Words = words("正在核验……", "Checking …");
const NO_FILE: Words = words("请先选择案卷文件。", "Please choose a case file first.");
const BAD_KEY: Words = words(
    "公钥应为64位十六进制数，指纹应为32位，请核对。",
    "The key has 64 hexadecimal digits, a fingerprint 32; please check it.",
);
const BAD_KEY_SM2: Words = words(
    "国密公钥应为128位十六进制数，指纹应为32位，请核对。",
    "The SM2 key has 128 hexadecimal digits, a fingerprint 32; please check it.",
);
const HOLDS: Words =
    words("全部相符：这份案卷与封存时一致。", "All holds: this case file is as it was sealed.");
const BROKEN: Words =
    words("有 {n} 处不符，这份案卷不可信。", "{n} things do not hold: do not rely on this case file.");
const FINDINGS: Words = words("逐项结果", "What was checked");
const FITS: Words = words("相符", "Holds");
const FITS_NOT: Words = words("不符", "Does not hold");
const HEARING: Words = words("听证编号", "Hearing");
const ENTRIES: Words = words("记录条数", "Entries");
const WITHHELD: Words = words("其中未向本副本公开", "Of these withheld in this copy");
const FINGERPRINT: Words = words("公钥指纹", "Fingerprint of the key");
const NO_SCRIPT: Words = words(
    "浏览器未启用脚本。也可以在本机运行 fengqiao verify 文件名，离线核验。",
    "Scripts are off in this browser. You can also run fengqiao verify FILE on your own machine.",
);

/// What came of the check.
#[derive(Clone, Debug, Default)]
enum Outcome {
    /// Nothing was checked yet.
    #[default]
    None,
    /// It could not be begun, and why.
    Stopped(Words),
    /// It is under way.
    Checking,
    /// It is done.
    Done(Report),
}

/// The page.
#[component]
pub fn Verify() -> impl IntoView {
    let outcome = RwSignal::new(Outcome::None);
    let (key, key_sm2) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let input: NodeRef<html::Input> = NodeRef::new();
    let busy = derived(move || outcome.see(|outcome| matches!(outcome, Outcome::Checking)));
    let check = move |()| {
        let Some(input) = input.get_untracked() else { return };
        let expected = match expected(&key.get_untracked(), &key_sm2.get_untracked()) {
            Ok(expected) => expected,
            Err(why) => return outcome.set(Outcome::Stopped(why)),
        };
        outcome.set(Outcome::Checking);
        spawn_local(async move {
            outcome.set(match browser::chosen_file(&input).await {
                Some((_, _, bytes)) => Outcome::Done(casefile::verify_as(&bytes, &expected)),
                None => Outcome::Stopped(NO_FILE),
            });
        });
    };
    view! {
        <Front title=say(TITLE) here="/verify">
            <h1>{say(TITLE)}</h1>
            <p>{say(BODY)}</p>
            <noscript>
                <p>{say(NO_SCRIPT)}</p>
            </noscript>
            <div class="field">
                <label for="case-file">{say(CHOOSE)}</label>
                <input id="case-file" data-testid="case-file" type="file" accept=".zip,application/zip" node_ref=input />
            </div>
            <Field label=say(KEY) hint=say(KEY_HINT) value=key send=Callback::new(check) testid="seal-key" />
            <Field label=say(KEY_SM2) hint=say(KEY_SM2_HINT) value=key_sm2 send=Callback::new(check) testid="seal-key-sm2" />
            <Button
                words=tell(move || if busy.get() { CHECKING } else { CHECK }.into())
                look=Look::Primary
                press=check
                busy
                testid="verify"
            />
            {move || match outcome.get() {
                Outcome::None | Outcome::Checking => ().into_any(),
                Outcome::Stopped(why) => view! { <Band tone=Tone::Wait urgent=true testid="verify-stopped">{say(why)}</Band> }.into_any(),
                Outcome::Done(report) => view! { <Checked report /> }.into_any(),
            }}
        </Front>
    }
    .into_any()
}

/// The keys that were typed; what is wrong with them where they are none.
fn expected(key: &str, key_sm2: &str) -> Result<Expected, Words> {
    let read = |text: &str, read: fn(&str) -> Option<Published>, wrong: Words| {
        let text = half_width(text);
        if text.is_empty() { Ok(None) } else { read(&text).map(Some).ok_or(wrong) }
    };
    Ok(Expected {
        ed25519: read(key, Published::ed25519, BAD_KEY)?,
        sm2: read(key_sm2, Published::sm2, BAD_KEY_SM2)?,
    })
}

/// The report: one sentence first, then one for each thing that was checked.
#[component]
fn Checked(report: Report) -> impl IntoView {
    let broken = report.broken().count();
    let (tone, summary) = if report.holds() {
        (Tone::Good, Told::from(HOLDS))
    } else {
        (Tone::Alert, BROKEN.with("n", broken))
    };
    let facts = report.facts.map(|facts| view! { <About facts /> });
    let lines: Vec<AnyView> = report.findings.into_iter().map(line).collect();
    view! {
        <Band tone urgent=true testid="verify-result">
            <strong>{tell(move || summary.clone())}</strong>
        </Band>
        {facts}
        <h2>{say(FINDINGS)}</h2>
        <ul class="findings">{lines}</ul>
    }
    .into_any()
}

/// What the file says of itself.
#[component]
fn About(facts: Facts) -> impl IntoView {
    view! {
        <dl class="facts">
            <dt>{say(HEARING)}</dt>
            <dd>{facts.hearing}</dd>
            <dt>{say(ENTRIES)}</dt>
            <dd>{facts.entries}</dd>
            <dt>{say(WITHHELD)}</dt>
            <dd>{facts.withheld}</dd>
            <dt>{say(FINGERPRINT)}</dt>
            <dd class="fingerprint">{facts.fingerprint}</dd>
        </dl>
    }
    .into_any()
}

fn line(finding: Finding) -> AnyView {
    let (mark, word) = if finding.holds { ("✓", FITS) } else { ("✗", FITS_NOT) };
    let told = Told { zh: finding.zh, en: finding.en };
    view! {
        <li class:broken=!finding.holds>
            <span class="sign" aria-hidden="true">{mark}</span>
            <span class="unseen">{say(word)}</span>
            {tell(move || told.clone())}
        </li>
    }
    .into_any()
}
