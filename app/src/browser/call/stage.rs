//! The pictures on the page: whoever is in front in the large, and the others as they sit in a hearing room, the bench
//! between the two sides. A press on a face keeps it in front, for this reader alone.
//!
//! The room leaves a place for it, `[data-stage]`; what stands in it is drawn here and nowhere else. What stays as it was is
//! not touched, so that the keyboard keeps its place.

use std::{cell::RefCell, collections::BTreeMap};

use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Element, Event, HtmlVideoElement, MediaStreamTrack, MutationObserver, MutationObserverInit};

use super::{
    Choice, Press, SEATING, STATE, State, end, fronts, has_chosen, is_on, own, pressed,
    seating::{Chamber, Seating, Sits},
    section::of_tracks,
    wish, with_call,
};
use crate::browser::document;

/// A picture, and the sign in its place while it does not move.
macro_rules! picture {
    () => {
        r#"<span class="picture" aria-hidden="true"><video playsinline autoplay muted></video><span class="sign"></span></span>"#
    };
}

const STAGE: &str = concat!(
    r#"<button type="button" class="button primary hear" data-do="hear" data-testid="video-hear" hidden></button>"#,
    r#"<figure class="in-front" data-testid="in-front" hidden>"#,
    picture!(),
    r#"<figcaption><strong></strong> <span></span></figcaption></figure>"#,
    r#"<div class="faces" role="group" tabindex="0" data-testid="faces" hidden>"#,
    r#"<ul class="left"></ul><ul class="bench"></ul><ul class="panel"></ul><ul class="right"></ul></div>"#,
);
const OWN_TILE: &str = concat!("<span>", picture!(), r#"<span class="name"></span></span>"#);
const TILE: &str =
    concat!(r#"<button type="button" data-do="pin">"#, picture!(), r#"<span class="name"></span></button>"#);
/// Where one sits, in the order of the page.
const PLACES: [&str; 4] = ["left", "bench", "panel", "right"];

/// What stands on the page.
struct Stage {
    root: Element,
    tiles: BTreeMap<String, Element>,
    pressed: Closure<dyn FnMut(Event)>,
}

impl Drop for Stage {
    fn drop(&mut self) {
        let pressed = self.pressed.as_ref().unchecked_ref();
        let _ = self.root.remove_event_listener_with_callback("click", pressed);
    }
}

thread_local! {
    static STANDS: RefCell<Option<Stage>> = const { RefCell::new(None) };
    static PINNED: RefCell<String> = const { RefCell::new(String::new()) };
    /// Who spoke last, in a room in which nobody has the floor.
    static SPOKE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Draws the stage anew wherever the room puts its place, for as long as the page lives. Brings the style sheet.
pub(super) fn begins() {
    let _ = brings_style();
}

fn brings_style() -> Option<()> {
    const SHEET: &str = "/pkg/link.css";
    let document = document()?;
    let head = document.head()?;
    if head.query_selector(&format!("link[href='{SHEET}']")).ok()?.is_some() {
        return None;
    }
    let sheet = document.create_element("link").ok()?;
    sheet.set_attribute("rel", "stylesheet").ok()?;
    sheet.set_attribute("href", SHEET).ok()?;
    head.append_child(&sheet).ok()?;
    let drawn = Closure::<dyn FnMut()>::new(|| {
        let place = place();
        let known = STANDS.with_borrow(|stands| stands.as_ref().map(|stage| stage.root.clone()));
        if is_on() && place != known {
            draw();
        }
    });
    let page = MutationObserver::new(drawn.as_ref().unchecked_ref()).ok()?;
    let init = MutationObserverInit::new();
    init.set_child_list(true);
    init.set_subtree(true);
    page.observe_with_options(document.body()?.as_ref(), &init).ok()?;
    drawn.forget();
    // A phone stops what plays while its owner looks elsewhere.
    let looks = Closure::<dyn FnMut()>::new(|| {
        if is_on() {
            plays();
        }
    });
    document.add_event_listener_with_callback("visibilitychange", looks.as_ref().unchecked_ref()).ok()?;
    looks.forget();
    Some(())
}

fn place() -> Option<Element> {
    document()?.query_selector("[data-stage]").ok()?
}

/// Keeps that seat in front, or no longer.
pub(super) fn pins(seat: String) {
    PINNED.with_borrow_mut(|pinned| *pinned = if *pinned == seat { String::new() } else { seat });
}

/// Plays every picture, in a press of the reader.
pub(super) fn plays() {
    let Some(videos) = place().and_then(|root| root.query_selector_all("video").ok()) else { return };
    for at in 0..videos.length() {
        let video = videos.get(at).and_then(|video| video.dyn_into::<HtmlVideoElement>().ok());
        if let Some(Ok(played)) = video.map(|video| video.play()) {
            // Refused or overtaken by another picture: nothing is lost.
            spawn_local(async move { drop(JsFuture::from(played).await) });
        }
    }
}

/// Draws what has changed.
pub(super) fn draw() {
    let mut stands = STANDS.take();
    let place = place();
    if stands.as_ref().map(|stage| &stage.root) != place.as_ref() {
        stands = None;
    }
    if let Some(root) = place {
        if is_on() {
            stands = stands.or_else(|| Stage::new(root));
        } else if stands.take().is_some() {
            root.set_inner_html("");
        }
    }
    if let Some(stage) = &mut stands {
        SEATING.with_borrow(|seating| stage.draw(seating));
    }
    STANDS.set(stands);
}

fn what_is_pressed(event: &Event) -> Option<Press> {
    let target: Element = event.target()?.dyn_into().ok()?;
    let button = target.closest("[data-do]").ok()??;
    let word = button.get_attribute("data-do")?;
    Some(match word.as_str() {
        "hear" => Press::Hear,
        "off" => Press::Off,
        "take" => Press::Take,
        "pin" => Press::Pin(button.get_attribute("data-seat")?),
        word => Press::Choose(Choice::ALL.into_iter().find(|choice| choice.word() == word)?),
    })
}

impl Stage {
    fn new(root: Element) -> Option<Self> {
        root.set_inner_html(&[STAGE, end::END].concat());
        let pressed = Closure::<dyn FnMut(Event)>::new(|event: Event| {
            if let Some(press) = what_is_pressed(&event) {
                pressed(press);
            }
        });
        root.add_event_listener_with_callback("click", pressed.as_ref().unchecked_ref()).ok()?;
        Some(Self { root, tiles: BTreeMap::new(), pressed })
    }

    fn draw(&mut self, seating: &Seating) {
        let me = wish().map(|wish| wish.me).unwrap_or_default();
        let carried = |sits: &&Sits| {
            let received = with_call(|call| call.carries(&sits.seat)).unwrap_or(false);
            received || sits.seat == me
        };
        let people: Vec<&Sits> = seating.people.iter().filter(carried).collect();
        let speaks = with_call(|call| call.speaks()).flatten();
        match speaks {
            _ if seating.chamber != Chamber::Apart => SPOKE.set(String::new()),
            Some(speaks) => SPOKE.set(speaks),
            None => {}
        }
        self.front(seating, &people, &me);
        self.faces(seating, &people, &me);
        end::draw(&self.root, seating);
    }

    fn front(&self, seating: &Seating, people: &[&Sits], me: &str) {
        let pinned = PINNED.with_borrow(Clone::clone);
        let find = |seat: &str| people.iter().find(|sits| sits.seat == seat && sits.seat != me);
        let is_pinned = find(&pinned).is_some();
        let spoke = SPOKE.with_borrow(Clone::clone);
        let front = find(&pinned).or_else(|| find(&seating.front)).or_else(|| find(&spoke));
        let front = front.filter(|_| STATE.get() == State::Open && !has_chosen(Choice::SoundOnly));
        let Some(figure) = part(&self.root, ".in-front") else { return };
        hide(&figure, front.is_none());
        class(&figure, "pinned", is_pinned);
        class(&self.root, "fronted", front.is_some());
        let seat = front.map(|sits| sits.seat.clone()).unwrap_or_default();
        attribute(&figure, "data-seat", Some(&seat));
        fronts(&seat);
        write(&figure, "strong", front.map_or("", |sits| &sits.name));
        // Who may not know the name reads the capacity in its place, once.
        let post = front.filter(|sits| sits.post != sits.name).map_or("", |sits| &sits.post);
        write(&figure, "figcaption span", post);
        film(&figure, front.copied(), false);
    }

    fn faces(&mut self, seating: &Seating, people: &[&Sits], me: &str) {
        let Some(faces) = part(&self.root, ".faces") else { return };
        hide(&faces, people.is_empty());
        attribute(&faces, "aria-label", Some(end::FACES.in_language(seating.language)));
        self.tiles.retain(|seat, tile| {
            let stays = people.iter().any(|sits| sits.seat == *seat);
            if !stays {
                tile.remove();
            }
            stays
        });
        for name in PLACES {
            let Some(group) = part(&faces, &format!(".{name}")) else { continue };
            let mut next = group.first_element_child();
            for sits in people.iter().filter(|sits| sits.place == name) {
                let Some(tile) = self.tile(sits, sits.seat == me) else { continue };
                if next.as_ref() == Some(&tile) {
                    next = tile.next_element_sibling();
                } else {
                    let _ = group.insert_before(&tile, next.as_ref().map(AsRef::as_ref));
                }
                face(&tile, sits, seating, sits.seat == me);
            }
            hide(&group, group.first_element_child().is_none());
        }
    }

    fn tile(&mut self, sits: &Sits, own: bool) -> Option<Element> {
        if let Some(tile) = self.tiles.get(&sits.seat) {
            return Some(tile.clone());
        }
        let tile = document()?.create_element("li").ok()?;
        tile.set_inner_html(if own { OWN_TILE } else { TILE });
        attribute(&tile, "data-testid", Some(&format!("tile-{}", sits.seat)));
        class(&tile, "own", own);
        self.tiles.insert(sits.seat.clone(), tile.clone());
        Some(tile)
    }
}

fn face(tile: &Element, sits: &Sits, seating: &Seating, own: bool) {
    class(tile, "heard", sits.heard);
    let you = end::YOU.in_language(seating.language);
    write(tile, ".name", if own { you } else { &sits.name });
    if let Some(button) = part(tile, "button") {
        let pinned = PINNED.with_borrow(|pinned| *pinned == sits.seat);
        attribute(&button, "data-seat", Some(&sits.seat));
        attribute(&button, "aria-pressed", Some(if pinned { "true" } else { "false" }));
        attribute(&button, "title", Some(end::PIN.in_language(seating.language)));
    }
    film(tile, Some(sits), own);
}

/// Gives a picture its seat: the video while it moves, the sign else.
fn film(inside: &Element, sits: Option<&Sits>, is_own: bool) {
    let seat = sits.map_or("", |sits| &sits.seat);
    let track = if is_own { own().picture } else { with_call(|call| call.picture_of(seat)).flatten() };
    let live =
        if is_own { own::is_shown() } else { with_call(|call| call.live().contains(seat)).unwrap_or(false) };
    if let Some(picture) = part(inside, ".picture") {
        class(&picture, "live", live && !has_chosen(Choice::SoundOnly));
        write(&picture, ".sign", sits.map_or("", |sits| &sits.sign));
    }
    if let Some(video) = part(inside, "video").and_then(|video| video.dyn_into::<HtmlVideoElement>().ok()) {
        carry(&video, track);
    }
}

fn carry(video: &HtmlVideoElement, track: Option<MediaStreamTrack>) {
    let shown = video
        .src_object()
        .and_then(|stream| stream.get_video_tracks().get(0).dyn_into::<MediaStreamTrack>().ok());
    if shown.as_ref().map(MediaStreamTrack::id) == track.as_ref().map(MediaStreamTrack::id) {
        return;
    }
    video.set_muted(true);
    let stream = track.and_then(|track| of_tracks([track]).ok());
    video.set_src_object(stream.as_ref());
}

/// The first part inside an element that fits.
pub(super) fn part(inside: &Element, which: &str) -> Option<Element> {
    inside.query_selector(which).ok()?
}

/// Writes text into a part, if it says something else.
pub(super) fn write(inside: &Element, which: &str, text: &str) {
    if let Some(part) = part(inside, which)
        && part.text_content().as_deref() != Some(text)
    {
        part.set_text_content(Some(text));
    }
}

/// Sets an attribute, or takes it away, if it is not so already.
pub(super) fn attribute(of: &Element, name: &str, value: Option<&str>) {
    if of.get_attribute(name).as_deref() == value {
        return;
    }
    let _ = match value {
        Some(value) => of.set_attribute(name, value),
        None => of.remove_attribute(name),
    };
}

/// Hides an element, or shows it.
pub(super) fn hide(element: &Element, hidden: bool) {
    attribute(element, "hidden", hidden.then_some(""));
}

fn class(of: &Element, name: &str, on: bool) {
    let class = if on { of.class_list().add_1(name) } else { of.class_list().remove_1(name) };
    let _: Result<(), JsValue> = class;
}
