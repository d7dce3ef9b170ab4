//! The rate that each API key is held to.

use std::str::FromStr;

/// The fastest that is counted.
const MAX: u32 = 1_000_000;

/// So many requests a second, and so many at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    pub per_second: u32,
    pub burst: u32,
}

impl FromStr for Rate {
    type Err = String;

    /// Reads `1000` or `1000/5000`: a second, and at once; the latter is as many as in a second unless it is given.
    fn from_str(text: &str) -> Result<Self, String> {
        let (rate, burst) = text.split_once('/').unwrap_or((text, text));
        let read = |text: &str| text.trim().parse::<u32>().ok().filter(|number| (1..=MAX).contains(number));
        match (read(rate), read(burst)) {
            (Some(per_second), Some(burst)) => Ok(Self { per_second, burst }),
            _ => Err(format!("must be REQUESTS or REQUESTS/BURST, each 1 to {MAX}, such as 100/500")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_may_have_a_burst() {
        assert_eq!("100".parse(), Ok(Rate { per_second: 100, burst: 100 }));
        assert_eq!("100/500".parse(), Ok(Rate { per_second: 100, burst: 500 }));
        for text in ["", "0", "1/0", "-1", "1/2/3", "1.5", "1000001", "fast"] {
            assert!(text.parse::<Rate>().is_err(), "{text}");
        }
    }
}
