//! Our HTTP client as `openidconnect` asks with it. No redirect is followed: an answer comes from who was asked.

use crate::webhooks::sender;
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::{Client, redirect};
use std::{pin::Pin, time::Duration};

/// How long the provider may take for one answer.
const PATIENCE: Duration = Duration::from_secs(8);
/// The most bytes of one.
const MAX_ANSWER: usize = 1024 * 1024;

#[derive(Clone, Debug)]
pub struct Http(Client);

#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    #[error(transparent)]
    Client(#[from] reqwest::Error),
    #[error(transparent)]
    Tls(#[from] rustls::Error),
    #[error("the answer cannot be read")]
    Unreadable,
    #[error("the answer is longer than {MAX_ANSWER} bytes")]
    TooLong,
}

impl Http {
    pub fn new() -> Result<Self, HttpError> {
        let client = Client::builder()
            .timeout(PATIENCE)
            .connect_timeout(PATIENCE / 2)
            .redirect(redirect::Policy::none())
            .tls_backend_preconfigured(sender::tls()?)
            .build()?;
        Ok(Self(client))
    }

    async fn ask(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let mut response = self.0.execute(request.try_into()?).await?;
        let mut answer = axum::http::Response::builder().status(response.status());
        if let Some(headers) = answer.headers_mut() {
            headers.clone_from(response.headers());
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            body.extend_from_slice(&chunk);
            if body.len() > MAX_ANSWER {
                return Err(HttpError::TooLong);
            }
        }
        answer.body(body).map_err(|_| HttpError::Unreadable)
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.ask(request))
    }
}
