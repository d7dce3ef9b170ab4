//! Refusals: what the ledger would not do, and the numbers a person needs to act on it.

use app::error::{AppError, Code};
use app::model::{CapAction, CapType, Credits, Timestamp, Uuid};
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
    #[error("the {} cap of {limit} credits is reached: {spend} spent, {needed} more asked", window_name(*.cap_type))]
    CapReached {
        cap_type: CapType,
        action: CapAction,
        model: Option<String>,
        spend: Credits,
        limit: Credits,
        needed: Credits,
        resets_at: Timestamp,
    },
    #[error("no transaction {0}")]
    TransactionNotFound(Uuid),
    #[error("a {kind} entry cannot be refunded: only a debit can")]
    NotRefundable { kind: &'static str },
    #[error("everything of this charge has been refunded already")]
    AlreadyRefunded { refunded: Credits },
    #[error("{asked} is more than the {remaining} that remain refundable")]
    OverRefund { asked: Credits, remaining: Credits },
    #[error("this idempotency key was used for another request")]
    IdempotencyConflict { original: Uuid },
    #[error("no pricing version is active, so nothing can be priced by its quantities")]
    PricingNotLoaded,
    #[error("{0}")]
    Price(PriceError),
}

const fn window_name(cap_type: CapType) -> &'static str {
    match cap_type {
        CapType::Daily => "daily",
        CapType::Monthly => "monthly",
    }
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
