//! Settings: for the admin, one page a subject.

mod currency;
mod health;
mod keys;
mod limits;
mod people;
mod tabs;
mod webhook;
mod webhooks;
mod zone;

pub use currency::currency_form;
pub use health::HealthPage;
pub use keys::{KeysPage, key_form, made_key};
pub use people::PeoplePage;
pub use webhook::WebhookPage;
pub use webhooks::WebhooksPage;
pub use zone::zone_form;

use super::page::{self, Refused};
use crate::{
    api::{self, SetCurrencyForm, SetLimitsForm, SetZoneForm},
    islands::forms::Forms,
    link::Query,
    model::DeskSettings,
    ui::{Alert, Tone},
};
use leptos::prelude::*;
use tabs::tabs;

/// The refusals of the page's forms.
struct Refusals {
    zone: Refused,
    currency: Refused,
    limits: Refused,
}

#[component]
pub fn SettingsPage() -> impl IntoView {
    let query = page::query();
    let refusals = Refusals {
        zone: Refused::of::<SetZoneForm>(),
        currency: Refused::of::<SetCurrencyForm>(),
        limits: Refused::of::<SetLimitsForm>(),
    };
    view! {
        {tabs("/settings", "What holds for the whole desk. Every change is in the audit log.")}
        {page::loaded(api::load_settings(), move |settings| whole(&settings, &query, &refusals))}
    }
    .into_any()
}

fn whole(settings: &DeskSettings, query: &Query, refusals: &Refusals) -> impl IntoView + use<> {
    view! {
        <Forms/>
        {saved(query, &[
            ("zone", "The reporting zone is set"),
            ("currency", "The display in money is set"),
            ("no-currency", "Credits are not shown in money any more"),
            ("limits", "The limits are set"),
        ])}
        <div class="columns">
            {zone_form(settings, "", &refusals.zone)}
            {currency_form(settings, "", &refusals.currency)}
        </div>
        {limits::view(&settings.limits, &refusals.limits)}
    }
    .into_any()
}

/// The notice after a write, by the word in the address.
pub(super) fn saved(query: &Query, words: &[(&str, &'static str)]) -> Option<impl IntoView + use<>> {
    let word = query.get("saved");
    let (_, title) = words.iter().find(|(name, _)| *name == word)?;
    let title = *title;
    Some(view! { <Alert tone=Tone::Good title/> })
}
