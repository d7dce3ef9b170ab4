//! The two operations that a general division cannot give exactly: whole division and rounding.
//!
//! `trunc(a / b)` is wrong where the quotient, rounded to 28 digits, reaches the next whole number. Here the digits are
//! divided one by one on integers, as on paper; nothing is rounded, so that `a == (a // b) * b + a % b` holds.

use rust_decimal::{Decimal, RoundingStrategy};

/// The largest mantissa of a [`Decimal`].
const MAX_MANTISSA: u128 = (1 << 96) - 1;

/// `a // b` and `a % b`, truncated toward zero; the remainder has the sign of `a`. The quotient is `None` where it does
/// not fit, and both are where `b` is 0.
pub(super) fn divide_whole(a: Decimal, b: Decimal) -> (Option<Decimal>, Option<Decimal>) {
    let (divisor, scale_a, scale_b) = (b.mantissa().unsigned_abs(), a.scale(), b.scale());
    let dividend = a.mantissa().unsigned_abs();
    if divisor == 0 {
        return (None, None);
    }
    let (quotient, remainder, scale) = if scale_b <= scale_a {
        // A divisor too large for 128 bits is larger than any dividend.
        let scaled = 10_u128.checked_pow(scale_a - scale_b).and_then(|power| divisor.checked_mul(power));
        match scaled {
            Some(scaled) => (Some(dividend / scaled), dividend % scaled, scale_a),
            None => (Some(0), dividend, scale_a),
        }
    } else {
        let (mut quotient, mut remainder) = (Some(dividend / divisor), dividend % divisor);
        for _ in scale_a..scale_b {
            // Both are below 2^96, so that ten times the remainder fits.
            remainder *= 10;
            quotient = quotient.and_then(|q| q.checked_mul(10)?.checked_add(remainder / divisor));
            remainder %= divisor;
        }
        (quotient, remainder, scale_b)
    };
    let negative = a.is_sign_negative();
    let quotient = quotient.and_then(|q| signed(q, 0, negative != b.is_sign_negative()));
    (quotient, signed(remainder, scale, negative))
}

fn signed(mantissa: u128, scale: u32, negative: bool) -> Option<Decimal> {
    if mantissa > MAX_MANTISSA {
        return None;
    }
    let mantissa = i128::try_from(mantissa).ok()?;
    Decimal::try_from_i128_with_scale(if negative { -mantissa } else { mantissa }, scale).ok()
}

/// The most places that [`round_half_away`] knows, on either side of the point.
pub(super) const MAX_ROUND_DIGITS: i32 = 28;

/// `value` rounded half away from zero to `digits` places, or to tens, hundreds, … where `digits` is negative.
/// `None` where the result does not fit, or `digits` is below -28.
pub(super) fn round_half_away(value: Decimal, digits: i32) -> Option<Decimal> {
    if digits >= 0 {
        return Some(value.round_dp_with_strategy(digits.unsigned_abs(), RoundingStrategy::MidpointAwayFromZero));
    }
    let unit = 10_i128.checked_pow(digits.unsigned_abs())?;
    let unit = Decimal::try_from_i128_with_scale(unit, 0).ok()?;
    let (quotient, remainder) = divide_whole(value, unit);
    let (quotient, remainder) = (quotient?, remainder?);
    let up = remainder.abs() >= unit.checked_sub(remainder.abs())?;
    let step = if value.is_sign_negative() { Decimal::NEGATIVE_ONE } else { Decimal::ONE };
    let rounded = if up { quotient.checked_add(step)? } else { quotient };
    rounded.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn whole_division_truncates_toward_zero() {
        for (a, b, quotient, remainder) in [
            ("7", "2", "3", "1"),
            ("-7", "2", "-3", "-1"),
            ("7", "-2", "-3", "1"),
            ("-7", "-2", "3", "-1"),
            ("1", "0.3", "3", "0.1"),
            ("0.05", "2", "0", "0.05"),
            ("79228162514264337593543950334", "79228162514264337593543950335", "0", "79228162514264337593543950334"),
            ("0.0000000000000000000000000001", "79228162514264337593543950335", "0", "0.0000000000000000000000000001"),
        ] {
            let (q, r) = divide_whole(decimal(a), decimal(b));
            assert_eq!((q.unwrap(), r.unwrap()), (decimal(quotient), decimal(remainder)), "{a} by {b}");
        }
        assert_eq!(divide_whole(decimal("1"), Decimal::ZERO), (None, None));
        let (q, r) = divide_whole(Decimal::MAX, decimal("0.3"));
        assert_eq!((q, r), (None, Some(decimal("0.0"))));
    }

    #[test]
    fn rounds_half_away_from_zero() {
        for (value, digits, rounded) in [
            ("0.5", 0, "1"),
            ("-0.5", 0, "-1"),
            ("2.5", 0, "3"),
            ("1.005", 2, "1.01"),
            ("-1.005", 2, "-1.01"),
            ("0.0000005", 6, "0.000001"),
            ("0.00000049", 6, "0"),
            ("15", -1, "20"),
            ("-15", -1, "-20"),
            ("14.999", -1, "10"),
            ("15", -2, "0"),
            ("50", -2, "100"),
            ("1.5", 28, "1.5"),
            ("1.5", i32::MAX, "1.5"),
            ("14999999999999999999999999999", -28, "10000000000000000000000000000"),
        ] {
            assert_eq!(round_half_away(decimal(value), digits), Some(decimal(rounded)), "round({value}, {digits})");
        }
        assert_eq!(round_half_away(Decimal::MAX, -28), None);
        assert_eq!(round_half_away(Decimal::ONE, i32::MIN), None);
    }

    proptest! {
        #[test]
        fn quotient_and_remainder_rebuild_the_dividend(a: i64, b: i64, scale_a in 0_u32..6, scale_b in 0_u32..6) {
            prop_assume!(b != 0);
            let (x, y) = (Decimal::new(a, scale_a), Decimal::new(b, scale_b));
            let (quotient, remainder) = divide_whole(x, y);
            let (quotient, remainder) = (quotient.unwrap(), remainder.unwrap());
            prop_assert_eq!(quotient * y + remainder, x);
            prop_assert!(remainder.abs() < y.abs());
            prop_assert!(quotient.is_integer());
        }

        #[test]
        fn rounding_agrees_with_integers(mantissa in -1_000_000_000_i64..1_000_000_000, scale in 0_u32..9, digits in -4_i32..9) {
            let dropped = i64::from(scale) - i64::from(digits);
            let expected = if dropped <= 0 {
                Decimal::new(mantissa, scale)
            } else {
                let unit = 10_i128.pow(u32::try_from(dropped).unwrap());
                let size = (i128::from(mantissa).abs() * 2 + unit) / (unit * 2) * unit;
                Decimal::from_i128_with_scale(if mantissa < 0 { -size } else { size }, scale)
            };
            prop_assert_eq!(round_half_away(Decimal::new(mantissa, scale), digits), Some(expected));
        }

        #[test]
        fn nothing_panics(a in any::<[u8; 16]>(), b in any::<[u8; 16]>(), digits: i32) {
            let (a, b) = (Decimal::deserialize(a), Decimal::deserialize(b));
            let _ = divide_whole(a, b);
            let _ = round_half_away(a, digits);
        }
    }
}
