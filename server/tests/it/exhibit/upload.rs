//! Handing in piece by piece: what has come is not lost, by whatever it is broken off, and is nobody else's.

use serde_json::{Value, json};

use super::{everything, pdf};
use crate::{
    office::{Prepared, Running, answer},
    read_along::hear_out,
};

/// A seat that hands something in.
struct Sender {
    client: reqwest::Client,
    base: String,
    key: String,
}

impl Sender {
    fn new(office: &Prepared, key: &str) -> Self {
        let base = office.server.at(&format!("/api/hearings/{}/uploads", office.hearing));
        Self { client: reqwest::Client::new(), base, key: key.into() }
    }

    fn at(&self, upload: &Value) -> String {
        format!("{}/{}", self.base, upload["id"].as_str().unwrap())
    }

    async fn begins(&self, size: u64) -> (u16, Value) {
        let body = json!({"size": size, "name": "合同.pdf"});
        answer(self.client.post(&self.base).bearer_auth(&self.key).json(&body)).await
    }

    async fn sends(&self, upload: &Value, offset: u64, bytes: &[u8]) -> (u16, Value) {
        let request = self.client.patch(self.at(upload)).bearer_auth(&self.key);
        answer(request.header("Upload-Offset", offset).body(bytes.to_vec())).await
    }

    async fn asks(&self, upload: &Value) -> (u16, Value) {
        answer(self.client.get(self.at(upload)).bearer_auth(&self.key)).await
    }

