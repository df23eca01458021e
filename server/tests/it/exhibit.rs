//! Files of exhibits: only from those who take part, only of known kinds, whole and harmless; only to those who were
//! shown them, page by page.

use std::{io::Write, path::Path};

use serde_json::{Value, json};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use crate::office::{Answer, Prepared, Seat, answer};

mod page;
mod upload;

/// A PDF of so many pages of A4, each with a line across it, and with whatever stands in `more` in its catalog.
fn pdf(pages: usize, more: &str) -> Vec<u8> {
    let kids: String = (0..pages).map(|page| format!("{} 0 R ", page * 2 + 3)).collect();
    let mut objects = vec![
        format!("<< /Type /Catalog /Pages 2 0 R {more} >>"),
        format!("<< /Type /Pages /Count {pages} /Kids [{kids}] >>"),
    ];
    for page in 0..pages {
        let line = "0 0 0 RG 20 w 50 400 m 500 400 l S";
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {} 0 R >>",
            page * 2 + 4
        ));
        objects.push(format!("<< /Length {} >>\nstream\n{line}\nendstream", line.len()));
    }
    let mut out = String::from("%PDF-1.7\n");
    let mut places = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        places.push(out.len());
        out.push_str(&format!("{} 0 obj\n{object}\nendobj\n", at + 1));
    }
    let table = out.len();
    out.push_str(&format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1));
    for place in places {
        out.push_str(&format!("{place:010} 00000 n \n"));
    }
    out.push_str(&format!(
        "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n",
        objects.len() + 1
    ));
    out.into_bytes()
}

/// A DOCX with that text, and with other entries.
fn docx(text: &str, others: &[(&str, &[u8])]) -> Vec<u8> {
    const TYPES: &str = r#"<Types><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#;
    let document =
        format!("<w:document><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>");
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let own = [("[Content_Types].xml", TYPES.as_bytes()), ("word/document.xml", document.as_bytes())];
    for (name, bytes) in own.iter().chain(others) {
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A picture of one colour.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut out = Vec::new();
    let picture = image::DynamicImage::new_luma8(width, height);
    picture.write_to(&mut std::io::Cursor::new(&mut out), image::ImageFormat::Png).unwrap();
    out
}

/// Everything under a folder, by name.
fn everything(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut names = Vec::new();
    for entry in entries {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => names.extend(everything(&path)),
            false => names.push(path.display().to_string()),
        }
    }
    names
}

/// A hearing in which exhibits may be laid.
async fn in_session(office: &Prepared) -> std::collections::BTreeMap<&'static str, Seat> {
    let mut seats = office.all_in().await;
    let chair = seats.get_mut("chair").unwrap();
    chair.does(json!({"phase": {"open": {}}})).await;
    chair.does(json!({"phase": {"advance": {"to": "introduction"}}})).await;
    seats
}

fn lay(kept: &Value) -> Value {
    json!({"exhibit": {"lay": {"title": "合同", "content": {"file": kept}}}})
}

#[tokio::test]
async fn a_file_is_laid_by_its_hash_and_fetched_by_those_who_were_shown_it() {
    let office = Prepared::with(|config| config.limits.exhibit_bytes_max = 1000).await;
    let mut seats = in_session(&office).await;
    let exhibits = office.server.at(&format!("/api/hearings/{}/exhibits", office.hearing));
    let client = reqwest::Client::new();
    let put = |key: &str, body: Vec<u8>| client.post(&exhibits).bearer_auth(key).body(body);
    let (handler, applicant, observer) =
        (seats["handler"].key.clone(), seats["a1"].key.clone(), seats["o1"].key.clone());
    assert_eq!(answer(put(&observer, pdf(1, ""))).await.0, 403);
    assert_eq!(answer(put(&handler, b"MZ\x90\x00\x01".to_vec())).await.1["code"], "exhibit.program");
    assert_eq!(answer(put(&handler, vec![b'x'; 2000])).await.1["code"], "exhibit.too-large");
    let contract = pdf(1, "");
    let (status, kept) = answer(put(&handler, contract.clone())).await;
    assert_eq!((status, &kept["media_type"]), (201, &json!("application/pdf")), "{kept}");
    let mut lie = kept.clone();
    lie["media_type"] = json!("text/html");
    let sitting = seats.get_mut("handler").unwrap();
    assert_eq!(sitting.asks(lay(&lie)).await, Answer::Refused("exhibit.file-unknown".into()));
    let file = format!("{exhibits}/{}", kept["sha256"].as_str().unwrap());
    assert_eq!(answer(client.get(&file).bearer_auth(&applicant)).await.0, 404, "not laid yet");
    sitting.does(lay(&kept)).await;
    let fetched = client.get(&file).bearer_auth(&applicant).send().await.unwrap();
    assert_eq!(
        (fetched.status().as_u16(), fetched.headers()["content-type"].to_str().unwrap()),
        (200, "application/pdf")
    );
    assert_eq!(fetched.headers()["x-content-type-options"], "nosniff");
    assert!(fetched.headers()["content-security-policy"].to_str().unwrap().contains("sandbox"));
    assert_eq!(fetched.bytes().await.unwrap(), contract);
    assert_eq!(
        answer(client.get(&file).bearer_auth(&observer)).await.1["code"],
        "exhibit.file-unknown",
        "not shown to the gallery"
    );
    assert_eq!(answer(client.get(&file)).await.0, 401);
    assert_eq!(
        answer(client.get(format!("{exhibits}/..%2f..%2ffengqiao.db")).bearer_auth(&applicant)).await.0,
        404
    );
    office.server.stop().await;
}

