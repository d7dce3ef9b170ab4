//! What an admin sets for the whole desk.

use super::{Credits, Role};
use serde::{Deserialize, Serialize};

/// How credits are shown in money, beside them and marked "≈".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Currency {
    /// ISO 4217: three capital letters.
    pub code: String,
    /// So many credits are one unit; more than 0.
    pub credits_per_unit: Credits,
}

/// Above which amounts a second person is needed; none: never.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Of one charge, all its refunds together.
    pub support_refund: Option<Credits>,
    /// Grants to one user within 24 hours.
    pub support_grant: Option<Credits>,
    pub admin_refund: Option<Credits>,
    pub admin_grant: Option<Credits>,
    /// A cap set above this, or taken away.
    pub admin_cap: Option<Credits>,
    /// Every activation of a pricing version needs a second admin.
    pub activation: bool,
    /// Hours that a request waits for an answer.
    pub hours: u32,
}

impl Limits {
    /// What somebody of this role may give back of one charge.
    pub const fn refund(&self, role: Role) -> Option<Credits> {
        if matches!(role, Role::Admin) { self.admin_refund } else { self.support_refund }
    }

    /// What somebody of this role may give one user within 24 hours.
    pub const fn grant(&self, role: Role) -> Option<Credits> {
        if matches!(role, Role::Admin) { self.admin_grant } else { self.support_grant }
    }
}

impl Default for Limits {
    fn default() -> Self {
        let whole = |credits: i64| Some(Credits::from_micros(credits * Credits::SCALE));
        Self {
            support_refund: whole(1_000),
            support_grant: whole(100),
            admin_refund: None,
            admin_grant: None,
            admin_cap: None,
            activation: false,
            hours: 72,
        }
    }
}

/// The settings as they hold now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskSettings {
    /// IANA name of the zone whose days are the reports' days.
    pub zone: String,
    /// What the environment says, which holds until an admin chooses another.
    pub default_zone: String,
    pub currency: Option<Currency>,
    pub limits: Limits,
    /// True once the first steps were gone through or put away.
    pub set_up: bool,
}

/// One setting to change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SettingChange {
    /// None: the environment's.
    Zone(Option<String>),
    Currency(Option<Currency>),
    Limits {
        to: Limits,
        /// What whoever changes them saw; others by now are a conflict.
        was: Option<Limits>,
    },
    SetUp(bool),
}
