//! What an admin sets, over what the environment says.
//!
//! The environment is the default and a stored setting wins: whoever installs the program names a zone once, and an admin
//! changes it without a restart. Settings that every page needs are kept in memory and read anew once a minute, which is
//! how long another process may go by the old ones; limits are read from the database each time.

use super::Desk;
use crate::store::{
    audit::{self, Change},
    migrate, settings,
};
use app::backend::{Answer, Settings};
use app::error::{AppError, Code};
use app::model::{Actor, AuditAction, AuditSubject, Credits, Currency, DeskSettings, Health, Limits, SettingChange};
use app::range::read_zone;
use async_trait::async_trait;
use serde_json::{Value, json};
use std::sync::{Arc, PoisonError};

/// A request for approval waits at most so long.
const MAX_HOURS: u32 = 24 * 30;

impl Desk {
    /// The stored settings, as they were read last.
    pub(super) fn stored_settings(&self) -> Arc<settings::Stored> {
        Arc::clone(&self.settings.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the settings anew.
    pub async fn reload_settings(&self) -> Answer<Arc<settings::Stored>> {
        let mut tx = self.db.snapshot().await?;
        let stored = Arc::new(settings::load(&mut tx).await?);
        *self.settings.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&stored);
        Ok(stored)
    }

    fn shown(&self, stored: &settings::Stored) -> DeskSettings {
        DeskSettings {
            zone: stored.zone.clone().unwrap_or_else(|| self.options.zone.clone()),
            default_zone: self.options.zone.clone(),
            currency: stored.currency.clone(),
            limits: stored.limits.clone().unwrap_or_default(),
            set_up: stored.set_up,
        }
    }
}

#[async_trait]
impl Settings for Desk {
    async fn settings(&self) -> Answer<DeskSettings> {
        Ok(self.shown(&*self.reload_settings().await?))
    }

    fn currency(&self) -> Option<Currency> {
        self.stored_settings().currency.clone()
    }

    async fn change_setting(&self, by: &Actor, change: SettingChange) -> Answer<DeskSettings> {
        check(&change)?;
        let now = Self::now(self);
        let changed = self.retry(async || {
            let mut tx = self.db.begin().await?;
            let before = self.shown(&settings::load_to_change(&mut tx).await?);
            let name = match &change {
                SettingChange::Zone(zone) => {
                    settings::put(&mut tx, settings::ZONE, zone.as_ref()).await?;
                    settings::ZONE
                }
                SettingChange::Currency(currency) => {
                    settings::put(&mut tx, settings::CURRENCY, currency.as_ref()).await?;
                    settings::CURRENCY
                }
                SettingChange::Limits { to, was } => {
                    if let Some(was) = was.as_ref().filter(|was| **was != before.limits) {
                        return Ok(Err(limits_changed(was, &before.limits)));
                    }
                    settings::put(&mut tx, settings::LIMITS, Some(to)).await?;
                    settings::LIMITS
                }
                SettingChange::SetUp(done) => {
                    settings::put(&mut tx, settings::SET_UP, Some(done)).await?;
                    settings::SET_UP
                }
            };
            let after = self.shown(&settings::load(&mut tx).await?);
            if before != after {
                let told = Change::new(by, AuditAction::SettingsChanged, AuditSubject::Settings, name);
                let told = told.from(state(&change, &before)).to(state(&change, &after));
                audit::record(&mut tx, told, now).await?;
            }
            tx.commit().await?;
            Ok(Ok(()))
        });
        changed.await??;
        self.settings().await
    }

    async fn health(&self) -> Answer<Health> {
        use app::backend::Audits as _;
        let database = if self.db.is_postgres() { "PostgreSQL" } else { "SQLite" };
        Ok(Health {
            database: database.to_owned(),
            setup: migrate::report(&self.db).await?,
            audit: self.audit_check(false).await?,
            version: env!("CARGO_PKG_VERSION").to_owned(),
        })
    }
}

/// The part of the settings that a change is about.
fn state(change: &SettingChange, settings: &DeskSettings) -> Value {
    match change {
        SettingChange::Zone(_) => json!({ "zone": settings.zone }),
        SettingChange::Currency(_) => match &settings.currency {
            Some(currency) => json!({ "currency": currency.code, "credits_per_unit": currency.credits_per_unit }),
            None => json!({ "currency": Value::Null }),
        },
        SettingChange::Limits { .. } => json!(settings.limits),
        SettingChange::SetUp(_) => json!({ "set_up": settings.set_up }),
    }
}

/// Somebody else set limits since the page was opened: each that differs, as it was and as it is.
fn limits_changed(was: &Limits, are: &Limits) -> AppError {
    let (was, are) = (json!(was), json!(are));
    let said = |value: &Value| match value {
        Value::Null => "none".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let differing = was.as_object().into_iter().flatten().filter(|(name, value)| are[name.as_str()] != **value);
    let differing = differing
        .map(|(name, value)| format!("{} {} → {}", name.replace('_', " "), said(value), said(&are[name.as_str()])));
    let changes = differing.collect::<Vec<_>>().join(", ");
    let message = format!(
        "Somebody changed the limits since this page was opened: {changes}. Look over what you typed, and send it again."
    );
    AppError::new(Code::EditConflict, message)
}

fn check(change: &SettingChange) -> Answer<()> {
    match change {
        SettingChange::Zone(Some(zone)) => read_zone(zone)
            .map(drop)
            .map_err(|_| AppError::invalid("zone", format!("{zone:?} is no IANA time zone such as Europe/Berlin"))),
        SettingChange::Currency(Some(currency)) => check_currency(currency),
        SettingChange::Limits { to, .. } => check_limits(to),
        SettingChange::Zone(None) | SettingChange::Currency(None) | SettingChange::SetUp(_) => Ok(()),
    }
}

fn check_currency(currency: &Currency) -> Answer<()> {
    if currency.code.len() != 3 || !currency.code.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(AppError::invalid("currency", "must be the three capital letters of a currency, such as USD"));
    }
    if !currency.credits_per_unit.is_positive() {
        return Err(AppError::invalid_amount("rate", "must be more than 0"));
    }
    Ok(())
}

fn check_limits(limits: &Limits) -> Answer<()> {
    let amounts = [
        ("support_refund", limits.support_refund),
        ("support_grant", limits.support_grant),
        ("admin_refund", limits.admin_refund),
        ("admin_grant", limits.admin_grant),
        ("admin_cap", limits.admin_cap),
    ];
    for (field, amount) in amounts {
        if amount.is_some_and(Credits::is_negative) {
            return Err(AppError::invalid_amount(field, "must not be negative"));
        }
    }
    if !(1..=MAX_HOURS).contains(&limits.hours) {
        return Err(AppError::invalid("hours", format!("must be between 1 and {MAX_HOURS}")));
    }
    Ok(())
}
