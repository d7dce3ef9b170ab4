//! Files for the people who read the pages: tables as CSV, charts as SVG and PNG.
//!
//! A file's address is that of its page with another path, so it holds exactly what the page shows for the same words. Who
//! may open the page may have its file.

mod accounts;
mod approvals;
mod audit;
mod backtests;
mod charts;
mod expiry;
mod limits;
mod listings;
mod pricing;
mod reader;
mod reports;
mod settings;
mod sheet;
mod statement;

use super::pages::Pages;
use axum::{
    Router,
    routing::{MethodRouter, get},
};

/// Every file's address under `/export`, with what makes it.
fn files() -> Vec<(&'static str, MethodRouter<Pages>)> {
    vec![
        ("/export/overview.csv", get(reports::overview)),
        ("/export/overview-models.csv", get(reports::overview_models)),
        ("/export/overview-users.csv", get(reports::overview_users)),
        ("/export/spend.csv", get(reports::spend)),
        ("/export/spend-groups.csv", get(reports::spend_groups)),
        ("/export/spend-calendar.csv", get(reports::spend_calendar)),
        ("/export/statement.csv", get(statement::statement)),
        ("/export/statement-models.csv", get(statement::models)),
        ("/export/transactions.csv", get(listings::transactions)),
        ("/export/audit.csv", get(audit::audit)),
        ("/export/users.csv", get(listings::users)),
        ("/export/teams.csv", get(listings::teams)),
        ("/export/lots.csv", get(accounts::lots)),
        ("/export/cap-ladder.csv", get(accounts::ladder)),
        ("/export/user-teams.csv", get(accounts::pools)),
        ("/export/reservations.csv", get(accounts::reservations)),
        ("/export/notes.csv", get(accounts::notes)),
        ("/export/team-members.csv", get(accounts::members)),
        ("/export/team-spend.csv", get(accounts::team_spend)),
        ("/export/caps.csv", get(limits::caps)),
        ("/export/cap-trial.csv", get(limits::cap_trial)),
        ("/export/plans.csv", get(limits::plans)),
        ("/export/plans/{file}", get(limits::plan_members)),
        ("/export/expiry.csv", get(expiry::lots)),
        ("/export/expiry-days.csv", get(expiry::days)),
        ("/export/approvals.csv", get(approvals::approvals)),
        ("/export/own-approvals.csv", get(approvals::own)),
        ("/export/pricing-versions.csv", get(pricing::versions)),
        ("/export/pricing-diff.csv", get(pricing::diff)),
        ("/export/pricing-drafts.csv", get(pricing::drafts)),
        ("/export/draft-diff.csv", get(pricing::draft_diff)),
        ("/export/price-list.csv", get(pricing::price_list)),
        ("/export/backtests.csv", get(backtests::backtests)),
        ("/export/backtest-models.csv", get(backtests::models)),
        ("/export/backtest-customers.csv", get(backtests::customers)),
        ("/export/backtest-percentiles.csv", get(backtests::percentiles)),
        ("/export/backtest-short.csv", get(backtests::short)),
        ("/export/backtest-caps.csv", get(backtests::caps)),
        ("/export/backtest-unpriced.csv", get(backtests::unpriced)),
        ("/export/people.csv", get(settings::people)),
        ("/export/invitations.csv", get(settings::invitations)),
        ("/export/keys.csv", get(settings::keys)),
        ("/export/webhooks.csv", get(settings::webhooks)),
        ("/export/deliveries.csv", get(settings::deliveries)),
        ("/export/overview.svg", get(charts::overview_svg)),
        ("/export/overview.png", get(charts::overview_png)),
        ("/export/overview-models.svg", get(charts::models_svg)),
        ("/export/overview-models.png", get(charts::models_png)),
        ("/export/overview-users.svg", get(charts::users_svg)),
        ("/export/overview-users.png", get(charts::users_png)),
        ("/export/spend.svg", get(charts::spend_svg)),
        ("/export/spend.png", get(charts::spend_png)),
        ("/export/spend-split.svg", get(charts::split_svg)),
        ("/export/spend-split.png", get(charts::split_png)),
        ("/export/spend-calendar.svg", get(charts::calendar_svg)),
        ("/export/spend-calendar.png", get(charts::calendar_png)),
        ("/export/expiry-days.svg", get(charts::expiry_svg)),
        ("/export/expiry-days.png", get(charts::expiry_png)),
    ]
}

/// Routes of all files, behind the session of the pages.
pub fn routes() -> Router<Pages> {
    files().into_iter().fold(Router::new(), |routes, (path, file)| routes.route(path, file))
}

/// The addresses of all files: a test tries each by every role.
pub fn paths() -> Vec<&'static str> {
    files().into_iter().map(|(path, _)| path).collect()
}
