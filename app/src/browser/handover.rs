//! How the browser's drawing of a page takes the place of the server's, and nothing is lost that the reader typed, chose or
//! pressed until then.
//!
//! ```text
//! the server's drawing: read, typed into, pressed ─▶ the new one is drawn below ─▶ what was done is done again in the new
//!                                                                                 one, and the old one goes
//! ```
//!
//! The browser turns to nothing else in between: no key is lost, and nobody sees both. What is pressed, and that an input method
//! is at work, is marked by `start.js`, which is there first.

use std::time::Duration;

use leptos::{leptos_dom::helpers::set_timeout, prelude::AnyView, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Element, HtmlElement, HtmlInputElement as Input, HtmlSelectElement as Select,
    HtmlTextAreaElement as TextArea,
};

use super::document;

/// What a reader can do something with.
const PARTS: &str = "a[href], button, input, select, textarea, summary";
/// How many steps the drawing of a page takes at most, each begun by the one before it.
const STEPS: u32 = 50;
/// How often it is looked whether nothing is pressed any more.
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
    if let Some(root) = root() {
        let _ = root.set_attribute("data-ready", "");
    }
}

/// Draws the page anew and puts it in the place of the server's. A press that began in one drawing and ended in the other would
/// be none, and a sign half composed would be letters: it waits for the one so many turns, for the other until it is done.
pub(crate) fn take_over(draw: fn() -> AnyView, turns: u32) {
    let composes = root().is_some_and(|root| root.has_attribute("data-composing"));
    if composes || (turns > 0 && !elements("body :active").is_empty()) {
        set_timeout(move || take_over(draw, turns.saturating_sub(1)), TURN);
        return;
    }
    let old = Drawing::read();
    leptos::mount::mount_to_body(draw);
    // What is drawn behind an address is drawn later, yet before the browser turns to anything else.
    spawn_local(async move {
        for _ in 0..STEPS {
            let _ = JsFuture::from(js_sys::Promise::resolve(&JsValue::NULL)).await;
        }
        old.goes();
    });
}

/// The server's drawing, with what was done in it. It is read before there is another: fields of which one can be chosen
/// exclude one another in both.
struct Drawing {
    /// What stands in the body.
    elements: Vec<Element>,
    parts: Vec<Part>,
}

/// Something that a reader can do something with.
struct Part {
    element: Element,
    done: Option<Done>,
    /// Pressed, or Enter in it.
    pressed: bool,
    focused: bool,
}

/// What was done with a part.
enum Done {
    /// A text stands in a field.
    Typed(String),
    /// It is ticked, or not.
    Ticked(bool),
    /// One of a list is chosen.
    Chosen(String),
    /// It is folded out.
    Open,
}

impl Drawing {
    fn read() -> Self {
        let focused = document().and_then(|document| document.active_element());
        let part = |element: Element| Part {
            done: done(&element),
            pressed: element.has_attribute("data-pressed"),
            focused: focused.as_ref() == Some(&element),
            element,
        };
        Self { elements: elements("body > *"), parts: elements(PARTS).into_iter().map(part).collect() }
    }

    /// What was done is done again, and the drawing goes.
    fn goes(self) {
        let new: Vec<Element> = elements(PARTS).split_off(self.parts.len());
        let alike = self.parts.len() == new.len()
            && self.parts.iter().zip(&new).all(|(old, new)| name(&old.element) == name(new));
        let again = |at: usize, part: &Part| match alike {
            true => new.get(at).cloned(),
            // A page that came back with more than the server knew, such as a draft: only what has a name of its own is found.
            false => Some(part.element.id())
                .filter(|id| !id.is_empty())
                .and_then(|id| new.iter().find(|new| new.id() == id).cloned()),
        };
        let mut pressed = None;
        let mut whole = true;
        for (at, part) in self.parts.iter().enumerate() {
            let Some(again) = again(at, part) else {
                whole &= part.done.is_none();
                continue;
            };
            if let Some(done) = &part.done {
                do_again(done, &again);
            }
            if part.focused {
                focus(&part.element, &again);
            }
            if part.pressed && part.element.text_content() == again.text_content() {
                pressed = Some(again);
            }
        }
        for element in self.elements {
            element.remove();
        }
        say_ready();
        // Nothing is pressed over what is not as it was left.
        if let Some(pressed) = pressed.filter(|_| alike && whole) {
            press(&pressed);
        }
    }
}

