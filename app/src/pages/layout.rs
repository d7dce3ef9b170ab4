//! The layout of every page behind the sign-in: the frame, and the moment its times are relative to.

use crate::{
    api,
    error::AppError,
    model::Staff,
    range,
    shell::{density_of_request, theme_of_request},
    ui::{BareFrame, Button, ButtonKind, ErrorBox, Frame, Glyph, Moment},
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
                match api::answer(visitor(&path).await) {
                    Ok((_, true)) => held().into_any(),
                    Ok((staff, false)) => {
                        // A count that cannot be had must not keep the page from being shown.
                        let waiting = waiting(&staff).await.unwrap_or_default();
                        framed(staff, waiting, path).into_any()
                    }
                    Err(error) => view! { <BareFrame><ErrorBox error/></BareFrame> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// Whoever may see the page of that path; true where it is all that they may see.
async fn visitor(path: &str) -> Result<(Staff, bool), AppError> {
    if path == api::ACCOUNT {
        return api::require_account().await;
    }
    Ok((api::require_anyone().await?, false))
}

/// The page without the ways to any other but out.
fn held() -> impl IntoView {
    view! {
        <BareFrame wide=true>
            <Outlet/>
            <form method="post" action=api::SignOut::PATH>
                <Button kind=ButtonKind::Ghost label="Sign out" glyph=Glyph::Leave/>
            </form>
        </BareFrame>
    }
}

async fn waiting(staff: &Staff) -> Result<i64, AppError> {
    api::backend()?.approvals_waiting_for(&api::actor(staff), staff.role).await
}

fn framed(staff: Staff, waiting: i64, path: String) -> impl IntoView {
    view! {
        <Frame
            staff
            waiting
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
        if let Some(currency) = backend.currency() {
            provide_context(currency);
        }
        provide_context(Moment { now: backend.now(), zone });
    }
}
