//! A back-test's report as files.

use crate::{link::with_query, model::Uuid, pages::downloads::downloads};
use leptos::prelude::*;

const FILES: [(&str, &str); 6] = [
    ("/export/backtest-models.csv", "By model, CSV"),
    ("/export/backtest-customers.csv", "By customer, CSV"),
    ("/export/backtest-percentiles.csv", "Percentiles, CSV"),
    ("/export/backtest-short.csv", "Gone short, CSV"),
    ("/export/backtest-caps.csv", "Caps crossed, CSV"),
    ("/export/backtest-unpriced.csv", "Without a price, CSV"),
];

pub fn menu(id: Uuid) -> impl IntoView {
    let id = id.to_string();
    downloads(FILES.map(|(path, label)| (with_query(path, [("backtest", id.as_str())]), label.to_owned())))
}
