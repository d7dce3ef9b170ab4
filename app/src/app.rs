//! The application: every route on one screen.
//!
//! Pages are rendered whole (`SsrMode::Async`), so that they are complete, with the right status, before any script runs.

use crate::pages::{
    AccountPage, ApprovalPage, ApprovalsPage, AuditEntryPage, AuditPage, BacktestPage, BacktestsPage, CapTrialPage,
    CapsPage, DiffPage, DraftPage, EditPlanPage, ErrorCodes, ExpiryPage, HealthPage, ImportPage, Join, KeysPage,
    NewDraftPage, NewPlanPage, NotFound, OverviewPage, PeoplePage, PlanPage, PlansPage, PriceListPage, PricingPage,
    RefundPage, ReviewPage, SendAgain, SettingsPage, SetupPage, ShortcutsPage, SignIn, SignInCode, SignedIn, SpendPage,
    StatementPage, Styleguide, TeamPage, TeamsPage, TransactionPage, Transactions, UserPage, Users, VersionPage,
    WebhookPage, WebhooksPage, Welcome,
};
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    ChooseView, NestedRoute, PossibleRouteMatch,
    SsrMode::Async,
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::{ParentRoute, Router, Routes},
    path,
};

#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title formatter=|title: String| format!("{} · Creditdesk", crate::format::undirected(&title))/>
        <Router>
            <Routes fallback=NotFound>
                <Page path=path!("/sign-in") view=SignIn/>
                <Page path=path!("/sign-in/code") view=SignInCode/>
                <Page path=path!("/welcome/:token") view=Welcome/>
                <Page path=path!("/join/:token") view=Join/>
                <Page path=path!("/send-again") view=SendAgain/>
                <Page path=path!("/docs/errors") view=ErrorCodes/>
                <Page path=path!("/styleguide") view=Styleguide/>
                <Page path=path!("/help/shortcuts") view=ShortcutsPage/>
                <ParentRoute path=path!("") view=SignedIn ssr=Async>
                    <Page path=path!("") view=OverviewPage/>
                    <Page path=path!("/account") view=AccountPage/>
                    <Page path=path!("/spend") view=SpendPage/>
                    <Page path=path!("/statement") view=StatementPage/>
                    <Page path=path!("/users") view=Users/>
                    <Page path=path!("/users/:id") view=UserPage/>
                    <Page path=path!("/transactions") view=Transactions/>
                    <Page path=path!("/transactions/:id") view=TransactionPage/>
                    <Page path=path!("/transactions/:id/refund") view=RefundPage/>
                    <Page path=path!("/teams") view=TeamsPage/>
                    <Page path=path!("/teams/:id") view=TeamPage/>
                    <Page path=path!("/caps") view=CapsPage/>
                    <Page path=path!("/caps/try") view=CapTrialPage/>
                    <Page path=path!("/expiry") view=ExpiryPage/>
                    <Page path=path!("/pricing") view=PricingPage/>
                    <Page path=path!("/approvals") view=ApprovalsPage/>
                    <Page path=path!("/approvals/:id") view=ApprovalPage/>
                    <Page path=path!("/settings") view=SettingsPage/>
                    <Page path=path!("/settings/people") view=PeoplePage/>
                    <Page path=path!("/settings/keys") view=KeysPage/>
                    <Page path=path!("/settings/webhooks") view=WebhooksPage/>
                    <Page path=path!("/settings/webhooks/:id") view=WebhookPage/>
                    <Page path=path!("/settings/health") view=HealthPage/>
                    <Page path=path!("/setup") view=SetupPage/>
                    <Page path=path!("/audit") view=AuditPage/>
                    <Page path=path!("/audit/:seq") view=AuditEntryPage/>
                    <Page path=path!("/pricing/versions/:version") view=VersionPage/>
                    <Page path=path!("/plans") view=PlansPage/>
                    <Page path=path!("/plans/new") view=NewPlanPage/>
                    <Page path=path!("/plans/:key") view=PlanPage/>
                    <Page path=path!("/plans/:key/edit") view=EditPlanPage/>
                    <Page path=path!("/pricing/import") view=ImportPage/>
                    <Page path=path!("/pricing/import/:id") view=PriceListPage/>
                    <Page path=path!("/pricing/backtest") view=BacktestsPage/>
                    <Page path=path!("/pricing/backtests/:id") view=BacktestPage/>
                    <Page path=path!("/pricing/diff") view=DiffPage/>
                    <Page path=path!("/pricing/new") view=NewDraftPage/>
                    <Page path=path!("/pricing/drafts/:id") view=DraftPage/>
                    <Page path=path!("/pricing/drafts/:id/review") view=ReviewPage/>
                </ParentRoute>
            </Routes>
        </Router>
    }
}

/// A route to a page. Its type is erased: that of all the routes together is what the compiler would spend its time on.
#[component(transparent)]
fn Page<Segments, View>(path: Segments, view: View) -> AnyNestedRoute
where
    Segments: PossibleRouteMatch + Clone + Send + 'static,
    View: ChooseView,
{
    NestedRoute::new(path, view).ssr_mode(Async).into_any_nested_route()
}
