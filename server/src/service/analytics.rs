//! Spend reports: the same sums seen by day, by model and by user, and the proof that they are one.

use super::{Desk, spend::PROVE_UNASKED};
use crate::store::{
    Tx, attention,
    days::{ByUser, Days},
    reports,
    rollups::Tally,
    transactions,
};
use app::backend::{Analytics, Answer};
use app::error::AppError;
use app::model::{
    AggregateStatsRow, Attention, Credits, DailySpendRow, DayModelSpend, Overview, Proof, SpendByModelRow,
    SpendByUserRow, SpendQuery, SpendReport, Statement, StatementOf, Timestamp, TopUserRow,
};
use app::range::ReportRange;
use async_trait::async_trait;
use jiff::{ToSpan, civil::Date};
use std::collections::BTreeMap;

/// Users at the head of the overview.
const TOP: usize = 10;
/// Users in a whole list.
const ALL: usize = 100_000;

/// The sums of a range by day and model; days are few and models too, so the rest is added up from these.
#[derive(Debug, Default)]
struct Sums {
    cells: BTreeMap<(i64, String), Tally>,
}

impl Sums {
    async fn read(days: &Days, tx: &mut Tx, range: &ReportRange) -> Answer<Self> {
        let pieces = reports::pieces(range.start, range.end, &range.zone);
        let cells = days.by_day_and_model(tx, &pieces).await?;
        Ok(Self { cells: cells.into_iter().map(|cell| ((cell.day, cell.model), cell.tally)).collect() })
    }

    fn total(&self) -> Tally {
        let mut total = Tally::default();
        self.cells.values().for_each(|cell| total.add(*cell));
        total
    }

    fn by_day(&self, range: &ReportRange) -> Vec<DailySpendRow> {
        let mut days: BTreeMap<Date, Tally> = range.days().map(|day| (day, Tally::default())).collect();
        for ((day, _), cell) in &self.cells {
            days.entry(date(*day)).or_default().add(*cell);
        }
        days.into_iter()
            .map(|(date, cell)| DailySpendRow {
                date,
                total_spend: Credits::from_micros(cell.spend),
                transaction_count: cell.charges,
                refunded: Credits::from_micros(cell.refunded),
            })
            .collect()
    }

    /// By total, greatest first, then by name.
    fn by_model(&self) -> Vec<SpendByModelRow> {
        let mut models: BTreeMap<&str, Tally> = BTreeMap::new();
        for ((_, model), cell) in &self.cells {
            models.entry(model).or_default().add(*cell);
        }
        let mut rows: Vec<_> = models
            .into_iter()
            .map(|(model, cell)| SpendByModelRow {
                model: model.to_owned(),
                total_spend: Credits::from_micros(cell.spend),
                transaction_count: cell.charges,
                refunded: Credits::from_micros(cell.refunded),
            })
            .collect();
        rows.sort_by(|a, b| b.total_spend.cmp(&a.total_spend).then_with(|| a.model.cmp(&b.model)));
        rows
    }

    fn cells(&self) -> Vec<DayModelSpend> {
        self.cells
            .iter()
            .filter(|(_, cell)| cell.spend != 0)
            .map(|((day, model), cell)| DayModelSpend {
                date: date(*day),
                model: model.clone(),
                spend: Credits::from_micros(cell.spend),
            })
            .collect()
    }
}

/// The date so many days after 1970-01-01.
fn date(days: i64) -> Date {
    Date::constant(1970, 1, 1).checked_add(days.days()).unwrap_or(Date::MAX)
}

/// `days` are what the average is over.
fn aggregate(sums: &Sums, users: &ByUser, days: usize) -> AggregateStatsRow {
    let total = sums.total();
    let days = i64::try_from(days.max(1)).unwrap_or(i64::MAX);
    AggregateStatsRow {
        total_credits_consumed: Credits::from_micros(total.spend),
        active_users: users.active,
        avg_daily_spend: Credits::from_micros(rounded(total.spend, days)),
        top_model: sums.by_model().into_iter().find(|row| row.transaction_count > 0).map(|row| row.model),
        top_user: users.top.iter().find(|row| row.transaction_count > 0).map(|row| row.user_id.clone()),
        transaction_count: total.charges,
        refunded: Credits::from_micros(total.refunded),
    }
}

/// `sum / count`, half away from zero.
fn rounded(sum: i64, count: i64) -> i64 {
    let (quotient, rest) = (sum / count, sum % count);
    if rest.abs() * 2 >= count { quotient + sum.signum() } else { quotient }
}

