//! Numbers and times as a person reads them.
//!
//! Everything is worked out in integers, so that what a page shows is what the ledger holds. A minus is the real minus
//! sign (−), digits are grouped by thousands; rounding is half away from zero and happens here only.

use crate::model::{Credits, CreditsError, Currency, Timestamp};
use jiff::{civil::Date, tz::TimeZone};

/// Full precision: `1,234.567891`, `−0.4`.
pub fn credits(amount: Credits) -> String {
    let text = amount.to_string();
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("−", rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{fraction}", group(whole))
}

/// Full precision with its sign also when positive: `+12`, `−0.4`, `0`.
pub fn credits_signed(amount: Credits) -> String {
    let plus = if amount.is_positive() { "+" } else { "" };
    format!("{plus}{}", credits(amount))
}

/// An amount with its word: `1 credit`, `2.5 credits`.
pub fn credits_counted(amount: Credits) -> String {
    credits_verb(amount, "credit", "credits")
}

/// An amount with the words that go with one of it, or with any other: `1 credit was`, `2.5 credits were`.
pub fn credits_verb(amount: Credits, one: &str, many: &str) -> String {
    let is_one = amount.micros().unsigned_abs() == Credits::SCALE.unsigned_abs();
    format!("{} {}", credits(amount), if is_one { one } else { many })
}

/// Reads an amount as a person types it, and as [`credits`] prints it: commas may part thousands, three digits each.
pub fn read_credits(text: &str) -> Result<Credits, CreditsError> {
    if !text.contains(',') {
        return text.parse();
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut groups = whole.strip_prefix(['-', '+']).unwrap_or(whole).split(',');
    let digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    // One that begins with 0 is no number of thousands: "0,500" is a half to whoever types it.
    let first =
        groups.next().is_some_and(|group| (1..=3).contains(&group.len()) && !group.starts_with('0') && digits(group));
    if first && groups.all(|group| group.len() == 3 && digits(group)) && !fraction.contains(',') {
        text.replace(',', "").parse()
    } else {
        Err(CreditsError::Comma)
    }
}

/// Somebody else's text inside of a sentence of ours: neither its direction nor a character in it turns the rest around.
pub fn isolated(text: &str) -> String {
    format!("\u{2068}{}\u{2069}", undirected(text))
}

/// A text without the characters that embed, override and isolate directions.
pub fn undirected(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')).collect()
}

/// Who did something, in a sentence: `staff:ana@example.com` is `ana@example.com`.
pub fn person(actor: &str) -> String {
    actor.strip_prefix("staff:").unwrap_or(actor).to_owned()
}

/// At most two places, for tiles: `1,234.57`; what rounds to nothing but is not nothing is `<0.01`.
pub fn credits_short(amount: Credits) -> String {
    const CENT: u64 = Credits::SCALE.unsigned_abs() / 100;
    let micros = amount.micros().unsigned_abs();
    let cents = micros / CENT + u64::from(micros % CENT >= CENT / 2);
    let sign = if amount.is_negative() { "−" } else { "" };
    match (cents / 100, cents % 100) {
        (0, 0) if micros > 0 => format!("{sign}<0.01"),
        (whole, 0) => format!("{sign}{}", group(&whole.to_string())),
        (whole, cents) => format!("{sign}{}.{cents:02}", group(&whole.to_string())),
    }
}

/// Three digits and a unit, for axes and bars: `0.04`, `12.5`, `1.2k`, `34M`.
pub fn credits_compact(amount: Credits) -> String {
    const UNITS: [(u64, &str); 4] = [
        (1_000_000_000_000_000_000, "T"),
        (1_000_000_000_000_000, "B"),
        (1_000_000_000_000, "M"),
        (1_000_000_000, "k"),
    ];
    let micros = amount.micros().unsigned_abs();
    let Some((size, unit)) = UNITS.into_iter().find(|(size, _)| micros >= *size) else { return credits_short(amount) };
    let tenths = u128::from(micros) * 10 / u128::from(size);
    let sign = if amount.is_negative() { "−" } else { "" };
    match (tenths / 10, tenths % 10) {
        (whole, 0) => format!("{sign}{whole}{unit}"),
        (whole, _) if whole >= 100 => format!("{sign}{whole}{unit}"),
        (whole, tenth) => format!("{sign}{whole}.{tenth}{unit}"),
    }
}

/// `≈ 12.30 USD`: credits in money, by a rate that is only for show.
pub fn approx(amount: Credits, currency: &Currency) -> String {
    let micros = i128::from(amount.micros()).unsigned_abs();
    let rate = i128::from(currency.credits_per_unit.micros().max(1)).unsigned_abs();
    let cents = (micros * 100 + rate / 2) / rate;
    let sign = if amount.is_negative() && cents > 0 { "−" } else { "" };
    let text = if cents == 0 && micros > 0 {
        "<0.01".to_owned()
    } else {
        format!("{}.{:02}", group(&(cents / 100).to_string()), cents % 100)
    };
    format!("≈ {sign}{text} {}", currency.code)
}

/// `1,234,567`.
pub fn count(number: i64) -> String {
    let sign = if number < 0 { "−" } else { "" };
    format!("{sign}{}", group(&number.unsigned_abs().to_string()))
}

/// `1 charge`, `2,000 charges`.
pub fn counted(number: i64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// `part` of `whole` with one decimal: `12.3%`; "n/a" when there is no whole.
pub fn share(part: Credits, whole: Credits) -> String {
    ratio(i128::from(part.micros()), i128::from(whole.micros())).unwrap_or_else(|| "n/a".to_owned())
}

fn ratio(part: i128, whole: i128) -> Option<String> {
    if whole == 0 {
        return None;
    }
    let (negative, part, whole) = ((part < 0) != (whole < 0), part.unsigned_abs(), whole.unsigned_abs());
    let tenths = (part * 2000 + whole) / (whole * 2);
    let sign = if negative && tenths > 0 { "−" } else { "" };
    let text = if tenths == 0 && part > 0 {
        "<0.1%".to_owned()
    } else if tenths >= 10_000 {
        format!("{}%", group(&(tenths / 10).to_string()))
    } else {
        format!("{}.{}%", tenths / 10, tenths % 10)
    };
    Some(format!("{sign}{text}"))
}

/// Which way a figure went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trend {
    Up,
    Down,
    Level,
}

/// A figure against the previous period, ready to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delta {
    pub trend: Trend,
    /// The distance with its sign: `+1,204.5`.
    pub absolute: String,
    /// `+12.3%`, or "n/a" when the base is zero.
    pub percent: String,
    /// What it is compared with, in full: `10,000`.
    pub base: String,
}

impl Delta {
    pub fn credits(current: Credits, previous: Credits) -> Self {
        let far = Credits::from_micros(current.micros().saturating_sub(previous.micros()));
        let absolute = if far.is_positive() { format!("+{}", credits_short(far)) } else { credits_short(far) };
        Self::of(far.micros(), previous.micros(), absolute, credits(previous))
    }

    pub fn count(current: i64, previous: i64) -> Self {
        let far = current.saturating_sub(previous);
        let absolute = if far > 0 { format!("+{}", count(far)) } else { count(far) };
        Self::of(far, previous, absolute, count(previous))
    }

    fn of(far: i64, base: i64, absolute: String, base_text: String) -> Self {
        let trend = match far {
            0 => Trend::Level,
            1.. => Trend::Up,
            _ => Trend::Down,
        };
        let percent = ratio(i128::from(far), i128::from(base))
            .map_or_else(|| "n/a".to_owned(), |text| if trend == Trend::Up { format!("+{text}") } else { text });
        Self { trend, absolute, percent, base: base_text }
    }
}

/// `just now`, `5 min ago`, `in 3 days`; past a month the date says more.
pub fn relative(at: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second() - at.as_second();
    let far = seconds.unsigned_abs();
    let (number, unit) = match far {
        0..45 => return "just now".to_owned(),
        45..3_600 => (far.div_ceil(60).min(59), "min"),
        3_600..86_400 => (far / 3_600, if far / 3_600 == 1 { "hour" } else { "hours" }),
        _ => (far / 86_400, if far / 86_400 == 1 { "day" } else { "days" }),
    };
    if seconds >= 0 { format!("{number} {unit} ago") } else { format!("in {number} {unit}") }
}

/// `2026-11-25 14:03:07 CET`: exact, with its zone.
pub fn exact(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%d %H:%M:%S %Z").to_string()
}

/// `2026-11-25 14:03`: to the minute; the zone stands beside it.
pub fn minute(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}

/// `25 Nov`.
pub fn day_short(day: Date) -> String {
    day.strftime("%-d %b").to_string()
}

/// `25 Nov 2026`.
pub fn day_year(day: Date) -> String {
    day.strftime("%-d %b %Y").to_string()
}

/// `27 Oct – 25 Nov 2026`, `25 Nov 2026`.
pub fn days(first: Date, last: Date) -> String {
    match (first == last, first.year() == last.year()) {
        (true, _) => day_year(last),
        (false, true) => format!("{} – {}", day_short(first), day_year(last)),
        (false, false) => format!("{} – {}", day_year(first), day_year(last)),
    }
}

/// `Wed 25 Nov 2026`.
pub fn day_long(day: Date) -> String {
    day.strftime("%a %-d %b %Y").to_string()
}

/// Digits in groups of three.
fn group(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str) -> Credits {
        text.parse().unwrap()
    }

    #[test]
    fn money_is_grouped_signed_and_rounded_once() {
        assert_eq!(credits(amount("-1234567.891")), "−1,234,567.891");
        assert_eq!(credits_signed(amount("12")), "+12");
        assert_eq!(credits_signed(amount("0")), "0");
        assert_eq!(credits_short(amount("1234.565")), "1,234.57");
        assert_eq!(credits_short(amount("-0.995")), "−1");
        assert_eq!(credits_short(amount("0.004")), "<0.01");
        assert_eq!(credits_short(amount("12.50")), "12.50");
        assert_eq!(credits_compact(amount("1250")), "1.2k");
        assert_eq!(credits_compact(amount("340000")), "340k");
        assert_eq!(credits_compact(amount("2000000")), "2M");
        assert_eq!(credits_compact(amount("9.5")), "9.50");
    }

    #[test]
    fn what_is_printed_can_be_typed() {
        for text in ["0", "12.5", "999", "1,000.5", "1,234,567.891", "12,345", "-1,000"] {
            let plain: Credits = text.replace(',', "").parse().unwrap();
            assert_eq!(read_credits(text), Ok(plain), "{text}");
        }
        for text in
            ["12,5", "0,500", "1,00", "1,0000", ",500", "1,,000", "1000,000", "1,000.5,0", "1.5,000", "1,00e", "1, 000"]
        {
            assert_eq!(read_credits(text), Err(CreditsError::Comma), "{text}");
        }
        assert_eq!(read_credits("1 000"), Err(CreditsError::NotANumber));
        assert_eq!(credits_counted(amount("1")), "1 credit");
        assert_eq!(credits_counted(amount("-1")), "−1 credit");
        assert_eq!(credits_counted(amount("1.5")), "1.5 credits");
        assert_eq!(credits_counted(amount("0")), "0 credits");
    }

    #[test]
    fn a_name_turns_nothing_but_itself_around() {
        assert_eq!(isolated("ana"), "\u{2068}ana\u{2069}");
        assert_eq!(isolated("\u{202e}an\u{2069}a\u{2066}"), "\u{2068}ana\u{2069}");
        assert_eq!(undirected("مرحبا"), "مرحبا");
    }

    #[test]
    fn shares_and_deltas_need_a_base() {
        assert_eq!(share(amount("1"), amount("3")), "33.3%");
        assert_eq!(share(amount("1"), amount("0")), "n/a");
        assert_eq!(share(amount("0.000001"), amount("3")), "<0.1%");
        let grown = Delta::credits(amount("15"), amount("10"));
        assert_eq!((grown.trend, &*grown.absolute, &*grown.percent), (Trend::Up, "+5", "+50.0%"));
        let fallen = Delta::count(5, 10);
        assert_eq!((fallen.trend, &*fallen.absolute, &*fallen.percent), (Trend::Down, "−5", "−50.0%"));
        let fresh = Delta::count(5, 0);
        assert_eq!((&*fresh.absolute, &*fresh.percent), ("+5", "n/a"));
        assert_eq!(Delta::count(5, 5).percent, "0.0%");
    }

    #[test]
    fn times_are_relative_and_exact() {
        let now: Timestamp = "2026-11-25T12:00:00Z".parse().unwrap();
        let ago = |text: &str| relative(text.parse().unwrap(), now);
        assert_eq!(ago("2026-11-25T11:59:50Z"), "just now");
        assert_eq!(ago("2026-11-25T11:55:00Z"), "5 min ago");
        assert_eq!(ago("2026-11-25T10:59:00Z"), "1 hour ago");
        assert_eq!(ago("2026-11-28T12:00:00Z"), "in 3 days");
        assert_eq!(exact(now, &TimeZone::UTC), "2026-11-25 12:00:00 UTC");
        assert_eq!(day_short(jiff::civil::date(2026, 11, 5)), "5 Nov");
    }
}
