//! What a row costs, before it is charged.

use app::backend::SharedBackend;
use app::error::{AppError, Code};
use app::model::{Credits, UsageMetrics};
use app::pricing::Pricing;
use std::collections::HashMap;

/// Prices by the version that is active now, with the plan of each user, before allowances.
pub struct Quoter {
    backend: SharedBackend,
    pricing: Pricing,
    plans: HashMap<String, Option<String>>,
}

impl std::fmt::Debug for Quoter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Quoter").field("plans", &self.plans.len()).finish_non_exhaustive()
    }
}

impl Quoter {
    pub async fn new(backend: &SharedBackend) -> Result<Self, AppError> {
        let active = backend.active_version().await?;
        let pricing = Pricing::compile(active.config).map_err(|errors| {
            let number = active.version;
            AppError::new(Code::ConfigInvalid, format!("Version {number} cannot be read.")).with("errors", errors)
        })?;
        Ok(Self { backend: backend.clone(), pricing, plans: HashMap::new() })
    }

    /// What a call would cost this user.
    pub async fn cost(&mut self, user: &str, metrics: &UsageMetrics) -> Result<Credits, AppError> {
        if !self.plans.contains_key(user) {
            let plan = self.backend.user(user).await?.allowance.plan_id;
            self.plans.insert(user.to_owned(), plan);
        }
        let plan = self.plans.get(user).and_then(Option::as_deref);
        Ok(self.pricing.cost(metrics, plan)?)
    }
}
