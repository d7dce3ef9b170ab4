//! The editor of a configuration: the text, its faults, and what a sample of usage would cost.
//!
//! The button saves and checks on the server; the island does the checking again at every pause of the keys.

use crate::{
    api::{Begun, SaveDraftForm},
    islands::{forms::Forms, pricing::PricingEditor},
    link::Query,
    model::{PricingConfigResult, Uuid},
    pricing::{
        Pricing, canonical_json,
        check::{QUANTITIES, Sample, check},
    },
    ui::{Button, ButtonKind, Field, Hidden, LinkButton, Section, TextInput, escape_text, price_html, verdict_html},
};
use leptos::{prelude::*, server_fn::ServerFn};

/// What is edited.
pub struct Edited<'a> {
    /// None for what has not been kept yet.
    pub id: Option<Uuid>,
    pub revision: i64,
    pub begun: Begun,
    pub label: String,
    pub text: &'a str,
    /// The version that prices are compared with.
    pub active: Option<&'a PricingConfigResult>,
}

/// A sample that says something: a model of the active version, and a usual call.
fn default_sample(active: Option<&PricingConfigResult>, name: &str) -> String {
    let model = || active.and_then(|active| active.config.models.keys().find(|key| *key != "_default").cloned());
    match name {
        "model" => model().unwrap_or_default(),
        "input_tokens" => "1000".to_owned(),
        "output_tokens" => "500".to_owned(),
        _ => String::new(),
    }
}

pub fn view(edited: Edited<'_>, query: &Query) -> impl IntoView + use<> {
    let asked = ["model", "plan", "fixed_job"].into_iter().chain(QUANTITIES.map(|(name, _)| name));
    let chosen = asked.into_iter().any(|name| !query.get(name).is_empty());
    let active = edited.active;
    let field = |name: &str| if chosen { query.get(name).to_owned() } else { default_sample(active, name) };
    let sample = Sample::read(field);
    let before = active.and_then(|active| Pricing::compile(active.config.clone()).ok());
    let checked = check(edited.text, &sample, before.as_ref());
    let fields = sample_fields(&field);
    let Edited { begun, label, .. } = edited;
    let revision = edited.revision.to_string();
    let (verdict, price) = (verdict_html(&checked), price_html(&checked));
    // The browser compares with the very text; it is not sent back with the form.
    let active_text = active.map(|active| escape_text(&canonical_json(&active.config))).unwrap_or_default();
    let text = format!("\n{}", escape_text(edited.text));
    let id = edited.id.map(|id| id.to_string()).unwrap_or_default();
    let cancel = edited.id.map_or_else(|| "/pricing".to_owned(), |id| format!("/pricing/drafts/{id}/review"));
    view! {
        <Forms/>
        <form method="post" action=SaveDraftForm::url() class="editor" data-once="" data-pricing-editor="">
            <Hidden name="id" value=id/>
            <Hidden name="revision" value=revision/>
            {begun.base.map(|base| view! { <Hidden name="begun[base]" value=base.to_string()/> })}
            {begun.seen_active.map(|seen| view! { <Hidden name="begun[seen_active]" value=seen.to_string()/> })}
            <div class="editor-main">
                <Field name="label" label="Label" hint="What people read beside the version's number.">
                    <TextInput name="label" value=label maxlength=255_u32 autocomplete="off"/>
                </Field>
                <div class="field">
                    <label for="f-content">"Configuration, as JSON"</label>
                    <textarea
                        class="input code-area"
                        id="f-content"
                        name="content"
                        rows="30"
                        spellcheck="false"
                        autocapitalize="off"
                        autocomplete="off"
                        wrap="off"
                        aria-describedby="verdict"
                    >
                        {text}
                    </textarea>
                </div>
                <div class="form-go">
                    <Button label="Save and check" name="go" value="check"/>
                    <Button kind=ButtonKind::Primary label="Save and review" name="go" value="review"/>
                    <LinkButton kind=ButtonKind::Ghost href=cancel label="Cancel"/>
                </div>
            </div>
            <div class="editor-side">
                <Section title="Check">
                    <div id="verdict" aria-live="polite" inner_html=verdict></div>
                </Section>
                <Section title="Price of a sample">
                    <div id="sample-price" aria-live="polite" inner_html=price></div>
                    {fields}
                </Section>
            </div>
        </form>
        <textarea id="active-config" hidden aria-hidden="true" tabindex="-1" readonly>{active_text}</textarea>
        <PricingEditor/>
    }
    .into_any()
}

fn sample_fields(field: &dyn Fn(&str) -> String) -> impl IntoView + use<> {
    let texts = [("model", "Model"), ("plan", "Plan"), ("fixed_job", "Fixed job")];
    let text = texts.map(|(name, label)| (name, label, field(name), "text"));
    let counts = QUANTITIES.map(|(name, label)| (name, label, field(name), "numeric"));
    view! {
        <div class="sample-fields">
            {text
                .into_iter()
                .chain(counts)
                .map(|(name, label, value, mode)| {
                    let name = format!("sample[{name}]");
                    view! {
                        <label>
                            <span>{label}</span>
                            <input class="input" name=name value=value inputmode=mode autocomplete="off" spellcheck="false"/>
                        </label>
                    }
                })
                .collect_view()}
        </div>
    }
    .into_any()
}
