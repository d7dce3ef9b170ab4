//! Passkeys: the button that asks for one, and the part of one's account that keeps them.

use super::page::Refused;
use crate::{
    api::{AddPasskeyForm, AskPasskey, BeginPasskey, PasskeySignIn, RemovePasskeyForm},
    islands::passkeys::Passkeys,
    link,
    model::{PasskeyInfo, SecondStep},
    ui::{Button, ButtonKind, Column, DataTable, ErrorBox, Field, Glyph, Hidden, LinkButton, Section, TextInput, When},
};
use leptos::{prelude::*, server_fn::ServerFn};

/// A form of one button, which a script sends with the passkey that the browser shows.
pub fn passkey_button(label: &'static str, kind: ButtonKind, next: &str, alone: bool) -> impl IntoView + use<> {
    let next = link::local(next).to_owned();
    view! {
        <form method="post" action=PasskeySignIn::url() class="passkey" data-passkey="get" data-ask=AskPasskey::url()>
            <Hidden name="next" value=next/>
            <Hidden name="alone" value=if alone { "1" } else { "" }/>
            <Hidden name="credential" value=""/>
            <Button kind label glyph=Glyph::Key/>
            {said()}
        </form>
        <Passkeys/>
    }
    .into_any()
}

/// Where the script says what went wrong, and what is there without scripts.
fn said() -> impl IntoView {
    view! {
        <div class="passkey-said" data-passkey-said="" role="alert"></div>
        <p class="quiet unscripted">"Passkeys need scripts, which are switched off in this browser."</p>
    }
}

/// The passkeys of one's account.
pub fn passkeys(second_step: &SecondStep, recent: bool, add: &Refused, remove: &Refused) -> impl IntoView + use<> {
    let name = add.field("name", "");
    let possible = second_step.passkey_host.is_some() || !second_step.passkeys.is_empty();
    let table = possible.then(|| table(&second_step.passkeys, recent));
    let left = crate::format::counted(second_step.recovery_codes, "recovery code is left", "recovery codes are left");
    let left = (!second_step.passkeys.is_empty())
        .then(|| view! { <p class="quiet">{left} ", for when no passkey is at hand."</p> });
    let errors = [add.beside(&["name"]), remove.error.clone()].into_iter().flatten();
    let errors = errors.map(|error| view! { <ErrorBox error/> }).collect_view();
    let form = second_step.passkey_host.clone().map(|host| {
        view! {
            <form
                method="post"
                action=AddPasskeyForm::url()
                class="form"
                data-passkey="create"
                data-ask=BeginPasskey::url()
                data-host=host
            >
                <Field name="name" label="Name" hint="By which you know it again: My laptop, Blue key." nostrip:error=name.error>
                    <TextInput name="name" value=name.value maxlength=60_u32 required=true autocomplete="off" invalid=name.wrong/>
                </Field>
                <Hidden name="credential" value=""/>
                <Button label="Add a passkey" glyph=Glyph::Key/>
                {said()}
            </form>
            <Passkeys/>
        }
    });
    let change = match (form, recent) {
        (None, _) => {
            view! { <p class="quiet">"This desk has none: passkeys need a host name (CREDITDESK_PUBLIC_URL), and passwords switched on."</p> }
                .into_any()
        }
        (Some(_), false) => {
            view! {
                <p class="quiet">"To add or remove one, sign in again: your last sign-in is more than 15 minutes ago."</p>
                <p><LinkButton href="/sign-in?next=%2Faccount" label="Sign in again"/></p>
            }
                .into_any()
        }
        (Some(form), true) => form.into_any(),
    };
    view! {
        <div id="passkeys" class="passkeys">
            <Section title="Passkeys" note="your device or a security key, unlocked by you">
                {errors}
                {table}
                {left}
                {change}
            </Section>
        </div>
    }
    .into_any()
}

fn table(passkeys: &[PasskeyInfo], recent: bool) -> impl IntoView + use<> {
    if passkeys.is_empty() {
        return view! {
            <p>"You have none. With one, you come in without a code, and without a password too; nobody can read it over your shoulder or phish for it."</p>
        }
        .into_any();
    }
    let mut columns = vec![Column::text("Passkey"), Column::text("Added"), Column::text("Last used")];
    if recent {
        columns.push(Column::text("Action"));
    }
    let rows = passkeys.iter().map(|passkey| row(passkey, recent)).collect_view();
    view! { <DataTable caption="Your passkeys" columns>{rows}</DataTable> }.into_any()
}

fn row(passkey: &PasskeyInfo, recent: bool) -> impl IntoView + use<> {
    let PasskeyInfo { id, name, created_at, last_used_at } = passkey.clone();
    let title = format!("Remove the passkey {name}");
    view! {
        <tr>
            <td><strong><bdi>{name}</bdi></strong></td>
            <td><When at=created_at/></td>
            <td>
                {match last_used_at {
                    Some(at) => view! { <When at/> }.into_any(),
                    None => view! { <span class="quiet">"never"</span> }.into_any(),
                }}
            </td>
            {recent
                .then(|| {
                    view! {
                        <td>
                            <form method="post" action=RemovePasskeyForm::url() data-once="">
                                <Hidden name="id" value=id.to_string()/>
                                <Button kind=ButtonKind::Ghost label="Remove" title/>
                            </form>
                        </td>
                    }
                })}
        </tr>
    }
    .into_any()
}
