//! How often a password may be tried: a token bucket for each e-mail and each address.
//!
//! A try takes a token and a right password gives it back, so that only wrong ones run dry. The table is bounded; it
//! forgets those who have all their tokens, who are no different from strangers.

use app::model::Timestamp;
use std::{collections::HashMap, sync::Mutex};

/// More entries than this are cleared away, the full ones first.
const MAX_ENTRIES: usize = 20_000;

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

    /// Takes a token, or tells after how many seconds there will be one.
    pub fn take(&self, who: &str, now: Timestamp) -> Result<(), u64> {
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
        full_at.insert(who.to_owned(), next);
        Ok(())
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
        for _ in 0..3 {
            assert_eq!(limiter.take("ana", at(0)), Ok(()));
        }
        assert_eq!(limiter.take("ana", at(0)), Err(60));
        assert_eq!(limiter.take("bob", at(0)), Ok(()), "others are not held up");
        assert_eq!(limiter.take("ana", at(59)), Err(1));
        assert_eq!(limiter.take("ana", at(60)), Ok(()));
        assert_eq!(limiter.take("ana", at(60)), Err(60));
        assert_eq!(limiter.take("ana", at(10_000)), Ok(()));
    }

    #[test]
    fn a_right_password_costs_nothing() {
        let limiter = Limiter::new(2, 60);
        for _ in 0..10 {
            assert_eq!(limiter.take("ana", at(0)), Ok(()));
            limiter.give_back("ana");
        }
        limiter.give_back("stranger");
    }

    #[test]
    fn the_table_is_bounded() {
        let limiter = Limiter::new(1, 60);
        for who in 0..=MAX_ENTRIES {
            assert_eq!(limiter.take(&who.to_string(), at(0)), Ok(()));
        }
        assert!(limiter.full_at.lock().unwrap().len() <= MAX_ENTRIES);
    }
}