    async fn ends(&self, upload: &Value, body: Value) -> (u16, Value) {
        answer(self.client.post(format!("{}/done", self.at(upload))).bearer_auth(&self.key).json(&body)).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_comes_in_pieces_and_goes_on_where_it_was_after_the_server_was_away() {
    let mut office = Prepared::with(|config| config.limits.upload_chunk_bytes_max = 600).await;
    let seats = office.all_in().await;
    let key = seats["a1"].key.clone();
    let file = pdf(3, "");
    let size = u64::try_from(file.len()).unwrap();
    let sender = Sender::new(&office, &key);
    let (status, begun) = sender.begins(size).await;
    assert_eq!((status, &begun["offset"], &begun["chunk"]), (201, &json!(0), &json!(600)), "{begun}");
    let (status, told) = sender.sends(&begun, 0, &file[..600]).await;
    assert_eq!((status, &told["offset"]), (200, &json!(600)), "{told}");

    // Sent again, as after an answer that was lost; the right place is told, and nothing is there twice.
    let (status, told) = sender.sends(&begun, 0, &file[..600]).await;
    assert_eq!((status, told["code"].as_str()), (409, Some("upload.offset")));
    assert!(told["zh"].as_str().unwrap().contains("600"), "{told}");
    let (_, told) = sender.sends(&begun, 600, &vec![b'x'; 601]).await;
    assert_eq!(told["code"], "upload.piece");
    let (_, told) = sender.ends(&begun, json!({})).await;
    assert_eq!(told["code"], "upload.unfinished");

    let config = office.server.site.config.clone();
    drop(seats);
    office.server.stop().await;
    office.server = Running::start(config).await;
    let sender = Sender::new(&office, &key);
    let head = sender.client.head(sender.at(&begun)).bearer_auth(&key).send().await.unwrap();
    assert_eq!(head.status(), 200);
    assert_eq!(head.headers()["upload-offset"], "600");
    assert_eq!(head.headers()["upload-length"], size.to_string());
    let mut at = 600;
    for piece in file[600..].chunks(600) {
        let (status, told) = sender.sends(&begun, at, piece).await;
        assert_eq!(status, 200, "{told}");
        at = told["offset"].as_u64().unwrap();
    }
    assert_eq!(at, size);
    let (_, told) = sender.sends(&begun, at, b"more").await;
    assert_eq!(told["code"], "upload.beyond");
    let (status, kept) = sender.ends(&begun, json!({})).await;
    assert_eq!((status, &kept["pages"], &kept["size"]), (201, &json!(3), &json!(size)), "{kept}");
    assert_eq!(sender.asks(&begun).await.0, 404, "nothing of the upload stays");
    let folder = office.folder.path().join("exhibits");
    assert_eq!(everything(&folder).len(), 2, "{:?}", everything(&folder));
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_never_be_taken_is_refused_before_a_byte_is_sent() {
    let office = Prepared::with(|config| config.limits.exhibits_bytes_max = 10_000).await;
    let seats = office.all_in().await;
    let sender = Sender::new(&office, &seats["a1"].key);
    let (status, told) = sender.begins(2_147_483_648).await;
    assert_eq!((status, told["code"].as_str()), (413, Some("exhibit.too-large")), "2 GB");
    assert_eq!(sender.begins(0).await.1["code"], "exhibit.empty");
    // Room is kept for what has been announced, also by others.
    assert_eq!(sender.begins(6_000).await.0, 201);
    let other = Sender::new(&office, &seats["r1"].key);
    let (status, told) = other.begins(6_000).await;
    assert_eq!((status, told["code"].as_str()), (507, Some("exhibit.full")));
    for _ in 0..2 {
        assert_eq!(sender.begins(10).await.0, 201);
    }
    assert_eq!(sender.begins(10).await.1["code"], "upload.too-many");
    let observer = Sender::new(&office, &seats["o1"].key);
    assert_eq!(observer.begins(10).await.1["code"], "exhibit.not-let-in");
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_is_its_seats_alone() {
    let office = Prepared::new().await;
    let seats = office.all_in().await;
    let (sender, other) = (Sender::new(&office, &seats["a1"].key), Sender::new(&office, &seats["r1"].key));
    let (_, begun) = sender.begins(100).await;
    for (status, told) in [
        other.asks(&begun).await,
        other.sends(&begun, 0, b"x").await,
        other.ends(&begun, json!({})).await,
        answer(other.client.delete(other.at(&begun)).bearer_auth(&other.key)).await,
        sender.asks(&json!({"id": "..%2f..%2ffengqiao"})).await,
        sender.asks(&json!({"id": "0193a5c0-8e04-7000-8000-000000000000"})).await,
    ] {
        assert_eq!((status, told["code"].as_str()), (404, Some("upload.unknown")));
    }
    assert_eq!(answer(sender.client.delete(sender.at(&begun)).bearer_auth(&sender.key)).await.0, 204);
    assert_eq!(everything(&office.folder.path().join("exhibits")), Vec::<String>::new());
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_is_one_however_its_id_is_written() {
    let office = Prepared::new().await;
    let seats = office.all_in().await;
    let sender = Sender::new(&office, &seats["a1"].key);
    for round in 0..8 {
        let text = format!("第{round}份材料");
        let (_, begun) = sender.begins(u64::try_from(text.len()).unwrap()).await;
        assert_eq!(sender.sends(&begun, 0, text.as_bytes()).await.0, 200);
        let id = begun["id"].as_str().unwrap();
        let written = [id.to_uppercase(), id.replace('-', ""), format!("urn:uuid:{id}")];
        let [capitals, bare, urn] = written.map(|id| json!({"id": id}));
        assert_eq!(sender.asks(&bare).await.0, 200, "the same upload");
        let ended = tokio::join!(
            sender.ends(&begun, json!({})),
            sender.ends(&capitals, json!({})),
            sender.ends(&bare, json!({})),
            sender.ends(&urn, json!({})),
        );
        let mut taken = 0;
        for (status, told) in [ended.0, ended.1, ended.2, ended.3] {
            taken += usize::from(status == 201);
            assert!(matches!(status, 201 | 404 | 409), "{status} {told}");
        }
        assert_eq!(taken, 1);
    }
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_file_that_came_in_pieces_leaves_nothing_either() {
    let office = Prepared::new().await;
    let seats = office.all_in().await;
    let sender = Sender::new(&office, &seats["a1"].key);
    let folder = office.folder.path().join("exhibits");
    let svg = b"<svg><script>alert(1)</script></svg>";
    let whole = pdf(1, "");
    for (bytes, end, code) in [
        (&svg[..], json!({}), "exhibit.markup"),
        (&whole[..], json!({"sha256": "0".repeat(64)}), "upload.changed"),
    ] {
        let (_, begun) = sender.begins(u64::try_from(bytes.len()).unwrap()).await;
        assert_eq!(sender.sends(&begun, 0, bytes).await.0, 200);
        let (_, told) = sender.ends(&begun, end).await;
        assert_eq!(told["code"], code, "{told}");
        assert_eq!(everything(&folder), Vec::<String>::new());
    }
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_goes_on_with_is_swept_away_and_what_is_under_way_stays() {
    let office = Prepared::new().await;
    let seats = office.all_in().await;
    let sender = Sender::new(&office, &seats["a1"].key);
    let (_, left) = sender.begins(100).await;
    let (_, under_way) = sender.begins(100).await;
    let uploads = office.folder.path().join("exhibits").join(&office.hearing).join("uploads");
    let part = uploads.join(format!("{}.part", left["id"].as_str().unwrap()));
    let file = std::fs::File::options().append(true).open(part).unwrap();
    let before = std::time::SystemTime::now() - std::time::Duration::from_secs(25 * 3600);
    file.set_modified(before).unwrap();
    office.server.site.rooms.ground().exhibits.sweep().await.unwrap();
    assert_eq!(sender.asks(&left).await.0, 404);
    assert_eq!(sender.asks(&under_way).await.0, 200);
    assert_eq!(everything(&uploads).len(), 2);
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_sealed_hearing_then_no_file_is_taken_and_what_was_under_way_can_be_given_up() {
    let office = Prepared::new().await;
    let mut seats = hear_out(&office, &[], async |_| {}).await;
    let sender = Sender::new(&office, &seats["a1"].key);
    let file = pdf(2, "");
    let (status, begun) = sender.begins(u64::try_from(file.len()).unwrap()).await;
    assert_eq!(status, 201, "{begun}");
    assert_eq!(sender.sends(&begun, 0, &file[..100]).await.0, 200);
    seats.get_mut("clerk").unwrap().does(json!({"record": {"seal": {}}})).await;

    let exhibits = office.server.at(&format!("/api/hearings/{}/exhibits", office.hearing));
    let put = sender.client.post(&exhibits).bearer_auth(&sender.key).body("工资流水");
    for (what, (status, refused)) in [
        ("a file", answer(put).await),
        ("another upload", sender.begins(100).await),
        ("the rest of one", sender.sends(&begun, 100, &file[100..]).await),
        ("the end of one", sender.ends(&begun, json!({})).await),
    ] {
        assert_eq!((status, &refused["code"]), (409, &json!("record.sealed")), "{what}: {refused}");
    }
    let (status, told) = sender.asks(&begun).await;
    assert_eq!((status, &told["offset"]), (200, &json!(100)), "nothing of it was lost or added: {told}");
    assert_eq!(answer(sender.client.delete(sender.at(&begun)).bearer_auth(&sender.key)).await.0, 204);
    assert_eq!(sender.asks(&begun).await.1["code"], "upload.unknown");
    let folder = office.folder.path().join("exhibits").join(&office.hearing);
    assert_eq!(everything(&folder), Vec::<String>::new());
    drop(seats);
    office.server.stop().await;
}
