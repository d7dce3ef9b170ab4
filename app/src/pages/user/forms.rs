//! What an admin can do to the balance: add credits, or take some away. Both are entries that stay.

use crate::{
    api::{AddCreditsForm, AdjustForm},
    format,
    islands::forms::Forms,
    model::{Credits, Role, UserDetail},
    pages::page::{Refused, amount_field, amount_input},
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

/// `given` is the limit of whoever looks for this user, with what they have given within 24 hours.
pub fn view(
    detail: &UserDetail,
    role: Role,
    given: (Option<Credits>, Credits),
    key: &str,
    refusals: &Refusals,
) -> impl IntoView + use<> {
    if !role.may_grant() {
        return view! {
            <p class="quiet">"Adding credits needs the role admin or support, adjusting them admin; you are signed in as " {role.as_str()} "."</p>
        }
        .into_any();
    }
    view! {
        <Forms/>
        <div class="columns">
            {add(&detail.user_id, role, limit_note(given), key, &refusals.add)}
            {role.may_manage().then(|| adjust(detail, key, &refusals.adjust))}
        </div>
    }
    .into_any()
}

/// Which amounts somebody else must agree to.
fn limit_note((limit, granted): (Option<Credits>, Credits)) -> Option<String> {
    let limit = format::credits(limit?);
    let given =
        if granted.is_positive() { format!("; you have given {}", format::credits(granted)) } else { String::new() };
    Some(format!("Above your limit of {limit} in 24 hours for one user it goes to approval{given}."))
}

fn add(user_id: &str, role: Role, limit: Option<String>, key: &str, refused: &Refused) -> impl IntoView + use<> {
    let [amount, expires_on, note] = ["amount", "expires_on", "note"].map(|field| refused.field(field, ""));
    let kind = refused.field("kind", "grant");
    let error = refused.beside(&["amount", "kind", "expires_on", "note"]);
    let (user_id, key) = (user_id.to_owned(), refused.key(key.to_owned()));
    let mut kinds = vec![
        Choice::new("grant", "Grant (a gift)"),
        Choice::new("purchase", "Purchase (paid; counts as lifetime purchased)"),
        Choice::new("subscription", "Subscription (part of a plan)"),
    ];
    if !role.may_manage() {
        // Money that came in is the product's or an admin's to enter.
        kinds.truncate(1);
    }
    view! {
        <div id="add-credits">
            <Section title="Add credits" note="a new lot of its own">
                {error.map(|error| view! { <ErrorBox error/> })}
                <form method="post" action=AddCreditsForm::url() class="form" data-once="">
                    <Hidden name="user_id" value=user_id/>
                    <Hidden name="key" value=key/>
                    {amount_input("amount", "Amount in credits", limit, true, amount)}
                    <Field name="credit_kind" label="Kind of credits" nostrip:error=kind.error>
                        <Select name="credit_kind" options=kinds selected=kind.value/>
                    </Field>
                    <Field
                        name="expires_on"
                        label="Usable until"
                        hint="The end of this day in UTC; empty: they do not expire."
                        nostrip:error=expires_on.error
                    >
                        <TextInput
                            name="expires_on"
                            kind="date"
                            value=expires_on.value
                            invalid=expires_on.wrong
                        />
                    </Field>
                    <Field name="note" label="Note" hint="Kept with the entry. Above your limit it is what whoever approves it reads." nostrip:error=note.error>
                        <TextInput
                            name="note"
                            value=note.value
                            maxlength=1000_u32
                            invalid=note.wrong
                        />
                    </Field>
                    <Button kind=ButtonKind::Primary label="Add credits" glyph=Glyph::Plus/>
                </form>
            </Section>
        </div>
    }
    .into_any()
}

fn adjust(detail: &UserDetail, key: &str, refused: &Refused) -> impl IntoView + use<> {
    let [amount, reason] = ["amount", "reason"].map(|field| refused.field(field, ""));
    let into_debt = !refused.typed("allow_negative", "").is_empty();
    let error = refused.beside(&["amount", "reason"]);
    let (user_id, key) = (detail.user_id.clone(), refused.key(key.to_owned()));
    let floor = format::credits(detail.min_balance);
    view! {
        <div id="adjust">
            <Section title="Adjust" note="takes credits away">
                {error.map(|error| view! { <ErrorBox error/> })}
                <form method="post" action=AdjustForm::url() class="form" data-once="">
                    <Hidden name="user_id" value=user_id/>
                    <Hidden name="key" value=key/>
                    {amount_field("take", "Credits to take away", None, amount)}
                    <Field name="reason" label="Reason" nostrip:error=reason.error>
                        <TextInput
                            name="reason"
                            value=reason.value
                            maxlength=1000_u32
                            required=true
                            invalid=reason.wrong
                        />
                    </Field>
                    <label class="check">
                        <input
                            type="checkbox"
                            name="allow_negative"
                            value="yes"
                            checked=into_debt
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
    .into_any()
}
