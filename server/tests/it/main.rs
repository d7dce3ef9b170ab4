//! Tests of the whole server, one binary: each body runs on `SQLite` and, when `TEST_POSTGRES_URL` is set, on
//! `PostgreSQL`.

#[macro_use]
mod harness;

mod api_analytics;
mod api_batch;
mod api_caps;
mod api_docs;
mod api_errors;
mod api_ingest_litellm;
mod api_ingest_otlp;
mod api_input;
mod api_keys;
mod api_metrics;
mod api_money;
mod api_openapi;
mod api_pricing;
mod api_rates;
mod api_reservations;
mod api_teams;
mod api_users;
mod api_webhooks;
mod api_yaml;
mod approvals;
mod audit;
mod backtest;
mod browser;
mod cap_review;
mod conformance;
mod desk_browser;
mod desk_views;
mod events;
mod exports;
mod import;
mod ledger_store;
mod plans_pages;
mod pricing_pages;
mod programs;
mod receiver;
mod roles;
mod settings;
mod spend;
mod statement;
mod two_processes;
mod visits;
mod webhooks;
