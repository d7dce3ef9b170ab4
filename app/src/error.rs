//! The wire error: what a caller of the HTTP API or of a server function is told.
//!
//! A stable `code`, a sentence for a person, the field at fault where there is one, and the numbers needed to act.
//! Domain refusals, bad input and storage failures are types of the server; each becomes one of these at the boundary.

pub mod help;

use crate::model::ConfigError;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::fmt;
use utoipa::ToSchema;

/// Every code that Creditdesk answers with; they are part of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    InvalidAmount,
    InvalidRequest,
    InsufficientCredits,
    CapReached,
    MemberCapExceeded,
    ConcurrencyLimit,
    ReservationNotFound,
    ReservationExpired,
    ReservationSettled,
    TransactionNotFound,
    NotRefundable,
    AlreadyRefunded,
    OverRefund,
    IdempotencyConflict,
    EditConflict,
    PlanNotFound,
    VersionNotFound,
    TeamNotFound,
    NotTeamMember,
    LastOwner,
    PricingNotLoaded,
    UnknownModel,
    UnknownJob,
    ConfigInvalid,
    FormulaError,
    Unauthenticated,
    Forbidden,
    /// Somebody who is signed in must set up a second step before anything else.
    SecondStepRequired,
    ApprovalRequired,
    RateLimited,
    Unavailable,
    /// No such page or route.
    NotFound,
    /// Our fault; the details are in the server's log under the request id.
    Internal,
}

impl Code {
    /// The HTTP status that goes with the code.
    pub const fn status(self) -> u16 {
        match self {
            Self::InvalidAmount
            | Self::InvalidRequest
            | Self::UnknownModel
            | Self::UnknownJob
            | Self::ConfigInvalid
            | Self::FormulaError => 422,
            Self::InsufficientCredits => 402,
            Self::Unauthenticated => 401,
            Self::CapReached
            | Self::MemberCapExceeded
            | Self::NotTeamMember
            | Self::Forbidden
            | Self::SecondStepRequired => 403,
            Self::ReservationNotFound
            | Self::TransactionNotFound
            | Self::PlanNotFound
            | Self::VersionNotFound
            | Self::TeamNotFound
            | Self::NotFound => 404,
            Self::ReservationExpired
            | Self::ReservationSettled
            | Self::NotRefundable
            | Self::AlreadyRefunded
            | Self::OverRefund
            | Self::IdempotencyConflict
            | Self::EditConflict
            | Self::LastOwner
            | Self::PricingNotLoaded
            | Self::ApprovalRequired => 409,
            Self::ConcurrencyLimit | Self::RateLimited => 429,
            Self::Unavailable => 503,
            Self::Internal => 500,
        }
    }

    /// The code as it is written on the wire.
    pub fn as_str(self) -> String {
        match serde_json::to_value(self) {
            Ok(Value::String(text)) => text,
            _ => unreachable!("a unit variant is written as a string"),
        }
    }
}

/// What went wrong, for the caller.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AppError {
    pub code: Code,
    /// What, which rule, what now.
    pub message: String,
    /// The field at fault, as the caller named it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What a person needs to act: `needed`, `available`, `remaining`, `errors`, …
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub details: Map<String, Value>,
}

impl AppError {
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), field: None, details: Map::new() }
    }

    /// Bad input: names the field and the rule.
    pub fn invalid(field: impl Into<String>, rule: impl fmt::Display) -> Self {
        let field = field.into();
        Self { message: format!("{field} {rule}"), field: Some(field), ..Self::new(Code::InvalidRequest, "") }
    }

    /// A bad amount: names the field and the rule.
    pub fn invalid_amount(field: impl Into<String>, rule: impl fmt::Display) -> Self {
        Self { code: Code::InvalidAmount, ..Self::invalid(field, rule) }
    }

    /// Tells what `other` tells as well: this one stays in front, and the details have the faults of both.
    #[must_use]
    pub fn and(self, other: &Self) -> Self {
        let told = |error: &Self| match (error.faults(), &error.field) {
            (faults, Some(field)) if faults.is_empty() => {
                vec![ConfigError { path: field.clone(), message: error.rule(field).to_owned(), position: None }]
            }
            (faults, _) => faults,
        };
        let faults = [told(&self), told(other)].concat();
        self.with("errors", faults)
    }

    /// The message without the field in front, which is `name` where the error names none.
    pub fn rule(&self, name: &str) -> &str {
        let named = self.field.as_deref().unwrap_or(name);
        self.message.strip_prefix(named).map_or(&self.message, str::trim_start)
    }

    /// The faults that the details list, of a configuration or of a form with several.
    pub fn faults(&self) -> Vec<ConfigError> {
        let listed = self.details.get("errors").and_then(|listed| Vec::deserialize(listed).ok());
        listed.unwrap_or_default()
    }

    #[must_use]
    pub fn with(mut self, key: &str, value: impl Serialize) -> Self {
        if let Ok(value) = serde_json::to_value(value) {
            self.details.insert(key.to_owned(), value);
        }
        self
    }
}

/// Two things that were read of one form, or the faults of both.
pub fn both<A, B>(one: Result<A, AppError>, other: Result<B, AppError>) -> Result<(A, B), AppError> {
    match (one, other) {
        (Ok(one), Ok(other)) => Ok((one, other)),
        (Err(error), Ok(_)) | (Ok(_), Err(error)) => Err(error),
        (Err(error), Err(other)) => Err(error.and(&other)),
    }
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for AppError {}
