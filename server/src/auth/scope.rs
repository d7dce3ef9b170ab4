//! What an API key may do.

use app::error::AppError;
use std::{fmt, str::FromStr};

/// One permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Balances, transactions, users, reports, pricing.
    Read,
    /// Charges.
    Charge,
    /// Credits added and balances adjusted.
    Grant,
    /// Refunds.
    Refund,
    /// Profiles, plans, pricing versions, sweeps.
    Manage,
}

impl Scope {
    pub const ALL: [Self; 5] = [Self::Read, Self::Charge, Self::Grant, Self::Refund, Self::Manage];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Charge => "charge",
            Self::Grant => "grant",
            Self::Refund => "refund",
            Self::Manage => "manage",
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A set of permissions, written as words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scopes(u8);

impl Scopes {
    pub fn all() -> Self {
        Self::of(Scope::ALL)
    }

    pub fn of(scopes: impl IntoIterator<Item = Scope>) -> Self {
        Self(scopes.into_iter().fold(0, |bits, scope| bits | scope.bit()))
    }

    pub const fn allow(self, scope: Scope) -> bool {
        self.0 & scope.bit() != 0
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<_> = Scope::ALL.into_iter().filter(|scope| self.allow(*scope)).map(Scope::as_str).collect();
        f.write_str(&words.join(" "))
    }
}

impl FromStr for Scopes {
    type Err = AppError;

    /// Reads words with commas or spaces between them; at least one.
    fn from_str(text: &str) -> Result<Self, AppError> {
        let mut scopes = Vec::new();
        for word in text.split([',', ' ']).filter(|word| !word.is_empty()) {
            match Scope::ALL.into_iter().find(|scope| scope.as_str() == word) {
                Some(scope) => scopes.push(scope),
                None => return Err(AppError::invalid("scopes", format!("{word:?} is not one of {}", Self::all()))),
            }
        }
        if scopes.is_empty() {
            return Err(AppError::invalid("scopes", format!("names none of {}", Self::all())));
        }
        Ok(Self::of(scopes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        let scopes: Scopes = "charge,read".parse().unwrap();
        assert_eq!(scopes.to_string(), "read charge");
        assert_eq!(scopes.to_string().parse(), Ok(scopes));
        assert!(scopes.allow(Scope::Charge) && !scopes.allow(Scope::Manage));
        assert_eq!(Scopes::all().to_string(), "read charge grant refund manage");
    }

    #[test]
    fn names_the_word_that_is_no_scope() {
        assert!("read,wirte".parse::<Scopes>().unwrap_err().message.contains("wirte"));
        assert!(" , ".parse::<Scopes>().is_err());
    }
}
