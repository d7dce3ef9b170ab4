//! Spend by group: the greatest first, the rest as "Other", which opens; and each group split once more.

use crate::{
    charts::{Figure, Legend, paint},
    figures::spend::SpendFigures,
    format::{self, Delta, Trend},
    link,
    model::{Credits, SpendBy, SpendGroup, SpendSort, SpendSum},
    pages::range_bar::AskedRange,
    ui::{Column as Head, DataTable, Meter, Money, Section},
};
use leptos::prelude::*;

pub(super) fn groups(figures: &SpendFigures<'_>, asked: &AskedRange) -> impl IntoView + use<> {
    let report = figures.report;
    let (title, table) = (format!("Spend by {}", report.by.as_str()), table(figures, asked));
    let note = format::counted(to_count(report.group_count), report.by.as_str(), report.by.plural());
    let split = figures.split().map(|(bars, legend)| {
        let (title, table) = (bars.title.clone(), split_table(figures));
        view! {
            <Section title=title.trim_end_matches(", in credits").to_owned() note="the greatest first, from the range's entries">
                <Legend items=legend/>
                <Figure class="chart-stacked" wide=bars.wide() narrow=bars.narrow() table=format!("{title}, as a table")>
                    {table}
                </Figure>
            </Section>
        }
    });
    view! {
        {split}
        <div id="groups">
            <Section title note>{table}</Section>
        </div>
    }
}

/// A row of the table: a group, or several as one.
struct Row {
    swatch: Option<usize>,
    name: AnyView,
    /// The charges behind it, if the transactions page can find just them.
    charges: Option<String>,
    sum: SpendSum,
    previous: Credits,
}

fn table(figures: &SpendFigures<'_>, asked: &AskedRange) -> impl IntoView + use<> {
    let report = figures.report;
    let (total, compared) = (report.total, figures.words.compared());
    let shown = if figures.words.opened() { report.groups.len() } else { report.named };
    let (sort, direction) = figures.words.order();
    let mut groups: Vec<_> = report.groups.iter().take(shown).enumerate().collect();
    sort.arrange(direction, &mut groups, |(_, group)| group);
    let mut rows: Vec<Row> = groups.into_iter().map(|(at, group)| row(figures, at, group)).collect();
    let listed = |rows: &[SpendGroup]| {
        let sum: SpendSum = rows.iter().map(|group| group.sum).sum();
        (sum, rows.iter().map(|group| group.previous.spend).sum::<Credits>())
    };
    let (sum, previous) = listed(&report.groups[..shown]);
    let rest = (total.less(sum), less(report.previous.spend, previous));
    if report.group_count > shown {
        rows.push(other(figures, asked, report.group_count - shown, rest));
    }
    let heads = heads(figures, asked);
    let (all, before) = (figures.charges(&[], None), report.previous.spend);
    let foot = move || {
        view! {
            <tr>
                <th scope="row"><a href=all.clone()>"Whole range"</a></th>
                <td class="num"><Money amount=total.spend/></td>
                <td></td>
                {compared.then(|| compared_cells(total.spend, before))}
                <td class="num">{format::count(total.charges)}</td>
                <td class="num wide-only"><Money amount=total.refunded/></td>
            </tr>
        }
    };
    view! {
        <DataTable caption="Spend by group" columns=heads foot=foot has_foot=true>
            {rows.into_iter().map(|row| cells(row, total.spend, compared)).collect_view()}
        </DataTable>
        {figures
            .words
            .opened()
            .then(|| {
                let href = format!("{}#groups", asked.href(&[("rows", "")]));
                view! { <div><a href=href>"Show the greatest only"</a></div> }
            })}
    }
    .into_any()
}

/// The heads of the table, most of which order it.
fn heads(figures: &SpendFigures<'_>, asked: &AskedRange) -> Vec<Head> {
    let now = figures.words.order();
    let sorted = |head: Head, sort: SpendSort| {
        head.ordered(sort, Some(now), |sort, order| {
            format!("{}#groups", asked.href(&[("sort", sort), ("order", order)]))
        })
    };
    let by = figures.report.by.as_str();
    let mut heads = vec![
        sorted(Head::text(by[..1].to_uppercase() + &by[1..]), SpendSort::Name),
        sorted(Head::number("Spend"), SpendSort::Spend),
        Head::text("Share"),
    ];
    if figures.words.compared() {
        heads.extend([Head::number("Before"), sorted(Head::number("Change"), SpendSort::Change)]);
    }
    heads.extend([sorted(Head::number("Charges"), SpendSort::Charges), Head::number("Refunded").wide_only()]);
    heads
}

