//! The demo's teams, with their members and some of their charges, and a few people's caps. Made at the end of the demo, each
//! under a key of its own, so that it is made once.

use super::people::{Person, TEAMS};
use app::backend::{Answer, SharedBackend};
use app::model::{
    Actor, CapAction, CapType, Charge, CreateTeam, CreditMetadata, Credits, DeductTeam, SpendCap, TeamRole,
    UsageMetrics, Uuid,
};

/// What a pool starts with, in whole credits, and what its last members may spend of it.
const POOL: i64 = 1_500;
const SHARE: i64 = 120;
/// Members of a team at most, and calls of each.
const MEMBERS: usize = 6;
const CALLS: u64 = 3;

fn whole(credits: i64) -> Credits {
    Credits::from_micros(credits * 1_000_000)
}

/// Makes the teams and sets the caps.
pub async fn add(backend: &SharedBackend, seed: u64, people: &[Person]) -> Answer<()> {
    let by = Actor::staff("sam@creditdesk.example");
    for (number, name) in TEAMS.into_iter().enumerate() {
        let members: Vec<&Person> = people.iter().filter(|person| person.team == Some(name)).take(MEMBERS).collect();
        if members.is_empty() {
            continue;
        }
        let key = Some(format!("demo-{seed}-team-{number}"));
        let request = CreateTeam { name: name.to_owned(), initial_balance: whole(POOL), key };
        let team = backend.create_team(&by, request).await?.team_id;
        for (rank, person) in members.iter().enumerate() {
            let role = [TeamRole::Owner, TeamRole::Admin].get(rank).copied().unwrap_or_default();
            let limit = (rank > 3).then(|| whole(SHARE));
            backend.add_member(&by, team, &person.id, role, limit).await?;
            for call in 0..CALLS {
                charge(backend, team, person, format!("demo-{seed}-team-{number}-{rank}-{call}"), call).await?;
            }
        }
    }
    caps(backend, &by, people).await
}

async fn charge(backend: &SharedBackend, team: Uuid, person: &Person, key: String, call: u64) -> Answer<()> {
    let metrics = UsageMetrics {
        model: Some("claude-sonnet-4-6".to_owned()),
        input_tokens: 18_000 + call * 7_000,
        output_tokens: 1_200 + call * 400,
        ..UsageMetrics::default()
    };
    let request = DeductTeam {
        team_id: team,
        user_id: person.id.clone(),
        charge: Charge::Metrics(metrics),
        metadata: CreditMetadata::default(),
        key: Some(key),
    };
    backend.deduct_team(&Actor::key("production"), request).await.map(|_| ())
}

/// One cap of each kind, on those who use the most.
async fn caps(backend: &SharedBackend, by: &Actor, people: &[Person]) -> Answer<()> {
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
