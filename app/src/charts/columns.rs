//! Stacked columns over time.

use super::{
    DrawError,
    axis::Axis,
    colour::{marker, paint},
    svg::{self, Mark},
};
use crate::{format, model::Credits};
use charts_rs::{Color, Series};
use std::fmt::Write as _;

/// A part of every column, from the foot upwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    pub name: String,
    pub slot: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Under the axis.
    pub label: String,
    /// In full, for the tip: a line for each part.
    pub tip: String,
    /// What is behind it.
    pub href: String,
    /// An amount for each layer.
    pub parts: Vec<Credits>,
    /// Still growing: drawn hatched.
    pub unfinished: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnChart {
    pub title: String,
    pub layers: Vec<Layer>,
    pub columns: Vec<Column>,
}

/// Room for the labels of the value axis.
const LEFT: f32 = 46.0;
const TOP: f32 = 10.0;
/// Room for the labels under the columns.
const FOOT: f32 = 26.0;
/// A lone day does not become a wall.
const WIDEST: f32 = 48.0;
const FONT: f32 = 12.0;
/// What is left free between two labels.
const BETWEEN: f32 = 10.0;

/// Of one drawing.
#[derive(Clone, Copy)]
struct Size {
    width: f32,
    height: f32,
    /// About how wide a letter of a label is where the sheet makes it largest.
    letter: f32,
    hatch: &'static str,
}

const WIDE: Size = Size { width: 960.0, height: 250.0, letter: 9.5, hatch: "hatch-wide" };
const NARROW: Size = Size { width: 344.0, height: 200.0, letter: 7.5, hatch: "hatch-narrow" };

impl ColumnChart {
    /// Each layer of all columns together.
    pub fn sums(&self) -> Vec<Credits> {
        let sum = |at| self.columns.iter().filter_map(|column| column.parts.get(at)).copied().sum();
        (0..self.layers.len()).map(sum).collect()
    }

    /// For wide screens.
    pub fn wide(&self) -> Result<String, DrawError> {
        self.wide_with(&[])
    }

    /// With a mark over each column at the amount it is compared with.
    pub fn wide_with(&self, marks: &[Credits]) -> Result<String, DrawError> {
        self.draw(WIDE, marks)
    }

    /// For a phone, so that its labels are not shrunk.
    pub fn narrow(&self) -> Result<String, DrawError> {
        self.narrow_with(&[])
    }

    pub fn narrow_with(&self, marks: &[Credits]) -> Result<String, DrawError> {
        self.draw(NARROW, marks)
    }

    fn draw(&self, size: Size, compared: &[Credits]) -> Result<String, DrawError> {
        let Size { width, height, letter, hatch } = size;
        let sums = self.columns.iter().map(|column| column.parts.iter().copied().sum());
        let tallest = sums.chain(compared.iter().take(self.columns.len()).copied()).max();
        let axis = Axis::over(tallest.unwrap_or(Credits::ZERO));
        let drawn = self.bars(axis, width, height).svg()?;
        let (marks, rest) = svg::take_apart(&drawn);
        let plot = Plot { width: width - LEFT, foot: height - FOOT, columns: self.columns.len() };
        let mut inside = hatch_pattern(hatch) + &rest + &value_labels(axis, &plot) + &self.labels(&plot, letter);
        let mut tops = vec![plot.foot; self.columns.len()];
        for mark in marks.iter().filter(|mark| mark.height > 0.0) {
            let index = plot.column_of(mark).min(self.columns.len() - 1);
            tops[index] = tops[index].min(mark.y);
            inside += &plot.bar(index, mark.y, mark.height, &paint(mark.slot));
        }
        for (index, column) in self.columns.iter().enumerate() {
            if column.unfinished && tops[index] < plot.foot {
                inside += &plot.bar(index, tops[index], plot.foot - tops[index], &format!("url(#{hatch})"));
            }
        }
        for (index, amount) in compared.iter().take(self.columns.len()).enumerate() {
            inside += &plot.mark(index, axis, *amount);
        }
        // The links stand side by side, after everything that is drawn, so that the arrow keys find the next one.
        for (index, column) in self.columns.iter().enumerate() {
            let tab_stop = index + 1 == self.columns.len();
            inside += &svg::link(&column.href, &column.tip, tab_stop, &plot.shade(index));
        }
        Ok(svg::root(width, height, &self.title, &inside))
    }

