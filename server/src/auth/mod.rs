//! Who may come in: people with a password or by an identity provider, and a session; programs with a key; and the first
//! admin with a one-time link.
//!
//! Nothing that is secret is stored, but for the secrets of authenticators: passwords as argon2id, keys and tokens as SHA-256
//! (they are long and random, so that a fast hash is enough and a lookup by it possible).

pub mod access;
pub mod keys;
pub mod limiter;
pub mod passkeys;
pub mod password;
pub mod people;
pub mod provider;
pub mod rate;
mod scope;
pub mod second_step;
mod secret;
pub mod sessions;
pub mod sign_on;
pub mod staff;
pub mod two_steps;
pub mod visit;
pub mod welcome;

pub use access::AccessDesk;
pub use keys::{ApiKeys, KeyHolder};
pub use scope::{Scope, Scopes};
pub use staff::StaffDesk;

/// A password that nobody chose: 43 letters and digits.
pub fn made_up_password() -> String {
    secret::random()
}
