//! Who may come in, as the database keeps it: staff and their identities elsewhere, their sessions, API keys and welcome
//! links. One file per table.

pub mod identities;
pub mod invites;
pub mod keys;
pub mod passkeys;
pub mod second_step;
pub mod sessions;
pub mod staff;
pub mod welcome;
