//! The command palette: Ctrl-K or Cmd-K, then a page or a customer.

use leptos::{ev, html::Dialog, prelude::*, web_sys};
use wasm_bindgen::JsCast;

/// A page one can go to.
#[derive(Clone, PartialEq)]
struct Goal {
    label: String,
    href: String,
}

/// Its pages are the links of the navigation, so it offers exactly what this person may open.
#[island]
pub fn Palette() -> impl IntoView {
    let dialog = NodeRef::<Dialog>::new();
    let goals = RwSignal::new(Vec::<Goal>::new());
    let query = RwSignal::new(String::new());
    let chosen = RwSignal::new(0_usize);
    let found = Memo::new(move |_| matching(&goals.get(), &query.get()));
    let open = move || {
        goals.set(read_goals());
        query.set(String::new());
        chosen.set(0);
        if let Some(dialog) = dialog.get_untracked() {
            let _ = dialog.show_modal();
        }
    };
    Effect::new(move |_| {
        window_event_listener(ev::keydown, move |event| {
            if (event.ctrl_key() || event.meta_key()) && event.key().eq_ignore_ascii_case("k") {
                event.prevent_default();
                open();
            }
        });
    });
    let choose = move |event: ev::KeyboardEvent| {
        let count = found.with(Vec::len);
        match event.key().as_str() {
            "ArrowDown" if count > 0 => chosen.update(|at| *at = (*at + 1) % count),
            "ArrowUp" if count > 0 => chosen.update(|at| *at = (*at + count - 1) % count),
            "Enter" => {
                let Some(goal) = found.with(|found| found.get(chosen.get()).cloned()) else { return };
                let _ = window().location().set_href(&goal.href);
            }
            _ => return,
        }
        event.prevent_default();
    };
    view! {
        <button type="button" class="palette-open" on:click=move |_| open()>
            <span>"Go to or find…"</span>
            <kbd>"Ctrl K"</kbd>
        </button>
        <dialog class="palette" node_ref=dialog aria-label="Go to or find">
            <form action="/users" method="get">
                <input
                    class="palette-input"
                    name="q"
                    placeholder="A page, or a customer's id, name or e-mail"
                    aria-label="A page or a customer"
                    autocomplete="off"
                    spellcheck="false"
                    autofocus
                    prop:value=query
                    on:input=move |event| {
                        query.set(event_target_value(&event));
                        chosen.set(0);
                    }
                    on:keydown=choose
                />
            </form>
            <ul class="palette-list">
                {move || {
                    found
                        .get()
                        .into_iter()
                        .enumerate()
                        .map(|(index, goal)| {
                            let current = move || (chosen.get() == index).then_some("true");
                            view! { <li><a href=goal.href aria-current=current>{goal.label}</a></li> }
                        })
                        .collect_view()
                }}
            </ul>
        </dialog>
    }
}

/// Pages whose name holds every word; for any words also the search for a customer.
fn matching(goals: &[Goal], query: &str) -> Vec<Goal> {
    let wanted = query.trim().to_lowercase();
    let mut found: Vec<_> = goals.iter().filter(|goal| goal.label.to_lowercase().contains(&wanted)).cloned().collect();
    if !wanted.is_empty() {
        let words = crate::ui::encode(query.trim());
        found.push(Goal { label: format!("Find customer “{}”", query.trim()), href: format!("/users?q={words}") });
    }
    found
}

fn read_goals() -> Vec<Goal> {
    let Ok(links) = document().query_selector_all(".places a") else { return Vec::new() };
    (0..links.length())
        .filter_map(|index| links.item(index)?.dyn_into::<web_sys::Element>().ok())
        .map(|link| Goal {
            label: link.text_content().unwrap_or_default().trim().to_owned(),
            href: link.get_attribute("href").unwrap_or_default(),
        })
        .collect()
}
