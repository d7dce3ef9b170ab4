//! What an admin can do about a user's limits: the plan, and the spend caps.

use crate::{
    api::{DeleteCapForm, SetCapForm, SetPlanForm},
    link::{self, Query},
    model::{CapStatus, Role, UserDetail},
    pages::{
        caps::{self, forms},
        page::Refused,
    },
    ui::{Button, Choice, Column, DataTable, ErrorBox, Field, Hidden, Money, Section, Select, Toast},
};
use leptos::{prelude::*, server_fn::ServerFn};

/// The refusals of the forms here.
pub struct Refusals {
    plan: Refused,
    cap: Refused,
    gone: Refused,
}

impl Refusals {
    pub fn read() -> Self {
        Self {
            plan: Refused::of::<SetPlanForm>(),
            cap: Refused::of::<SetCapForm>(),
            gone: Refused::of::<DeleteCapForm>(),
        }
    }
}

/// What was just saved, as the address says.
pub fn notice(query: &Query) -> Option<impl IntoView + use<>> {
    let title = match query.get("saved") {
        "plan" => "The plan is set; what was used of this month's allowance carries over",
        "cap" => &format!("The cap is set{}; what was spent in its window counts", forms::change_of(query)),
        "cap-gone" => "The cap is gone",
        "note" if query.get("again").is_empty() => "The note is kept",
        "note" => "The note had been sent before and is kept once",
        _ => return None,
    };
    Some(view! { <Toast title=title.to_owned()/> })
}

pub fn view(
    detail: &UserDetail,
    query: &Query,
    plans: Vec<(String, String)>,
    role: Role,
    refusals: &Refusals,
) -> Option<impl IntoView + use<>> {
    role.may_cap().then(|| {
        view! {
            <div class="columns">
                {role.may_manage().then(|| plan(detail, plans, &refusals.plan))}
                {caps_of(detail, query, role, refusals)}
            </div>
        }
    })
}

fn plan(detail: &UserDetail, plans: Vec<(String, String)>, refused: &Refused) -> impl IntoView + use<> {
    let now = detail.allowance.plan_id.clone().unwrap_or_default();
    let told = refused.field("plan", &now);
    let error = refused.beside(&["plan"]);
    let user_id = detail.user_id.clone();
    let none = plans.is_empty();
    let known = plans.iter().any(|(id, _)| *id == now);
    let mut options = vec![Choice::new("", "No plan")];
    if !known && !now.is_empty() {
        options.push(Choice::new(now.clone(), format!("{now} (not in the active version)")));
    }
    options.extend(plans.into_iter().map(|(id, name)| Choice::new(id, name)));
    view! {
        <div id="plan">
            <Section title="Plan" note="an allowance a month, rates and features">
                {error.map(|error| view! { <ErrorBox error/> })}
                {none.then(|| view! { <p class="quiet">"The active pricing version has no plans."</p> })}
                <form method="post" action=SetPlanForm::url() class="form" data-once="">
                    <Hidden name="user_id" value=user_id/>
                    <Field name="plan" label="Plan of this user" nostrip:error=told.error>
                        <Select name="plan" options selected=told.value/>
                    </Field>
                    <Button label="Set the plan"/>
                </form>
            </Section>
        </div>
    }
    .into_any()
}

fn caps_of(detail: &UserDetail, query: &Query, role: Role, refusals: &Refusals) -> impl IntoView + use<> {
    let error =
        refusals.cap.beside(&["model", "limit", "window", "effect", "why"]).or_else(|| refusals.gone.error.clone());
    let rows: Vec<_> = detail.caps.iter().map(|status| row(status, role.may_manage())).collect();
    let columns = vec![Column::text("Cap"), Column::number("Limit"), Column::text("Effect"), Column::text("Action")];
    let whose = view! { <Hidden name="user_id" value=detail.user_id.clone()/> };
    let form = forms::set_form(query, &refusals.cap, whose.into_any(), &detail.caps);
    view! {
        <div id="caps">
            <Section title="Spend caps" note="set again to replace">
                {error.map(|error| view! { <ErrorBox error/> })}
                {(!rows.is_empty())
                    .then(|| view! { <DataTable caption="Caps of this user" columns>{rows.collect_view()}</DataTable> })}
                {(!role.may_manage()).then(|| view! { <p class="quiet">"An admin approves it before it holds."</p> })}
                {form}
            </Section>
        </div>
    }
    .into_any()
}

fn row(status: &CapStatus, manage: bool) -> impl IntoView + use<> {
    let effect = forms::effect(status.cap.action);
    let name = caps::name(status);
    let form = format!("{}#caps", link::user(&status.cap.user_id));
    view! {
        <tr>
            <td>{name.clone()}</td>
            <td class="num"><Money amount=status.cap.limit/></td>
            <td>{effect}</td>
            <td>{forms::change(status, &name, &form, "", manage)}</td>
        </tr>
    }
    .into_any()
}
