//! Usage as other tools report it: what is charged of it, for whom, and what came of it.
//!
//! | file | what |
//! |---|---|
//! | [`litellm`] | a call in the log of `LiteLLM`'s proxy, as a charge |
//! | [`otlp`] | a span with the `GenAI` attributes of `OpenTelemetry`, as a charge |
//! | [`tokens`] | counts that include what a cache answered, as counts that stand beside it |
//! | [`outcome`] | all of a request to the ledger, and what came of each |
//!
//! What is reported has happened. So each charge carries its own time and passes the deny caps, like imported history; it
//! counts in the caps' windows that are now, and the floor holds. A report sent again charges nothing twice.

pub mod litellm;
pub mod otlp;
pub mod outcome;
pub mod tokens;
