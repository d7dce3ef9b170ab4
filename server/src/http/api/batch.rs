//! Many charges in one request.

use super::deductions::charge;
use crate::http::{
    ApiState, Refusal, Reply,
    amount::Amount,
    caller::{Caller, Charge as ChargeScope},
    errors::{Problem, WriteErrors},
    idempotency,
    json::{self, Body},
    problem,
    request_id::RequestId,
};
use app::{
    backend::Answer,
    error::AppError,
    model::{CreditMetadata, Deduct, DeductionResult, Timestamp, UsageMetrics},
};
use axum::{
    Extension, Json,
    extract::{DefaultBodyLimit, State},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Charges in one request.
const MAX_CHARGES: usize = 1000;
/// The most bytes of a batch: 4 KiB a charge, when it is full.
const MAX_BATCH: usize = 4 * 1024 * 1024;

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(deduct_batch)).layer(DefaultBodyLimit::max(MAX_BATCH))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchRequest {
    /// 1 to 1,000. Each is read on its own, so that what is wrong with one is told in its place.
    #[schema(value_type = Vec<BatchCharge>)]
    charges: Vec<Box<RawValue>>,
}

/// Either `metrics`, which the active pricing version prices, or an `amount` that is known already.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchCharge {
    user_id: String,
    /// As the header of a single charge: a charge may be sent again alone or in another batch.
    idempotency_key: String,
    metrics: Option<UsageMetrics>,
    amount: Option<Amount>,
    #[serde(default)]
    metadata: CreditMetadata,
    /// When the usage was, for a shipper that comes later: reports go by it, deny caps do not stop it, though it counts in
    /// them, and the floor of the balance holds now as ever. Left out: now. It may not be ahead of the present.
    #[schema(value_type = Option<String>, format = DateTime)]
    occurred_at: Option<Timestamp>,
}

impl BatchCharge {
    fn request(self) -> Result<Deduct, AppError> {
        idempotency::check("idempotency_key", &self.idempotency_key)?;
        Ok(Deduct {
            user_id: self.user_id,
            charge: charge(self.metrics, self.amount)?,
            metadata: self.metadata,
            key: Some(self.idempotency_key),
            occurred_at: self.occurred_at,
        })
    }
}

/// The answer to a batch.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct BatchResult {
    /// Charged now.
    charged: usize,
    /// Charged before under the same key; answered with `idempotent: true`.
    repeated: usize,
    refused: usize,
    /// One for each charge, at its index.
    results: Vec<BatchAnswer>,
}

/// What came of one charge.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BatchAnswer {
    Result(DeductionResult),
    /// The problem that the charge alone would have been answered with.
    #[schema(value_type = Problem)]
    Problem(Value),
}

impl BatchResult {
    fn add(&mut self, answer: Answer<DeductionResult>, id: &RequestId) {
        self.results.push(match answer {
            Ok(result) => {
                *(if result.idempotent { &mut self.repeated } else { &mut self.charged }) += 1;
                BatchAnswer::Result(result)
            }
            Err(error) => {
                self.refused += 1;
                let Refusal { error, status } = error.into();
                BatchAnswer::Problem(problem::body(&error, status, Some(id)))
            }
        });
    }
}

/// Charge many users
///
/// Needs the scope `charge`. Up to 1,000 charges, each with its own user, idempotency key and answer: nothing of one
/// affects another, except that charges of one user are made in the order given. The answer is 200 also when charges in it
/// were refused; their problems stand in their places. No `Idempotency-Key` header is needed: a batch sent again repeats
/// nothing.
#[utoipa::path(
    post, path = "/deductions:batch", tag = "Money",
    request_body = BatchRequest,
    responses((status = 200, body = BatchResult), WriteErrors)
)]
pub async fn deduct_batch(
    caller: Caller<ChargeScope>,
    State(state): State<ApiState>,
    Extension(id): Extension<RequestId>,
    Body(body): Body<BatchRequest>,
) -> Reply<BatchResult> {
    let count = body.charges.len();
    if !(1..=MAX_CHARGES).contains(&count) {
        return Err(AppError::invalid("charges", format!("must be 1 to {MAX_CHARGES} charges, not {count}")).into());
    }
    let mut requests = Vec::with_capacity(count);
    let mut read = Vec::with_capacity(count);
    for item in &body.charges {
        let request = json::read_item::<BatchCharge>(item).and_then(BatchCharge::request);
        read.push(request.map(|request| requests.push(request)));
    }
    let mut answers = state.backend.deduct_all(&caller.0, requests).await.into_iter();
    let mut result = BatchResult::default();
    for read in read {
        let answer = read.and_then(|()| answers.next().unwrap_or_else(|| Err(problem::internal())));
        result.add(answer, &id);
    }
    Ok(Json(result))
}
