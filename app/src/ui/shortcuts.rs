//! The keys that do something, as `?` lists them.

use leptos::prelude::*;

/// What is pressed, in order, and what it does.
const SHORTCUTS: [(&[&str], &str); 9] = [
    (&["Ctrl", "K"], "Go to a page, find a customer, do something (⌘ K on a Mac)"),
    (&["/"], "Put the cursor into the page's search box, or else open the palette"),
    (&["?"], "Show this list"),
    (&["←", "→"], "From one bar of a chart to the next"),
    (&["Home", "End"], "To the first or the last bar of a chart"),
    (&["↑", "↓"], "From one entry of the palette to the next"),
    (&["Enter"], "Open what has the focus: a bar, an entry, a link"),
    (&["Esc"], "Close the palette, this list, a message, or what a chart says of a bar"),
    (&["Tab"], "On to the next control; the first one skips to the content"),
];

/// The list alone.
#[component]
pub fn Shortcuts() -> impl IntoView {
    view! {
        <dl class="shortcuts">
            {SHORTCUTS
                .map(|(keys, does)| {
                    view! {
                        <div>
                            <dt>{keys.iter().map(|key| view! { <kbd>{*key}</kbd> }).collect_view()}</dt>
                            <dd>{does}</dd>
                        </div>
                    }
                })
                .collect_view()}
        </dl>
    }
    .into_any()
}

/// A button and the list that it opens. The browser itself does that, also without scripts; with them `?` presses it.
#[component]
pub fn ShortcutsHelp() -> impl IntoView {
    view! {
        <button
            type="button"
            class="button button-ghost button-square"
            title="Keyboard shortcuts (?)"
            popovertarget="shortcuts"
            data-help=""
        >
            <kbd aria-hidden="true">"?"</kbd>
            <span class="unseen">"Keyboard shortcuts"</span>
        </button>
        <div id="shortcuts" class="sheet" popover="" role="dialog" aria-labelledby="shortcuts-title">
            <h2 id="shortcuts-title">"Keyboard shortcuts"</h2>
            <Shortcuts/>
            <p class="quiet">"Keys alone do nothing while you type. " <a href="/help/shortcuts">"This list as a page"</a></p>
        </div>
    }
    .into_any()
}
