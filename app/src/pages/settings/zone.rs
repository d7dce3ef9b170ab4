//! The reporting time zone.

use crate::{
    api::SetZoneForm,
    model::DeskSettings,
    pages::page::Refused,
    ui::{Button, ErrorBox, Field, Hidden, Section, TextInput},
};
use leptos::{prelude::*, server_fn::ServerFn};

/// `step` is empty on the settings page, any text in the first steps.
pub fn zone_form(settings: &DeskSettings, step: &'static str, refused: &Refused) -> impl IntoView + use<> {
    let zone = refused.field("zone", &settings.zone);
    let error = refused.beside(&["zone"]);
    let hint = format!(
        "Its days are the days of every report. An IANA name such as Asia/Kolkata; empty: {}, as the server was started with.",
        settings.default_zone
    );
    view! {
        <div id="zone">
            <Section title="Reporting time zone">
                {error.map(|error| view! { <ErrorBox error/> })}
                <form method="post" action=SetZoneForm::url() class="form" data-once="">
                    <Hidden name="step" value=step/>
                    <Field name="zone" label="Zone" hint nostrip:error=zone.error>
                        <TextInput
                            name="zone"
                            value=zone.value
                            list="zones"
                            autocomplete="off"
                            maxlength=100_u32
                            autofocus=zone.wrong
                            invalid=zone.wrong
                        />
                    </Field>
                    <datalist id="zones">{ZONES.into_iter().map(|zone| view! { <option value=zone></option> }).collect_view()}</datalist>
                    <Button label="Set the zone"/>
                </form>
            </Section>
        </div>
    }
    .into_any()
}

/// Some to choose from; any other can be typed.
const ZONES: [&str; 18] = [
    "UTC",
    "America/Los_Angeles",
    "America/Denver",
    "America/Chicago",
    "America/New_York",
    "America/Sao_Paulo",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Paris",
    "Europe/Madrid",
    "Europe/Istanbul",
    "Africa/Lagos",
    "Asia/Dubai",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Australia/Sydney",
];
