//! Reads what charts-rs drew, and writes what the page shows.

use super::colour;

/// A bar as charts-rs placed it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Mark {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) width: f32,
    pub(super) height: f32,
    pub(super) slot: usize,
}

/// The colour of lines while charts-rs draws.
pub(super) const LINE: (u8, u8, u8) = (2, 10, 1);

/// The bars of a drawing, and all the rest of it in the theme's colours, without the root element and without texts, which
/// the page has its own of.
pub(super) fn take_apart(svg: &str) -> (Vec<Mark>, String) {
    let (mut marks, mut rest) = (Vec::new(), String::new());
    let mut lines = svg.lines();
    while let Some(line) = lines.next() {
        if let Some(mark) = read_mark(line) {
            marks.push(mark);
        } else if line.starts_with("<text ") {
            lines.find(|line| line.ends_with("</text>"));
        } else if !line.starts_with("<svg ") && line != "</svg>" && !line.starts_with("<rect ") {
            rest.push_str(line);
            rest.push('\n');
        }
    }
    let rest = rest.replace("\"#020A01\"", "\"var(--line)\"");
    (marks, rest)
}

fn read_mark(line: &str) -> Option<Mark> {
    let rect = line.strip_prefix("<rect ")?;
    let number = |name: &str| attribute(rect, name)?.parse().ok();
    let slot = colour::unmark(attribute(rect, "fill")?)?;
    Some(Mark { x: number("x")?, y: number("y")?, width: number("width")?, height: number("height")?, slot })
}

/// The value of an attribute in a start tag that charts-rs wrote.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let start = tag.match_indices(name).find_map(|(at, _)| {
        let free = at == 0 || tag[..at].ends_with(' ');
        let value = tag[at + name.len()..].strip_prefix("=\"")?;
        free.then_some(value)
    })?;
    start.split_once('"').map(|(value, _)| value)
}

/// Text for an attribute or an element.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

/// At most `limit` characters, the last of them an ellipsis when there were more.
pub(super) fn shorten(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    text.chars().take(limit.saturating_sub(1)).chain(['…']).collect()
}

/// A link over a part of a chart: its tip, and the same words for a screen reader and for a browser without scripts.
/// Only the last one is a tab stop; the arrow keys go from one to the next.
pub(super) fn link(href: &str, tip: &str, tab_stop: bool, inside: &str) -> String {
    let (href, tip) = (escape(href), escape(tip));
    let tabindex = if tab_stop { "0" } else { "-1" };
    // What has words of its own is called by them: a name must hold what is seen.
    let name =
        if inside.contains("<text") { String::new() } else { format!(" aria-label=\"{}\"", tip.replace('\n', ", ")) };
    format!("<a href=\"{href}\" tabindex=\"{tabindex}\" data-tip=\"{tip}\"{name}>{inside}<title>{tip}</title></a>\n")
}

/// The root element.
pub(super) fn root(width: f32, height: f32, title: &str, inside: &str) -> String {
    let title = escape(title);
    format!("<svg viewBox=\"0 0 {width} {height}\" role=\"group\" aria-label=\"{title}\">\n{inside}</svg>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_read_and_the_rest_is_themed() {
        let svg = "<svg width=\"9\">\n<text fill=\"#6E7079\">\n4\n</text>\n<line stroke=\"#020A01\"/>\n<rect x=\"1\" y=\"2.5\" width=\"3\" height=\"4\" \
                   fill=\"#010A02\" data-series=\"x=&quot;\"/>\n<rect x=\"0\" fill=\"#FFFFFF\"/>\n</svg>";
        let (marks, rest) = take_apart(svg);
        assert_eq!(marks, [Mark { x: 1.0, y: 2.5, width: 3.0, height: 4.0, slot: 2 }]);
        assert_eq!(rest, "<line stroke=\"var(--line)\"/>\n");
        assert_eq!(escape("<a href='\"'>&"), "&lt;a href=&#39;&quot;&#39;&gt;&amp;");
        assert_eq!(shorten("claude-sonnet", 6), "claud…");
    }
}
