//! `creditdesk pricing backtest`: what past usage would have cost at other prices.
//!
//! The run is one like those that the page begins, and is found there afterwards. It is priced in this process, which
//! therefore waits for it.

use super::{
    CommandError,
    progress::{Progress, Unit},
};
use app::{
    backend::SharedBackend,
    format::{self, Delta, credits, credits_signed},
    model::{
        Actor, Backtest, BacktestOf, BacktestReport, BacktestState, BeforeAfter, CapCrossed, Customer, CustomerChange,
        GoneShort, Timestamp,
    },
};
use jiff::tz::TimeZone;
use std::{
    io::{self, Write},
    time::Duration,
};

/// Between two looks at how far the run is.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Runs a back-test to its end and prints what it found.
pub async fn run(
    backend: &SharedBackend,
    of: BacktestOf,
    days: i64,
    json: bool,
    out: &mut (dyn Write + Send),
) -> Result<(), CommandError> {
    let id = backend.start_backtest(&Actor::system("cli"), of, days).await?;
    let mut progress = None;
    let test = loop {
        let test = backend.backtest(id).await?;
        if test.state != BacktestState::Running {
            break test;
        }
        if test.total > 0 {
            let [done, total] = [test.done, test.total].map(i64::unsigned_abs);
            let bar = progress.get_or_insert_with(|| Progress::new("Pricing", total, Unit::Steps));
            bar.advance_to(done, &format::counted(test.done, "charge", "charges"));
        }
        tokio::time::sleep(LOOK_EVERY).await;
    };
    if let Some(bar) = progress {
        bar.finish();
    }
    let Some(report) = &test.report else {
        let problem = test.problem.unwrap_or_else(|| "It has no report.".to_owned());
        return Err(CommandError::Failed(format!("The back-test failed. {problem}")));
    };
    if json {
        serde_json::to_writer_pretty(&mut *out, report).map_err(io::Error::from)?;
        return Ok(writeln!(out)?);
    }
    Ok(print(out, &test, report)?)
}

fn print(out: &mut dyn Write, test: &Backtest, report: &BacktestReport) -> io::Result<()> {
    let day = |at: Timestamp| at.to_zoned_datetime(TimeZone::UTC).date();
    let charges = format::counted(report.charges, "charge", "charges");
    writeln!(out, "Back-test of {}: {charges}, {} to {} UTC", test.label, day(test.start), day(test.end))?;
    if report.charges == 0 {
        return writeln!(out, "There is nothing to price anew.");
    }
    let by_amount = format::count(report.by_amount);
    writeln!(out, "{} re-priced, {by_amount} charged by their amount", format::count(report.repriced))?;
    for group in &report.unpriced {
        let charges = format::counted(group.charges, "charge is", "charges are");
        writeln!(out, "No price: {} ({charges} kept at {} credits)", group.reason, credits(group.gross))?;
    }
    head(out, "Credits")?;
    row(out, "price before allowances", report.gross)?;
    row(out, "paid by allowances", report.allowance)?;
    row(out, "paid from balances", report.net)?;
    head(out, "Models, before allowances")?;
    for model in &report.models {
        row(out, model.model.as_deref().unwrap_or("unknown"), model.gross)?;
    }
    let customers = &report.customers;
    let [more, less, same] = [customers.more, customers.less, customers.same].map(format::count);
    writeln!(out, "\nCustomers, from balances: {more} would pay more, {less} less, {same} the same")?;
    changes(out, "Who would pay more", customers.more, &customers.most_more)?;
    changes(out, "Who would pay less", customers.less, &customers.most_less)?;
    gone_short(out, report.short_count, &report.short)?;
    crossed(out, report.crossed_count, &report.crossed)
}

fn head(out: &mut dyn Write, title: &str) -> io::Result<()> {
    writeln!(out, "\n{title:<34} {:>18} {:>18} {:>18} {:>9}", "as charged", "at these prices", "change", "%")
}

fn row(out: &mut dyn Write, name: &str, pair: BeforeAfter) -> io::Result<()> {
    let [before, after] = [pair.before, pair.after].map(credits);
    let (change, percent) = (credits_signed(pair.change()), Delta::credits(pair.after, pair.before).percent);
    writeln!(out, "  {name:<32} {before:>18} {after:>18} {change:>18} {percent:>9}")
}

fn changes(out: &mut dyn Write, title: &str, count: i64, rows: &[CustomerChange]) -> io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    head(out, &listed(title, count, rows.len()))?;
    for change in rows {
        row(out, &name(&change.customer), change.net)?;
    }
    Ok(())
}

fn gone_short(out: &mut dyn Write, count: i64, rows: &[GoneShort]) -> io::Result<()> {
    if rows.is_empty() {
        return writeln!(out, "\nNobody would have gone short.");
    }
    writeln!(out, "\n{}", listed("Who would have gone short", count, rows.len()))?;
    for short in rows {
        let refused = format::counted(short.charges, "charge", "charges");
        let first = format::minute(short.first, &TimeZone::UTC);
        let missing = credits(short.missing);
        writeln!(
            out,
            "  {:<32} {refused} refused since {first} UTC, {missing} credits missing",
            name(&short.customer)
        )?;
    }
    Ok(())
}

fn crossed(out: &mut dyn Write, count: i64, rows: &[CapCrossed]) -> io::Result<()> {
    if rows.is_empty() {
        return writeln!(out, "No cap would have been crossed that was not.");
    }
    writeln!(out, "\n{}", listed("Caps that would have been crossed", count, rows.len()))?;
    for cap in rows {
        let model = cap.model.as_ref().map(|model| format!(" on {model}")).unwrap_or_default();
        let cap_words = format!("{}{model}, {}", cap.cap_type.as_str(), cap.action.as_str());
        let windows = format::counted(cap.windows, "window", "windows");
        let [limit, most] = [cap.limit, cap.most].map(credits);
        writeln!(out, "  {:<32} {cap_words}: {most} of {limit} at most, in {windows}", cap.user_id)?;
    }
    Ok(())
}

/// A title with how many there are, and how many of them are listed where that is fewer.
fn listed(title: &str, count: i64, shown: usize) -> String {
    if i64::try_from(shown).is_ok_and(|shown| shown < count) {
        return format!("{title} ({shown} of {})", format::count(count));
    }
    title.to_owned()
}

fn name(customer: &Customer) -> String {
    let name = match &customer.name {
        Some(name) if customer.team => name.clone(),
        Some(name) => format!("{name} ({})", customer.id),
        None => customer.id.clone(),
    };
    if customer.team { format!("{name}, team") } else { name }
}
