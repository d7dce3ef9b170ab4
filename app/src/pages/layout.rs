//! The layout of every page behind the sign-in: the frame, and the moment its times are relative to.

use crate::{
    api,
    model::Staff,
    range,
    shell::{density_of_request, theme_of_request},
    ui::{BareFrame, ErrorBox, Frame, Moment},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::{components::Outlet, hooks::use_location};

#[component]
pub fn SignedIn() -> impl IntoView {
    let path = use_location().pathname.get_untracked();
    provide_moment();
    view! {
        <Suspense>
            {Suspend::new(async move {
                match api::answer(api::require_anyone().await) {
                    Ok(staff) => framed(staff, path).into_any(),
                    Err(error) => view! { <BareFrame><ErrorBox error/></BareFrame> }.into_any(),
                }
            })}
        </Suspense>
    }
}

fn framed(staff: Staff, path: String) -> impl IntoView {
    view! {
        <Frame
            staff
            path
            theme=theme_of_request()
            density=density_of_request()
            theme_action=api::SetTheme::PATH
            density_action=api::SetDensity::PATH
            leave_action=api::SignOut::PATH
        >
            <Outlet/>
        </Frame>
    }
}

fn provide_moment() {
    let Ok(backend) = api::backend() else { return };
    if let Ok(zone) = range::read_zone(&backend.reporting_zone()) {
        provide_context(Moment { now: backend.now(), zone });
    }
}
