//! The audit log: every change by a person or a key, and whether its chain holds.

mod chain;
mod entry;
mod words;

pub use entry::AuditEntryPage;

use super::{
    page::{self, day_fields},
    range_bar::zone_field,
};
use crate::{
    api::{self, AuditFilter, AuditPageData},
    error::AppError,
    model::{AuditAction, AuditEntry},
    ui::{
        Badge, Button, ButtonKind, Choice, Column, DataTable, Empty, ErrorBox, Field, LinkButton, PageHead, Pager,
        Select, Sizes, TextInput, When, field_error, href,
    },
};
use leptos::prelude::*;

#[component]
pub fn AuditPage() -> impl IntoView {
    let query = page::query();
    let filter = AuditFilter::read(|name| query.get(name).to_owned());
    view! {
        <PageHead title="Audit log" lead="Every change by a person or a key, newest first. Charges are in the ledger."/>
        <Suspense>
            {Suspend::new(async move {
                match api::load_audit(filter.clone()).await {
                    Ok(data) => whole(&filter, data).into_any(),
                    Err(error) => refused(&filter, error).into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

fn whole(filter: &AuditFilter, data: AuditPageData) -> impl IntoView + use<> {
    page::in_zone(&data.zone);
    let check = chain::view(&data.check, &at(filter, &[("verify", "yes")]));
    view! {
        {check}
        {filters(filter, None, &data.zone)}
        {listing(filter, data)}
    }
    .into_any()
}

/// A filter at fault is shown at its field; any other error below the form.
fn refused(filter: &AuditFilter, error: AppError) -> impl IntoView + use<> {
    let at_field = error.field.as_deref().is_some_and(|field| ["from", "to", "action", "tz"].contains(&field));
    let form = filters(filter, Some(&error), "");
    view! {
        {form}
        {(!at_field).then(|| view! { <ErrorBox error/> })}
    }
    .into_any()
}

/// This page with the filters and what is added to them.
fn at(filter: &AuditFilter, more: &[(&str, &str)]) -> String {
    to("/audit", filter, more)
}

fn to(path: &str, filter: &AuditFilter, more: &[(&str, &str)]) -> String {
    href(path, &[&filter.pairs()[..], more].concat())
}

fn filters(filter: &AuditFilter, error: Option<&AppError>, zone: &str) -> impl IntoView + use<> {
    let [what_error, zone_error] = ["action", "tz"].map(|field| field_error(error, field));
    let clear = !filter.is_empty();
    let AuditFilter { who, what, subject, from, to, tz, size, .. } = filter.clone();
    view! {
        <form method="get" action="/audit" class="filters">
            <Field name="who" label="Who">
                <TextInput name="who" value=who placeholder="E-mail or key"/>
            </Field>
            <Field name="what" label="What" nostrip:error=what_error>
                <Select name="what" options=choices() selected=what/>
            </Field>
            <Field name="subject" label="To what">
                <TextInput name="subject" value=subject placeholder="User, team, key…"/>
            </Field>
            {day_fields(from, to, error, zone)}
            {zone_field("Time zone", tz, zone, zone_error)}
            {page::kept([("size", size.as_str())])}
            <div class="filters-go">
                <Button label="Filter"/>
                {clear.then(|| view! { <LinkButton kind=ButtonKind::Ghost href="/audit" label="Clear"/> })}
            </div>
        </form>
    }
    .into_any()
}

/// Each group, and below it its actions.
fn choices() -> Vec<Choice> {
    let mut choices = vec![Choice::new("", "Everything")];
    let mut group = "";
    for action in AuditAction::ALL {
        if action.group() != group {
            group = action.group();
            choices.push(Choice::new(group, format!("{}: all", words::group(group))));
        }
        choices.push(Choice::new(action.as_str(), format!("\u{2003}{}", words::action(*action))));
    }
    choices
}

fn listing(filter: &AuditFilter, data: AuditPageData) -> impl IntoView + use<> {
    let rows = data.page.items;
    if rows.is_empty() && filter.is_empty() && filter.cursor.is_empty() {
        return view! {
            <Empty title="Nothing yet">
                <p>"What people and keys change is written here, in the transaction of the change itself."</p>
            </Empty>
        }
        .into_any();
    }
    if rows.is_empty() {
        return view! {
            <Empty title="Nothing matches">
                <p>"No row fits all of these filters. Widen the dates, or " <a href="/audit">"show the whole log"</a> "."</p>
            </Empty>
        }
        .into_any();
    }
    let shown = rows.len();
    let next = data.page.next.as_deref().map(|cursor| at(filter, &[("cursor", cursor)]));
    let first = (!filter.cursor.is_empty()).then(|| at(filter, &[]));
    let columns = vec![
        Column::number("No."),
        Column::text("When"),
        Column::text("What"),
        Column::text("Who"),
        Column::text("To what"),
        Column::text("Change").wide_only(),
    ];
    let csv = Some(to("/export/audit.csv", filter, &[]));
    let sizes = Sizes::of("/audit", &filter.pairs());
    view! {
        <DataTable caption="Audit log, newest first" columns>{rows.into_iter().map(row).collect_view()}</DataTable>
        <Pager shown noun="rows" nostrip:first=first nostrip:next=next nostrip:csv=csv sizes/>
    }
    .into_any()
}

fn row(entry: AuditEntry) -> impl IntoView {
    let summary = words::summary(&entry);
    view! {
        <tr>
            <td class="num"><a class="id-link" href=format!("/audit/{}", entry.seq)>{entry.seq}</a></td>
            <td><When at=entry.at/></td>
            <td><Badge tone=words::tone(entry.action) text=words::action(entry.action)/></td>
            <td class="cut" title=entry.actor.clone()>{entry.actor.clone()}</td>
            <td class="cut">{words::subject(&entry)}</td>
            <td class="wide-only" title=summary.clone()><span class="two-lines">{summary.clone()}</span></td>
        </tr>
    }
    .into_any()
}
