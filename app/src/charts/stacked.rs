//! Horizontal bars of several parts each, the greatest bar first.

use super::{DrawError, colour::paint, svg};
use crate::model::Credits;
use std::fmt::Write as _;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackedBar {
    pub name: String,
    /// At the end of the row.
    pub label: String,
    pub tip: String,
    pub href: String,
    /// Amounts with the slots of their colours, from the left.
    pub parts: Vec<(Credits, usize)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackedBars {
    pub title: String,
    pub bars: Vec<StackedBar>,
}

const ROW: f32 = 30.0;
const THICK: f32 = 12.0;
const FONT: f32 = 13.0;

impl StackedBars {
    /// For wide screens.
    pub fn wide(&self) -> Result<String, DrawError> {
        Ok(self.draw(760.0, 184.0, 110.0, 23))
    }

    /// For a phone, so that its labels are not shrunk.
    pub fn narrow(&self) -> Result<String, DrawError> {
        Ok(self.draw(344.0, 106.0, 84.0, 13))
    }

    #[expect(clippy::cast_precision_loss, reason = "a few rows")]
    fn draw(&self, width: f32, left: f32, right: f32, letters: usize) -> String {
        let longest = self.bars.iter().map(total).max().unwrap_or_default();
        let mut inside = String::new();
        for (row, bar) in self.bars.iter().enumerate() {
            let top = ROW * row as f32;
            let middle = top + ROW / 2.0;
            let mut body = format!(
                "<rect class=\"bar-shade\" y=\"{top}\" width=\"{width}\" height=\"{ROW}\" fill=\"transparent\"/>\
                 <text x=\"0\" y=\"{:.1}\" font-size=\"{FONT}\" fill=\"var(--ink)\">{}</text>",
                middle + FONT * 0.35,
                svg::escape(&svg::shorten(&bar.name, letters)),
            );
            let mut so_far = Credits::ZERO;
            for (part, slot) in bar.parts.iter().filter(|(part, _)| part.is_positive()) {
                let from = left + (width - left - right) * share(so_far, longest);
                so_far = [so_far, *part].into_iter().sum();
                let to = left + (width - left - right) * share(so_far, longest);
                let _ = write!(
                    body,
                    "<rect x=\"{from:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{THICK}\" fill=\"{}\"/>",
                    middle - THICK / 2.0,
                    (to - from - 0.6).max(0.6),
                    paint(*slot)
                );
            }
            let _ = write!(
                body,
                "<text x=\"{width}\" y=\"{:.1}\" font-size=\"{FONT}\" text-anchor=\"end\" fill=\"var(--ink)\">{}</text>",
                middle + FONT * 0.35,
                svg::escape(&bar.label)
            );
            inside += &svg::link(&bar.href, &bar.tip, row == 0, &body);
        }
        svg::root(width, ROW * self.bars.len() as f32, &self.title, &inside)
    }
}

fn total(bar: &StackedBar) -> Credits {
    bar.parts.iter().map(|(part, _)| *part).sum()
}

/// Geometry only, so a float does.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "a width in pixels")]
fn share(part: Credits, whole: Credits) -> f32 {
    (part.micros() as f64 / whole.micros().max(1) as f64) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_stand_side_by_side_to_scale() {
        let bar = |name: &str, parts: &[(i64, usize)]| StackedBar {
            name: name.into(),
            label: name.into(),
            tip: name.into(),
            href: "/".into(),
            parts: parts.iter().map(|(micros, slot)| (Credits::from_micros(*micros), *slot)).collect(),
        };
        let bars = vec![bar("<big>", &[(75, 0), (25, 1)]), bar("small", &[(0, 0), (50, 1)])];
        let svg = StackedBars { title: "Teams".into(), bars }.wide().unwrap();
        assert_eq!(svg.matches("var(--chart-1)").count(), 1, "{svg}");
        assert!(svg.contains("x=\"184.0\"") && svg.contains("width=\"348.9\""), "{svg}");
        assert!(svg.contains("x=\"533.5\"") && svg.contains("width=\"115.9\""), "{svg}");
        assert!(svg.contains("width=\"232.4\"") && svg.contains("&lt;big&gt;") && !svg.contains("style"), "{svg}");
    }
}
