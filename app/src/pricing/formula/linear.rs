//! A formula as plain rates, where it is nothing else: one factor per quantity and a constant.
//!
//! Two price lists can then be compared by what they charge, however each author wrote a rate
//! (`input_tokens * 0.003`, `input_tokens * 3 / 1000`).

use super::{
    ast::{Binary, Expr, Kind},
    names::Variable,
};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// `constant + Σ rate × quantity`, in credits; rates of 0 are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Linear {
    pub constant: Decimal,
    pub rates: BTreeMap<Variable, Decimal>,
}

impl Linear {
    fn constant(value: Decimal) -> Self {
        Self { constant: value, rates: BTreeMap::new() }
    }

    /// Every part transformed alike.
    fn map(&self, change: impl Fn(Decimal) -> Option<Decimal>) -> Option<Self> {
        let mut rates = BTreeMap::new();
        for (variable, rate) in &self.rates {
            let rate = change(*rate)?;
            if !rate.is_zero() {
                rates.insert(*variable, rate);
            }
        }
        Some(Self { constant: change(self.constant)?, rates })
    }

    fn add(&self, other: &Self) -> Option<Self> {
        let mut sum = self.clone();
        sum.constant = sum.constant.checked_add(other.constant)?;
        for (variable, rate) in &other.rates {
            let entry = sum.rates.entry(*variable).or_default();
            *entry = entry.checked_add(*rate)?;
        }
        sum.rates.retain(|_, rate| !rate.is_zero());
        Some(sum)
    }

    fn as_constant(&self) -> Option<Decimal> {
        self.rates.is_empty().then_some(self.constant)
    }

    /// The factor `new / self` where both charge the same quantities in the same proportion.
    pub fn factor_to(&self, new: &Self) -> Option<Decimal> {
        let parts = |form: &Self| -> Vec<(Option<Variable>, Decimal)> {
            let constant = Some((None, form.constant)).filter(|(_, value)| !value.is_zero());
            constant.into_iter().chain(form.rates.iter().map(|(variable, rate)| (Some(*variable), *rate))).collect()
        };
        let (old, new) = (parts(self), parts(new));
        let (&(_, old_first), &(_, new_first)) = (old.first()?, new.first()?);
        let alike = old.len() == new.len()
            && old.iter().zip(&new).all(|((old_key, old_rate), (new_key, new_rate))| {
                old_key == new_key
                    && old_rate.checked_mul(new_first).is_some_and(|x| Some(x) == new_rate.checked_mul(old_first))
            });
        if alike { new_first.checked_div(old_first) } else { None }
    }
}

pub(super) fn linear(expr: &Expr) -> Option<Linear> {
    match &expr.kind {
        Kind::Number(value) => Some(Linear::constant(*value)),
        Kind::Variable(variable) => {
            Some(Linear { constant: Decimal::ZERO, rates: BTreeMap::from([(*variable, Decimal::ONE)]) })
        }
        Kind::Negate(operand) => linear(operand)?.map(|value| Some(-value)),
        Kind::Binary(operator, left, right) => combine(*operator, &linear(left)?, &linear(right)?),
        Kind::Not(_) | Kind::Conditional(_) | Kind::Call(..) => None,
    }
}

fn combine(operator: Binary, left: &Linear, right: &Linear) -> Option<Linear> {
    match operator {
        Binary::Add => left.add(right),
        Binary::Subtract => left.add(&right.map(|value| Some(-value))?),
        Binary::Multiply => match (left.as_constant(), right.as_constant()) {
            (_, Some(factor)) => left.map(|value| value.checked_mul(factor)),
            (Some(factor), None) => right.map(|value| value.checked_mul(factor)),
            (None, None) => None,
        },
        Binary::Divide => {
            let divisor = right.as_constant()?;
            left.map(|value| value.checked_div(divisor))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::pricing::formula::{Formula, Scope, Variable};

    fn rates(source: &str) -> Option<(String, Vec<(&'static str, String)>)> {
        let linear = Formula::parse(source, Scope::Model).unwrap().linear()?;
        let text = |value: rust_decimal::Decimal| value.normalize().to_string();
        let rates = linear.rates.iter().map(|(variable, rate): (&Variable, _)| (variable.name(), text(*rate)));
        Some((text(linear.constant), rates.collect()))
    }

    #[test]
    fn knows_plain_rates() {
        let one = |rate: &str| Some(("0".to_owned(), vec![("input_tokens", rate.to_owned())]));
        assert_eq!(rates("input_tokens * 3 / 1000"), one("0.003"));
        assert_eq!(rates("-(2 * input_tokens) * (1 - 3)"), one("4"));
        assert_eq!(rates("input_tokens + output_tokens - output_tokens"), one("1"));
        assert_eq!(rates("1 + tool_calls").unwrap().0, "1");
        for source in ["input_tokens * input_tokens", "ceil(input_tokens)", "1 / input_tokens", "input_tokens / 0"] {
            assert_eq!(rates(source), None, "{source}");
        }
    }

    #[test]
    fn compares_only_what_is_in_proportion() {
        let factor = |old: &str, new: &str| {
            let read = |source| Formula::parse(source, Scope::Model).unwrap().linear().unwrap();
            read(old).factor_to(&read(new)).map(|factor| factor.normalize().to_string())
        };
        assert_eq!(factor("input_tokens * 2", "input_tokens * 3").as_deref(), Some("1.5"));
        assert_eq!(
            factor("input_tokens + 2 * output_tokens", "2*input_tokens + 4*output_tokens").as_deref(),
            Some("2")
        );
        assert_eq!(factor("input_tokens + 2 * output_tokens", "2*input_tokens + 2*output_tokens"), None);
        assert_eq!(factor("input_tokens", "output_tokens"), None);
        assert_eq!(factor("input_tokens * 0", "input_tokens"), None);
        assert_eq!(factor("input_tokens + 1", "input_tokens * 2"), None);
    }
}
