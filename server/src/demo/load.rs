//! The demo's events through the ledger, with the clock at their times.
//!
//! An hour is two steps: its desk events at the desk's time, then its calls at the time of the last of them, all at once, each
//! with its own `occurred_at`. Every request has a key made of the seed and its event's number. The end of the demo and its
//! size are kept in the label of its first pricing version, so that a demo that broke off is taken up with the very same
//! events, whenever that is.

use super::event::{Action, Event, Settings};
use super::generate::Generator;
use super::prices::Version;
use super::teams::{self, Teams, colleague};
use crate::clock::Clock;
use crate::commands::{CommandError, progress::Progress, text::counted};
use crate::import::usage::charge::{WINDOW, patiently};
use app::backend::{Answer, SharedBackend};
use app::error::{AppError, Code};
use app::model::{
    Actor, AddCredits, Adjust, Charge, CreditKind, CreditMetadata, Credits, Deduct, Profile, Refund, Timestamp,
    TransactionQuery, Uuid,
};
use futures_util::{StreamExt as _, stream};
use std::collections::{BTreeMap, HashMap};
use std::iter::Peekable;

/// What has been loaded. What was there already counts as well.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    pub users: u64,
    pub charges: u64,
    pub refunds: u64,
    pub grants: u64,
    pub granted: Credits,
    pub spent: Credits,
    pub refunded: Credits,
    /// Requests that the ledger refused, by code; there should be none.
    pub refused: BTreeMap<String, u64>,
}

/// Sends a demo through the ledger.
pub struct Loader {
    backend: SharedBackend,
    seed: u64,
    label: String,
    /// Transactions of the charges that will be refunded, by the number of their event.
    charges: HashMap<u64, Uuid>,
    loaded: Loaded,
}

impl std::fmt::Debug for Loader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Loader").field("loaded", &self.loaded).finish_non_exhaustive()
    }
}

/// Loads a demo. The clock must be a manual one and the backend's own; at the end it stands at the demo's end. `progress`
/// counts in thousandths of its time.
pub async fn load(
    backend: &SharedBackend,
    clock: &Clock,
    wanted: Settings,
    progress: &mut Progress,
) -> Result<Loaded, CommandError> {
    let settings = settle(backend, wanted).await?;
    let generator = Generator::new(settings);
    let (start, until) = (generator.start(), settings.until);
    let people: Vec<_> = generator.people().cloned().collect();
    let mut loader = Loader {
        backend: backend.clone(),
        seed: settings.seed,
        label: label(&settings),
        charges: HashMap::new(),
        loaded: Loaded::default(),
    };
    let mut teams = Teams::plan(settings.seed, &people, generator.start(), until);
    let mut events = generator.peekable();
    while let Some(step) = next_step(&mut events) {
        let Some(last) = step.last() else { break };
        while let Some(at) = teams.due().filter(|at| *at <= last.at) {
            clock.set(at);
            teams.step(backend).await?;
        }
        clock.set(last.at);
        let at = last.at;
        if matches!(last.action, Action::Charge(_)) {
            loader.charge(step).await;
        } else {
            loader.desk(step).await?;
        }
        progress.advance_to(permille(start, at, until), &counted(loader.loaded.charges, "charge", "charges"));
    }
    progress.advance_to(1_000, &counted(loader.loaded.charges, "charge", "charges"));
    while let Some(at) = teams.due() {
        clock.set(at);
        teams.step(backend).await?;
    }
    clock.set(until);
    teams::caps(backend, &people).await?;
    Ok(loader.loaded)
}

fn permille(start: Timestamp, at: Timestamp, until: Timestamp) -> u64 {
    let seconds = |from: Timestamp, to: Timestamp| to.duration_since(from).as_secs().unsigned_abs();
    seconds(start, at).saturating_mul(1_000).checked_div(seconds(start, until)).unwrap_or(1_000)
}

/// The events that go together: the desk's of one instant, or the calls up to the next desk.
fn next_step(events: &mut Peekable<Generator>) -> Option<Vec<Event>> {
    let first = events.next()?;
    let is_charge = |event: &Event| matches!(event.action, Action::Charge(_));
    let (charges, at) = (is_charge(&first), first.at);
    let hour = |event: &Event| event.at.as_second().div_euclid(3_600);
    let first_hour = hour(&first);
    let mut step = vec![first];
    while let Some(event) = events.next_if(|event| {
        is_charge(event) == charges && if charges { hour(event) == first_hour } else { event.at == at }
    }) {
        step.push(event);
    }
    Some(step)
}

