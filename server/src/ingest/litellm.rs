//! A call in the log of `LiteLLM`'s proxy: its `StandardLoggingPayload`, as a charge.
//!
//! Read is what prices, names and dates the call; prompts and answers are passed over. Only a successful call is charged,
//! and not one that the proxy answered from its own cache, which it counts as free too. How a price is found is the
//! sender's choice ([`Choices`]), and a call that has none that way is refused: no other price is put in its place.

use super::{outcome::Report, tokens::Reported};
use crate::import::{prices::list::read_decimal, usage::time::read_time};
use app::{
    error::AppError,
    model::{Charge, CreditMetadata, Credits, Deduct},
};
use rust_decimal::{Decimal, RoundingStrategy};
use serde::Deserialize;
use serde_json::{Map, Number, Value};

/// Where a call's user is looked for, in this order: the customer that the request named, as the payload has it, as the
/// key has it, and at last the key's own user.
pub const USERS: &str = "end_user,metadata.user_api_key_end_user_id,metadata.user_api_key_user_id";

/// Characters of an id: as many as leave room for our mark in an idempotency key.
const MAX_ID: usize = 247;

/// How calls become charges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choices {
    pub price: Price,
    pub model: Model,
    /// `end_user` or paths into `metadata`, the first that says something counts.
    pub users: Vec<String>,
}

/// What a call costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Price {
    /// Its tokens, by the active pricing version.
    Version,
    /// `LiteLLM`'s own `response_cost` in USD, at so many credits for one.
    ResponseCost { credits_per_usd: Decimal },
}

/// The model's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Model {
    /// As the provider has it: a proxy's `openai/gpt-4o` is `gpt-4o`, as it is in the log of the library alone.
    Model,
    /// As `LiteLLM` has it, with the provider in front where the log has it there.
    Prefixed,
    /// As the proxy's users have it.
    Group,
}

/// What is read of a payload.
#[derive(Debug, Deserialize)]
pub struct Payload {
    id: Option<String>,
    status: Option<String>,
    call_type: Option<String>,
    cache_hit: Option<bool>,
    custom_llm_provider: Option<String>,
    model: Option<String>,
    model_group: Option<String>,
    prompt_tokens: Option<u64>,
    completion_tokens: Option<u64>,
    response_cost: Option<Number>,
    #[serde(rename = "endTime")]
    end_time: Option<Number>,
    #[serde(default)]
    end_user: Value,
    metadata: Option<Map<String, Value>>,
}

