//! No such page.

use crate::{
    api,
    error::Code,
    ui::{BareFrame, ButtonKind, LinkButton},
};
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn NotFound() -> impl IntoView {
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
