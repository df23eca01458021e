//! Time stamps: an authority of our own, made with `openssl`, stamps the seal; whatever else it answers is refused, counted and
//! asked again; and what is kept `openssl` accepts too.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use serde_json::json;
use server::archive::{seals, stamp};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::{
    office::{Prepared, Staff, local},
    search::sealed,
};

const TSA: &str = "[tsa]\ndefault_tsa = office\n[office]\ndir = .\nserial = ./serial\ncrypto_device = builtin\n\
signer_cert = ./tsa.pem\ncerts = ./ca.pem\nsigner_key = ./tsa.key\nsigner_digest = sha256\ndefault_policy = 1.2.3.4.1\n\
digests = sha256\naccuracy = secs:1, millisecs:500\nclock_precision_digits = 3\nordering = no\ntsa_name = yes\n\
ess_cert_id_chain = yes\ness_cert_id_alg = sha256\n";
const FOR_STAMPING: &str =
    "basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\n";

/// How the authority answers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Answers {
    Well,
    Away,
    Garbage,
    Endless,
    AnotherDigest,
    AnotherNonce,
    Unknown,
    Expired,
    Refuses,
}

fn openssl(folder: &Path, arguments: &str) {
    let done = Command::new("openssl").current_dir(folder).args(arguments.split(' ')).output().unwrap();
    assert!(done.status.success(), "{arguments}: {}", String::from_utf8_lossy(&done.stderr));
}

/// A root, and a certificate for stamping that is good for so many days.
fn authority(folder: &Path, days: i32) {
    std::fs::write(folder.join("tsa.cnf"), TSA).unwrap();
    std::fs::write(folder.join("ext.cnf"), FOR_STAMPING).unwrap();
    std::fs::write(folder.join("serial"), "01\n").unwrap();
    openssl(folder, "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 3650 -subj /CN=Root");
    certificate(folder, days);
}

fn certificate(folder: &Path, days: i32) {
    openssl(folder, "req -newkey rsa:2048 -nodes -keyout tsa.key -out tsa.csr -subj /CN=Stamping");
    let sign =
        "x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile ext.cnf -out tsa.pem -days";
    openssl(folder, &format!("{sign} {days}"));
}

/// Begins at the last place where `mark` stands and changes the byte that is so far behind it.
fn changed(query: &[u8], mark: [u8; 2], behind: usize) -> Vec<u8> {
    let at = query.windows(2).rposition(|window| window == mark).unwrap();
    let mut query = query.to_vec();
    query[at + behind] ^= 1;
    query
}

fn stamped(folder: &Path, query: &[u8]) -> Vec<u8> {
    let (asked, reply) = (folder.join("q.tsq"), folder.join("r.tsr"));
    std::fs::write(&asked, query).unwrap();
    openssl(folder, "ts -reply -config tsa.cnf -queryfile q.tsq -out r.tsr");
    std::fs::read(reply).unwrap()
}

/// The authority at its address.
pub(crate) struct Authority {
    folder: TempDir,
    answers: Arc<Mutex<Answers>>,
    pub(crate) url: String,
}

