//! What the pages share: the address as it was typed, the answer of a server function, and the refusal of a form.

use crate::{
    api::{MIN_PASSWORD, refused_status},
    error::{AppError, Code},
    link::{Query, path_segment},
    range::read_zone,
    ui::{ErrorBox, Field, Hidden, Moment, PageHead, TextInput, field_error, rule, sentence},
};
use leptos::{prelude::*, server::ServerActionError, server_fn::ServerFn, server_fn::error::ServerFnUrlError};
use leptos_router::hooks::use_url;
use serde_json::{Map, Value};

/// The query of this page's address.
pub fn query() -> Query {
    use_url().with_untracked(|url| Query::read(url.search()))
}

/// Words of an address that a form of that page carries along; empty ones are left out.
pub fn kept<'a>(words: impl IntoIterator<Item = (&'a str, &'a str)>) -> AnyView {
    let words: Vec<_> = words.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    let words = words.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
    words.map(|(name, value)| view! { <Hidden name value/> }).collect_view().into_any()
}

/// The decoded segment number `index` of this page's path.
pub fn segment(index: usize) -> String {
    use_url().with_untracked(|url| path_segment(url.path(), index))
}

/// Shows the times of this page in the zone that its address asks for.
pub fn in_zone(name: &str) {
    if let (Some(moment), Ok(zone)) = (use_context::<Moment>(), read_zone(name)) {
        provide_context(Moment { zone, ..moment });
    }
}

/// A page whose head needs what `load` answers. An error stands under the page's name, with the way to where it is from.
pub fn opened<T, V>(
    name: &'static str,
    (href, place): (&'static str, &'static str),
    load: impl Future<Output = Result<T, AppError>> + Send + 'static,
    show: impl FnOnce(T) -> V + Send + 'static,
) -> impl IntoView
where
    T: 'static,
    V: IntoView + 'static,
{
    let told = move |answer| match answer {
        Ok(answer) => show(answer).into_any(),
        Err(error) => {
            let trail = vec![(href.to_owned(), place.to_owned())];
            view! {
                <PageHead title=name trail/>
                <ErrorBox error/>
            }
            .into_any()
        }
    };
    loaded(async move { Ok(load.await) }, told)
}

