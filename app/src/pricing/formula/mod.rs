//! The formula language: how a quantity becomes credits.
//!
//! Small on purpose. Authors know Python, so it looks like Python's arithmetic; but it is a language of its own, with no
//! names to reach out by, no loops and exact decimals, so that a formula from anyone can be read, shown and run by the
//! server and by the browser's preview alike, and give the same digits.
//!
//! ```text
//! expr := or ["if" or "else" expr]     or := and {"or" and}     and := not {"and" not}     not := "not" not | cmp
//! cmp  := sum [("=="|"!="|"<"|"<="|">"|">=") sum]               (no chains)
//! sum  := term {("+"|"-") term}        term := unary {("*"|"/"|"//"|"%") unary}            unary := ("+"|"-") unary | atom
//! atom := NUMBER | True | False | NAME | NAME "(" args ")" | "if" "(" a "," b "," c ")" | "(" expr ")"
//! ```
//!
//! Comparisons and `not` give 1 or 0; 0 is false, all else is true. `and` and `or` return an operand. `//` and `%`
//! truncate toward zero. `round` goes half away from zero. Functions compute all of their arguments, save `if()`, which
//! like `and`, `or` and the conditional computes only what it needs. `clamp(x, low, high)` is `max(low, min(x, high))`.
//!
//! Values are exact to 28 digits and 28 decimal places; only a result that needs more is rounded to fit (`1 / 3`), and
//! one too large for 28 digits is an error. Numbers are written as Python writes decimals (`0.5 .5 5. 1e-6 1_000_000`)
//! and must fit exactly.
//!
//! A formula is hostile until read: its length, nodes and depth are limited, and neither reading nor running it can
//! panic or exhaust the stack.

mod arithmetic;
mod ast;
mod eval;
mod lexer;
mod linear;
mod names;
mod number;
mod parser;
#[cfg(test)]
mod tests;

pub use linear::Linear;
pub use names::{Scope, Variable, Variables};

use ast::{Expr, Kind};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, fmt};
use utoipa::ToSchema;

/// Bytes of a formula's source.
pub const MAX_SOURCE: usize = 4096;
/// Numbers, quantities, operators and calls of a formula; bounds the cost of one evaluation.
pub const MAX_NODES: usize = 256;
/// Parentheses, calls, signs, `not` and `else` inside each other; bounds the stack.
pub const MAX_DEPTH: usize = 64;

/// Why a formula was not read, or has no value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, thiserror::Error)]
pub struct FormulaError {
    pub message: String,
    /// The byte offset in the source at which it went wrong.
    pub position: Option<usize>,
}

impl FormulaError {
    fn new(message: impl Into<String>, at: usize) -> Self {
        Self { message: message.into(), position: Some(at) }
    }
}

impl fmt::Display for FormulaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match self.position {
            Some(at) => write!(f, " (at byte {at})"),
            None => Ok(()),
        }
    }
}

/// A formula that has been read and may be run.
#[derive(Clone, Debug)]
pub struct Formula {
    source: Box<str>,
    expr: Box<Expr>,
    variables: BTreeSet<Variable>,
}

impl Formula {
    /// Reads a formula, or says what is wrong with it and at which byte.
    pub fn parse(source: &str, scope: Scope) -> Result<Self, FormulaError> {
        if source.len() > MAX_SOURCE {
            return Err(FormulaError::new(format!("the formula is longer than {MAX_SOURCE} bytes"), MAX_SOURCE));
        }
        let expr = parser::Parser::new(source, scope).and_then(parser::Parser::parse).map_err(|error| *error)?;
        let mut variables = BTreeSet::new();
        collect_variables(&expr, &mut variables);
        if variables.is_empty() {
            let message = "a formula must use at least one quantity, such as `input_tokens` (`tool_calls * 0` is free)";
            return Err(FormulaError::new(message, 0));
        }
        Ok(Self { source: source.into(), expr, variables })
    }

    /// The value for these quantities, in credits, unrounded and without trailing zeros.
    pub fn eval(&self, variables: &Variables) -> Result<Decimal, FormulaError> {
        eval::eval(&self.expr, variables).map(|value| value.normalize()).map_err(|error| *error)
    }

    /// The text that was read, as it was written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The quantities that it uses.
    pub fn variables(&self) -> impl ExactSizeIterator<Item = Variable> {
        self.variables.iter().copied()
    }

    /// Whether both compute alike, term by term: spaces, parentheses and the way of writing numbers do not count.
    pub fn same_as(&self, other: &Self) -> bool {
        self.expr == other.expr
    }

    /// The rate of each quantity, where the formula is nothing but rates: `input_tokens * 2.5 / 1000000`.
    pub fn linear(&self) -> Option<Linear> {
        linear::linear(&self.expr)
    }
}

fn collect_variables(expr: &Expr, found: &mut BTreeSet<Variable>) {
    match &expr.kind {
        Kind::Number(_) => {}
        Kind::Variable(variable) => {
            found.insert(*variable);
        }
        Kind::Negate(operand) | Kind::Not(operand) => collect_variables(operand, found),
        Kind::Binary(_, left, right) => [left, right].into_iter().for_each(|operand| collect_variables(operand, found)),
        Kind::Conditional(parts) => parts.iter().for_each(|part| collect_variables(part, found)),
        Kind::Call(_, arguments) => arguments.iter().for_each(|argument| collect_variables(argument, found)),
    }
}
