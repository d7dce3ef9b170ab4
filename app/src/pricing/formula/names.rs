//! The words of the formula language: its quantities, its functions, and the words it refuses by name.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a formula stands, which decides the quantities it may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Models, rate overrides, search and cache.
    Model,
    /// Tools, which also know `this_tool_calls`.
    Tool,
}

/// A quantity of a call that a formula can use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Variable {
    InputTokens,
    OutputTokens,
    CacheReadTokens,
    CacheWriteTokens,
    SearchQueries,
    SearchResults,
    WebSearchCalls,
    CodeExecCalls,
    ToolCalls,
    ThisToolCalls,
}

impl Variable {
    pub const ALL: [Self; 10] = [
        Self::InputTokens,
        Self::OutputTokens,
        Self::CacheReadTokens,
        Self::CacheWriteTokens,
        Self::SearchQueries,
        Self::SearchResults,
        Self::WebSearchCalls,
        Self::CodeExecCalls,
        Self::ToolCalls,
        Self::ThisToolCalls,
    ];

    /// The name, as a formula writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::InputTokens => "input_tokens",
            Self::OutputTokens => "output_tokens",
            Self::CacheReadTokens => "cache_read_tokens",
            Self::CacheWriteTokens => "cache_write_tokens",
            Self::SearchQueries => "search_queries",
            Self::SearchResults => "search_results",
            Self::WebSearchCalls => "web_search_calls",
            Self::CodeExecCalls => "code_exec_calls",
            Self::ToolCalls => "tool_calls",
            Self::ThisToolCalls => "this_tool_calls",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|variable| variable.name() == name)
    }

    /// Whether a formula of this scope may use the quantity.
    pub fn is_known_in(self, scope: Scope) -> bool {
        self != Self::ThisToolCalls || scope == Scope::Tool
    }
}

/// The values of the quantities for one evaluation; what is left out is 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Variables {
    pub input_tokens: u64,
    pub output_tokens: u64,
    pub cache_read_tokens: u64,
    pub cache_write_tokens: u64,
    pub search_queries: u64,
    pub search_results: u64,
    pub web_search_calls: u64,
    pub code_exec_calls: u64,
    /// All tool calls of the call.
    pub tool_calls: u64,
    /// The calls of the tool being priced; known to tool formulas only.
    pub this_tool_calls: u64,
}

impl Variables {
    pub const fn get(&self, variable: Variable) -> u64 {
        match variable {
            Variable::InputTokens => self.input_tokens,
            Variable::OutputTokens => self.output_tokens,
            Variable::CacheReadTokens => self.cache_read_tokens,
            Variable::CacheWriteTokens => self.cache_write_tokens,
            Variable::SearchQueries => self.search_queries,
            Variable::SearchResults => self.search_results,
            Variable::WebSearchCalls => self.web_search_calls,
            Variable::CodeExecCalls => self.code_exec_calls,
            Variable::ToolCalls => self.tool_calls,
            Variable::ThisToolCalls => self.this_tool_calls,
        }
    }
}

/// A function of the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    Ceil,
    Floor,
    Round,
    Min,
    Max,
    Clamp,
    If,
    Tier,
    Percentile,
}

impl Function {
    pub(super) const ALL: [Self; 9] = [
        Self::Ceil,
        Self::Floor,
        Self::Round,
        Self::Min,
        Self::Max,
        Self::Clamp,
        Self::If,
        Self::Tier,
        Self::Percentile,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Ceil => "ceil",
            Self::Floor => "floor",
            Self::Round => "round",
            Self::Min => "min",
            Self::Max => "max",
            Self::Clamp => "clamp",
            Self::If => "if",
            Self::Tier => "tier",
            Self::Percentile => "percentile",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|function| function.name() == name)
    }

    pub(super) const fn accepts(self, count: usize) -> bool {
        match self {
            Self::Ceil | Self::Floor => count == 1,
            Self::Round => count == 1 || count == 2,
            Self::Min | Self::Max => count >= 1,
            Self::Clamp | Self::If => count == 3,
            Self::Tier => count >= 4 && count.is_multiple_of(2),
            Self::Percentile => count >= 2,
        }
    }

    /// How the function is called, for the message about a wrong number of arguments.
    pub(super) const fn usage(self) -> &'static str {
        match self {
            Self::Ceil => "ceil(x) takes 1 argument",
            Self::Floor => "floor(x) takes 1 argument",
            Self::Round => "round(x) takes 1 argument, or round(x, digits) takes 2",
            Self::Min => "min(a, …) takes at least 1 argument",
            Self::Max => "max(a, …) takes at least 1 argument",
            Self::Clamp => "clamp(x, low, high) takes 3 arguments",
            Self::If => "if(condition, a, b) takes 3 arguments",
            Self::Tier => "tier(value, limit, rate, …, default) takes an even number of arguments, at least 4",
            Self::Percentile => "percentile(p, value, …) takes at least 2 arguments",
        }
    }
}

/// Words of the Python that authors know, which mean something there and nothing here.
pub(super) const REFUSED_WORDS: [&str; 30] = [
    "None", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "except", "finally",
    "for", "from", "global", "import", "in", "is", "lambda", "match", "nonlocal", "pass", "raise", "return", "try",
    "type", "while", "with", "yield",
];
