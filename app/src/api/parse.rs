//! Reads the fields of a form: each refusal names its field and the rule.

use super::{AuditFilter, CapFilter, ListFilter, TransactionFilter, TrialForm};
use crate::{
    error::{AppError, Code},
    format::read_credits,
    model::{
        AuditQuery, BacktestOf, CapAction, CapQuery, CapScope, CapState, CapTrial, CapType, CreditKind, Credits,
        EntryKind, EventType, ListQuery, Order, Role, TeamRole, Timestamp, TransactionQuery, Uuid,
    },
    range::{read_zone, zone_name},
};
use jiff::{ToSpan, civil::Date, tz::TimeZone};

/// The most characters of a note or a reason.
const MAX_TEXT: usize = 1_000;

/// An amount above zero.
pub fn amount(field: &str, text: &str) -> Result<Credits, AppError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(AppError::invalid_amount(field, "is missing: write how many credits"));
    }
    let amount = typed(field, text)?;
    if amount.is_positive() { Ok(amount) } else { Err(AppError::invalid_amount(field, "must be more than 0")) }
}

fn typed(field: &str, text: &str) -> Result<Credits, AppError> {
    read_credits(text).map_err(|rule| AppError::invalid_amount(field, rule))
}

/// An amount that may be 0.
pub fn limit(field: &str, text: &str) -> Result<Credits, AppError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(AppError::invalid_amount(field, "is missing: write how many credits"));
    }
    let amount = typed(field, text)?;
    if amount.is_negative() { Err(AppError::invalid_amount(field, "must not be negative")) } else { Ok(amount) }
}

/// A whole number.
pub fn whole<T: std::str::FromStr>(field: &str, text: &str) -> Result<T, AppError> {
    text.trim().parse().map_err(|_| AppError::invalid(field, "must be a whole number"))
}

/// A text that is needed.
pub fn needed(field: &str, text: &str) -> Result<String, AppError> {
    optional(field, text)?.ok_or_else(|| AppError::invalid(field, "is missing"))
}

/// A text that may be left empty.
pub fn optional(field: &str, text: &str) -> Result<Option<String>, AppError> {
    let text = text.trim();
    if text.chars().count() > MAX_TEXT {
        return Err(AppError::invalid(field, format!("is longer than {MAX_TEXT} characters")));
    }
    Ok(Some(text).filter(|text| !text.is_empty()).map(str::to_owned))
}

/// The key that the server put into the form.
pub fn form_key(text: &str) -> Result<String, AppError> {
    match text.trim() {
        "" => Err(AppError::invalid("key", "is missing: reload the page and send the form again")),
        key if key.len() > 255 => Err(AppError::invalid("key", "is longer than 255 bytes")),
        key => Ok(key.to_owned()),
    }
}

/// The same where it becomes the id of what the form makes.
pub fn form_id(text: &str) -> Result<Uuid, AppError> {
    let rule = |_| AppError::invalid("key", "is none of ours: reload the page and send the form again");
    form_key(text)?.parse().map_err(rule)
}

pub fn transaction_id(text: &str) -> Result<Uuid, AppError> {
    text.parse()
        .map_err(|_| AppError { code: Code::TransactionNotFound, ..AppError::invalid("id", "is no transaction id") })
}

pub fn credit_kind(text: &str) -> Result<CreditKind, AppError> {
    match text {
        "purchase" => Ok(CreditKind::Purchase),
        "subscription" => Ok(CreditKind::Subscription),
        "grant" => Ok(CreditKind::Grant),
        _ => Err(AppError::invalid("kind", "must be purchase, subscription or grant")),
    }
}

pub fn cap_type(text: &str) -> Result<CapType, AppError> {
    match text {
        "daily" => Ok(CapType::Daily),
        "monthly" => Ok(CapType::Monthly),
        _ => Err(AppError::invalid("window", "must be daily or monthly")),
    }
}

pub fn cap_action(text: &str) -> Result<CapAction, AppError> {
    match text {
        "deny" => Ok(CapAction::Deny),
        "warn" => Ok(CapAction::Warn),
        "notify" => Ok(CapAction::Notify),
        _ => Err(AppError::invalid("effect", "must be deny, warn or notify")),
    }
}

pub fn team_role(text: &str) -> Result<TeamRole, AppError> {
    TeamRole::parse(text).ok_or_else(|| AppError::invalid("role", "must be owner, admin or member"))
}

pub fn team_id(text: &str) -> Result<Uuid, AppError> {
    team_in("id", text)
}

fn team_in(field: &str, text: &str) -> Result<Uuid, AppError> {
    let missing = |_| AppError { code: Code::TeamNotFound, ..AppError::invalid(field, "is no id of a team") };
    text.trim().parse().map_err(missing)
}

/// An id that a page of ours wrote into its form or its address.
pub fn id(field: &str, text: &str) -> Result<Uuid, AppError> {
    text.trim().parse().map_err(|_| AppError { code: Code::NotFound, ..AppError::invalid(field, "is no id of ours") })
}

