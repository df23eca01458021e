//! Signing over real sockets: who signs is who it says, what is signed is what was read, and the file proves it.

use std::{path::Path, process::Command};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use casefile::{signature::statement, verify};
use p256::ecdsa::{Signature, SigningKey, signature::Signer as _};
use procedure::{Hearing, SeatId, hearing::record::Way};
use serde_json::{Value, json};
use server::{
    Refused, clock,
    signature::certificate::{Authorities, read},
};

use crate::{
    office::{Answer, Prepared, Seat, TAIL, answer},
    read_along::{Seats, at_the_signing},
};

const DRAWING: &str = "M 10 10 L 20 30 L 50 60";

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Drawn and signed as a browser does.
pub(crate) fn drawn(hearing: &str, seat: &str, digest: &str) -> Value {
    let key = SigningKey::from_slice(&[9; 32]).unwrap();
    let signed: Signature = key.sign(statement(hearing, seat, digest, DRAWING).as_bytes());
    let key = hex(key.verifying_key().to_sec1_point(false).as_bytes());
    json!({"device": {"drawing": DRAWING, "key": key, "signature": hex(&signed.to_bytes())}})
}

async fn view(office: &Prepared, seat: &Seat) -> Hearing {
    let address = office.server.at(&format!("/api/hearings/{}", office.hearing));
    let view = reqwest::Client::new().get(address).bearer_auth(&seat.key).send().await.unwrap();
    serde_json::from_slice(&view.bytes().await.unwrap()).unwrap()
}

pub(crate) async fn digest(office: &Prepared, seats: &Seats) -> String {
    view(office, &seats["clerk"]).await.record.digest()
}

/// Hands a signature in: status and code of the answer.
pub(crate) async fn signs(
    office: &Prepared,
    seat: &Seat,
    digest: &str,
    way: Value,
    more: Value,
) -> (u16, String) {
    let mut body =
        json!({"id": uuid::Uuid::now_v7().to_string(), "digest": digest, "way": way, "phone_tail": TAIL});
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    let address = office.server.at(&format!("/api/hearings/{}/signature", office.hearing));
    let (status, told) =
        answer(reqwest::Client::new().post(address).bearer_auth(&seat.key).json(&body)).await;
    (status, told["code"].as_str().unwrap_or_default().to_string())
}

pub(crate) async fn hands_in(office: &Prepared, seat: &Seat, bytes: Vec<u8>) -> Value {
    let address = office.server.at(&format!("/api/hearings/{}/exhibits", office.hearing));
    let (status, kept) =
        answer(reqwest::Client::new().post(address).bearer_auth(&seat.key).body(bytes)).await;
    assert_eq!(status, 201, "{kept}");
    kept
}

pub(crate) async fn fetched(office: &Prepared, seat: &Seat, path: &str) -> (u16, Vec<u8>) {
    let address = office.server.at(&format!("/api/hearings/{}{path}", office.hearing));
    let answer = reqwest::Client::new().get(address).bearer_auth(&seat.key).send().await.unwrap();
    (answer.status().as_u16(), answer.bytes().await.unwrap().to_vec())
}

