//! A calendar of days: a column for each week, Monday at the top, darker where more was spent.

use super::{DrawError, svg};
use crate::model::Credits;
use jiff::{ToSpan, civil::Date};
use std::fmt::Write as _;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    pub date: Date,
    pub value: Credits,
    pub tip: String,
    pub href: String,
    /// Still growing: drawn with a dashed edge.
    pub unfinished: bool,
}

/// `days` are in order and without gaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeatMap {
    pub title: String,
    pub days: Vec<Day>,
}

const CELL: f32 = 13.0;
const GAP: f32 = 3.0;
const LEFT: f32 = 30.0;
const TOP: f32 = 18.0;
const FONT: f32 = 10.5;
/// How dark each level is; the first is for days without spend.
const LEVELS: [&str; 5] = ["0", "0.25", "0.48", "0.72", "1"];

impl HeatMap {
    /// For wide screens.
    pub fn wide(&self) -> Result<String, DrawError> {
        Ok(self.draw(&self.days))
    }

    /// For a phone: the last 17 weeks.
    pub fn narrow(&self) -> Result<String, DrawError> {
        Ok(self.draw(self.days.split_at(self.days.len().saturating_sub(17 * 7)).1))
    }

    #[expect(clippy::cast_precision_loss, reason = "a year has 53 weeks")]
    fn draw(&self, days: &[Day]) -> String {
        let Some(first) = days.first().map(|day| monday(day.date)) else { return svg::root(1.0, 1.0, &self.title, "") };
        let steps = steps(&self.days);
        let mut inside = String::new();
        for (row, name) in [(0, "Mon"), (2, "Wed"), (4, "Fri")] {
            let y = TOP + (CELL + GAP) * row as f32 + CELL * 0.8;
            let _ =
                writeln!(inside, "<text x=\"0\" y=\"{y:.1}\" font-size=\"{FONT}\" fill=\"var(--quiet)\">{name}</text>");
        }
        let (mut weeks, mut month, mut labelled) = (0, 0, None);
        for (at, day) in days.iter().enumerate() {
            let week = monday(day.date).since(first).map_or(0, |span| span.get_days() / 7);
            let x = LEFT + (CELL + GAP) * week as f32;
            let y = TOP + (CELL + GAP) * f32::from(day.date.weekday().to_monday_zero_offset());
            weeks = weeks.max(week);
            // A month's name stands over its first week, if the one before leaves room and it is not just its end.
            if day.date.month() != month {
                month = day.date.month();
                if day.date.day() <= 14 && labelled.is_none_or(|last: i32| week - last >= 3) {
                    labelled = Some(week);
                    let name = day.date.strftime("%b");
                    let _ = writeln!(
                        inside,
                        "<text x=\"{x:.1}\" y=\"{FONT}\" font-size=\"{FONT}\" fill=\"var(--quiet)\">{name}</text>"
                    );
                }
            }
            let edge = if day.unfinished { " stroke=\"var(--ink)\" stroke-dasharray=\"2 2\"" } else { "" };
            let square = format!(
                "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{CELL}\" height=\"{CELL}\" rx=\"2\" fill=\"var(--sunken)\"/>\
                 <rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{CELL}\" height=\"{CELL}\" rx=\"2\" fill=\"var(--accent)\" fill-opacity=\"{}\"{edge}/>\
                 <rect class=\"bar-shade\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{CELL}\" height=\"{CELL}\" rx=\"2\" fill=\"transparent\"/>",
                LEVELS[level(day.value, steps)]
            );
            inside += &svg::link(&day.href, &day.tip, at + 1 == days.len(), &square);
        }
        let width = LEFT + (CELL + GAP) * (weeks + 1) as f32;
        svg::root(width, TOP + (CELL + GAP) * 7.0, &self.title, &inside)
    }
}

fn monday(date: Date) -> Date {
    date.checked_sub(i64::from(date.weekday().to_monday_zero_offset()).days()).unwrap_or(date)
}

/// Where the second, third and fourth level begin: quarters of the days with spend, so that one great day does not make
/// all others pale.
fn steps(days: &[Day]) -> [Credits; 3] {
    let mut spent: Vec<Credits> = days.iter().map(|day| day.value).filter(|value| value.is_positive()).collect();
    spent.sort_unstable();
    [1, 2, 3].map(|quarter| spent.get(spent.len() * quarter / 4).copied().unwrap_or_default())
}

fn level(value: Credits, steps: [Credits; 3]) -> usize {
    if value.is_positive() { 1 + steps.iter().filter(|step| value > **step).count() } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn days(values: &[i64]) -> Vec<Day> {
        let day = |(at, micros): (usize, &i64)| Day {
            date: date(2026, 11, 2).checked_add(i64::try_from(at).unwrap().days()).unwrap(),
            value: Credits::from_micros(*micros),
            tip: format!("day {at} <b>"),
            href: format!("/transactions?from={at}"),
            unfinished: false,
        };
        values.iter().enumerate().map(day).collect()
    }

    #[test]
    fn darker_is_more_and_nothing_is_empty() {
        let days = days(&[0, 10, 20, 30, 40, 50, 60, 70, 1_000_000]);
        let steps = steps(&days);
        let levels: Vec<_> = days.iter().map(|day| level(day.value, steps)).collect();
        assert_eq!(levels, [0, 1, 1, 1, 2, 2, 3, 3, 4]);
    }

    #[test]
    fn days_stand_under_their_week() {
        let map = HeatMap { title: "Days".into(), days: days(&[1; 8]) };
        let svg = map.wide().unwrap();
        assert_eq!(svg.matches("<a ").count(), 8);
        assert_eq!(svg.matches("tabindex=\"0\"").count(), 1);
        // 2 November 2026 is a Monday; the ninth is in the next column, at the top.
        assert!(svg.contains("x=\"46.0\" y=\"18.0\"") && !svg.contains("<b>") && !svg.contains("style"), "{svg}");
        assert!(HeatMap { title: "None".into(), days: Vec::new() }.wide().is_ok());
    }
}
