//! What a refund would do, worked out before it is made: for the form's sentence, on the server and as one types.
//!
//! The rules are the ledger's (credits first, then allowance; the lot drawn last is filled first; an expired lot expires
//! what it takes back), over the numbers that the ledger gave. The ledger decides again when the form is sent.

use crate::{
    format,
    model::{Credits, CreditsError, EntryKind, Refundable, Timestamp, TransactionDetail},
};

/// All that the sentence needs, and no more: it travels to the browser.
#[derive(Clone, Debug, PartialEq)]
pub struct RefundPlan {
    /// Who is paid: a user's name or id, or a team's pool.
    pub payee: String,
    pub balance: Credits,
    pub refundable: Refundable,
    /// Draws that can be returned, in the order in which they are.
    pub returns: Vec<Return>,
}

/// Credits that go back to one lot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Return {
    pub amount: Credits,
    /// The lot has expired: what it takes back expires again at once.
    pub expired: bool,
}

/// What a refund of some amount would do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    pub credits: Credits,
    pub allowance: Credits,
    pub expired: Credits,
    pub balance_after: Credits,
}

/// Why a text is no amount that can be refunded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Unfit {
    Missing,
    NotPositive,
    Over(Credits),
    Amount(CreditsError),
}

impl std::fmt::Display for Unfit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing => f.write_str("Type the amount to refund."),
            Self::NotPositive => f.write_str("The amount must be more than 0."),
            Self::Over(most) => write!(f, "At most {} remains refundable.", format::credits(*most)),
            Self::Amount(rule) => write!(f, "The amount {rule}."),
        }
    }
}

impl RefundPlan {
    pub fn new(detail: &TransactionDetail, now: Timestamp) -> Self {
        let entry = &detail.transaction;
        let payee = match (entry.kind, &detail.profile.name) {
            (EntryKind::TeamUsage, _) => format!("the pool of team {}", entry.account),
            (_, Some(name)) => name.clone(),
            _ => entry.user_id.clone(),
        };
        let mut restored: Credits = detail.refunds.iter().map(|refund| refund.amount).sum();
        let mut returns = Vec::new();
        for draw in detail.draws.iter().rev() {
            let skipped = draw.amount.min(restored);
            restored = less(restored, skipped);
            let amount = less(draw.amount, skipped);
            if amount.is_positive() {
                returns.push(Return { amount, expired: draw.expires_at.is_some_and(|at| at <= now) });
            }
        }
        Self { payee, balance: detail.balance.balance, refundable: detail.refundable, returns }
    }

    /// What refunding `amount` would do.
    pub fn outcome(&self, amount: Credits) -> Result<Outcome, Unfit> {
        if !amount.is_positive() {
            return Err(Unfit::NotPositive);
        }
        if amount > self.refundable.total {
            return Err(Unfit::Over(self.refundable.total));
        }
        let credits = amount.min(self.refundable.credits);
        let (mut left, mut expired) = (credits, Credits::ZERO);
        for lot in &self.returns {
            let taken = lot.amount.min(left);
            left = less(left, taken);
            if lot.expired {
                expired = more(expired, taken);
            }
        }
        let balance_after = more(self.balance, less(credits, expired));
        Ok(Outcome { credits, allowance: less(amount, credits), expired, balance_after })
    }

    /// The sentence for what was typed: "212.5 credits back to ana: balance 40 → 252.5, allowance +10".
    pub fn sentence(&self, typed: &str) -> Result<String, Unfit> {
        let typed = typed.trim();
        if typed.is_empty() {
            return Err(Unfit::Missing);
        }
        let outcome = self.outcome(typed.parse().map_err(Unfit::Amount)?)?;
        let credits = format::credits;
        let (before, after) = (credits(self.balance), credits(outcome.balance_after));
        let head = format!("{} credits back to {}: balance {before} → {after}", credits(outcome.credits), self.payee);
        let allowance = match (outcome.allowance.is_positive(), self.refundable.allowance_current) {
            (false, _) => String::new(),
            (true, true) => format!(", allowance +{}", credits(outcome.allowance)),
            (true, false) => format!("; {} of allowance stay spent: their month is over", credits(outcome.allowance)),
        };
        let expired = if outcome.expired.is_positive() {
            format!("; {} of the credits expire again at once, as their lot has", credits(outcome.expired))
        } else {
            String::new()
        };
        Ok(head + &allowance + &expired)
    }
}

fn less(a: Credits, b: Credits) -> Credits {
    Credits::from_micros(a.micros().saturating_sub(b.micros()))
}

fn more(a: Credits, b: Credits) -> Credits {
    Credits::from_micros(a.micros().saturating_add(b.micros()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credits(text: &str) -> Credits {
        text.parse().unwrap()
    }

    fn plan(allowance_current: bool, returns: &[(&str, bool)]) -> RefundPlan {
        let (all, allowance) = (credits("212.5"), credits("10"));
        RefundPlan {
            payee: "ana".into(),
            balance: credits("40"),
            refundable: Refundable { total: credits("222.5"), credits: all, allowance, allowance_current },
            returns: returns.iter().map(|&(a, expired)| Return { amount: credits(a), expired }).collect(),
        }
    }

    #[test]
    fn credits_come_back_first_then_allowance() {
        let plan = plan(true, &[("212.5", false)]);
        let whole = "212.5 credits back to ana: balance 40 → 252.5, allowance +10";
        assert_eq!(plan.sentence("222.5").unwrap(), whole);
        assert_eq!(plan.sentence(" 0.000001 ").unwrap(), "0.000001 credits back to ana: balance 40 → 40.000001");
        let outcome = plan.outcome(credits("215")).unwrap();
        assert_eq!((outcome.credits, outcome.allowance), (credits("212.5"), credits("2.5")));
    }

    #[test]
    fn what_does_not_return_is_said() {
        let past = plan(false, &[("200", false), ("12.5", true)]).sentence("222.5").unwrap();
        assert_eq!(
            past,
            "212.5 credits back to ana: balance 40 → 240; 10 of allowance stay spent: their month is over; \
             12.5 of the credits expire again at once, as their lot has"
        );
    }

    #[test]
    fn amounts_that_do_not_fit_say_why() {
        let plan = plan(true, &[]);
        let why = |typed: &str| plan.sentence(typed).unwrap_err().to_string();
        assert_eq!(why(""), "Type the amount to refund.");
        assert_eq!(why("0"), "The amount must be more than 0.");
        assert_eq!(why("222.500001"), "At most 222.5 remains refundable.");
        assert_eq!(why("1e-7"), "The amount has more than 6 decimal places.");
    }
}