#[async_trait]
impl Analytics for Desk {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn reporting_zone(&self) -> String {
        self.stored_settings().zone.clone().unwrap_or_else(|| self.options.zone.clone())
    }

    async fn overview(&self, range: &ReportRange, prove: bool) -> Answer<Overview> {
        let before = range.previous()?;
        let mut tx = self.db.snapshot().await?;
        let sums = Sums::read(&self.days, &mut tx, range).await?;
        let users = self.days.by_user(&mut tx, range.start, range.end, TOP).await?;
        let sums_before = Sums::read(&self.days, &mut tx, &before).await?;
        let users_before = self.days.by_user(&mut tx, before.start, before.end, 1).await?;
        let total = sums.total();
        let proof = if prove || total.charges <= PROVE_UNASKED {
            let (entries, ledger) = reports::ledger_sum(&mut tx, range.start, range.end).await?;
            let sum = |micros| Credits::from_micros(micros);
            Some(Proof {
                days: sums.by_day(range).iter().map(|row| row.total_spend).sum(),
                models: sum(total.spend),
                users: users.spend,
                ledger,
                entries,
                checked_at: self.clock.now(),
            })
        } else {
            None
        };
        Ok(Overview {
            current: aggregate(&sums, &users, range.days_begun()),
            previous: aggregate(&sums_before, &users_before, before.day_count()),
            days: sums.by_day(range),
            day_models: sums.cells(),
            models: sums.by_model(),
            top_users: users.top,
            proof,
            any_entries: transactions::any(&mut tx).await?,
        })
    }

    async fn models(&self) -> Answer<Vec<String>> {
        let mut tx = self.db.snapshot().await?;
        Ok(reports::models(&mut tx).await?)
    }

    async fn aggregate(&self, range: &ReportRange) -> Answer<AggregateStatsRow> {
        let mut tx = self.db.snapshot().await?;
        let sums = Sums::read(&self.days, &mut tx, range).await?;
        let users = self.days.by_user(&mut tx, range.start, range.end, 1).await?;
        Ok(aggregate(&sums, &users, range.day_count()))
    }

    async fn daily_spend(&self, range: &ReportRange) -> Answer<Vec<DailySpendRow>> {
        let mut tx = self.db.snapshot().await?;
        Ok(Sums::read(&self.days, &mut tx, range).await?.by_day(range))
    }

    async fn spend_by_model(&self, range: &ReportRange) -> Answer<Vec<SpendByModelRow>> {
        let mut tx = self.db.snapshot().await?;
        Ok(Sums::read(&self.days, &mut tx, range).await?.by_model())
    }

    async fn spend_by_user(&self, range: &ReportRange) -> Answer<Vec<SpendByUserRow>> {
        let mut tx = self.db.snapshot().await?;
        Ok(self.days.by_user(&mut tx, range.start, range.end, ALL).await?.top)
    }

    async fn spend(&self, range: &ReportRange, query: SpendQuery, prove: bool) -> Answer<SpendReport> {
        self.read_spend(range, query, prove).await
    }

    async fn statement(&self, of: StatementOf, month: &ReportRange, prove: bool) -> Answer<Statement> {
        self.read_statement(of, month, prove).await
    }

    async fn attention(&self) -> Answer<Attention> {
        let mut tx = self.db.snapshot().await?;
        Ok(attention::read(&mut tx, self.clock.now()).await?)
    }

    async fn top_users(&self, range: &ReportRange, limit: u32) -> Answer<Vec<TopUserRow>> {
        if !(1..=1_000).contains(&limit) {
            return Err(AppError::invalid("limit", "must be between 1 and 1000"));
        }
        let mut tx = self.db.snapshot().await?;
        let users =
            self.days.by_user(&mut tx, range.start, range.end, usize::try_from(limit).unwrap_or(usize::MAX)).await?;
        let top = |row: SpendByUserRow| TopUserRow { user_id: row.user_id, total_spend: row.total_spend };
        Ok(users.top.into_iter().map(top).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn averages_round_half_away_from_zero() {
        assert_eq!((rounded(7, 2), rounded(-7, 2), rounded(10, 4), rounded(9, 4)), (4, -4, 3, 2));
    }

    #[test]
    fn days_are_counted_from_the_epoch() {
        assert_eq!(date(0).to_string(), "1970-01-01");
        assert_eq!(date(20_782).to_string(), "2026-11-25");
    }
}