/// What tells a part from others.
fn name(element: &Element) -> [Option<String>; 4] {
    let attribute = |name| element.get_attribute(name);
    [Some(element.tag_name()), attribute("type"), attribute("id"), attribute("data-testid")]
}

/// What was done with a part since it was drawn.
fn done(element: &Element) -> Option<Done> {
    if let Some(input) = element.dyn_ref::<Input>() {
        let (ticked, text) = (input.checked(), input.value());
        return match input.type_().as_str() {
            // Nobody but the reader may choose a file.
            "file" => None,
            // Of several, the one that is chosen takes the place of the other.
            "radio" => (ticked && !input.default_checked()).then_some(Done::Ticked(true)),
            "checkbox" => (ticked != input.default_checked()).then_some(Done::Ticked(ticked)),
            _ => (text != input.default_value()).then_some(Done::Typed(text)),
        };
    }
    if let Some(area) = element.dyn_ref::<TextArea>() {
        let drawn = area.default_value().unwrap_or_default();
        return Some(area.value()).filter(|text| *text != drawn).map(Done::Typed);
    }
    if let Some(select) = element.dyn_ref::<Select>() {
        let options = within(select, "option");
        let drawn = options.iter().position(|option| option.has_attribute("selected")).unwrap_or_default();
        let chosen = usize::try_from(select.selected_index()).ok()?;
        return (chosen != drawn).then(|| Done::Chosen(select.value()));
    }
    let folds = element.tag_name() == "SUMMARY";
    (folds && element.parent_element()?.has_attribute("open")).then_some(Done::Open)
}

/// Does it with the same part of the new drawing, as if the reader did.
fn do_again(done: &Done, part: &Element) {
    match done {
        Done::Typed(text) => {
            if let Some(input) = part.dyn_ref::<Input>() {
                input.set_value(text);
            } else if let Some(area) = part.dyn_ref::<TextArea>() {
                // A draft that came back is not written over.
                let kept = Some(area.value()).filter(|kept| !kept.is_empty() && kept != text);
                area.set_value(&kept.map_or_else(|| text.clone(), |kept| format!("{kept}\n{text}")));
            }
            tell(part, "input");
        }
        Done::Ticked(ticked) => {
            if let Some(input) = part.dyn_ref::<Input>().filter(|input| input.checked() != *ticked) {
                input.click();
            }
        }
        Done::Chosen(value) => {
            if let Some(select) = part.dyn_ref::<Select>() {
                select.set_value(value);
                tell(part, "input");
                tell(part, "change");
            }
        }
        Done::Open => _ = part.parent_element().map(|fold| fold.set_attribute("open", "")),
    }
}

/// Puts the keyboard into the same part of the new drawing, the caret where it stood.
fn focus(old: &Element, new: &Element) {
    let Some(new) = new.dyn_ref::<HtmlElement>() else { return };
    let options = web_sys::FocusOptions::new();
    options.set_prevent_scroll(true);
    let _ = new.focus_with_options(&options);
    // Of a number or a date the browser does not tell where the caret is.
    if let (Some(old), Some(new)) = (old.dyn_ref::<Input>(), new.dyn_ref::<Input>())
        && let (Ok(Some(start)), Ok(Some(end))) = (old.selection_start(), old.selection_end())
    {
        let _ = new.set_selection_range(start, end);
    }
    if let (Some(old), Some(new)) = (old.dyn_ref::<TextArea>(), new.dyn_ref::<TextArea>())
        && old.value() == new.value()
        && let (Ok(Some(start)), Ok(Some(end))) = (old.selection_start(), old.selection_end())
    {
        let _ = new.set_selection_range(start, end);
    }
}

/// Presses a button, or Enter in a field.
fn press(part: &Element) {
    if part.dyn_ref::<Input>().is_none() {
        _ = part.dyn_ref::<HtmlElement>().map(HtmlElement::click);
        return;
    }
    let enter = web_sys::KeyboardEventInit::new();
    enter.set_bubbles(true);
    enter.set_cancelable(true);
    enter.set_key("Enter");
    if let Ok(event) = web_sys::KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &enter) {
        let _ = part.dispatch_event(&event);
    }
}

/// Tells a part what has happened to it.
fn tell(part: &Element, what: &str) {
    let init = web_sys::EventInit::new();
    init.set_bubbles(true);
    if let Ok(event) = web_sys::Event::new_with_event_init_dict(what, &init) {
        let _ = part.dispatch_event(&event);
    }
}

fn root() -> Option<Element> {
    document()?.document_element()
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
