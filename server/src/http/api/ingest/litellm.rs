//! The log of a `LiteLLM` proxy.

use crate::http::{
    ApiState, Refusal, Reply,
    caller::{Caller, Charge},
    errors::{Problem, WriteErrors},
    json,
    params::Params,
    problem,
    request_id::RequestId,
};
use crate::import::prices::list::read_decimal;
use crate::ingest::{
    litellm::{Choices, Model, Payload, Price, USERS},
    outcome::{Outcome, charge_all},
};
use app::error::AppError;
use axum::{
    Extension, Json,
    extract::{Request, State},
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};
use std::collections::HashMap;
use utoipa::{IntoParams, ToSchema};

/// Calls in one request. The proxy's own batches have 512.
const MAX_CALLS: usize = 10_000;

#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PriceBy {
    #[default]
    Version,
    ResponseCost,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ModelBy {
    #[default]
    Model,
    LitellmModel,
    ModelGroup,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LitellmParams {
    /// `version`: the tokens, by the active pricing version. `response_cost`: LiteLLM's own cost in USD. A call that has no
    /// price that way is refused.
    #[serde(default)]
    #[param(inline)]
    price: PriceBy,
    /// Goes with `price=response_cost` and is needed there.
    #[param(value_type = Option<f64>)]
    credits_per_usd: Option<String>,
    /// The model's name: `model`, as the provider has it (`gpt-4o`); `litellm_model`, with the provider in front where the
    /// log has it there (`openai/gpt-4o`); or `model_group`, as the proxy's users call it.
    #[serde(default)]
    #[param(inline)]
    model: ModelBy,
    /// Where the user is: `end_user` or a path into the payload's metadata such as `metadata.user_api_key_team_id`;
    /// several with commas, of which the first that says something counts. Left out:
    /// `end_user,metadata.user_api_key_end_user_id,metadata.user_api_key_user_id`.
    user: Option<String>,
}

impl LitellmParams {
    fn choices(self) -> Result<Choices, AppError> {
        let price = match (self.price, self.credits_per_usd) {
            (PriceBy::Version, None) => Price::Version,
            (PriceBy::Version, Some(_)) => {
                return Err(AppError::invalid("credits_per_usd", "goes with price=response_cost only"));
            }
            (PriceBy::ResponseCost, None) => {
                return Err(AppError::invalid("credits_per_usd", "is missing: price=response_cost needs it"));
            }
            (PriceBy::ResponseCost, Some(text)) => {
                let rate = read_decimal(&text).filter(|rate| *rate > Decimal::ZERO);
                let rule = "must be a number greater than 0";
                Price::ResponseCost { credits_per_usd: rate.ok_or_else(|| AppError::invalid("credits_per_usd", rule))? }
            }
        };
        let model = match self.model {
            ModelBy::Model => Model::Model,
            ModelBy::LitellmModel => Model::Prefixed,
            ModelBy::ModelGroup => Model::Group,
        };
        let users: Vec<String> = self.user.as_deref().unwrap_or(USERS).split(',').map(str::to_owned).collect();
        let inside = |path: &str| path.strip_prefix("metadata.").is_some_and(|path| !path.is_empty());
        if users.iter().any(|path| path != "end_user" && !inside(path)) {
            return Err(AppError::invalid("user", "must name end_user or paths that begin with metadata."));
        }
        Ok(Choices { price, model, users })
    }
}

/// Calls as the proxy logs them: several, or one alone.
#[derive(ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "it is there to be described; a body is read call by call")]
enum LitellmLog {
    Several(Vec<Value>),
    One(HashMap<String, Value>),
}

/// What came of a log.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct IngestResult {
    charged: usize,
    /// Charged when they came before.
    repeated: usize,
    /// Nothing to charge for.
    skipped: usize,
    /// Should have been charged and could not be.
    refused: usize,
    /// Why calls were skipped or refused.
    reasons: Vec<Reason>,
}

/// Why one call was not charged.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reason {
    /// Its place in the request, from 0.
    index: usize,
    /// The call's own id.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// `failure`, `cache_hit` or `below_smallest_amount`.
    #[serde(skip_serializing_if = "Option::is_none")]
    skipped: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Problem>)]
    refused: Option<Value>,
}