fn no() -> Value {
    json!({})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_counts_for_its_seat_its_record_and_its_key_alone() {
    let office = Prepared::new().await;
    let mut seats = at_the_signing(&office).await;
    let now = digest(&office, &seats).await;
    let (a1, hearing) = (&seats["a1"], &*office.hearing);
    let good = drawn(hearing, "a1", &now);
    let mut other_drawing = good.clone();
    other_drawing["device"]["drawing"] = json!("M 1 1 L 2 2");
    for (way, at, code) in [
        (drawn("another", "a1", &now), &*now, "signature.forged"),
        (drawn(hearing, "r1", &now), &now, "signature.forged"),
        (drawn(hearing, "a1", &"0".repeat(64)), &now, "signature.forged"),
        (other_drawing, &now, "signature.forged"),
        (drawn(hearing, "a1", &"0".repeat(64)), &"0".repeat(64), "record.changed"),
        (json!({"paper": {"scans": []}}), &now, "record.signature-empty"),
        (json!({"certificate": {"file": "!"}}), &now, "signature.certificate-unreadable"),
        (json!({"certificate": {"file": "MAA="}}), &now, "signature.certificate-unreadable"),
        (json!({"fax": {}}), &now, "request.unreadable"),
    ] {
        assert_eq!(signs(&office, a1, at, way, no()).await.1, code);
    }
    assert_eq!(
        signs(&office, a1, &now, good.clone(), json!({"phone_tail": "0000"})).await,
        (403, "signature.not-your-phone".into())
    );
    assert_eq!(signs(&office, a1, &now, good.clone(), json!({"whose": "r1"})).await.1, "signature.forged");
    assert_eq!(
        signs(&office, a1, &now, drawn(hearing, "r1", &now), json!({"whose": "r1"})).await.1,
        "record.signs-for-itself"
    );
    assert_eq!(
        signs(&office, &seats["o1"], &now, drawn(hearing, "o1", &now), no()).await.1,
        "record.no-signature"
    );
    assert!(view(&office, a1).await.record.signatures.is_empty(), "what is refused changes nothing");
    assert!(office.server.site.gauges.signatures_refused_total.get() >= 12);

    let id = json!({"id": uuid::Uuid::now_v7().to_string()});
    for _ in ["once", "and again under the same id"] {
        assert_eq!(signs(&office, a1, &now, good.clone(), id.clone()).await, (200, String::new()));
    }
    let given = &view(&office, &seats["r1"]).await.record.given[&SeatId::from("a1")];
    assert!(matches!(&given.way, Way::Device { drawing, .. } if drawing == DRAWING));
    assert!(view(&office, &seats["o1"]).await.record.given.is_empty(), "the gallery sees no signature");
    // On the WebSocket, and as any other command, nobody signs.
    let command = json!({"record": {"sign": {"digest": now, "way": good}}});
    let r1 = seats.get_mut("r1").unwrap();
    assert_eq!(r1.asks(command.clone()).await, Answer::Refused("signature.own-page".into()));
    let address = office.server.at(&format!("/api/hearings/{hearing}/commands"));
    let body = json!({"id": "c1", "command": command});
    let (_, told) = answer(reqwest::Client::new().post(address).bearer_auth(&r1.key).json(&body)).await;
    assert_eq!(told["code"], "signature.own-page");
    drop(seats);
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_guesses_at_the_digits_is_stopped_and_a_key_of_another_hearing_signs_nothing() {
    let mut office = Prepared::with(|config| config.limits.invitation_tries = 3).await;
    let seats = at_the_signing(&office).await;
    let now = digest(&office, &seats).await;
    let way = drawn(&office.hearing, "a1", &now);
    for code in
        ["signature.not-your-phone", "signature.not-your-phone", "signature.not-your-phone", "tries.too-many"]
    {
        let (_, told) = signs(&office, &seats["a1"], &now, way.clone(), json!({"phone_tail": "9999"})).await;
        assert_eq!(told, code);
    }
    assert_eq!(
        signs(&office, &seats["a1"], &now, way, no()).await.1,
        "tries.too-many",
        "the right digits no longer count"
    );
    let before = office.another().await;
    let (status, code) = signs(&office, &seats["r1"], &now, drawn(&before, "r1", &now), no()).await;
    assert_eq!((status, code.as_str()), (403, "hearing.not-disclosed"));
    drop(seats);
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_guesses_on_and_on_comes_in_anew() {
    let office = Prepared::with(|config| config.limits.invitation_tries_all = 3).await;
    let seats = at_the_signing(&office).await;
    let now = digest(&office, &seats).await;
    let way = drawn(&office.hearing, "a1", &now);
    for _ in 0..3 {
        let (_, told) = signs(&office, &seats["a1"], &now, way.clone(), json!({"phone_tail": "9999"})).await;
        assert_eq!(told, "signature.not-your-phone");
    }
    assert_eq!(signs(&office, &seats["a1"], &now, way, no()).await.1, "signature.come-in-anew");
    drop(seats);
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_of_a_seat_come_by_http_too_and_each_is_done_once() {
    let office = Prepared::new().await;
    let seats = at_the_signing(&office).await;
    let address = office.server.at(&format!("/api/hearings/{}/commands", office.hearing));
    let refuse = json!({"id": "refuse-1", "command": {"record": {"refuse-to-sign": {"reason": "有异议"}}}});
    for _ in ["once", "twice"] {
        let done =
            answer(reqwest::Client::new().post(&address).bearer_auth(&seats["r1"].key).json(&refuse)).await;
        assert_eq!(done, (200, json!({"id": "refuse-1"})));
    }
    let other = json!({"id": "approve-1", "command": {"plan": {"approve": {}}}});
    let (_, told) =
        answer(reqwest::Client::new().post(&address).bearer_auth(&seats["r1"].key).json(&other)).await;
    assert_eq!(told["code"], "plan.not-your-office");
    let (status, _) = answer(reqwest::Client::new().post(&address).bearer_auth("no-key").json(&refuse)).await;
    assert_eq!(status, 401);
    drop(seats);
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_paper_every_page_comes_back_and_lies_in_the_file() {
    let office = Prepared::new().await;
    let mut seats = at_the_signing(&office).await;
    let now = digest(&office, &seats).await;
    let (_, printed) = fetched(&office, &seats["a1"], "/papers/record?as=pdf").await;
    let page = hands_in(&office, &seats["a1"], PICTURE.to_vec()).await;
    let scans = |scan: &Value| json!({"paper": {"scans": [scan]}});
    assert_eq!(signs(&office, &seats["a1"], &now, scans(&page), no()).await.1, "signature.pages-missing");
    let text = hands_in(&office, &seats["a1"], b"no page".to_vec()).await;
    assert_eq!(signs(&office, &seats["a1"], &now, scans(&text), no()).await.1, "exhibit.file-unknown");
    let mut invented = page.clone();
    invented["pages"] = json!(99);
    assert_eq!(signs(&office, &seats["a1"], &now, scans(&invented), no()).await.1, "exhibit.file-unknown");

    let whole = hands_in(&office, &seats["clerk"], printed.clone()).await;
    assert_eq!(
        signs(&office, &seats["clerk"], &now, scans(&whole), json!({"whose": "a1"})).await,
        (200, String::new())
    );
    let path = format!("/exhibits/{}", whole["sha256"].as_str().unwrap());
    assert_eq!(fetched(&office, &seats["r1"], &path).await, (200, printed.clone()));
    assert_eq!(
        fetched(&office, &seats["o1"], &path).await.0,
        404,
        "the gallery does not see how somebody signed"
    );
    let file = sealed(&office, &mut seats).await;
    let report = verify(&file, None);
    assert!(report.holds(), "{report:#?}");
    let codes: Vec<&str> = report.findings.iter().map(|finding| finding.code).collect();
    assert!(codes.contains(&"signature.paper") && codes.contains(&"record"), "{codes:?}");
    let inside = casefile::files(&file).unwrap();
    let scan = inside.iter().find(|file| file.path.starts_with("main/signatures/")).unwrap();
    assert_eq!(scan.bytes, printed);
    drop(seats);
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_signs_where_its_file_holds_and_counts_as_trusted_where_the_office_trusts_its_authority()
 {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    authority(folder, "ca", "/CN=Authority");
    for (name, kind) in [
        ("rsa", &["-newkey", "rsa:2048"][..]),
        ("ec", &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]),
    ] {
        certificate(folder, name, kind);
    }
    authority(folder, "stranger", "/CN=Stranger");
    let roots = folder.join("ca.pem");
    let office = Prepared::with(|config| config.signature_authorities = Some(roots)).await;
    let mut seats = at_the_signing(&office).await;
    let now = digest(&office, &seats).await;
    let lines = |seat: &str| statement(&office.hearing, seat, &now, "");
    let cms = |bytes: Vec<u8>| json!({"certificate": {"file": STANDARD.encode(bytes)}});

    let good = signed_by(folder, "rsa", &lines("a1"), &["-nodetach"]);
    assert_eq!(
        signs(&office, &seats["a1"], &now, cms(good), no()).await.1,
        "signature.certificate-unreadable",
        "only detached"
    );
    let others = signed_by(folder, "rsa", &lines("r1"), &[]);
    assert_eq!(signs(&office, &seats["a1"], &now, cms(others), no()).await.1, "signature.certificate-forged");
    let old = signed_by(folder, "rsa", &lines("a1"), &["-md", "sha1"]);
    assert_eq!(signs(&office, &seats["a1"], &now, cms(old), no()).await.1, "signature.certificate-kind");
    let bare = signed_by(folder, "rsa", &lines("a1"), &["-nocerts"]);
    assert_eq!(
        signs(&office, &seats["a1"], &now, cms(bare), no()).await.1,
        "signature.certificate-unreadable"
    );
    let mut broken = signed_by(folder, "ec", &lines("a1"), &[]);
    let last = broken.len() - 1;
    broken[last] ^= 1;
    assert_eq!(signs(&office, &seats["a1"], &now, cms(broken), no()).await.1, "signature.certificate-forged");

    for (seat, by, more, trusted) in [
        ("a1", "rsa", &[][..], true),
        ("r1", "ec", &["-noattr"][..], true),
        ("p1", "stranger", &["-outform", "PEM"], false),
    ] {
        let file = signed_by(folder, by, &lines(seat), more);
        assert_eq!(signs(&office, &seats[seat], &now, cms(file), no()).await, (200, String::new()), "{by}");
        let given = view(&office, &seats["a1"]).await.record.given[&SeatId::from(seat)].way.clone();
        let Way::Certificate { trusted: told, subject, .. } = given else { panic!("{given:?}") };
        assert_eq!(told, trusted, "{by}");
        assert!(subject.contains(if by == "stranger" { "Stranger" } else { by }), "{subject}");
    }
    let file = sealed(&office, &mut seats).await;
    let report = verify(&file, None);
    assert!(report.holds(), "{report:#?}");
    assert_eq!(report.findings.iter().filter(|finding| finding.code == "signature.certificate").count(), 3);
    assert_eq!(by_everybodys_means(folder, &file, &lines("a1")), 1, "one of the three signs the lines of a1");
    drop(seats);
    office.server.stop().await;
}

/// Keys that `openssl` makes: a name, and what makes it.
const KEYS: [(&str, &[&str]); 3] = [
    ("rsa", &["-newkey", "rsa:2048"]),
    ("p256", &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]),
    ("p384", &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"]),
];

#[test]
fn a_signature_holds_with_every_curve_and_every_digest_and_is_trusted_through_every_one() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (by, kind) in KEYS {
        // The authority, too, has a key of each kind.
        authority_with(folder, "ca", "/CN=Authority", kind);
        let trusted = Authorities::open(&folder.join("ca.pem")).unwrap();
        for (own, kind) in KEYS {
            for digest in ["sha256", "sha384", "sha512"] {
                let issued = format!("-{digest}");
                certified(folder, own, &format!("/CN={own}"), kind, &[&issued]);
                for more in [&["-md", digest][..], &["-md", digest, "-noattr"]] {
                    let file = signed_by(folder, own, "lines", more);
                    let signed = read(&file, b"lines", clock::now(), &trusted).unwrap();
                    assert!(signed.trusted, "{own} by {by} with {digest}: {signed:?}");
                    let other = read(&file, b"other lines", clock::now(), &trusted);
                    assert_eq!(other.unwrap_err(), Refused::CertificateForged, "{own} with {digest}");
                }
            }
        }
    }
}

#[test]
fn a_key_that_is_too_weak_or_of_another_kind_is_called_so_and_vouches_for_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    authority(folder, "ca", "/CN=Authority");
    for kind in [
        &["-newkey", "rsa:1024"][..],
        &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-521"],
        &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:secp256k1"],
    ] {
        certificate(folder, "odd", kind);
        let file = signed_by(folder, "odd", "lines", &[]);
        let refused = read(&file, b"lines", clock::now(), &Authorities::default()).unwrap_err();
        assert_eq!(refused, Refused::CertificateKind, "{kind:?}");
    }
    authority_with(folder, "ca", "/CN=Weak", &["-newkey", "rsa:1024"]);
    certificate(folder, "rsa", &["-newkey", "rsa:2048"]);
    let weak = Authorities::open(&folder.join("ca.pem")).unwrap();
    let signed = read(&signed_by(folder, "rsa", "lines", &[]), b"lines", clock::now(), &weak).unwrap();
    assert!(!signed.trusted, "{signed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_names_nobody_or_what_nobody_sees_is_refused_as_a_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    authority(folder, "ca", "/CN=Authority");
    let office = Prepared::new().await;
    let seats = at_the_signing(&office).await;
    let now = digest(&office, &seats).await;
    let lines = statement(&office.hearing, "a1", &now, "");
    let unit = "x".repeat(60);
    for subject in [
        "/".to_string(),
        "/CN=\u{200b}".into(),
        "/CN=张\u{202e}三".into(),
        "/CN=张\u{2028}三".into(),
        format!("/O={unit}/OU={unit}/OU={unit}/CN={unit}"),
    ] {
        certified(folder, "odd", &subject, &["-newkey", "rsa:2048"], &[]);
        let file = STANDARD.encode(signed_by(folder, "odd", &lines, &[]));
        let way = json!({"certificate": {"file": file}});
        assert_eq!(
            signs(&office, &seats["a1"], &now, way, no()).await,
            (422, "signature.certificate-names".into()),
            "{subject:?}"
        );
    }
    assert!(view(&office, &seats["a1"]).await.record.given.is_empty(), "what is refused changes nothing");
    drop(seats);
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_signs_nothing_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    authority(folder, "ca", "/CN=Authority");
    let office = Prepared::new().await;
    let seats = at_the_signing(&office).await;
    let exhibits = office.folder.path().join("exhibits").join(&office.hearing);
    let kept = || std::fs::read_dir(&exhibits).map_or(0, std::iter::Iterator::count);
    let before = kept();
    let now = digest(&office, &seats).await;
    let other = "1".repeat(64);
    let cms = |seat: &str, digest: &str| {
        let lines = statement(&office.hearing, seat, digest, "");
        json!({"certificate": {"file": STANDARD.encode(signed_by(folder, "ca", &lines, &[]))}})
    };
    let (status, code) = signs(&office, &seats["a1"], &other, cms("a1", &other), no()).await;
    assert_eq!((status, code.as_str()), (409, "record.changed"));
    let drawn = drawn(&office.hearing, "r1", &now);
    assert_eq!(signs(&office, &seats["r1"], &now, drawn, no()).await.0, 200);
    let (status, code) = signs(&office, &seats["r1"], &now, cms("r1", &now), no()).await;
    assert_eq!((status, code.as_str()), (409, "record.already-signed"));
    assert_eq!(kept(), before, "nothing of it stays");
    drop(seats);
    office.server.stop().await;
}

/// How many of the signatures by certificate in a file `openssl` finds good over these lines.
fn by_everybodys_means(folder: &Path, file: &[u8], lines: &str) -> usize {
    let signed = casefile::files(file).unwrap().into_iter().filter(|file| file.path.ends_with(".p7s"));
    let lines_of = folder.join("lines.txt");
    std::fs::write(&lines_of, lines).unwrap();
    let checks = |file: &casefile::File| {
        let path = folder.join("one.p7s");
        std::fs::write(&path, &file.bytes).unwrap();
        let arguments =
            ["cms", "-verify", "-binary", "-inform", "DER", "-purpose", "any", "-out", "/dev/null", "-in"];
        let mut run = Command::new("openssl");
        run.args(arguments)
            .arg(&path)
            .arg("-content")
            .arg(&lines_of)
            .arg("-CAfile")
            .arg(folder.join("ca.pem"));
        run.output().unwrap().status.success()
    };
    signed.filter(checks).count()
}

/// Closes and seals, and fetches both volumes.
async fn sealed(office: &Prepared, seats: &mut Seats) -> Vec<u8> {
    let chair = seats.get_mut("chair").unwrap();
    chair.does(json!({"phase": {"advance": {"to": "closed", "waive": "演练"}}})).await;
    seats.get_mut("clerk").unwrap().does(json!({"record": {"seal": {}}})).await;
    let (status, file) = fetched(office, &seats["clerk"], "/file?volume=whole").await;
    assert_eq!(status, 200);
    file
}

fn openssl(folder: &Path, arguments: &[&str]) {
    let output =
        Command::new("openssl").current_dir(folder).args(arguments).output().expect("openssl is needed");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

pub(crate) fn authority(folder: &Path, name: &str, subject: &str) {
    authority_with(folder, name, subject, &["-newkey", "rsa:2048"]);
}

fn authority_with(folder: &Path, name: &str, subject: &str, kind: &[&str]) {
    let (key, pem) = (format!("{name}.key"), format!("{name}.pem"));
    let ask = ["req", "-x509", "-nodes", "-days", "2", "-subj", subject, "-keyout", &key, "-out", &pem];
    openssl(folder, &[&ask[..1], kind, &ask[1..]].concat());
}

pub(crate) fn certificate(folder: &Path, name: &str, kind: &[&str]) {
    certified(folder, name, &format!("/CN={name}"), kind, &[]);
}

/// A certificate by `ca` for this subject, issued with what is given more.
fn certified(folder: &Path, name: &str, subject: &str, kind: &[&str], more: &[&str]) {
    let (key, request, pem) = (format!("{name}.key"), format!("{name}.csr"), format!("{name}.pem"));
    let ask = ["req", "-utf8", "-nodes", "-subj", subject, "-keyout", &key, "-out", &request];
    openssl(folder, &[&ask[..1], kind, &ask[1..]].concat());
    let issue =
        ["x509", "-req", "-in", &request, "-CA", "ca.pem", "-CAkey", "ca.key", "-days", "1", "-out", &pem];
    openssl(folder, &[&issue[..], more].concat());
}

/// What `openssl cms` makes of these lines.
pub(crate) fn signed_by(folder: &Path, name: &str, lines: &str, more: &[&str]) -> Vec<u8> {
    std::fs::write(folder.join("to-sign.txt"), lines).unwrap();
    let (key, pem) = (format!("{name}.key"), format!("{name}.pem"));
    let outform: &[&str] = if more.contains(&"-outform") { &[] } else { &["-outform", "DER"] };
    let digest: &[&str] = if more.contains(&"-md") { &[] } else { &["-md", "sha256"] };
    let sign = [
        "cms",
        "-sign",
        "-binary",
        "-in",
        "to-sign.txt",
        "-signer",
        &pem,
        "-inkey",
        &key,
        "-out",
        "signed.p7s",
    ];
    openssl(folder, &[&sign[..], outform, digest, more].concat());
    std::fs::read(folder.join("signed.p7s")).unwrap()
}

/// A picture of one pixel (PNG).
const PICTURE: &[u8] = &[
    0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0,
    0, 1, 8, 6, 0, 0, 0, 0x1f, 0x15, 0xc4, 0x89, 0, 0, 0, 13, b'I', b'D', b'A', b'T', 0x78, 0xda, 0x63, 0x64,
    0xf8, 0xcf, 0x50, 0x0f, 0x00, 0x03, 0x86, 0x01, 0x80, 0x5a, 0x34, 0x7d, 0x6b, 0, 0, 0, 0, b'I', b'E',
    b'N', b'D', 0xae, 0x42, 0x60, 0x82,
];
