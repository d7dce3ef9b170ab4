//! One attempt: a signed POST, and what became of it.
//!
//! Redirects are not followed, for they would lead past the check of the address, and no proxy is taken from the
//! environment for the same reason. Of the answer only the status is read.

use super::{
    address::{self, NotPublic, Resolver},
    secret,
};
use app::model::Timestamp;
use reqwest::{Client, StatusCode, header, redirect};
use std::{error::Error, sync::Arc, time::Duration};

/// How long an endpoint may take to answer.
pub const PATIENCE: Duration = Duration::from_secs(15);
const AGENT: &str = concat!("Creditdesk/", env!("CARGO_PKG_VERSION"));

/// What became of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Delivered {
        status: u16,
    },
    Failed {
        status: Option<u16>,
        /// In our words: an endpoint's, or a driver's, are not shown.
        error: String,
        /// What the receiver asked for.
        retry_after: Option<Duration>,
    },
    /// The endpoint said that it is no more.
    Gone,
}

/// What is sent.
#[derive(Clone, Copy, Debug)]
pub struct Parcel<'a> {
    pub url: &'a str,
    pub secrets: &'a [String],
    pub id: &'a str,
    pub payload: &'a str,
}

/// Sends webhooks. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Sender {
    client: Client,
    allow_private: bool,
}

/// Why nothing can be sent at all.
#[derive(Debug, thiserror::Error)]
pub enum SenderError {
    #[error("no HTTP client for webhooks: {0}")]
    Client(#[from] reqwest::Error),
    #[error("no TLS for webhooks: {0}")]
    Tls(#[from] rustls::Error),
}

impl Sender {
    pub fn new(allow_private: bool) -> Result<Self, SenderError> {
        let client = Client::builder()
            .user_agent(AGENT)
            .timeout(PATIENCE)
            .connect_timeout(PATIENCE / 3)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .dns_resolver(Resolver { allow_private })
            .tls_backend_preconfigured(tls()?)
            .build()?;
        Ok(Self { client, allow_private })
    }

    /// Sends one, signed at `now`.
    pub async fn send(&self, parcel: Parcel<'_>, now: Timestamp) -> Outcome {
        let failed = |error: String| Outcome::Failed { status: None, error, retry_after: None };
        // Checked again: what is allowed may have changed since the address was given.
        let url = match address::read_url(parcel.url, self.allow_private) {
            Ok(url) => url,
            Err(rule) => return failed(format!("the address {rule}")),
        };
        let timestamp = now.as_second();
        let Ok(signature) = secret::sign(parcel.secrets, parcel.id, timestamp, parcel.payload) else {
            return failed("the secret cannot be read".to_owned());
        };
        let request = self
            .client
            .post(url)
            .header(header::CONTENT_TYPE, "application/json")
            .header(standardwebhooks::HEADER_WEBHOOK_ID, parcel.id)
            .header(standardwebhooks::HEADER_WEBHOOK_TIMESTAMP, timestamp)
            .header(standardwebhooks::HEADER_WEBHOOK_SIGNATURE, signature)
            .body(parcel.payload.to_owned());
        match request.send().await {
            Ok(response) => answered(response.status(), response.headers()),
            Err(error) => {
                tracing::debug!(%error, "a webhook was not delivered");
                failed(describe(&error))
            }
        }
    }
}

fn answered(status: StatusCode, headers: &header::HeaderMap) -> Outcome {
    if status.is_success() {
        return Outcome::Delivered { status: status.as_u16() };
    }
    if status == StatusCode::GONE {
        return Outcome::Gone;
    }
    let seconds = headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    let followed = if status.is_redirection() { ", and redirects are not followed" } else { "" };
    Outcome::Failed {
        status: Some(status.as_u16()),
        error: format!("it answered {}{followed}", status.as_u16()),
        retry_after: seconds.map(Duration::from_secs),
    }
}

fn describe(error: &reqwest::Error) -> String {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(this) = cause {
        if let Some(refused) = this.downcast_ref::<NotPublic>() {
            return refused.to_string();
        }
        cause = this.source();
    }
    if error.is_timeout() {
        format!("no answer within {} seconds", PATIENCE.as_secs())
    } else if error.is_connect() {
        "no connection could be made".to_owned()
    } else {
        "the connection broke".to_owned()
    }
}

/// TLS by the library, and with the roots, that the database's connections use.
pub fn tls() -> Result<rustls::ClientConfig, rustls::Error> {
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}
