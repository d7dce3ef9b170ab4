//! Prices from the community's list: give it, choose models and a rate, and a draft is made.

use super::page::{self, Refused};
use crate::{
    api::{self, ChooseModelsForm, RefusedList},
    error::Code,
    format,
    islands::forms::Forms,
    link::with_query,
    model::{ListedModel, PriceListChoice, PriceListView},
    ui::{
        Alert, Badge, Button, ButtonKind, Choice, Column, DataTable, Empty, ErrorBox, Field, Hidden, PageHead, Pager,
        Select, TextArea, TextInput, Tone,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

fn trail() -> Vec<(String, String)> {
    vec![("/pricing".to_owned(), "Pricing".to_owned())]
}

#[component]
pub fn ImportPage() -> impl IntoView {
    page::opened("Import prices", ("/pricing", "Pricing"), api::load_import(), give)
}

fn give(refused: Option<RefusedList>) -> impl IntoView {
    let (error, typed) = refused.map(|refused| (refused.error, refused.typed)).unzip();
    let refusal = error.map(|error| {
        api::refused_status(error.code);
        if error.code == Code::InvalidRequest {
            view! { <Alert tone=Tone::Bad title="This is no price list"><p>{error.message}</p></Alert> }.into_any()
        } else {
            view! { <ErrorBox error/> }.into_any()
        }
    });
    view! {
        <Forms/>
        <PageHead
            title="Import a price list"
            lead="LiteLLM's model_prices_and_context_window.json, or any file of its shape: models with prices in USD per token."
            trail=trail()
        />
        {refusal}
        <form
            method="post"
            action="/pricing/import/upload"
            enctype="multipart/form-data"
            class="form import-form"
            data-once=""
        >
            <Field name="file" label="File" hint="At most 16 MiB. It is kept for a while, to choose from.">
                <input class="input" id="f-file" type="file" name="file" accept=".json,application/json"/>
            </Field>
            <Field name="text" label="Or its text">
                <TextArea
                    name="text"
                    value=typed.unwrap_or_default()
                    rows=8
                    placeholder="{\"gpt-4o\": {\"input_cost_per_token\": 2.5e-06, …}}"
                />
            </Field>
            <Button kind=ButtonKind::Primary label="Choose models…"/>
        </form>
    }
    .into_any()
}

#[component]
pub fn PriceListPage() -> impl IntoView {
    let query = page::query();
    let refused = Refused::of::<ChooseModelsForm>();
    let choice = PriceListChoice::read(|name| query.get(name).to_owned());
    let id = page::segment(2);
    page::opened("Import prices", ("/pricing", "Pricing"), load(id, choice.clone()), move |(view, error)| {
        whole(view, error, &choice, &refused)
    })
}

/// A rate that is none is shown at its field, above the list at the usual rate.
async fn load(
    id: String,
    choice: PriceListChoice,
) -> Result<(PriceListView, Option<crate::error::AppError>), crate::error::AppError> {
    match api::load_price_list(id.clone(), choice.clone()).await {
        Err(error) if error.field.as_deref() == Some("credits_per_usd") => {
            Ok((api::load_price_list(id, choice.at_usual_rate()).await?, Some(error)))
        }
        answer => answer.map(|view| (view, None)),
    }
}

fn whole(
    list: PriceListView,
    error: Option<crate::error::AppError>,
    choice: &PriceListChoice,
    refused: &Refused,
) -> impl IntoView + use<> {
    let total = i64::try_from(list.total).unwrap_or(i64::MAX);
    let lead = format!(
        "{} in the list. The chosen ones are put into a draft of the active version.",
        format::counted(total, "model", "models")
    );
    let refusal = refused.beside(&[]);
    let list_id = list.id.to_string();
    let csv = with_query("/export/price-list.csv", [("list", list_id.as_str())].into_iter().chain(choice.pairs()));
    // There is no file at a rate that is none.
    let csv = error.is_none().then_some(csv);
    let filters = filters(&list, error, choice);
    let models = if list.models.is_empty() {
        view! {
            <Empty title="Nothing matches"><p>"No model of the list fits this name and provider."</p></Empty>
        }
        .into_any()
    } else {
        choose(list, choice, csv).into_any()
    };
    view! {
        <Forms/>
        <PageHead title="Choose models" lead trail=trail()/>
        {refusal.map(|error| view! { <ErrorBox error/> })}
        {filters}
        {models}
    }
    .into_any()
}

fn filters(
    list: &PriceListView,
    error: Option<crate::error::AppError>,
    choice: &PriceListChoice,
) -> impl IntoView + use<> {
    let mut providers = vec![Choice::new("", "Any")];
    providers.extend(list.providers.iter().map(|name| Choice::new(name, name)));
    let PriceListChoice { pattern, provider, credits_per_usd, .. } = choice.clone();
    let action = format!("/pricing/import/{}", list.id);
    let wrong = error.is_some();
    let message = error.map(|error| error.message.replace("credits_per_usd must", "Must"));
    view! {
        <form method="get" action=action class="filters">
            <Field name="match" label="Name">
                <TextInput name="match" value=pattern placeholder="gpt-4o, or claude-*"/>
            </Field>
            <Field name="provider" label="Provider">
                <Select name="provider" options=providers selected=provider/>
            </Field>
            <Field name="rate" label="Credits per USD" nostrip:error=message>
                <TextInput name="rate" value=credits_per_usd inputmode="decimal" invalid=wrong/>
            </Field>
            <div class="filters-go"><Button label="Show"/></div>
        </form>
    }
    .into_any()
}

fn choose(list: PriceListView, choice: &PriceListChoice, csv: Option<String>) -> impl IntoView + use<> {
    let PriceListView { id, matching, models, .. } = list;
    let columns = vec![
        Column::text("Model"),
        Column::text("Provider").wide_only(),
        Column::text("Credits for one call"),
        Column::text("In the active version").wide_only(),
    ];
    let shown = models.len();
    let count = |number: usize| format::count(i64::try_from(number).unwrap_or(i64::MAX));
    let note = if shown < matching {
        format!("{} of {} that match; narrow the name to see the others", count(shown), count(matching))
    } else {
        format!("{} that match", count(matching))
    };
    let filtered = !(choice.pattern.is_empty() && choice.provider.is_empty());
    let all = format!("Take all {} that match", count(matching));
    let PriceListChoice { pattern, provider, credits_per_usd, .. } = choice.clone();
    view! {
        <form method="post" action=ChooseModelsForm::url() data-once="">
            <Hidden name="id" value=id.to_string()/>
            <Hidden name="choice[pattern]" value=pattern/>
            <Hidden name="choice[provider]" value=provider/>
            <Hidden name="choice[credits_per_usd]" value=credits_per_usd/>
            <div class="choose-bar">
                <Button kind=ButtonKind::Primary label="Make a draft of the ticked" name="go" value="ticked"/>
                {filtered.then(|| view! { <Button label=all name="go" value="all"/> })}
                <label class="check">
                    <input type="checkbox" name="choice[replace]" value="true"/>
                    <span>"Drop the active version's other models"</span>
                </label>
                <span class="quiet">{note}</span>
            </div>
            <DataTable caption="Models of the price list" columns>
                {models.into_iter().map(row).collect_view()}
            </DataTable>
        </form>
        <Pager shown noun="models" nostrip:csv=csv/>
    }
    .into_any()
}

fn row(model: ListedModel) -> impl IntoView {
    let ListedModel { name, provider, formula, long_context, now } = model;
    let can = formula.is_ok();
    let known = now.is_some();
    let same = matches!((&formula, &now), (Ok(formula), Some(now)) if formula == now);
    let formula = match formula {
        Ok(formula) => view! {
            <code class="formula">{formula}</code>
            {long_context.then(|| view! { <span class="by wrap">"long prompts cost more by the list; this is the base price"</span> })}
        }
        .into_any(),
        Err(reason) => view! { <span class="quiet">{reason}</span> }.into_any(),
    };
    let value = name.clone();
    view! {
        <tr>
            <td class="wrap">
                <label class="check">
                    <input type="checkbox" name="choice[models][]" value=value disabled=!can/>
                    <span>{name}</span>
                </label>
            </td>
            <td class="wide-only">{provider}</td>
            <td class="wrap">{formula}</td>
            <td class="wide-only">
                {match (known, same) {
                    (false, _) => view! { <span class="quiet">"—"</span> }.into_any(),
                    (_, true) => view! { <Badge text="the same"/> }.into_any(),
                    _ => view! { <code class="formula quiet">{now}</code> }.into_any(),
                }}
            </td>
        </tr>
    }
    .into_any()
}
