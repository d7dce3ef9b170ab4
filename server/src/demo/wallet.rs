//! What a user of the demo has, so that credits are bought before they run out and no charge is refused.
//!
//! Kept on the careful side: credits that expire within the hour do not count, and refunds are forgotten. So the ledger
//! always has at least what is counted here.

use app::model::Timestamp;

/// Amounts in millionths of a credit.
#[derive(Clone, Debug, Default)]
pub struct Wallet {
    /// Credits by the time of their expiry; those without one are last.
    lots: Vec<(Timestamp, u64)>,
    month: i64,
    allowance_used: u64,
}

impl Wallet {
    pub fn add(&mut self, amount: u64, expires_at: Option<Timestamp>) {
        let expires_at = expires_at.unwrap_or(Timestamp::MAX);
        let at = self.lots.partition_point(|(other, _)| *other <= expires_at);
        self.lots.insert(at, (expires_at, amount));
    }

    /// Forgets what has expired by `at`, and answers what is left.
    pub fn balance(&mut self, at: Timestamp) -> u64 {
        self.lots.retain(|(expires_at, amount)| *expires_at > at && *amount > 0);
        self.lots.iter().map(|(_, amount)| amount).sum()
    }

    /// Takes `gross`, the allowance of `month` first; false, and nothing taken, when it does not suffice.
    pub fn charge(&mut self, gross: u64, allowance: u64, month: i64, at: Timestamp) -> bool {
        if self.month != month {
            (self.month, self.allowance_used) = (month, 0);
        }
        let covered = allowance.saturating_sub(self.allowance_used).min(gross);
        if !self.take(gross - covered, at) {
            return false;
        }
        self.allowance_used += covered;
        true
    }

    /// Takes from the lots by earliest expiry; false when there is too little.
    pub fn take(&mut self, amount: u64, at: Timestamp) -> bool {
        if self.balance(at) < amount {
            return false;
        }
        let mut left = amount;
        for (_, lot) in &mut self.lots {
            let drawn = left.min(*lot);
            *lot -= drawn;
            left -= drawn;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_by_expiry_after_the_allowance() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let mut wallet = Wallet::default();
        wallet.add(100, None);
        wallet.add(50, Some(at(10)));
        assert!(wallet.charge(70, 40, 1, at(5)));
        assert_eq!(wallet.balance(at(5)), 120);
        assert_eq!(wallet.balance(at(10)), 100);
        assert!(!wallet.charge(101, 40, 1, at(11)));
        assert!(wallet.charge(101, 40, 2, at(11)));
        assert_eq!(wallet.balance(at(11)), 39);
    }
}
