//! `creditdesk demo`: three months of a believable product, for an empty ledger.

use super::CommandError;
use super::progress::{Progress, Unit};
use super::text::{credits, grouped, rate};
use crate::clock::{Clock, from_micros};
use crate::demo::event::Settings;
use crate::demo::load::{Loaded, load};
use crate::import::prices::list::read_decimal;
use app::backend::SharedBackend;
use rust_decimal::Decimal;
use std::io::Write;
use std::sync::Arc;

/// Fills an empty ledger with an invented product's last months, up to now.
///
/// The same seed gives the same ledger. A demo that broke off is taken up by running the command again; a whole one is not
/// changed by it.
#[derive(Clone, Debug, clap::Args)]
pub struct Demo {
    /// Another seed is another story.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Days of history.
    #[arg(long, value_name = "N", default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=1_100))]
    pub days: u32,
    /// People who buy.
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    pub users: u32,
    /// Charges, as a share of the usual 1,000 a day for 60 users.
    #[arg(long = "scale", value_name = "F", default_value = "1", value_parser = read_scale)]
    pub scale_permille: u64,
}

impl Default for Demo {
    fn default() -> Self {
        Self { seed: 1, days: 90, users: 60, scale_permille: 1_000 }
    }
}

impl Demo {
    /// Loads the demo that ends where the clock stands. The clock is a manual one, and the one that `backend` goes by.
    pub async fn run(
        self,
        backend: SharedBackend,
        clock: Arc<Clock>,
        out: &mut (dyn Write + Send),
    ) -> Result<(), CommandError> {
        if matches!(*clock, Clock::System) {
            return Err(CommandError::usage("the demo needs a clock that it can set"));
        }
        // A whole second reads better where the end is written.
        let until = from_micros(clock.now().as_second().saturating_mul(1_000_000));
        let Self { seed, days, users, scale_permille } = self;
        let settings = Settings { seed, days, users, scale_permille, until };
        let mut progress = Progress::new("Demo", 1_000, Unit::Steps);
        let loaded = load(&backend, &clock, settings, &mut progress).await?;
        progress.finish();
        Ok(print(out, &loaded, progress.elapsed().as_secs_f64())?)
    }
}

fn print(out: &mut dyn Write, loaded: &Loaded, seconds: f64) -> std::io::Result<()> {
    let mut line = |name: &str, value: String| writeln!(out, "{name:<18}{value}");
    line("Users", grouped(loaded.users))?;
    line("Charges", format!("{}, {} credits", grouped(loaded.charges), credits(loaded.spent)))?;
    line("Refunds", format!("{}, {} credits", grouped(loaded.refunds), credits(loaded.refunded)))?;
    line("Credits added", format!("{}, {} credits", grouped(loaded.grants), credits(loaded.granted)))?;
    for (code, count) in &loaded.refused {
        line("Refused", format!("{code} {}", grouped(*count)))?;
    }
    line("Time", format!("{seconds:.1} s, {} charges/s", grouped(rate(loaded.charges, seconds))))
}

fn read_scale(text: &str) -> Result<u64, String> {
    let permille = read_decimal(text).and_then(|scale| scale.checked_mul(Decimal::ONE_THOUSAND));
    permille
        .and_then(|permille| u64::try_from(permille.trunc().mantissa()).ok())
        .filter(|permille| (1..=100_000).contains(permille))
        .ok_or_else(|| "write a number from 0.001 to 100".to_owned())
}
