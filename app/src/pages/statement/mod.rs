//! The monthly statement, made to be printed and filed.

mod tables;

use super::{downloads::downloads, page, range_bar::zone_field};
use crate::{
    api::{StatementPageData, StatementWords, beside, load_statement, written},
    error::{AppError, Code},
    format, link,
    model::{Statement, StatementOf},
    range::read_zone,
    ui::{Button, ButtonKind, Empty, ErrorBox, Field, Glyph, Icon, LinkButton, PageHead, TextInput, field_error, href},
};
use jiff::{civil::Date, tz::TimeZone};
use leptos::prelude::*;

/// `/statement?month=2026-10`, of the whole desk, or `&user=ana`, or `&team=ID`; `&prove=1` adds the ledger up.
#[component]
pub fn StatementPage() -> impl IntoView {
    let query = page::query();
    let words = StatementWords::read(|name| query.get(name).to_owned());
    let prove = query.get("prove") == "1";
    view! {
        <Suspense>
            {
                let words = words.clone();
                Suspend::new(async move {
                    match load_statement(words.clone(), prove).await {
                        Ok(data) => shown(&words, &data).into_any(),
                        Err(error) => failed(&words, error).into_any(),
                    }
                })
            }
        </Suspense>
    }
    .into_any()
}

fn shown(words: &StatementWords, data: &StatementPageData) -> impl IntoView + use<> {
    let StatementPageData { statement, today } = data;
    let month = month_name(statement.first);
    let lead = format!("{month} · {}", statement.name);
    let at = |path: &str, month: &str| {
        href(path, &[("month", month), ("user", &words.user), ("team", &words.team), ("tz", &words.tz)])
    };
    let (before, after) = beside(statement.first, *today);
    let turn = [(before, "Month before"), (after, "Month after")].map(|(month, label)| {
        month.map(|month| view! { <LinkButton kind=ButtonKind::Ghost href=at("/statement", &month) label/> })
    });
    let files = [("/export/statement.csv", "Statement, CSV"), ("/export/statement-models.csv", "Spend by model, CSV")]
        .map(|(path, label)| (at(path, &written(statement.first)), label.to_owned()));
    let body = if statement.entries == 0 && statement.opening.is_zero() {
        view! {
            <Empty title="Nothing in this month" glyph=Glyph::Calendar>
                <p>"No credits came or went, and none were there before. Choose another month above."</p>
            </Empty>
        }
        .into_any()
    } else {
        view! {
            {tables::summary(statement)}
            {checked(statement, &format!("{}&prove=1#proof", at("/statement", &written(statement.first))))}
            {tables::models(statement)}
            {tables::days(statement)}
        }
        .into_any()
    };
    view! {
        <PageHead title="Statement" lead=lead>{turn.into_iter().collect_view()} {downloads(files)}</PageHead>
        {form(words, &written(statement.first), &statement.zone, None)}
        <article class="statement">{heading(statement, &month)} {body}</article>
    }
    .into_any()
}

/// "October 2026".
fn month_name(first: Date) -> String {
    first.strftime("%B %Y").to_string()
}

/// Whose, of when, in which zone, made when: what a filed page must say of itself.
fn heading(statement: &Statement, month: &str) -> impl IntoView + use<> {
    let zone = read_zone(&statement.zone).unwrap_or(TimeZone::UTC);
    let (what, id) = match &statement.of {
        StatementOf::Desk => ("All users and teams", None),
        StatementOf::User(user) => ("User", Some((user.clone(), link::user(user)))),
        StatementOf::Team(team) => ("Team", Some((team.to_string(), link::team(*team)))),
    };
    let made = format::exact(statement.made_at, &zone);
    view! {
        <header class="statement-head">
            <h2><bdi>{statement.name.clone()}</bdi></h2>
            <div class="quiet">
                {what} {id.map(|(id, href)| view! { " " <a class="id-link mono" href=href><bdi>{id}</bdi></a> })}
            </div>
            <div>{format!("{month}, {}", format::days(statement.first, statement.last))}</div>
            <div class="quiet">{format!("Days of {} · credits · made {made}", statement.zone)}</div>
            {statement
                .unfinished
                .then(|| view! { <div class="statement-open">"This month is not over: figures will still change."</div> })}
        </header>
    }
}

/// The line that lets a reviewer trust it; `asked` is the address that has the ledger added up.
fn checked(statement: &Statement, asked: &str) -> impl IntoView + use<> {
    let Some(ledger) = statement.ledger else {
        let (asked, entries) = (asked.to_owned(), format::counted(statement.entries, "entry", "entries"));
        return view! {
            <div class="proof" id="proof">
                <span>"These figures come from sums kept with every entry: " {entries} " in the month."</span>
                <a href=asked>"Prove against the ledger"</a>
            </div>
        }
        .into_any();
    };
    let difference = statement.difference(ledger);
    let holds = difference.is_zero();
    let (class, glyph, verdict) = if holds {
        ("proof proof-holds", Glyph::Check, "Adds up")
    } else {
        ("proof proof-differs", Glyph::Warning, "Does not add up")
    };
    view! {
        <div class=class id="proof" role=if holds { "status" } else { "alert" }>
            <span class="proof-verdict">
                <Icon glyph/>
                {verdict}
            </span>
            <span class="proof-sums">
                <span class="nowrap">"closing " <b>{format::credits(statement.closing)}</b></span>
                <span class="nowrap">"ledger " <b>{format::credits(ledger)}</b></span>
            </span>
            <span class="proof-difference">"difference " <b>{format::credits(difference)}</b></span>
            <span>{format::counted(statement.entries, "entry", "entries")} " in the month"</span>
        </div>
    }
    .into_any()
}

/// `zone` is the one shown.
fn form(words: &StatementWords, month: &str, zone: &str, error: Option<&AppError>) -> impl IntoView + use<> {
    let [month_error, user_error, team_error, zone_error] =
        ["month", "user", "team", "tz"].map(|field| field_error(error, field));
    let wrong = [month_error.is_some(), user_error.is_some(), team_error.is_some()];
    let StatementWords { user, team, tz, .. } = words.clone();
    let month = month.to_owned();
    view! {
        <form method="get" action="/statement" class="filters">
            <Field name="month" label="Month" nostrip:error=month_error>
                <TextInput name="month" kind="month" value=month placeholder="2026-10" invalid=wrong[0]/>
            </Field>
            <Field name="user" label="User id" nostrip:error=user_error>
                <TextInput name="user" value=user placeholder="Everyone" invalid=wrong[1]/>
            </Field>
            <Field name="team" label="or team id" nostrip:error=team_error>
                <TextInput name="team" value=team invalid=wrong[2]/>
            </Field>
            {zone_field("Time zone", tz, zone, zone_error)}
            <div class="filters-go">
                <Button label="Show"/>
            </div>
        </form>
    }
    .into_any()
}

fn failed(words: &StatementWords, error: AppError) -> impl IntoView + use<> {
    let at_field = error.field.as_deref().is_some_and(|field| ["month", "user", "team", "tz"].contains(&field));
    let form = (error.code != Code::Forbidden).then(|| form(words, &words.month, "", Some(&error)));
    let (way, label) = match error.code {
        Code::Forbidden => ("/users", "Go to users"),
        _ => ("/statement", "Show the last month"),
    };
    view! {
        <PageHead title="Statement"/>
        {form}
        <div class="stack">
            {(!at_field).then(|| view! { <ErrorBox error/> })} <div><LinkButton href=way label/></div>
        </div>
    }
    .into_any()
}
