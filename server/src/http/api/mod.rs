//! The routes under `/api/v1`. One file per noun, each with its request, its handlers and their description.

mod adjustments;
mod analytics;
mod audit;
mod balance;
mod batch;
mod caps;
mod credits;
mod deductions;
mod ingest;
mod members;
mod plan;
mod pricing;
mod refunds;
mod reservations;
mod setup;
mod sweeps;
mod teams;
mod transactions;
mod users;
mod verify;
mod webhooks;

use super::{ApiState, Refusal, describe, docs, openapi::Description, rate};
use app::error::{AppError, Code};
use axum::{Json, Router, extract::DefaultBodyLimit, middleware, routing::get};
use utoipa::{OpenApi as _, openapi::OpenApi};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The most bytes of a request's body.
pub const MAX_BODY: usize = 64 * 1024;
/// A price list of thousands of models is larger than any other request.
pub const MAX_CONFIG: usize = 1024 * 1024;

/// The routes with their description; neither can have what the other lacks.
pub fn documented() -> (Router<ApiState>, OpenApi) {
    let small = OpenApiRouter::new()
        .routes(routes!(credits::add_credits))
        .routes(routes!(deductions::deduct))
        .routes(routes!(adjustments::adjust))
        .routes(routes!(refunds::refund))
        .routes(routes!(balance::get_balance))
        .routes(routes!(transactions::list_transactions))
        .routes(routes!(transactions::get_transaction))
        .routes(routes!(users::search_users))
        .routes(routes!(users::put_profile))
        .routes(routes!(plan::get_plan, plan::set_plan, plan::unset_plan))
        .routes(routes!(plan::get_allowance))
        .routes(routes!(plan::get_feature))
        .routes(routes!(caps::list_caps, caps::set_cap, caps::delete_cap))
        .routes(routes!(caps::check_cap))
        .routes(routes!(reservations::list_reservations, reservations::reserve))
        .routes(routes!(reservations::get_reservation))
        .routes(routes!(reservations::settle))
        .routes(routes!(reservations::release))
        .routes(routes!(reservations::renew))
        .routes(routes!(teams::list_teams, teams::create_team))
        .routes(routes!(teams::get_team))
        .routes(routes!(teams::get_team_balance))
        .routes(routes!(teams::top_up_team))
        .routes(routes!(teams::deduct_team))
        .routes(routes!(members::add_member))
        .routes(routes!(members::update_member, members::remove_member))
        .routes(routes!(analytics::spend_by_user))
        .routes(routes!(analytics::spend_by_model))
        .routes(routes!(analytics::daily_spend))
        .routes(routes!(analytics::top_users))
        .routes(routes!(analytics::aggregate))
        .routes(routes!(sweeps::sweep))
        .routes(routes!(setup::get_setup))
        .routes(routes!(webhooks::create_webhook, webhooks::list_webhooks))
        .routes(routes!(webhooks::get_webhook, webhooks::change_webhook, webhooks::delete_webhook))
        .routes(routes!(webhooks::rotate_secret))
        .routes(routes!(webhooks::send_test))
        .routes(routes!(webhooks::list_deliveries))
        .routes(routes!(webhooks::replay_delivery))
        .routes(routes!(verify::get_verify))
        .routes(routes!(audit::list_audit))
        .layer(DefaultBodyLimit::max(MAX_BODY));
    let large = OpenApiRouter::new()
        .routes(routes!(pricing::validate::validate))
        .routes(routes!(pricing::preview::preview))
        .routes(routes!(pricing::formula::evaluate))
        .routes(routes!(pricing::versions::list_versions, pricing::versions::publish))
        .routes(routes!(pricing::active::get_active))
        .routes(routes!(pricing::diff::get_diff))
        .routes(routes!(pricing::export::export_version))
        .routes(routes!(pricing::versions::get_version))
        .routes(routes!(pricing::versions::activate))
        .routes(routes!(pricing::backtests::list_backtests, pricing::backtests::start_backtest))
        .routes(routes!(pricing::backtests::get_backtest))
        .layer(DefaultBodyLimit::max(MAX_CONFIG));
    let bulk = batch::routes().merge(ingest::routes());
    OpenApiRouter::with_openapi(Description::openapi())
        .nest("/api/v1", small.merge(large).merge(bulk))
        .split_for_parts()
}

/// The interface and its description at `/api/openapi.json`. What is under `/api` and not here is a problem+json too.
pub fn routes(state: ApiState) -> Router {
    let (router, document) = documented();
    let document = describe::complete(document);
    let router = match state.keys.limit() {
        Some(_) => router.layer(middleware::from_fn_with_state(state.clone(), rate::hold)),
        None => router,
    };
    router
        .merge(docs::viewer())
        .route("/api/openapi.json", get(async move || Json(document)))
        .route("/api/{*rest}", axum::routing::any(no_such_route))
        .with_state(state)
}

async fn no_such_route() -> Refusal {
    AppError::new(Code::NotFound, "There is no such route: see /api/openapi.json.").into()
}
