//! A file of this computer on its way to the server, piece by piece; and pictures that came from there.

use js_sys::Uint8Array;
use send_wrapper::SendWrapper;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::{FileInput, fetch::Failure};

/// A file that the reader chose. It is read when it is sent, never before.
#[derive(Clone, Debug)]
pub struct Chosen(SendWrapper<web_sys::File>);

impl Chosen {
    /// The one in a field.
    #[must_use]
    pub fn in_field(input: &FileInput) -> Option<Self> {
        Some(Self(SendWrapper::new(input.files()?.get(0)?)))
    }

    /// The one that was dropped on the page.
    #[must_use]
    pub fn dropped(event: &web_sys::DragEvent) -> Option<Self> {
        Some(Self(SendWrapper::new(event.data_transfer()?.files()?.get(0)?)))
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> String {
        self.0.name()
    }

    /// How long it is, in bytes.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "browsers give a whole number of bytes"
    )]
    pub fn size(&self) -> u64 {
        self.0.size() as u64
    }

    /// What tells it from other files: its name, its length, when it was last changed.
    #[must_use]
    pub fn traits(&self) -> (String, u64, i64) {
        #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit")]
        let changed = self.0.last_modified() as i64;
        (self.name(), self.size(), changed)
    }

    /// So many of its bytes, from there; none when it cannot be read any more.
    pub async fn piece(&self, from: u64, bytes: u64) -> Option<Vec<u8>> {
        let (from, to) = (precise(from), precise(from.saturating_add(bytes).min(self.size())));
        let piece = self.0.slice_with_f64_and_f64(from, to).ok()?;
        let buffer = JsFuture::from(piece.array_buffer()).await.ok()?;
        Some(Uint8Array::new(&buffer).to_vec())
    }
}

#[expect(clippy::cast_precision_loss, reason = "files are shorter than a float can count")]
const fn precise(bytes: u64) -> f64 {
    bytes as f64
}

/// Sends a piece that belongs at `offset`.
///
/// # Errors
/// The refusal, or why there is no answer.
pub async fn send_piece<T: DeserializeOwned>(
    path: &str,
    key: Option<&str>,
    offset: u64,
    piece: &[u8],
) -> Result<T, Failure> {
    let (status, bytes) = exchange(path, key, offset, piece).await.map_err(|_| Failure::Away)?;
    super::fetch::answered(status, bytes)
}

async fn exchange(
    path: &str,
    key: Option<&str>,
    offset: u64,
    piece: &[u8],
) -> Result<(u16, Vec<u8>), JsValue> {
    let window = super::window().ok_or(JsValue::NULL)?;
    let init = web_sys::RequestInit::new();
    init.set_method("PATCH");
    init.set_body(&Uint8Array::from(piece));
    let request = web_sys::Request::new_with_str_and_init(path, &init)?;
    let headers = request.headers();
    headers.set("content-type", "application/octet-stream")?;
    headers.set("upload-offset", &offset.to_string())?;
    if let Some(key) = key {
        headers.set("authorization", &format!("Bearer {key}"))?;
    }
    let response: web_sys::Response =
        JsFuture::from(window.fetch_with_request(&request)).await?.dyn_into()?;
    let buffer = JsFuture::from(response.array_buffer()?).await?;
    Ok((response.status(), Uint8Array::new(&buffer).to_vec()))
}

/// A picture that came as bytes, under an address of this page; given back when it is dropped.
#[derive(Debug)]
pub struct Picture(String);

impl Picture {
    /// Gives it an address.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Option<Self> {
        super::window()?;
        let media_type = if bytes.starts_with(&[0xff, 0xd8]) { "image/jpeg" } else { "image/png" };
        let parts = js_sys::Array::of1(&Uint8Array::from(bytes));
        let bag = web_sys::BlobPropertyBag::new();
        bag.set_type(media_type);
        let blob = web_sys::Blob::new_with_u8_array_sequence_and_options(&parts, &bag).ok()?;
        web_sys::Url::create_object_url_with_blob(&blob).ok().map(Self)
    }

    /// Its address.
    #[must_use]
    pub fn address(&self) -> String {
        self.0.clone()
    }
}

impl Drop for Picture {
    fn drop(&mut self) {
        if super::window().is_some() {
            let _ = web_sys::Url::revoke_object_url(&self.0);
        }
    }
}
