//! A one-line field with its label.

use crate::kit::see::effect;
use leptos::{ev, html, prelude::*};

use crate::browser::keys;

/// A one-line field. Enter sends, unless an input method is choosing a character.
#[component]
pub fn Field(
    /// Its label.
    #[prop(into)]
    label: Signal<String>,
    /// What is typed.
    value: RwSignal<String>,
    /// What Enter does.
    #[prop(optional, into)]
    send: Option<Callback<()>>,
    /// A word of help below the label.
    #[prop(optional, into)]
    hint: Option<Signal<String>>,
    /// `text`, `password`, `number`, `tel`, `datetime-local`.
    #[prop(default = "text")]
    kind: &'static str,
    /// Whether the label is for screen readers only.
    #[prop(optional)]
    bare: bool,
    /// What is proposed while one types.
    #[prop(optional)]
    proposals: &'static [&'static str],
    /// What the browser may fill in.
    #[prop(default = "off")]
    fill: &'static str,
    /// Name for tests, and the id of the field.
    #[prop(into)]
    testid: String,
) -> impl IntoView {
    let input: NodeRef<html::Input> = NodeRef::new();
    // The value is written only when it differs from what stands there, so never under an input method's hands.
    effect(move || {
        let wanted = value.get();
        if let Some(input) = input.get().filter(|input| input.value() != wanted) {
            input.set_value(&wanted);
        }
    });
    let pressed = move |event: ev::KeyboardEvent| {
        if event.key() == "Enter"
            && !keys::is_composing(&event)
            && let Some(send) = send
        {
            event.prevent_default();
            send.run(());
        }
    };
    let list = (!proposals.is_empty()).then(|| format!("{testid}-proposals"));
    let proposed = list.clone().map(|id| {
        let options: Vec<AnyView> =
            proposals.iter().map(|value| view! { <option value=*value></option> }.into_any()).collect();
        view! { <datalist id=id>{options}</datalist> }.into_any()
    });
    let hint_id = hint.map(|_| format!("{testid}-hint"));
    view! {
        <div class="field">
            <label for=testid.clone() class:unseen=bare>{label}</label>
            {hint.map(|hint| view! { <p class="hint" id=hint_id.clone()>{hint}</p> })}
            {proposed}
            <input
                id=testid.clone()
                data-testid=testid
                type=kind
                autocomplete=fill
                list=list
                aria-describedby=hint_id
                placeholder=move || bare.then(|| label.get())
                node_ref=input
                on:input=move |event| value.set(event_target_value(&event))
                on:keydown=pressed
            />
        </div>
    }
    .into_any()
}

/// What was typed without the spaces around it, and with the signs that an input method made full-width as they are
/// on a keyboard: １２３４ is 1234.
#[must_use]
pub fn half_width(text: &str) -> String {
    let narrow = |sign: char| match sign {
        '\u{3000}' => ' ',
        '！'..='～' => u32::from(sign).checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(sign),
        _ => sign,
    };
    text.trim().chars().map(narrow).collect()
}

#[cfg(test)]
mod tests {
    use super::half_width;

    #[test]
    fn full_width_signs_are_read_as_those_of_a_keyboard() {
        assert_eq!(half_width(" ２００７\u{3000}"), "2007");
        assert_eq!(half_width("Ｋ７ＱＭ－２ＷＸＡ"), "K7QM-2WXA");
        assert_eq!(half_width("豫检〔2026〕"), "豫检〔2026〕");
    }
}
