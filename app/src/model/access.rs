//! Who may come in: people, invitations, and keys of the product's servers.

use super::{Role, Staff, Timestamp, Uuid};
use serde::{Deserialize, Serialize};

/// A person with an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub staff: Staff,
    pub created_at: Timestamp,
    /// Since when they cannot come in.
    pub disabled_at: Option<Timestamp>,
    /// True when a code or a passkey is asked for beside the password.
    pub two_step: bool,
}

/// How far somebody's second step is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondStep {
    /// Since when a code is asked for.
    pub since: Option<Timestamp>,
    /// Recovery codes that were not used.
    pub recovery_codes: i64,
    /// An authenticator that has not shown its first code.
    pub begun: Option<Authenticator>,
    /// The oldest first.
    pub passkeys: Vec<PasskeyInfo>,
    /// The host name for which passkeys are made here; none where there can be none.
    pub passkey_host: Option<String>,
    /// True where the desk asks for one of everybody who signs in with a password.
    pub required: bool,
}

/// A passkey as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyInfo {
    pub id: Uuid,
    pub name: String,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
}

/// What somebody whose password was right may show as the second step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepsAsked {
    pub authenticator: bool,
    pub recovery_code: bool,
    pub passkey: bool,
}

/// What an authenticator is set up with: a picture to photograph, or a text to type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authenticator {
    /// Base 32, in groups of four.
    pub secret: String,
    /// Squares to a side of the QR code.
    pub squares: usize,
    /// Its dark squares, as the path of an SVG.
    pub path: String,
}

/// How people come in here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaysIn {
    pub password: bool,
    /// The name of the identity provider.
    pub provider: Option<String>,
    /// True when a passkey is enough.
    pub passkey: bool,
}

/// An invitation that is still open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invite {
    pub id: Uuid,
    pub email: String,
    pub role: Role,
    pub invited_by: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct People {
    pub people: Vec<Person>,
    pub invites: Vec<Invite>,
    /// True when a second step is asked of everybody who signs in with a password.
    pub two_steps: bool,
}

/// A key, without the key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyInfo {
    pub name: String,
    /// Its first characters, by which a person knows it again.
    pub prefix: String,
    /// Words with a space between them.
    pub scopes: String,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
}

/// Whether everything that the desk stands on is there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Health {
    /// `SQLite` or `PostgreSQL`.
    pub database: String,
    pub setup: super::SetupResult,
    pub audit: super::AuditCheck,
    /// Version of the program.
    pub version: String,
}
