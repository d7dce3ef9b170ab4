//! The monthly statement: what a balance was, what changed it, and what it became.

use super::{Desk, spend::date, validate};
use crate::ledger::AccountKey;
use crate::store::{Tx, reports, spend as sums, statement, users};
use app::backend::Answer;
use app::error::{AppError, Code};
use app::model::{Credits, Flows, SpendBy, SpendByModelRow, Statement, StatementCost, StatementDay, StatementOf};
use app::range::ReportRange;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Entries that are added up one by one without being asked. More than of a report: it is one pass over one index.
const PROVE_UNASKED: i64 = 200_000;

/// The account of a statement, and its name.
struct Subject {
    account: Option<i64>,
    name: String,
}

impl Desk {
    /// `month` is a range of whole days; a statement of any other range of whole days would be just as right.
    pub(super) async fn read_statement(&self, of: StatementOf, month: &ReportRange, prove: bool) -> Answer<Statement> {
        if month.first > month.today {
            return Err(AppError::invalid("month", "has not begun yet"));
        }
        let now = self.clock.now();
        let mut tx = self.db.snapshot().await?;
        let Subject { account, name } = subject(&mut tx, &of).await?;
        let (opening, earlier) = match account {
            Some(_) => (statement::ledger(&mut tx, account, month.start).await?, 0),
            None => statement::desk_balance(&mut tx, month.start).await?,
        };
        let mut days: BTreeMap<Date, (Flows, i64)> = BTreeMap::new();
        for piece in reports::pieces(month.start, month.end, &month.zone) {
            for row in statement::by_day(&mut tx, account, piece).await? {
                let day = days.entry(date(row.day)).or_default();
                let flow = day.0.of(row.kind);
                *flow = [*flow, row.amount].into_iter().sum();
                day.1 += row.entries;
            }
        }
        let (mut flows, mut entries, mut balance) = (Flows::default(), 0, opening);
        let mut rows = Vec::new();
        for (date, (day, count)) in days {
            let before = balance;
            balance = [before, day.total()].into_iter().sum();
            flows = together(flows, day);
            entries += count;
            rows.push(StatementDay { date, opening: before, flows: day, closing: balance, entries: count });
        }
        let ledger = if prove || account.is_some() || earlier + entries <= PROVE_UNASKED {
            Some(statement::ledger(&mut tx, account, month.end).await?)
        } else {
            None
        };
        let (models, cost) = charges(&mut tx, account, month).await?;
        Ok(Statement {
            of,
            name,
            first: month.first,
            last: month.last,
            zone: month.zone_name.clone(),
            opening,
            flows,
            closing: balance,
            entries,
            days: rows,
            models,
            cost,
            ledger,
            made_at: now,
            unfinished: now < month.end,
        })
    }
}

async fn subject(tx: &mut Tx, of: &StatementOf) -> Answer<Subject> {
    let (key, code) = match of {
        StatementOf::Desk => return Ok(Subject { account: None, name: "The whole desk".to_owned() }),
        StatementOf::User(user) => {
            validate::id("user", user)?;
            (AccountKey::user(user.as_str()), Code::NotFound)
        }
        StatementOf::Team(team) => (AccountKey::team(*team), Code::TeamNotFound),
    };
    let missing = || AppError::new(code, format!("No {} {} has ever been named.", key.kind.as_str(), key.id));
    let info = users::find(tx, &key).await?.ok_or_else(missing)?;
    let name = info.name.filter(|name| !name.is_empty()).unwrap_or_else(|| key.id.clone());
    Ok(Subject { account: Some(info.id), name })
}

/// Spend by model: of one account from its entries, of the whole desk from the sums kept with every charge.
async fn charges(
    tx: &mut Tx,
    account: Option<i64>,
    month: &ReportRange,
) -> Answer<(Vec<SpendByModelRow>, Option<StatementCost>)> {
    let (mut models, cost): (Vec<SpendByModelRow>, _) = if let Some(account) = account {
        let row = |(model, spend, charges, refunded)| SpendByModelRow {
            model,
            total_spend: Credits::from_micros(spend),
            transaction_count: charges,
            refunded: Credits::from_micros(refunded),
        };
        let rows = statement::by_model(tx, account, month.start, month.end).await?;
        let cost = statement::cost(tx, account, month.start, month.end).await?;
        (rows.into_iter().map(row).collect(), Some(cost))
    } else {
        let row = |row: sums::KeySum| SpendByModelRow {
            model: row.key,
            total_spend: row.sum.spend,
            transaction_count: row.sum.charges,
            refunded: row.sum.refunded,
        };
        let rows = sums::by_key(tx, month.start, month.end, SpendBy::Model).await?;
        (rows.into_iter().map(row).collect(), None)
    };
    models.sort_by(|a, b| b.total_spend.cmp(&a.total_spend).then_with(|| a.model.cmp(&b.model)));
    Ok((models, cost))
}

fn together(a: Flows, b: Flows) -> Flows {
    let sum = |a: Credits, b: Credits| [a, b].into_iter().sum();
    Flows {
        purchases: sum(a.purchases, b.purchases),
        subscriptions: sum(a.subscriptions, b.subscriptions),
        grants: sum(a.grants, b.grants),
        spend: sum(a.spend, b.spend),
        team_spend: sum(a.team_spend, b.team_spend),
        refunds: sum(a.refunds, b.refunds),
        adjustments: sum(a.adjustments, b.adjustments),
        expiry: sum(a.expiry, b.expiry),
    }
}
