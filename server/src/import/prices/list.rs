//! The community price list: a JSON object of models, with prices in USD per token.
//!
//! Numbers are read from their text and never through a float: `2.5e-06` is exactly 0.0000025.

use rust_decimal::Decimal;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// An entry that describes the format and is no model.
const SAMPLE: &str = "sample_spec";

/// The models of a list, by name.
pub type PriceList = BTreeMap<String, Listed>;

/// What the list says about one model. Prices are in USD per token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    pub provider: String,
    pub mode: String,
    pub input: Price,
    pub output: Price,
    pub cache_read: Price,
    pub cache_write: Price,
    /// Names of prices that are not per token: per second, image, query, …
    pub other: Vec<String>,
    /// True when long prompts have prices of their own.
    pub has_long_context: bool,
}

/// A price as the list has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Price {
    #[default]
    Missing,
    Usd(Decimal),
    /// Text that is no price of 0 or more; kept for the message.
    Unreadable(String),
}

/// Reads the whole list.
pub fn read_list(text: &str) -> Result<PriceList, String> {
    let models: Map<String, Value> =
        serde_json::from_str(text).map_err(|error| format!("is no price list, a JSON object of models: {error}"))?;
    let list: PriceList = models
        .into_iter()
        .filter(|(name, _)| name != SAMPLE)
        .filter_map(|(name, value)| Some((name, read_model(value.as_object()?))))
        .collect();
    if list.is_empty() { Err("holds no models".to_owned()) } else { Ok(list) }
}

fn read_model(fields: &Map<String, Value>) -> Listed {
    let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let price = |name: &str| fields.get(name).map_or(Price::Missing, read_price);
    let other = fields.iter().filter(|(name, value)| is_other_price(name) && is_above_zero(value));
    Listed {
        provider: text("litellm_provider"),
        mode: text("mode"),
        input: price("input_cost_per_token"),
        output: price("output_cost_per_token"),
        cache_read: price("cache_read_input_token_cost"),
        cache_write: price("cache_creation_input_token_cost"),
        other: other.map(|(name, _)| name.clone()).collect(),
        has_long_context: fields.keys().any(|name| name.starts_with("input_cost_per_token_above_")),
    }
}

fn is_other_price(name: &str) -> bool {
    name.contains("cost_per_") && !name.contains("token") && !name.contains("search_context")
}

fn is_above_zero(value: &Value) -> bool {
    matches!(read_price(value), Price::Usd(price) if !price.is_zero())
}

fn read_price(value: &Value) -> Price {
    let text = match value {
        Value::Null => return Price::Missing,
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        other => other.to_string(),
    };
    match read_decimal(&text) {
        Some(price) if !price.is_sign_negative() || price.is_zero() => Price::Usd(price.abs()),
        _ => Price::Unreadable(text),
    }
}

/// Reads `digits[.digits][e[±]digits]` exactly, or not at all.
pub fn read_decimal(text: &str) -> Option<Decimal> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let number = Decimal::from_str_exact(mantissa).ok()?.normalize();
    let places = i32::try_from(number.scale()).ok()?.checked_sub(exponent)?;
    let (mantissa, scale) = match u32::try_from(places) {
        Ok(scale) => (number.mantissa(), scale),
        Err(_) => (number.mantissa().checked_mul(10_i128.checked_pow(places.unsigned_abs())?)?, 0),
    };
    Some(Decimal::try_from_i128_with_scale(mantissa, scale).ok()?.normalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact_and_may_be_text() {
        let read = |text: &str| read_decimal(text).map(|number| number.to_string());
        assert_eq!(read("2.5e-06").as_deref(), Some("0.0000025"));
        assert_eq!(read("1E-5").as_deref(), Some("0.00001"));
        assert_eq!(read("0.0000001").as_deref(), Some("0.0000001"));
        assert_eq!(read("1.5e+3").as_deref(), Some("1500"));
        assert_eq!(read("0.0").as_deref(), Some("0"));
        assert_eq!(read("9.999999999999999e-8").as_deref(), Some("0.00000009999999999999999"));
        for text in ["", "free", "1e-40", "1e400", "0x1", "NaN"] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }

    #[test]
    fn reads_models_and_skips_the_sample() {
        let list = read_list(
            r#"{"sample_spec": {"input_cost_per_token": 0.0, "mode": "one of: chat"},
                "gpt-4o": {"input_cost_per_token": 2.5e-06, "output_cost_per_token": "1e-05", "litellm_provider": "openai",
                           "mode": "chat", "input_cost_per_token_above_200k_tokens": 5e-06},
                "dall-e": {"output_cost_per_image": 0.04, "mode": "image_generation"},
                "odd": {"input_cost_per_token": "ask us", "output_cost_per_token": null}}"#,
        )
        .unwrap();
        assert_eq!(list.keys().collect::<Vec<_>>(), ["dall-e", "gpt-4o", "odd"]);
        assert_eq!(list["gpt-4o"].output, Price::Usd("0.00001".parse().unwrap()));
        assert!(list["gpt-4o"].has_long_context);
        assert_eq!(list["dall-e"].other, ["output_cost_per_image"]);
        assert_eq!(list["odd"].input, Price::Unreadable("ask us".to_owned()));
        assert_eq!(list["odd"].output, Price::Missing);
        assert!(read_list("[]").is_err() && read_list("{}").is_err());
    }
}