impl Authority {
    pub(crate) async fn open(answers: Answers) -> Self {
        let (folder, unknown, expired) =
            (TempDir::new().unwrap(), TempDir::new().unwrap(), TempDir::new().unwrap());
        authority(folder.path(), 365);
        authority(unknown.path(), 365);
        for file in ["ca.pem", "ca.key", "tsa.cnf", "ext.cnf", "serial"] {
            std::fs::copy(folder.path().join(file), expired.path().join(file)).unwrap();
        }
        certificate(expired.path(), -1);
        let answers = Arc::new(Mutex::new(answers));
        let (now, good) = (answers.clone(), folder.path().to_path_buf());
        let folders = Arc::new((good, unknown, expired));
        let answer = move |query: Bytes| {
            let (now, folders) = (*now.lock().unwrap(), folders.clone());
            async move { answered(now, &folders.0, folders.1.path(), folders.2.path(), &query) }
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/stamp", listener.local_addr().unwrap());
        let router = Router::new().route("/stamp", post(answer));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { folder, answers, url }
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }
}

fn answered(now: Answers, good: &Path, unknown: &Path, expired: &Path, query: &[u8]) -> Response {
    let reply = match now {
        Answers::Away => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Answers::Endless => {
            let piece = Bytes::from(vec![0x30; 1 << 16]);
            let pieces = (0..32_768).map(move |_| Ok::<_, std::io::Error>(piece.clone()));
            let pieces = futures_util::stream::iter(pieces);
            return Body::from_stream(pieces).into_response();
        }
        Answers::Garbage => b"<html>no</html>".to_vec(),
        // A reply with status 2 and nothing else.
        Answers::Refuses => vec![0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x02],
        Answers::AnotherDigest => stamped(good, &changed(query, [0x04, 0x20], 2)),
        Answers::AnotherNonce => stamped(good, &changed(query, [0x02, 0x10], 3)),
        Answers::Unknown => stamped(unknown, query),
        Answers::Expired => stamped(expired, query),
        Answers::Well => stamped(good, query),
    };
    ([(header::CONTENT_TYPE, "application/timestamp-reply")], reply).into_response()
}

async fn waits(mut until: impl AsyncFnMut() -> bool) {
    let wait = async {
        while !until().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), wait).await.expect("in time");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_stamp_of_the_seal_is_refused_and_asked_again_until_there_is_one() {
    let authority = Authority::open(Answers::Away).await;
    let office = Prepared::with(|config| {
        config.stamp_authority = Some(authority.url.clone());
        config.stamp_certificates = Some(authority.root());
        config.limits.archive_every_ms = 50;
    })
    .await;
    // The seal does not wait for it.
    let seats = sealed(&office).await;
    let handler = Staff::sign_in(&office.server, "handler").await;
    let path = format!("/api/hearings/{}/stamp", office.hearing);
    let gauges = &office.server.site.gauges;
    for wrong in [
        Answers::Away,
        Answers::Garbage,
        Answers::Endless,
        Answers::Refuses,
        Answers::AnotherDigest,
        Answers::AnotherNonce,
        Answers::Unknown,
        Answers::Expired,
    ] {
        *authority.answers.lock().unwrap() = wrong;
        let before = gauges.stamps_failed_total.get();
        // The first may still be of the answer before.
        waits(async || gauges.stamps_failed_total.get() >= before + 2).await;
        let (status, refused) = handler.get(&path).await;
        assert_eq!((status, &refused["code"]), (404, &json!("archive.stamp-not-yet")), "{wrong:?}");
    }
    *authority.answers.lock().unwrap() = Answers::Well;
    waits(async || handler.get(&path).await.0 == 200).await;
    assert_eq!(gauges.stamps_total.get(), 1);

    let own = reqwest::Client::new().get(office.server.at(&path)).bearer_auth(&seats["a1"].key);
    let own = own.send().await.unwrap();
    assert_eq!(own.headers()["content-type"], "application/timestamp-reply");
    let reply = own.bytes().await.unwrap();
    let nobody = reqwest::Client::new().get(office.server.at(&path)).send().await.unwrap();
    assert_eq!(nobody.status(), 401);
    let petition = Staff::sign_in(&office.server, "petition").await;
    assert_eq!(petition.get(&path).await.0, 403);

    let folder = authority.folder.path();
    let seal = seals::kept(&office.server.site.database.pool, &office.hearing).await.unwrap().unwrap();
    std::fs::write(folder.join("seal.json"), &seal.statement).unwrap();
    std::fs::write(folder.join("seal.tsr"), &reply).unwrap();
    openssl(folder, "ts -verify -data seal.json -in seal.tsr -CAfile ca.pem");

    let file = format!("/api/hearings/{}/file", office.hearing);
    let file = reqwest::Client::new().get(office.server.at(&file)).bearer_auth(&seats["a1"].key);
    let file = file.send().await.unwrap().bytes().await.unwrap();
    std::fs::write(folder.join("own.zip"), file).unwrap();
    let verified = |certificates: &str| {
        let mut program = Command::new(env!("CARGO_BIN_EXE_fengqiao"));
        program.current_dir(folder).args(["verify", "own.zip", "--stamp", "seal.tsr"]);
        let done = program.args(["--stamp-certificates", certificates]).output().unwrap();
        (done.status.code(), String::from_utf8(done.stdout).unwrap())
    };
    let (code, said) = verified("ca.pem");
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("时间戳由“CN=Stamping”签发") && said.contains("time stamp by CN=Stamping"),
        "{said}"
    );
    // Another root: one made anew.
    openssl(folder, "req -x509 -newkey rsa:2048 -nodes -keyout x.key -out other.pem -days 9 -subj /CN=Root");
    let (code, said) = verified("other.pem");
    assert_eq!(code, Some(1), "{said}");
    assert!(said.lines().any(|line| line.starts_with('✗') && line.contains("证书")), "{said}");
    drop(seats);
    office.server.stop().await;
}

#[tokio::test]
async fn an_authority_without_certificates_or_without_an_address_stops_the_start() {
    let folder = TempDir::new().unwrap();
    let pem = folder.path().join("none.pem");
    std::fs::write(&pem, "no certificate").unwrap();
    let url = Some("http://127.0.0.1:1/".to_string());
    for (authority, certificates) in [
        (url.clone(), None),
        (None, Some(pem.clone())),
        (url.clone(), Some(pem.clone())),
        (url, Some(folder.path().join("away.pem"))),
        (Some("ftp://x".into()), Some(pem)),
    ] {
        let mut config = local(&folder);
        (config.stamp_authority, config.stamp_certificates) = (authority, certificates);
        let refused = stamp::Authority::open(&config).err().unwrap();
        assert_eq!(refused.code(), "error.config");
    }
}