fn cells(row: Row, total: Credits, compared: bool) -> impl IntoView {
    let Row { swatch, name, charges, sum, previous } = row;
    view! {
        <tr>
            <td class="wrap">
                {swatch
                    .map(|slot| {
                        view! {
                            <svg class="swatch swatch-inline" viewBox="0 0 10 10" aria-hidden="true">
                                <rect width="10" height="10" fill=paint(slot)/>
                            </svg>
                        }
                    })} {name}
            </td>
            <td class="num"><Money amount=sum.spend/></td>
            <td class="share">
                <Meter value=sum.spend max=total label="Share of the range"/>
                <span class="num">{format::share(sum.spend, total)}</span>
            </td>
            {compared.then(|| compared_cells(sum.spend, previous))}
            <td class="num">
                {match charges {
                    Some(href) => view! { <a href=href>{format::count(sum.charges)}</a> }.into_any(),
                    None => format::count(sum.charges).into_any(),
                }}
            </td>
            <td class="num wide-only"><Money amount=sum.refunded/></td>
        </tr>
    }
}

fn compared_cells(now: Credits, before: Credits) -> impl IntoView {
    let delta = Delta::credits(now, before);
    let word = match delta.trend {
        Trend::Up => "up ",
        Trend::Down => "down ",
        Trend::Level => "unchanged ",
    };
    view! {
        <td class="num"><Money amount=before/></td>
        <td class="num" title=delta.absolute>
            <span class="unseen">{word}</span>
            {delta.percent}
        </td>
    }
}

fn row(figures: &SpendFigures<'_>, at: usize, group: &SpendGroup) -> Row {
    let by = figures.report.by;
    let page = match by {
        SpendBy::User => Some(link::user(&group.key)),
        SpendBy::Team => group.key.parse().ok().map(link::team),
        SpendBy::Model => None,
    };
    let charges = figures.charges(&figures.filter(by, &group.key), None);
    let name = if by == SpendBy::User { group.key.clone() } else { group.name.clone() };
    let also = (by == SpendBy::User && group.name != group.key).then(|| group.name.clone());
    let href = page.unwrap_or_else(|| charges.clone());
    let name = view! {
        <a class="id-link" href=href><bdi>{name}</bdi></a>
        {also.map(|also| view! { " " <bdi class="quiet">{also}</bdi> })}
    };
    Row {
        swatch: (at < figures.report.named).then(|| figures.slot(at, group)),
        name: name.into_any(),
        charges: Some(charges),
        sum: group.sum,
        previous: group.previous.spend,
    }
}

/// Everything that is not listed, with the way to list it.
fn other(figures: &SpendFigures<'_>, asked: &AskedRange, count: usize, (sum, previous): (SpendSum, Credits)) -> Row {
    let words = figures.others(count);
    let name = if figures.words.opened() {
        view! { <span>{words}</span> }.into_any()
    } else {
        view! { <a href=format!("{}#groups", asked.href(&[("rows", "all")]))>{words}</a> }.into_any()
    };
    Row { swatch: Some(crate::charts::OTHER), name, charges: None, sum, previous }
}

fn split_table(figures: &SpendFigures<'_>) -> impl IntoView + use<> {
    let report = figures.report;
    let mut heads = vec![Head::text("")];
    heads.extend(report.splits.iter().map(|part| Head::number(part.name.clone())));
    heads.push(Head::number("Together"));
    let shown = report.groups.iter().filter(|group| !group.sum.spend.is_zero()).take(100);
    let rows: Vec<_> = shown
        .map(|group| {
            let cells = report.splits.iter().zip(&group.parts).map(|(part, amount)| {
                let of = figures.filter(report.by, &group.key);
                let both = report.split.map(|split| figures.filter(split, &part.key)).filter(|_| !part.other);
                let pairs: Vec<_> = of.into_iter().chain(both.into_iter().flatten()).collect();
                (*amount, (!part.other && !amount.is_zero()).then(|| figures.charges(&pairs, None)))
            });
            (group.name.clone(), cells.collect::<Vec<_>>(), group.sum.spend)
        })
        .collect();
    let totals: Vec<Credits> = report.splits.iter().map(|part| part.spend).collect();
    let total = report.total.spend;
    let foot = move || {
        view! {
            <tr>
                <th scope="row">"Whole range"</th>
                {totals.iter().map(|amount| view! { <td class="num"><Money amount=*amount/></td> }).collect_view()}
                <td class="num"><Money amount=total/></td>
            </tr>
        }
    };
    view! {
        <DataTable caption="Spend split" columns=heads foot=foot has_foot=true>
            {rows
                .into_iter()
                .map(|(name, cells, sum)| {
                    view! {
                        <tr>
                            <th scope="row" class="wrap"><bdi>{name}</bdi></th>
                            {cells
                                .into_iter()
                                .map(|(amount, href)| match href {
                                    Some(href) => {
                                        view! { <td class="num"><a href=href><Money amount/></a></td> }.into_any()
                                    }
                                    None => view! { <td class="num"><Money amount/></td> }.into_any(),
                                })
                                .collect_view()}
                            <td class="num"><Money amount=sum/></td>
                        </tr>
                    }
                })
                .collect_view()}
        </DataTable>
    }
}

fn less(a: Credits, b: Credits) -> Credits {
    Credits::from_micros(a.micros().saturating_sub(b.micros()))
}

fn to_count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
