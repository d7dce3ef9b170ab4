//! A button that sends its form once: disabled from the press until the answer is there.
//!
//! Without scripts it is a plain button, and the form's idempotency key does the same work on the server.

use leptos::{ev, prelude::*};

/// Whether the form around it is on its way. Back in the browser's history makes it ready again.
pub fn sending() -> RwSignal<bool> {
    let sending = RwSignal::new(false);
    Effect::new(move || {
        let shown = window_event_listener(ev::pageshow, move |_| sending.set(false));
        on_cleanup(move || shown.remove());
    });
    sending
}

/// The button of a form that writes.
#[island]
pub fn SubmitOnce(
    /// What it says.
    label: String,
    /// What it says while the form is on its way.
    busy: String,
    /// Its classes.
    class: String,
) -> impl IntoView {
    let sending = sending();
    let button = NodeRef::<leptos::html::Button>::new();
    Effect::new(move || {
        let Some(form) = button.get().and_then(|button| button.form()) else { return };
        let sent = window_event_listener(ev::submit, move |event| {
            let ours = event.target().is_some_and(|target| &target == AsRef::<web_sys::EventTarget>::as_ref(&form));
            if ours && !event.default_prevented() {
                sending.set(true);
            }
        });
        on_cleanup(move || sent.remove());
    });
    view! {
        <button type="submit" node_ref=button class=class disabled=move || sending.get()>
            {move || if sending.get() { busy.clone() } else { label.clone() }}
        </button>
    }
}