/// Charge what a LiteLLM proxy has logged
///
/// Needs the scope `charge`. Takes what LiteLLM's `generic_api` callback sends: standard logging payloads as a JSON array,
/// as lines, or one alone; at most 10,000 of them and 32 MiB. Each is charged once for its `id`, at its end time. What is
/// reported has happened: deny caps do not stop it, though it counts in them, and the floor of the balance does. Failed
/// calls and those answered from the proxy's cache are skipped. The answer is 200 also when calls were refused; when the
/// ledger cannot take all in it is 503, and the whole may be sent again.
#[utoipa::path(
    post, path = "/ingest/litellm", tag = "Ingest",
    params(LitellmParams),
    request_body(content(
        (LitellmLog = "application/json", example = json!([{
            "id": "chatcmpl-7f3a", "status": "success", "model": "gpt-4o", "end_user": "ana", "prompt_tokens": 1200,
            "completion_tokens": 350, "response_cost": 0.0065, "endTime": 1_764_072_000.25,
        }])),
        (String = "application/x-ndjson")
    )),
    responses((status = 200, body = IngestResult), WriteErrors)
)]
pub async fn ingest_litellm(
    caller: Caller<Charge>,
    State(state): State<ApiState>,
    Extension(id): Extension<RequestId>,
    Params(params): Params<LitellmParams>,
    request: Request,
) -> Reply<IngestResult> {
    let choices = params.choices()?;
    let media_type = json::media_type(&request);
    if !json::is_json(&media_type) && media_type != "application/x-ndjson" {
        return Err(json::unsupported("The body must be JSON: send application/json or application/x-ndjson."));
    }
    let bytes = json::whole(request, &state).await?;
    let calls: Vec<_> = payloads(&bytes)?.into_iter().map(json::read_item::<Payload>).collect();
    let ids: Vec<_> = calls.iter().map(|call| call.as_ref().ok().and_then(Payload::id).map(str::to_owned)).collect();
    let reports = calls.into_iter().map(|call| call.and_then(|call| call.report(&choices))).collect();
    let outcomes = charge_all(&*state.backend, &caller.0, reports).await?;
    let mut result = IngestResult::default();
    for (index, (outcome, call)) in outcomes.into_iter().zip(ids).enumerate() {
        result.add(index, call, outcome, &id);
    }
    if result.refused > 0 {
        tracing::warn!(refused = result.refused, charged = result.charged, "calls in a LiteLLM log were not charged");
    }
    Ok(Json(result))
}

/// The payloads in a body: one after another, or in an array.
fn payloads(bytes: &[u8]) -> Result<Vec<&RawValue>, Refusal> {
    let mut payloads = Vec::new();
    for value in serde_json::Deserializer::from_slice(bytes).into_iter::<&RawValue>() {
        let value = value.map_err(|error| json::syntax_error(bytes, &error))?;
        if value.get().starts_with('[') {
            let inner: Vec<&RawValue> =
                serde_json::from_str(value.get()).map_err(|error| json::syntax_error(bytes, &error))?;
            payloads.extend(inner);
        } else if value.get().starts_with('{') {
            payloads.push(value);
        } else {
            let message = "The body must be JSON objects, or an array of them.";
            return Err(AppError::new(app::error::Code::InvalidRequest, message).into());
        }
    }
    if payloads.len() > MAX_CALLS {
        return Err(AppError::new(
            app::error::Code::InvalidRequest,
            format!("The body holds {} calls: at most {MAX_CALLS} in one request.", payloads.len()),
        )
        .into());
    }
    Ok(payloads)
}

impl IngestResult {
    fn add(&mut self, index: usize, call: Option<String>, outcome: Outcome, request: &RequestId) {
        let (skipped, refused) = match outcome {
            Outcome::Charged => {
                self.charged += 1;
                return;
            }
            Outcome::Repeated => {
                self.repeated += 1;
                return;
            }
            Outcome::Skipped(reason) => {
                self.skipped += 1;
                (Some(reason), None)
            }
            Outcome::Refused(error) => {
                self.refused += 1;
                let Refusal { error, status } = error.into();
                (None, Some(problem::body(&error, status, Some(request))))
            }
        };
        self.reasons.push(Reason { index, id: call, skipped, refused });
    }
}
