//! What a caller may say about a charge or a grant.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Known keys with their types, and any further keys, kept as they came.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CreditMetadata {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_tokens: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_tokens: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed_job: Option<String>,
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl CreditMetadata {
    /// The most metadata one entry keeps, as JSON text.
    pub const MAX_BYTES: usize = 16 * 1024;

    /// Keys that only the ledger writes; a caller's value for one of them is dropped.
    pub const SYSTEM_KEYS: [&'static str; 5] =
        ["idempotency_key", "model", "team_id", "allowance_consumed", "balance_after"];

    /// What whoever adds credits by hand notes of them.
    pub fn noted(note: Option<&str>) -> Self {
        let extra = note.map(|note| ("note".to_owned(), note.into())).into_iter().collect();
        Self { extra, ..Self::default() }
    }
}