impl Payload {
    /// The id, which also makes a call be charged once.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref().filter(|id| !id.is_empty())
    }

    pub fn report(&self, choices: &Choices) -> Result<Report, AppError> {
        match self.status.as_deref() {
            Some("success") => {}
            Some(_) => return Ok(Report::Skip("failure")),
            None => return Err(missing("status")),
        }
        if self.cache_hit == Some(true) {
            return Ok(Report::Skip("cache_hit"));
        }
        let id = self.id().ok_or_else(|| missing("id"))?;
        if id.chars().count() > MAX_ID {
            return Err(AppError::invalid("id", format!("must have at most {MAX_ID} characters")));
        }
        let user_id = choices.users.iter().find_map(|path| self.user(path));
        let user_id = user_id
            .ok_or_else(|| AppError::invalid("user", format!("is not named by {}", choices.users.join(", "))))?;
        let end = self.end_time.as_ref().ok_or_else(|| missing("endTime"))?;
        let at =
            read_time(&end.to_string()).map_err(|error| AppError::invalid("endTime", format!("is wrong: {error}")))?;
        let tokens = self.tokens()?;
        let model = self.model(choices.model).filter(|model| !model.is_empty()).map(str::to_owned);
        let mut metadata = self.metadata(id);
        let charge = match choices.price {
            Price::Version => {
                let model = model.ok_or_else(|| missing(choices.model.field()))?;
                Charge::Metrics(tokens.metrics(Some(model)))
            }
            Price::ResponseCost { credits_per_usd } => {
                metadata.model = model;
                metadata.input_tokens = Some(tokens.input);
                metadata.output_tokens = Some(tokens.output);
                metadata.extra.insert("credits_per_usd".to_owned(), credits_per_usd.to_string().into());
                let amount = self.cost(credits_per_usd)?;
                if amount.is_zero() {
                    return Ok(Report::Skip("below_smallest_amount"));
                }
                Charge::Amount(amount)
            }
        };
        let key = Some(format!("litellm:{id}"));
        Ok(Report::Charge(Box::new(Deduct { user_id, charge, metadata, key, occurred_at: Some(at) })))
    }

    fn model(&self, wanted: Model) -> Option<&str> {
        let whole = self.model.as_deref();
        match wanted {
            Model::Group => self.model_group.as_deref(),
            Model::Prefixed => whole,
            Model::Model => whole.map(|whole| {
                let provider = self.custom_llm_provider.as_deref().unwrap_or_default();
                whole.strip_prefix(provider).and_then(|rest| rest.strip_prefix('/')).unwrap_or(whole)
            }),
        }
    }

    /// A user's id at a path: a text, or a number as it is written.
    fn user(&self, path: &str) -> Option<String> {
        let value = match path.strip_prefix("metadata.") {
            None => &self.end_user,
            Some(path) => {
                let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
                let inside = self.metadata.as_ref()?.get(first)?;
                rest.into_iter().flat_map(|rest| rest.split('.')).try_fold(inside, |value, key| value.get(key))?
            }
        };
        match value {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    fn tokens(&self) -> Result<Reported, AppError> {
        let usage = self.metadata.as_ref().and_then(|metadata| metadata.get("usage_object")).unwrap_or(&Value::Null);
        let details = &usage["prompt_tokens_details"];
        // Providers' ways of writing differ; what LiteLLM makes of them is in the details, and beside them for some.
        let cached = |detail: &str, beside: &str| {
            let count = |value: &Value| value.as_u64().filter(|count| *count > 0);
            count(&details[detail]).or_else(|| count(&usage[beside])).unwrap_or(0)
        };
        Ok(Reported {
            input: self.prompt_tokens.ok_or_else(|| missing("prompt_tokens"))?,
            output: self.completion_tokens.ok_or_else(|| missing("completion_tokens"))?,
            cache_read: cached("cached_tokens", "cache_read_input_tokens"),
            cache_write: cached("cache_creation_tokens", "cache_creation_input_tokens"),
        })
    }

    /// The cost in credits, rounded once.
    fn cost(&self, credits_per_usd: Decimal) -> Result<Credits, AppError> {
        let invalid = |rule: &str| AppError::invalid_amount("response_cost", rule);
        let cost = self.response_cost.as_ref().ok_or_else(|| invalid("is missing"))?;
        let usd = read_decimal(&cost.to_string()).ok_or_else(|| invalid("is no amount of USD"))?;
        if usd <= Decimal::ZERO {
            return Err(invalid("is not greater than 0: LiteLLM knows no price of this call"));
        }
        let credits = usd.checked_mul(credits_per_usd).ok_or_else(|| invalid("is out of range"))?;
        let rounded = credits.round_dp_with_strategy(6, RoundingStrategy::MidpointAwayFromZero).normalize();
        rounded.to_string().parse().map_err(|rule| AppError::invalid_amount("response_cost", rule))
    }

    /// What a person who reads the entry wants to know of the call.
    fn metadata(&self, id: &str) -> CreditMetadata {
        let mut metadata = CreditMetadata {
            reference_type: Some("litellm".to_owned()),
            reference_id: Some(id.to_owned()),
            ..CreditMetadata::default()
        };
        let texts = [("call_type", &self.call_type), ("provider", &self.custom_llm_provider)];
        for (name, text) in texts {
            if let Some(text) = text {
                metadata.extra.insert(name.to_owned(), text.as_str().into());
            }
        }
        if let Some(cost) = &self.response_cost {
            metadata.extra.insert("response_cost".to_owned(), cost.clone().into());
        }
        metadata
    }
}

impl Model {
    const fn field(self) -> &'static str {
        match self {
            Self::Model | Self::Prefixed => "model",
            Self::Group => "model_group",
        }
    }
}

fn missing(field: &str) -> AppError {
    AppError::invalid(field, "is missing: send LiteLLM's standard logging payload")
}
