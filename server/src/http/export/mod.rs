//! Files for the people who read the pages: tables as CSV, charts as SVG and PNG.
//!
//! A file's address is that of its page with another path, so it holds exactly what the page shows for the same words. Who
//! may open the page may have its file.

mod accounts;
mod audit;
mod charts;
mod limits;
mod listings;
mod reader;
mod reports;
mod sheet;
mod statement;

use super::pages::Pages;
use axum::{Router, routing::get};

/// Routes under `/export`, behind the session of the pages.
pub fn routes() -> Router<Pages> {
    Router::new()
        .route("/export/overview.csv", get(reports::overview))
        .route("/export/overview-models.csv", get(reports::overview_models))
        .route("/export/overview-users.csv", get(reports::overview_users))
        .route("/export/spend.csv", get(reports::spend))
        .route("/export/spend-groups.csv", get(reports::spend_groups))
        .route("/export/spend-calendar.csv", get(reports::spend_calendar))
        .route("/export/statement.csv", get(statement::statement))
        .route("/export/transactions.csv", get(listings::transactions))
        .route("/export/audit.csv", get(audit::audit))
        .route("/export/users.csv", get(listings::users))
        .route("/export/teams.csv", get(listings::teams))
        .route("/export/lots.csv", get(accounts::lots))
        .route("/export/team-members.csv", get(accounts::members))
        .route("/export/caps.csv", get(limits::caps))
        .route("/export/plans/{file}", get(limits::plan_members))
        .route("/export/expiry.csv", get(limits::expiring))
        .route("/export/overview.svg", get(charts::overview_svg))
        .route("/export/overview.png", get(charts::overview_png))
        .route("/export/overview-models.svg", get(charts::models_svg))
        .route("/export/overview-models.png", get(charts::models_png))
        .route("/export/overview-users.svg", get(charts::users_svg))
        .route("/export/overview-users.png", get(charts::users_png))
        .route("/export/spend.svg", get(charts::spend_svg))
        .route("/export/spend.png", get(charts::spend_png))
        .route("/export/spend-split.svg", get(charts::split_svg))
        .route("/export/spend-split.png", get(charts::split_png))
        .route("/export/spend-calendar.svg", get(charts::calendar_svg))
        .route("/export/spend-calendar.png", get(charts::calendar_png))
}
