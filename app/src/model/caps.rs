//! Spend caps.

use super::Credits;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The window a cap counts: the current UTC day or month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CapType {
    Daily,
    Monthly,
}

impl CapType {
    /// The word on the wire, in the database and in the forms.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Daily => "daily",
            Self::Monthly => "monthly",
        }
    }
}

/// What happens past the limit: `deny` refuses, `warn` flags every call, `notify` tells once per window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CapAction {
    Deny,
    Warn,
    Notify,
}

impl CapAction {
    /// The word on the wire, in the database and in the forms.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Deny => "deny",
            Self::Warn => "warn",
            Self::Notify => "notify",
        }
    }
}

/// A limit on what a user spends in a window; without a model it counts everything.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SpendCap {
    pub user_id: String,
    #[serde(rename = "type", alias = "cap_type")]
    pub cap_type: CapType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    pub limit: Credits,
    pub action: CapAction,
}

/// The cap that binds, if one does.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CapCheckResult {
    #[serde(default)]
    pub capped: bool,
    pub current_spend: Credits,
    pub cap_limit: Credits,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<CapAction>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
}
