//! A point in time: relative in words, exact with its zone on hover, on paper, and for machines.

use super::Moment;
use crate::{format, model::Timestamp};
use jiff::tz::TimeZone;
use leptos::prelude::*;

/// `exact` writes date and time out instead of "5 min ago". The zone and now come from [`Moment`].
#[component]
pub fn When(at: Timestamp, #[prop(optional)] exact: bool) -> impl IntoView {
    let moment = use_context::<Moment>();
    let zone = moment.as_ref().map_or(TimeZone::UTC, |moment| moment.zone.clone());
    let full = format::exact(at, &zone);
    // On paper the sheet writes the title out in place of what is relative to a moment that has gone.
    let (class, text) = match moment {
        Some(moment) if !exact => (Some("ago"), format::relative(at, moment.now)),
        _ => (None, full.clone()),
    };
    // The style sheet shows the title of what has the focus, as the browser does under the pointer.
    let stop = class.map(|_| "0");
    view! {
        <time class=class tabindex=stop datetime=at.to_string() title=full>
            {text}
        </time>
    }
}
