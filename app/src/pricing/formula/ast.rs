//! The tree of a formula.
//!
//! Every node keeps the byte offset of the sign or word that made it, so that an evaluation can say where it failed.
//! Two trees are equal when they compute alike: offsets, spaces, parentheses and the way a number is written
//! (`2.50`, `25e-1`) do not count.

use super::names::{Function, Variable};
use rust_decimal::Decimal;

#[derive(Clone, Debug)]
pub(super) struct Expr {
    pub(super) at: usize,
    pub(super) kind: Kind,
}

impl PartialEq for Expr {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Number(Decimal),
    Variable(Variable),
    Negate(Box<Expr>),
    Not(Box<Expr>),
    Binary(Binary, Box<Expr>, Box<Expr>),
    /// `a if condition else b`, as `[condition, a, b]`.
    Conditional(Box<[Box<Expr>; 3]>),
    Call(Function, Box<[Box<Expr>]>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Binary {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    DivideWhole,
    Remainder,
}

impl Binary {
    /// The comparison that a sign stands for.
    pub(super) fn comparison(sign: &str) -> Option<Self> {
        Some(match sign {
            "==" => Self::Equal,
            "!=" => Self::NotEqual,
            "<" => Self::Less,
            "<=" => Self::LessOrEqual,
            ">" => Self::Greater,
            ">=" => Self::GreaterOrEqual,
            _ => return None,
        })
    }

    pub(super) fn sum(sign: &str) -> Option<Self> {
        match sign {
            "+" => Some(Self::Add),
            "-" => Some(Self::Subtract),
            _ => None,
        }
    }

    pub(super) fn product(sign: &str) -> Option<Self> {
        match sign {
            "*" => Some(Self::Multiply),
            "/" => Some(Self::Divide),
            "//" => Some(Self::DivideWhole),
            "%" => Some(Self::Remainder),
            _ => None,
        }
    }
}
