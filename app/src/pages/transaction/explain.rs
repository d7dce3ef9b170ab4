//! "Explain this charge": from quantities through formulas to what was taken.

use crate::{
    format,
    model::{
        Breakdown, CapAction, CapType, Credits, PricedTerm, SpendThen, Transaction, TransactionDetail, UsageMetrics,
    },
    ui::{Badge, Column, DataTable, Section, Tone},
};
use jiff::tz::TimeZone;
use leptos::prelude::*;
use rust_decimal::Decimal;

pub fn view(detail: &TransactionDetail, spend: Option<Vec<SpendThen>>) -> impl IntoView + use<> {
    let note = match detail.transaction.pricing_version {
        Some(version) => format!("priced by version {version}, as it was then"),
        None => "charged as an amount, without a price".to_owned(),
    };
    let priced = detail.breakdown.as_ref().map(priced);
    let settled = settled(&detail.transaction, detail.breakdown.as_ref());
    let windows = windows(&detail.transaction, spend);
    view! {
        <Section title="Explain this charge" note>
            {priced}
            {settled}
            {windows}
        </Section>
    }
    .into_any()
}

/// Quantities, then each term with its exact value.
fn priced(breakdown: &Breakdown) -> impl IntoView + use<> {
    let columns =
        vec![Column::text("Term"), Column::text("Price of"), Column::text("Formula"), Column::number("Exact value")];
    let rows = breakdown.terms.iter().cloned().map(term).collect_view();
    view! {
        <ul class="quantities">
            {quantities(&breakdown.quantities)
                .into_iter()
                .map(|(name, count)| view! { <li><span class="quiet">{name}</span> " " <strong>{count}</strong></li> })
                .collect_view()}
        </ul>
        <DataTable caption="Terms of the price" columns>{rows}</DataTable>
    }
    .into_any()
}

fn term(term: PricedTerm) -> impl IntoView {
    view! {
        <tr>
            <td>{term.term}</td>
            <td>
                <code>{term.key}</code>
                {term.from_plan.then(|| view! { " " <Badge tone=Tone::Accent text="plan's rate"/> })}
            </td>
            <td class="term-formula"><code class="formula">{term.formula}</code></td>
            <td class="num mono">{term.value}</td>
        </tr>
    }
    .into_any()
}

/// Every quantity that was not zero, as name and count.
pub fn quantities(metrics: &UsageMetrics) -> Vec<(String, String)> {
    let fixed = [
        ("input tokens", metrics.input_tokens),
        ("output tokens", metrics.output_tokens),
        ("cache read tokens", metrics.cache_read_tokens),
        ("cache write tokens", metrics.cache_write_tokens),
        ("search queries", metrics.search_queries),
        ("search results", metrics.search_results),
        ("web search calls", metrics.web_search_calls),
        ("code exec calls", metrics.code_exec_calls),
    ];
    let count = |number: u64| format::count(i64::try_from(number).unwrap_or(i64::MAX));
    let fixed = fixed.into_iter().map(|(name, number)| (name.to_owned(), number));
    let tools = metrics.tools.iter().map(|(tool, calls)| (format!("calls of {tool}"), *calls));
    let named: u64 = metrics.tools.values().sum();
    let unnamed = metrics.tool_calls.unwrap_or(named).saturating_sub(named);
    let further = std::iter::once(("other tool calls".to_owned(), unnamed));
    let counted = fixed.chain(tools).chain(further).filter(|(_, number)| *number > 0);
    let counted = counted.map(|(name, number)| (name, count(number)));
    let job = metrics.fixed_job.clone().map(|job| ("job".to_owned(), job));
    counted.chain(job).collect()
}

/// The sum of the exact terms; nothing when it does not fit a decimal.
fn exact_sum(breakdown: &Breakdown) -> Option<Decimal> {
    let read = |text: &str| if text.is_empty() { Some(Decimal::ZERO) } else { text.parse().ok() };
    let Breakdown { model, tools, search, cache, fixed, .. } = breakdown;
    [model, tools, search, cache, fixed]
        .into_iter()
        .try_fold(Decimal::ZERO, |sum, text| sum.checked_add(read(text)?))
        .map(|sum| sum.normalize())
}

/// What a settled reservation could not collect.
pub fn uncollected(entry: &Transaction) -> Credits {
    let gross = entry.gross.unwrap_or_default().micros();
    Credits::from_micros(gross.saturating_add(entry.amount.micros()).saturating_sub(entry.allowance.micros()))
}

