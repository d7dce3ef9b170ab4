//! Refusals: what the ledger would not do, and the numbers a person needs to act on it.

use app::error::{AppError, Code};
use app::format;
use app::model::{CapAction, CapType, Credits, ReservationStatus, Timestamp, Uuid};
use app::pricing::PriceError;

/// Why a command was refused. A refused command has changed nothing.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Rejection {
    #[error("{field} {rule}")]
    InvalidAmount { field: &'static str, rule: &'static str },
    #[error("{field} {rule}")]
    Invalid { field: &'static str, rule: String },
    #[error("needs {needed} credits, and {available} are available above the floor of {floor}")]
    InsufficientCredits { needed: Credits, available: Credits, floor: Credits },
    #[error("the {} cap of {limit} credits is reached: {spend} spent, {needed} more asked", .cap_type.as_str())]
    CapReached {
        cap_type: CapType,
        action: CapAction,
        model: Option<String>,
        spend: Credits,
        limit: Credits,
        needed: Credits,
        resets_at: Timestamp,
    },
    #[error("the member's limit of {limit} credits is reached: {spent} spent, {needed} more asked")]
    MemberCapExceeded { limit: Credits, spent: Credits, needed: Credits },
    #[error("{open} reservations are open, and {max} are allowed at a time")]
    ConcurrencyLimit { open: usize, max: u32 },
    #[error("no reservation {0}")]
    ReservationNotFound(Uuid),
    #[error("the reservation expired at {at}; nothing was charged")]
    ReservationExpired { at: Timestamp },
    #[error("the reservation is {} already", status.as_str())]
    ReservationClosed { status: ReservationStatus, transaction: Option<Uuid> },
    #[error("no team {0}")]
    TeamNotFound(String),
    #[error("{user} is not a member of this team")]
    NotTeamMember { user: String },
    #[error("no transaction {0}")]
    TransactionNotFound(Uuid),
    #[error("a {kind} entry cannot be refunded: only a debit can")]
    NotRefundable { kind: &'static str },
    #[error("everything of this charge has been refunded already")]
    AlreadyRefunded { refunded: Credits },
    #[error("{asked} is more than the {remaining} that remain refundable")]
    OverRefund { asked: Credits, remaining: Credits },
    #[error(
        "{} refunded since you opened this, by {}, {}: look it over",
        format::credits_verb(*.amount, "credit was", "credits were"),
        format::person(.by),
        format::relative(*.at, *.now)
    )]
    RefundedSince { amount: Credits, by: String, at: Timestamp, now: Timestamp },
    #[error("this idempotency key was used for another request")]
    IdempotencyConflict { original: Uuid },
    #[error("no pricing version is active, so nothing can be priced by its quantities")]
    PricingNotLoaded,
    #[error("{0}")]
    Price(PriceError),
}

impl From<Rejection> for AppError {
    fn from(rejection: Rejection) -> Self {
        let message = sentence(&rejection.to_string());
        match rejection {
            Rejection::InvalidAmount { field, rule } => Self::invalid_amount(field, rule),
            Rejection::Invalid { field, rule } => Self::invalid(field, rule),
            Rejection::InsufficientCredits { needed, available, floor } => {
                Self::new(Code::InsufficientCredits, message)
                    .with("needed", needed)
                    .with("available", available)
                    .with("min_balance", floor)
            }
            Rejection::CapReached { cap_type, action, model, spend, limit, needed, resets_at } => {
                Self::new(Code::CapReached, message)
                    .with("type", cap_type)
                    .with("action", action)
                    .with("model", model)
                    .with("current_spend", spend)
                    .with("cap_limit", limit)
                    .with("needed", needed)
                    .with("resets_at", resets_at)
            }
            Rejection::MemberCapExceeded { limit, spent, needed } => Self::new(Code::MemberCapExceeded, message)
                .with("spend_cap", limit)
                .with("total_spent", spent)
                .with("needed", needed),
            Rejection::ConcurrencyLimit { open, max } => {
                Self::new(Code::ConcurrencyLimit, message).with("open", open).with("max_concurrent", max)
            }
            Rejection::ReservationNotFound(id) => {
                Self::new(Code::ReservationNotFound, message).with("reservation_id", id)
            }
            Rejection::ReservationExpired { at } => Self::new(Code::ReservationExpired, message).with("expired_at", at),
            Rejection::ReservationClosed { status, transaction } => {
                Self::new(Code::ReservationSettled, message).with("status", status).with("transaction_id", transaction)
            }
            Rejection::TeamNotFound(id) => Self::new(Code::TeamNotFound, message).with("team_id", id),
            Rejection::NotTeamMember { user } => Self::new(Code::NotTeamMember, message).with("user_id", user),
            Rejection::TransactionNotFound(id) => {
                Self::new(Code::TransactionNotFound, message).with("transaction_id", id)
            }
            Rejection::NotRefundable { kind } => Self::new(Code::NotRefundable, message).with("kind", kind),
            Rejection::AlreadyRefunded { refunded } => {
                Self::new(Code::AlreadyRefunded, message).with("refunded", refunded).with("remaining", Credits::ZERO)
            }
            Rejection::OverRefund { asked, remaining } => Self {
                field: Some("amount".to_owned()),
                ..Self::new(Code::OverRefund, message).with("asked", asked).with("remaining", remaining)
            },
            Rejection::RefundedSince { .. } => Self::new(Code::EditConflict, message),
            Rejection::IdempotencyConflict { original } => {
                Self::new(Code::IdempotencyConflict, message).with("original_transaction_id", original)
            }
            Rejection::PricingNotLoaded => Self::new(Code::PricingNotLoaded, message),
            Rejection::Price(error) => error.into(),
        }
    }
}

/// A message as a sentence of its own.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), chars.as_str()))
}
