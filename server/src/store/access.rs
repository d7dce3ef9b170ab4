//! Staff, sessions, API keys and welcome links.
