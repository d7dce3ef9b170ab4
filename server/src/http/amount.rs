//! Amounts in requests.

use app::{error::AppError, model::Credits};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, OneOfBuilder, RefOr, Schema, schema::Type},
};

/// An amount as it was sent: an integer, a decimal or a decimal text. What is wrong with it is kept and told by
/// [`Amount::read`], so that it is `invalid_amount` with its field, and not just any JSON error.
#[derive(Clone, Debug, PartialEq)]
pub struct Amount(Result<Credits, String>);

impl PartialSchema for Amount {
    fn schema() -> RefOr<Schema> {
        let number = ObjectBuilder::new().schema_type(Type::Number);
        let text = ObjectBuilder::new().schema_type(Type::String).pattern(Some(r"^[-+]?[0-9]+(\.[0-9]{1,6})?$"));
        let amount = OneOfBuilder::new().item(number).item(text);
        amount
            .description(Some(
                "Credits with at most 6 decimal places, as a number or, exact in any language, as a text.",
            ))
            .into()
    }
}

impl ToSchema for Amount {}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Ok(Self(serde_json::from_value(value).map_err(|error| error.to_string())))
    }
}

impl Amount {
    pub fn read(self, field: &str) -> Result<Credits, AppError> {
        self.0.map_err(|rule| AppError::invalid_amount(field, rule))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::error::Code;

    #[test]
    fn the_rule_that_is_broken_is_named() {
        let read = |text: &str| serde_json::from_str::<Amount>(text).unwrap().read("amount");
        assert_eq!(read("12.5").unwrap().micros(), 12_500_000);
        assert_eq!(read("\"0.1\"").unwrap().micros(), 100_000);
        assert_eq!(read("-3").unwrap().micros(), -3_000_000);
        for (text, rule) in [
            ("1e400", "amount is out of range"),
            ("0.0000001", "amount has more than 6 decimal places"),
            ("\"NaN\"", "amount is not a number"),
            ("true", "amount is not a number"),
            ("{}", "amount is not a number"),
        ] {
            let error = read(text).unwrap_err();
            assert_eq!((error.code, error.field.as_deref()), (Code::InvalidAmount, Some("amount")));
            assert!(error.message.starts_with(rule), "{text}: {}", error.message);
        }
    }
}
