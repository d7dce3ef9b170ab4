//! API keys of the product's servers.

use super::{saved, tabs::tabs};
use crate::{
    api::{self, AddKeyForm, KeysPageData, RevokeKeyForm},
    islands::forms::Forms,
    model::KeyInfo,
    pages::page::{self, Refused},
    ui::{
        Alert, Badge, Button, ButtonKind, Column, Confirm, CopyId, DataTable, Empty, ErrorBox, Field, Glyph, Hidden,
        Pager, Section, TextInput, Tone, When,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

const SCOPES: [(&str, &str); 5] = [
    ("read", "Read balances, transactions, reports"),
    ("charge", "Charge and reserve"),
    ("grant", "Add credits and adjust"),
    ("refund", "Refund"),
    ("manage", "Plans, caps, teams, pricing, webhooks, audit log"),
];

#[component]
pub fn KeysPage() -> impl IntoView {
    let query = page::query();
    let refused = Refused::of::<AddKeyForm>();
    let revoked = Refused::of::<RevokeKeyForm>().error;
    view! {
        {tabs("/settings/keys", "Keys of the product's servers. Only their hashes are kept.")}
        {page::loaded(api::load_keys(), move |data| {
            let made = made_key(data.made.clone());
            view! {
                <Forms/>
                {saved(&query, &[("revoked", "The key is revoked: it is refused from now on")])}
                {revoked.map(|error| view! { <ErrorBox error/> })}
                {list(data)}
                {key_form("", made, &refused)}
            }
        })}
    }
    .into_any()
}

fn list(data: KeysPageData) -> impl IntoView {
    if data.keys.is_empty() {
        return view! {
            <Empty title="No keys yet">
                <p>"A server of the product proves itself by a key. Make one below, or with " <code>"creditdesk key add NAME"</code> "."</p>
            </Empty>
        }
        .into_any();
    }
    let columns = vec![
        Column::text("Key"),
        Column::text("Scopes"),
        Column::text("Made").wide_only(),
        Column::text("Last used"),
        Column::text("Action"),
    ];
    let shown = data.keys.len();
    view! {
        <DataTable caption="API keys, the oldest first" columns>
            {data.keys.into_iter().map(row).collect_view()}
        </DataTable>
        <Pager shown noun="keys" csv="/export/keys.csv"/>
    }
    .into_any()
}

fn row(key: KeyInfo) -> impl IntoView {
    let KeyInfo { name, prefix, scopes, created_at, last_used_at, revoked_at } = key;
    let gone = revoked_at.is_some();
    let action = if gone {
        view! { <Badge tone=Tone::Warn text="revoked"/> }.into_any()
    } else {
        let (title, revoked) = (format!("Revoke the key {name}"), name.clone());
        view! {
            <Confirm label="Revoke" kind=ButtonKind::Ghost title what="Whatever uses this key is refused from now on. It cannot be made valid again.">
                <form method="post" action=RevokeKeyForm::url() data-once="">
                    <Hidden name="name" value=revoked/>
                    <Button kind=ButtonKind::Danger label="Revoke the key"/>
                </form>
            </Confirm>
        }
        .into_any()
    };
    view! {
        <tr class=gone.then_some("quiet")>
            <td><strong><bdi>{name}</bdi></strong> " " <code class="quiet">{prefix} "…"</code></td>
            <td>{scopes}</td>
            <td class="wide-only"><When at=created_at/></td>
            <td>
                {match last_used_at {
                    Some(at) => view! { <When at/> }.into_any(),
                    None => view! { <span class="quiet">"never"</span> }.into_any(),
                }}
            </td>
            <td>{action}</td>
        </tr>
    }
    .into_any()
}

/// The key that was just made, this once.
pub fn made_key(key: Option<String>) -> impl IntoView {
    key.map(|key| {
        view! {
            <Alert tone=Tone::Good title="Copy the key now; it is shown this once">
                <p><CopyId id=key/></p>
                <p>"Keep it where the server's secrets are. If it is lost, revoke it and make another."</p>
            </Alert>
        }
    })
}

/// `step` is empty on the settings page, any text in the first steps.
pub fn key_form<V: IntoView + 'static>(step: &'static str, made: V, refused: &Refused) -> impl IntoView + use<V> {
    let name = refused.field("name", "");
    let chosen = refused.typed("scopes", "read,charge");
    let scopes_error = refused.at("scopes");
    let error = refused.beside(&["name", "scopes"]);
    let boxes = SCOPES
        .into_iter()
        .map(|(scope, words)| {
            let checked = chosen.split(',').any(|known| known == scope);
            view! {
                <label class="check">
                    <input type="checkbox" name="scopes[]" value=scope checked=checked/>
                    <span><strong>{scope}</strong> " " <span class="quiet">{words}</span></span>
                </label>
            }
        })
        .collect_view();
    view! {
        <div id="key">
            <Section title="New key">
                {made}
                {error.map(|error| view! { <ErrorBox error/> })}
                <form method="post" action=AddKeyForm::url() class="form" data-once="">
                    <Hidden name="step" value=step/>
                    <Field
                        name="name"
                        label="Name"
                        hint="What it is for; the ledger and the audit log name it."
                        nostrip:error=name.error
                    >
                        <TextInput
                            name="name"
                            value=name.value
                            maxlength=100_u32
                            autocomplete="off"
                            placeholder="production"
                            required=true
                            autofocus=name.wrong
                            invalid=name.wrong
                        />
                    </Field>
                    <fieldset class="checks">
                        <legend>"It may"</legend>
                        {boxes}
                        {scopes_error.map(|error| view! { <div class="field-error" role="alert">{error}</div> })}
                    </fieldset>
                    <Button kind=ButtonKind::Primary label="Make the key" glyph=Glyph::Plus/>
                </form>
            </Section>
        </div>
    }
    .into_any()
}