    /// The foot line, and names under as many columns as there is room for, the same number of columns apart.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a few letters"
    )]
    fn labels(&self, plot: &Plot, letter: f32) -> String {
        let letters = self.columns.iter().map(|column| column.label.chars().count()).max().unwrap_or(0);
        let room = letters as f32 * letter + BETWEEN;
        let apart = ((room / plot.unit()).ceil() as usize).max(1);
        let foot = plot.foot;
        let mut out = format!("<path d=\"M{LEFT} {foot}h{}\" stroke=\"var(--line)\"/>\n", plot.width);
        for (index, column) in self.columns.iter().enumerate().step_by(apart) {
            let left = plot.left(index);
            let _ = writeln!(
                out,
                "<path d=\"M{left:.1} {foot}v5\" stroke=\"var(--line)\"/>\
                 <text x=\"{:.1}\" y=\"{}\" font-size=\"{FONT}\" text-anchor=\"middle\" fill=\"var(--quiet)\">{}</text>",
                left + plot.unit() / 2.0,
                foot + 17.0,
                svg::escape(&column.label)
            );
        }
        out
    }

    /// The chart as charts-rs sees it: heights in steps of the axis, colours as markers.
    fn bars(&self, axis: Axis, width: f32, height: f32) -> charts_rs::BarChart {
        let series = self.layers.iter().enumerate().map(|(at, layer)| {
            let heights: Vec<f32> = self.columns.iter().map(|column| axis.height(column.parts[at])).collect();
            let mut series: Series = (layer.name.as_str(), heights).into();
            series.stack = Some("all".to_owned());
            series
        });
        let labels = self.columns.iter().map(|column| column.label.clone()).collect();
        let mut chart = charts_rs::BarChart::new(series.collect(), labels);
        (chart.width, chart.height) = (width, height);
        chart.background_color = Color::transparent();
        chart.margin = charts_rs::Box { left: 0.0, top: TOP, right: 0.0, bottom: 0.0 };
        chart.legend.show = Some(false);
        chart.y_axis_hidden = true;
        chart.grid.left = Some(LEFT);
        chart.grid.stroke_color = svg::LINE.into();
        chart.x_axis.height = FOOT;
        chart.x_axis.stroke_color = Color::transparent();
        chart.series.colors = self.layers.iter().map(|layer| marker(layer.slot)).collect();
        if let Some(config) = chart.y_axis_configs.first_mut() {
            config.min = Some(0.0);
            config.max = Some(f32::from(axis.steps));
            config.split_number = usize::from(axis.steps);
        }
        chart
    }
}

/// Where the columns stand.
struct Plot {
    width: f32,
    foot: f32,
    columns: usize,
}

impl Plot {
    #[expect(clippy::cast_precision_loss, reason = "at most a few hundred columns")]
    fn unit(&self) -> f32 {
        self.width / self.columns.max(1) as f32
    }

