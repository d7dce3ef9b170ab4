//! The pricing editor's quick hand: checks the configuration and prices the sample at every pause of the keys, with the very
//! code that the server charges by, and leads to a fault's place.

use crate::{
    pricing::{
        Formula, Pricing, Scope,
        check::{Sample, check},
        read_config_text,
    },
    ui::{price_html, verdict_html},
};
use leptos::{ev, prelude::*, web_sys};
use std::{cell::RefCell, rc::Rc, time::Duration};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement, HtmlTextAreaElement};

/// A pause of the keys.
const PAUSE: Duration = Duration::from_millis(160);

/// Listens to `form[data-pricing-editor]` and writes into `#verdict` and `#sample-price`.
#[island]
pub fn PricingEditor() -> impl IntoView {
    Effect::new(move |_| {
        let before = Rc::new(active_pricing());
        // What was typed before this hand was there.
        if area("f-content").is_some_and(|area| area.default_value().is_ok_and(|first| first != area.value())) {
            say(before.as_ref().as_ref());
        }
        let waiting: Rc<RefCell<Option<TimeoutHandle>>> = Rc::default();
        window_event_listener(ev::input, move |event| {
            if closest(event.target(), "[data-pricing-editor]").is_none() {
                return;
            }
            if let Some(handle) = waiting.borrow_mut().take() {
                handle.clear();
            }
            let before = Rc::clone(&before);
            *waiting.borrow_mut() = set_timeout_with_handle(move || say(before.as_ref().as_ref()), PAUSE).ok();
        });
        window_event_listener(ev::click, |event| {
            let place = closest(event.target(), "[data-offset]").and_then(|place| place.get_attribute("data-offset"));
            if let Some(offset) = place.and_then(|offset| offset.parse().ok()) {
                go_to(offset);
            }
        });
    });
}

fn closest(target: Option<web_sys::EventTarget>, selector: &str) -> Option<Element> {
    target?.dyn_into::<Element>().ok()?.closest(selector).ok().flatten()
}

fn area(id: &str) -> Option<HtmlTextAreaElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// The active version, which the page brings as text.
fn active_pricing() -> Option<Pricing> {
    let text = area("active-config")?.value();
    Pricing::compile(read_config_text(&text).ok()?).ok()
}

fn say(before: Option<&Pricing>) {
    let Some(text) = area("f-content").map(|area| area.value()) else { return };
    let sample = Sample::read(|name| {
        let found = document().query_selector(&format!("input[name=\"sample[{name}]\"]")).ok().flatten();
        found.and_then(|input| input.dyn_into::<HtmlInputElement>().ok()).map(|input| input.value()).unwrap_or_default()
    });
    let checked = check(&text, &sample, before);
    for (id, html) in [("verdict", verdict_html(&checked)), ("sample-price", price_html(&checked))] {
        if let Some(place) = document().get_element_by_id(id) {
            place.set_inner_html(&html);
        }
    }
}

/// Puts the cursor at a fault and scrolls its line into sight.
fn go_to(offset: u32) {
    let Some(area) = area("f-content") else { return };
    let _ = area.focus();
    let _ = area.set_selection_range(offset, offset + 1);
    let text = area.value();
    let line = text.encode_utf16().take(offset as usize).filter(|unit| *unit == u16::from(b'\n')).count();
    let lines = text.matches('\n').count() + 1;
    let line_height = f64::from(area.scroll_height()) / f64::from(u32::try_from(lines).unwrap_or(1));
    let top = line_height * f64::from(u32::try_from(line).unwrap_or_default()) - f64::from(area.client_height()) / 2.0;
    #[expect(clippy::cast_possible_truncation, reason = "a place on a screen")]
    area.set_scroll_top(top.max(0.0) as i32);
}

/// Reads each `[data-formula]` of a form as it is typed, and says beside it what is wrong.
#[island]
pub fn FormulaFields() -> impl IntoView {
    Effect::new(move |_| {
        if let Ok(fields) = document().query_selector_all("[data-formula]") {
            let fields = (0..fields.length()).filter_map(|index| fields.item(index)?.dyn_into().ok());
            fields.filter(|input: &HtmlInputElement| input.value() != input.default_value()).for_each(read_formula);
        }
        window_event_listener(ev::input, |event| {
            let field = closest(event.target(), "[data-formula]").and_then(|field| field.dyn_into().ok());
            field.into_iter().for_each(read_formula);
        });
    });
}

/// Says beside the field what is wrong with its formula.
fn read_formula(input: HtmlInputElement) {
    let says = input.parent_element().and_then(|row| row.query_selector(".formula-says").ok().flatten());
    let Some(says) = says else { return };
    let text = input.value();
    let fault = match Formula::parse(&text, Scope::Model) {
        Err(error) if !text.trim().is_empty() => Some(error.to_string()),
        _ => None,
    };
    let _ = if fault.is_some() {
        input.set_attribute("aria-invalid", "true")
    } else {
        input.remove_attribute("aria-invalid")
    };
    says.set_text_content(fault.as_deref());
}
