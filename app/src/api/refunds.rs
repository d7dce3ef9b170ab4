//! Refunds made by a person.

use crate::error::AppError;
use leptos::prelude::*;

/// Refunds `amount` of a charge, or all that remains when it is empty. `key` makes it once, however often it is sent; `seen` is
/// what had been refunded when the form was made; `notify` (any value) has the product tell the customer.
#[server(name = RefundForm, prefix = "/ui", endpoint = "refund")]
pub async fn refund(
    transaction_id: String,
    #[server(default)] amount: String,
    #[server(default)] reason: String,
    #[server(default)] note: String,
    #[server(default)] notify: String,
    #[server(default)] seen: String,
    #[server(default)] key: String,
) -> Result<(), AppError> {
    use super::{form::Form, parse};
    use crate::model::{Proposal, Proposed, Refund, RefundReason, Role};
    use leptos::server_fn::ServerFn;
    let refund = async {
        let staff = super::require(Role::may_refund).await?;
        let amount = if amount.trim().is_empty() { None } else { Some(parse::amount("amount", &amount)?) };
        let reason =
            RefundReason::parse(&reason).ok_or_else(|| AppError::invalid("reason", "is missing: choose one"))?;
        let note = match reason {
            RefundReason::Other => Some(parse::needed("note", &note)?),
            _ => parse::optional("note", &note)?,
        };
        let transaction_id = parse::transaction_id(&transaction_id)?;
        let seen = if seen.trim().is_empty() { None } else { Some(parse::limit("seen", &seen)?) };
        let notify = !notify.is_empty();
        let key = parse::form_key(&key)?;
        // Above a limit the note is what the second person reads; without one, the reason is.
        let why = note.clone().unwrap_or_else(|| reason.label().to_owned());
        let request = Refund { transaction_id, amount, reason, note, notify, seen, key: Some(key.clone()) };
        let proposal = Proposal::Refund(request);
        super::backend()?.propose(&super::actor(&staff), staff.role, proposal, &why, key.parse().ok()).await
    };
    let page = format!("/transactions/{}", crate::ui::encode(&transaction_id));
    let form = Form::new(format!("{page}/refund"), RefundForm::PATH)
        .typed("amount", &amount)
        .typed("reason", &reason)
        .typed("note", &note)
        .typed("notify", &notify)
        .typed("key", &key);
    form.finish(refund.await, |done| match done {
        Proposed::Refunded(done) => super::form::done(&page, done.refund_transaction_id, done.idempotent),
        other => super::form::proposed(other, &page),
    })
    .map(drop)
}
