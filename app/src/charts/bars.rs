//! Horizontal bars, the greatest first: a name, a bar, an amount.

use super::{
    DrawError,
    axis::Axis,
    colour::{marker, paint},
    svg,
};
use crate::model::Credits;
use charts_rs::{Color, HorizontalBarChart, Series};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    pub name: String,
    pub value: Credits,
    /// At the end of the row.
    pub label: String,
    pub tip: String,
    pub href: String,
    pub slot: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BarChart {
    pub title: String,
    pub bars: Vec<Bar>,
}

const ROW: f32 = 30.0;
const THICK: f32 = 12.0;
const FONT: f32 = 13.0;

/// Room for names and amounts beside the bars.
#[derive(Clone, Copy)]
struct Size {
    width: f32,
    left: f32,
    right: f32,
    letters: usize,
}

impl BarChart {
    /// For wide screens.
    pub fn wide(&self) -> Result<String, DrawError> {
        self.draw(Size { width: 560.0, left: 184.0, right: 130.0, letters: 23 })
    }

    /// For a phone, so that its labels are not shrunk.
    pub fn narrow(&self) -> Result<String, DrawError> {
        self.draw(Size { width: 344.0, left: 106.0, right: 132.0, letters: 13 })
    }

    #[expect(clippy::cast_precision_loss, reason = "a few rows")]
    fn draw(&self, size: Size) -> Result<String, DrawError> {
        let height = ROW * self.bars.len() as f32;
        let drawn = self.rows(size, height).svg()?;
        let (mut marks, _) = svg::take_apart(&drawn);
        // Its rows begin at the foot.
        marks.sort_by(|a, b| b.y.total_cmp(&a.y));
        let mut inside = String::new();
        for (row, (bar, mark)) in self.bars.iter().zip(&marks).enumerate() {
            let (top, middle) = (ROW * row as f32, ROW * row as f32 + ROW / 2.0);
            let body = format!(
                "<rect class=\"bar-shade\" y=\"{top}\" width=\"{}\" height=\"{ROW}\" fill=\"transparent\"/>\
                 <text x=\"0\" y=\"{:.1}\" font-size=\"{FONT}\" fill=\"var(--ink)\">{}</text>\
                 <rect x=\"{}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{THICK}\" rx=\"1.5\" fill=\"{}\"/>\
                 <text x=\"{}\" y=\"{:.1}\" font-size=\"{FONT}\" text-anchor=\"end\" fill=\"var(--ink)\">{}</text>",
                size.width,
                middle + FONT * 0.35,
                svg::escape(&svg::shorten(&bar.name, size.letters)),
                size.left,
                middle - THICK / 2.0,
                mark.width.max(1.0),
                paint(bar.slot),
                size.width,
                middle + FONT * 0.35,
                svg::escape(&bar.label),
            );
            inside += &svg::link(&bar.href, &bar.tip, row == 0, &body);
        }
        Ok(svg::root(size.width, height, &self.title, &inside))
    }

    /// The chart as charts-rs sees it: lengths in steps of an axis, colours as markers.
    fn rows(&self, size: Size, height: f32) -> HorizontalBarChart {
        let axis = Axis::over(self.bars.iter().map(|bar| bar.value).max().unwrap_or(Credits::ZERO));
        let lengths: Vec<f32> = self.bars.iter().map(|bar| axis.height(bar.value)).collect();
        let longest = lengths.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
        let mut series: Series = ("spend", lengths).into();
        series.colors = Some(self.bars.iter().map(|bar| Some(marker(bar.slot))).collect());
        let names = self.bars.iter().map(|bar| bar.name.clone()).collect();
        let mut chart = HorizontalBarChart::new(vec![series], names);
        (chart.width, chart.height) = (size.width, height);
        chart.background_color = Color::transparent();
        chart.margin = charts_rs::Box { left: size.left, top: 0.0, right: size.right, bottom: 0.0 };
        chart.legend.show = Some(false);
        chart.y_axis_hidden = true;
        chart.x_axis.hidden = true;
        if let Some(config) = chart.y_axis_configs.first_mut() {
            config.min = Some(0.0);
            config.max = Some(longest);
        }
        chart
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_keep_their_order_and_scale() {
        let bar = |name: &str, value: i64, slot| Bar {
            name: name.into(),
            value: Credits::from_micros(value),
            label: value.to_string(),
            tip: name.into(),
            href: "/".into(),
            slot,
        };
        let chart = BarChart { title: "Models".into(), bars: vec![bar("big", 100, 3), bar("<small>", 50, 1)] };
        let svg = chart.wide().unwrap();
        let width = |slot: &str| {
            let line = svg.split("<rect x").find(|part| part.contains(slot)).unwrap();
            line.split("width=\"").nth(1).unwrap().split('"').next().unwrap().parse::<f32>().unwrap()
        };
        assert!((width("--chart-4") - 246.0).abs() < 1.0, "{svg}");
        assert!((width("--chart-2") - 123.0).abs() < 1.0, "{svg}");
        assert!(svg.find("big").unwrap() < svg.find("&lt;small&gt;").unwrap());
    }
}
