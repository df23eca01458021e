//! What the browser does when somebody signs: a key made here and now, a signature by it, and where on the field a finger is.

use js_sys::{Array, Object, Reflect, Uint8Array};
use leptos::ev;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// A signature and the public half of the key that made it; the secret half never leaves the browser and is not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The public key, ECDSA P-256, the point uncompressed: 65 bytes.
    pub key: Vec<u8>,
    /// r and s, 32 bytes each.
    pub signature: Vec<u8>,
}

/// Whether this browser can make keys: it can only where the address begins with `https`, or on this machine.
#[must_use]
pub fn can_sign() -> bool {
    subtle().is_some()
}

fn subtle() -> Option<web_sys::SubtleCrypto> {
    let crypto = super::window()?.crypto().ok()?;
    Reflect::get(&crypto, &"subtle".into()).ok()?.dyn_into().ok()
}

/// Makes a key and signs with it; none where this browser cannot.
pub async fn sign(message: &[u8]) -> Option<Signed> {
    let subtle = subtle()?;
    let made = object(&[("name", "ECDSA".into()), ("namedCurve", "P-256".into())])?;
    let uses = Array::of2(&"sign".into(), &"verify".into());
    // The secret half cannot be taken out, not even by this page.
    let pair = JsFuture::from(subtle.generate_key_with_object(&made, false, &uses).ok()?).await.ok()?;
    let half = |name: &str| Reflect::get(&pair, &name.into()).ok()?.dyn_into::<web_sys::CryptoKey>().ok();
    let (secret, public) = (half("privateKey")?, half("publicKey")?);
    let how = object(&[("name", "ECDSA".into()), ("hash", "SHA-256".into())])?;
    let signed = subtle.sign_with_object_and_js_u8_array(&how, &secret, &Uint8Array::from(message)).ok()?;
    let signature = JsFuture::from(signed).await.ok()?;
    let key = JsFuture::from(subtle.export_key("raw", &public).ok()?).await.ok()?;
    let bytes = |value: JsValue| Uint8Array::new(&value).to_vec();
    Some(Signed { key: bytes(key), signature: bytes(signature) })
}

fn object(members: &[(&str, JsValue)]) -> Option<Object> {
    let object = Object::new();
    for (name, value) in members {
        Reflect::set(&object, &(*name).into(), value).ok()?;
    }
    Some(object)
}

/// Where on the field a pen, finger or mouse is, in a field of so many units; none outside it.
#[must_use]
pub fn place(event: &ev::PointerEvent, wide: u32, high: u32) -> Option<(u32, u32)> {
    let field: web_sys::Element = event.current_target()?.dyn_into().ok()?;
    let frame = field.get_bounding_client_rect();
    let part = |at: f64, from: f64, length: f64, units: u32| {
        let part = (at - from) / length * f64::from(units);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and the units"
        )]
        (length > 0.0 && (0.0..=f64::from(units)).contains(&part)).then(|| part.round() as u32)
    };
    let x = part(f64::from(event.client_x()), frame.left(), frame.width(), wide)?;
    let y = part(f64::from(event.client_y()), frame.top(), frame.height(), high)?;
    Some((x, y))
}

/// Has all that the pointer does go to the field until it is lifted, also beyond its border.
pub fn hold(event: &ev::PointerEvent) {
    let field = event.current_target().and_then(|field| field.dyn_into::<web_sys::Element>().ok());
    if let Some(field) = field {
        let _ = field.set_pointer_capture(event.pointer_id());
    }
}

/// Bytes in base64.
#[must_use]
pub fn base64(bytes: &[u8]) -> String {
    let text: String = bytes.iter().copied().map(char::from).collect();
    super::window().and_then(|window| window.btoa(&text).ok()).unwrap_or_default()
}

/// The files that the reader chose: of each its media type and bytes.
pub async fn chosen_files(input: &super::FileInput) -> Vec<(String, String, Vec<u8>)> {
    let mut files = Vec::new();
    let Some(list) = input.files() else { return files };
    for file in (0..list.length()).filter_map(|n| list.get(n)) {
        if let Ok(buffer) = JsFuture::from(file.array_buffer()).await {
            files.push((file.name(), file.type_(), Uint8Array::new(&buffer).to_vec()));
        }
    }
    files
}
