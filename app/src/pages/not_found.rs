//! No such page; or no such file for whoever asked, which is no page either.

use crate::{
    api,
    error::{AppError, Code},
    ui::{BareFrame, ButtonKind, ErrorBox, LinkButton},
};
use axum::http::request::Parts;
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn NotFound() -> impl IntoView {
    match use_context::<Parts>().and_then(|parts| parts.extensions.get::<AppError>().cloned()) {
        Some(error) => refused(error).into_any(),
        None => missing().into_any(),
    }
}

/// Why a file is not given; the answer has the status of that.
fn refused(error: AppError) -> impl IntoView {
    let (href, label) = match error.code {
        Code::Forbidden => ("/users", "Go to users"),
        _ => ("/", "Go to the overview"),
    };
    view! {
        <Title text="No file"/>
        <BareFrame wide=true>
            <h1>"There is no file to give you"</h1>
            <ErrorBox error/>
            <p class="quiet">"The page whose link you followed is still where it was: go back to it, and change what it asks for."</p>
            <LinkButton kind=ButtonKind::Primary href label/>
        </BareFrame>
    }
}

fn missing() -> impl IntoView {
    api::response_status(Code::NotFound);
    view! {
        <Title text="Not found"/>
        <BareFrame>
            <h1>"There is no such page"</h1>
            <p class="quiet">"The address may be mistyped, or the page may have moved. Nothing was changed."</p>
            <LinkButton kind=ButtonKind::Primary href="/" label="Go to the overview"/>
        </BareFrame>
    }
}
