//! What the pages show: answers that the dashboard needs whole, in one call.

use super::{
    AggregateStatsRow, AllowanceResult, BalanceResult, Breakdown, CapCheckResult, Credits, DailySpendRow, EntryKind,
    Lot, Membership, Page, PricingConfigResult, Profile, Reservation, SpendByModelRow, SpendByUserRow, SpendCap,
    StaffNote, Timestamp, Transaction, Uuid,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a person of the team may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Admin,
    Finance,
    Support,
}

impl Role {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Finance => "finance",
            Self::Support => "support",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Admin, Self::Finance, Self::Support].into_iter().find(|role| role.as_str() == text)
    }

    /// Spend charts and reports.
    pub const fn may_report(self) -> bool {
        matches!(self, Self::Admin | Self::Finance)
    }

    /// The audit log.
    pub const fn may_audit(self) -> bool {
        matches!(self, Self::Admin | Self::Finance)
    }

    /// People, keys, webhooks and settings.
    pub const fn may_configure(self) -> bool {
        matches!(self, Self::Admin)
    }

    /// Adds credits: support as a goodwill grant and up to its limit.
    pub const fn may_grant(self) -> bool {
        matches!(self, Self::Admin | Self::Support)
    }

    /// Sets caps: support by asking for it.
    pub const fn may_cap(self) -> bool {
        matches!(self, Self::Admin | Self::Support)
    }

    /// Adds, changes and removes members of teams.
    pub const fn may_set_members(self) -> bool {
        matches!(self, Self::Admin | Self::Support)
    }

    /// Refunds without another person's approval.
    pub const fn may_refund(self) -> bool {
        matches!(self, Self::Admin | Self::Support)
    }

    /// Grants, plans, pricing, caps, people and keys.
    pub const fn may_manage(self) -> bool {
        matches!(self, Self::Admin)
    }
}

/// A person who signs in to the dashboard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staff {
    pub id: Uuid,
    pub name: String,
    pub email: String,
    pub role: Role,
}

/// Credits that a charge drew from a lot, or that a refund returned to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LotDraw {
    /// The entry that granted the lot; none for the part that went into debt.
    pub source_transaction_id: Option<Uuid>,
    pub source_kind: Option<EntryKind>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    pub amount: Credits,
}

/// What a charge still has to give back. `total = credits + allowance`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Refundable {
    pub total: Credits,
    pub credits: Credits,
    /// Allowance that was consumed and not yet refunded.
    pub allowance: Credits,
    /// Allowance returns only while its month is current.
    pub allowance_current: bool,
}

/// Everything about one entry: the transaction page, "explain this charge" and the refund form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TransactionDetail {
    pub transaction: Transaction,
    pub profile: Profile,
    /// For a charge by metrics: how the cost came about, under the version that priced it.
    pub breakdown: Option<Breakdown>,
    pub pricing_label: Option<String>,
    pub plan_id: Option<String>,
    pub draws: Vec<LotDraw>,
    /// Refunds of this charge, oldest first.
    pub refunds: Vec<Transaction>,
    /// For a refund or an expiry: the entry it answers.
    pub original: Option<Uuid>,
    pub refundable: Refundable,
    /// The account's balance now.
    pub balance: BalanceResult,
    pub reason: Option<String>,
    pub note: Option<String>,
}

impl TransactionDetail {
    /// The name of the user who caused it; the profile is the account's, which is a team's where a team paid.
    pub fn user_name(&self) -> Option<String> {
        let own = self.transaction.account == self.transaction.user_id;
        self.profile.name.clone().filter(|_| own)
    }
}

/// A cap with what it has counted in its current window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CapStatus {
    #[serde(flatten)]
    pub cap: SpendCap,
    pub spend: Credits,
    #[schema(value_type = String, format = DateTime)]
    pub resets_at: Timestamp,
}

/// The user page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UserDetail {
    pub user_id: String,
    pub profile: Profile,
    /// False when nothing has ever named this user.
    pub exists: bool,
    pub created_at: Option<Timestamp>,
    pub balance: BalanceResult,
    /// The floor in force: what must stay after a charge.
    pub min_balance: Credits,
    pub plan_name: Option<String>,
    pub free_allowance: Credits,
    pub allowance: AllowanceResult,
    /// Lots with something left, in the order in which they are drawn; expired ones that no sweep has taken come last.
    pub lots: Vec<Lot>,
    pub caps: Vec<CapStatus>,
    pub cap_check: CapCheckResult,
    /// Teams that the user may spend from.
    pub memberships: Vec<Membership>,
    /// The latest, newest first.
    pub reservations: Vec<Reservation>,
    pub notes: Vec<StaffNote>,
    pub transactions: Page<Transaction>,
}

/// Spend of one model on one day; days and models without spend are left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DayModelSpend {
    pub date: Date,
    pub model: String,
    pub spend: Credits,
}

/// The sums that must agree. `ledger` is read from the entries themselves, the others from rollups.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Proof {
    pub days: Credits,
    pub models: Credits,
    pub users: Credits,
    pub ledger: Credits,
    /// Charges that `ledger` added up.
    pub entries: i64,
    pub checked_at: Timestamp,
}

impl Proof {
    /// The greatest distance of a rollup from the ledger; zero when all agree.
    pub fn difference(&self) -> Credits {
        let ledger = self.ledger.micros();
        let far = |sum: Credits| sum.micros().abs_diff(ledger);
        let worst = far(self.days).max(far(self.models)).max(far(self.users));
        Credits::from_micros(i64::try_from(worst).unwrap_or(i64::MAX))
    }
}

/// The overview page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    pub current: AggregateStatsRow,
    pub previous: AggregateStatsRow,
    /// Every day of the range, also those without spend.
    pub days: Vec<DailySpendRow>,
    pub day_models: Vec<DayModelSpend>,
    pub models: Vec<SpendByModelRow>,
    pub top_users: Vec<SpendByUserRow>,
    /// Missing when the range holds more charges than are added up at once without being asked.
    pub proof: Option<Proof>,
    /// False while the ledger has no entry at all: the page then teaches the first charge.
    pub any_entries: bool,
}

/// What publishing a configuration did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Published {
    pub version: PricingConfigResult,
    pub active: bool,
    /// False when the content equals an existing version.
    pub created: bool,
}
