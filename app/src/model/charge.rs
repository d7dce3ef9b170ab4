//! Charges, refunds and reservations.

use super::{Credits, Uuid};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The answer to a charge. `amount` is negative for a deduction and positive for a refund.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DeductionResult {
    pub transaction_id: Uuid,
    pub user_id: String,
    pub amount: Credits,
    pub balance_after: Credits,
    #[serde(default)]
    pub idempotent: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The part that the plan's allowance paid.
    #[serde(default)]
    pub allowance_consumed: Credits,
    /// The cost before the allowance: `gross = −amount + allowance_consumed + uncollected`.
    #[serde(default)]
    pub gross: Credits,
    /// What a settled reservation could not collect.
    #[serde(default)]
    pub uncollected: Credits,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap_warning: Option<super::CapCheckResult>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pricing_version: Option<i64>,
}

/// Why a charge is refunded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefundReason {
    ServiceFailure,
    Duplicate,
    BillingError,
    Goodwill,
    Fraud,
    Other,
}

impl RefundReason {
    pub const ALL: [Self; 6] =
        [Self::ServiceFailure, Self::Duplicate, Self::BillingError, Self::Goodwill, Self::Fraud, Self::Other];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ServiceFailure => "service_failure",
            Self::Duplicate => "duplicate",
            Self::BillingError => "billing_error",
            Self::Goodwill => "goodwill",
            Self::Fraud => "fraud",
            Self::Other => "other",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text)
    }

    /// The words of the form.
    pub const fn label(self) -> &'static str {
        match self {
            Self::ServiceFailure => "Service failure",
            Self::Duplicate => "Duplicate charge",
            Self::BillingError => "Billing error",
            Self::Goodwill => "Goodwill",
            Self::Fraud => "Fraud",
            Self::Other => "Other",
        }
    }
}

/// The answer to a refund.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RefundResult {
    pub refund_transaction_id: Uuid,
    pub original_transaction_id: Uuid,
    pub user_id: String,
    /// Credits returned to the balance.
    pub amount: Credits,
    pub new_balance: Credits,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    #[serde(default)]
    pub idempotent: bool,
    /// Allowance returned beside the credits.
    #[serde(default)]
    pub allowance_restored: Credits,
    /// Credits whose lot had expired meanwhile: returned and expired again at once.
    #[serde(default)]
    pub expired_on_refund: Credits,
    /// What remains refundable of the original, credits and allowance together.
    #[serde(default)]
    pub remaining: Credits,
}

/// The answer to `reserve`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReserveResult {
    pub reservation_id: Uuid,
    pub user_id: String,
    pub amount: Credits,
    pub balance: Credits,
    pub reserved_total: Credits,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    #[serde(default)]
    pub idempotent: bool,
}

/// What has become of a reservation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReservationStatus {
    Active,
    Settled,
    Released,
    Expired,
}

impl ReservationStatus {
    pub const ALL: [Self; 4] = [Self::Active, Self::Settled, Self::Released, Self::Expired];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Settled => "settled",
            Self::Released => "released",
            Self::Expired => "expired",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// A reservation as it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Reservation {
    pub reservation_id: Uuid,
    pub user_id: String,
    pub amount: Credits,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    pub status: ReservationStatus,
    /// The version by whose prices it is settled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pricing_version: Option<i64>,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: super::Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: super::Timestamp,
    /// The charge that settled it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction_id: Option<Uuid>,
}

/// The answer to a sweep of expired lots.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SweepResult {
    pub expired_count: i64,
    pub expired_amount: Credits,
    pub dry_run: bool,
}