    #[expect(clippy::cast_precision_loss, reason = "at most a few hundred columns")]
    fn left(&self, index: usize) -> f32 {
        LEFT + self.unit() * index as f32
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a mark lies in the plot")]
    fn column_of(&self, mark: &Mark) -> usize {
        ((mark.x + mark.width / 2.0 - LEFT).max(0.0) / self.unit()) as usize
    }

    fn bar(&self, index: usize, y: f32, height: f32, fill: &str) -> String {
        let width = (self.unit() * 0.74).min(WIDEST);
        let x = self.left(index) + (self.unit() - width) / 2.0;
        format!("<rect x=\"{x:.2}\" y=\"{y:.1}\" width=\"{width:.2}\" height=\"{height:.1}\" fill=\"{fill}\"/>\n")
    }

    /// A short line across the column at another amount.
    fn mark(&self, index: usize, axis: Axis, amount: Credits) -> String {
        let width = (self.unit() * 0.9).min(WIDEST * 1.2);
        let x = self.left(index) + (self.unit() - width) / 2.0;
        let y = self.foot - (self.foot - TOP) * axis.height(amount) / f32::from(axis.steps);
        format!(
            "<path class=\"compared\" d=\"M{x:.2} {y:.1}h{width:.2}\" fill=\"none\" stroke=\"var(--ink)\" stroke-width=\"1.6\"/>\n"
        )
    }

    /// The whole column as a place to point at.
    fn shade(&self, index: usize) -> String {
        let (x, width, height) = (self.left(index), self.unit(), self.foot - TOP);
        format!(
            "<rect class=\"bar-shade\" x=\"{x:.2}\" y=\"{TOP}\" width=\"{width:.2}\" height=\"{height}\" fill=\"transparent\"/>"
        )
    }
}

/// Amounts beside the grid lines.
fn value_labels(axis: Axis, plot: &Plot) -> String {
    let mut out = String::new();
    for step in 0..=axis.steps {
        let y = plot.foot - (plot.foot - TOP) * f32::from(step) / f32::from(axis.steps) + FONT * 0.33;
        let text = format::credits_compact(axis.value(step));
        let _ = writeln!(
            out,
            "<text x=\"{}\" y=\"{y:.1}\" font-size=\"{FONT}\" text-anchor=\"end\" fill=\"var(--quiet)\">{}</text>",
            LEFT - 8.0,
            svg::escape(&text)
        );
    }
    out
}

/// Diagonal cuts in the colour of the page: a bar that is not finished yet.
fn hatch_pattern(id: &str) -> String {
    format!(
        "<defs><pattern id=\"{id}\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" \
         patternTransform=\"rotate(45)\"><rect width=\"2\" height=\"5\" fill=\"var(--page)\"/></pattern></defs>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_every_column_without_inline_styles() {
        let column = |unfinished| Column {
            label: "<1>".into(),
            tip: "25 Nov\n<b>".into(),
            href: "/transactions?from=a&to=b".into(),
            parts: vec![Credits::from_micros(5), Credits::ZERO],
            unfinished,
        };
        let layers =
            vec![Layer { name: "a".into(), slot: 0 }, Layer { name: "\"b\"".into(), slot: super::super::OTHER }];
        let chart = ColumnChart { title: "Daily".into(), layers, columns: vec![column(false), column(true)] };
        let svg = chart.wide().unwrap();
        assert_eq!(svg.matches("<a ").count(), 2);
        assert_eq!(svg.matches("var(--chart-1)").count(), 2);
        assert_eq!(svg.matches("url(#hatch-wide)").count(), 1);
        assert!(!svg.contains("style") && !svg.contains("<b>") && !svg.contains("#0"), "{svg}");
        // Two labels of three letters have room.
        assert_eq!(svg.matches("text-anchor=\"middle\"").count(), 2);
        let many = ColumnChart { columns: vec![column(false); 90], ..chart.clone() };
        let labels = many.narrow().unwrap().matches("text-anchor=\"middle\"").count();
        assert!((6..=9).contains(&labels), "{labels} names of 34 units in 298");
        // A mark above every column makes the axis longer; one that has no column is left out.
        let marked =
            chart.wide_with(&[Credits::from_micros(50), Credits::from_micros(9), Credits::from_micros(1)]).unwrap();
        assert_eq!(marked.matches("class=\"compared\"").count(), 2);
        assert!(marked.contains("class=\"compared\" d=\"M245.70 10.0h"), "{marked}");
    }
}
