//! The browser: what it keeps, its clock, its cookies, its network. The only place that names it.
//!
//! Everything here answers with nothing while the server draws a page, so that the same page is drawn on both sides.

use leptos::text_prop::TextProp;
use wasm_bindgen::{JsCast, JsValue};

pub mod call;
pub mod check;
mod devices;
pub mod fetch;
pub mod handover;
pub mod keys;
pub mod link;
pub mod reels;
pub mod relays;
pub mod signing;
pub mod socket;
pub mod storage;
pub mod upload;

/// What is nearly the end of what scrolls, in CSS pixels.
const NEARLY_PX: i32 = 48;

/// The window; none on the server.
pub(crate) fn window() -> Option<web_sys::Window> {
    if cfg!(target_arch = "wasm32") { web_sys::window() } else { None }
}

fn document() -> Option<web_sys::HtmlDocument> {
    window()?.document()?.dyn_into().ok()
}

/// The browser's clock, in milliseconds since 1970; 0 on the server.
#[must_use]
pub fn now() -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit")]
    window().map_or(0, |_| js_sys::Date::now() as i64)
}

/// The server's clock when it drew the page, in milliseconds since 1970.
#[derive(Clone, Copy, Debug)]
pub struct Drawn(pub i64);

/// The server's clock when it drew the page: the same on both sides, so that both draw the same day.
#[must_use]
pub fn drawn() -> i64 {
    if let Some(Drawn(at)) = leptos::prelude::use_context() {
        return at;
    }
    let root = document().and_then(|document| document.document_element());
    root.and_then(|root| root.get_attribute("data-now")?.parse().ok()).unwrap_or_else(now)
}

/// The server's clock as far as the page knows it: when it was drawn, and how long it has been open.
#[must_use]
pub fn office_now() -> i64 {
    let open = window().and_then(|window| window.performance()).map_or(0.0, |clock| clock.now());
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds of an open page fit")]
    let open = open as i64;
    drawn().saturating_add(open)
}

/// What stands behind the `#` of the address; it is never sent.
#[must_use]
pub fn fragment() -> String {
    let hash = window().and_then(|window| window.location().hash().ok()).unwrap_or_default();
    hash.trim_start_matches('#').into()
}

/// Text as it may stand in an address.
#[must_use]
pub fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Opens the browser's way to print.
pub fn print() {
    if let Some(window) = window() {
        let _ = window.print();
    }
}

/// Puts text where it can be pasted from; not on a page that came without TLS: there browsers have no such place.
pub fn copy(text: &str) {
    let Some(window) = window() else { return };
    let place = js_sys::Reflect::get(&window.navigator(), &"clipboard".into()).unwrap_or_default();
    if let Some(place) = place.dyn_ref::<web_sys::Clipboard>() {
        let _ = place.write_text(text);
    }
}

/// A password that nobody can guess: letters and digits that do not look alike.
#[must_use]
pub fn new_password() -> String {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789X";
    let mut bytes = [0u8; 16];
    if let Some(crypto) = window().and_then(|window| window.crypto().ok()) {
        let _ = crypto.get_random_values_with_u8_array(&mut bytes);
    }
    bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect()
}

/// A value between 0 and 1 that cannot be foreseen; 0 on the server.
#[must_use]
pub fn chance() -> f64 {
    window().map_or(0.0, |_| js_sys::Math::random())
}

/// A new id: a UUID of version 7, so that ids sort by the time they were made.
#[must_use]
pub fn new_id() -> String {
    let mut bytes = [0u8; 16];
    if let Some(crypto) = window().and_then(|window| window.crypto().ok()) {
        let _ = crypto.get_random_values_with_u8_array(&mut bytes);
    }
    bytes[..6].copy_from_slice(&now().to_be_bytes()[2..]);
    bytes[6] = (bytes[6] & 0x0f) | 0x70;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let mut id = String::with_capacity(36);
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            id.push('-');
        }
        id.push_str(&format!("{byte:02x}"));
    }
    id
}

/// A cookie: from the request while the server draws, from the document in the browser.
#[must_use]
pub fn cookie(name: &str) -> Option<String> {
    let all = all_cookies()?;
    all.split(';').find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then(|| value.to_string())
    })
}

#[cfg(feature = "ssr")]
fn all_cookies() -> Option<String> {
    let request = leptos::prelude::use_context::<http::request::Parts>()?;
    Some(request.headers.get(http::header::COOKIE)?.to_str().ok()?.to_string())
}

#[cfg(not(feature = "ssr"))]
fn all_cookies() -> Option<String> {
    document()?.cookie().ok()
}

/// What stands in the head of the page, and in a browser follows the reader's choice.
///
/// On the server it is read here and now: the head is written when what the page was drawn from may be out of reach.
#[cfg(feature = "ssr")]
#[must_use]
pub fn in_head(text: leptos::prelude::Signal<String>) -> TextProp {
    use leptos::prelude::GetUntracked as _;
    TextProp::from(text.get_untracked())
}

/// What stands in the head of the page, and in a browser follows the reader's choice.
#[cfg(not(feature = "ssr"))]
#[must_use]
pub fn in_head(text: leptos::prelude::Signal<String>) -> TextProp {
    use leptos::prelude::Get as _;
    TextProp::from(move || text.get())
}

