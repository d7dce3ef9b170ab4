//! Number literals, read exactly or refused.
//!
//! A literal is `digits[.digits][e[+-]digits]`, also `.5`, `5.` and `1_000_000`, as Python writes them. It must fit the
//! 28 digits of a decimal without rounding: a rate that silently lost its last digits would be another rate.

use rust_decimal::Decimal;

/// The largest scale of a [`Decimal`].
const MAX_SCALE: i32 = 28;

/// The value of a literal's text, which the lexer has already checked to have the shape above.
pub(super) fn read_number(text: &str) -> Result<Decimal, &'static str> {
    let text: String = text.chars().filter(|c| *c != '_').collect();
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, read_exponent(exponent)),
        None => (text.as_str(), 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if fraction.is_empty() && !mantissa.contains('.') && exponent == 0 && whole.len() > 1 && whole.starts_with('0') {
        return Err("a whole number has no leading zeros");
    }
    let digits = [whole, fraction].concat();
    let digits = digits.trim_start_matches('0');
    let significant = digits.trim_end_matches('0');
    if significant.is_empty() {
        return Ok(Decimal::ZERO);
    }
    let trailing = digits.len() - significant.len();
    let scale = to_i32(fraction.len()).saturating_sub(exponent).saturating_sub(to_i32(trailing));
    exact(significant, scale).ok_or("the number has more digits than can be kept exactly (28)")
}

/// `digits × 10^-scale`, or `None` where it does not fit.
fn exact(digits: &str, scale: i32) -> Option<Decimal> {
    if !(-MAX_SCALE..=MAX_SCALE).contains(&scale) {
        return None;
    }
    let mantissa: i128 = digits.parse().ok()?;
    let (mantissa, scale) = if scale < 0 {
        (mantissa.checked_mul(10_i128.checked_pow(scale.unsigned_abs())?)?, 0)
    } else {
        (mantissa, scale.unsigned_abs())
    };
    Decimal::try_from_i128_with_scale(mantissa, scale).ok()
}

/// A saturated exponent stays far outside of what fits.
fn read_exponent(text: &str) -> i32 {
    let size = text.trim_start_matches(['+', '-']).parse().unwrap_or(i32::MAX).min(1_000_000);
    if text.starts_with('-') { -size } else { size }
}

fn to_i32(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        read_number(text).map_or_else(str::to_owned, |value| value.normalize().to_string())
    }

    #[test]
    fn reads_what_python_reads() {
        for (text, value) in [
            ("0", "0"),
            ("00", "a whole number has no leading zeros"),
            ("12", "12"),
            ("0.003", "0.003"),
            (".5", "0.5"),
            ("5.", "5"),
            ("1_000_000", "1000000"),
            ("1e5", "100000"),
            ("2.5e-6", "0.0000025"),
            ("1E+3", "1000"),
            ("0e999999999999", "0"),
            ("00.5", "0.5"),
            ("79228162514264337593543950335", "79228162514264337593543950335"),
            ("1e28", "10000000000000000000000000000"),
            ("1e-28", "0.0000000000000000000000000001"),
            ("1.50000000000000000000000000000000000000", "1.5"),
        ] {
            assert_eq!(read(text), value, "{text}");
        }
    }

    #[test]
    fn refuses_what_would_be_rounded() {
        for text in ["79228162514264337593543950336", "1e29", "1e-29", "1.00000000000000000000000000001", "1e400"] {
            assert!(read(text).contains("28"), "{text}");
        }
        assert_eq!(read("007"), "a whole number has no leading zeros");
    }
}
