//! A table whose rows stand as cards on a narrow screen: told as a table either way.

use leptos::prelude::*;

/// A table: the words of its columns, and its rows made with [`row`].
pub fn rows(
    label: Signal<String>,
    class: &'static str,
    columns: Vec<Signal<String>>,
    body: impl Fn() -> Vec<AnyView> + Send + Sync + 'static,
) -> AnyView {
    let heads: Vec<AnyView> = columns
        .into_iter()
        .map(|words| view! { <span role="columnheader">{words}</span> }.into_any())
        .collect();
    view! {
        <div class=format!("rows {class}") role="table" aria-label=label>
            <div role="rowgroup" class="columns">
                <div role="row">{heads}</div>
            </div>
            <div role="rowgroup" class="body">{body}</div>
        </div>
    }
    .into_any()
}

/// One row of its cells.
pub fn row(testid: String, class: &'static str, cells: Vec<AnyView>) -> AnyView {
    let cells: Vec<AnyView> =
        cells.into_iter().map(|cell| view! { <div role="cell">{cell}</div> }.into_any()).collect();
    view! { <div role="row" class=class data-testid=testid>{cells}</div> }.into_any()
}
