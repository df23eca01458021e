//! How the browser's drawing of a page takes the place of the server's, and nothing is lost that the reader typed, ticked or
//! pressed until then.
//!
//! ```text
//! the server's drawing: read, typed into, pressed ─▶ the new one is drawn below ─▶ the old one goes ─▶ what was done in it
//!                                                                                                     is done again
//! ```
//!
//! The browser turns to nothing else in between: no key is lost, and nobody sees both. What was pressed is marked by `start.js`,
//! which is there first.

use std::time::Duration;

use leptos::{leptos_dom::helpers::set_timeout, prelude::AnyView, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, HtmlElement, HtmlInputElement as Input, HtmlTextAreaElement as TextArea};

use super::{document, focus};

/// How many steps the drawing of a page takes at most, each begun by the one before it.
const STEPS: u32 = 50;
/// How often it is looked whether nothing is pressed, and whether the new drawing is whole.
pub(crate) const TURNS: u32 = 40;
/// How long until it is looked again.
const TURN: Duration = Duration::from_millis(50);

/// Empties the page.
pub(crate) fn clear_page() {
    if let Some(body) = document().and_then(|document| document.body()) {
        body.set_inner_html("");
    }
}

/// Says that the page has come whole.
pub(crate) fn say_ready() {
    if let Some(root) = document().and_then(|document| document.document_element()) {
        let _ = root.set_attribute("data-ready", "");
    }
}

/// Draws the page anew and puts it in the place of the server's. A press that began in one drawing and ended in the other would
/// be none: it waits until nothing is pressed, for so many turns.
pub(crate) fn take_over(draw: fn() -> AnyView, turns: u32) {
    if turns > 0 && !elements("button:active, input:active").is_empty() {
        set_timeout(move || take_over(draw, turns - 1), TURN);
        return;
    }
    let old = Old { elements: elements("body > *"), buttons: elements("button").len() };
    leptos::mount::mount_to_body(draw);
    // What is drawn behind an address is drawn later, yet before the browser turns to anything else.
    spawn_local(async move {
        for _ in 0..STEPS {
            let _ = JsFuture::from(js_sys::Promise::resolve(&JsValue::NULL)).await;
        }
        old.goes(TURNS);
    });
}

/// The server's drawing.
struct Old {
    /// What stands in the body.
    elements: Vec<Element>,
    /// How many buttons it has.
    buttons: usize,
}

impl Old {
    /// Goes once the new drawing has all in which something was done, or after so many turns.
    fn goes(self, turns: u32) {
        let done = self.done();
        if turns > 0 && !done.iter().all(|done| done.again.is_some()) {
            set_timeout(move || self.goes(turns - 1), TURN);
            return;
        }
        for element in self.elements {
            element.remove();
        }
        say_ready();
        for done in done {
            done.again();
        }
    }

    /// What the reader did.
    fn done(&self) -> Vec<Done> {
        let focused = document().and_then(|document| document.active_element());
        let mut done: Vec<Done> =
            (self.elements.iter().flat_map(|old| within(old, "input[id], textarea[id]")))
                .filter_map(|field| Done::typed(&field, focused.as_ref()))
                .collect();
        let buttons = elements("button");
        if let Some(at) =
            buttons.iter().take(self.buttons).position(|button| button.has_attribute("data-pressed"))
        {
            let same =
                |new: &&Element| new.text_content() == buttons.get(at).and_then(|old| old.text_content());
            let again = buttons.get(at + self.buttons).filter(same).cloned();
            done.push(Done { what: What::Pressed, again, focused: false });
        }
        done
    }
}

/// Something that the reader did.
struct Done {
    what: What,
    /// Where it is done again, if that is there yet.
    again: Option<Element>,
    /// Whether the keyboard is there.
    focused: bool,
}

enum What {
    /// A text stands in a field; with Enter after it, or without.
    Typed(String, bool),
    /// A field is ticked, or not.
    Ticked(bool),
    /// A button was pressed.
    Pressed,
}

impl Done {
    /// What was done in a field, if anything.
    fn typed(field: &Element, focused: Option<&Element>) -> Option<Self> {
        let entered = field.has_attribute("data-pressed");
        let what = match (field.dyn_ref::<Input>(), field.dyn_ref::<TextArea>()) {
            (Some(input), _) if matches!(input.type_().as_str(), "radio" | "checkbox") => {
                What::Ticked(input.checked())
            }
            // Nobody but the reader may choose a file.
            (Some(input), _) if input.type_() == "file" => What::Typed(String::new(), false),
            (Some(input), _) => What::Typed(input.value(), entered),
            (None, Some(area)) => What::Typed(area.value(), false),
            (None, None) => return None,
        };
        let focused = focused == Some(field);
        let idle = match &what {
            What::Typed(text, entered) => !entered && (text.is_empty() || *text == drawn_with(field)),
            What::Ticked(ticked) => {
                field.dyn_ref::<Input>().is_none_or(|field| field.default_checked() == *ticked)
            }
            What::Pressed => false,
        };
        if idle && !focused {
            return None;
        }
        let again = elements(&format!("[id=\"{}\"]", field.id())).into_iter().nth(1);
        Some(Self { what, again, focused })
    }

    /// Does it again, as if the reader did.
    fn again(self) {
        let Some(element) = self.again else { return };
        match self.what {
            What::Typed(text, entered) => {
                match (element.dyn_ref::<Input>(), element.dyn_ref::<TextArea>()) {
                    (Some(input), _) if !text.is_empty() => input.set_value(&text),
                    (None, Some(area)) if !text.is_empty() => area.set_value(&text),
                    _ => {}
                }
                if !text.is_empty() {
                    send(&element, web_sys::Event::new_with_event_init_dict("input", &bubbling()).ok());
                }
                if entered {
                    let enter = web_sys::KeyboardEventInit::new();
                    enter.set_bubbles(true);
                    enter.set_cancelable(true);
                    enter.set_key("Enter");
                    let event = web_sys::KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &enter);
                    send(&element, event.ok().map(Into::into));
                }
            }
            What::Ticked(ticked) => {
                if let Some(input) = element.dyn_ref::<Input>().filter(|input| input.checked() != ticked) {
                    input.click();
                }
            }
            What::Pressed => _ = element.dyn_ref::<HtmlElement>().map(HtmlElement::click),
        }
        if self.focused {
            focus(&element.id());
        }
    }
}

/// What the server wrote into a field.
fn drawn_with(field: &Element) -> String {
    match (field.dyn_ref::<Input>(), field.dyn_ref::<TextArea>()) {
        (Some(input), _) => input.default_value(),
        (None, area) => area.and_then(|area| area.default_value().ok()).unwrap_or_default(),
    }
}

fn bubbling() -> web_sys::EventInit {
    let init = web_sys::EventInit::new();
    init.set_bubbles(true);
    init
}

fn send(to: &Element, event: Option<web_sys::Event>) {
    if let Some(event) = event {
        let _ = to.dispatch_event(&event);
    }
}

/// What is found in the whole page.
fn elements(selector: &str) -> Vec<Element> {
    document().and_then(|document| document.query_selector_all(selector).ok()).map(listed).unwrap_or_default()
}

/// What is found in an element.
fn within(element: &Element, selector: &str) -> Vec<Element> {
    element.query_selector_all(selector).map(listed).unwrap_or_default()
}

fn listed(found: web_sys::NodeList) -> Vec<Element> {
    (0..found.length()).filter_map(|at| found.item(at)?.dyn_into().ok()).collect()
}
