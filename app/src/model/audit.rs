//! The audit log: every change by a person or a key, in one chain.

use super::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr,
        schema::{ObjectBuilder, Schema, Type},
    },
};

macro_rules! words {
    ($(#[$doc:meta])* $enum:ident { $($(#[$item:meta])* $name:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $enum {
            $($(#[$item])* #[serde(rename = $text)] $name,)*
        }

        impl $enum {
            pub const ALL: &[Self] = &[$(Self::$name),*];

            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }

            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|item| item.as_str() == text)
            }
        }

        /// By hand: the derived one would show the names of the variants, whose renaming a macro hides from it.
        impl PartialSchema for $enum {
            fn schema() -> RefOr<Schema> {
                let names = Self::ALL.iter().map(|item| item.as_str());
                ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names)).into()
            }
        }

        impl ToSchema for $enum {}
    };
}

words! {
    /// What was done. The word before the point is the group, by which the log can be filtered.
    AuditAction {
        SignedIn = "session.signed_in",
        SignedOut = "session.signed_out",
        SignInFailed = "session.sign_in_failed",
        StaffCreated = "staff.created",
        StaffInvited = "staff.invited",
        StaffJoined = "staff.joined",
        StaffInviteRevoked = "staff.invite_revoked",
        StaffRoleChanged = "staff.role_changed",
        StaffDisabled = "staff.disabled",
        StaffEnabled = "staff.enabled",
        SecondStepOn = "staff.two_step_on",
        SecondStepOff = "staff.two_step_off",
        PasskeyAdded = "staff.passkey_added",
        PasskeyRemoved = "staff.passkey_removed",
        SignOnLinked = "staff.sign_on_linked",
        SignOnUnlinked = "staff.sign_on_unlinked",
        KeyCreated = "key.created",
        KeyRevoked = "key.revoked",
        WebhookCreated = "webhook.created",
        WebhookChanged = "webhook.changed",
        WebhookSecretRotated = "webhook.secret_rotated",
        WebhookDeleted = "webhook.deleted",
        WebhookTested = "webhook.tested",
        DeliveryReplayed = "webhook.delivery_replayed",
        PricingPublished = "pricing.published",
        PricingActivated = "pricing.activated",
        DraftDiscarded = "pricing.draft_discarded",
        PlanSet = "plan.set",
        CapSet = "cap.set",
        CapDeleted = "cap.deleted",
        ProfileSet = "profile.set",
        NoteAdded = "note.added",
        TeamCreated = "team.created",
        MemberSet = "team.member_set",
        MemberRemoved = "team.member_removed",
        CreditsAdded = "credits.added",
        CreditsAdjusted = "credits.adjusted",
        CreditsRefunded = "credits.refunded",
        CreditsSwept = "credits.swept",
        LedgerRepaired = "ledger.repaired",
        SettingsChanged = "settings.changed",
        ApprovalRequested = "approval.requested",
        ApprovalApproved = "approval.approved",
        ApprovalDeclined = "approval.declined",
        ApprovalWithdrawn = "approval.withdrawn",
        ApprovalExpired = "approval.expired",
    }
}

words! {
    /// What it was done to.
    AuditSubject {
        User = "user",
        Team = "team",
        Staff = "staff",
        Key = "key",
        Webhook = "webhook",
        Pricing = "pricing",
        Settings = "settings",
        Approval = "approval",
        Ledger = "ledger",
    }
}

impl AuditAction {
    /// The word before the point.
    pub fn group(self) -> &'static str {
        self.as_str().split('.').next().unwrap_or_default()
    }
}

/// One row of the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AuditEntry {
    /// From 1, without gaps.
    pub seq: i64,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// `staff:<e-mail>`, `key:<name>` or `system:<job>`.
    pub actor: String,
    /// Where the request came from, when it came over HTTP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    pub action: AuditAction,
    pub subject_kind: AuditSubject,
    pub subject: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
    /// The hash of the row before, in hexadecimal; empty for the first.
    pub previous_hash: String,
    /// SHA-256 over the row and the hash of the row before, in hexadecimal.
    pub hash: String,
}

/// The end of the chain.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditHead {
    /// The number of the last row; 0 when there is none.
    pub seq: i64,
    pub hash: String,
}

/// Whether the chain holds from its first row to its head.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditCheck {
    pub head: AuditHead,
    /// False while nobody has asked for a walk through a long chain.
    pub checked: bool,
    /// The first row that does not fit, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broken: Option<String>,
}

/// Which rows are asked for; what is left out does not matter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AuditQuery {
    /// An actor's whole name, or the part after its colon.
    pub actor: Option<String>,
    /// An action, or the group of several.
    pub action: Option<String>,
    pub subject: Option<String>,
    pub start: Option<Timestamp>,
    pub end: Option<Timestamp>,
    pub cursor: Option<String>,
    /// 1 to 200.
    pub limit: u32,
}
