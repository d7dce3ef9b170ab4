//! Random scripts of operations, which shrink to the shortest that still fails.

use app::model::{CapAction, CapType};
use proptest::{option, prelude::*, sample::select};

pub const USERS: [&str; 3] = ["ana", "b/c d?#é", "<script>"];

/// One operation, perhaps under a key that others use too.
#[derive(Clone, Debug)]
pub struct Op {
    pub key: Option<u8>,
    pub action: Action,
}

#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_field_names, reason = "the domain's name")]
pub struct Cap {
    pub cap_type: CapType,
    pub model: Option<&'static str>,
    /// In micro-credits, like every amount here.
    pub limit: i64,
    pub action: CapAction,
}

/// Users, teams, debits and reservations are told by their number; of those that are not there yet, the last is meant.
#[derive(Clone, Debug)]
pub enum Action {
    Add { user: usize, amount: i64, purchase: bool, expires_in: Option<u8> },
    Adjust { user: usize, amount: i64, allow_negative: bool },
    Charge { user: usize, model: &'static str, tokens: u64 },
    Spend { user: usize, amount: i64, model: Option<&'static str> },
    Reserve { user: usize, amount: i64, ttl: u32, max: Option<u32> },
    Settle { hold: usize, amount: i64 },
    Release { hold: usize },
    Renew { hold: usize, ttl: u32 },
    Reap,
    Refund { debit: usize, amount: Option<i64> },
    Sweep { dry_run: bool },
    SetPlan { user: usize, plan: Option<usize> },
    SetCap { user: usize, cap: Cap },
    DeleteCap { user: usize, cap: Cap },
    CheckCap { user: usize, amount: Option<i64>, model: Option<&'static str> },
    CreateTeam { amount: i64 },
    TopUp { team: usize, amount: i64 },
    PutMember { team: usize, user: usize, role: &'static str, cap: Option<i64> },
    RemoveMember { team: usize, user: usize },
    ChargeTeam { team: usize, user: usize, amount: i64 },
    Balance { user: usize },
    Allowance { user: usize },
    Team { team: usize },
    Wait { seconds: u32 },
}

impl Action {
    /// The same with its numbers held to what is there; none when there is nothing of the kind.
    pub fn among(mut self, debits: usize, holds: usize, teams: usize) -> Option<Self> {
        let (number, there) = match &mut self {
            Self::Settle { hold, .. } | Self::Release { hold } | Self::Renew { hold, .. } => (hold, holds),
            Self::Refund { debit, .. } => (debit, debits),
            Self::TopUp { team, .. }
            | Self::PutMember { team, .. }
            | Self::RemoveMember { team, .. }
            | Self::ChargeTeam { team, .. }
            | Self::Team { team } => (team, teams),
            _ => return Some(self),
        };
        *number = (*number).min(there.checked_sub(1)?);
        Some(self)
    }
}

fn user() -> impl Strategy<Value = usize> {
    0..USERS.len()
}

/// Mostly a few credits, sometimes nothing or less.
fn amount() -> impl Strategy<Value = i64> {
    prop_oneof![8 => 1..8_000_000_i64, 4 => (1..8_i64).prop_map(|n| n * 1_000_000), 1 => -2_000_000..=0_i64]
}

fn model() -> impl Strategy<Value = Option<&'static str>> {
    select(vec![None, None, Some("m"), Some("n")])
}

fn cap() -> impl Strategy<Value = Cap> {
    let cap_type = select(vec![CapType::Daily, CapType::Monthly]);
    let action = select(vec![CapAction::Deny, CapAction::Deny, CapAction::Warn, CapAction::Notify]);
    (cap_type, model(), 0..12_000_000_i64, action).prop_map(|(cap_type, model, limit, action)| Cap {
        cap_type,
        model,
        limit,
        action,
    })
}

fn index() -> impl Strategy<Value = usize> {
    prop_oneof![3 => 0..6_usize, 1 => 0..40_usize]
}

fn money() -> impl Strategy<Value = Action> {
    let expiry = option::of(1..60_u8);
    let tokens = prop_oneof![6 => 0..4_000_u64, 1 => 0..2_000_000_u64];
    prop_oneof![
        4 => (user(), amount(), any::<bool>(), expiry)
            .prop_map(|(user, amount, purchase, expires_in)| Action::Add { user, amount, purchase, expires_in }),
        1 => (user(), amount(), any::<bool>())
            .prop_map(|(user, amount, allow_negative)| Action::Adjust { user, amount: -amount, allow_negative }),
        4 => (user(), select(vec!["m", "n"]), tokens)
            .prop_map(|(user, model, tokens)| Action::Charge { user, model, tokens }),
        4 => (user(), amount(), model()).prop_map(|(user, amount, model)| Action::Spend { user, amount, model }),
        3 => (user(), amount(), select(vec![60, 600, 7_200]), option::of(1..4_u32))
            .prop_map(|(user, amount, ttl, max)| Action::Reserve { user, amount, ttl, max }),
        3 => (index(), amount().prop_map(|amount| amount - 1_000_000))
            .prop_map(|(hold, amount)| Action::Settle { hold, amount }),
        5 => (index(), option::of(amount())).prop_map(|(debit, amount)| Action::Refund { debit, amount }),
        3 => (index(), user(), amount()).prop_map(|(team, user, amount)| Action::ChargeTeam { team, user, amount }),
        1 => (index(), amount()).prop_map(|(team, amount)| Action::TopUp { team, amount }),
        1 => amount().prop_map(|amount| Action::CreateTeam { amount }),
    ]
}

fn other() -> impl Strategy<Value = Action> {
    let role = select(vec!["owner", "admin", "member"]);
    let plan = select(vec![None, Some(0), Some(1)]);
    prop_oneof![
        1 => index().prop_map(|hold| Action::Release { hold }),
        1 => (index(), select(vec![60, 600])).prop_map(|(hold, ttl)| Action::Renew { hold, ttl }),
        1 => Just(Action::Reap),
        1 => any::<bool>().prop_map(|dry_run| Action::Sweep { dry_run }),
        2 => (user(), plan).prop_map(|(user, plan)| Action::SetPlan { user, plan }),
        2 => (user(), cap()).prop_map(|(user, cap)| Action::SetCap { user, cap }),
        1 => (user(), cap()).prop_map(|(user, cap)| Action::DeleteCap { user, cap }),
        1 => (user(), option::of(0..9_000_000_i64), model())
            .prop_map(|(user, amount, model)| Action::CheckCap { user, amount, model }),
        3 => (index(), user(), role, option::of(0..9_000_000_i64))
            .prop_map(|(team, user, role, cap)| Action::PutMember { team, user, role, cap }),
        1 => (index(), user()).prop_map(|(team, user)| Action::RemoveMember { team, user }),
        1 => user().prop_map(|user| Action::Balance { user }),
        1 => user().prop_map(|user| Action::Allowance { user }),
        1 => index().prop_map(|team| Action::Team { team }),
        3 => prop_oneof![1..120_u32, 3_600..200_000_u32].prop_map(|seconds| Action::Wait { seconds }),
    ]
}

/// A script of up to `length` operations.
pub fn script(length: usize) -> impl Strategy<Value = Vec<Op>> {
    let action = prop_oneof![3 => money(), 2 => other()];
    let op = (option::weighted(0.3, 0..6_u8), action).prop_map(|(key, action)| Op { key, action });
    proptest::collection::vec(op, length / 2..=length)
}
