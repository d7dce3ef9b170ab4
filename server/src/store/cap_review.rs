//! All caps with what they have counted, and the charges that a cap is tried on.

use super::{
    Arg, StoreError, Tx,
    books::{read_cap_action, read_cap_type},
    sql,
    text::{Place, Text},
};
use crate::clock::from_micros;
use crate::ledger::{
    next_window,
    trial::{Event, What},
    window_start,
};
use app::model::{
    CapQuery, CapRow, CapScope, CapSort, CapState, CapStatus, CapType, Credits, Profile, SpendCap, Timestamp, Uuid,
};
use sqlx::FromRow;

#[derive(Debug, FromRow)]
struct Row {
    id: i64,
    user_id: String,
    name: Option<String>,
    email: Option<String>,
    plan_id: Option<String>,
    cap_type: String,
    model: String,
    cap_limit: i64,
    action: String,
    spend: i64,
    share: i64,
}

/// A page of caps; each with where the next page would begin after it.
#[derive(Debug, Default)]
pub struct Listed {
    pub rows: Vec<(Place, CapRow)>,
    pub all: i64,
    pub reached: i64,
    pub close: i64,
}

/// The share is in thousandths, without the overflow that a product could meet.
const CAPS: &str = "WITH found AS (SELECT c.id, a.external_id AS user_id, a.name, a.email, a.plan_id, \
    c.type AS cap_type, c.model, c.cap_limit, c.action, COALESCE(k.spend, 0) AS spend, \
    CASE WHEN c.cap_limit = 0 THEN 1000000 ELSE COALESCE(k.spend, 0) / (c.cap_limit / 1000 + 1) END AS share \
    FROM caps c JOIN accounts a ON a.id = c.account_id LEFT JOIN cap_counters k ON k.cap_id = c.id \
    AND k.window_start = CASE WHEN c.type = 'daily' THEN ? ELSE ? END WHERE 1 = 1";

/// Caps of the query, at most `limit` and one more, which tells that there is a next page, and the counts of all that fit.
pub async fn list(
    tx: &mut Tx,
    query: &CapQuery,
    words: &[String],
    after: Option<Place>,
    now: Timestamp,
) -> Result<Listed, StoreError> {
    let mut text = Text::default();
    let windows = [CapType::Daily, CapType::Monthly].map(|cap_type| Arg::from(window_start(cap_type, now)));
    text.push(CAPS, windows);
    text.push_words("a.search_key", words);
    if let Some(cap_type) = query.cap_type {
        text.push(" AND c.type = ?", [Arg::from(cap_type.as_str())]);
    }
    if let Some(action) = query.action {
        text.push(" AND c.action = ?", [Arg::from(action.as_str())]);
    }
    if let Some(model) = &query.model {
        text.push(" AND c.model = ?", [Arg::from(model.as_str())]);
    }
    text.push(")", []);
    let (all, reached, close): (i64, i64, i64) = sql(format!(
        "{} SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN spend >= cap_limit THEN 1 ELSE 0 END), 0) AS BIGINT), \
         CAST(COALESCE(SUM(CASE WHEN spend < cap_limit AND spend >= cap_limit - cap_limit / 5 THEN 1 ELSE 0 END), 0) \
         AS BIGINT) FROM found",
        text.text
    ))
    .bind_all(text.args.clone())
    .one(tx)
    .await?;
    text.push(" SELECT * FROM found WHERE 1 = 1", []);
    text.push(
        match query.state {
            CapState::Any => "",
            CapState::Reached => " AND spend >= cap_limit",
            CapState::Close => " AND spend < cap_limit AND spend >= cap_limit - cap_limit / 5",
            CapState::Open => " AND spend < cap_limit - cap_limit / 5",
        },
        [],
    );
    text.push_page(column(query.list.sort), query.list.direction, after, query.list.limit);
    let rows: Vec<Row> = sql(text.text).bind_all(text.args).all(tx).await?;
    let rows = rows.into_iter().map(|row| read(row, query.list.sort, now)).collect::<Result<_, _>>()?;
    Ok(Listed { rows, all, reached, close })
}

