//! One island for the whole page that listens at the document: copy buttons, toasts, the tips of charts, the arrow keys
//! from one bar to the next, `/` for search and `?` for help.

use leptos::{ev, prelude::*, task::spawn_local, web_sys};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, js_sys::Reflect};
use web_sys::{Element, HtmlElement, HtmlInputElement, RequestInit, Response};

/// How long a toast stays, unless the pointer or the focus is on it: enough to read it twice.
const TOAST: std::time::Duration = std::time::Duration::from_secs(9);

/// On the tip, with the words that were sent away.
const DISMISSED: &str = "data-dismissed";

/// Shows the tip of `[data-tip]` elements, copies `[data-copy]` ones, reads `[data-toast]` ones out and lets them go, and
/// focuses `[data-search]` at `/`.
#[island]
pub fn Hands() -> impl IntoView {
    let tip = NodeRef::new();
    let (said, say) = signal(String::new());
    Effect::new(move |_| {
        if let Some(root) = document().document_element() {
            let _ = root.class_list().add_1("scripted");
        }
        remove_titles();
        // Into a live region that was there before: one that arrives with its words is not read out.
        if let Some(toast) = first("[data-toast]") {
            let words = first("[data-toast] .alert-text").and_then(|text| text.text_content());
            set_timeout(move || say.set(words.unwrap_or_default()), std::time::Duration::from_millis(300));
            let_go(toast);
        }
        window_event_listener(ev::pageshow, |event| {
            if event.persisted() {
                spawn_local(async {
                    let _ = look_again().await;
                });
            }
        });
        window_event_listener(ev::click, move |event| {
            if let Some(target) = closest(event.target(), "[data-copy]") {
                copy(target, say);
            }
            if closest(event.target(), "[data-toast-close]").is_some() {
                close_toast();
            }
        });
        window_event_listener(ev::keydown, move |event| {
            let done = match event.key().as_str() {
                "/" => is_bare(&event) && focus_search(),
                "?" => is_bare(&event) && press("[data-help]"),
                "Escape" => {
                    close_toast();
                    dismiss_tip(tip.get_untracked());
                    false
                }
                "ArrowLeft" | "ArrowUp" => step(event.target(), Element::previous_element_sibling, false),
                "ArrowRight" | "ArrowDown" => step(event.target(), Element::next_element_sibling, false),
                "Home" => step(event.target(), Element::previous_element_sibling, true),
                "End" => step(event.target(), Element::next_element_sibling, true),
                _ => false,
            };
            if done {
                event.prevent_default();
            }
        });
        window_event_listener(ev::pointermove, move |event| {
            let target = closest(event.target(), "[data-tip]");
            show_tip(tip.get_untracked(), target.as_ref(), Some((event.client_x(), event.client_y())));
        });
        window_event_listener(ev::focusin, move |event| {
            show_tip(tip.get_untracked(), closest(event.target(), "[data-tip]").as_ref(), None);
        });
    });
    view! {
        <div class="tip" node_ref=tip hidden aria-hidden="true"></div>
        <div class="unseen" role="status">{said}</div>
    }
}

/// A page that the browser has kept, and shows at Back, is loaded anew when nobody is signed in any more: who has signed out
/// leaves nothing to read. What was typed into it stays otherwise.
async fn look_again() -> Result<(), JsValue> {
    let request = RequestInit::new();
    request.set_method("HEAD");
    let location = window().location();
    let answer: Response =
        JsFuture::from(window().fetch_with_str_and_init(&location.href()?, &request)).await?.dyn_into()?;
    if answer.status() == 401 { location.reload() } else { Ok(()) }
}

fn closest(target: Option<web_sys::EventTarget>, selector: &str) -> Option<Element> {
    target?.dyn_into::<Element>().ok()?.closest(selector).ok().flatten()
}

/// Copies and says so, aloud and on the button. Browsers give the clipboard to safe addresses only: elsewhere, or where it is
/// refused, the text is shown to be copied by hand.
fn copy(button: Element, say: WriteSignal<String>) {
    let text = button.get_attribute("data-copy").unwrap_or_default();
    spawn_local(async move {
        if write(&text).await.is_none() {
            let _ = window()
                .prompt_with_message_and_default("The browser does not let this page copy. Copy it here:", &text);
            return;
        }
        say.set("Copied".to_owned());
        let _ = button.class_list().add_1("copied");
        set_timeout(
            move || {
                let _ = button.class_list().remove_1("copied");
            },
            std::time::Duration::from_millis(1_600),
        );
    });
}

