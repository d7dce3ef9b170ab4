//! The answer to a form whose session had ended: all that was typed, and one button to send it again.

use super::page;
use crate::{
    api::{self, Interrupted},
    error::Code,
    ui::{Alert, BareFrame, Button, ButtonKind, Field, Hidden, LinkButton, TextArea, Tone},
};
use leptos::prelude::*;
use leptos_meta::Title;

/// A text of more characters, or lines, is shown; what is shorter goes along unseen.
const LONG: usize = 200;

#[component]
pub fn SendAgain() -> impl IntoView {
    view! {
        <Title text="Session ended"/>
        <BareFrame wide=true>
            {page::loaded(
                api::load_interrupted(),
                |interrupted| match interrupted {
                    Some(interrupted) => whole(interrupted).into_any(),
                    None => nothing().into_any(),
                },
            )}
        </BareFrame>
    }
    .into_any()
}

fn whole(interrupted: Interrupted) -> impl IntoView {
    api::refused_status(Code::Unauthenticated);
    let Interrupted { action, fields, multipart } = interrupted;
    let fields = fields
        .into_iter()
        .map(|(name, value)| {
            if value.contains('\n') || value.chars().count() > LONG {
                view! {
                    <Field name=name.clone() label="What you typed">
                        <TextArea name value rows=16/>
                    </Field>
                }
                .into_any()
            } else {
                view! { <Hidden name value/> }.into_any()
            }
        })
        .collect_view();
    view! {
        <h1>"Your session had ended"</h1>
        <Alert tone=Tone::Warn title="Nothing was changed, and nothing is lost">
            <p>"Sign in, which opens beside this page. Then come back here and send it again."</p>
        </Alert>
        <div class="form-go">
            <a class="button button-primary" href="/sign-in" target="_blank" rel="noopener">
                <span>"Sign in"</span>
            </a>
        </div>
        <form method="post" action=action enctype=multipart.then_some("multipart/form-data") class="form">
            {fields}
            <div class="form-go">
                <Button kind=ButtonKind::Plain label="Send again"/>
            </div>
        </form>
    }
}

fn nothing() -> impl IntoView {
    view! {
        <h1>"There is nothing to send"</h1>
        <p class="quiet">"This page holds a form that was sent after its session had ended. It is shown once."</p>
        <LinkButton href="/" label="Go to the overview"/>
    }
}
