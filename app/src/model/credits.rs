//! Credits: the one money type.
//!
//! Fixed point, an `i64` count of 10⁻⁶ credit, so that sums are exact and every database keeps them as an integer. The
//! field is private and the arithmetic checked: an overflow is an answer (`None`), never a wrap. Text in, text out —
//! an amount is read from its literal and never passes through a float.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{fmt, iter::Sum, str::FromStr};
use utoipa::ToSchema;

/// An amount of credits, positive or negative, exact to 10⁻⁶.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, ToSchema)]
#[schema(value_type = f64, example = 12.5)]
pub struct Credits(i64);

/// Why a text is not an amount. The message names the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CreditsError {
    #[error("is not a number: write an integer or a decimal such as 12 or 0.4")]
    NotANumber,
    #[error("has a comma that parts no thousands: write 12.5 or 1,000")]
    Comma,
    #[error("has more than 6 decimal places")]
    TooPrecise,
    #[error("is out of range: at most 9223372036854.775807 credits")]
    OutOfRange,
}

impl Credits {
    pub const ZERO: Self = Self(0);
    pub const MAX: Self = Self(i64::MAX);
    /// Micro-credits in one credit.
    pub const SCALE: i64 = 1_000_000;

    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whole credits; `None` when out of range.
    pub const fn whole(credits: i64) -> Option<Self> {
        match credits.checked_mul(Self::SCALE) {
            Some(micros) => Some(Self(micros)),
            None => None,
        }
    }

    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(micros) => Some(Self(micros)),
            None => None,
        }
    }

    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.0.checked_sub(other.0) {
            Some(micros) => Some(Self(micros)),
            None => None,
        }
    }

    pub const fn checked_neg(self) -> Option<Self> {
        match self.0.checked_neg() {
            Some(micros) => Some(Self(micros)),
            None => None,
        }
    }

    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Sums, or `None` on overflow.
    pub fn checked_sum(amounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }
}

/// Sums for display of figures that the ledger has already bounded; saturates rather than wraps.
impl Sum for Credits {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, |total, next| Self(total.0.saturating_add(next.0)))
    }
}

impl fmt::Display for Credits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = Self::SCALE.unsigned_abs();
        let (whole, fraction) = (self.0.unsigned_abs() / scale, self.0.unsigned_abs() % scale);
        let sign = if self.0 < 0 { "-" } else { "" };
        if fraction == 0 {
            write!(f, "{sign}{whole}")
        } else {
            let digits = format!("{fraction:06}");
            write!(f, "{sign}{whole}.{}", digits.trim_end_matches('0'))
        }
    }
}

impl FromStr for Credits {
    type Err = CreditsError;

    /// Reads `[-+]digits[.digits][e[-+]digits]`. Trailing zeros past the sixth place are no extra precision.
    fn from_str(text: &str) -> Result<Self, CreditsError> {
        let (negative, rest) = match text.as_bytes().first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            _ => (false, text),
        };
        let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, read_exponent(exponent)?),
            None => (rest, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        if whole.is_empty() && fraction.is_empty() || mantissa.ends_with('.') {
            return Err(CreditsError::NotANumber);
        }
        if !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
            return Err(CreditsError::NotANumber);
        }
        let micros = scale_digits(whole, fraction, exponent)?;
        let signed = if negative { -micros } else { micros };
        i64::try_from(signed).map(Self).map_err(|_| CreditsError::OutOfRange)
    }
}

fn read_exponent(text: &str) -> Result<i64, CreditsError> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(CreditsError::NotANumber);
    }
    // A saturated exponent stays far outside of what fits, which the caller then says.
    let size = digits.parse::<i64>().unwrap_or(i64::MAX).min(1_000_000);
    Ok(if text.starts_with('-') { -size } else { size })
}

