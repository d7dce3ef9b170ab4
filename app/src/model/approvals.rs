//! Four eyes: what waits for a second person.

use super::{
    AddCredits, AddCreditsResult, CapType, Credits, Refund, RefundResult, Role, SpendCap, Timestamp, TopUpTeam, Uuid,
};
use serde::{Deserialize, Serialize};

/// What is to be done. It is kept until somebody approves it, and then done as it stands here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proposal {
    Refund(Refund),
    Grant(AddCredits),
    /// A grant to a team's pool.
    TopUp(TopUpTeam),
    Cap {
        user_id: String,
        cap_type: CapType,
        model: Option<String>,
        /// None takes the cap away.
        to: Option<SpendCap>,
        /// What was there when it was asked for; another by now makes the request stale.
        from: Option<SpendCap>,
    },
    Activation {
        version: i64,
        /// The version that was active when it was asked for.
        active: Option<i64>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalKind {
    Refund,
    Grant,
    Cap,
    Activation,
}

impl ApprovalKind {
    pub const ALL: [Self; 4] = [Self::Refund, Self::Grant, Self::Cap, Self::Activation];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refund => "refund",
            Self::Grant => "grant",
            Self::Cap => "cap",
            Self::Activation => "activation",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Who may answer such a request, if it is not their own.
    pub const fn may_decide(self, role: Role) -> bool {
        match self {
            Self::Refund | Self::Grant => matches!(role, Role::Admin | Role::Finance),
            Self::Cap | Self::Activation => matches!(role, Role::Admin),
        }
    }
}

impl Proposal {
    pub const fn kind(&self) -> ApprovalKind {
        match self {
            Self::Refund(_) => ApprovalKind::Refund,
            Self::Grant(_) | Self::TopUp(_) => ApprovalKind::Grant,
            Self::Cap { .. } => ApprovalKind::Cap,
            Self::Activation { .. } => ApprovalKind::Activation,
        }
    }

    /// True when one of both is enough: they give back the same charge, set the same cap or activate the same version.
    /// Credits may well be added twice.
    pub fn doubles(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Refund(one), Self::Refund(two)) => one.transaction_id == two.transaction_id,
            (
                Self::Cap { user_id, cap_type, model, .. },
                Self::Cap { user_id: user, cap_type: window, model: of, .. },
            ) => (user_id, cap_type, model) == (user, window, of),
            (Self::Activation { version, .. }, Self::Activation { version: other, .. }) => version == other,
            _ => false,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalStatus {
    Pending,
    Approved,
    Declined,
    /// Taken back by whoever asked.
    Withdrawn,
    Expired,
}

impl ApprovalStatus {
    pub const ALL: [Self; 5] = [Self::Pending, Self::Approved, Self::Declined, Self::Withdrawn, Self::Expired];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// A request and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Approval {
    pub id: Uuid,
    pub proposal: Proposal,
    /// The user, the team's id, or the pricing version.
    pub subject: String,
    pub amount: Option<Credits>,
    pub reason: String,
    pub requested_by: String,
    pub requested_at: Timestamp,
    pub expires_at: Timestamp,
    pub status: ApprovalStatus,
    pub decided_by: Option<String>,
    pub decided_at: Option<Timestamp>,
    pub note: Option<String>,
    /// The transaction that it became.
    pub result: Option<String>,
}

impl Approval {
    pub const fn kind(&self) -> ApprovalKind {
        self.proposal.kind()
    }
}

/// What came of a proposal: it was done, or it waits for somebody else.
#[derive(Clone, Debug, PartialEq)]
pub enum Proposed {
    Refunded(RefundResult),
    Granted(AddCreditsResult),
    /// The cap as it was before, if there was one.
    CapSet(Option<SpendCap>),
    Activated,
    Waiting(Uuid),
}
