//! Teams: a shared pool and who may spend it.

use super::{Credits, Direction, ListQuery, Order, SpendSum, Timestamp, Uuid};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TeamRole {
    Owner,
    Admin,
    #[default]
    Member,
}

impl TeamRole {
    pub const ALL: [Self; 3] = [Self::Owner, Self::Admin, Self::Member];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Member => "member",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

/// The order of a listing of teams; within equals the older team is the lesser.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TeamSort {
    #[default]
    Created,
    Name,
    Members,
    Balance,
}

impl Order for TeamSort {
    const WORDS: &'static [(Self, &'static str)] =
        &[(Self::Created, "created"), (Self::Name, "name"), (Self::Members, "members"), (Self::Balance, "balance")];

    fn usual(self) -> Direction {
        match self {
            Self::Created | Self::Name => Direction::Asc,
            Self::Members | Self::Balance => Direction::Desc,
        }
    }
}

/// Which teams, in which order.
pub type TeamQuery = ListQuery<TeamSort>;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CreateTeamResult {
    pub team_id: Uuid,
    pub name: String,
    #[serde(default)]
    pub idempotent: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Team {
    pub team_id: Uuid,
    pub name: String,
    pub balance: Credits,
    pub member_count: i64,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TeamBalanceResult {
    pub team_id: Uuid,
    pub name: String,
    pub balance: Credits,
    pub member_count: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TeamDeductionResult {
    pub transaction_id: Uuid,
    pub team_id: Uuid,
    pub user_id: String,
    /// Negative.
    pub amount: Credits,
    pub team_balance_after: Credits,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    #[serde(default)]
    pub idempotent: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap_warning: Option<super::CapCheckResult>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pricing_version: Option<i64>,
}

/// A team with its members.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TeamDetail {
    #[serde(flatten)]
    pub team: Team,
    pub members: Vec<TeamMember>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TeamMember {
    pub user_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub role: TeamRole,
    /// Lifetime limit: null is none, 0 may not spend.
    pub spend_cap: Option<Credits>,
    /// Lifetime spend net of refunds, the number `spend_cap` is compared with.
    pub total_spent: Credits,
}

/// What one model, or one member, cost a team in a range.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamCost {
    /// A model's name or a member's id.
    pub key: String,
    /// A member's name, where there is one.
    pub name: Option<String>,
    pub sum: SpendSum,
}

/// A team's charges in a range, the greatest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamSpend {
    pub total: SpendSum,
    pub models: Vec<TeamCost>,
    /// Those who are no member any more, too.
    pub members: Vec<TeamCost>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AddTeamMemberResult {
    pub team_id: Uuid,
    pub user_id: String,
    #[serde(default)]
    pub role: TeamRole,
}
