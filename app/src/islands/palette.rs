//! The command palette: Ctrl-K or Cmd-K, then a page, something to do, or a customer.
//!
//! It knows nothing by itself: it reads the links of the navigation, of the head of the page at hand, and the unseen ones
//! that the frame writes for this person's role. So it offers exactly what this person may do.

use leptos::{ev, html::Dialog, prelude::*, web_sys};
use wasm_bindgen::JsCast;

/// Where goals are found, and what kind they are.
const SOURCES: [(&str, &str); 4] =
    [(".places a", "Go to"), (".trail a", "Go to"), (".page-actions a[href]", "On this page"), (".deeds a", "Do")];

/// Somewhere one can go.
#[derive(Clone, PartialEq)]
struct Goal {
    kind: &'static str,
    label: String,
    href: String,
}

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
                    placeholder="A page, an action, or anything of a customer's"
                    aria-label="A page, an action or a customer"
                    role="combobox"
                    aria-expanded="true"
                    aria-autocomplete="list"
                    aria-controls="palette-list"
                    aria-activedescendant=move || format!("palette-{}", chosen.get())
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
            <div class="palette-list" id="palette-list" role="listbox" aria-label="Found">
                {move || {
                    found
                        .get()
                        .into_iter()
                        .enumerate()
                        .map(|(index, goal)| {
                            let current = move || if chosen.get() == index { "true" } else { "false" };
                            view! {
                                <a
                                    id=format!("palette-{index}")
                                    role="option"
                                    tabindex="-1"
                                    href=goal.href
                                    aria-selected=current
                                >
                                    <span>{goal.label}</span>
                                    <span class="quiet">{goal.kind}</span>
                                </a>
                            }
                        })
                        .collect_view()
                }}
            </div>
        </dialog>
    }
}

/// At most so many entries are shown: more are found by typing.
const SHOWN: usize = 12;

/// Entries whose name holds every word; for any words also the search for a customer.
fn matching(goals: &[Goal], query: &str) -> Vec<Goal> {
    let wanted = query.trim().to_lowercase();
    let fits = |goal: &&Goal| {
        let label = goal.label.to_lowercase();
        wanted.split_whitespace().all(|word| label.contains(word))
    };
    let room = if wanted.is_empty() { goals.len() } else { SHOWN };
    let mut found: Vec<_> = goals.iter().filter(fits).take(room).cloned().collect();
    if !wanted.is_empty() {
        let words = crate::ui::encode(query.trim());
        let label = format!("Find customer “{}”", query.trim());
        found.push(Goal { kind: "Find", label, href: format!("/users?q={words}") });
    }
    found
}

fn read_goals() -> Vec<Goal> {
    let mut goals: Vec<Goal> = Vec::new();
    for (selector, kind) in SOURCES {
        let Ok(links) = document().query_selector_all(selector) else { continue };
        for link in (0..links.length()).filter_map(|index| links.item(index)) {
            let Ok(link) = link.dyn_into::<web_sys::Element>() else { continue };
            let label = link.text_content().unwrap_or_default().trim().to_owned();
            let href = link.get_attribute("href").unwrap_or_default();
            if !goals.iter().any(|goal| goal.label == label) {
                goals.push(Goal { kind, label, href });
            }
        }
    }
    goals
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_must_be_found_and_a_customer_can_always_be_looked_for() {
        let goal = |label: &str| Goal { kind: "Go to", label: label.into(), href: "/x".into() };
        let goals = [goal("Users"), goal("Refund a charge: find it")];
        let labels = |query: &str| matching(&goals, query).into_iter().map(|goal| goal.label).collect::<Vec<_>>();
        assert_eq!(labels(" "), ["Users", "Refund a charge: find it"]);
        assert_eq!(labels("CHARGE refund"), ["Refund a charge: find it", "Find customer “CHARGE refund”"]);
        assert_eq!(matching(&goals, "a&b c").last().unwrap().href, "/users?q=a%26b%20c");
    }
}
