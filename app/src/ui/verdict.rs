//! What is said of a draft, as HTML.
//!
//! Written as text and not as a view, because the browser's editor puts the very same words into the page at every pause of
//! the keys, and the browser need not carry views for that.

use crate::{
    format::{self, Delta, Trend},
    model::Breakdown,
    pricing::check::{Checked, Fault},
};
use std::fmt::Write as _;

/// Whether the draft may be published, every fault with its place, and the price of the sample.
pub fn verdict_html(checked: &Checked) -> String {
    let mut html = String::new();
    if checked.config.is_some() {
        html.push_str("<p class=\"verdict verdict-good\"><strong>No faults.</strong> This can be published.</p>");
    } else {
        let faults = format::counted(count(checked.count), "fault", "faults");
        let _ = write!(
            html,
            "<p class=\"verdict verdict-bad\"><strong>{faults}.</strong> Each is at its line.</p><ol class=\"faults\">"
        );
        for fault in &checked.faults {
            write_fault(&mut html, fault);
        }
        html.push_str("</ol>");
        let more = checked.count.saturating_sub(checked.faults.len());
        if more > 0 {
            let _ = write!(html, "<p class=\"quiet\">and {} more</p>", format::count(count(more)));
        }
    }
    html
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The place is a button, by which the browser's editor goes there; without scripts it is only read.
fn write_fault(html: &mut String, fault: &Fault) {
    let path = if fault.path.is_empty() { "the whole" } else { &fault.path };
    let _ = write!(
        html,
        "<li><button type=\"button\" class=\"fault-place\" data-offset=\"{}\">{}:{}</button> <code>{}</code> {}</li>",
        fault.offset,
        fault.line,
        fault.column,
        escape(path),
        escape(&fault.message),
    );
}

/// The price of the sample with its terms, against what it was.
pub fn price_html(checked: &Checked) -> String {
    let mut html = String::new();
    match &checked.price {
        None => html.push_str("<p class=\"quiet\">Priced as soon as there are no faults.</p>"),
        Some(Err(reason)) => {
            let _ = write!(html, "<p class=\"verdict verdict-bad\">{}</p>", escape(reason));
        }
        Some(Ok(breakdown)) => write_price(&mut html, breakdown, checked.before.as_ref()),
    }
    html
}

fn write_price(html: &mut String, price: &Breakdown, before: Option<&Breakdown>) {
    let _ = write!(
        html,
        "<p class=\"sample-total\"><strong>{}</strong> <span class=\"unit\">credits</span></p>",
        format::credits(price.total)
    );
    if let Some(before) = before {
        let delta = Delta::credits(price.total, before.total);
        let word = match delta.trend {
            Trend::Up => "more than",
            Trend::Down => "less than",
            Trend::Level => "the same as",
        };
        let (far, percent) = match delta.trend {
            Trend::Level => (String::new(), String::new()),
            _ => (format!("{} ", escape(&delta.absolute)), format!(" ({})", escape(&delta.percent))),
        };
        let _ = write!(html, "<p class=\"quiet\">{far}{word} now: {}{percent}</p>", escape(&delta.base));
    }
    html.push_str("<ul class=\"sample-terms\">");
    for term in &price.terms {
        let from = if term.from_plan { " of the plan" } else { "" };
        let _ = write!(
            html,
            "<li><span>{} <code>{}</code>{from}</span><span class=\"num\">{}</span><code class=\"formula\">{}</code></li>",
            escape(&term.term),
            escape(&term.key),
            escape(&term.value),
            escape(&term.formula),
        );
    }
    html.push_str("</ul>");
}

/// Text as it must stand in an element or in a quoted attribute.
fn escape(text: &str) -> String {
    super::escape_text(text).replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pricing::check::{Sample, check};

    #[test]
    fn what_was_typed_is_never_markup() {
        let text = r#"{"models": {"<script>\"x": "<b>"}, "<i>": 1}"#;
        let html = verdict_html(&check(text, &Sample::default(), None));
        assert!(html.contains("&lt;script&gt;") && html.contains("2 faults"), "{html}");
        for tag in ["<script", "<b>", "<i>"] {
            assert!(!html.contains(tag), "{html}");
        }
    }

    #[test]
    fn the_price_is_told_against_the_one_before() {
        let read = |text: &str| crate::pricing::read_config_text(text).unwrap();
        let old = crate::pricing::Pricing::compile(read(r#"{"models": {"a": "input_tokens"}}"#)).unwrap();
        let sample = Sample::read(|name| match name {
            "model" => "a".to_owned(),
            "input_tokens" => "10".to_owned(),
            _ => String::new(),
        });
        let html = price_html(&check(r#"{"models": {"a": "input_tokens * 1.5"}}"#, &sample, Some(&old)));
        assert!(html.contains("<strong>15</strong>") && html.contains("+5 more than now: 10 (+50.0%)"), "{html}");
    }
}
