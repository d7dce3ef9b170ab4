//! When people work: by the hours and days of their own zone, more as the product grows, most at a launch.

/// A way of using the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Persona {
    /// Chats in office hours.
    Office,
    /// Writes programs with an agent, from the morning far into the evening.
    Builder,
    /// At home, after work and on weekends.
    Evening,
    /// Programs that run by night.
    Batch,
}

impl Persona {
    /// Relative use in each hour of the local day.
    const fn hours(self) -> [u64; 24] {
        match self {
            Self::Office => [0, 0, 0, 0, 0, 1, 3, 8, 16, 22, 24, 23, 16, 20, 24, 23, 20, 15, 9, 6, 4, 3, 2, 1],
            Self::Builder => [4, 2, 1, 0, 0, 0, 1, 4, 10, 18, 22, 22, 15, 18, 22, 22, 20, 16, 14, 14, 12, 10, 8, 6],
            Self::Evening => [3, 2, 1, 0, 0, 0, 1, 2, 3, 4, 4, 5, 6, 5, 5, 6, 8, 10, 14, 20, 24, 22, 14, 6],
            Self::Batch => [16, 18, 20, 20, 18, 14, 10, 6, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 5, 6, 8, 10, 12, 14],
        }
    }

    /// Use on a Saturday or Sunday, in hundredths of a weekday.
    const fn weekend(self) -> u64 {
        match self {
            Self::Office => 18,
            Self::Builder => 40,
            Self::Evening => 130,
            Self::Batch => 80,
        }
    }

    /// Relative use in the hour that begins `hour` hours after the epoch, seen from a zone.
    pub fn at(self, hour: i64, zone_minutes: i64) -> u64 {
        let local = hour + zone_minutes.div_euclid(60);
        let of_day = usize::try_from(local.rem_euclid(24)).unwrap_or(0);
        // The epoch was a Thursday; Monday is 0.
        let weekday = (local.div_euclid(24) + 3).rem_euclid(7);
        let factor = match weekday {
            0 => 98,
            1 | 2 => 110,
            3 => 104,
            4 => 84,
            _ => self.weekend(),
        };
        self.hours()[of_day] * factor
    }
}

/// The life of the product, in hundredths of its first day's use: growth to more than twice, and a launch with an echo.
pub fn tide(hour: u64, hours: u64) -> u64 {
    let growth = 100 + 120 * hour / hours.max(1);
    growth * launch(hour, hours) / 100
}

/// The hour of the launch: a bit more than half-way, at the start of its day.
pub const fn launch_hour(hours: u64) -> u64 {
    hours * 56 / 100 / 24 * 24
}

/// The hour of the price change, with which the new model is sold: half-way.
pub const fn change_hour(hours: u64) -> u64 {
    hours / 2 / 24 * 24
}

/// The first of the two hours of an outage, whose charges are refunded.
pub const fn outage_hour(hours: u64) -> u64 {
    hours * 70 / 100 / 24 * 24 + 14
}

fn launch(hour: u64, hours: u64) -> u64 {
    const ECHO: [u64; 6] = [260, 210, 165, 140, 120, 110];
    let day = hour.checked_sub(launch_hour(hours)).map(|since| since / 24);
    day.and_then(|day| ECHO.get(usize::try_from(day).ok()?)).copied().unwrap_or(100)
}

/// How many of a thousand calls that could go to the new model do so: fast at first, then ever slower, towards 800.
pub const fn adoption(hour: u64, hours: u64) -> u64 {
    let day = hour.saturating_sub(change_hour(hours)) / 24;
    800 * day / (day + 9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_week_is_that_of_the_zone() {
        // 2026-11-22 was a Sunday; 23:00 UTC is Monday morning in Auckland.
        let hour = "2026-11-22T23:00:00Z".parse::<jiff::Timestamp>().unwrap().as_second() / 3600;
        assert!(Persona::Office.at(hour, 780) > 10 * Persona::Office.at(hour - 24, 780));
        assert_eq!(Persona::Office.at(hour, 60), 0);
    }

    #[test]
    fn launch_and_adoption_have_their_shapes() {
        let hours = 90 * 24;
        let launch = launch_hour(hours);
        assert!(tide(launch, hours) > 2 * tide(launch - 24, hours));
        assert!(tide(hours - 1, hours) > 2 * tide(0, hours));
        let shares: Vec<u64> = (45..90).map(|day| adoption(day * 24, hours)).collect();
        assert!(shares[0] == 0 && shares.is_sorted() && shares[7] > 300 && shares[44] > 600);
    }
}
