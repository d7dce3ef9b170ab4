//! One island for the forms that write: each is sent once, and the refund form says what it will do as one types.
//!
//! Without scripts the idempotency key in the form does the first on the server, and the sentence that the server wrote
//! stands for the amount that remains.

use crate::{
    model::{Credits, Refundable},
    refund_plan::{RefundPlan, Return},
};
use leptos::{ev, prelude::*, web_sys};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlButtonElement, HtmlElement, HtmlInputElement};

/// Disables the button of a `form[data-once]` that was sent, until the page is shown again, and keeps `[data-refund]`
/// in step with the amount beside it.
#[island]
pub fn Forms() -> impl IntoView {
    Effect::new(move |_| {
        window_event_listener(ev::submit, move |event| {
            let form = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            if let Some(form) = form.filter(|form| form.has_attribute("data-once") && !event.default_prevented()) {
                // After the browser has gathered the form's values, and among them that of the pressed button.
                set_timeout(move || set_sending(&form, true), std::time::Duration::ZERO);
            }
        });
        // Back in the history shows the page as it was left, with the button disabled.
        window_event_listener_untyped("pageshow", |_| {
            each("form[data-once]", |form| set_sending(form, false));
        });
        window_event_listener(ev::input, move |event| {
            let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
            if let Some(input) = input.filter(|input| input.name() == "amount") {
                say_refund(&input.value());
            }
        });
    });
}

fn each(selector: &str, act: impl Fn(&Element)) {
    let Ok(found) = document().query_selector_all(selector) else { return };
    for index in 0..found.length() {
        if let Some(element) = found.item(index).and_then(|node| node.dyn_into::<Element>().ok()) {
            act(&element);
        }
    }
}

fn set_sending(form: &Element, sending: bool) {
    let _ = if sending { form.set_attribute("aria-busy", "true") } else { form.remove_attribute("aria-busy") };
    let Ok(buttons) = form.query_selector_all("button[type=submit]") else { return };
    for index in 0..buttons.length() {
        if let Some(button) = buttons.item(index).and_then(|node| node.dyn_into::<HtmlButtonElement>().ok()) {
            button.set_disabled(sending);
        }
    }
}

fn say_refund(typed: &str) {
    let found = document().query_selector("[data-refund]").ok().flatten();
    let Some(place) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) else { return };
    let Some(plan) = place.get_attribute("data-refund").and_then(|text| read_plan(&text)) else { return };
    let (text, wrong) = match plan.sentence(typed) {
        Ok(text) => (text, false),
        Err(rule) => (rule.to_string(), true),
    };
    place.set_text_content(Some(&text));
    place.set_hidden(false);
    let _ = place.class_list().toggle_with_force("refund-wrong", wrong);
    let form = place.closest("form").ok().flatten();
    let label = form.and_then(|form| form.query_selector("button[type=submit] > span").ok().flatten());
    if let Some(label) = label {
        label.set_text_content(Some(plan.deed(typed)));
    }
}

/// The plan as the page writes it: see [`write_plan`].
fn read_plan(text: &str) -> Option<RefundPlan> {
    let mut lines = text.split('\n');
    let payee = lines.next()?.to_owned();
    let mut micros = lines.next()?.split(' ').map(|number| number.parse().ok().map(Credits::from_micros));
    let balance = micros.next()??;
    let (total, credits, allowance) = (micros.next()??, micros.next()??, micros.next()??);
    let refunded = micros.next()??;
    let limit = micros.next().flatten();
    let allowance_current = lines.next()? == "current";
    let returns = lines.map(read_return).collect::<Option<_>>()?;
    Some(RefundPlan {
        payee,
        balance,
        refundable: Refundable { total, credits, allowance, allowance_current },
        refunded,
        limit,
        returns,
    })
}

fn read_return(line: &str) -> Option<Return> {
    let (state, micros) = line.split_once(' ')?;
    Some(Return { amount: Credits::from_micros(micros.parse().ok()?), expired: state == "expired" })
}

/// A plan as text for the document, so that no JSON reader is needed in the browser: the payee; balance, total, credits,
/// allowance, what is refunded and the limit, if there is one, in micro-credits; whether the allowance is current; then a line for each return.
pub fn write_plan(plan: &RefundPlan) -> String {
    let left = &plan.refundable;
    let amounts = [plan.balance, left.total, left.credits, left.allowance, plan.refunded];
    let micros: Vec<_> = amounts.into_iter().chain(plan.limit).map(|amount| amount.micros().to_string()).collect();
    let state = if left.allowance_current { "current" } else { "past" };
    let returns = plan.returns.iter().map(|lot| {
        let state = if lot.expired { "expired" } else { "open" };
        format!("{state} {}", lot.amount.micros())
    });
    let head = [plan.payee.replace('\n', " "), micros.join(" "), state.to_owned()];
    head.into_iter().chain(returns).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browser_reads_the_plan_that_the_page_wrote() {
        let amount = Credits::from_micros;
        let plan = RefundPlan {
            payee: "a/b c?#é<script>".into(),
            balance: amount(-40_000_001),
            refundable: Refundable {
                total: amount(7),
                credits: amount(5),
                allowance: amount(2),
                allowance_current: true,
            },
            refunded: amount(3),
            limit: Some(amount(8)),
            returns: vec![Return { amount: amount(4), expired: true }, Return { amount: amount(1), expired: false }],
        };
        assert_eq!(read_plan(&write_plan(&plan)).as_ref(), Some(&plan));
        let free = RefundPlan { limit: None, ..plan };
        assert_eq!(read_plan(&write_plan(&free)), Some(free));
    }
}