/// `whole.fraction × 10^exponent` in micro-credits.
fn scale_digits(whole: &str, fraction: &str, exponent: i64) -> Result<i128, CreditsError> {
    let digits = [whole, fraction].concat();
    let digits = digits.trim_start_matches('0');
    let significant = digits.trim_end_matches('0');
    if significant.is_empty() {
        return Ok(0);
    }
    let dropped = digits.len() - significant.len();
    let fraction_len = i64::try_from(fraction.len()).map_err(|_| CreditsError::OutOfRange)?;
    let dropped = i64::try_from(dropped).map_err(|_| CreditsError::OutOfRange)?;
    let power = exponent - fraction_len + dropped + 6;
    if power < 0 {
        return Err(CreditsError::TooPrecise);
    }
    let power = u32::try_from(power).map_err(|_| CreditsError::OutOfRange)?;
    if significant.len() > 19 || power > 19 {
        return Err(CreditsError::OutOfRange);
    }
    let base: i128 = significant.parse().map_err(|_| CreditsError::OutOfRange)?;
    Ok(base * 10_i128.pow(power))
}

impl Serialize for Credits {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 % Self::SCALE == 0 {
            serializer.serialize_i64(self.0 / Self::SCALE)
        } else {
            let number: serde_json::Number = self.to_string().parse().map_err(serde::ser::Error::custom)?;
            number.serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Credits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::Number(number) => number.to_string(),
            serde_json::Value::String(text) => text,
            _ => return Err(de::Error::custom(CreditsError::NotANumber)),
        };
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<i64, CreditsError> {
        text.parse::<Credits>().map(Credits::micros)
    }

    #[test]
    fn reads_integers_decimals_and_exponents() {
        assert_eq!(read("12"), Ok(12_000_000));
        assert_eq!(read("0.4"), Ok(400_000));
        assert_eq!(read("-0.000001"), Ok(-1));
        assert_eq!(read("1.5e3"), Ok(1_500_000_000));
        assert_eq!(read("1e-6"), Ok(1));
        assert_eq!(read("0.1000000000"), Ok(100_000));
        assert_eq!(read("9223372036854.775807"), Ok(i64::MAX));
        assert_eq!(read("-9223372036854.775808"), Ok(i64::MIN));
        assert_eq!(read("0e400"), Ok(0));
    }

    #[test]
    fn refuses_what_is_not_an_amount() {
        for text in ["", ".", "-", "1.", "NaN", "inf", "1_0", " 1", "1e", "1e+", "0x1", "1.2.3", "--1", "١"] {
            assert_eq!(read(text), Err(CreditsError::NotANumber), "{text:?}");
        }
        for text in ["0.0000001", "1e-7", "12.1234567"] {
            assert_eq!(read(text), Err(CreditsError::TooPrecise), "{text:?}");
        }
        for text in ["1e400", "9223372036854.775808", "1e99999999999999999999", "99999999999999999999999"] {
            assert_eq!(read(text), Err(CreditsError::OutOfRange), "{text:?}");
        }
    }

    #[test]
    fn json_keeps_whole_numbers_whole_and_never_uses_a_float() {
        let json = |micros| serde_json::to_string(&Credits::from_micros(micros)).unwrap();
        assert_eq!(json(12_000_000), "12");
        assert_eq!(json(400_000), "0.4");
        assert_eq!(json(-i64::MAX), "-9223372036854.775807");
        let read = |text: &str| serde_json::from_str::<Credits>(text).map_err(|e| e.to_string());
        assert_eq!(read("9223372036854.775807").unwrap(), Credits::MAX);
        assert_eq!(read("\"0.1\"").unwrap().micros(), 100_000);
        assert!(read("1e400").unwrap_err().contains("out of range"));
        assert!(read("true").unwrap_err().contains("not a number"));
    }

    proptest! {
        #[test]
        fn text_and_json_round_trip(micros: i64) {
            let amount = Credits::from_micros(micros);
            prop_assert_eq!(amount.to_string().parse::<Credits>(), Ok(amount));
            let json = serde_json::to_string(&amount).unwrap();
            prop_assert_eq!(serde_json::from_str::<Credits>(&json).unwrap(), amount);
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,40}") {
            let _ = text.parse::<Credits>();
        }
    }
}
