//! `creditdesk import-prices FILE`: chosen models of the community price list, as a pricing version.

use super::{CommandError, text::counted};
use crate::import::prices::choose::{Wanted, near};
use crate::import::prices::config::{Priced, empty_config, price_models};
use crate::import::prices::list::{PriceList, read_decimal, read_list};
use app::backend::SharedBackend;
use app::error::Code;
use app::model::{Actor, Credits, PricingConfigData};
use rust_decimal::Decimal;
use std::io::Write;
use std::path::PathBuf;

/// Turns chosen models of the community price list into a pricing version.
///
/// FILE is the JSON file of LiteLLM's price list: models with prices in USD per token. Their formulas are exact
/// decimals. `input_tokens` are those that no cache answered; cache reads and writes are priced beside them, at the input
/// price where the list has none of their own. Everything else of the active version (other models, tools, search, jobs,
/// plans, floor) is kept.
#[derive(Clone, Debug, clap::Args)]
pub struct ImportPrices {
    /// The price list.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Names of models, as the list writes them.
    #[arg(long, value_name = "A,B,C", value_delimiter = ',')]
    pub models: Vec<String>,
    /// All models whose whole name matches: `*` is any characters, `?` is one.
    #[arg(long = "match", value_name = "GLOB")]
    pub pattern: Option<String>,
    /// All models of this provider (with --match: those of them that match).
    #[arg(long, value_name = "NAME")]
    pub provider: Option<String>,
    /// What a USD of list price costs in credits: 100 makes a credit a US cent, 120 adds a fifth.
    #[arg(long, value_name = "N", default_value = "100", value_parser = read_rate)]
    pub credits_per_usd: Decimal,
    /// Prices models without a formula of their own as this one.
    #[arg(long, value_name = "NAME")]
    pub default_model: Option<String>,
    /// The floor of every balance, in credits (default: that of the active version, or 5).
    #[arg(long, value_name = "CREDITS")]
    pub min_balance: Option<Credits>,
    /// Drops the models of the active version that are not imported.
    #[arg(long)]
    pub replace_models: bool,
    /// What people read beside the version's number.
    #[arg(long, value_name = "TEXT")]
    pub label: Option<String>,
    /// Publishes the version and leaves the active one active.
    #[arg(long)]
    pub no_activate: bool,
    /// Prints the configuration as JSON and writes nothing.
    #[arg(long)]
    pub print: bool,
}

impl ImportPrices {
    pub async fn run(self, backend: SharedBackend, out: &mut (dyn Write + Send)) -> Result<(), CommandError> {
        let text = std::fs::read_to_string(&self.file).map_err(|error| CommandError::file(&self.file, error))?;
        let list = read_list(&text).map_err(|error| CommandError::Usage(format!("{} {error}", self.file.display())))?;
        let priced = self.price(&list)?;
        let config = self.config(&list, &priced, active_config(&backend).await?)?;
        let json = serde_json::to_value(&config).map_err(std::io::Error::from)?;
        if self.print {
            return Ok(writeln!(out, "{json:#}")?);
        }
        let label = self.label.clone().or_else(|| Some(label(&priced, self.credits_per_usd)));
        let published = backend.publish(&Actor::system("import-prices"), json, label, !self.no_activate).await?;
        super::pricing::print_published(out, &published)?;
        writeln!(out, "{} priced at {} credits per USD.", models(priced.formulas.len()), self.credits_per_usd)?;
        if priced.skipped > 0 {
            writeln!(out, "{} skipped: not priced by tokens.", models(priced.skipped))?;
        }
        if priced.long_context > 0 {
            writeln!(out, "{} charge more for long prompts; the base price is used.", models(priced.long_context))?;
        }
        Ok(())
    }

    fn price(&self, list: &PriceList) -> Result<Priced, CommandError> {
        if self.models.is_empty() && self.pattern.is_none() && self.provider.is_none() {
            return Err(CommandError::Usage(format!(
                "choose among the {} of the list: --models A,B,C, --match 'gpt-*' or --provider NAME",
                models(list.len())
            )));
        }
        let wanted =
            Wanted { models: &self.models, pattern: self.pattern.as_deref(), provider: self.provider.as_deref() };
        price_models(list, &wanted, self.credits_per_usd).map_err(|faults| CommandError::Usage(faults.join("\n")))
    }

    fn config(
        &self,
        list: &PriceList,
        priced: &Priced,
        active: Option<PricingConfigData>,
    ) -> Result<PricingConfigData, CommandError> {
        let mut config = active.unwrap_or_else(empty_config);
        if self.replace_models {
            config.models.clear();
        }
        config.models.extend(priced.formulas.clone());
        if let Some(floor) = self.min_balance {
            config.min_balance = floor;
        }
        if let Some(name) = &self.default_model {
            let formula = match config.models.get(name) {
                Some(formula) => formula.clone(),
                None => self.formula_of(list, name)?,
            };
            config.models.insert("_default".to_owned(), formula);
        }
        Ok(config)
    }

    /// The formula of a model that is only the default's pattern, and not sold by its own name.
    fn formula_of(&self, list: &PriceList, name: &str) -> Result<String, CommandError> {
        let Some(model) = list.get(name) else {
            let near = near(name, list.keys().map(String::as_str));
            return Err(CommandError::Usage(format!(
                "--default-model: no model {name:?} in the list or the active version; near it: {}",
                near.join(", ")
            )));
        };
        crate::import::prices::formula::formula(model, self.credits_per_usd)
            .map_err(|reason| CommandError::Usage(format!("--default-model {name}: {reason}")))
    }
}

async fn active_config(backend: &SharedBackend) -> Result<Option<PricingConfigData>, CommandError> {
    match backend.active_version().await {
        Ok(active) => Ok(Some(active.config)),
        Err(error) if matches!(error.code, Code::VersionNotFound | Code::PricingNotLoaded) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn label(priced: &Priced, credits_per_usd: Decimal) -> String {
    format!("{} from the price list, {credits_per_usd} credits per USD", models(priced.formulas.len()))
}

fn models(count: usize) -> String {
    counted(count as u64, "model", "models")
}

fn read_rate(text: &str) -> Result<Decimal, String> {
    read_decimal(text)
        .filter(|rate| rate.is_sign_positive() && !rate.is_zero())
        .ok_or_else(|| "write a number above 0, such as 100 or 120.5".to_owned())
}