#[tokio::test]
async fn files_of_one_hearing_together_have_a_limit_however_many_come_at_once() {
    let office = Prepared::with(|config| config.limits.exhibits_bytes_max = 5000).await;
    let seats = office.all_in().await;
    let exhibits = office.server.at(&format!("/api/hearings/{}/exhibits", office.hearing));
    let client = reqwest::Client::new();
    let mut tasks = Vec::new();
    for n in 0..10 {
        let body = format!("{n}{}", "字".repeat(400));
        let request = client.post(&exhibits).bearer_auth(&seats["handler"].key).body(body);
        tasks.push(tokio::spawn(answer(request)));
    }
    let (mut kept, mut full) = (0, 0);
    for task in tasks {
        match task.await.unwrap() {
            (201, _) => kept += 1,
            (507, body) if body["code"] == "exhibit.full" => full += 1,
            other => panic!("{other:?}"),
        }
    }
    assert!(kept >= 2 && full >= 5, "{kept} kept, {full} refused");
    let folder = office.folder.path().join("exhibits").join(&office.hearing);
    let used: u64 =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().metadata().unwrap().len()).sum();
    // Beside each file stands what is known of it, which is short.
    assert!(used <= 5000 + kept * 300, "{used}");
    office.server.stop().await;
}

/// Each file that must not be taken, and the code in which it is told.
fn bad() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let whole = pdf(2, "");
    let launch = "/OpenAction << /S /Launch /F (cmd.exe) >>";
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>fetch('/api/me')</script></svg>";
    let huge = "/Huge [".to_string() + &"[".repeat(200_000) + &"]".repeat(200_000) + "]";
    let mut png = png(8, 8);
    png.truncate(40);
    vec![
        ("nothing", Vec::new(), "exhibit.empty"),
        ("a program", b"MZ\x90\x00".to_vec(), "exhibit.program"),
        ("an archive", b"Rar!\x1a\x07\x01\x00".to_vec(), "exhibit.archive"),
        ("a script in a drawing", svg.into(), "exhibit.markup"),
        ("a page of the web", b"<!doctype html><p>".to_vec(), "exhibit.markup"),
        ("GBK", b"\xb9\xa4\xd7\xca".to_vec(), "exhibit.encoding"),
        ("a phone's photograph", b"\0\0\0\x18ftypheic\0\0\0\0".to_vec(), "exhibit.picture-kind"),
        ("a film", b"\0\0\0\x18ftypmp42\0\0\0\0".to_vec(), "exhibit.film"),
        ("an old document", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(), "exhibit.old-office"),
        ("a PDF cut in half", whole[..whole.len() / 2].into(), "exhibit.broken"),
        ("a PDF without pages", pdf(0, ""), "exhibit.no-pages"),
        ("a PDF that starts a program", pdf(1, launch), "exhibit.launch"),
        ("a PDF without an end to its depth", pdf(1, &huge), "exhibit.broken"),
        ("a picture cut off", png, "exhibit.broken"),
        ("a picture too large", self::png(400, 300), "exhibit.pixels"),
        ("a bomb", docx("x", &[("word/media/a.bin", &vec![0; 30_000_000])]), "exhibit.unpacked"),
        ("a way out of the folder", docx("x", &[("../../../etc/cron.d/x", b"x")]), "exhibit.member"),
        ("macros", docx("x", &[("word/vbaProject.bin", b"x")]), "exhibit.macro"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_file_is_refused_in_its_own_words_and_nothing_of_it_stays() {
    let office = Prepared::with(|config| config.limits.exhibit_pixels_max = 100_000).await;
    let seats = office.all_in().await;
    let exhibits = office.server.at(&format!("/api/hearings/{}/exhibits", office.hearing));
    let client = reqwest::Client::new();
    let folder = office.folder.path().join("exhibits");
    for (what, bytes, code) in bad() {
        let (status, refused) =
            answer(client.post(&exhibits).bearer_auth(&seats["handler"].key).body(bytes)).await;
        assert_eq!((refused["code"].as_str(), status / 100), (Some(code), 4), "{what}: {refused}");
        assert!(refused["zh"].as_str().unwrap().ends_with('。'), "{what}");
        assert_eq!(everything(&folder), Vec::<String>::new(), "{what}");
    }
    assert_eq!(office.server.site.gauges.exhibits_refused_total.get(), u64::try_from(bad().len()).unwrap());
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pdf_that_goes_round_in_circles_ends_its_reader_and_not_the_court() {
    let office = Prepared::new().await;
    let seats = office.all_in().await;
    let exhibits = office.server.at(&format!("/api/hearings/{}/exhibits", office.hearing));
    // The pages hang below themselves.
    let circle = String::from_utf8(pdf(1, "")).unwrap().replace("/Kids [3 0 R ]", "/Kids [2 0 R ]");
    let client = reqwest::Client::new();
    let (status, refused) =
        answer(client.post(&exhibits).bearer_auth(&seats["handler"].key).body(circle)).await;
    assert_eq!(status, 422, "{refused}");
    assert!(matches!(refused["code"].as_str(), Some("exhibit.broken" | "exhibit.no-pages")), "{refused}");
    assert_eq!(client.get(office.server.at("/healthz")).send().await.unwrap().status(), 200);
    office.server.stop().await;
}
