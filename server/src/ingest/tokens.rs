//! Counts of tokens.

use app::model::UsageMetrics;

/// What a report says of its tokens. `input` is with what a cache answered or kept, as `LiteLLM` and `OpenTelemetry` define
/// it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reported {
    pub input: u64,
    pub output: u64,
    pub cache_read: u64,
    pub cache_write: u64,
}

impl Reported {
    /// The quantities that a pricing version prices, where `input_tokens` are those that no cache had to do with. A report
    /// with more cached tokens than it has tokens cannot have counted them in: its count is taken as it is.
    pub fn metrics(self, model: Option<String>) -> UsageMetrics {
        let cached = self.cache_read.saturating_add(self.cache_write);
        UsageMetrics {
            model,
            input_tokens: self.input.checked_sub(cached).unwrap_or(self.input),
            output_tokens: self.output,
            cache_read_tokens: self.cache_read,
            cache_write_tokens: self.cache_write,
            ..UsageMetrics::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cached_tokens_are_counted_once() {
        let input = |input, cache_read, cache_write| {
            Reported { input, output: 5, cache_read, cache_write }.metrics(None).input_tokens
        };
        assert_eq!(input(100, 0, 0), 100);
        assert_eq!(input(100, 60, 30), 10);
        assert_eq!(input(100, 100, 0), 0);
        assert_eq!(input(10, 60, 0), 10, "they stand beside each other already");
        assert_eq!(input(10, u64::MAX, u64::MAX), 10);
    }
}
