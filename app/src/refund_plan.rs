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
    /// What has been given back of the charge already.
    pub refunded: Credits,
    /// What whoever refunds may give back of one charge in all; above it somebody else must agree.
    pub limit: Option<Credits>,
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
    pub fn new(detail: &TransactionDetail, limit: Option<Credits>, now: Timestamp) -> Self {
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
        let (balance, refundable, refunded) = (detail.balance.balance, detail.refundable, entry.refunded);
        Self { payee, balance, refundable, refunded, limit, returns }
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

    /// The limit that giving `amount` back would pass.
    fn passed(&self, amount: Credits) -> Option<Credits> {
        self.limit.filter(|limit| more(self.refunded, amount) > *limit)
    }

    /// The sentence for what was typed: "212.5 credits back to ana: balance 40 → 252.5, allowance +10". Above the limit it
    /// says first that somebody else must agree.
    pub fn sentence(&self, typed: &str) -> Result<String, Unfit> {
        let amount = read(typed)?;
        let done = self.done(self.outcome(amount)?);
        let Some(limit) = self.passed(amount) else { return Ok(done) };
        let used = if self.refunded.is_positive() {
            format!(", with {} given back already", format::credits(self.refunded))
        } else {
            String::new()
        };
        let limit = format::credits(limit);
        Ok(format!("Above your limit of {limit}{used}: it goes to approval. What is asked for: {done}"))
    }

    /// What the form's button does with what was typed.
    pub fn deed(&self, typed: &str) -> &'static str {
        let asks = read(typed).is_ok_and(|amount| self.outcome(amount).is_ok() && self.passed(amount).is_some());
        if asks { "Ask for approval" } else { "Refund" }
    }

    fn done(&self, outcome: Outcome) -> String {
        let credits = format::credits;
        let (before, after) = (credits(self.balance), credits(outcome.balance_after));
        let (back, payee) = (format::credits_counted(outcome.credits), format::isolated(&self.payee));
        let head = format!("{back} back to {payee}: balance {before} → {after}");
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
        head + &allowance + &expired
    }
}

fn read(typed: &str) -> Result<Credits, Unfit> {
    match typed.trim() {
        "" => Err(Unfit::Missing),
        typed => format::read_credits(typed).map_err(Unfit::Amount),
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
            refunded: Credits::ZERO,
            limit: None,
            returns: returns.iter().map(|&(a, expired)| Return { amount: credits(a), expired }).collect(),
        }
    }

    #[test]
    fn credits_come_back_first_then_allowance() {
        let plan = plan(true, &[("212.5", false)]);
        let whole = "212.5 credits back to \u{2068}ana\u{2069}: balance 40 → 252.5, allowance +10";
        assert_eq!(plan.sentence("222.5").unwrap(), whole);
        let small = "0.000001 credits back to \u{2068}ana\u{2069}: balance 40 → 40.000001";
        assert_eq!(plan.sentence(" 0.000001 ").unwrap(), small);
        assert_eq!(plan.sentence("1").unwrap(), "1 credit back to \u{2068}ana\u{2069}: balance 40 → 41");
        let outcome = plan.outcome(credits("215")).unwrap();
        assert_eq!((outcome.credits, outcome.allowance), (credits("212.5"), credits("2.5")));
    }

    #[test]
    fn what_does_not_return_is_said() {
        let past = plan(false, &[("200", false), ("12.5", true)]).sentence("222.5").unwrap();
        assert_eq!(
            past,
            "212.5 credits back to \u{2068}ana\u{2069}: balance 40 → 240; 10 of allowance stay spent: their month is over; \
             12.5 of the credits expire again at once, as their lot has"
        );
    }

    #[test]
    fn a_name_does_not_turn_the_figures_around() {
        let plan = RefundPlan { payee: "\u{202e}ana".into(), ..plan(true, &[]) };
        assert_eq!(plan.sentence("5").unwrap(), "5 credits back to \u{2068}ana\u{2069}: balance 40 → 45");
    }

    #[test]
    fn what_is_above_the_limit_is_not_promised() {
        let plan = RefundPlan { limit: Some(credits("200")), ..plan(true, &[]) };
        assert_eq!((plan.deed("200"), plan.deed("200.000001")), ("Refund", "Ask for approval"));
        assert_eq!(
            (plan.deed("9999"), plan.deed("no number")),
            ("Refund", "Refund"),
            "what is refused asks for nothing"
        );
        assert!(!plan.sentence("200").unwrap().contains("approval"));
        let asked = plan.sentence("210").unwrap();
        assert!(
            asked.starts_with("Above your limit of 200: it goes to approval. What is asked for: 210 credits back"),
            "{asked}"
        );
        let again = RefundPlan { refunded: credits("150"), ..plan };
        let asked = again.sentence("60").unwrap();
        assert!(asked.starts_with("Above your limit of 200, with 150 given back already: it goes"), "{asked}");
    }

    #[test]
    fn amounts_that_do_not_fit_say_why() {
        let plan = plan(true, &[]);
        let why = |typed: &str| plan.sentence(typed).unwrap_err().to_string();
        assert_eq!(why(""), "Type the amount to refund.");
        assert_eq!(why("0"), "The amount must be more than 0.");
        assert_eq!(why("222.500001"), "At most 222.5 remains refundable.");
        assert_eq!(why("1e-7"), "The amount has more than 6 decimal places.");
        assert_eq!(why("12,5"), "The amount has a comma that parts no thousands: write 12.5 or 1,000.");
    }
}