impl Loader {
    async fn charge(&mut self, calls: Vec<Event>) {
        let actor = Actor::key("production");
        let requests = calls.iter().filter_map(|event| Some((event, self.call(event)?)));
        let backend = &self.backend;
        let asked = requests.map(|(event, request)| {
            let actor = &actor;
            async move { (event, patiently(|| backend.deduct(actor, request.clone())).await) }
        });
        for (event, answer) in answers(asked).await {
            let Some(charged) = self.keep(answer) else { continue };
            self.loaded.charges += 1;
            self.loaded.spent = add(self.loaded.spent, charged.amount.checked_neg().unwrap_or_default());
            if matches!(&event.action, Action::Charge(call) if call.refund_follows) {
                self.charges.insert(event.number, charged.transaction_id);
            }
        }
    }

    /// People before their plans, plans before credits, credits before what takes them.
    async fn desk(&mut self, events: Vec<Event>) -> Result<(), CommandError> {
        let staff = colleague();
        for event in &events {
            match &event.action {
                Action::Publish(version) => self.publish(*version).await?,
                Action::Sweep => {
                    self.backend.sweep(&Actor::system("sweep"), false).await?;
                }
                Action::Profile { name, email } => {
                    let profile = Profile { name: Some(name.clone()), email: Some(email.clone()) };
                    self.backend.put_profile(&Actor::key("billing"), &event.user, profile).await?;
                    self.loaded.users += 1;
                }
                Action::Plan(plan) => {
                    self.backend.set_plan(&Actor::key("billing"), &event.user, Some(plan.key())).await?;
                }
                _ => {}
            }
        }
        let backend = &self.backend;
        let grants = events.iter().filter_map(|event| self.grant(event));
        let granted = answers(grants.map(|grant| async move {
            let by = if grant.kind == CreditKind::Grant { Actor::system("campaign") } else { Actor::key("billing") };
            patiently(|| backend.add_credits(&by, grant.clone())).await
        }))
        .await;
        let adjusts = events.iter().filter_map(|event| self.adjustment(event));
        let adjusted = answers(adjusts.map(|adjust| {
            let staff = &staff;
            async move { patiently(|| backend.adjust(staff, adjust.clone())).await }
        }))
        .await;
        let refunds = events.iter().filter_map(|event| self.refund(event));
        let refunded = answers(refunds.map(|refund| {
            let staff = &staff;
            async move { patiently(|| backend.refund(staff, refund.clone())).await }
        }))
        .await;
        for answer in granted {
            let Some(granted) = self.keep(answer) else { continue };
            self.loaded.grants += 1;
            self.loaded.granted = add(self.loaded.granted, granted.amount);
        }
        for answer in adjusted {
            self.keep(answer);
        }
        for answer in refunded {
            let Some(refunded) = self.keep(answer) else { continue };
            self.loaded.refunds += 1;
            self.loaded.refunded = add(self.loaded.refunded, add(refunded.amount, refunded.allowance_restored));
        }
        Ok(())
    }

    async fn publish(&self, version: Version) -> Result<(), CommandError> {
        let label = match version {
            Version::Launch => self.label.clone(),
            Version::Autumn => "Small models cheaper, Sonnet 5 added".to_owned(),
        };
        let config = serde_json::to_value(version.config()).map_err(std::io::Error::from)?;
        self.backend.publish(&colleague(), config, Some(label), true).await?;
        Ok(())
    }

    fn key(&self, event: &Event) -> String {
        format!("demo-{}-{}", self.seed, event.number)
    }

    fn call(&self, event: &Event) -> Option<Deduct> {
        let Action::Charge(call) = &event.action else { return None };
        let mut metadata = CreditMetadata::default();
        metadata.extra.insert("feature".to_owned(), call.feature.into());
        if let Some(team) = call.team {
            metadata.extra.insert("team".to_owned(), team.into());
        }
        Some(Deduct {
            user_id: event.user.clone(),
            charge: Charge::Metrics(call.metrics.clone()),
            metadata,
            key: Some(self.key(event)),
            occurred_at: Some(event.at),
        })
    }

