//! The quantities of a call, checked and counted before anything is priced.

use super::{config::name_fault, formula::Variables, price_error::PriceError};
use crate::model::UsageMetrics;

/// Differently named tools of one call.
pub const MAX_TOOLS: usize = 1000;

/// What a call used, as formulas see it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Usage {
    pub(super) variables: Variables,
    /// Calls that came without a name: `tool_calls` beyond the sum of `tools`.
    pub(super) nameless_calls: u64,
    pub(super) has_tokens: bool,
    pub(super) has_quantity: bool,
}

/// Checks the metrics and adds up the tool calls.
pub(super) fn read_usage(metrics: &UsageMetrics) -> Result<Usage, PriceError> {
    check_name("model", metrics.model.as_deref())?;
    check_name("fixed_job", metrics.fixed_job.as_deref())?;
    if metrics.tools.len() > MAX_TOOLS {
        return Err(invalid("tools", format!("names more than {MAX_TOOLS} tools")));
    }
    for name in metrics.tools.keys() {
        check_name("tools", Some(name))?;
    }
    let named = metrics.tools.values().try_fold(0_u64, |sum, count| sum.checked_add(*count));
    let named = named.ok_or_else(|| invalid("tools", "counts more calls than can be added"))?;
    let tool_calls = metrics.tool_calls.unwrap_or(named);
    let Some(nameless_calls) = tool_calls.checked_sub(named) else {
        let rule = format!("is {tool_calls}, less than the {named} calls that `tools` names");
        return Err(invalid("tool_calls", rule));
    };
    let variables = Variables {
        input_tokens: metrics.input_tokens,
        output_tokens: metrics.output_tokens,
        cache_read_tokens: metrics.cache_read_tokens,
        cache_write_tokens: metrics.cache_write_tokens,
        search_queries: metrics.search_queries,
        search_results: metrics.search_results,
        web_search_calls: metrics.web_search_calls,
        code_exec_calls: metrics.code_exec_calls,
        tool_calls,
        this_tool_calls: 0,
    };
    let has_tokens =
        [metrics.input_tokens, metrics.output_tokens, metrics.cache_read_tokens, metrics.cache_write_tokens]
            .into_iter()
            .any(|count| count > 0);
    let usage = Usage { variables, nameless_calls, has_tokens, has_quantity: variables != Variables::default() };
    if metrics.model.is_none() && metrics.fixed_job.is_none() && !usage.has_quantity {
        return Err(invalid("metrics", "must name a model or a fixed_job, or hold a quantity"));
    }
    Ok(usage)
}

fn check_name(field: &'static str, name: Option<&str>) -> Result<(), PriceError> {
    match name.and_then(name_fault) {
        None => Ok(()),
        Some(rule) => Err(invalid(field, rule)),
    }
}

fn invalid(field: &'static str, rule: impl Into<String>) -> PriceError {
    PriceError::Invalid { field, rule: rule.into() }
}
