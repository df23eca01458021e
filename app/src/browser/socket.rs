//! The line to the room: one WebSocket for the page, opened, listened to and closed. When to try again is the
//! caller's affair.

use std::cell::RefCell;

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{CloseEvent, MessageEvent, WebSocket};

struct Socket {
    line: WebSocket,
    _opened: Closure<dyn FnMut()>,
    _message: Closure<dyn FnMut(MessageEvent)>,
    _close: Closure<dyn FnMut(CloseEvent)>,
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.line.set_onopen(None);
        self.line.set_onmessage(None);
        self.line.set_onclose(None);
        let _ = self.line.close();
    }
}

thread_local! {
    static LINE: RefCell<Option<Socket>> = const { RefCell::new(None) };
}

/// Opens a line to `path` of this site in the place of an earlier one. `on_close` gets the code with which the other
/// end closed it. False where no line can be opened at all.
pub fn open(
    path: &str,
    on_open: impl FnMut() + 'static,
    mut on_text: impl FnMut(String) + 'static,
    mut on_close: impl FnMut(u16) + 'static,
) -> bool {
    let Some(line) = super::socket_address(path).and_then(|address| WebSocket::new(&address).ok()) else {
        return false;
    };
    let opened = Closure::new(on_open);
    let message = Closure::new(move |event: MessageEvent| on_text(super::text_of(&event.data())));
    let close = Closure::new(move |event: CloseEvent| on_close(event.code()));
    line.set_onopen(Some(opened.as_ref().unchecked_ref()));
    line.set_onmessage(Some(message.as_ref().unchecked_ref()));
    line.set_onclose(Some(close.as_ref().unchecked_ref()));
    let socket = Socket { line, _opened: opened, _message: message, _close: close };
    // The earlier line is dropped only after the borrow has ended.
    let earlier = LINE.with(|line| line.replace(Some(socket)));
    drop(earlier);
    true
}

/// Sends a text, if the line is open.
#[must_use]
pub fn send(text: &str) -> bool {
    LINE.with_borrow(|line| {
        line.as_ref().is_some_and(|socket| {
            socket.line.ready_state() == WebSocket::OPEN && socket.line.send_with_str(text).is_ok()
        })
    })
}

/// Closes the line, if one is open, without a word.
pub fn close() {
    let line = LINE.with(RefCell::take);
    drop(line);
}