    fn grant(&self, event: &Event) -> Option<AddCredits> {
        let Action::Credit { amount, kind, expires_at, what } = &event.action else { return None };
        let mut metadata = CreditMetadata::default();
        metadata.extra.insert("what".to_owned(), (*what).into());
        if *kind == CreditKind::Purchase {
            metadata.reference_type = Some("order".to_owned());
            metadata.reference_id = Some(format!("ord-{:06}", event.number));
        }
        let (amount, kind, expires_at) = (*amount, *kind, *expires_at);
        Some(AddCredits { user_id: event.user.clone(), amount, kind, expires_at, metadata, key: Some(self.key(event)) })
    }

    fn adjustment(&self, event: &Event) -> Option<Adjust> {
        let Action::Adjust { amount, reason } = &event.action else { return None };
        Some(Adjust {
            user_id: event.user.clone(),
            amount: *amount,
            reason: (*reason).to_owned(),
            allow_negative: false,
            key: Some(self.key(event)),
        })
    }

    fn refund(&self, event: &Event) -> Option<Refund> {
        let Action::Refund { charge, amount, reason, note } = &event.action else { return None };
        Some(Refund {
            transaction_id: *self.charges.get(charge)?,
            amount: *amount,
            reason: *reason,
            note: note.map(str::to_owned),
            notify: false,
            seen: None,
            key: Some(self.key(event)),
        })
    }

    fn keep<T>(&mut self, answer: Answer<T>) -> Option<T> {
        match answer {
            Ok(answer) => Some(answer),
            Err(AppError { code, .. }) => {
                *self.loaded.refused.entry(code.as_str()).or_insert(0) += 1;
                None
            }
        }
    }
}

/// Asks in order, a window at a time, so that a gift to everybody does not crowd the ledger's queue.
async fn answers<F: Future>(asked: impl Iterator<Item = F>) -> Vec<F::Output> {
    stream::iter(asked).buffered(WINDOW).collect().await
}

fn add(sum: Credits, more: Credits) -> Credits {
    [sum, more].into_iter().sum()
}

/// What the first version is called: the settings (seed, days, users, scale, end), so that they can be read back.
fn label(settings: &Settings) -> String {
    let Settings { seed, days, users, scale_permille, until } = settings;
    format!("Launch prices (demo {seed}-{days}-{users}-{scale_permille} until {until})")
}

fn read_label(label: &str) -> Option<Settings> {
    let (numbers, until) = label.strip_prefix("Launch prices (demo ")?.strip_suffix(')')?.split_once(" until ")?;
    let mut numbers = numbers.split('-');
    let mut next = || numbers.next();
    Some(Settings {
        seed: next()?.parse().ok()?,
        days: next()?.parse().ok()?,
        users: next()?.parse().ok()?,
        scale_permille: next()?.parse().ok()?,
        until: until.parse().ok()?,
    })
}

/// The settings to load: those wanted in front of an empty ledger, those of the demo that is there already otherwise.
async fn settle(backend: &SharedBackend, wanted: Settings) -> Result<Settings, CommandError> {
    let versions = match backend.versions().await {
        Ok(versions) => versions,
        Err(error) if error.code == Code::PricingNotLoaded => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    let there = versions.iter().find_map(|version| read_label(version.label.as_deref()?));
    if let Some(there) = there {
        if (Settings { until: there.until, ..wanted }) == there {
            return Ok(there);
        }
        return Err(CommandError::usage(format!(
            "this ledger holds another demo already (seed {}, {} days, {} users): load this one into a new database",
            there.seed, there.days, there.users
        )));
    }
    let query = TransactionQuery { limit: 1, ..TransactionQuery::default() };
    if backend.transactions(query).await?.items.is_empty() {
        Ok(wanted)
    } else {
        Err(CommandError::usage("this ledger has entries of its own: load the demo into a new database"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_label_holds_the_settings() {
        let settings = Settings::new(7, "2026-11-25T12:34:56.789Z".parse().unwrap());
        assert_eq!(read_label(&label(&settings)), Some(settings));
        assert_eq!(read_label("Launch prices"), None);
    }

    #[test]
    fn an_hour_is_a_desk_and_its_calls() {
        let settings = Settings { days: 3, ..Settings::new(1, "2026-11-25T12:00:00Z".parse().unwrap()) };
        let mut events = Generator::new(settings).peekable();
        let mut last = None;
        while let Some(step) = next_step(&mut events) {
            assert!(step.iter().all(|event| event.at.as_second() / 3_600 == step[0].at.as_second() / 3_600));
            assert!(last.is_none_or(|last| last <= step[0].at));
            last = step.last().map(|event| event.at);
        }
    }
}
