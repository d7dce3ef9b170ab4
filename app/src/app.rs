//! The application: every route on one screen.
//!
//! Pages are rendered whole (`SsrMode::Async`), so that they are complete, with the right status, before any script runs.

use crate::pages::{
    CapTrialPage, CapsPage, ErrorCodes, ExpiryPage, NotFound, OverviewPage, PricingPage, RefundPage, ShortcutsPage,
    SignIn, SignedIn, SpendPage, StatementPage, Styleguide, TeamPage, TeamsPage, TransactionPage, Transactions,
    UserPage, Users, Welcome,
};
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode::Async,
    components::{ParentRoute, Route, Router, Routes},
    path,
};

#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title formatter=|title: String| format!("{title} · Creditdesk")/>
        <Router>
            <Routes fallback=NotFound>
                <Route path=path!("/sign-in") view=SignIn ssr=Async/>
                <Route path=path!("/welcome/:token") view=Welcome ssr=Async/>
                <Route path=path!("/docs/errors") view=ErrorCodes ssr=Async/>
                <Route path=path!("/styleguide") view=Styleguide ssr=Async/>
                <Route path=path!("/help/shortcuts") view=ShortcutsPage ssr=Async/>
                <ParentRoute path=path!("") view=SignedIn ssr=Async>
                    <Route path=path!("") view=OverviewPage ssr=Async/>
                    <Route path=path!("/spend") view=SpendPage ssr=Async/>
                    <Route path=path!("/statement") view=StatementPage ssr=Async/>
                    <Route path=path!("/users") view=Users ssr=Async/>
                    <Route path=path!("/users/:id") view=UserPage ssr=Async/>
                    <Route path=path!("/transactions") view=Transactions ssr=Async/>
                    <Route path=path!("/transactions/:id") view=TransactionPage ssr=Async/>
                    <Route path=path!("/transactions/:id/refund") view=RefundPage ssr=Async/>
                    <Route path=path!("/teams") view=TeamsPage ssr=Async/>
                    <Route path=path!("/teams/:id") view=TeamPage ssr=Async/>
                    <Route path=path!("/caps") view=CapsPage ssr=Async/>
                    <Route path=path!("/caps/try") view=CapTrialPage ssr=Async/>
                    <Route path=path!("/expiry") view=ExpiryPage ssr=Async/>
                    <Route path=path!("/pricing") view=PricingPage ssr=Async/>
                </ParentRoute>
            </Routes>
        </Router>
    }
}
