//! Following what changes, in little code: values derived from others, shown or not, one by one.
//!
//! Each closure handed to the framework is compiled into machinery of its own. Here it is boxed first, so that there
//! is one machinery for each kind of value; the names are those of the framework's own.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    ops::Deref,
    sync::Arc,
};

use leptos::{
    prelude::*,
    reactive::owner::{Owner, WeakOwner},
};

/// Looking at what a signal or memo holds, and following its change.
pub trait See: Read {
    /// What `look` makes of it.
    #[inline]
    fn see<T>(&self, look: impl FnOnce(&<Self::Value as Deref>::Target) -> T) -> T
    where
        Self::Value: Deref,
    {
        look(&self.read())
    }
}

impl<S: Read> See for S {}

/// A value derived from others; computed anew only when one of them has changed.
pub fn memo<T: PartialEq + Send + Sync + 'static>(
    compute: impl Fn() -> T + Send + Sync + 'static,
) -> Memo<T> {
    fn boxed<T: PartialEq + Send + Sync + 'static>(compute: Box<dyn Fn() -> T + Send + Sync>) -> Memo<T> {
        Memo::new(move |_| compute())
    }
    boxed(Box::new(compute))
}

/// A value derived from others; computed wherever it is read.
pub fn derived<T: Send + Sync + 'static>(compute: impl Fn() -> T + Send + Sync + 'static) -> Signal<T> {
    fn boxed<T: Send + Sync + 'static>(compute: Box<dyn Fn() -> T + Send + Sync>) -> Signal<T> {
        Signal::derive(compute)
    }
    boxed(Box::new(compute))
}

/// Does something at first and whenever what it looked at has changed. Only in the browser.
pub fn effect(act: impl FnMut() + 'static) {
    fn boxed(mut act: Box<dyn FnMut()>) {
        Effect::new(move |_| act());
    }
    boxed(Box::new(act));
}

/// Where the values of a form live. What is made inside an effect is gone when the effect runs again; a row that a draft
/// adds to a form lives as long as the form.
#[derive(Clone, Copy, Debug)]
pub struct Home(StoredValue<Option<WeakOwner>>);

impl Home {
    /// The place where this is called.
    #[must_use]
    pub fn here() -> Self {
        Self(StoredValue::new(Owner::current().map(|owner| owner.downgrade())))
    }

    /// Makes values that live there.
    pub fn make<T>(self, make: impl FnOnce() -> T) -> T {
        match self.0.get_value().and_then(|owner| owner.upgrade()) {
            Some(owner) => owner.with(make),
            None => make(),
        }
    }
}

/// Shows its children while `when` holds, else the fallback.
#[component]
pub fn Show(
    /// Whether the children are shown.
    when: impl Fn() -> bool + Send + Sync + 'static,
    /// What is shown else.
    #[prop(optional, into)]
    fallback: ViewFn,
    /// What is shown.
    children: ChildrenFn,
) -> impl IntoView {
    let when = memo(when);
    derived_view(Box::new(move || if when.get() { children() } else { fallback.run() }))
}

fn derived_view(draw: Box<dyn Fn() -> AnyView + Send + Sync>) -> AnyView {
    draw.into_any()
}

/// Draws its children once for each item; what is there already is moved, not drawn again.
#[component]
pub fn For<T, I, K, N>(
    /// The items.
    each: impl Fn() -> I + Send + Sync + 'static,
    /// What tells one item from another.
    key: impl Fn(&T) -> K + Send + Sync + 'static,
    /// How one is drawn.
    children: impl Fn(T) -> N + Send + Sync + 'static,
) -> impl IntoView
where
    I: IntoIterator<Item = T>,
    K: Hash,
    N: IntoView + 'static,
    T: Send + 'static,
{
    let children: Arc<dyn Fn(T) -> AnyView + Send + Sync> =
        Arc::new(move |item| children(item).into_view().into_any());
    let items = move || {
        let one = |item: T| {
            let (mut hasher, children) = (DefaultHasher::new(), children.clone());
            key(&item).hash(&mut hasher);
            Item { key: hasher.finish(), draw: Box::new(move || children(item)) }
        };
        each().into_iter().map(one).collect::<Vec<_>>()
    };
    one_by_one(Box::new(items))
}

/// An item of a list that is still to be drawn.
struct Item {
    key: u64,
    draw: Box<dyn FnOnce() -> AnyView + Send>,
}

fn one_by_one(items: Box<dyn Fn() -> Vec<Item> + Send + Sync>) -> AnyView {
    leptos::control_flow::For(
        leptos::control_flow::ForProps::builder()
            .each(items)
            .key(|item: &Item| item.key)
            .children(|item: Item| (item.draw)())
            .build(),
    )
    .into_any()
}
