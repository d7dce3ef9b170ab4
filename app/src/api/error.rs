//! How an [`AppError`] travels between a server function and its caller.

use crate::error::{AppError, Code};
use leptos::server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        use ServerFnErrorErr as E;
        match error {
            E::Args(text) | E::MissingArg(text) => {
                // The function has not run, so nothing else sets the status.
                #[cfg(feature = "ssr")]
                super::response_status(Code::InvalidRequest);
                Self::new(Code::InvalidRequest, text)
            }
            E::Request(_) => {
                Self::new(Code::Unavailable, "The server cannot be reached; check the connection and retry.")
            }
            other => Self::new(Code::Internal, other.to_string()),
        }
    }
}