pub fn role(text: &str) -> Result<Role, AppError> {
    Role::parse(text).ok_or_else(|| AppError::invalid("role", "must be admin, finance or support"))
}

/// Types of events; none is every type.
pub fn event_types(names: &[String]) -> Result<Vec<EventType>, AppError> {
    let read = |name: &String| {
        EventType::parse(name)
            .ok_or_else(|| AppError::invalid("types", format!("has {name:?}, which is no type of event")))
    };
    names.iter().map(read).collect()
}

/// A date such as 2026-01-31, if one is given.
pub fn date(field: &str, text: &str) -> Result<Option<Date>, AppError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse::<Date>() {
        Ok(date) if (1970..=2200).contains(&date.year()) => Ok(Some(date)),
        Ok(_) => Err(AppError::invalid(field, "must lie between the years 1970 and 2200")),
        Err(_) => Err(AppError::invalid(field, format!("{text:?} is no date such as 2026-01-31"))),
    }
}

/// The first instant of a day of `zone`.
pub fn start_of(day: Date, zone: &TimeZone) -> Result<Timestamp, AppError> {
    day.to_zoned_datetime(zone.clone())
        .map(|zoned| zoned.timestamp())
        .map_err(|_| AppError::invalid("date", "is too far from today"))
}

/// The first instant after a day of `zone`.
pub fn end_of(day: Date, zone: &TimeZone) -> Result<Timestamp, AppError> {
    let next = day.checked_add(1.day()).map_err(|_| AppError::invalid("date", "is too far from today"))?;
    start_of(next, zone)
}

/// The name of the zone asked for as IANA writes it, or the usual one.
pub fn zone(asked: &str, usual: String) -> Result<String, AppError> {
    if asked.is_empty() { Ok(usual) } else { read_zone(asked).map(|zone| zone_name(&zone)) }
}

/// The filters of the transactions page; its days are those of `zone`.
pub fn transaction_query(filter: &TransactionFilter, zone: &str) -> Result<TransactionQuery, AppError> {
    let zone = read_zone(zone)?;
    let (from, to) = (date("from", &filter.from)?, date("to", &filter.to)?);
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        return Err(AppError::invalid("from", "must not be after the last day"));
    }
    let filled = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let charges = filter.kind == CHARGES;
    let days = (from.map(|day| start_of(day, &zone)).transpose()?, to.map(|day| end_of(day, &zone)).transpose()?);
    let instants = (instant("start", &filter.start)?, instant("end", &filter.end)?);
    Ok(TransactionQuery {
        user_id: filled(&filter.user),
        team: filled(&filter.team).map(|team| team_in("team", &team)).transpose()?,
        kind: filled(&filter.kind).filter(|_| !charges).map(|kind| entry_kind(&kind)).transpose()?,
        charges,
        model: filled(&filter.model),
        start: days.0.max(instants.0),
        end: days.1.into_iter().chain(instants.1).min(),
        min: filled(&filter.min).map(|min| limit("min", &min)).transpose()?.filter(|min| min.is_positive()),
        oldest: match filter.order.as_str() {
            "" => false,
            "old" => true,
            _ => return Err(AppError::invalid("order", "must be old, or left out")),
        },
        cursor: filled(&filter.cursor),
        limit: page_size(&filter.size)?,
    })
}

/// The filters of the audit page; its days are those of `zone`.
pub fn audit_query(filter: &AuditFilter, zone: &str) -> Result<AuditQuery, AppError> {
    let zone = read_zone(zone)?;
    let (from, to) = (date("from", &filter.from)?, date("to", &filter.to)?);
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        return Err(AppError::invalid("from", "must not be after the last day"));
    }
    Ok(AuditQuery {
        actor: optional("who", &filter.who)?,
        action: optional("what", &filter.what)?,
        subject: optional("subject", &filter.subject)?,
        start: from.map(|day| start_of(day, &zone)).transpose()?,
        end: to.map(|day| end_of(day, &zone)).transpose()?,
        cursor: optional("cursor", &filter.cursor)?,
        limit: page_size(&filter.size)?,
    })
}

/// Rows of a page: as many as the pages offer, 50 unless said.
pub fn page_size(text: &str) -> Result<u32, AppError> {
    match text {
        "" | "50" => Ok(50),
        "25" => Ok(25),
        "100" => Ok(100),
        "200" => Ok(200),
        _ => Err(AppError::invalid("size", "must be 25, 50, 100 or 200")),
    }
}

/// The search and the order of a listing.
pub fn list_query<S: Order>(filter: &ListFilter) -> Result<ListQuery<S>, AppError> {
    let (sort, direction) = S::read(&filter.sort, &filter.order)?;
    Ok(ListQuery {
        search: filter.q.clone(),
        sort,
        direction,
        cursor: Some(filter.cursor.clone()).filter(|text| !text.is_empty()),
        limit: page_size(&filter.size)?,
    })
}

