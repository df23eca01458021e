//! Something sent to the server: whether it is on its way, and what the server said when it said no.

use std::pin::Pin;

use leptos::{prelude::*, task::spawn_local};

use super::asked::why;
use crate::browser::fetch::Failure;

/// One thing at a time on its way to the server.
#[derive(Clone, Copy, Debug)]
pub struct Sending {
    /// Whether something is on its way.
    pub busy: RwSignal<bool>,
    /// Why the last one failed.
    pub failure: RwSignal<Option<Failure>>,
}

impl Default for Sending {
    fn default() -> Self {
        Self { busy: RwSignal::new(false), failure: RwSignal::new(None) }
    }
}

impl Sending {
    /// Sends something, unless something else is on its way.
    pub fn go(self, act: impl Future<Output = Result<(), Failure>> + 'static) {
        self.start(Box::pin(act));
    }

    fn start(self, act: Pin<Box<dyn Future<Output = Result<(), Failure>>>>) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.failure.set(None);
        spawn_local(async move {
            let done = act.await;
            self.busy.set(false);
            self.failure.set(done.err());
        });
    }

    /// What the server said when it said no.
    #[must_use]
    pub fn news(self) -> AnyView {
        (move || self.failure.with(|failure| failure.as_ref().map(why))).into_any()
    }
}
