//! Which days, of which zone: links for the usual ranges, two small forms for the rest. What else the address says stays.

use super::page::kept;
use crate::{
    api::ShownRange,
    link::Query,
    range::PRESETS,
    ui::{Button, Field, Glyph, Hidden, Icon, TextInput, href},
};
use leptos::prelude::*;

/// The range as the address says it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct AskedRange {
    /// The page.
    path: &'static str,
    /// Words of the page's own, which another range does not change.
    kept: Vec<(&'static str, String)>,
    range: String,
    from: String,
    to: String,
    tz: String,
}

impl AskedRange {
    /// `kept` are the names of the page's own words.
    pub(super) fn read(path: &'static str, query: &Query, kept: &[&'static str]) -> Self {
        let word = |name| query.get(name).to_owned();
        let kept = kept.iter().map(|name| (*name, word(name))).filter(|(_, value)| !value.is_empty()).collect();
        Self { path, kept, range: word("range"), from: word("from"), to: word("to"), tz: word("tz") }
    }

    /// Another address with all the words of this one: a file of what the page shows.
    pub(super) fn same(&self, path: &str) -> String {
        let mut query = self.words().to_vec();
        query.extend(self.kept());
        href(path, &query)
    }

    fn words(&self) -> [(&str, &str); 4] {
        [("range", &self.range), ("from", &self.from), ("to", &self.to), ("tz", &self.tz)]
    }

    fn kept(&self) -> impl Iterator<Item = (&str, &str)> {
        self.kept.iter().map(|(name, value)| (*name, value.as_str()))
    }

    /// `range`, `from`, `to` and `tz`, unless empty.
    pub(super) fn parts(&self) -> [Option<String>; 4] {
        [&self.range, &self.from, &self.to, &self.tz].map(|word| (!word.is_empty()).then(|| word.clone()))
    }

    /// This page for the same range; `changed` words win over those of the address.
    pub(super) fn href(&self, changed: &[(&str, &str)]) -> String {
        let mut query: Vec<(&str, &str)> = self.words().to_vec();
        query.extend(self.kept().filter(|(name, _)| !changed.iter().any(|(other, _)| other == name)));
        query.extend_from_slice(changed);
        href(self.path, &query)
    }

    /// This page for another range in the same zone.
    pub(super) fn with_preset(&self, preset: &str) -> String {
        let mut query = vec![("range", preset), ("tz", &self.tz)];
        query.extend(self.kept());
        href(self.path, &query)
    }
}

/// Zones offered by name; any other IANA name can be typed.
const ZONES: [&str; 34] = [
    "UTC",
    "Africa/Cairo",
    "Africa/Johannesburg",
    "Africa/Lagos",
    "Africa/Nairobi",
    "America/Bogota",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Mexico_City",
    "America/New_York",
    "America/Sao_Paulo",
    "America/St_Johns",
    "America/Toronto",
    "Asia/Bangkok",
    "Asia/Dhaka",
    "Asia/Dubai",
    "Asia/Hong_Kong",
    "Asia/Jakarta",
    "Asia/Karachi",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Seoul",
    "Asia/Shanghai",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Australia/Adelaide",
    "Australia/Sydney",
    "Europe/Berlin",
    "Europe/Istanbul",
    "Europe/London",
    "Europe/Paris",
    "Pacific/Auckland",
    "Pacific/Honolulu",
];

#[component]
pub(super) fn RangeBar(asked: AskedRange, shown: Option<ShownRange>) -> impl IntoView {
    let zone = shown.as_ref().map_or_else(|| asked.tz.clone(), |range| range.zone.clone());
    let preset = shown.as_ref().map(|range| range.preset.clone());
    let wrong = shown.is_none() || preset.as_deref() == Some("custom");
    let custom = if zone.is_empty() { "Custom".to_owned() } else { format!("Custom · {zone}") };
    view! {
        <div class="range">
            <nav class="segments" aria-label="Range">
                {PRESETS
                    .into_iter()
                    .filter(|(name, _)| *name != "custom")
                    .map(|(name, label)| {
                        let current = (preset.as_deref() == Some(name)).then_some("true");
                        view! { <a href=asked.with_preset(name) aria-current=current>{label}</a> }
                    })
                    .collect_view()}
            </nav>
            <details class="range-custom" open=wrong>
                <summary>
                    <Icon glyph=Glyph::Calendar/>
                    <span>{custom}</span>
                </summary>
                <div class="range-forms">{days_form(&asked, shown.as_ref())} {zone_form(&asked, zone)}</div>
            </details>
        </div>
    }
    .into_any()
}

fn days_form(asked: &AskedRange, shown: Option<&ShownRange>) -> impl IntoView + use<> {
    let from = shown.map_or_else(|| asked.from.clone(), |range| range.first.to_string());
    let to = shown.map_or_else(|| asked.to.clone(), |range| range.last.to_string());
    let tz = (!asked.tz.is_empty()).then(|| asked.tz.clone());
    view! {
        <form method="get" action=asked.path>
            {kept(asked.kept())}
            <Field name="from" label="From">
                <TextInput name="from" kind="date" value=from/>
            </Field>
            <Field name="to" label="To, inclusive">
                <TextInput name="to" kind="date" value=to/>
            </Field>
            {tz.map(|tz| view! { <Hidden name="tz" value=tz/> })}
            <Button label="Show"/>
        </form>
    }
}

fn zone_form(asked: &AskedRange, zone: String) -> impl IntoView + use<> {
    view! {
        <form method="get" action=asked.path>
            {kept(asked.words().into_iter().filter(|(name, _)| *name != "tz").chain(asked.kept()))}
            {zone_field("Days of the time zone", zone, "", None)}
            <Button label="Use zone"/>
        </form>
    }
}

/// The zone that the days of a page are of; `shown` is what an empty field stands for.
pub(super) fn zone_field(
    label: &'static str,
    zone: String,
    shown: &str,
    error: Option<String>,
) -> impl IntoView + use<> {
    let (invalid, placeholder) = (error.is_some(), shown.to_owned());
    view! {
        <Field name="tz" label nostrip:error=error>
            <TextInput name="tz" value=zone list="zones" autocomplete="off" placeholder invalid/>
        </Field>
        <datalist id="zones">{ZONES.into_iter().map(|zone| view! { <option value=zone></option> }).collect_view()}</datalist>
    }
}