/// What `load` answers, shown by `show`, or its error.
pub fn loaded<T, V>(
    load: impl Future<Output = Result<T, AppError>> + Send + 'static,
    show: impl FnOnce(T) -> V + Send + 'static,
) -> impl IntoView
where
    T: 'static,
    V: IntoView + 'static,
{
    view! {
        <Suspense>
            {Suspend::new(async move {
                match load.await {
                    Ok(answer) => show(answer).into_any(),
                    Err(error) => view! { <ErrorBox error/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

/// The refusal of a form that was sent from this page, with what was typed.
#[derive(Clone, Debug, Default)]
pub struct Refused {
    pub error: Option<AppError>,
    typed: Map<String, Value>,
}

impl Refused {
    /// The refusal of the form that posts to `F`, if the address holds one; the page then has the error's status.
    pub fn of<F: ServerFn<Error = AppError>>() -> Self {
        let refusal = use_context::<ServerActionError>().filter(|refusal| refusal.path() == F::PATH);
        let Some(refusal) = refusal else { return Self::default() };
        let mut error: AppError = ServerFnUrlError::decode_err(refusal.err());
        let typed = match error.details.remove("typed") {
            Some(Value::Object(typed)) => typed,
            _ => Map::new(),
        };
        refused_status(error.code);
        Self { error: Some(error), typed }
    }

    /// What was typed into `field`, else `default`.
    pub fn typed(&self, field: &str, default: &str) -> String {
        self.typed.get(field).and_then(Value::as_str).unwrap_or(default).to_owned()
    }

    /// What the field is drawn with after this refusal.
    pub fn field(&self, field: &str, default: &str) -> Told {
        let error = self.at(field);
        Told { value: self.typed(field, default), wrong: error.is_some(), error }
    }

    /// The key for the next try. The same one, so that a try that did arrive is not repeated; a fresh one when the old
    /// one has been used up by another request.
    pub fn key(&self, fresh: String) -> String {
        match &self.error {
            Some(error) if error.code != Code::IdempotencyConflict => {
                Some(self.typed("key", "")).filter(|key| !key.is_empty()).unwrap_or(fresh)
            }
            _ => fresh,
        }
    }

    /// The message for `field`.
    pub fn at(&self, field: &str) -> Option<String> {
        let error = self.error.as_ref()?;
        if place(error) == Some(field) {
            return Some(rule(error, field));
        }
        error.faults().iter().find(|fault| fault.path == field).map(|fault| sentence(&fault.message))
    }

    /// The error, unless it is shown at one of `fields`.
    pub fn beside(&self, fields: &[&str]) -> Option<AppError> {
        self.error.clone().filter(|error| !place(error).is_some_and(|field| fields.contains(&field)))
    }
}

/// A field after a refusal: what was typed, and what is wrong with it.
#[derive(Clone, Debug)]
pub struct Told {
    pub value: String,
    pub error: Option<String>,
    pub wrong: bool,
}

/// The field of an amount of credits; one with a hint may be left empty.
pub fn amount_field(name: &'static str, label: &'static str, hint: Option<&'static str>, told: Told) -> impl IntoView {
    amount_input(name, label, hint.map(str::to_owned), hint.is_none(), told)
}

/// The field of an amount of credits, with a hint that says something of it.
pub fn amount_input(
    name: &'static str,
    label: &'static str,
    hint: Option<String>,
    required: bool,
    told: Told,
) -> impl IntoView {
    let Told { value, error, wrong } = told;
    view! {
        <Field name label nostrip:hint=hint nostrip:error=error>
            <TextInput
                name
                value
                inputmode="decimal"
                autocomplete="off"
                required
                autofocus=wrong
                invalid=wrong
            />
        </Field>
    }
    .into_any()
}

/// The fields of a new account that its owner fills in: name, password, and between them the `email` where one is asked for.
pub fn account_fields(refused: &Refused, email: Option<AnyView>) -> impl IntoView + use<> {
    let [name, password] = ["name", "password"].map(|field| refused.field(field, ""));
    let rule = format!("At least {MIN_PASSWORD} characters.");
    view! {
        <Field name="name" label="Name" nostrip:error=name.error>
            <TextInput
                name="name"
                value=name.value
                autocomplete="name"
                required=true
                autofocus=true
                invalid=name.wrong
            />
        </Field>
        {email}
        <Field name="password" label="Password" hint=rule nostrip:error=password.error>
            <TextInput
                name="password"
                kind="password"
                autocomplete="new-password"
                required=true
                minlength=u32::try_from(MIN_PASSWORD).unwrap_or_default()
                invalid=password.wrong
            />
        </Field>
    }
    .into_any()
}

/// An e-mail address, with what is wrong with it; `autocomplete` is `username` where it is one's own.
pub fn email_field(refused: &Refused, autocomplete: &'static str, autofocus: bool) -> impl IntoView + use<> {
    let email = refused.field("email", "");
    view! {
        <Field name="email" label="E-mail" nostrip:error=email.error>
            <TextInput
                name="email"
                kind="email"
                value=email.value
                autocomplete
                maxlength=254_u32
                required=true
                autofocus
                invalid=email.wrong
            />
        </Field>
    }
    .into_any()
}

/// A code of an authenticator. A recovery code has letters, so that a phone shows all keys where one may be given.
pub fn code_field(refused: &Refused, autofocus: bool) -> impl IntoView + use<> {
    let code = refused.field("code", "");
    view! {
        <Field name="code" label="Code" nostrip:error=code.error>
            <TextInput
                name="code"
                autocomplete="one-time-code"
                maxlength=40_u32
                required=true
                autofocus
                invalid=code.wrong
            />
        </Field>
    }
    .into_any()
}

/// The two days of a filter, in the reporting zone, with what is wrong with them.
pub fn day_fields(from: String, to: String, error: Option<&AppError>, zone: &str) -> impl IntoView + use<> {
    let zone = if zone.is_empty() { String::new() } else { format!(" ({zone})") };
    [("from", "From", from), ("to", "To", to)]
        .map(|(name, label, value)| {
            let error = field_error(error, name);
            let invalid = error.is_some();
            view! {
                <Field name label=format!("{label}{zone}") nostrip:error=error>
                    <TextInput name kind="date" value invalid/>
                </Field>
            }
        })
        .into_any()
}

/// The field at which an error is shown: the one it names, or the amount for a refusal that is about the amount.
fn place(error: &AppError) -> Option<&str> {
    // The form asks for a day, the ledger for the instant after it.
    let named = error.field.as_deref().map(|field| if field == "expires_at" { "expires_on" } else { field });
    named.or(match error.code {
        Code::InvalidAmount | Code::OverRefund | Code::InsufficientCredits => Some("amount"),
        _ => None,
    })
}
