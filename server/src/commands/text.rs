//! Words and numbers as the commands print them.

use app::model::Credits;

/// `1234567` → `1,234,567`.
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// An amount with its whole part grouped, every place kept.
pub fn credits(amount: Credits) -> String {
    let text = amount.to_string();
    let (sign, rest) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("-", rest));
    let (whole, fraction) = rest.split_once('.').map_or((rest, None), |(whole, fraction)| (whole, Some(fraction)));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), grouped);
    fraction.map_or_else(|| format!("{sign}{whole}"), |fraction| format!("{sign}{whole}.{fraction}"))
}

/// `1 row`, `2 rows`.
pub fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}

/// How many in a second, as a whole number.
pub fn rate(count: u64, seconds: f64) -> u64 {
    let whole = std::time::Duration::try_from_secs_f64(seconds).map_or(0, |time| time.as_millis());
    let per_second = u128::from(count).saturating_mul(1000).checked_div(whole).unwrap_or(u128::from(count));
    u64::try_from(per_second).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(1_000), "1,000");
        assert_eq!(grouped(12_345_678), "12,345,678");
        assert_eq!(credits(Credits::from_micros(-1_234_500_000)), "-1,234.5");
        assert_eq!(rate(100, 0.5), 200);
        assert_eq!(rate(100, 0.0), 100);
    }
}
