//! What a model costs, as a formula of the pricing language.
//!
//! `input_tokens` are those that no cache answered; `cache_read_tokens` and `cache_write_tokens` stand beside them and have
//! terms of their own. A cache price that the list leaves out is the input price, since without a discount a cached token
//! costs what any other does; a price of 0 is 0.

use super::list::{Listed, Price};
use rust_decimal::Decimal;

/// Places after the point that the pricing language keeps.
const MAX_PLACES: u32 = 28;

/// Writes the formula, or says why there is none. `credits_per_usd` is exact as well.
pub fn formula(model: &Listed, credits_per_usd: Decimal) -> Result<String, String> {
    if model.input == Price::Missing && model.output == Price::Missing {
        return Err(if model.other.is_empty() {
            "the list has no price for it".to_owned()
        } else {
            format!("it is not priced by tokens but by {}", model.other.join(", "))
        });
    }
    let rate = |price: &Price, name: &str| match price {
        Price::Missing => Ok(None),
        Price::Usd(usd) => exact_product(*usd, credits_per_usd)
            .map(Some)
            .ok_or_else(|| format!("its {name} needs more than {MAX_PLACES} places")),
        Price::Unreadable(text) => Err(format!("its {name} {text:?} is no price")),
    };
    let input = rate(&model.input, "input price")?;
    let terms = [
        ("input_tokens", input),
        ("output_tokens", rate(&model.output, "output price")?),
        ("cache_read_tokens", rate(&model.cache_read, "price of cache reads")?.or(input)),
        ("cache_write_tokens", rate(&model.cache_write, "price of cache writes")?.or(input)),
    ];
    let paid: Vec<String> = terms
        .into_iter()
        .filter_map(|(name, rate)| rate.filter(|rate| !rate.is_zero()).map(|rate| format!("{name} * {rate}")))
        .collect();
    Ok(if paid.is_empty() { "input_tokens * 0".to_owned() } else { paid.join(" + ") })
}

/// The product without rounding, or none.
pub fn exact_product(a: Decimal, b: Decimal) -> Option<Decimal> {
    let (a, b) = (a.normalize(), b.normalize());
    let mantissa = a.mantissa().checked_mul(b.mantissa())?;
    strip(mantissa, a.scale() + b.scale())
}

/// `mantissa / 10^places` with as few places as it needs, when those are few enough.
fn strip(mut mantissa: i128, mut places: u32) -> Option<Decimal> {
    while places > 0 && mantissa % 10 == 0 {
        mantissa /= 10;
        places -= 1;
    }
    if places > MAX_PLACES { None } else { Decimal::try_from_i128_with_scale(mantissa, places).ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usd(text: &str) -> Price {
        Price::Usd(super::super::list::read_decimal(text).unwrap())
    }

    #[test]
    fn formulas_are_exact_and_readable() {
        let gpt =
            Listed { input: usd("2.5e-06"), output: usd("1e-05"), cache_read: usd("1.25e-06"), ..Listed::default() };
        assert_eq!(
            formula(&gpt, Decimal::ONE_HUNDRED).unwrap(),
            "input_tokens * 0.00025 + output_tokens * 0.001 + cache_read_tokens * 0.000125 + cache_write_tokens * 0.00025"
        );
        let embedding = Listed {
            input: usd("2e-08"),
            output: usd("0.0"),
            cache_read: usd("0"),
            cache_write: usd("0"),
            ..Listed::default()
        };
        assert_eq!(formula(&embedding, Decimal::ONE_HUNDRED).unwrap(), "input_tokens * 0.000002");
        let free = Listed { input: usd("0"), output: usd("0"), ..Listed::default() };
        assert_eq!(formula(&free, Decimal::ONE_HUNDRED).unwrap(), "input_tokens * 0");
    }

    #[test]
    fn what_has_no_price_by_token_is_refused_with_the_reason() {
        let image = Listed { other: vec!["output_cost_per_image".to_owned()], ..Listed::default() };
        assert_eq!(
            formula(&image, Decimal::ONE).unwrap_err(),
            "it is not priced by tokens but by output_cost_per_image"
        );
        let odd = Listed { input: Price::Unreadable("ask".to_owned()), ..Listed::default() };
        assert_eq!(formula(&odd, Decimal::ONE).unwrap_err(), "its input price \"ask\" is no price");
        let tiny = Listed { input: usd("1e-28"), ..Listed::default() };
        assert!(formula(&tiny, "0.1".parse().unwrap()).unwrap_err().contains("28 places"));
    }
}
