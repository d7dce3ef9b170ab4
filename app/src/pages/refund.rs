//! A refund: what remains, what would happen, and one button that works once.

use super::{
    approvals::waiting,
    page::{self, Refused, Told},
    transaction::obstacle,
};
use crate::{
    api::{self, RefundForm, TransactionPageData},
    format,
    islands::forms::{Forms, write_plan},
    link,
    model::{Credits, RefundReason, TransactionDetail},
    refund_plan::RefundPlan,
    ui::{
        Alert, Button, ButtonKind, Choice, CopyId, ErrorBox, Fact, Facts, Field, Glyph, Hidden, LinkButton, PageHead,
        Section, Select, TextArea, TextInput, Tone, UserLink, When, short_id,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

/// The fields that show their own errors.
const FIELDS: [&str; 3] = ["amount", "reason", "note"];

#[component]
pub fn RefundPage() -> impl IntoView {
    let refused = Refused::of::<RefundForm>();
    page::opened("Refund", ("/transactions", "Transactions"), api::load_transaction(page::segment(1)), move |data| {
        whole(data, &refused)
    })
}

fn whole(data: TransactionPageData, refused: &Refused) -> impl IntoView + use<> {
    let TransactionPageData { detail, waiting: asked, limit, role, key, now, .. } = data;
    let id = detail.transaction.id;
    let trail = vec![
        ("/transactions".to_owned(), "Transactions".to_owned()),
        (link::transaction(id), format!("Transaction {}", short_id(&id))),
    ];
    let body = match obstacle(&detail, role) {
        // Somebody may have refunded the rest since the form was opened: its refusal says more than the obstacle.
        Some(why) => impossible(&detail, why, refused.beside(&[])).into_any(),
        None => form(&detail, &RefundPlan::new(&detail, limit, now), key, refused).into_any(),
    };
    view! {
        <PageHead title=format!("Refund {}", short_id(&id)) trail/>
        {waiting(&asked)}
        {facts(&detail)}
        {body}
    }
    .into_any()
}

fn impossible(
    detail: &TransactionDetail,
    why: String,
    refusal: Option<crate::error::AppError>,
) -> impl IntoView + use<> {
    if refusal.is_none() {
        let left = detail.refundable.total.is_positive();
        api::response_status(if left { crate::error::Code::Forbidden } else { crate::error::Code::AlreadyRefunded });
    }
    view! {
        {refusal.map(|error| view! { <ErrorBox error/> })}
        <Alert tone=Tone::Warn title="This cannot be refunded"><p>{why}</p></Alert>
        <LinkButton href=link::transaction(detail.transaction.id) label="Back to the transaction"/>
    }
    .into_any()
}

fn facts(detail: &TransactionDetail) -> impl IntoView + use<> {
    let entry = detail.transaction.clone();
    let name = detail.user_name();
    let left = detail.refundable;
    let gross = entry.gross.or_else(|| entry.amount.checked_neg()).unwrap_or_default();
    let money = format::credits;
    view! {
        <Facts>
            <Fact label="Charge"><CopyId id=entry.id.to_string() short=short_id(&entry.id)/></Fact>
            <Fact label="User">
                <UserLink user_id=entry.user_id.clone() nostrip:name=name/>
            </Fact>
            {entry.model.clone().map(|model| view! { <Fact label="Model">{model}</Fact> })}
            <Fact label="Happened"><When at=entry.created_at exact=true/></Fact>
            <Fact label="Cost">{money(gross)} " credits"</Fact>
            <Fact label="Refunded so far">{money(entry.refunded)}</Fact>
            <Fact label="Remains refundable">
                <strong>{money(left.total)}</strong>
                {format!(" ({} credits, {} allowance)", money(left.credits), money(left.allowance))}
            </Fact>
        </Facts>
    }
    .into_any()
}

fn form(detail: &TransactionDetail, plan: &RefundPlan, key: String, refused: &Refused) -> impl IntoView + use<> {
    let amount = refused.field("amount", &plan.refundable.total.to_string());
    let [reason, note] = ["reason", "note"].map(|field| refused.field(field, ""));
    let (error, key) = (refused.beside(&FIELDS), refused.key(key));
    let (id, total, seen) = (detail.transaction.id, plan.refundable.total, plan.refunded);
    let notify = !refused.typed("notify", "").is_empty();
    let (summary, deed) = (summary(plan, &amount), plan.deed(&amount.value));
    let past = plan.refundable.allowance.is_positive() && !plan.refundable.allowance_current;
    view! {
        <Forms/>
        <Section title="Refund" note="credits return first, then allowance">
            {error.map(|error| view! { <ErrorBox error/> })}
            <form method="post" action=RefundForm::url() class="form" data-once="">
                <Hidden name="transaction_id" value=id.to_string()/>
                <Hidden name="key" value=key/>
                <Hidden name="seen" value=seen.to_string()/>
                <Field
                    name="amount"
                    label="Amount in credits"
                    hint=amount_hint(total)
                    nostrip:error=amount.error
                >
                    <TextInput
                        name="amount"
                        value=amount.value
                        inputmode="decimal"
                        autocomplete="off"
                        required=true
                        autofocus=true
                        invalid=amount.wrong
                    />
                </Field>
                {reason_field(reason)}
                <Field name="note" label="Note" hint="Needed for the reason Other." nostrip:error=note.error>
                    <TextArea name="note" value=note.value maxlength=1000_u32 invalid=note.wrong/>
                </Field>
                <label class="check">
                    <input type="checkbox" name="notify" value="yes" checked=notify/>
                    <span>"Tell the customer"</span>
                </label>
                <p class="field-hint">"Your product writes the message: it hears of the refund, and of this wish, by the event credits.refunded."</p>
                {summary}
                {past
                    .then(|| {
                        view! {
                            <Alert tone=Tone::Warn title="The allowance of a past month does not return">
                                <p>"Refunding that part marks it as refunded; to make good for it, add credits as a grant."</p>
                            </Alert>
                        }
                    })}
                <div class="form-go">
                    <Button kind=ButtonKind::Primary label=deed glyph=Glyph::Refund/>
                    <LinkButton
                        kind=ButtonKind::Ghost
                        href=link::transaction(id)
                        label="Cancel"
                    />
                </div>
            </form>
        </Section>
    }
    .into_any()
}

fn amount_hint(total: Credits) -> String {
    format!("At most {}, which is all that remains.", format::credits(total))
}

fn reason_field(reason: Told) -> impl IntoView {
    let reasons = RefundReason::ALL.into_iter().map(|reason| Choice::new(reason.as_str(), reason.label()));
    let options = std::iter::once(Choice::new("", "Choose a reason")).chain(reasons).collect();
    view! {
        <Field name="reason" label="Reason" nostrip:error=reason.error>
            <Select name="reason" options selected=reason.value required=true/>
        </Field>
    }
    .into_any()
}

/// What would happen: for the amount in the field, and with scripts for every amount that is typed. What is wrong with the
/// amount stands at its field already.
fn summary(plan: &RefundPlan, amount: &Told) -> impl IntoView + use<> {
    let (text, class) = match plan.sentence(&amount.value) {
        Ok(text) => (text, "refund-says"),
        Err(rule) => (rule.to_string(), "refund-says refund-wrong"),
    };
    view! { <output class=class for="f-amount" data-refund=write_plan(plan) hidden=amount.wrong>{text}</output> }
}
