//! The demo's teams, with their members and what they spend of the pool, and a few people's caps. Each request has a key of its
//! own, so that it is made once.

use super::people::{Person, TEAMS};
use super::random::Random;
use super::traffic;
use app::backend::{Answer, SharedBackend};
use app::error::Code;
use app::model::{
    Actor, CapAction, CapType, Charge, CreateTeam, CreditMetadata, Credits, DeductTeam, SpendCap, TeamRole, Timestamp,
    UsageMetrics, Uuid,
};
use jiff::SignedDuration;
use std::collections::{HashMap, VecDeque};

/// Members of a team at most.
const MEMBERS: usize = 7;
/// A team is made when this much of the demo's time is over, in hundredths; by then everybody has joined.
const FIRST: i64 = 82;

fn whole(credits: u64) -> Credits {
    Credits::from_micros(i64::try_from(credits).unwrap_or(0) * 1_000_000)
}

/// What is left to do for the teams, in the order of time.
pub struct Teams {
    seed: u64,
    steps: VecDeque<(Timestamp, Step)>,
    made: HashMap<usize, Uuid>,
}

enum Step {
    Make { number: usize, pool: Credits, members: Vec<(String, TeamRole, Option<Credits>)> },
    Call { number: usize, user: String, key: String, metrics: Box<UsageMetrics> },
}

impl Teams {
    /// Plans the teams of these people between `start` and `until`.
    pub fn plan(seed: u64, people: &[Person], start: Timestamp, until: Timestamp) -> Self {
        let mut random = Random::new(seed ^ 0x7ea5);
        let span = until.duration_since(start);
        let at = |hundredths: i64| {
            let seconds = span.as_secs() * hundredths / 100;
            start.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(until)
        };
        let mut steps = Vec::new();
        for (number, name) in TEAMS.into_iter().enumerate() {
            let size = usize::try_from(random.between(3, 7)).unwrap_or(MEMBERS).min(MEMBERS);
            let members: Vec<_> = people.iter().filter(|person| person.team == Some(name)).take(size).collect();
            if members.is_empty() {
                continue;
            }
            let made = at(FIRST + 2 * i64::try_from(number).unwrap_or(0));
            let left = until.duration_since(made).as_secs().unsigned_abs().max(2);
            let roles = members.iter().enumerate().map(|(rank, person)| {
                let role = [TeamRole::Owner, TeamRole::Admin].get(rank).copied().unwrap_or_default();
                let limit = (rank > 2).then(|| whole(random.between(2, 12) * 10));
                (person.id.clone(), role, limit)
            });
            let roles = roles.collect();
            let pool = whole(random.between(6, 40) * 50);
            steps.push((made, Step::Make { number, pool, members: roles }));
            for (rank, person) in members.into_iter().enumerate() {
                for call in 0..random.between(2, 9) + person.weight / 2_000 {
                    let second = i64::try_from(1 + random.below(left - 1)).unwrap_or(1);
                    let when = made.checked_add(SignedDuration::from_secs(second)).unwrap_or(until);
                    let (metrics, _) = traffic::call(person, 1, 1, false, &mut random);
                    let key = format!("demo-{seed}-team-{number}-{rank}-{call}");
                    steps.push((when, Step::Call { number, user: person.id.clone(), key, metrics: Box::new(metrics) }));
                }
            }
        }
        steps.sort_by_key(|(at, _)| *at);
        Self { seed, steps: steps.into(), made: HashMap::new() }
    }

    /// When something is to be done next.
    pub fn due(&self) -> Option<Timestamp> {
        self.steps.front().map(|(at, _)| *at)
    }

    /// Does what is next.
    pub async fn step(&mut self, backend: &SharedBackend) -> Answer<()> {
        match self.steps.pop_front() {
            Some((_, Step::Make { number, pool, members })) => self.make(backend, number, pool, members).await,
            Some((_, Step::Call { number, user, key, metrics })) => {
                let Some(team) = self.made.get(&number) else { return Ok(()) };
                let request = DeductTeam {
                    team_id: *team,
                    user_id: user,
                    charge: Charge::Metrics(*metrics),
                    metadata: CreditMetadata::default(),
                    key: Some(key),
                };
                match backend.deduct_team(&Actor::key("production"), request).await {
                    // A member who has come to the end of their part, or of the pool.
                    Err(error) if matches!(error.code, Code::MemberCapExceeded | Code::InsufficientCredits) => Ok(()),
                    answer => answer.map(drop),
                }
            }
            None => Ok(()),
        }
    }

    async fn make(
        &mut self,
        backend: &SharedBackend,
        number: usize,
        pool: Credits,
        members: Vec<(String, TeamRole, Option<Credits>)>,
    ) -> Answer<()> {
        let by = colleague();
        let Some(name) = TEAMS.get(number) else { return Ok(()) };
        let key = Some(format!("demo-{}-team-{number}", self.seed));
        let request = CreateTeam { name: (*name).to_owned(), initial_balance: pool, key };
        let team = backend.create_team(&by, request).await?.team_id;
        for (user, role, limit) in members {
            backend.add_member(&by, team, &user, role, limit).await?;
        }
        self.made.insert(number, team);
        Ok(())
    }
}

/// Who set the desk up.
pub fn colleague() -> Actor {
    Actor::staff("sam@creditdesk.example")
}

/// Sets caps, one of each kind, on those who use the most.
pub async fn caps(backend: &SharedBackend, people: &[Person]) -> Answer<()> {
    let by = &colleague();
    let mut heavy: Vec<&Person> = people.iter().collect();
    heavy.sort_by_key(|person| std::cmp::Reverse(person.weight));
    let kinds = [
        (CapType::Daily, 150, CapAction::Warn),
        (CapType::Monthly, 4_000, CapAction::Deny),
        (CapType::Daily, 60, CapAction::Notify),
        (CapType::Monthly, 1_200, CapAction::Deny),
    ];
    for (person, (cap_type, limit, action)) in heavy.into_iter().zip(kinds) {
        let cap = SpendCap { user_id: person.id.clone(), cap_type, model: None, limit: whole(limit), action };
        backend.set_cap(by, cap).await?;
    }
    Ok(())
}
