//! Pricing: versions, and trying a draft out.

pub mod formula;
pub mod preview;
pub mod validate;
pub mod versions;
