//! When a delivery is tried again: the schedule that Standard Webhooks recommends, about three days in all.

use std::time::Duration;

/// The waits after the first attempt, the second, and so on.
const WAITS: [Duration; 9] = [
    Duration::from_secs(5),
    Duration::from_mins(5),
    Duration::from_mins(30),
    Duration::from_hours(2),
    Duration::from_hours(5),
    Duration::from_hours(10),
    Duration::from_hours(14),
    Duration::from_hours(20),
    Duration::from_hours(24),
];
/// Up to a tenth is added at random, so that what failed together does not come back together.
const JITTER: u32 = 10;
/// The longest that a receiver may ask us to wait.
const MOST: Duration = Duration::from_hours(24);
/// An endpoint that has failed everything for so long is disabled.
pub const DEAD_AFTER: Duration = Duration::from_hours(5 * 24);

/// How long to wait after so many attempts; none gives up. `asked` is the receiver's own Retry-After, and `permille` a
/// random number up to 1,000.
pub fn wait(attempts: i64, asked: Option<Duration>, permille: u32) -> Option<Duration> {
    let index = usize::try_from(attempts).ok()?.checked_sub(1)?;
    let wait = *WAITS.get(index)?;
    let wait = wait.max(asked.unwrap_or_default().min(MOST));
    Some(wait + wait * permille.min(1_000) / 1_000 / JITTER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end() {
        let waits: Vec<_> = (1..=10).map(|attempts| wait(attempts, None, 0)).collect();
        assert_eq!(waits[0], Some(Duration::from_secs(5)));
        assert_eq!(waits[8], Some(Duration::from_hours(24)));
        assert_eq!(waits[9], None);
        assert!(waits[..9].is_sorted());
        assert_eq!(wait(1, None, 1_000), Some(Duration::from_millis(5_500)));
    }

    #[test]
    fn a_receiver_may_ask_for_more_time_within_reason() {
        assert_eq!(wait(1, Some(Duration::from_mins(1)), 0), Some(Duration::from_mins(1)));
        assert_eq!(wait(1, Some(Duration::from_secs(1)), 0), Some(Duration::from_secs(5)));
        assert_eq!(wait(1, Some(Duration::from_hours(9_999)), 0), Some(Duration::from_hours(24)));
    }
}
