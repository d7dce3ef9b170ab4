//! The models of the demo, at their list prices.
//!
//! Source: the community price list of LiteLLM 1.109.1 (MIT), as read in November 2026; the providers' list prices in USD for a
//! million tokens, here in thousandths of a USD so that they are whole.

/// What a model costs its buyer, in thousandths of a USD for a million tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListPrice {
    pub name: &'static str,
    pub input: u64,
    pub output: u64,
    pub cache_read: u64,
    pub cache_write: u64,
    /// Small models, which the second version sells cheaper.
    pub small: bool,
}

const fn price(name: &'static str, [input, output, cache_read, cache_write]: [u64; 4], small: bool) -> ListPrice {
    ListPrice { name, input, output, cache_read, cache_write, small }
}

pub const NEW_MODEL: &str = "claude-sonnet-5";

pub const MODELS: [ListPrice; 12] = [
    price("gpt-5.5", [5_000, 30_000, 500, 5_000], false),
    price("gpt-5.4-mini", [750, 4_500, 75, 750], true),
    price("gpt-5-nano", [50, 400, 5, 50], true),
    price("claude-opus-4-6", [5_000, 25_000, 500, 6_250], false),
    price("claude-sonnet-4-6", [3_000, 15_000, 300, 3_750], false),
    price(NEW_MODEL, [2_000, 10_000, 200, 2_500], false),
    price("claude-haiku-4-5", [1_000, 5_000, 100, 1_250], true),
    price("gemini-2.5-pro", [1_250, 10_000, 125, 1_250], false),
    price("gemini-2.5-flash", [300, 2_500, 30, 300], true),
    price("mistral-large-latest", [500, 1_500, 50, 500], false),
    price("deepseek-chat", [280, 420, 28, 280], false),
    price("text-embedding-3-small", [20, 0, 20, 20], true),
];

/// The list price of a model of the demo.
pub fn find(name: &str) -> Option<&'static ListPrice> {
    MODELS.iter().find(|model| model.name == name)
}