const fn column(sort: CapSort) -> &'static str {
    match sort {
        CapSort::Share => "share",
        CapSort::Spend => "spend",
        CapSort::Limit => "cap_limit",
        CapSort::User => "user_id",
    }
}

fn read(row: Row, sort: CapSort, now: Timestamp) -> Result<(Place, CapRow), StoreError> {
    let cap_type = read_cap_type(&row.cap_type)?;
    let place = match sort {
        CapSort::Share => Place::Figure(row.share, row.id),
        CapSort::Spend => Place::Figure(row.spend, row.id),
        CapSort::Limit => Place::Figure(row.cap_limit, row.id),
        CapSort::User => Place::Name(row.user_id.clone(), row.id),
    };
    let cap = SpendCap {
        user_id: row.user_id,
        cap_type,
        model: Some(row.model).filter(|model| !model.is_empty()),
        limit: Credits::from_micros(row.cap_limit),
        action: read_cap_action(&row.action)?,
    };
    let spend = Credits::from_micros(row.spend);
    let status = CapStatus { cap, spend, resets_at: next_window(cap_type, now) };
    Ok((place, CapRow { status, profile: Profile { name: row.name, email: row.email }, plan_id: row.plan_id }))
}

/// A charge, or a refund of one, as a cap would have met it.
#[derive(Debug, FromRow)]
pub struct Past {
    id: Uuid,
    pub user_id: i64,
    occurred_at: i64,
    model: Option<String>,
    amount: i64,
    reference_entry: Option<Uuid>,
    made_at: Option<i64>,
}

impl Past {
    /// Where the next page begins.
    pub const fn place(&self) -> (i64, Uuid) {
        (self.occurred_at, self.id)
    }

    pub fn event(&self) -> Event<'_> {
        let what = match (self.reference_entry, self.made_at) {
            (Some(of), Some(at)) => {
                What::Refund { of, at: from_micros(at), credits: Credits::from_micros(self.amount) }
            }
            _ => What::Charge { id: self.id, net: Credits::from_micros(self.amount.saturating_neg()) },
        };
        Event { user: self.user_id, at: from_micros(self.occurred_at), model: self.model.as_deref(), what }
    }
}

/// Charges and refunds of `[start, end)` in the order in which they happened, after `after`: at most `limit`.
pub async fn past(
    tx: &mut Tx,
    scope: &CapScope,
    (start, end): (Timestamp, Timestamp),
    after: Option<(i64, Uuid)>,
    limit: i64,
) -> Result<Vec<Past>, StoreError> {
    let mut text = Text::default();
    text.push(
        "SELECT e.id, COALESCE(o.user_id, e.user_id) AS user_id, e.occurred_at, COALESCE(o.model, e.model) AS model, \
         e.amount, e.reference_entry, o.occurred_at AS made_at FROM entries e \
         LEFT JOIN entries o ON o.id = e.reference_entry AND e.kind = 'refund' ",
        [],
    );
    match scope {
        CapScope::Everyone => text.push("WHERE 1 = 1", []),
        CapScope::Plan(plan) => text.push(
            "JOIN accounts u ON u.id = COALESCE(o.user_id, e.user_id) WHERE u.plan_id = ?",
            [Arg::from(plan.as_str())],
        ),
        CapScope::User(user) => text.push(
            "JOIN accounts u ON u.id = COALESCE(o.user_id, e.user_id) WHERE u.kind = 'user' AND u.external_id = ?",
            [Arg::from(user.as_str())],
        ),
    }
    text.push(
        " AND e.kind IN ('usage', 'team_usage', 'refund') AND e.occurred_at >= ? AND e.occurred_at < ?",
        [start.into(), end.into()],
    );
    if let Some((at, id)) = after {
        text.push(" AND (e.occurred_at, e.id) > (?, ?)", [at.into(), id.into()]);
    }
    text.push(" ORDER BY e.occurred_at, e.id LIMIT ?", [limit.into()]);
    sql(text.text).bind_all(text.args).all(tx).await
}
