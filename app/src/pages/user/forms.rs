//! What an admin can do to the balance: add credits, or take some away. Both are entries that stay.

use crate::{
    api::{AddCreditsForm, AdjustForm},
    islands::forms::Forms,
    model::{Role, UserDetail},
    pages::page::Refused,
    ui::{Alert, Button, ButtonKind, Choice, ErrorBox, Field, Glyph, Hidden, Section, Select, TextInput, Tone},
};
use leptos::{prelude::*, server_fn::ServerFn};

/// The refusals of the page's two forms.
pub struct Refusals {
    add: Refused,
    adjust: Refused,
}

impl Refusals {
    pub fn read() -> Self {
        Self { add: Refused::of::<AddCreditsForm>(), adjust: Refused::of::<AdjustForm>() }
    }
}

pub fn view(detail: &UserDetail, role: Role, key: &str, refusals: &Refusals) -> impl IntoView + use<> {
    if !role.may_manage() {
        return view! {
            <p class="quiet">"Adding and adjusting credits needs the role admin; you are signed in as " {role.as_str()} "."</p>
        }
        .into_any();
    }
    view! {
        <Forms/>
        <div class="columns">
            {add(&detail.user_id, key, &refusals.add)}
            {adjust(detail, key, &refusals.adjust)}
        </div>
    }
    .into_any()
}

fn add(user_id: &str, key: &str, refused: &Refused) -> impl IntoView + use<> {
    let [amount_error, kind_error, expires_error, note_error] =
        ["amount", "kind", "expires_on", "note"].map(|field| refused.at(field));
    let kinds = vec![
        Choice::new("grant", "Grant (a gift)"),
        Choice::new("purchase", "Purchase (paid; counts as lifetime purchased)"),
        Choice::new("subscription", "Subscription (part of a plan)"),
    ];
    view! {
        <div id="add-credits">
            <Section title="Add credits" note="a new lot of its own">
                {refused.beside(&["amount", "kind", "expires_on", "note"]).map(|error| view! { <ErrorBox error/> })}
                <form method="post" action=AddCreditsForm::url() class="form" data-once="">
                    <Hidden name="user_id" value=user_id/>
                    <Hidden name="key" value=refused.key(key.to_owned())/>
                    <Field name="amount" label="Amount in credits" nostrip:error=amount_error.clone()>
                        <TextInput
                            name="amount"
                            value=refused.typed("amount", "")
                            inputmode="decimal"
                            autocomplete="off"
                            required=true
                            autofocus=amount_error.is_some()
                            invalid=amount_error.is_some()
                        />
                    </Field>
                    <Field name="credit_kind" label="Kind of credits" nostrip:error=kind_error>
                        <Select name="credit_kind" options=kinds selected=refused.typed("kind", "grant")/>
                    </Field>
                    <Field
                        name="expires_on"
                        label="Usable until"
                        hint="The end of this day in UTC; empty: they do not expire."
                        nostrip:error=expires_error.clone()
                    >
                        <TextInput
                            name="expires_on"
                            kind="date"
                            value=refused.typed("expires_on", "")
                            invalid=expires_error.is_some()
                        />
                    </Field>
                    <Field name="note" label="Note" hint="Kept with the entry, for colleagues." nostrip:error=note_error.clone()>
                        <TextInput
                            name="note"
                            value=refused.typed("note", "")
                            maxlength=1000_u32
                            invalid=note_error.is_some()
                        />
                    </Field>
                    <Button kind=ButtonKind::Primary label="Add credits" glyph=Glyph::Plus/>
                </form>
            </Section>
        </div>
    }
}

fn adjust(detail: &UserDetail, key: &str, refused: &Refused) -> impl IntoView + use<> {
    let [amount_error, reason_error] = ["amount", "reason"].map(|field| refused.at(field));
    let floor = crate::format::credits(detail.min_balance);
    view! {
        <div id="adjust">
            <Section title="Adjust" note="takes credits away">
                {refused.beside(&["amount", "reason"]).map(|error| view! { <ErrorBox error/> })}
                <form method="post" action=AdjustForm::url() class="form" data-once="">
                    <Hidden name="user_id" value=detail.user_id.clone()/>
                    <Hidden name="key" value=refused.key(key.to_owned())/>
                    <Field name="take" label="Credits to take away" nostrip:error=amount_error.clone()>
                        <TextInput
                            name="take"
                            value=refused.typed("amount", "")
                            inputmode="decimal"
                            autocomplete="off"
                            required=true
                            autofocus=amount_error.is_some()
                            invalid=amount_error.is_some()
                        />
                    </Field>
                    <Field name="reason" label="Reason" nostrip:error=reason_error.clone()>
                        <TextInput
                            name="reason"
                            value=refused.typed("reason", "")
                            maxlength=1000_u32
                            required=true
                            invalid=reason_error.is_some()
                        />
                    </Field>
                    <label class="check">
                        <input
                            type="checkbox"
                            name="allow_negative"
                            value="yes"
                            checked=!refused.typed("allow_negative", "").is_empty()
                        />
                        <span>{format!("Allow the balance to go below its floor of {floor}, into debt")}</span>
                    </label>
                    <Alert tone=Tone::Plain title="To give a charge back, refund it instead">
                        <p>"A refund returns credits to the lots and the allowance they came from; an adjustment does not."</p>
                    </Alert>
                    <Button kind=ButtonKind::Danger label="Take credits away"/>
                </form>
            </Section>
        </div>
    }
}
