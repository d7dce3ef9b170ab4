//! A value axis with round steps.

use crate::model::Credits;

/// Three to five steps of a round size that reach the greatest value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Axis {
    step: i64,
    pub(super) steps: u8,
}

const MOST_STEPS: i64 = 5;

impl Axis {
    pub(super) fn over(max: Credits) -> Self {
        let max = max.micros().max(1);
        let wanted = (max - 1) / MOST_STEPS + 1;
        let mut power: i64 = 1;
        while power <= wanted / 10 {
            power *= 10;
        }
        // A quarter of ten is not whole at the smallest power.
        let quarter = if power == 1 { power.saturating_mul(5) } else { power.saturating_mul(5) / 2 };
        let rounds = [power, power.saturating_mul(2), quarter, power.saturating_mul(5), power.saturating_mul(10)];
        let step = rounds.into_iter().find(|step| *step >= wanted).unwrap_or(i64::MAX / MOST_STEPS + 1);
        let steps = (max - 1) / step + 1;
        Self { step, steps: u8::try_from(steps.max(3)).unwrap_or(u8::MAX) }
    }

    /// The value at the end of step `index`, from 0 at the foot.
    pub(super) fn value(self, index: u8) -> Credits {
        Credits::from_micros(self.step.saturating_mul(i64::from(index)))
    }

    /// How many steps high a value is: geometry only, so a float does.
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "a height in pixels")]
    pub(super) fn height(self, value: Credits) -> f32 {
        (value.micros() as f64 / self.step as f64) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round_and_reach_the_top() {
        let step = |max: &str| Axis::over(max.parse().unwrap()).value(1).to_string();
        assert_eq!(step("0"), "0.000001");
        assert_eq!(step("4"), "1");
        assert_eq!(step("5.1"), "2");
        assert_eq!(step("12"), "2.5");
        assert_eq!(step("2050"), "500");
        assert_eq!(step("0.000009"), "0.000002");
        for micros in [1, 9, 99, 12_345, i64::MAX - 4] {
            let axis = Axis::over(Credits::from_micros(micros));
            assert!(axis.value(axis.steps).micros() >= micros && (3..=5).contains(&axis.steps), "{micros} {axis:?}");
        }
    }
}