/// Keeps a choice for a year.
pub fn set_cookie(name: &str, value: &str) {
    if let Some(document) = document() {
        let _ = document.set_cookie(&format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax"));
    }
}

/// The address of the site for a WebSocket at `path`.
#[must_use]
pub fn socket_address(path: &str) -> Option<String> {
    let location = window()?.location();
    let scheme = if location.protocol().ok()? == "https:" { "wss" } else { "ws" };
    Some(format!("{scheme}://{}{path}", location.host().ok()?))
}

/// The page's whole address; empty on the server.
#[must_use]
pub fn address() -> String {
    window().and_then(|window| window.location().href().ok()).unwrap_or_default()
}

/// The path of the page's address; empty on the server.
#[must_use]
pub fn path() -> String {
    window().and_then(|window| window.location().pathname().ok()).unwrap_or_default()
}

/// Says in what language the page is and how large its type.
pub fn mark_document(language: &str, size: &str) {
    if let Some(root) = document().and_then(|document| document.document_element()) {
        let _ = root.set_attribute("lang", language);
        let _ = root.set_attribute("data-size", size);
    }
}

/// What stands in an attribute, of every element that has it.
pub(crate) fn attributes(name: &str) -> Vec<String> {
    let found = document().and_then(|document| document.query_selector_all(&format!("[{name}]")).ok());
    let Some(found) = found else { return Vec::new() };
    let element = |at| found.item(at)?.dyn_into::<web_sys::Element>().ok()?.get_attribute(name);
    (0..found.length()).filter_map(element).collect()
}

/// Goes to another page.
pub fn go(path: &str) {
    if let Some(window) = window() {
        let _ = window.location().set_href(path);
    }
}

/// Loads the page anew.
pub fn reload() {
    if let Some(window) = window() {
        let _ = window.location().reload();
    }
}

/// Puts the keyboard into the element of that id.
pub fn focus(id: &str) {
    let element = document().and_then(|document| document.get_element_by_id(id));
    if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// Puts the keyboard into the first field inside an element.
pub fn focus_first_field(inside: &web_sys::Element) {
    let field = inside.query_selector("textarea, input, select").ok().flatten();
    if let Some(field) = field.and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = field.focus();
    }
}

/// Scrolls the element of that id to its end.
pub fn scroll_to_end(id: &str) {
    if let Some(element) = document().and_then(|document| document.get_element_by_id(id)) {
        element.set_scroll_top(element.scroll_height());
    }
}

/// Scrolls just so far that what an element that was opened holds last stands in sight.
pub fn bring_into_sight(opened: &web_sys::Event) {
    let opened = opened.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    if let Some(inside) = opened.and_then(|opened| opened.last_element_child()) {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        inside.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// Scrolls a list so far that one of its elements stands in its middle. The list is what they are placed in.
pub fn show_within(id: &str, list: &str) {
    let element = |id: &str| {
        let element = document()?.get_element_by_id(id)?;
        element.dyn_into::<web_sys::HtmlElement>().ok()
    };
    if let (Some(element), Some(list)) = (element(id), element(list)) {
        list.set_scroll_top(element.offset_top() - (list.client_height() - element.offset_height()) / 2);
    }
}

/// Whether the element of that id is scrolled to its end, or nearly.
#[must_use]
pub fn is_at_end(id: &str) -> bool {
    let element = document().and_then(|document| document.get_element_by_id(id));
    element.is_none_or(|element| {
        element.scroll_height() - element.client_height() - element.scroll_top() < NEARLY_PX
    })
}

/// Lets the device tremble, where it can and its owner has touched the page; browsers complain of it before. Firefox and
/// Safari do not know how: what is called there all the same throws, and breaks off what the page is doing.
pub fn vibrate(ms: u32) {
    let Some(window) = window() else { return };
    let inside = |of: &JsValue, name: &str| js_sys::Reflect::get(of, &name.into()).unwrap_or_default();
    let navigator = window.navigator();
    let touched = inside(&inside(&navigator, "userActivation"), "hasBeenActive").is_truthy();
    if touched && let Ok(tremble) = inside(&navigator, "vibrate").dyn_into::<js_sys::Function>() {
        let _ = tremble.call1(&navigator, &ms.into());
    }
}

/// Offers bytes to the reader as a file.
pub fn offer_file(name: &str, bytes: &[u8], media_type: &str) -> bool {
    offered(name, bytes, media_type).is_some()
}

fn offered(name: &str, bytes: &[u8], media_type: &str) -> Option<()> {
    let document = document()?;
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes));
    let bag = web_sys::BlobPropertyBag::new();
    bag.set_type(media_type);
    let blob = web_sys::Blob::new_with_u8_array_sequence_and_options(&parts, &bag).ok()?;
    let url = web_sys::Url::create_object_url_with_blob(&blob).ok()?;
    let link: web_sys::HtmlAnchorElement = document.create_element("a").ok()?.dyn_into().ok()?;
    link.set_href(&url);
    link.set_download(name);
    link.click();
    let _ = web_sys::Url::revoke_object_url(&url);
    Some(())
}

/// Calls `act` whenever the window says `event`, for as long as the page lives.
pub fn on_window(event: &str, act: impl FnMut() + 'static) {
    let Some(window) = window() else { return };
    let listener = wasm_bindgen::closure::Closure::<dyn FnMut()>::new(act);
    let _ = window.add_event_listener_with_callback(event, listener.as_ref().unchecked_ref());
    listener.forget();
}

/// The field in which a file is chosen, or a line is typed.
pub type FileInput = web_sys::HtmlInputElement;

/// The bytes of a file that the reader chose, its name and its media type.
pub async fn chosen_file(input: &FileInput) -> Option<(String, String, Vec<u8>)> {
    let file = input.files()?.get(0)?;
    let buffer = wasm_bindgen_futures::JsFuture::from(file.array_buffer()).await.ok()?;
    Some((file.name(), file.type_(), js_sys::Uint8Array::new(&buffer).to_vec()))
}

pub(crate) fn text_of(value: &JsValue) -> String {
    value.as_string().unwrap_or_default()
}
