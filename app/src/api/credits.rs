//! Credits put into an account and taken out of it by a person.

use crate::error::AppError;
use leptos::prelude::*;

/// Adds credits: a lot of its own, which may expire at the end of a day (UTC).
#[server(name = AddCreditsForm, prefix = "/ui", endpoint = "add_credits")]
pub async fn add_credits(
    user_id: String,
    #[server(default)] amount: String,
    #[server(default)] credit_kind: String,
    #[server(default)] expires_on: String,
    #[server(default)] note: String,
    #[server(default)] key: String,
) -> Result<(), AppError> {
    use super::{form::Form, parse};
    use crate::model::{AddCredits, CreditKind, CreditMetadata, Proposal, Proposed, Role};
    use leptos::server_fn::ServerFn;
    let add = async {
        let staff = super::require(Role::may_grant).await?;
        let expires = parse::date("expires_on", &expires_on)?;
        let note = parse::optional("note", &note)?;
        let kind = parse::credit_kind(&credit_kind)?;
        if staff.role == Role::Support && kind != CreditKind::Grant {
            return Err(AppError::invalid(
                "kind",
                "must be a grant: purchases are added by an admin or by the product",
            ));
        }
        let key = parse::form_key(&key)?;
        let request = AddCredits {
            user_id: user_id.clone(),
            amount: parse::amount("amount", &amount)?,
            kind,
            expires_at: expires.map(|day| parse::end_of(day, &jiff::tz::TimeZone::UTC)).transpose()?,
            metadata: CreditMetadata::noted(note.as_deref()),
            key: Some(key.clone()),
        };
        let (why, by) = (note.unwrap_or_default(), super::actor(&staff));
        super::backend()?.propose(&by, staff.role, Proposal::Grant(request), &why, key.parse().ok()).await
    };
    let page = crate::link::user(&user_id);
    let form = Form::new(format!("{page}#add-credits"), AddCreditsForm::PATH)
        .typed("amount", &amount)
        .typed("kind", &credit_kind)
        .typed("expires_on", &expires_on)
        .typed("note", &note)
        .typed("key", &key);
    form.finish(add.await.map_err(|error| super::form::renamed("reason", "note", error)), |done| match done {
        Proposed::Granted(done) => super::form::done(&page, done.transaction_id, done.idempotent),
        other => super::form::proposed(other, &page),
    })
    .map(drop)
}

/// Takes `take` credits away, for a reason; `allow_negative` (any value) lets the balance go below its floor.
#[server(name = AdjustForm, prefix = "/ui", endpoint = "adjust")]
pub async fn adjust(
    user_id: String,
    #[server(default)] take: String,
    #[server(default)] reason: String,
    #[server(default)] allow_negative: String,
    #[server(default)] key: String,
) -> Result<(), AppError> {
    use super::{form::Form, parse};
    use crate::model::{Adjust, Credits, Role};
    use leptos::server_fn::ServerFn;
    let adjust = async {
        let staff = super::require(Role::may_manage).await?;
        let amount = parse::amount("amount", &take)?;
        let request = Adjust {
            user_id: user_id.clone(),
            amount: Credits::from_micros(-amount.micros()),
            reason: parse::needed("reason", &reason)?,
            allow_negative: !allow_negative.is_empty(),
            key: Some(parse::form_key(&key)?),
        };
        super::backend()?.adjust(&super::actor(&staff), request).await
    };
    let page = crate::link::user(&user_id);
    let form = Form::new(format!("{page}#adjust"), AdjustForm::PATH)
        .typed("amount", &take)
        .typed("reason", &reason)
        .typed("allow_negative", &allow_negative)
        .typed("key", &key);
    form.finish(adjust.await, |done| super::form::done(&page, done.transaction_id, done.idempotent)).map(drop)
}
