//! The value of a tree, in exact decimals with checked arithmetic.
//!
//! `and`, `or`, the conditional and `if()` are lazy: what is not chosen is not computed and cannot fail. Every other
//! function computes all of its arguments. The recursion is bounded by the nodes of a formula.

#![expect(clippy::unnecessary_box_returns, reason = "boxed errors keep the frames of the recursion small")]

use super::{
    FormulaError,
    arithmetic::{MAX_ROUND_DIGITS, divide_whole, round_half_away},
    ast::{Binary, Expr, Kind},
    names::{Function, Variables},
};
use rust_decimal::{Decimal, prelude::ToPrimitive};

type Value = Result<Decimal, Box<FormulaError>>;

pub(super) fn eval(expr: &Expr, variables: &Variables) -> Value {
    match &expr.kind {
        Kind::Number(value) => Ok(*value),
        Kind::Variable(variable) => Ok(Decimal::from(variables.get(*variable))),
        Kind::Negate(operand) => Ok(-eval(operand, variables)?),
        Kind::Not(operand) => Ok(truth(eval(operand, variables)?.is_zero())),
        Kind::Binary(operator, left, right) => binary(*operator, left, right, variables, expr.at),
        Kind::Conditional(parts) => {
            let [condition, a, b] = &**parts;
            choose(condition, a, b, variables)
        }
        Kind::Call(function, arguments) => call(*function, arguments, variables, expr.at),
    }
}

fn binary(operator: Binary, left: &Expr, right: &Expr, variables: &Variables, at: usize) -> Value {
    let a = eval(left, variables)?;
    match operator {
        Binary::Or if !a.is_zero() => return Ok(a),
        Binary::And if a.is_zero() => return Ok(a),
        _ => {}
    }
    apply(operator, a, eval(right, variables)?, at)
}

/// Apart from the recursion, whose frames it would swell.
fn apply(operator: Binary, a: Decimal, b: Decimal, at: usize) -> Value {
    let result = match operator {
        Binary::Or | Binary::And => Some(b),
        Binary::Equal => Some(truth(a == b)),
        Binary::NotEqual => Some(truth(a != b)),
        Binary::Less => Some(truth(a < b)),
        Binary::LessOrEqual => Some(truth(a <= b)),
        Binary::Greater => Some(truth(a > b)),
        Binary::GreaterOrEqual => Some(truth(a >= b)),
        Binary::Add => a.checked_add(b),
        Binary::Subtract => a.checked_sub(b),
        Binary::Multiply => a.checked_mul(b),
        Binary::Divide | Binary::DivideWhole | Binary::Remainder if b.is_zero() => {
            return Err(fault("division by zero", at));
        }
        Binary::Divide => a.checked_div(b),
        Binary::DivideWhole => divide_whole(a, b).0,
        Binary::Remainder => divide_whole(a, b).1,
    };
    result.ok_or_else(|| overflow(at))
}

fn call(function: Function, arguments: &[Box<Expr>], variables: &Variables, at: usize) -> Value {
    match (function, arguments) {
        (Function::Ceil, [x]) => Ok(eval(x, variables)?.ceil()),
        (Function::Floor, [x]) => Ok(eval(x, variables)?.floor()),
        (Function::Round, [x]) => round_half_away(eval(x, variables)?, 0).ok_or_else(|| overflow(at)),
        (Function::Round, [x, digits]) => round(x, digits, variables, at),
        (Function::Min, [first, rest @ ..]) => {
            let first = eval(first, variables)?;
            rest.iter().try_fold(first, |least, next| Ok(least.min(eval(next, variables)?)))
        }
        (Function::Max, [first, rest @ ..]) => {
            let first = eval(first, variables)?;
            rest.iter().try_fold(first, |most, next| Ok(most.max(eval(next, variables)?)))
        }
        (Function::Clamp, [x, low, high]) => {
            let (x, low, high) = (eval(x, variables)?, eval(low, variables)?, eval(high, variables)?);
            // As `max(low, min(x, high))`: where the limits cross, the low one wins.
            Ok(x.min(high).max(low))
        }
        (Function::If, [condition, a, b]) => choose(condition, a, b, variables),
        (Function::Tier, [value, pairs @ .., default]) => tier(value, pairs, default, variables),
        (Function::Percentile, [percent, values @ ..]) => percentile(percent, values, variables, at),
        // The parser has checked the number of arguments.
        _ => Err(fault(function.usage(), at)),
    }
}

fn choose(condition: &Expr, a: &Expr, b: &Expr, variables: &Variables) -> Value {
    let chosen = if eval(condition, variables)?.is_zero() { b } else { a };
    eval(chosen, variables)
}

fn round(x: &Expr, digits: &Expr, variables: &Variables, at: usize) -> Value {
    let value = eval(x, variables)?;
    let places = eval(digits, variables)?;
    let places = Some(places)
        .filter(Decimal::is_integer)
        .and_then(|places| places.to_i32())
        .filter(|places| (-MAX_ROUND_DIGITS..=MAX_ROUND_DIGITS).contains(places));
    let Some(places) = places else {
        let message = format!("round: digits must be a whole number from -{MAX_ROUND_DIGITS} to {MAX_ROUND_DIGITS}");
        return Err(fault(message, digits.at));
    };
    round_half_away(value, places).ok_or_else(|| overflow(at))
}

/// The rate of the first limit that the value is below, for the whole value (flat, not by slices).
fn tier(value: &Expr, pairs: &[Box<Expr>], default: &Expr, variables: &Variables) -> Value {
    let value = eval(value, variables)?;
    let mut found = None;
    for pair in pairs.chunks_exact(2) {
        if let [limit, rate] = pair {
            let (limit, rate) = (eval(limit, variables)?, eval(rate, variables)?);
            if found.is_none() && value < limit {
                found = Some(rate);
            }
        }
    }
    let default = eval(default, variables)?;
    Ok(found.unwrap_or(default))
}

/// Linear interpolation between closest ranks: rank `p / 100 × (n − 1)` of the sorted values.
fn percentile(percent: &Expr, values: &[Box<Expr>], variables: &Variables, at: usize) -> Value {
    let rank = eval(percent, variables)?;
    if rank < Decimal::ZERO || rank > Decimal::ONE_HUNDRED {
        return Err(fault("percentile: the first argument must be from 0 to 100", percent.at));
    }
    let mut sorted = values.iter().map(|value| eval(value, variables)).collect::<Result<Vec<_>, _>>()?;
    sorted.sort_unstable();
    interpolate(rank, &sorted).ok_or_else(|| overflow(at))
}

fn interpolate(percent: Decimal, sorted: &[Decimal]) -> Option<Decimal> {
    let last = Decimal::from(sorted.len().checked_sub(1)?);
    let rank = percent.checked_mul(last)?.checked_div(Decimal::ONE_HUNDRED)?;
    let index = rank.trunc().to_usize()?;
    let low = *sorted.get(index)?;
    let Some(high) = sorted.get(index + 1) else {
        return Some(low);
    };
    high.checked_sub(low)?.checked_mul(rank.fract())?.checked_add(low)
}

fn truth(holds: bool) -> Decimal {
    if holds { Decimal::ONE } else { Decimal::ZERO }
}

fn fault(message: impl Into<String>, at: usize) -> Box<FormulaError> {
    Box::new(FormulaError::new(message, at))
}

fn overflow(at: usize) -> Box<FormulaError> {
    fault("the result is too large for 28 digits", at)
}
