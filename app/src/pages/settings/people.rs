//! People and their roles.

use super::{saved, tabs::tabs};
use crate::{
    api::{
        self, AskTwoStepsForm, DisablePersonForm, InviteForm, PeoplePageData, ResetSecondStepForm, RevokeInviteForm,
        SetRoleForm,
    },
    error::AppError,
    format,
    islands::forms::Forms,
    link::Query,
    model::{Invite, Person, Role, Uuid},
    pages::page::{self, Refused, email_field},
    ui::{
        Alert, Badge, Button, ButtonKind, Choice, Column, CopyId, DataTable, ErrorBox, Field, Glyph, Hidden, Pager,
        Section, Select, Tone, When,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

#[component]
pub fn PeoplePage() -> impl IntoView {
    let query = page::query();
    let refused = Refused::of::<InviteForm>();
    let asking = Refused::of::<AskTwoStepsForm>().error;
    let other = [
        Refused::of::<SetRoleForm>().error,
        Refused::of::<DisablePersonForm>().error,
        Refused::of::<RevokeInviteForm>().error,
        Refused::of::<ResetSecondStepForm>().error,
    ];
    view! {
        {tabs("/settings/people", "Who comes in, and what they may do.")}
        {page::loaded(api::load_people(), move |data| {
            view! {
                <Forms/>
                {notice(&query)}
                {other.into_iter().flatten().map(|error| view! { <ErrorBox error/> }).collect_view()}
                {people(&data)}
                {invites(&data)}
                {invite(&data, &refused)}
                {two_steps(&data, asking)}
            }
        })}
    }
    .into_any()
}

fn notice(query: &Query) -> Option<impl IntoView + use<>> {
    saved(
        query,
        &[
            ("role", "The role is set; it holds from the next click"),
            ("disabled", "They are signed out everywhere and cannot come in"),
            ("enabled", "They can come in again"),
            ("revoked", "The invitation is void"),
            ("two-steps-on", "Two steps are asked of everybody: it holds from the next click"),
            ("two-steps-off", "Two steps are asked of those only who have set up a second one"),
            ("two-step", "Their two-step sign-in is off, passkeys included: the password alone lets them in"),
        ],
    )
}

fn roles() -> Vec<Choice> {
    vec![
        Choice::new("support", "Support: finds customers, refunds up to a limit"),
        Choice::new("finance", "Finance: reads everything, approves refunds and grants"),
        Choice::new("admin", "Admin: everything"),
    ]
}

fn people(data: &PeoplePageData) -> impl IntoView + use<> {
    let columns =
        vec![Column::text("Person"), Column::text("Role"), Column::text("Since").wide_only(), Column::text("Action")];
    let me = data.me;
    let rows = data.people.people.iter().map(|person| row(person, me)).collect_view();
    let shown = data.people.people.len();
    view! {
        <DataTable caption="People with an account" columns>{rows}</DataTable>
        <Pager shown noun="people" csv="/export/people.csv"/>
    }
    .into_any()
}

fn row(person: &Person, me: Uuid) -> impl IntoView + use<> {
    let Person { staff, created_at, disabled_at, two_step } = person.clone();
    let out = disabled_at.is_some();
    let id = staff.id.to_string();
    let options = [Role::Admin, Role::Finance, Role::Support].into_iter();
    let (button, kind, to) =
        if out { ("Let in again", ButtonKind::Plain, "") } else { ("Disable", ButtonKind::Ghost, "yes") };
    let email = staff.email.clone();
    let reset = two_step.then(|| reset_form(&id, &email));
    view! {
        <tr class=out.then_some("quiet")>
            <td>
                <strong><bdi>{staff.name}</bdi></strong>
                {(staff.id == me).then_some(" (you)")}
                <div class="quiet">{staff.email}</div>
            </td>
            <td>
                <form method="post" action=SetRoleForm::url() class="row-form" data-once="">
                    <Hidden name="person" value=id.clone()/>
                    // Without an id: the page has one such choice for each person.
                    <select class="input" name="role" aria-label=format!("Role of {email}")>
                        {options
                            .map(|role| {
                                let chosen = role == staff.role;
                                view! { <option value=role.as_str() selected=chosen>{role.as_str()}</option> }
                            })
                            .collect_view()}
                    </select>
                    <Button kind=ButtonKind::Ghost label="Set" title=format!("Set the role of {email}")/>
                </form>
            </td>
            <td class="wide-only"><When at=created_at/></td>
            <td>
                {out.then(|| view! { <Badge tone=Tone::Warn text="disabled"/> " " })}
                <form method="post" action=DisablePersonForm::url() class="row-form" data-once="">
                    <Hidden name="person" value=id/>
                    <Hidden name="disabled" value=to/>
                    <Button kind label=button title=format!("{button} {email}")/>
                </form>
                {reset}
            </td>
        </tr>
    }
    .into_any()
}

fn reset_form(id: &str, email: &str) -> impl IntoView + use<> {
    let (id, title) = (id.to_owned(), format!("Turn off the two-step sign-in of {email}"));
    view! {
        <form method="post" action=ResetSecondStepForm::url() class="row-form" data-once="">
            <Hidden name="person" value=id/>
            <Badge tone=Tone::Good text="two-step"/>
            <Button kind=ButtonKind::Ghost label="Turn off" title/>
        </form>
    }
    .into_any()
}

fn invites(data: &PeoplePageData) -> impl IntoView + use<> {
    let rows: Vec<_> = data.people.invites.iter().map(invite_row).collect();
    let columns = vec![Column::text("Invited"), Column::text("Role"), Column::text("By"), Column::text("Action")];
    let shown = rows.len();
    (shown > 0).then(|| {
        view! {
            <Section title="Open invitations" note="each link is good for 72 hours, and once">
                <DataTable caption="Open invitations" columns>{rows.collect_view()}</DataTable>
                <Pager shown noun="invitations" csv="/export/invitations.csv"/>
            </Section>
        }
    })
}

fn invite_row(invite: &Invite) -> impl IntoView + use<> {
    let Invite { id, email, role, invited_by, created_at, .. } = invite.clone();
    let title = format!("Take the invitation of {email} back");
    view! {
        <tr>
            <td>{email} " " <span class="quiet"><When at=created_at/></span></td>
            <td>{role.as_str()}</td>
            <td class="cut">{invited_by}</td>
            <td>
                <form method="post" action=RevokeInviteForm::url() data-once="">
                    <Hidden name="id" value=id.to_string()/>
                    <Button kind=ButtonKind::Ghost label="Take back" title/>
                </form>
            </td>
        </tr>
    }
    .into_any()
}

fn invite(data: &PeoplePageData, refused: &Refused) -> impl IntoView + use<> {
    let email = email_field(refused, "off", refused.field("email", "").wrong);
    let role = refused.field("role", "support");
    let error = refused.beside(&["email", "role"]);
    let link = data.link.clone();
    view! {
        <div id="invite">
            <Section title="Invite somebody">
                {link
                    .map(|link| {
                        view! {
                            <Alert tone=Tone::Good title="Send them this link; it is shown this once">
                                <p><CopyId id=link/></p>
                                <p>"It is good for 72 hours, and once. Whoever has it can come in: send it by a way that you trust."</p>
                            </Alert>
                        }
                    })}
                {error.map(|error| view! { <ErrorBox error/> })}
                <form method="post" action=InviteForm::url() class="form" data-once="">
                    {email}
                    <Field name="role" label="Role" nostrip:error=role.error>
                        <Select name="role" options=roles() selected=role.value/>
                    </Field>
                    <Button kind=ButtonKind::Primary label="Make the link" glyph=Glyph::Plus/>
                </form>
            </Section>
        </div>
    }
    .into_any()
}

/// Whether a second step is asked of everybody.
fn two_steps(data: &PeoplePageData, refused: Option<AppError>) -> impl IntoView + use<> {
    let on = data.people.two_steps;
    let without = data.people.people.iter().filter(|person| !person.two_step && person.disabled_at.is_none()).count();
    let counted = format::counted(i64::try_from(without).unwrap_or(i64::MAX), "person has", "people have");
    let words = match (on, without) {
        (true, 0) => "It is on, and everybody has a second step.".to_owned(),
        (true, _) => {
            format!("It is on. {counted} no second step: with a password their account page alone is open to them.")
        }
        (false, _) => format!("It is off: a second step is asked of those only who have one. {counted} none."),
    };
    let (label, kind, to) = if on {
        ("Ask no longer", ButtonKind::Danger, "")
    } else {
        ("Ask everybody for two steps", ButtonKind::Plain, "yes")
    };
    view! {
        <div id="two-steps" class="two-step">
            <Section title="Two steps for everybody" note="an authenticator or a passkey beside the password">
                {refused.map(|error| view! { <ErrorBox error/> })}
                <p>{words}</p>
                <p class="quiet">"Whoever signs in by the identity provider is not asked here: a second step there is the provider's part. To switch it on you need a second step of your own."</p>
                <form method="post" action=AskTwoStepsForm::url() class="form-go" data-once="">
                    <Hidden name="asked" value=to/>
                    <Button kind label/>
                </form>
            </Section>
        </div>
    }
    .into_any()
}
