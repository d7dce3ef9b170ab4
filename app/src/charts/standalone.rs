//! A chart as a file of its own: in the light theme's colours, with its title, what it is of, and its legend, and without
//! the links that only mean something on the page.

use super::{LegendItem, colour::paint, svg::escape};
use std::fmt::Write as _;

/// The font inside of the program: pictures look the same on every machine.
pub const FONT: &[u8] = charts_rs::DEFAULT_FONT_DATA;
pub const FONT_FAMILY: &str = charts_rs::DEFAULT_FONT_FAMILY;

/// The light theme, as in `style/main.css`.
const LIGHT: [(&str, &str); 20] = [
    ("page", "#fbfbf9"),
    ("ink", "#15181d"),
    ("quiet", "#5b6069"),
    ("line", "#e4e4dd"),
    ("sunken", "#f1f1ec"),
    ("accent", "#0b6e69"),
    ("chart-1", "#0b7a74"),
    ("chart-2", "#d9772b"),
    ("chart-3", "#4a63c9"),
    ("chart-4", "#b8476f"),
    ("chart-5", "#7d9a26"),
    ("chart-6", "#8257b8"),
    ("chart-7", "#2f93c4"),
    ("chart-8", "#a8752e"),
    ("chart-9", "#46956b"),
    ("chart-10", "#c2554c"),
    ("chart-11", "#8a6f9e"),
    ("chart-12", "#c49a00"),
    ("chart-other", "#868b8e"),
    ("chart-plain", "#56657a"),
];

const MARGIN: f32 = 24.0;
const TITLE: f32 = 18.0;
const NOTE: f32 = 12.5;
/// A line of the legend.
const LINE: f32 = 20.0;

/// `svg` is a chart as the page shows it; `note` says the range, the zone and when it was made.
pub fn standalone(svg: &str, title: &str, note: &str, legend: &[LegendItem]) -> String {
    let (width, height) = size(svg);
    let mut head = String::new();
    let mut y = MARGIN + TITLE;
    let _ = writeln!(
        head,
        "<text x=\"{MARGIN}\" y=\"{y}\" font-size=\"{TITLE}\" font-weight=\"bold\" fill=\"var(--ink)\">{}</text>",
        escape(title)
    );
    y += 3.0;
    for line in lines(note, width) {
        y += NOTE + 5.0;
        let _ = writeln!(
            head,
            "<text x=\"{MARGIN}\" y=\"{y}\" font-size=\"{NOTE}\" fill=\"var(--quiet)\">{}</text>",
            escape(&line)
        );
    }
    y += 14.0;
    let mut x = MARGIN;
    for item in legend {
        let length = length(&item.name);
        if x > MARGIN && x + length > MARGIN + width {
            (x, y) = (MARGIN, y + LINE);
        }
        let _ = writeln!(
            head,
            "<rect x=\"{x:.1}\" y=\"{:.1}\" width=\"10\" height=\"10\" rx=\"2\" fill=\"{}\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" font-size=\"{NOTE}\" fill=\"var(--ink)\">{}</text>",
            y + 3.0,
            paint(item.slot),
            x + 15.0,
            y + 12.0,
            escape(&item.name)
        );
        x += length;
    }
    y += if legend.is_empty() { 0.0 } else { LINE + 8.0 };
    let (outer_width, outer_height) = (width + MARGIN * 2.0, y + height + MARGIN);
    let inner = svg.split_once('>').map_or("", |(_, rest)| rest);
    let inner = inner.trim_end().strip_suffix("</svg>").unwrap_or(inner);
    let whole = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{outer_width}\" height=\"{outer_height:.1}\" \
         viewBox=\"0 0 {outer_width} {outer_height:.1}\" font-family=\"{FONT_FAMILY}, Inter, Arial, sans-serif\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"var(--page)\"/>\n{head}\
         <g transform=\"translate({MARGIN} {y:.1})\">{}</g>\n</svg>\n",
        without_links(inner)
    );
    painted(&whole)
}

