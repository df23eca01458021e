//! The second and third step: who signs and how, then the signature itself: by hand on this device, on paper, or with a
//! certificate. The clerk also hands in what others signed on paper.

use leptos::{html, prelude::*};
use procedure::{
    Capacity, SeatId,
    hearing::{phase::Phase, record::Scan},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{At, BY_CERTIFICATE, ON_DEVICE, ON_PAPER, Signing, pad, short};
use crate::{
    browser::{
        self,
        fetch::{self, Failure},
        signing as device,
    },
    kit::{
        band::Band,
        button::{Button, Look},
        choice::OneOf,
        field::{Field, half_width},
        see::{See, Show, derived, effect, memo},
        select::Select,
        tag::Tone,
    },
    words::{Told, Words, say, tell, words},
};

const TAIL: Words = words("手机号码后四位", "Last four digits of your phone number");
const TAIL_WHY: Words =
    words("与进入听证时填写的相同，用于再次核对身份", "As when you came in; to be sure that it is you");
const FOUR: Words = words("请填写四位数字。", "Four digits, please.");
const HOW: Words = words("怎样签名", "How you sign");
const NEXT: Words = words("下一步", "Go on");
const NO_KEYS: Words = words(
    "这台设备的浏览器不能制作签名密钥（网址不是 https，或者浏览器过旧）。请改用纸上签名或者数字证书。",
    "This browser cannot make a key to sign with (the address is not https, or the browser is old). Please sign on paper or with a certificate.",
);
const BINDS: Words = words(
    "签名密钥在本机生成，只签校验码为 {code} 的这份笔录；签后笔录或者签名有任何改动，都能发现。",
    "A key made on this device signs the record with the code {code} and nothing else. Any later change of record or signature shows.",
);
const SIGN: Words = words("确认签名", "Sign");
const DRAW_FIRST: Words = words("请先在方框内写下姓名。", "Please write your name in the box first.");
const PRINT: Words = words("1. 打印笔录", "1. Print the record");
const PRINT_WHY: Words = words(
    "在每一页的签名处签名，写明日期。不便写字的，可以按指印。",
    "Sign every page where it says so, with the date. Who cannot write can give a fingerprint.",
);
const GET_PDF: Words = words("下载打印版（PDF）", "Download it for printing (PDF)");
const SCAN: Words = words("2. 扫描或者拍照，交回每一页", "2. Scan or photograph every page and hand it in");
const SCAN_WHY: Words = words(
    "PDF、JPG 或者 PNG，可以一次选多个文件，按页码顺序",
    "PDF, JPG or PNG; several files at once, in the order of the pages",
);
const CHOOSE: Words = words("选择文件", "Choose files");
const TAKEN: Words = words("已交 {n} 个文件，共 {pages} 页", "{n} files, {pages} pages");
const REMOVE: Words = words("移除", "Remove");
const NONE: Words = words("请先交回签好的页面。", "Please hand in the signed pages first.");
const HAND_IN: Words = words("提交", "Hand in");
const LINES: Words = words("1. 下载待签内容", "1. Download what is to be signed");
const LINES_WHY: Words = words(
    "用您的证书软件对该文件作 CMS 分离签名（p7s），签名文件内须含证书。",
    "Sign this file with your certificate software as detached CMS (p7s), with the certificate inside.",
);
const GET_LINES: Words = words("下载待签文件", "Download the file");
const P7S: Words = words("2. 交回签名文件（.p7s）", "2. Hand in the signature file (.p7s)");
const ON_BEHALF: Words = words("代交他人在纸上的签名", "Hand in what others signed on paper");
const WHOSE: Words = words("谁的签名", "Whose signature");
const CHOOSE_WHO: Words = words("请选择", "Please choose");
const CHOOSE_FIRST: Words = words("请选择是谁的签名。", "Please choose whose signature it is.");

/// Who signs, and how.
pub(super) fn identity(signing: Signing) -> AnyView {
    let Signing { tail, way, .. } = signing;
    let dead = derived(move || (!is_tail(tail)).then(|| FOUR.into()));
    let next = move |()| {
        if is_tail(tail) {
            signing.goes(At::Sign);
        }
    };
    let options =
        vec![("device", say(ON_DEVICE)), ("paper", say(ON_PAPER)), ("certificate", say(BY_CERTIFICATE))];
    view! {
        <div class="narrow stack">
            <Field label=say(TAIL) hint=say(TAIL_WHY) value=tail kind="tel" send=Callback::new(next) testid="sign-tail" />
            <OneOf label=say(HOW) value=way options testid="sign-how" />
            <Button words=say(NEXT) look=Look::Primary dead press=next testid="sign-on" />
        </div>
    }
    .into_any()
}

fn is_tail(tail: RwSignal<String>) -> bool {
    let digits = tail.see(|tail| half_width(tail));
    digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// The signature itself.
pub(super) fn sign(signing: Signing) -> AnyView {
    match signing.way.get_untracked().as_str() {
        "paper" => paper(signing, derived(|| None), derived(|| None), RwSignal::new(String::new())),
        "certificate" => certificate(signing),
        _ => by_hand(signing),
    }
}

/// The lines that are signed.
fn lines(signing: Signing, digest: &str, drawing: &str) -> String {
    let (hearing, me) = (signing.hearing.get_value(), signing.me.get_value());
    casefile::signature::statement(&hearing, &me.0, digest, drawing)
}

/// By hand, on this device.
fn by_hand(signing: Signing) -> AnyView {
    let field = pad::Pad::new();
    let digest = StoredValue::new(untrack(|| signing.digest()));
    let code = short(&digest.get_value());
    let dead = derived(move || field.is_empty().then(|| DRAW_FIRST.into()));
    let able = RwSignal::new(true);
    effect(move || able.set(device::can_sign()));
    let press = move |()| {
        let (digest, drawing) = (digest.get_value(), field.drawing());
        signing.asks(async move {
            let Some(signed) = device::sign(lines(signing, &digest, &drawing).as_bytes()).await else {
                able.set(false);
                return Ok(());
            };
            let (key, signature) = (hex(&signed.key), hex(&signed.signature));
            let way = json!({"device": {"drawing": drawing, "key": key, "signature": signature}});
            signing.signs(way, digest, None).await
        });
    };
    view! {
        <Show when=move || !able.get()>
            <Band tone=Tone::Alert testid="sign-no-keys">{say(NO_KEYS)}</Band>
        </Show>
        <p>{tell(move || BINDS.with("code", &code))}</p>
        {pad::field(field)}
        <Button words=say(SIGN) look=Look::Primary dead busy=signing.busy press testid="sign" />
    }
    .into_any()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A file as the server took it in.
#[derive(Clone, Debug, PartialEq, Deserialize)]
struct Kept {
    sha256: String,
    size: u64,
    media_type: String,
    pages: u32,
}

/// On paper: print, sign, scan. `whose` is another's seat where the clerk hands it in, `lacks` what must be chosen first,
/// `taken_for` where it was chosen, to be chosen anew for the next.
fn paper(
    signing: Signing,
    whose: Signal<Option<SeatId>>,
    lacks: Signal<Option<Told>>,
    taken_for: RwSignal<String>,
) -> AnyView {
    let scans = RwSignal::new(Vec::<(String, Kept)>::new());
    let input: NodeRef<html::Input> = NodeRef::new();
    let digest = StoredValue::new(untrack(|| signing.digest()));
    let print = move |()| {
        signing.asks(async move {
            let path = signing.path("/papers/record?as=pdf");
            let bytes = fetch::get_bytes(&path, signing.key.get_value().as_deref()).await?;
            browser::offer_file("听证笔录.pdf", &bytes, "application/pdf");
            Ok(())
        });
    };
    let chosen = move |_| {
        let Some(input) = input.get_untracked() else { return };
        signing.asks(async move {
            let files = device::chosen_files(&input).await;
            // Chosen again, after one has failed, they are taken again: what is there already is not counted twice.
            input.set_value("");
            for (name, kind, bytes) in files {
                let kept = handed_in(signing, &kind, &bytes).await?;
                scans.update(|scans| {
                    if scans.iter().all(|(_, known)| known.sha256 != kept.sha256) {
                        scans.push((name, kept));
                    }
                });
            }
            Ok(())
        });
    };
    let dead = derived(move || lacks.get().or_else(|| scans.see(Vec::is_empty).then(|| NONE.into())));
    let press = move |()| {
        let handed: Vec<Value> =
            scans.with_untracked(|scans| scans.iter().map(|(_, kept)| scan(kept)).collect());
        let (digest, whose) = (digest.get_value(), whose.get_untracked());
        signing.asks(async move {
            signing.signs(json!({"paper": {"scans": handed}}), digest, whose).await?;
            scans.set(Vec::new());
            taken_for.set(String::new());
            Ok(())
        });
    };
    let taken = tell(move || {
        let pages = scans.see(|scans| scans.iter().map(|(_, kept)| kept.pages).sum::<u32>());
        TAKEN.with("n", scans.see(Vec::len)).with("pages", pages)
    });
    let list = move || {
        scans.get().into_iter().enumerate().map(|(n, (name, _))| one(scans, n, name)).collect::<Vec<_>>()
    };
    view! {
        <section class="way stack">
            <h2>{say(PRINT)}</h2>
            <p>{say(PRINT_WHY)}</p>
            <Button words=say(GET_PDF) press=print busy=signing.busy testid="sign-print" />
            <h2>{say(SCAN)}</h2>
            <label class="field"><span>{say(CHOOSE)}</span><small class="hint">{say(SCAN_WHY)}</small>
                <input type="file" multiple accept="application/pdf,image/png,image/jpeg" node_ref=input data-testid="sign-scans" on:change=chosen />
            </label>
            <ul class="taken" role="status">{list}</ul>
            <Show when=move || !scans.see(Vec::is_empty)><p data-testid="sign-taken">{taken}</p></Show>
            <Button words=say(HAND_IN) look=Look::Primary dead busy=signing.busy press testid="sign-hand-in" />
        </section>
    }
    .into_any()
}

fn one(scans: RwSignal<Vec<(String, Kept)>>, n: usize, name: String) -> AnyView {
    let removes = move |()| scans.update(|scans| drop((n < scans.len()).then(|| scans.remove(n))));
    view! { <li><span>{name}</span><Button words=say(REMOVE) look=Look::Quiet press=removes /></li> }
        .into_any()
}

fn scan(kept: &Kept) -> Value {
    let Kept { sha256, size, media_type, pages } = kept.clone();
    json!(Scan { sha256, size, media_type, pages })
}

async fn handed_in(signing: Signing, kind: &str, bytes: &[u8]) -> Result<Kept, Failure> {
    let key = signing.key.get_value();
    let carrying =
        fetch::Carrying { key: key.as_deref(), body: Some((bytes, kind)), ..fetch::Carrying::default() };
    fetch::post_bytes(&signing.path("/exhibits"), carrying).await
}

/// With a certificate file.
fn certificate(signing: Signing) -> AnyView {
    let input: NodeRef<html::Input> = NodeRef::new();
    let digest = StoredValue::new(untrack(|| signing.digest()));
    let there = RwSignal::new(false);
    let gives = move |()| {
        let text = lines(signing, &digest.get_value(), "");
        browser::offer_file("fengqiao-signature.txt", text.as_bytes(), "text/plain");
    };
    let dead = derived(move || (!there.get()).then(|| P7S.into()));
    let press = move |()| {
        let Some(input) = input.get_untracked() else { return };
        signing.asks(async move {
            let Some((_, _, bytes)) = browser::chosen_file(&input).await else { return Ok(()) };
            let way = json!({"certificate": {"file": device::base64(&bytes)}});
            signing.signs(way, digest.get_value(), None).await
        });
    };
    view! {
        <section class="way stack">
            <h2>{say(LINES)}</h2>
            <p>{say(LINES_WHY)}</p>
            <pre class="small">"openssl cms -sign -binary -outform DER -md sha256 -in fengqiao-signature.txt -signer CERT.pem -inkey KEY.pem -out signature.p7s"</pre>
            <Button words=say(GET_LINES) press=gives testid="sign-lines" />
            <h2>{say(P7S)}</h2>
            <label class="field"><span>{say(CHOOSE)}</span>
                <input type="file" node_ref=input data-testid="sign-p7s" on:change=move |_| there.set(true) />
            </label>
            <Button words=say(HAND_IN) look=Look::Primary dead busy=signing.busy press testid="sign-hand-in" />
        </section>
    }
    .into_any()
}

/// For the clerk: those who have not signed, with what they are called.
pub(super) fn others(signing: Signing) -> Vec<(String, String)> {
    let me = signing.me.get_value();
    let others = signing.of(|hearing| {
        let record = &hearing.record;
        let waits = |seat: &&SeatId| {
            hearing.plan.capacity(seat).is_some_and(Capacity::signs)
                && hearing.roll.took_part(seat)
                && !record.has_signed(seat)
                && !hearing.roll.is_recused(seat)
        };
        let clerk =
            hearing.plan.capacity(&me) == Some(Capacity::Clerk) && hearing.phase.current == Phase::Signing;
        let seats = hearing.plan.places.keys().filter(|_| clerk).filter(waits);
        seats.map(|seat| (seat.0.clone(), Told::from(hearing.plan.label(seat)).now())).collect()
    });
    others.unwrap_or_default()
}

/// For the clerk who has signed: the signed pages of those who signed on paper.
pub(super) fn for_others(signing: Signing, others: Memo<Vec<(String, String)>>) -> AnyView {
    let who = RwSignal::new(String::new());
    let whose = memo(move || Some(SeatId(who.get())).filter(|seat| !seat.0.is_empty()));
    let lacks = derived(move || {
        if whose.see(Option::is_none) {
            Some(CHOOSE_FIRST.into())
        } else {
            (!is_tail(signing.tail)).then(|| FOUR.into())
        }
    });
    view! {
        <details class="for-others" data-testid="for-others">
            <summary>{say(ON_BEHALF)}</summary>
            {super::trouble(signing)}
            <Select label=say(WHOSE) none=say(CHOOSE_WHO) value=who options=derived(move || others.get()) testid="sign-whose" />
            <Field label=say(TAIL) hint=say(TAIL_WHY) value=signing.tail kind="tel" testid="sign-own-tail" />
            {paper(signing, whose.into(), lacks, who)}
        </details>
    }
    .into_any()
}
