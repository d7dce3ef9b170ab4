//! "What this cap would have blocked": a cap, real or thought of, tried on the charges that were made.

use super::forms::{effects, model_list, windows};
use crate::{
    api::{self, TrialForm, TrialPageData},
    format, link,
    model::{CapStatus, CapTrialResult, CapTrialUser},
    pages::page,
    ui::{
        Alert, Button, ButtonKind, Choice, Column, DataTable, ErrorBox, Field, Meter, Money, PageHead, Pager, Section,
        Select, TextInput, Tile, Tone, UserLink, When, field_error,
    },
};
use leptos::prelude::*;

/// The page with this cap already tried on the last 30 days.
pub fn address_of(status: &CapStatus) -> String {
    let limit = status.cap.limit.to_string();
    let pairs = [
        ("who", "user"),
        ("user", status.cap.user_id.as_str()),
        ("window", status.cap.cap_type.as_str()),
        ("model", status.cap.model.as_deref().unwrap_or_default()),
        ("limit", limit.as_str()),
        ("effect", status.cap.action.as_str()),
        ("days", "30"),
    ];
    link::with_query("/caps/try", pairs)
}

#[component]
pub fn CapTrialPage() -> impl IntoView {
    let query = page::query();
    let form = TrialForm::read(|name| query.get(name).to_owned());
    let trail = vec![("/caps".to_owned(), "Caps".to_owned())];
    view! {
        <PageHead
            title="Try a cap on the past"
            lead="Every charge that was made is met by the cap again, in its order and by its windows. Nothing is changed."
            trail
        />
        {page::loaded(api::try_cap(form.clone()), move |data| whole(data, &form))}
    }
    .into_any()
}

fn whole(data: TrialPageData, form: &TrialForm) -> impl IntoView + use<> {
    let TrialPageData { models, plans, result, refusal, may_export } = data;
    let known = |name: &str| TrialForm::NAMES.contains(&name);
    let beside = refusal.clone().filter(|error| !error.field.as_deref().is_some_and(known));
    let csv = may_export.then(|| link::with_query("/export/cap-trial.csv", form.pairs()));
    let fields = view_form(form, refusal.as_ref(), models, plans);
    view! {
        {beside.map(|error| view! { <ErrorBox error/> })}
        <div class="columns trial">
            {fields}
            <div>
                {match result {
                    Some(result) => answer(result, form, csv).into_any(),
                    None => {
                        view! {
                            <p class="quiet">
                                "The answer stands here: how many charges, worth how much, of whom, and when the first."
                            </p>
                        }
                            .into_any()
                    }
                }}
            </div>
        </div>
    }
    .into_any()
}

fn view_form(
    form: &TrialForm,
    error: Option<&crate::error::AppError>,
    models: Vec<String>,
    plans: Vec<(String, String)>,
) -> impl IntoView + use<> {
    let or = |text: &str, default: &str| if text.is_empty() { default.to_owned() } else { text.to_owned() };
    let whom = vec![
        Choice::new("user", "One user"),
        Choice::new("plan", "Each user of a plan"),
        Choice::new("everyone", "Each user"),
    ];
    let none = Choice::new("", if plans.is_empty() { "There are no plans" } else { "Choose a plan" });
    let plans = std::iter::once(none).chain(plans.into_iter().map(|(id, name)| Choice::new(id, name))).collect();
    let days = [("7", "Last 7 days"), ("30", "Last 30 days"), ("90", "Last 90 days")];
    let days = days.into_iter().map(|(value, label)| Choice::new(value, label)).collect();
    let TrialForm { user, plan, model, limit, .. } = form.clone();
    let [user_error, plan_error, limit_error, model_error, days_error, who_error, window_error, effect_error] =
        ["user", "plan", "limit", "model", "days", "who", "window", "effect"].map(|name| field_error(error, name));
    let (who, window, effect, past) =
        (or(&form.who, "user"), or(&form.window, "daily"), or(&form.effect, "deny"), or(&form.days, "30"));
    let (user_wrong, limit_wrong) = (user_error.is_some(), limit_error.is_some());
    view! {
        <Section title="The cap">
            <form method="get" action="/caps/try" class="form">
                <Field name="who" label="Tried on" nostrip:error=who_error>
                    <Select name="who" options=whom selected=who/>
                </Field>
                <Field name="user" label="User id" hint="For one user." nostrip:error=user_error>
                    <TextInput name="user" value=user autocomplete="off" invalid=user_wrong/>
                </Field>
                <Field name="plan" label="Plan" hint="For each user of a plan." nostrip:error=plan_error>
                    <Select name="plan" options=plans selected=plan/>
                </Field>
                <Field name="window" label="Counts" nostrip:error=window_error>
                    <Select name="window" options=windows() selected=window/>
                </Field>
                <Field name="model" label="Model" hint="Empty: all of them." nostrip:error=model_error>
                    <TextInput name="model" value=model autocomplete="off" list="models"/>
                </Field>
                <Field name="limit" label="Limit in credits" nostrip:error=limit_error>
                    <TextInput
                        name="limit"
                        value=limit
                        inputmode="decimal"
                        autocomplete="off"
                        required=true
                        invalid=limit_wrong
                    />
                </Field>
                <Field name="effect" label="At the limit" nostrip:error=effect_error>
                    <Select name="effect" options=effects() selected=effect/>
                </Field>
                <Field name="days" label="Past" nostrip:error=days_error>
                    <Select name="days" options=days selected=past/>
                </Field>
                <Button kind=ButtonKind::Primary label="Try it"/>
                {model_list(models)}
            </form>
        </Section>
    }
    .into_any()
}