/// From the sum to the balance, a step a line.
fn settled(entry: &Transaction, breakdown: Option<&Breakdown>) -> impl IntoView + use<> {
    let credits = format::credits;
    let before = Credits::from_micros(entry.balance_after.micros().saturating_sub(entry.amount.micros()));
    let missing = uncollected(entry);
    let net = entry.amount.checked_neg().unwrap_or_default();
    let mut steps = Vec::new();
    if let Some(breakdown) = breakdown {
        if let Some(sum) = exact_sum(breakdown) {
            let floor = if sum.is_sign_negative() {
                "a negative sum counts as 0"
            } else {
                "model + tools + search + cache + fixed"
            };
            steps.push(("Sum of the terms", sum.to_string(), floor));
        }
        let rule = "once, half away from zero, to 6 places";
        steps.push(("Rounded: the cost", credits(breakdown.total), rule));
    } else {
        steps.push(("The cost", credits(entry.gross.unwrap_or(net)), "as the caller stated it"));
    }
    let allowance = entry.allowance.checked_neg().unwrap_or_default();
    steps.push(("The plan's allowance paid", credits(allowance), "it is used before credits"));
    if missing.is_positive() {
        let lacking = missing.checked_neg().unwrap_or_default();
        steps.push(("Not collected", credits(lacking), "the reservation and the balance did not cover it"));
    }
    steps.push(("Taken from the balance", credits(net), "what counts for caps and reports"));
    steps.push(("Balance before", credits(before), ""));
    steps.push(("Balance after", credits(entry.balance_after), ""));
    view! {
        <table class="table sum">
            <caption class="unseen">"From the sum of the terms to the balance"</caption>
            <tbody>
                {steps
                    .into_iter()
                    .map(|(label, amount, rule)| {
                        view! {
                            <tr>
                                <th scope="row">{label}</th>
                                <td class="quiet">{rule}</td>
                                <td class="num mono">{amount}</td>
                            </tr>
                        }
                    })
                    .collect_view()}
            </tbody>
        </table>
    }
    .into_any()
}

/// What the caps of the user count, before the charge and with it.
fn windows(entry: &Transaction, spend: Option<Vec<SpendThen>>) -> impl IntoView + use<> {
    let Some(rows) = spend else {
        const WHY: &str = "Too many charges of that month come before it to add up here what its caps had counted.";
        return view! { <p class="quiet">{WHY}</p> }.into_any();
    };
    let columns = vec![
        Column::text("Window"),
        Column::number("Spent before"),
        Column::number("With this charge"),
        Column::number("Cap as set today"),
        Column::text("Verdict"),
    ];
    let unasked = entry.created_at != entry.recorded_at;
    view! {
        <h3>"Caps at that moment"</h3>
        <p class="quiet">
            "What the user had spent, net of refunds, in the day and the month (UTC) of the charge. The limits are those of today: earlier ones are in the audit log, and what reservations held then is not kept."
            {unasked.then_some(" No cap was asked about this charge: it was recorded later, with the time of its usage.")}
        </p>
        <DataTable caption="What caps had counted, against those of today" columns>
            {rows.iter().map(window).collect_view()}
        </DataTable>
    }
    .into_any()
}

fn window(row: &SpendThen) -> impl IntoView + use<> {
    let start = row.window_start.to_zoned_datetime(TimeZone::UTC);
    let when = match row.cap_type {
        CapType::Daily => format::day_year(start.date()),
        CapType::Monthly => start.strftime("%B %Y").to_string(),
    };
    let model = row.model.clone().map_or_else(|| ", all models".to_owned(), |model| format!(", {model}"));
    let (tone, verdict) = verdict(row);
    let limit = row.cap.as_ref().map_or_else(|| "—".to_owned(), |cap| format::credits(cap.limit));
    view! {
        <tr>
            <td>{when} <bdi>{model}</bdi></td>
            <td class="num mono">{format::credits(row.before)}</td>
            <td class="num mono">{format::credits(row.after)}</td>
            <td class="num mono">{limit}</td>
            <td>
                {match tone {
                    Some(tone) => view! { <Badge tone text=verdict/> }.into_any(),
                    None => view! { <span class="quiet">{verdict}</span> }.into_any(),
                }}
            </td>
        </tr>
    }
    .into_any()
}

/// Whether the charge would be within the cap of today.
fn verdict(row: &SpendThen) -> (Option<Tone>, String) {
    let Some(cap) = &row.cap else { return (None, "no cap".to_owned()) };
    let left = Credits::from_micros(cap.limit.micros().saturating_sub(row.after.micros()));
    if !left.is_negative() {
        return (Some(Tone::Good), format!("within, {} left", format::credits(left)));
    }
    let over = format::credits(left.checked_neg().unwrap_or(Credits::MAX));
    match cap.action {
        CapAction::Deny => (Some(Tone::Bad), format!("{over} past it: it would refuse")),
        CapAction::Warn => (Some(Tone::Warn), format!("{over} past it: it would warn")),
        CapAction::Notify => (Some(Tone::Warn), format!("{over} past it: it would notify")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_terms_add_up_exactly() {
        let priced = |model: &str, cache: &str| Breakdown {
            model: model.into(),
            tools: "10".into(),
            cache: cache.into(),
            ..Breakdown::default()
        };
        let sum = |model: &str, cache: &str| exact_sum(&priced(model, cache)).map(|sum| sum.to_string());
        assert_eq!(sum("212.4999996", "-0.0000001").as_deref(), Some("222.4999995"));
        assert_eq!(sum("1.50", "").as_deref(), Some("11.5"));
        assert_eq!(sum("not a number", ""), None);
    }
}
