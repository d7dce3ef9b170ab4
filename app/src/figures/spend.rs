//! The spend page's charts.

use crate::{
    api::{ShownRange, SpendWords},
    charts::{Colours, Column, ColumnChart, Day, HeatMap, Layer, LegendItem, OTHER, PLAIN, StackedBar, StackedBars},
    format,
    model::{Credits, SpendBucket, SpendBy, SpendGroup, SpendReport, Step, Timestamp},
    range::read_zone,
    ui::href,
};
use jiff::tz::TimeZone;

/// A report with what is needed to draw it.
#[derive(Clone, Copy, Debug)]
pub struct SpendFigures<'a> {
    pub report: &'a SpendReport,
    pub words: &'a SpendWords,
    pub range: &'a ShownRange,
    pub colours: &'a Colours,
    pub now: Timestamp,
}

/// The chart over time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverTime {
    pub title: String,
    pub chart: ColumnChart,
    /// The period before, column by column.
    pub before: Vec<Credits>,
    pub legend: Vec<LegendItem>,
    /// What the hatched column is, if one is.
    pub hatched: Option<String>,
}

impl SpendFigures<'_> {
    fn zone(&self) -> TimeZone {
        read_zone(&self.range.zone).unwrap_or(TimeZone::UTC)
    }

    /// "Daily spend by model".
    pub fn title(&self) -> String {
        let each = match self.report.step {
            Step::Hour => "Hourly",
            Step::Day => "Daily",
            Step::Week => "Weekly",
            Step::Month => "Monthly",
        };
        let by = self.report.by.as_str();
        if self.words.cumulative() {
            format!("Spend added up by {}, by {by}", self.report.step.as_str())
        } else {
            format!("{each} spend by {by}")
        }
    }

    pub fn over_time(&self) -> OverTime {
        let report = self.report;
        let mut layers: Vec<Layer> =
            report.groups.iter().take(report.named).enumerate().map(|(at, group)| self.layer(at, group)).collect();
        let others = report.buckets.iter().any(|bucket| !bucket.rest().is_zero());
        if others {
            let rest = report.group_count.saturating_sub(report.named);
            layers.push(Layer { name: self.others(rest), slot: OTHER });
        }
        let mut running = vec![Credits::ZERO; layers.len()];
        let (mut columns, mut before, mut so_far) = (Vec::new(), Vec::new(), Credits::ZERO);
        for (at, bucket) in report.buckets.iter().enumerate() {
            let mut parts = bucket.parts.clone();
            if others {
                parts.push(bucket.rest());
            }
            let earlier = report.previous_buckets.get(at).copied().unwrap_or_default();
            so_far = [so_far, earlier].into_iter().sum();
            for (sum, part) in running.iter_mut().zip(&parts) {
                *sum = [*sum, *part].into_iter().sum();
            }
            let (parts, earlier) = match (self.words.cumulative(), self.begun(bucket)) {
                // What has not begun has no sum yet, not the same one again and again.
                (true, false) => (vec![Credits::ZERO; layers.len()], so_far),
                (true, true) => (running.clone(), so_far),
                (false, _) => (parts, earlier),
            };
            let unfinished = bucket.start <= self.now && self.now < bucket.end;
            columns.push(Column {
                label: self.label(bucket),
                tip: self.tip(bucket, &layers, &parts, earlier, unfinished),
                href: self.charges(&[], Some(bucket)),
                parts,
                unfinished,
            });
            // The period before may be shorter, or cut off where this one has come to.
            if self.words.compared() && at < report.previous_buckets.len() {
                before.push(earlier);
            }
        }
        let hatched = columns.iter().any(|column| column.unfinished);
        OverTime {
            title: self.title(),
            legend: layers.iter().map(|layer| LegendItem { name: layer.name.clone(), slot: layer.slot }).collect(),
            chart: ColumnChart { title: format!("{}, in credits", self.title()), layers, columns },
            before,
            hatched: hatched.then(|| format!("hatched: this {} is not over", report.step.as_str())),
        }
    }

    /// Whether any time of a column has passed.
    pub fn begun(&self, bucket: &SpendBucket) -> bool {
        bucket.start <= self.now
    }

    /// `Other (3 models)`.
    pub fn others(&self, count: usize) -> String {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        format!("Other ({})", format::counted(count, self.report.by.as_str(), self.report.by.plural()))
    }

    fn layer(&self, at: usize, group: &SpendGroup) -> Layer {
        Layer { name: group.name.clone(), slot: self.slot(at, group) }
    }

    /// Models keep their colour everywhere; teams and users go by their rank.
    pub fn slot(&self, at: usize, group: &SpendGroup) -> usize {
        match self.report.by {
            SpendBy::Model => self.colours.slot(&group.key),
            _ if group.key.is_empty() => PLAIN,
            _ => at,
        }
    }

    fn label(&self, bucket: &SpendBucket) -> String {
        match self.report.step {
            Step::Hour => self.hour(bucket),
            Step::Day | Step::Week => format::day_short(bucket.first),
            Step::Month => bucket.first.strftime("%b %Y").to_string(),
        }
    }

    /// Short, for there are many: `14`, `01:30` where the clock was set by half an hour, and the day where one begins.
    fn hour(&self, bucket: &SpendBucket) -> String {
        let start = bucket.start.to_zoned_datetime(self.zone());
        match (start.hour(), start.minute(), self.range.first == self.range.last) {
            (0, 0, false) => format::day_short(bucket.first),
            (_, 0, _) => start.strftime("%H").to_string(),
            _ => start.strftime("%H:%M").to_string(),
        }
    }

    /// In full: a day, a span of days, or an hour with its offset's name, which tells the two hours of a clock set back
    /// apart.
    pub fn name(&self, bucket: &SpendBucket) -> String {
        match self.report.step {
            Step::Hour => {
                let (start, end) =
                    (bucket.start.to_zoned_datetime(self.zone()), bucket.end.to_zoned_datetime(self.zone()));
                // Where the clock is set at its end, an hour could be read as one that ends before it begins.
                let from = if start.offset() == end.offset() { "%H:%M" } else { "%H:%M %Z" };
                format!("{} {}–{}", format::day_long(bucket.first), start.strftime(from), end.strftime("%H:%M %Z"))
            }
            _ if bucket.first == bucket.last => format::day_long(bucket.first),
            _ => format!("{} – {}", format::day_long(bucket.first), format::day_long(bucket.last)),
        }
    }

    fn tip(
        &self,
        bucket: &SpendBucket,
        layers: &[Layer],
        parts: &[Credits],
        before: Credits,
        unfinished: bool,
    ) -> String {
        let total: Credits = parts.iter().copied().sum();
        let mut lines = vec![self.name(bucket)];
        if !self.begun(bucket) {
            lines.push("not begun yet".to_owned());
            return lines.join("\n");
        }
        let so_far = if self.words.cumulative() { " so far" } else { "" };
        lines.push(format!(
            "{} credits{so_far}, {}{}",
            format::credits(total),
            format::counted(bucket.sum.charges, "charge", "charges"),
            if unfinished { ", not over yet" } else { "" }
        ));
        let named = layers.iter().zip(parts).rev().filter(|(_, part)| !part.is_zero());
        lines.extend(named.map(|(layer, part)| format!("{}  {}", layer.name, format::credits(*part))));
        if !bucket.sum.refunded.is_zero() {
            lines.push(format!("refunded  {}", format::credits(bucket.sum.refunded)));
        }
        if self.words.compared() {
            lines.push(format!("the period before  {}", format::credits(before)));
        }
        lines.join("\n")
    }

    /// The transactions page with exactly the charges of `of`, in one column or in the whole range.
    pub fn charges(&self, of: &[(&str, &str)], bucket: Option<&SpendBucket>) -> String {
        let mut query = of.to_vec();
        if !of.iter().any(|(name, _)| *name == "kind") {
            query.push(("kind", "charges"));
        }
        let (first, last) = bucket.map_or((self.range.first, self.range.last), |bucket| (bucket.first, bucket.last));
        let (from, to) = (first.to_string(), last.to_string());
        let instants = bucket.filter(|_| self.report.step == Step::Hour);
        let (start, end) = instants.map_or_else(Default::default, |b| (b.start.to_string(), b.end.to_string()));
        if instants.is_some() {
            query.extend([("start", start.as_str()), ("end", end.as_str())]);
        } else {
            query.extend([("from", from.as_str()), ("to", to.as_str())]);
        }
        query.push(("tz", &self.range.zone));
        href("/transactions", &query)
    }

    /// What finds the charges of one group; a user's own credits are what no team paid.
    pub fn filter<'k>(&self, by: SpendBy, key: &'k str) -> [(&'static str, &'k str); 1] {
        match by {
            SpendBy::Team if key.is_empty() => [("kind", "usage")],
            by => [(by.as_str(), key)],
        }
    }

    /// Each group split by something else.
    pub fn split(&self) -> Option<(StackedBars, Vec<LegendItem>)> {
        let split = self.report.split?;
        let slots: Vec<usize> = (self.report.splits.iter().enumerate())
            .map(|(at, part)| match split {
                _ if part.other => OTHER,
                SpendBy::Model => self.colours.slot(&part.key),
                _ if part.key.is_empty() => PLAIN,
                _ => at,
            })
            .collect();
        let names = self.report.splits.iter().map(|part| part.name.as_str());
        let legend = names.clone().zip(&slots).map(|(name, slot)| LegendItem { name: name.to_owned(), slot: *slot });
        let bars = self.report.groups.iter().filter(|group| !group.sum.spend.is_zero()).take(self.report.named);
        let bars = bars.map(|group| {
            let parts = names.clone().zip(&group.parts).filter(|(_, part)| !part.is_zero());
            let lines = parts.map(|(name, part)| format!("{name}  {}", format::credits(*part)));
            let head = [group.name.clone(), format!("{} credits", format::credits(group.sum.spend))];
            StackedBar {
                name: group.name.clone(),
                label: format::credits_short(group.sum.spend),
                tip: head.into_iter().chain(lines).collect::<Vec<_>>().join("\n"),
                href: self.charges(&self.filter(self.report.by, &group.key), None),
                parts: group.parts.iter().copied().zip(slots.iter().copied()).collect(),
            }
        });
        let title = format!("Spend by {} and {}, in credits", self.report.by.as_str(), split.as_str());
        Some((StackedBars { title, bars: bars.collect() }, legend.collect()))
    }

    pub fn calendar(&self) -> HeatMap {
        let day = |row: &crate::model::DailySpendRow| {
            let date = row.date.to_string();
            let figures = if row.date > self.range.today {
                "not begun yet".to_owned()
            } else {
                let charges = format::counted(row.transaction_count, "charge", "charges");
                format!("{} credits, {charges}", format::credits(row.total_spend))
            };
            Day {
                date: row.date,
                value: row.total_spend,
                tip: format!("{}\n{figures}", format::day_long(row.date)),
                href: href(
                    "/transactions",
                    &[("kind", "charges"), ("from", &date), ("to", &date), ("tz", &self.range.zone)],
                ),
                unfinished: row.date == self.range.today,
            }
        };
        HeatMap {
            title: "Spend on each day, in credits".to_owned(),
            days: self.report.calendar.iter().map(day).collect(),
        }
    }
}