/// Width and height of the drawing.
fn size(svg: &str) -> (f32, f32) {
    let numbers = svg.split_once("viewBox=\"0 0 ").and_then(|(_, rest)| rest.split_once('"'));
    let mut numbers = numbers.map(|(numbers, _)| numbers.split(' ')).into_iter().flatten();
    let mut next = || numbers.next().and_then(|number| number.parse().ok()).unwrap_or(960.0);
    (next(), next())
}

/// About how long a text is; a little too much does no harm.
#[expect(clippy::cast_precision_loss, reason = "a few letters")]
fn letters(text: &str) -> f32 {
    text.chars().count() as f32 * NOTE * 0.58
}

/// About how long a legend's item is.
fn length(name: &str) -> f32 {
    letters(name) + 36.0
}

/// The note in lines of at most `width`, broken between its parts.
fn lines(note: &str, width: f32) -> Vec<String> {
    const JOINT: &str = " · ";
    let mut lines: Vec<String> = Vec::new();
    for part in note.split(JOINT) {
        match lines.last_mut() {
            Some(line) if letters(line) + letters(JOINT) + letters(part) <= width => {
                line.push_str(JOINT);
                line.push_str(part);
            }
            _ => lines.push(part.to_owned()),
        }
    }
    lines
}

/// Start tags of links become those of groups. Their attributes are escaped, so a tag ends at the first `>`.
fn without_links(svg: &str) -> String {
    let mut out = String::with_capacity(svg.len());
    let mut parts = svg.split("<a ");
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        out.push_str("<g>");
        out.push_str(part.split_once('>').map_or("", |(_, rest)| rest));
    }
    out.replace("</a>", "</g>")
}

/// Colours of the theme in place of its names.
fn painted(svg: &str) -> String {
    let mut out = String::with_capacity(svg.len());
    let mut parts = svg.split("var(--");
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (name, rest) = part.split_once(')').unwrap_or((part, ""));
        out.push_str(LIGHT.iter().find(|(known, _)| *known == name).map_or("#15181d", |(_, colour)| colour));
        out.push_str(rest);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_colours_are_those_of_the_sheet() {
        let sheet = include_str!("../../../style/main.css");
        for (name, colour) in LIGHT {
            let first = sheet.split_once(&format!("--{name}: ")).unwrap().1.split_once(';').unwrap().0;
            assert_eq!(first, colour, "{name}");
        }
    }

    #[test]
    fn a_note_is_as_wide_as_its_picture() {
        let note = "29 Aug – 26 Nov 2026 · credits, days of UTC · made 2026-11-26 06:45:51 UTC · the calendar: a year";
        assert_eq!(lines(note, 960.0), [note]);
        assert_eq!(lines(note, 460.0).len(), 2);
        assert_eq!(lines(note, 460.0).join(" · "), note);
        assert_eq!(lines("one", 1.0), ["one"]);
    }

    #[test]
    fn a_file_has_no_links_and_no_names_of_colours() {
        let drawn = "<svg viewBox=\"0 0 100 50\" role=\"group\">\n<a href=\"/x?a=1&amp;b=2\" data-tip=\"a &gt; b\"><rect \
                     fill=\"var(--chart-2)\"/><title>a</title></a>\n</svg>";
        let legend = [LegendItem { name: "gpt <4>".into(), slot: 1 }];
        let file = standalone(drawn, "Spend & more", "UTC", &legend);
        assert!(!file.contains("<a ") && !file.contains("href") && !file.contains("var("), "{file}");
        assert!(file.contains("<g><rect fill=\"#d9772b\"/><title>a</title></g>"), "{file}");
        assert!(file.contains("Spend &amp; more") && file.contains("gpt &lt;4&gt;"), "{file}");
        assert!(file.starts_with("<svg xmlns") && file.contains("width=\"148\""), "{file}");
    }
}
