//! The application: every route on one screen.
//!
//! Pages are rendered whole (`SsrMode::Async`), so that they are complete, with the right status, before any script runs.

use crate::pages::{
    ApprovalPage, ApprovalsPage, AuditEntryPage, AuditPage, BacktestPage, BacktestsPage, CapTrialPage, CapsPage,
    DiffPage, DraftPage, EditPlanPage, ErrorCodes, ExpiryPage, HealthPage, ImportPage, Join, KeysPage, NewDraftPage,
    NewPlanPage, NotFound, OverviewPage, PeoplePage, PlanPage, PlansPage, PriceListPage, PricingPage, RefundPage,
    ReviewPage, SettingsPage, SetupPage, ShortcutsPage, SignIn, SignedIn, SpendPage, StatementPage, Styleguide,
    TeamPage, TeamsPage, TransactionPage, Transactions, UserPage, Users, VersionPage, WebhookPage, WebhooksPage,
    Welcome,
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
                <Route path=path!("/join/:token") view=Join ssr=Async/>
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
                    <Route path=path!("/approvals") view=ApprovalsPage ssr=Async/>
                    <Route path=path!("/approvals/:id") view=ApprovalPage ssr=Async/>
                    <Route path=path!("/settings") view=SettingsPage ssr=Async/>
                    <Route path=path!("/settings/people") view=PeoplePage ssr=Async/>
                    <Route path=path!("/settings/keys") view=KeysPage ssr=Async/>
                    <Route path=path!("/settings/webhooks") view=WebhooksPage ssr=Async/>
                    <Route path=path!("/settings/webhooks/:id") view=WebhookPage ssr=Async/>
                    <Route path=path!("/settings/health") view=HealthPage ssr=Async/>
                    <Route path=path!("/setup") view=SetupPage ssr=Async/>
                    <Route path=path!("/audit") view=AuditPage ssr=Async/>
                    <Route path=path!("/audit/:seq") view=AuditEntryPage ssr=Async/>
                    <Route path=path!("/pricing/versions/:version") view=VersionPage ssr=Async/>
                    <Route path=path!("/plans") view=PlansPage ssr=Async/>
                    <Route path=path!("/plans/new") view=NewPlanPage ssr=Async/>
                    <Route path=path!("/plans/:key") view=PlanPage ssr=Async/>
                    <Route path=path!("/plans/:key/edit") view=EditPlanPage ssr=Async/>
                    <Route path=path!("/pricing/import") view=ImportPage ssr=Async/>
                    <Route path=path!("/pricing/import/:id") view=PriceListPage ssr=Async/>
                    <Route path=path!("/pricing/backtest") view=BacktestsPage ssr=Async/>
                    <Route path=path!("/pricing/backtests/:id") view=BacktestPage ssr=Async/>
                    <Route path=path!("/pricing/diff") view=DiffPage ssr=Async/>
                    <Route path=path!("/pricing/new") view=NewDraftPage ssr=Async/>
                    <Route path=path!("/pricing/drafts/:id") view=DraftPage ssr=Async/>
                    <Route path=path!("/pricing/drafts/:id/review") view=ReviewPage ssr=Async/>
                </ParentRoute>
            </Routes>
        </Router>
    }
}
