//! The first steps of a new desk: what is done, what comes next, and each form at its place.

use super::{
    page::{self, Refused},
    settings::{currency_form, key_form, made_key, zone_form},
};
use crate::{
    api::{self, AddKeyForm, FirstPricesForm, SetCurrencyForm, SetUpForm, SetZoneForm, SetupPageData},
    error::Code,
    islands::forms::Forms,
    pricing::check::{Sample, check},
    ui::{
        Alert, Badge, Button, ButtonKind, ErrorBox, Field, Hidden, LinkButton, PageHead, Section, TextArea, Tone,
        verdict_html,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

/// Prices to begin with: three models, a floor, two plans. Whoever starts changes the numbers to their own.
const EXAMPLE: &str = r#"{
  "version": 1,
  "models": {
    "gpt-4o": "input_tokens * 0.00025 + output_tokens * 0.001",
    "gpt-4o-mini": "input_tokens * 0.000015 + output_tokens * 0.00006",
    "_default": "(input_tokens + output_tokens) * 0.0005"
  },
  "min_balance": 0,
  "plans": {
    "free": { "id": "free", "name": "Free", "free_allowance": 50 },
    "pro": { "id": "pro", "name": "Pro", "free_allowance": 1000 }
  }
}"#;

const CHARGE: &str = "\
export KEY={key}

curl {site}/api/v1/users/ana/credits \\
  -H \"Authorization: Bearer $KEY\" -H \"Idempotency-Key: first-grant\" \\
  --json '{\"amount\": 100, \"kind\": \"grant\"}'

curl {site}/api/v1/users/ana/deductions \\
  -H \"Authorization: Bearer $KEY\" -H \"Idempotency-Key: first-charge\" \\
  --json '{\"metrics\": {\"model\": \"gpt-4o\", \"input_tokens\": 1200, \"output_tokens\": 350}}'";

/// The refusals of the page's forms.
struct Refusals {
    zone: Refused,
    currency: Refused,
    prices: Refused,
    key: Refused,
}

#[component]
pub fn SetupPage() -> impl IntoView {
    let refusals = Refusals {
        zone: Refused::of::<SetZoneForm>(),
        currency: Refused::of::<SetCurrencyForm>(),
        prices: Refused::of::<FirstPricesForm>(),
        key: Refused::of::<AddKeyForm>(),
    };
    let saved = page::query().get("saved").to_owned();
    view! {
        <PageHead title="First steps" lead="Five steps to the first charge. Leave out what you like; all of it is in the settings, too."/>
        {page::loaded(api::load_setup(), move |data| whole(data, &saved, &refusals))}
    }
    .into_any()
}

fn whole(data: SetupPageData, saved: &str, refusals: &Refusals) -> impl IntoView + use<> {
    let SetupPageData { settings, version, keys, charged, made, site } = data;
    let steps = [
        ("zone", "Time zone", true, settings.zone.clone()),
        (
            "currency",
            "Display in money",
            settings.currency.is_some(),
            settings.currency.as_ref().map_or_else(|| "none".to_owned(), |currency| currency.code.clone()),
        ),
        ("pricing", "Prices", version.is_some(), version.map_or_else(|| "none".to_owned(), |v| format!("version {v}"))),
        ("key", "API key", keys > 0, crate::format::counted(i64::try_from(keys).unwrap_or(i64::MAX), "key", "keys")),
        ("charge", "First charge", charged, if charged { "done" } else { "not yet" }.to_owned()),
    ];
    let notice = match saved {
        "zone" => Some("The reporting zone is set"),
        "currency" => Some("The display in money is set"),
        "pricing" => Some("The prices are published and active"),
        "key" if made.is_none() => Some("The key was shown once, and is not kept"),
        _ => None,
    };
    let key = made.clone().unwrap_or_else(|| "cdk_…".to_owned());
    view! {
        <Forms/>
        {notice.map(|title| view! { <Alert tone=Tone::Good title/> })}
        {overview(steps)}
        {zone_form(&settings, "yes", &refusals.zone)}
        {currency_form(&settings, "yes", &refusals.currency)}
        {prices(version, &refusals.prices)}
        {key_form("yes", made_key(made), &refusals.key)}
        {charge(&CHARGE.replace("{key}", &key).replace("{site}", &site))}
        {leave(settings.set_up)}
    }
    .into_any()
}

fn overview(steps: [(&'static str, &'static str, bool, String); 5]) -> impl IntoView {
    view! {
        <ol class="steps">
            {steps
                .into_iter()
                .map(|(anchor, label, done, state)| {
                    let tone = if done { Tone::Good } else { Tone::Plain };
                    view! {
                        <li>
                            <a href=format!("#{anchor}")>{label}</a>
                            <Badge tone text=state/>
                        </li>
                    }
                })
                .collect_view()}
        </ol>
    }
    .into_any()
}

fn prices(version: Option<i64>, refused: &Refused) -> impl IntoView + use<> {
    let config = refused.field("config", EXAMPLE);
    let error = refused.beside(&["config"]);
    // What a configuration gets wrong is said as its editor says it.
    let faulty = error.as_ref().is_some_and(|error| error.code == Code::ConfigInvalid);
    let refusal = if faulty {
        let verdict = verdict_html(&check(&config.value, &Sample::default(), None));
        Some(view! { <div id="verdict" role="alert" inner_html=verdict></div> }.into_any())
    } else {
        error.map(|error| view! { <ErrorBox error/> }.into_any())
    };
    let invalid = config.wrong || faulty;
    let form = view! {
        {refusal}
        <form method="post" action=FirstPricesForm::url() class="form" data-once="">
            <Field
                name="config"
                label="Configuration"
                hint="JSON: a formula for each model, in credits. These numbers are an example; change them to yours."
                nostrip:error=config.error
            >
                <TextArea name="config" value=config.value rows=16 required=true invalid/>
            </Field>
            <div class="form-go">
                <Button kind=ButtonKind::Primary label="Publish these prices"/>
                <LinkButton kind=ButtonKind::Ghost href="/pricing" label="Pricing, with import from a price list"/>
            </div>
        </form>
    };
    let body = match version {
        Some(version) => {
            let text = format!("Version {version} is active. Later ones are made on the pricing page.");
            view! { <p>{text} " " <a href="/pricing">"See the prices"</a></p> }.into_any()
        }
        None => form.into_any(),
    };
    view! {
        <div id="pricing"><Section title="Prices" note="what a call costs">{body}</Section></div>
    }
    .into_any()
}

fn charge(commands: &str) -> impl IntoView + use<> {
    let commands = commands.to_owned();
    view! {
        <div id="charge">
            <Section title="First charge" note="from any terminal, with the key above">
                <pre tabindex="0"><code>{commands}</code></pre>
                <p class="quiet">
                    "Then look for " <a href="/users/ana">"ana"</a> ". The whole interface is at "
                    <a href="/api/docs" rel="external">"/api/docs"</a>
                    ". With made-up data instead: " <code>"creditdesk demo"</code> "."
                </p>
            </Section>
        </div>
    }
    .into_any()
}

fn leave(set_up: bool) -> impl IntoView {
    let (label, again) =
        if set_up { ("Show the first steps on the overview again", "yes") } else { ("Done: to the overview", "") };
    view! {
        <form method="post" action=SetUpForm::url() class="form-go" data-once="">
            <Hidden name="again" value=again/>
            <Button label/>
        </form>
    }
    .into_any()
}
