//! Tests over the whole server, in one binary.

mod import;
