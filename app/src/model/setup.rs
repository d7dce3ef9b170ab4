//! The set-up report.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SetupResult {
    pub tables_created: Vec<String>,
    /// Triggers and functions.
    pub rpcs_created: Vec<String>,
    pub errors: Vec<String>,
    /// True when there are no errors.
    pub success: bool,
}
