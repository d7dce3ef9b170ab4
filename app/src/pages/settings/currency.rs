//! How credits are shown in money.

use crate::{
    api::SetCurrencyForm,
    model::DeskSettings,
    pages::page::Refused,
    ui::{Button, ErrorBox, Field, Hidden, Section, TextInput},
};
use leptos::{prelude::*, server_fn::ServerFn};

/// `step` is empty on the settings page, any text in the first steps.
pub fn currency_form(settings: &DeskSettings, step: &'static str, refused: &Refused) -> impl IntoView + use<> {
    let (code, rate) = settings.currency.as_ref().map_or_else(
        || ("USD".to_owned(), String::new()),
        |currency| (currency.code.clone(), currency.credits_per_unit.to_string()),
    );
    let (code, rate) = (refused.field("currency", &code), refused.field("rate", &rate));
    let error = refused.beside(&["currency", "rate"]);
    view! {
        <div id="currency">
            <Section title="Display in money" note="beside credits, marked ≈; the ledger knows credits only">
                {error.map(|error| view! { <ErrorBox error/> })}
                <form method="post" action=SetCurrencyForm::url() class="form" data-once="">
                    <Hidden name="step" value=step/>
                    <Field name="currency" label="Currency" hint="Three letters, such as USD." nostrip:error=code.error>
                        <TextInput
                            name="currency"
                            value=code.value
                            autocomplete="off"
                            maxlength=3_u32
                            autofocus=code.wrong
                            invalid=code.wrong
                        />
                    </Field>
                    <Field
                        name="rate"
                        label="Credits for one unit"
                        hint="100: a dollar is 100 credits. Empty: no display in money."
                        nostrip:error=rate.error
                    >
                        <TextInput
                            name="rate"
                            value=rate.value
                            inputmode="decimal"
                            autocomplete="off"
                            autofocus=rate.wrong
                            invalid=rate.wrong
                        />
                    </Field>
                    <Button label="Set the display"/>
                </form>
            </Section>
        </div>
    }
    .into_any()
}
