//! Imports, prices and the demo, over a real ledger.

use app::backend::SharedBackend;
use app::model::{Actor, BacktestReport, Credits, TransactionQuery};
use app::range::{RangeQuery, ReportRange};
use clap::Parser;
use server::clock::{Clock, Ids};
use server::commands::{
    CommandError, demo::Demo, import_prices::ImportPrices, import_usage::ImportUsage, pricing::Pricing,
};
use server::service::{Desk, Options};
use server::store::{Db, migrate};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const NOW: &str = "2026-11-25T12:34:56Z";

struct World {
    backend: SharedBackend,
    clock: Arc<Clock>,
    folder: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&format!("sqlite:{}", folder.path().join("test.db").display())).await.unwrap();
        migrate(&db).await.unwrap();
        let clock = Arc::new(Clock::manual(NOW.parse().unwrap()));
        let backend = Desk::open(db, clock.clone(), Arc::new(Ids::default()), Options::default());
        Self { backend, clock, folder }
    }

    async fn priced() -> Self {
        let world = Self::new().await;
        let config = serde_json::json!({
            "version": 1,
            "models": {"gpt-4o": "input_tokens * 0.00025 + output_tokens * 0.001", "_default": "input_tokens * 0.001"},
            "min_balance": 5
        });
        world.backend.publish(&Actor::system("test"), config, None, true).await.unwrap();
        world
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    async fn import(&self, arguments: &[&str]) -> (String, Result<(), CommandError>) {
        let command: ImportUsage = parse(arguments);
        let mut out = Vec::new();
        let result = command.run(self.backend.clone(), &mut out).await;
        (String::from_utf8(out).unwrap(), result)
    }

    async fn prices(&self, arguments: &[&str]) -> (String, Result<(), CommandError>) {
        let command: ImportPrices = parse(arguments);
        let mut out = Vec::new();
        let result = command.run(self.backend.clone(), &mut out).await;
        (String::from_utf8(out).unwrap(), result)
    }

    async fn pricing(&self, arguments: &[&str]) -> (String, Result<(), CommandError>) {
        let command: Pricing = parse(arguments);
        let mut out = Vec::new();
        let result = command.run(async || Ok(self.backend.clone()), &mut out).await;
        (String::from_utf8(out).unwrap(), result)
    }

    async fn demo(&self, demo: Demo) -> String {
        let mut out = Vec::new();
        demo.run(self.backend.clone(), self.clock.clone(), &mut out).await.unwrap();
        String::from_utf8(out).unwrap()
    }

    async fn entries(&self, user: &str) -> usize {
        let query = TransactionQuery { user_id: Some(user.to_owned()), limit: 200, ..TransactionQuery::default() };
        self.backend.transactions(query).await.unwrap().items.len()
    }
}

#[derive(Parser)]
struct Line<A: clap::Args> {
    #[command(flatten)]
    command: A,
}

fn parse<A: clap::Args>(arguments: &[&str]) -> A {
    Line::<A>::try_parse_from([&["test"], arguments].concat()).unwrap().command
}

/// A line of a summary, by its name.
fn value<'o>(out: &'o str, name: &str) -> &'o str {
    out.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("no {name} in {out}")).trim()
}

/// The folder of real data, which is not part of the project.
fn shared(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("CREDITDESK_SHARED_DATA").map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"));
    let file = folder.join(name);
    if !file.is_file() {
        eprintln!("skipped: {} is not there", file.display());
        return None;
    }
    Some(file)
}

const USAGE: &str = "time,user,model,input,output\n\
    2026-10-01T10:00:00Z,ada,gpt-4o,1000,100\n\
    2026-10-01T10:00:00Z,ada,gpt-4o,1000,100\n\
    never,ada,gpt-4o,1,1\n\
    2026-10-02 11:00:00,bob,other,2000,0\n";

