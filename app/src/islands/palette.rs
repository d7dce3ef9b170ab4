//! The command palette: Ctrl-K or Cmd-K, then a page, something to do, or a customer.
//!
//! It knows nothing by itself: it reads the links of the navigation, of the head of the page at hand, and the unseen ones
//! that the frame writes for this person's role; customers it reads from the page that finds them. So it offers exactly what
//! this person may do, and finds what that page finds.

use leptos::{
    ev,
    html::Dialog,
    leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle},
    prelude::*,
    task::spawn_local,
    web_sys::{self, DomParser, Response, SupportedType},
};
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Where goals are found, and what kind they are.
const SOURCES: [(&str, &str); 4] =
    [(".places a", "Go to"), (".trail a", "Go to"), (".page-actions a[href]", "On this page"), (".deeds a", "Do")];

/// Customers are looked for when so long nothing more was typed.
const PAUSE: Duration = Duration::from_millis(150);
/// So many letters find a customer at least.
const LETTERS: usize = 2;
/// At most so many are shown of what the page of users finds.
const CUSTOMERS: usize = 6;

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
    let customers = RwSignal::new(Vec::<Goal>::new());
    let found = Memo::new(move |_| customers.with(|customers| matching(&goals.get(), customers, &query.get())));
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
    look_for(query, customers);
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
                                    <bdi>{goal.label}</bdi>
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

/// Finds customers by what is typed, when the typing rests.
fn look_for(query: RwSignal<String>, customers: RwSignal<Vec<Goal>>) {
    Effect::new(move |waiting: Option<Option<TimeoutHandle>>| {
        if let Some(waiting) = waiting.flatten() {
            waiting.clear();
        }
        let words = query.with(|query| query.trim().to_owned());
        customers.set(Vec::new());
        if words.chars().count() < LETTERS {
            return None;
        }
        let look = move || {
            spawn_local(async move {
                // An answer that comes when something else is typed by then is nobody's.
                let found = find(&words).await.unwrap_or_default();
                if query.with_untracked(|query| query.trim() == words) {
                    customers.set(found);
                }
            });
        };
        set_timeout_with_handle(look, PAUSE).ok()
    });
}

/// At most so many entries are shown: more are found by typing.
const SHOWN: usize = 12;

/// Entries whose name holds every word, then the customers that were found; for any words also the search for a customer.
fn matching(goals: &[Goal], customers: &[Goal], query: &str) -> Vec<Goal> {
    let wanted = query.trim().to_lowercase();
    let fits = |goal: &&Goal| {
        let label = goal.label.to_lowercase();
        wanted.split_whitespace().all(|word| label.contains(word))
    };
    let room = if wanted.is_empty() { goals.len() } else { SHOWN };
    let mut found: Vec<_> = goals.iter().filter(fits).take(room).cloned().collect();
    found.extend_from_slice(customers);
    if !wanted.is_empty() {
        let words = crate::ui::encode(query.trim());
        let label = format!("Find customer “{}”", query.trim());
        found.push(Goal { kind: "Find", label, href: format!("/users?q={words}") });
    }
    found
}

/// What the page of users finds by these words: customers and transactions; or the one page that it leads to at once.
async fn find(words: &str) -> Result<Vec<Goal>, JsValue> {
    let address = crate::ui::href("/users", &[("q", words), ("size", "25")]);
    let answer: Response = JsFuture::from(window().fetch_with_str(&address)).await?.dyn_into()?;
    let text = JsFuture::from(answer.text()?).await?.as_string().unwrap_or_default();
    if !answer.ok() {
        return Ok(Vec::new());
    }
    if let Some((_, id)) = answer.url().split_once("/transactions/") {
        let (label, href) = (format!("Transaction {id}"), format!("/transactions/{id}"));
        return Ok(vec![Goal { kind: "Open", label, href }]);
    }
    let page = DomParser::new()?.parse_from_string(&text, SupportedType::TextHtml)?;
    let links = page.query_selector_all("main tbody .id-link")?;
    let mut found: Vec<Goal> = Vec::new();
    for link in (0..links.length()).filter_map(|index| links.item(index)) {
        let Ok(link) = link.dyn_into::<web_sys::Element>() else { continue };
        let href = link.get_attribute("href").unwrap_or_default();
        if found.len() < CUSTOMERS && !found.iter().any(|goal| goal.href == href) {
            let (shown, id) =
                (link.text_content().unwrap_or_default(), link.get_attribute("title").unwrap_or_default());
            let kind = if href.starts_with("/users/") { "Customer" } else { "Transaction" };
            let label = if shown == id || kind == "Transaction" { id } else { format!("{shown} · {id}") };
            found.push(Goal { kind, label, href });
        }
    }
    Ok(found)
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
        let ana = [goal("Ana · u-1")];
        let labels = |query: &str| matching(&goals, &ana, query).into_iter().map(|goal| goal.label).collect::<Vec<_>>();
        let charge = ["Refund a charge: find it", "Ana · u-1", "Find customer “CHARGE refund”"];
        assert_eq!(labels("CHARGE refund"), charge);
        assert_eq!(matching(&goals, &[], " ").len(), 2);
        assert_eq!(matching(&goals, &[], "a&b c").last().unwrap().href, "/users?q=a%26b%20c");
    }
}