/// The filter of the caps page.
pub fn cap_query(filter: &CapFilter) -> Result<CapQuery, AppError> {
    let filled = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    Ok(CapQuery {
        list: list_query(&filter.list)?,
        cap_type: filled(&filter.window).map(|text| cap_type(&text)).transpose()?,
        action: filled(&filter.effect).map(|text| cap_action(&text)).transpose()?,
        model: filled(&filter.model),
        state: CapState::parse(&filter.state)
            .ok_or_else(|| AppError::invalid("state", "must be reached, close or open"))?,
    })
}

/// Users that the page of a trial names.
const NAMED: usize = 10;

/// The cap to try; none while the form has not been sent.
pub fn cap_trial(form: &TrialForm) -> Result<Option<CapTrial>, AppError> {
    let scope = match form.who.as_str() {
        "" => return Ok(None),
        "user" => CapScope::User(needed("user", &form.user)?),
        "plan" => CapScope::Plan(needed("plan", &form.plan)?),
        "everyone" => CapScope::Everyone,
        _ => return Err(AppError::invalid("who", "must be user, plan or everyone")),
    };
    let days = match form.days.as_str() {
        "" => Ok(30),
        text => whole("days", text),
    };
    Ok(Some(CapTrial {
        scope,
        cap_type: cap_type(&form.window)?,
        model: optional("model", &form.model)?,
        limit: limit("limit", &form.limit)?,
        action: cap_action(&form.effect)?,
        days: days?,
        named: NAMED,
    }))
}

/// The kind that stands for both kinds of charge.
const CHARGES: &str = "charges";

/// An instant such as 2026-01-31T12:00:00Z, if one is given.
fn instant(field: &str, text: &str) -> Result<Option<Timestamp>, AppError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let rule = |_| AppError::invalid(field, format!("{text:?} is no instant such as 2026-01-31T12:00:00Z"));
    text.parse().map(Some).map_err(rule)
}

pub fn entry_kind(text: &str) -> Result<EntryKind, AppError> {
    EntryKind::parse(text).ok_or_else(|| AppError::invalid("kind", "is no kind of entry"))
}

/// The number of a pricing version.
pub fn version(text: &str) -> Result<i64, AppError> {
    text.trim().parse().ok().filter(|number| *number > 0).ok_or_else(|| AppError {
        code: Code::VersionNotFound,
        ..AppError::invalid("version", "is no number of a pricing version")
    })
}

/// The version that was active when a page was made; empty when none was.
pub fn active_was(text: &str) -> Result<Option<i64>, AppError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| AppError::invalid("active_was", "is no number of a pricing version"))
}

pub fn backtest_id(text: &str) -> Result<Uuid, AppError> {
    text.parse().map_err(|_| AppError { code: Code::NotFound, ..AppError::invalid("id", "is no id of a back-test") })
}

pub fn list_id(text: &str) -> Result<Uuid, AppError> {
    text.parse().map_err(|_| AppError { code: Code::NotFound, ..AppError::invalid("id", "is no id of a price list") })
}

/// Whose prices a back-test tries: `v3` is a version, `d` and an id a draft.
pub fn backtest_subject(text: &str) -> Result<BacktestOf, AppError> {
    let subject = match text.split_at_checked(1) {
        Some(("v", number)) => number.parse().ok().map(BacktestOf::Version),
        Some(("d", id)) => id.parse().ok().map(BacktestOf::Draft),
        _ => None,
    };
    subject.ok_or_else(|| AppError::invalid("subject", "must be a version or a draft"))
}

pub fn draft_id(text: &str) -> Result<Uuid, AppError> {
    text.parse().map_err(|_| AppError { code: Code::NotFound, ..AppError::invalid("id", "is no id of a draft") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_name_their_rule() {
        let rule = |text: &str| amount("amount", text).unwrap_err().message;
        assert_eq!(rule(""), "amount is missing: write how many credits");
        assert_eq!(rule("0"), "amount must be more than 0");
        assert_eq!(rule("-1"), "amount must be more than 0");
        assert_eq!(rule("0.0000001"), "amount has more than 6 decimal places");
        assert_eq!(rule("12,5"), "amount has a comma that parts no thousands: write 12.5 or 1,000");
        assert_eq!(amount("amount", " 212.5 ").unwrap().micros(), 212_500_000);
        assert_eq!(amount("amount", "1,000.5").unwrap().micros(), 1_000_500_000);
        assert_eq!(limit("limit", "12,000").unwrap().micros(), 12_000_000_000);
    }

    #[test]
    fn the_last_day_counts_whole() {
        let day = date("expires_on", "2026-03-29").unwrap().unwrap();
        assert_eq!(end_of(day, &TimeZone::UTC).unwrap().to_string(), "2026-03-30T00:00:00Z");
        assert!(date("from", "2026-02-30").is_err());
        assert_eq!(date("from", " "), Ok(None));
    }
}
