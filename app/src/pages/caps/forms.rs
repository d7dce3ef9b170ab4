//! What an admin does on the page of all caps: set or change one, take one away.

use crate::{
    api::{DeleteCapForm, SetCapForm},
    format,
    islands::forms::Forms,
    link::{self, Query},
    model::{CapAction, CapStatus},
    pages::page::{Refused, amount_field},
    ui::{Button, ButtonKind, Choice, Confirm, ErrorBox, Field, Hidden, Section, Select, TextInput},
};
use leptos::{prelude::*, server_fn::ServerFn};

const FIELDS: [&str; 6] = ["user_id", "window", "model", "limit", "effect", "why"];

pub fn windows() -> Vec<Choice> {
    vec![Choice::new("daily", "A day (UTC)"), Choice::new("monthly", "A month (UTC)")]
}

pub fn effects() -> Vec<Choice> {
    vec![
        Choice::new("deny", "Refuse what would pass it"),
        Choice::new("warn", "Warn with every charge past it"),
        Choice::new("notify", "Notify once in a window"),
    ]
}

/// The form, filled in with the cap that the address names, which may be among `shown`.
pub fn set(query: &Query, refused: &Refused, models: Vec<String>, shown: &[CapStatus]) -> impl IntoView + use<> {
    let user = refused.field("user_id", query.get("for"));
    let error = refused.beside(&FIELDS);
    let whose = view! {
        <Field name="user_id" label="User id" nostrip:error=user.error>
            <TextInput
                name="user_id"
                value=user.value
                autocomplete="off"
                required=true
                autofocus=user.wrong
                invalid=user.wrong
            />
        </Field>
        <Hidden name="back" value="/caps"/>
    };
    let form = set_form(query, refused, whose.into_any(), shown);
    view! {
        <Forms/>
        <div id="set">
            <Section title="Set a cap" note="one of the same user, window and model is replaced">
                {error.map(|error| view! { <ErrorBox error/> })}
                {form}
                {model_list(models)}
            </Section>
        </div>
    }
    .into_any()
}

/// What a cap is made of; `whose` says of which user, and where the form stands.
pub fn set_form(query: &Query, refused: &Refused, whose: AnyView, shown: &[CapStatus]) -> impl IntoView + use<> {
    let or = |name: &str, default: &str| query.filled(name).unwrap_or_else(|| default.to_owned());
    let window = refused.field("window", &or("counts", "daily"));
    let model = refused.field("model", &or("on", ""));
    let limit = refused.field("limit", &or("to", ""));
    let effect = refused.field("effect", &or("does", "deny"));
    let why = refused.field("why", "");
    let unknown = (model.wrong && !model.value.is_empty()) || refused.field("user_id", "").wrong;
    let now = shown.iter().find(|status| names(query, status)).map(now);
    view! {
        <form method="post" action=SetCapForm::url() class="form" data-once="">
            {whose}
            {now.map(|text| view! { <p class="quiet">{text}</p> })}
            <Field name="window" label="Counts" nostrip:error=window.error>
                <Select name="window" options=windows() selected=window.value/>
            </Field>
            <Field
                name="model"
                label="Model"
                hint="Counts and tests only this model; empty: all of them."
                nostrip:error=model.error
            >
                <TextInput name="model" value=model.value autocomplete="off" list="models" invalid=model.wrong/>
            </Field>
            {amount_field("limit", "Limit in credits", None, limit)}
            <Field name="effect" label="At the limit" nostrip:error=effect.error>
                <Select name="effect" options=effects() selected=effect.value/>
            </Field>
            <Field name="why" label="Why" hint="Needed where somebody else must approve it." nostrip:error=why.error>
                <TextInput name="why" value=why.value maxlength=1000_u32 autocomplete="off" invalid=why.wrong/>
            </Field>
            {unknown
                .then(|| {
                    view! {
                        <label class="check">
                            <input type="checkbox" name="unknown" value="yes"/>
                            <span>"The name is right: set the cap before its first charge"</span>
                        </label>
                    }
                })}
            <Button kind=ButtonKind::Primary label="Set the cap"/>
        </form>
    }
    .into_any()
}