#[tokio::test(flavor = "multi_thread")]
async fn an_import_is_made_once_whatever_the_file_is_called() {
    let world = World::priced().await;
    let file = world.file("usage.csv", USAGE);
    let (out, result) = world.import(&[&file, "--fund"]).await;
    result.unwrap();
    assert_eq!((value(&out, "Rows read"), value(&out, "Charged"), value(&out, "Bad rows")), ("4", "3", "1"), "{out}");
    assert_eq!(value(&out, "Credits charged"), "2.7");
    // What the rows cost, and the floor of 5 for each of the two.
    assert_eq!(value(&out, "Credits granted"), "12.7");
    assert_eq!((world.entries("ada").await, world.entries("bob").await), (3, 2));

    let renamed = world.file("again.csv", USAGE);
    let (out, result) = world.import(&[&renamed, &file, "--fund"]).await;
    result.unwrap();
    assert_eq!((value(&out, "Charged"), value(&out, "Already there")), ("0", "6"), "{out}");
    assert!(!out.contains("granted"));
    assert_eq!((world.entries("ada").await, world.entries("bob").await), (3, 2));
    let balance = world.backend.balance("ada").await.unwrap().balance;
    assert_eq!(balance, Credits::whole(5).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn history_stands_at_its_own_time_in_the_reports() {
    let world = World::priced().await;
    let file = world.file("usage.csv", USAGE);
    world.import(&[&file, "--fund"]).await.1.unwrap();
    let query = RangeQuery { from: Some("2026-10-01"), to: Some("2026-10-02"), ..RangeQuery::default() };
    let range = ReportRange::read(&query, "UTC", world.clock.now()).unwrap();
    let days = world.backend.daily_spend(&range).await.unwrap();
    let days: Vec<_> = days.iter().map(|day| (day.date.to_string(), day.total_spend.to_string())).collect();
    assert_eq!(days, [("2026-10-01".to_owned(), "0.7".to_owned()), ("2026-10-02".to_owned(), "2".to_owned())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_credits_rows_are_refused_with_advice_and_can_be_funded_later() {
    let world = World::priced().await;
    let file = world.file("usage.csv", USAGE);
    let (out, result) = world.import(&[&file]).await;
    assert_eq!(result.unwrap_err().to_string(), "No row could be imported.");
    assert!(out.contains("insufficient_credits 3") && out.contains("--fund"), "{out}");
    let (out, result) = world.import(&[&file, "--fund"]).await;
    result.unwrap();
    assert_eq!(value(&out, "Charged"), "3");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_prices_and_writes_nothing() {
    let world = World::priced().await;
    let file = world.file("usage.csv", USAGE);
    let (out, result) = world.import(&[&file, "--dry-run"]).await;
    result.unwrap();
    assert_eq!((value(&out, "Would be charged"), value(&out, "Credits ")), ("3", "2.7"), "{out}");
    assert_eq!(world.entries("ada").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_without_users_needs_one() {
    let world = World::priced().await;
    let file =
        world.file("azure.csv", "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03.9799600,4808,10\n");
    let (_, result) = world.import(&[&file]).await;
    assert!(result.unwrap_err().to_string().contains("--user ID"));
    let (out, result) = world.import(&[&file, "--user", "ada", "--model", "gpt-4o", "--fund"]).await;
    result.unwrap();
    assert_eq!(value(&out, "Credits charged"), "1.212");
    // The same rows under another model are another request with the same key.
    let (out, result) = world.import(&[&file, "--user", "ada", "--model", "other", "--fund"]).await;
    assert!(result.is_err() && out.contains("idempotency_conflict 1"), "{out}");
}

#[tokio::test(flavor = "multi_thread")]
async fn azures_trace_is_imported_whole_and_once() {
    let Some(file) = shared("azure_llm_inference_trace_code.csv") else { return };
    let file = file.display().to_string();
    let world = World::priced().await;
    let arguments = [file.as_str(), "--users", "20", "--model", "gpt-4o", "--fund"];
    let (out, result) = world.import(&arguments).await;
    result.unwrap();
    assert_eq!((value(&out, "Rows read"), value(&out, "Charged")), ("8,819", "8,819"), "{out}");
    let first = value(&out, "Credits charged").to_owned();
    let (dry, _) = world.import(&[arguments.as_slice(), &["--dry-run"]].concat()).await;
    assert_eq!(value(&dry, "Credits "), first);
    let (out, _) = world.import(&arguments).await;
    assert_eq!((value(&out, "Charged"), value(&out, "Already there")), ("0", "8,819"), "{out}");
}

#[tokio::test(flavor = "multi_thread")]
async fn listed_prices_become_an_exact_version() {
    let Some(file) = shared("model_prices.json") else { return };
    let file = file.display().to_string();
    let world = World::new().await;
    let (out, result) =
        world.prices(&[&file, "--models", "gpt-4o,gpt-4o-mini", "--default-model", "gpt-4o-mini"]).await;
    result.unwrap();
    assert!(out.starts_with("Version 1 ") && out.contains("published; it is active."), "{out}");
    let active = world.backend.active_version().await.unwrap().config;
    assert_eq!(
        active.models["gpt-4o"],
        "input_tokens * 0.00025 + output_tokens * 0.001 + cache_read_tokens * 0.000125 + cache_write_tokens * 0.00025"
    );
    assert_eq!(active.models["_default"], active.models["gpt-4o-mini"]);
    let (out, _) = world.prices(&[&file, "--models", "gpt-4o", "--default-model", "gpt-4o-mini"]).await;
    assert!(out.contains("no changes"), "{out}");
    let (_, result) = world.prices(&[&file, "--models", "gpt-4oo,dall-e-3"]).await;
    assert!(result.unwrap_err().to_string().contains("near it: gpt-4o"));
    // All of the list that is priced by tokens can be read by the pricing engine.
    let (out, result) = world.prices(&[&file, "--match", "*", "--print"]).await;
    result.unwrap();
    let config = app::pricing::read_config_text(&out).unwrap();
    assert!(config.models.len() > 3_500, "{}", config.models.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_version_keeps_what_is_not_imported() {
    let world = World::priced().await;
    let list = world.file("list.json", r#"{"new": {"input_cost_per_token": 1e-06}}"#);
    world.prices(&[&list, "--models", "new", "--credits-per-usd", "120"]).await.1.unwrap();
    let active = world.backend.active_version().await.unwrap().config;
    assert_eq!(active.models.keys().collect::<Vec<_>>(), ["_default", "gpt-4o", "new"]);
    assert!(active.models["new"].starts_with("input_tokens * 0.00012 "));
    world.prices(&[&list, "--match", "n*", "--replace-models", "--min-balance", "0"]).await.1.unwrap();
    let active = world.backend.active_version().await.unwrap().config;
    assert_eq!((active.models.len(), active.min_balance), (1, Credits::ZERO));
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_go_from_files_and_back() {
    let world = World::new().await;
    let bad = world.file("bad.json", r#"{"version": 1, "models": {"a": "input_tokens *"}, "floor": 5}"#);
    let (out, result) = world.pricing(&["validate", &bad]).await;
    assert!(result.unwrap_err().to_string().ends_with("has 2 errors."), "{out}");
    assert!(out.contains("models.a: ") && out.contains("floor"), "{out}");
    assert!(world.pricing(&["set", &bad]).await.1.is_err());
    assert!(world.pricing(&["list"]).await.0.starts_with("No pricing version yet"));

    let one = world.file("one.json", r#"{"version": 1, "models": {"a": "input_tokens * 2"}}"#);
    let two = world.file("two.json", r#"{"version": 1, "models": {"a": "input_tokens * 3"}}"#);
    let (out, _) = world.pricing(&["set", &one, "--label", "First"]).await;
    assert_eq!(out, "Version 1 (First) published; it is active.\n");
    world.pricing(&["set", &two]).await.1.unwrap();
    let (out, _) = world.pricing(&["diff", "1"]).await;
    assert_eq!(out, "models.a  input_tokens * 2 → input_tokens * 3  (+50%)\n");
    let (out, _) = world.pricing(&["activate", "1"]).await;
    assert_eq!(out, "Version 1 (First) is active.\n");
    let (out, _) = world.pricing(&["list"]).await;
    assert!(out.lines().count() == 2 && out.lines().last().unwrap().contains("active"), "{out}");
    let exported = world.file("exported.json", &world.pricing(&["export", "2"]).await.0);
    let (out, _) = world.pricing(&["set", &exported]).await;
    assert!(out.contains("Version 2") && out.contains("no changes"), "{out}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_back_test_tells_what_past_usage_would_have_cost() {
    let world = World::priced().await;
    let usage = "time,user,model,input,output\n2026-11-20T10:00:00Z,ada,gpt-4o,1000,100\n2026-11-21T10:00:00Z,bob,other,2000,0\n";
    world.import(&[&world.file("usage.csv", usage), "--fund"]).await.1.unwrap();
    let (out, result) = world.pricing(&["backtest", "1", "--days", "7"]).await;
    result.unwrap();
    assert!(out.starts_with("Back-test of version 1: 2 charges, 2026-11-19 to 2026-11-25 UTC\n2 re-priced"), "{out}");
    assert!(out.contains("0 would pay more, 0 less, 2 the same"), "{out}");

    let dearer =
        "models:\n  gpt-4o: input_tokens * 0.0005 + output_tokens * 0.002\n  _default: input_tokens * 0.0005\n";
    let file = world.file("dearer.yaml", &format!("{dearer}min_balance: 5\n"));
    let (out, result) = world.pricing(&["backtest", &file, "--days", "7"]).await;
    result.unwrap();
    let words = |name: &str| value(&out, name).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(out.starts_with("Back-test of dearer.yaml: "), "{out}");
    assert_eq!(words("  paid from balances"), "2.35 1.7 −0.65 −27.7%", "{out}");
    assert_eq!(words("  gpt-4o"), "0.35 0.7 +0.35 +100.0%", "{out}");
    assert_eq!(words("  ada "), "0.35 0.7 +0.35 +100.0%", "{out}");
    assert_eq!(words("  bob "), "2 1 −1 −50.0%", "{out}");
    assert!(out.contains("1 would pay more, 1 less, 0 the same"), "{out}");
    assert!(out.contains("1 charge refused since 2026-11-20 10:00 UTC, 0.35 credits missing"), "{out}");
    let (out, result) = world.pricing(&["backtest", &file, "--days", "7", "--json"]).await;
    result.unwrap();
    let report: BacktestReport = serde_json::from_str(&out).unwrap();
    assert_eq!((report.charges, report.net.after.to_string().as_str()), (2, "1.7"));
    let latest = world.backend.backtests(10).await.unwrap();
    assert_eq!((latest.len(), latest[0].label.as_str()), (3, "dearer.yaml"), "the page shows them as well");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_back_test_of_prices_that_are_not_there_or_not_right_is_refused() {
    let world = World::priced().await;
    let (out, result) = world.pricing(&["backtest", "1"]).await;
    result.unwrap();
    assert!(out.contains("0 charges, 2026-10-27") && out.contains("nothing to price anew"), "{out}");
    assert!(world.pricing(&["backtest", "9"]).await.1.unwrap_err().to_string().contains("No pricing version 9"));
    let refused = world.pricing(&["backtest", "1", "--days", "8"]).await.1.unwrap_err().to_string();
    assert!(refused.contains("must be 7, 30 or 90"), "{refused}");
    let bad = world.file("bad.json", r#"{"models": {"a": "input_tokens *"}}"#);
    let (out, result) = world.pricing(&["backtest", &bad]).await;
    assert!(result.is_err() && out.contains("models.a: "), "{out}");
    assert!(world.pricing(&["backtest", "none.json"]).await.1.unwrap_err().to_string().starts_with("none.json: "));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_is_loaded_once_and_its_sums_agree() {
    let demo = Demo { days: 20, users: 30, ..Demo::default() };
    let world = World::new().await;
    let out = world.demo(demo.clone()).await;
    assert!(!out.contains("Refused"), "{out}");
    assert_eq!(world.clock.now().to_string(), NOW);
    let range =
        ReportRange::read(&RangeQuery { range: Some("30d"), ..RangeQuery::default() }, "UTC", world.clock.now());
    let range = range.unwrap();
    let overview = world.backend.overview(&range, true).await.unwrap();
    let proof = overview.proof.expect("few enough charges to add up");
    assert!(proof.difference().is_zero() && proof.entries > 5_000, "{proof:?}");
    // Later the same demo is taken up, not another one begun.
    world.clock.set("2026-11-26T00:00:00Z".parse().unwrap());
    let again = world.demo(demo.clone()).await;
    assert_eq!(again.lines().take(4).collect::<Vec<_>>(), out.lines().take(4).collect::<Vec<_>>());
    let after = world.backend.overview(&range, true).await.unwrap();
    assert_eq!(after.proof.map(|proof| (proof.ledger, proof.entries)), Some((proof.ledger, proof.entries)));

    let other = World::new().await;
    let same = other.demo(demo).await;
    assert_eq!(same.lines().take(4).collect::<Vec<_>>(), out.lines().take(4).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demo_is_kept_out_of_a_ledger_in_use() {
    let world = World::priced().await;
    let file = world.file("usage.csv", USAGE);
    world.import(&[&file, "--fund"]).await.1.unwrap();
    let mut out = Vec::new();
    let result = Demo::default().run(world.backend.clone(), world.clock.clone(), &mut out).await;
    assert!(result.unwrap_err().to_string().contains("new database"));
}