fn answer(result: CapTrialResult, form: &TrialForm, csv: Option<String>) -> impl IntoView + use<> {
    let verb = match form.effect.as_str() {
        "warn" => "warned of",
        "notify" => "notified of",
        _ => "refused",
    };
    let charges = format::counted(result.count, "charge", "charges");
    let verdict = if result.count == 0 {
        view! {
            <Alert tone=Tone::Good title="It would have met nothing">
                <p>{format!("None of the {} would have passed the limit.", format::counted(result.charges, "charge", "charges"))}</p>
            </Alert>
        }
        .into_any()
    } else {
        let title = format!("It would have {verb} {charges} worth {} credits", format::credits(result.credits));
        let tone = if verb == "refused" { Tone::Bad } else { Tone::Warn };
        let when = first(&result);
        view! { <Alert tone title>{when}</Alert> }.into_any()
    };
    let worst = (!result.worst.is_empty()).then(|| worst(result.worst.clone(), csv));
    let users = format!("of {} with charges", format::counted(result.users, "user", "users"));
    let share =
        format!("{} of {} credits spent", format::share(result.credits, result.spend), format::credits(result.spend));
    view! {
        <Section title="What it would have done">
            {verdict}
            <div class="tiles">
                <Tile
                    label="Charges"
                    value=format::count(result.count)
                    note=format!("of {}", format::count(result.charges))
                />
                <Tile
                    label="Credits"
                    value=format::credits_short(result.credits)
                    exact=format!("{} credits", format::credits(result.credits))
                    note=share
                />
                <Tile label="Users" value=format::count(result.users_met) note=users/>
            </div>
            {worst}
            <p class="quiet">
                "Charges from " <When at=result.start exact=true/> " to " <When at=result.end exact=true/>
                ". What is refused leaves its room to later charges; what reservations held at the time is not counted."
            </p>
        </Section>
    }
    .into_any()
}

fn first(result: &CapTrialResult) -> impl IntoView + use<> {
    result.first.map(|at| view! { <p>"The first time: " <When at exact=true/> "."</p> })
}

fn worst(users: Vec<CapTrialUser>, csv: Option<String>) -> impl IntoView {
    let shown = users.len();
    let most = users.iter().map(|user| user.credits).max().unwrap_or_default();
    let columns = vec![
        Column::text("User"),
        Column::number("Charges"),
        Column::text("Credits"),
        Column::text("First time").wide_only(),
    ];
    view! {
        <DataTable caption="Users whom it would have met the most" columns>
            {users
                .into_iter()
                .map(|user| {
                    let CapTrialUser { user_id, name, count, credits, first } = user;
                    view! {
                        <tr>
                            <td class="who"><UserLink user_id nostrip:name=name/></td>
                            <td class="num">{format::count(count)}</td>
                            <td>
                                <span class="meter-words"><Money amount=credits/></span>
                                <Meter value=credits max=most label="Compared with the first of the list"/>
                            </td>
                            <td class="wide-only"><When at=first exact=true/></td>
                        </tr>
                    }
                })
                .collect_view()}
        </DataTable>
        <Pager shown noun="users" nostrip:csv=csv/>
    }
    .into_any()
}
