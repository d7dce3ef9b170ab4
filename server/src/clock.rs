//! Time and ids, as parameters.
//!
//! Everything that needs the time or a new id is given them, so that a test or the demo can choose both; this file is the
//! one place that asks the operating system. Instants are cut to microseconds, which is what PostgreSQL keeps.

use jiff::Timestamp;
use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};
use uuid::{ContextV7, Uuid};

/// Where `now` comes from.
#[derive(Debug)]
pub enum Clock {
    System,
    /// Stands still until it is set: microseconds since the epoch.
    Manual(AtomicI64),
}

impl Clock {
    pub fn manual(start: Timestamp) -> Self {
        Self::Manual(AtomicI64::new(start.as_microsecond()))
    }

    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => system_now(),
            Self::Manual(micros) => from_micros(micros.load(Ordering::SeqCst)),
        }
    }

    /// Moves a manual clock; the system's cannot be moved.
    pub fn set(&self, to: Timestamp) {
        if let Self::Manual(micros) = self {
            micros.store(to.as_microsecond(), Ordering::SeqCst);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that asks the operating system for the time")]
fn system_now() -> Timestamp {
    from_micros(Timestamp::now().as_microsecond())
}

/// The instant so many microseconds after the epoch, held inside what an instant can be.
pub fn from_micros(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or(if micros < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

fn micros(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}

/// The instant so long after `at`.
pub fn later(at: Timestamp, by: Duration) -> Timestamp {
    from_micros(at.as_microsecond().saturating_add(micros(by)))
}

/// The instant so long before `at`.
pub fn earlier(at: Timestamp, by: Duration) -> Timestamp {
    from_micros(at.as_microsecond().saturating_sub(micros(by)))
}

/// New ids: UUIDv7, in the order in which they were made.
#[derive(Debug)]
pub struct Ids {
    context: std::sync::Mutex<ContextV7>,
}

impl Default for Ids {
    fn default() -> Self {
        Self { context: std::sync::Mutex::new(ContextV7::new()) }
    }
}

impl Ids {
    pub fn next(&self, now: Timestamp) -> Uuid {
        let context = self.context.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let seconds = u64::try_from(now.as_second()).unwrap_or(0);
        let nanos = u32::try_from(now.subsec_nanosecond()).unwrap_or(0);
        Uuid::new_v7(uuid::Timestamp::from_unix(&*context, seconds, nanos))
    }
}
