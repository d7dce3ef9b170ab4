//! A value axis with round steps.

use crate::model::Credits;

/// `STEPS` steps of a round size that reach the greatest value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Axis {
    step: i64,
}

impl Axis {
    pub(super) const STEPS: u8 = 4;

    pub(super) fn over(max: Credits) -> Self {
        let wanted = (max.micros().max(1) - 1) / i64::from(Self::STEPS) + 1;
        let mut power: i64 = 1;
        while power.saturating_mul(10) <= wanted {
            power = power.saturating_mul(10);
        }
        let rounds = [power, power * 2, power.saturating_mul(5) / 2, power.saturating_mul(5), power.saturating_mul(10)];
        // 2.5 is not whole at the smallest power; the next size then serves.
        let whole = |step: &i64| *step >= wanted && (power > 1 || *step != 2 || wanted <= 2);
        Self { step: rounds.into_iter().find(whole).unwrap_or(i64::MAX / 4) }
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
        assert_eq!(step("4.1"), "2");
        assert_eq!(step("9.9"), "2.5");
        assert_eq!(step("1234"), "500");
        assert_eq!(step("0.000009"), "0.000005");
        for micros in [1, 9, 99, 12_345, i64::MAX] {
            let max = Credits::from_micros(micros);
            assert!(Axis::over(max).value(Axis::STEPS) >= max.min(Credits::from_micros(i64::MAX / 4 * 4)), "{micros}");
        }
    }
}
