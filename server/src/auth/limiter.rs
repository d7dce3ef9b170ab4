//! How often something may be done: a token bucket for each e-mail and each address that tries a password, and for each
//! API key.
//!
//! A try of a password takes a token and a right one gives it back, so that only wrong ones run dry; that, and the
//! injected clock, are why it is not a crate. The table is bounded; it forgets those who have all their tokens, who are
//! no different from strangers.

use app::model::Timestamp;
use std::{collections::HashMap, sync::Mutex};

/// More entries than this are cleared away, the full ones first.
const MAX_ENTRIES: usize = 20_000;

/// What is left after a token was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// All tokens of a full bucket.
    pub limit: u64,
    pub tokens: u64,
    /// Seconds until the bucket is full again.
    pub full_in: u64,
}

/// Up to `burst` tries at once, and one more every `refill_micros`.
#[derive(Debug)]
pub struct Limiter {
    burst: i64,
    refill_micros: i64,
    /// When each bucket is full again, in microseconds since the epoch.
    full_at: Mutex<HashMap<String, i64>>,
}

impl Limiter {
    pub fn new(burst: u32, refill_seconds: u32) -> Self {
        let refill_micros = i64::from(refill_seconds) * 1_000_000;
        Self { burst: i64::from(burst), refill_micros, full_at: Mutex::default() }
    }

    /// `rate` a second, which must not be 0.
    pub fn per_second(rate: u32, burst: u32) -> Self {
        let refill_micros = 1_000_000 / i64::from(rate.clamp(1, 1_000_000));
        Self { burst: i64::from(burst), refill_micros, full_at: Mutex::default() }
    }

    /// All tokens of a full bucket.
    pub const fn burst(&self) -> u64 {
        self.burst.unsigned_abs()
    }

    /// Takes a token, or tells after how many seconds there will be one.
    pub fn take(&self, who: &str, now: Timestamp) -> Result<Left, u64> {
        let now = now.as_microsecond();
        let mut full_at = self.full_at.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if full_at.len() >= MAX_ENTRIES && !full_at.contains_key(who) {
            full_at.retain(|_, full| *full > now);
            if full_at.len() >= MAX_ENTRIES {
                full_at.clear();
            }
        }
        let full = full_at.get(who).copied().unwrap_or(now).max(now);
        let next = full + self.refill_micros;
        let wait = next - now - self.burst * self.refill_micros;
        if wait > 0 {
            return Err(u64::try_from(wait).unwrap_or(0).div_ceil(1_000_000));
        }
        match full_at.get_mut(who) {
            Some(known) => *known = next,
            None => {
                full_at.insert(who.to_owned(), next);
            }
        }
        Ok(self.left(next - now))
    }

    /// What is left of a bucket that is full again in `missing` microseconds.
    fn left(&self, missing: i64) -> Left {
        let taken = missing.unsigned_abs().div_ceil(self.refill_micros.unsigned_abs());
        let limit = self.burst();
        Left { limit, tokens: limit.saturating_sub(taken), full_in: missing.unsigned_abs().div_ceil(1_000_000) }
    }

    /// Gives the token of a try back that turned out right.
    pub fn give_back(&self, who: &str) {
        let mut full_at = self.full_at.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(full) = full_at.get_mut(who) {
            *full -= self.refill_micros;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn a_burst_then_one_at_a_time() {
        let limiter = Limiter::new(3, 60);
        let left = |tokens, full_in| Ok(Left { limit: 3, tokens, full_in });
        for taken in 1..=3 {
            assert_eq!(limiter.take("ana", at(0)), left(3 - taken, 60 * taken));
        }
        assert_eq!(limiter.take("ana", at(0)), Err(60));
        assert_eq!(limiter.take("bob", at(0)), left(2, 60), "others are not held up");
        assert_eq!(limiter.take("ana", at(59)), Err(1));
        assert_eq!(limiter.take("ana", at(60)), left(0, 180));
        assert_eq!(limiter.take("ana", at(60)), Err(60));
        assert_eq!(limiter.take("ana", at(10_000)), left(2, 60));
    }

    #[test]
    fn many_a_second() {
        let limiter = Limiter::per_second(1_000, 2);
        let at = |micros| Timestamp::from_microsecond(micros).unwrap();
        assert_eq!(limiter.take("key", at(0)).map(|left| left.tokens), Ok(1));
        assert_eq!(limiter.take("key", at(0)).map(|left| left.tokens), Ok(0));
        assert_eq!(limiter.take("key", at(500)), Err(1));
        assert_eq!(limiter.take("key", at(1_000)), Ok(Left { limit: 2, tokens: 0, full_in: 1 }));
    }

    #[test]
    fn a_right_password_costs_nothing() {
        let limiter = Limiter::new(2, 60);
        for _ in 0..10 {
            assert!(limiter.take("ana", at(0)).is_ok());
            limiter.give_back("ana");
        }
        limiter.give_back("stranger");
    }

    #[test]
    fn the_table_is_bounded() {
        let limiter = Limiter::new(1, 60);
        for who in 0..=MAX_ENTRIES {
            assert!(limiter.take(&who.to_string(), at(0)).is_ok());
        }
        assert!(limiter.full_at.lock().unwrap().len() <= MAX_ENTRIES);
    }
}
