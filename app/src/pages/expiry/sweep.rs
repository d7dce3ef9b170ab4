//! The sweep: looked at first, then made.

use super::holder;
use crate::{
    api::SweepForm,
    format,
    islands::forms::Forms,
    model::{Credits, DueAccount, ExpiryView, Role},
    pages::page::Refused,
    ui::{Alert, Button, ButtonKind, Column, DataTable, ErrorBox, Glyph, Hidden, LinkButton, Money, Section, Tone},
};
use leptos::{prelude::*, server_fn::ServerFn};

pub fn view(view: &ExpiryView, role: Role, dry: bool, refused: &Refused) -> impl IntoView + use<> {
    let error = refused.beside(&[]);
    let dry = dry || error.is_some();
    let body = match (view.due_lots, dry) {
        (0, _) => view! { <p class="quiet">"Nothing is past its time: a sweep would write nothing."</p> }.into_any(),
        (_, false) => view! {
            <p class="before-form">
                "Expired credits can never be spent, swept or not. A sweep writes an entry for each such lot, so that the \
                 ledger's total is what can be spent."
            </p>
            <LinkButton href="/expiry?dry=1#sweep" label="Dry run" glyph=Glyph::Search/>
        }
        .into_any(),
        (_, true) => dry_run(view, role).into_any(),
    };
    view! {
        <div id="sweep">
            <Section title="Sweep" note="books out what has expired">
                {error.map(|error| view! { <ErrorBox error/> })}
                {body}
            </Section>
        </div>
    }
    .into_any()
}

fn dry_run(view: &ExpiryView, role: Role) -> impl IntoView + use<> {
    let (lots, credits) = (view.due_lots, view.due_credits);
    let title = format!(
        "A sweep would write {} and take {} credits of {} out of the ledger",
        format::counted(lots, "entry", "entries"),
        format::credits(credits),
        format::counted(view.due_accounts, "account", "accounts"),
    );
    let rest = view.due_accounts.saturating_sub(i64::try_from(view.due.len()).unwrap_or(i64::MAX));
    let columns = vec![
        Column::text("Account"),
        Column::number("Lots"),
        Column::number("Credits"),
        Column::number("Ledger before"),
        Column::number("After"),
    ];
    let rows: Vec<_> = view.due.clone().into_iter().map(row).collect();
    view! {
        <Alert tone=Tone::Accent title>
            <p>"This is a dry run: nothing is written yet. What these accounts can spend stays the same."</p>
        </Alert>
        <DataTable caption="What a sweep would take" columns>
            {rows}
        </DataTable>
        {(rest > 0).then(|| view! { <p class="quiet">{format!("and {} more", format::counted(rest, "account", "accounts"))}</p> })}
        {if role.may_manage() { run(lots, credits).into_any() } else { only_admin(role).into_any() }}
    }
    .into_any()
}

fn row(due: DueAccount) -> impl IntoView {
    let after = Credits::from_micros(due.ledger_total.micros().saturating_sub(due.credits.micros()));
    view! {
        <tr>
            <td class="who">{holder(due.holder)}</td>
            <td class="num">{format::count(due.lots)}</td>
            <td class="num"><Money amount=due.credits/></td>
            <td class="num"><Money amount=due.ledger_total/></td>
            <td class="num"><Money amount=after/></td>
        </tr>
    }
    .into_any()
}

/// What was seen goes with the form, so that nothing else is swept.
fn run(lots: i64, credits: Credits) -> impl IntoView {
    let label = format!("Sweep {} credits", format::credits(credits));
    view! {
        <Forms/>
        <form method="post" action=SweepForm::url() class="form-go sweep-go" data-once="">
            <Hidden name="lots" value=lots.to_string()/>
            <Hidden name="credits" value=credits.to_string()/>
            <Button kind=ButtonKind::Danger label/>
            <LinkButton kind=ButtonKind::Ghost href="/expiry" label="Cancel"/>
        </form>
    }
    .into_any()
}

fn only_admin(role: Role) -> impl IntoView {
    view! { <p class="quiet">"Running it needs the role admin; you are signed in as " {role.as_str()} "."</p> }
}