async fn write(text: &str) -> Option<()> {
    let navigator = window().navigator();
    Reflect::get(&navigator, &"clipboard".into()).ok().filter(JsValue::is_object)?;
    JsFuture::from(navigator.clipboard().write_text(text)).await.ok().map(drop)
}

fn is_typing(target: Option<web_sys::EventTarget>) -> bool {
    closest(target, "input, textarea, select, [contenteditable]").is_some()
}

/// A key on its own, outside of any field: Ctrl-/ and the like are the browser's.
fn is_bare(event: &web_sys::KeyboardEvent) -> bool {
    !(event.ctrl_key() || event.meta_key() || event.alt_key() || is_typing(event.target()))
}

fn first(selector: &str) -> Option<Element> {
    document().query_selector(selector).ok().flatten()
}

fn press(selector: &str) -> bool {
    let Some(button) = first(selector).and_then(|element| element.dyn_into::<HtmlElement>().ok()) else { return false };
    button.click();
    true
}

/// The page's search box; a page without one has the palette.
fn focus_search() -> bool {
    let found = first("[data-search]").and_then(|element| element.dyn_into::<HtmlInputElement>().ok());
    let Some(input) = found else { return press(".palette-open") };
    input.select();
    input.focus().is_ok()
}

fn close_toast() {
    if let Some(toast) = first("[data-toast]") {
        toast.remove();
    }
}

/// Removes a toast when its time is over; one that is being read gets it again.
fn let_go(toast: Element) {
    set_timeout(
        move || {
            if toast.matches(":hover, :focus-within").unwrap_or(false) {
                let_go(toast);
            } else {
                toast.remove();
            }
        },
        TOAST,
    );
}

/// The browser's own tips would show beside ours; the labels keep the words for screen readers.
fn remove_titles() {
    let Ok(titles) = document().query_selector_all("[data-tip] > title") else { return };
    for index in 0..titles.length() {
        if let Some(title) = titles.item(index).and_then(|node| node.dyn_into::<Element>().ok()) {
            title.remove();
        }
    }
}

/// Moves the focus from one bar of a chart to the one beside it, or as `far` as they go.
fn step(from: Option<web_sys::EventTarget>, beside: fn(&Element) -> Option<Element>, far: bool) -> bool {
    let beside = |bar: &Element| beside(bar).filter(|bar| bar.has_attribute("data-tip"));
    let mut next = closest(from, "a[data-tip]").and_then(|bar| beside(&bar));
    while let Some(further) = next.as_ref().filter(|_| far).and_then(beside) {
        next = Some(further);
    }
    let Some(bar) = next.and_then(|bar| bar.dyn_into::<web_sys::SvgElement>().ok()) else { return false };
    bar.focus().is_ok()
}

/// Hides the tip, until the pointer or the focus comes to something else.
fn dismiss_tip(tip: Option<web_sys::HtmlDivElement>) {
    let Some(tip) = tip.map(HtmlElement::from).filter(|tip| !tip.hidden()) else { return };
    let _ = tip.set_attribute(DISMISSED, &tip.text_content().unwrap_or_default());
    tip.set_hidden(true);
}

/// Puts the tip beside the pointer, or above the element that has the focus; hides it when there is nothing to say.
fn show_tip(tip: Option<web_sys::HtmlDivElement>, target: Option<&Element>, pointer: Option<(i32, i32)>) {
    let Some(tip) = tip.map(HtmlElement::from) else { return };
    let Some(target) = target else {
        let _ = tip.remove_attribute(DISMISSED);
        tip.set_hidden(true);
        return;
    };
    let text = target.get_attribute("data-tip");
    if tip.has_attribute(DISMISSED) {
        if tip.get_attribute(DISMISSED) == text {
            return;
        }
        let _ = tip.remove_attribute(DISMISSED);
    }
    if tip.text_content() != text {
        tip.set_text_content(text.as_deref());
    }
    tip.set_hidden(false);
    let area = target.get_bounding_client_rect();
    let (x, y) = pointer.map_or((area.left() + area.width() / 2.0, area.top()), |(x, y)| (f64::from(x), f64::from(y)));
    let wide = document().document_element().map_or(0, |root| root.client_width());
    let left = (x + 14.0).min(f64::from(wide - tip.offset_width() - 8)).max(8.0);
    let top = (y - f64::from(tip.offset_height()) - 12.0).max(8.0);
    let _ = tip.style().set_property("transform", &format!("translate({left}px, {top}px)"));
}