/// What a cap that was just set was before, as the address says.
pub fn change_of(query: &Query) -> String {
    let credits = |name| format::read_credits(query.get(name)).ok().map(format::credits);
    match (credits("was"), credits("is")) {
        (Some(was), Some(is)) => format!(": {was} → {is} credits"),
        (None, Some(is)) => format!(" to {is} credits"),
        _ => String::new(),
    }
}

/// Whether the address asks to change this cap.
fn names(query: &Query, status: &CapStatus) -> bool {
    let cap = &status.cap;
    query.get("for") == cap.user_id
        && query.get("counts") == cap.cap_type.as_str()
        && query.get("on") == cap.model.as_deref().unwrap_or_default()
}

/// What a cap does when it is reached.
pub const fn effect(action: CapAction) -> &'static str {
    match action {
        CapAction::Deny => "refuses",
        CapAction::Warn => "warns",
        CapAction::Notify => "notifies",
    }
}

/// What the form replaces, as it is now.
fn now(status: &CapStatus) -> String {
    let effect = effect(status.cap.action);
    format!(
        "Replaces the cap {}: {} credits, of which {} are used; it {effect}.",
        super::name(status),
        format::credits(status.cap.limit),
        format::credits(status.spend)
    )
}

/// Names for the fields of models to offer.
pub fn model_list(models: Vec<String>) -> impl IntoView {
    view! {
        <datalist id="models">
            {models.into_iter().map(|model| view! { <option value=model></option> }).collect_view()}
        </datalist>
    }
    .into_any()
}

/// The address of the form that sets a cap on `page`, filled in with this one.
fn edit(status: &CapStatus, page: &str) -> String {
    let (limit, model) = (status.cap.limit.to_string(), status.cap.model.clone().unwrap_or_default());
    let user = status.cap.user_id.as_str();
    // The page of all caps is narrowed to those of the user.
    let all = page.starts_with("/caps");
    let pairs = [
        ("q", if all { user } else { "" }),
        ("for", user),
        ("counts", status.cap.cap_type.as_str()),
        ("on", model.as_str()),
        ("to", limit.as_str()),
        ("does", status.cap.action.as_str()),
    ];
    link::with_query(page, pairs)
}

/// Change and remove, in a row of a table; `form` is where the form is, and `back` what is shown after a removal.
pub fn change(status: &CapStatus, name: &str, form: &str, back: &str, manage: bool) -> impl IntoView + use<> {
    let edit_label = format!("Change the cap {name} of {}", format::isolated(&status.cap.user_id));
    view! {
        <div class="row-actions">
            <a class="button button-ghost" href=edit(status, form) aria-label=edit_label>"Change"</a>
            {removal(status, name, back, manage)}
        </div>
    }
    .into_any()
}

/// Takes a cap away, or asks an admin to: then a reason is needed.
fn removal(status: &CapStatus, name: &str, back: &str, manage: bool) -> impl IntoView + use<> {
    let (user, back) = (status.cap.user_id.clone(), back.to_owned());
    let (window, model) = (status.cap.cap_type.as_str(), status.cap.model.clone().unwrap_or_default());
    let (verb, go) = if manage { ("Remove", "Remove the cap") } else { ("Ask to remove", "Ask an admin") };
    let title = format!("{verb} the cap {name} of {}", format::isolated(&user));
    let what = format!(
        "Spend would not be limited by it any more. Now it is {} credits, of which {} are used.",
        format::credits(status.cap.limit),
        format::credits(status.spend)
    );
    view! {
        <Confirm label=verb kind=ButtonKind::Ghost title what>
            <form method="post" action=DeleteCapForm::url() data-once="">
                <Hidden name="user_id" value=user/>
                <Hidden name="window" value=window/>
                <Hidden name="model" value=model/>
                <Hidden name="back" value=back/>
                {(!manage)
                    .then(|| {
                        view! {
                            <label class="field">
                                <span class="label">"Why"</span>
                                <input class="input" name="why" maxlength="1000" autocomplete="off" required/>
                            </label>
                        }
                    })}
                <Button kind=ButtonKind::Danger label=go/>
            </form>
        </Confirm>
    }
    .into_any()
}
