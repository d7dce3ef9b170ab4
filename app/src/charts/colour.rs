//! The colour of each model: the same on every chart and page, for good.

use charts_rs::Color;

/// Colours in the theme, `--chart-1` to `--chart-12`.
const SLOTS: usize = 12;
/// The slot of everything that is summed up as "Other".
pub const OTHER: usize = SLOTS;
/// The slot of bars that stand for no model.
pub const PLAIN: usize = SLOTS + 1;
/// What charges without a model are reported under; it takes no model's colour.
const UNKNOWN: &str = "unknown";

/// Models by the order in which the ledger met them. That order only grows at its end, so a model keeps its colour.
#[derive(Clone, Debug, Default)]
pub struct Colours(Vec<String>);

impl Colours {
    pub fn of(models: Vec<String>) -> Self {
        Self(models)
    }

    /// The slot of `model`; one that is not listed gets a slot from its name, so that it is stable too.
    pub fn slot(&self, model: &str) -> usize {
        if model == UNKNOWN {
            return PLAIN;
        }
        let place = self.0.iter().filter(|known| *known != UNKNOWN).position(|known| known == model);
        place.unwrap_or_else(|| model.bytes().fold(7, |sum: usize, byte| sum.wrapping_mul(31) + usize::from(byte)))
            % SLOTS
    }
}

/// The paint of a slot, for `fill`.
pub fn paint(slot: usize) -> String {
    match slot {
        OTHER => "var(--chart-other)".to_owned(),
        PLAIN => "var(--chart-plain)".to_owned(),
        _ => format!("var(--chart-{})", slot + 1),
    }
}

/// Stands for a slot while charts-rs draws, which knows only plain colours.
pub(super) fn marker(slot: usize) -> Color {
    Color { r: 1, g: 10, b: u8::try_from(slot).unwrap_or(u8::MAX), a: 255 }
}

/// The slot that a drawn marker stands for.
pub(super) fn unmark(fill: &str) -> Option<usize> {
    usize::from_str_radix(fill.strip_prefix("#010A")?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_keeps_its_colour_when_others_join() {
        let before = Colours::of(vec!["a".into(), "b".into()]);
        let after = Colours::of(vec!["a".into(), "b".into(), "c".into()]);
        assert_eq!(before.slot("b"), after.slot("b"));
        assert_eq!(before.slot("unlisted"), after.slot("unlisted"));
        assert_eq!(unmark(&marker(OTHER).hex()), Some(OTHER));
        assert_eq!(paint(0), "var(--chart-1)");
        let mixed = Colours::of(vec!["unknown".into(), "a".into()]);
        assert_eq!((mixed.slot("unknown"), mixed.slot("a")), (PLAIN, 0));
    }
}
