//! One row of the audit log, whole.

use super::words;
use crate::{
    api,
    model::AuditEntry,
    pages::page,
    ui::{Column, CopyId, DataTable, Fact, Facts, PageHead, Section, When},
};
use leptos::prelude::*;

#[component]
pub fn AuditEntryPage() -> impl IntoView {
    page::opened("Row of the audit log", ("/audit", "Audit log"), api::load_audit_entry(page::segment(1)), whole)
}

fn whole(entry: AuditEntry) -> impl IntoView {
    let trail = vec![("/audit".to_owned(), "Audit log".to_owned())];
    let (subject, change) = (words::subject(&entry), change(&entry));
    let AuditEntry { seq, at, actor, address, action, reason, previous_hash, hash, .. } = entry;
    let address = address.unwrap_or_else(|| "this machine".to_owned());
    let before = if previous_hash.is_empty() {
        view! { <span>"none: this is the first"</span> }.into_any()
    } else {
        view! { <CopyId id=previous_hash/> }.into_any()
    };
    view! {
        <PageHead title=format!("{} (row {seq})", words::action(action)) trail/>
        <Facts>
            <Fact label="When"><When at exact=true/></Fact>
            <Fact label="Who">{actor}</Fact>
            <Fact label="From">{address}</Fact>
            <Fact label="To what">{subject}</Fact>
            {reason.map(|reason| view! { <Fact label="Reason">{reason}</Fact> })}
        </Facts>
        {change}
        <Section title="Chain" note="SHA-256 over this row and the hash of the row before">
            <Facts>
                <Fact label="This row"><CopyId id=hash/></Fact>
                <Fact label="Row before">{before}</Fact>
            </Facts>
        </Section>
    }
    .into_any()
}

fn change(entry: &AuditEntry) -> impl IntoView + use<> {
    let rows = words::differences(entry);
    if rows.is_empty() {
        return ().into_any();
    }
    let columns = vec![Column::text("Field"), Column::text("Before"), Column::text("After")];
    let lines = rows.into_iter().map(|row| {
        let same = row.before == row.after;
        view! {
            <tr class=same.then_some("quiet")>
                <th scope="row">{row.field.replace('_', " ")}</th>
                <td class="before">{words::plain(row.before.as_ref())}</td>
                <td class="after">{words::plain(row.after.as_ref())}</td>
            </tr>
        }
        .into_any()
    });
    view! {
        <Section title="Change" note="what was there, and what is">
            <DataTable caption="Fields before and after" columns>{lines.collect_view()}</DataTable>
        </Section>
    }
    .into_any()
}
