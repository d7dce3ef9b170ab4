//! A span with the `GenAI` attributes of `OpenTelemetry`, as a charge.
//!
//! A span counts when it says how many tokens a model used. Spans around a model's call (an agent's, a workflow's, a
//! tool's) may repeat the sum of the calls inside them; they are passed over, or the same tokens would be charged twice.

use super::{outcome::Report, tokens::Reported};
use crate::import::usage::time::read_time;
use app::{
    error::AppError,
    model::{Charge, CreditMetadata, Deduct},
};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{KeyValue, any_value::Value},
    resource::v1::Resource,
    trace::v1::Span,
};
use std::fmt::Write as _;

/// Where a span's user is looked for, in this order; in the span first, then in its resource.
pub const USERS: [&str; 2] = ["user.id", "enduser.id"];

/// Operations whose tokens are those of the calls inside.
const AROUND: [&str; 5] = ["invoke_agent", "create_agent", "invoke_workflow", "execute_tool", "plan"];

const INPUT: [&str; 2] = ["gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"];
const OUTPUT: [&str; 2] = ["gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"];
const CACHE_READ: [&str; 2] = ["gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens"];
const CACHE_WRITE: [&str; 2] = ["gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.cache_creation_input_tokens"];

/// The reports of all spans in a request, each with the span's name. `user` names the attribute to take users from.
pub fn reports(request: &ExportTraceServiceRequest, user: Option<&str>) -> Vec<(String, Result<Report, AppError>)> {
    let mut reports = Vec::new();
    for resource_spans in &request.resource_spans {
        let resource = resource_spans.resource.as_ref();
        for span in resource_spans.scope_spans.iter().flat_map(|scope| &scope.spans) {
            reports.push((name(span), Reader { span, resource }.report(user)));
        }
    }
    reports
}

/// `trace:span`, in hexadecimal digits.
fn name(span: &Span) -> String {
    let mut text = String::with_capacity(49);
    for byte in &span.trace_id {
        let _ = write!(text, "{byte:02x}");
    }
    text.push(':');
    for byte in &span.span_id {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

struct Reader<'a> {
    span: &'a Span,
    resource: Option<&'a Resource>,
}

impl Reader<'_> {
    fn report(&self, user: Option<&str>) -> Result<Report, AppError> {
        let (input, output) = (self.count(INPUT)?, self.count(OUTPUT)?);
        if input.is_none() && output.is_none() {
            return Ok(Report::Skip("no_usage"));
        }
        let operation = self.text("gen_ai.operation.name");
        if operation.as_deref().is_some_and(|operation| AROUND.contains(&operation)) {
            return Ok(Report::Skip("sum_of_others"));
        }
        if !is_id(&self.span.trace_id, 16) || !is_id(&self.span.span_id, 8) {
            return Err(AppError::invalid("span_id", "and trace_id must be 8 and 16 bytes, not all 0"));
        }
        let user_id = self.user(user)?;
        let end = self.span.end_time_unix_nano;
        let at = match end {
            0 => Err("is missing".to_owned()),
            end => read_time(&end.to_string()).map_err(|error| format!("is wrong: {error}")),
        };
        let at = at.map_err(|rule| AppError::invalid("end_time_unix_nano", rule))?;
        let requested = self.text("gen_ai.request.model");
        let answered = self.text("gen_ai.response.model");
        let tokens = Reported {
            input: input.unwrap_or(0),
            output: output.unwrap_or(0),
            cache_read: self.count(CACHE_READ)?.unwrap_or(0),
            cache_write: self.count(CACHE_WRITE)?.unwrap_or(0),
        };
        let name = name(self.span);
        let mut metadata = CreditMetadata {
            reference_type: Some("otlp".to_owned()),
            reference_id: Some(name.clone()),
            ..CreditMetadata::default()
        };
        let facts = [
            ("operation", operation),
            ("provider", self.text("gen_ai.provider.name").or_else(|| self.text("gen_ai.system"))),
            ("response_model", answered.clone()),
            ("conversation", self.text("gen_ai.conversation.id")),
            ("service", self.resource.and_then(|resource| text(&resource.attributes, "service.name"))),
        ];
        for (key, text) in facts {
            if let Some(text) = text {
                metadata.extra.insert(key.to_owned(), text.into());
            }
        }
        Ok(Report::Charge(Box::new(Deduct {
            user_id,
            charge: Charge::Metrics(tokens.metrics(requested.or(answered))),
            metadata,
            key: Some(format!("otlp:{name}")),
            occurred_at: Some(at),
        })))
    }

    fn user(&self, named: Option<&str>) -> Result<String, AppError> {
        let keys = named.map_or(USERS.to_vec(), |named| vec![named]);
        let resource = self.resource.map(|resource| resource.attributes.as_slice()).unwrap_or_default();
        let places = [self.span.attributes.as_slice(), resource];
        let found = places.iter().find_map(|attributes| keys.iter().find_map(|key| text(attributes, key)));
        found.ok_or_else(|| {
            AppError::invalid(keys[0], format!("is missing: the span names no user by {}", keys.join(" or ")))
        })
    }

    fn text(&self, key: &str) -> Option<String> {
        text(&self.span.attributes, key)
    }

    /// The count of the first of the keys that is there.
    fn count(&self, keys: [&'static str; 2]) -> Result<Option<u64>, AppError> {
        for key in keys {
            let count = match value(&self.span.attributes, key) {
                None => continue,
                Some(Value::IntValue(count)) => u64::try_from(*count).ok(),
                Some(Value::DoubleValue(count)) => format!("{count}").parse().ok(),
                Some(Value::StringValue(count)) => count.parse().ok(),
                Some(_) => None,
            };
            let count = count.ok_or_else(|| AppError::invalid(key, "is not a whole number of at least 0"))?;
            return Ok(Some(count));
        }
        Ok(None)
    }
}

fn is_id(bytes: &[u8], length: usize) -> bool {
    bytes.len() == length && bytes.iter().any(|byte| *byte != 0)
}

fn value<'a>(attributes: &'a [KeyValue], key: &str) -> Option<&'a Value> {
    attributes.iter().find(|attribute| attribute.key == key)?.value.as_ref()?.value.as_ref()
}

/// A text that is not empty, or a number as it is written.
fn text(attributes: &[KeyValue], key: &str) -> Option<String> {
    match value(attributes, key)? {
        Value::StringValue(text) if !text.is_empty() => Some(text.clone()),
        Value::IntValue(number) => Some(number.to_string()),
        _ => None,
    }
}
