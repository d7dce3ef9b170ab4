//! An identity provider, by `OpenID` Connect: the authorization code flow with PKCE, state and nonce.
//!
//! Who the provider is and with which keys it signs is asked for when somebody signs in, and remembered for an hour: a
//! provider that is down keeps nobody from starting the desk. What it answers is checked by `openidconnect`: signature,
//! issuer, audience, nonce and expiry, the last by our own clock; and that the access token is the one that was meant. What
//! went wrong is logged; the visitor gets our words.

mod http;

use self::http::{Http, HttpError};
use crate::clock::Clock;
use app::{
    error::{AppError, Code},
    model::{Role, Timestamp},
};
use openidconnect::{
    AccessToken, AccessTokenHash, AuthenticationFlow, AuthorizationCode, ClaimsVerificationError, ClientId,
    ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl, Nonce, OAuth2TokenResponse as _,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, SignatureVerificationError,
    TokenResponse as _,
    core::{
        CoreClient, CoreClientAuthMethod, CoreErrorResponseType, CoreIdToken, CoreIdTokenClaims,
        CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreResponseType, CoreUserInfoClaims,
    },
};
use serde::{Deserialize, Serialize};
use std::{
    error::Error,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};
use url::{Host, Url};

/// Seconds for which it is known what the provider is.
const KNOWN_FOR: i64 = 3_600;
/// Seconds after which a signature by an unknown key is reason to ask anew.
const KEYS_MAY_CHANGE: i64 = 60;
/// How long a visitor may be at the provider's.
const MINUTES: i64 = 10;
/// The path to which the provider sends its visitors back.
pub const CALLBACK: &str = "/sign-in/oidc/callback";

/// Signatures that need no secret of ours to be checked.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// A client of a discovered provider.
type Discovered =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// What the provider is known by, and we to it.
#[derive(Clone, Debug)]
pub struct ProviderSettings {
    /// As the button names it.
    pub name: String,
    pub issuer: String,
    pub client_id: String,
    /// None for a client that proves itself by PKCE alone.
    pub client_secret: Option<String>,
    /// How browsers reach us, without a slash at its end.
    pub base: String,
    pub admits: Option<Admits>,
}

/// Whom the provider's word alone lets in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admits {
    /// In lower case.
    pub domains: Vec<String>,
    pub role: Role,
}

impl Admits {
    /// The role of somebody with that e-mail, which is in lower case.
    pub fn role_of(&self, email: &str) -> Option<Role> {
        let (_, domain) = email.rsplit_once('@')?;
        self.domains.iter().any(|admitted| admitted == domain).then_some(self.role)
    }
}

/// A sign-on under way, as the session keeps it while the visitor is at the provider's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    state: String,
    nonce: String,
    verifier: String,
    /// Where to go afterwards.
    pub next: String,
    /// Until when the answer is waited for, in microseconds.
    until: i64,
}

impl Begun {
    /// True when an answer with that state is the one that is waited for.
    pub fn fits(&self, state: &str, now: Timestamp) -> bool {
        self.state == state && now.as_microsecond() < self.until
    }
}

/// Whom the provider has proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proven {
    pub issuer: String,
    pub subject: String,
    pub email: Option<String>,
    /// True when the provider has made sure that the e-mail is theirs.
    pub verified: bool,
    pub name: Option<String>,
}

/// The provider. What it has said of itself is remembered.
pub struct Provider {
    pub name: String,
    pub admits: Option<Admits>,
    issuer: IssuerUrl,
    client_id: ClientId,
    client_secret: Option<ClientSecret>,
    redirect: RedirectUrl,
    http: Http,
    known: Mutex<Option<(Timestamp, Arc<CoreProviderMetadata>)>>,
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider").field("name", &self.name).field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

impl Provider {
    /// Nothing is asked of the provider yet. An error names the setting and its rule.
    pub fn new(settings: ProviderSettings) -> Result<Self, String> {
        let ProviderSettings { name, issuer, client_id, client_secret, base, admits } = settings;
        let issuer = read_issuer(&issuer).map_err(|rule| format!("CREDITDESK_OIDC_ISSUER {rule}"))?;
        let redirect = RedirectUrl::new(format!("{base}{CALLBACK}"))
            .map_err(|_| "CREDITDESK_PUBLIC_URL must be an address such as https://credits.example.com".to_owned())?;
        Ok(Self {
            name,
            admits,
            issuer,
            client_id: ClientId::new(client_id),
            client_secret: client_secret.map(ClientSecret::new),
            redirect,
            http: Http::new().map_err(|error| format!("no HTTP client for the identity provider: {error}"))?,
            known: Mutex::default(),
        })
    }

    /// Where to send a visitor, and what to remember meanwhile.
    pub async fn begin(&self, next: &str, now: Timestamp) -> Result<(Url, Begun), AppError> {
        let client = self.client(&*self.metadata(KNOWN_FOR, now).await?);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
        let (url, state, nonce) = client
            .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
            .add_scopes(["email", "profile"].map(|scope| Scope::new(scope.to_owned())))
            .set_pkce_challenge(challenge)
            .url();
        let begun = Begun {
            state: state.into_secret(),
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
            next: next.to_owned(),
            until: now.as_microsecond() + MINUTES * 60_000_000,
        };
        Ok((url, begun))
    }

    /// True when an answer that names its issuer is this provider's.
    pub fn is_issuer(&self, issuer: &str) -> bool {
        issuer == self.issuer.as_str()
    }

    /// Whom the provider's `code` stands for.
    pub async fn finish(&self, begun: Begun, code: &str, clock: &Clock) -> Result<Proven, AppError> {
        let metadata = self.metadata(KNOWN_FOR, clock.now()).await?;
        let client = self.client(&metadata);
        let request = client.exchange_code(AuthorizationCode::new(code.to_owned()));
        let request = request.map_err(|error| self.unavailable("names no token endpoint", &error))?;
        let answer = request
            .set_pkce_verifier(PkceCodeVerifier::new(begun.verifier))
            .request_async(&self.http)
            .await
            .map_err(|error| self.not_exchanged(&error))?;
        let token = answer.id_token().ok_or_else(|| self.not_believed(&"the answer has no id token"))?;
        let nonce = Nonce::new(begun.nonce);
        let access = answer.access_token();
        let claims = match claims(&client, token, access, &nonce, clock) {
            Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)) => {
                let fresh = self.client(&*self.metadata(KEYS_MAY_CHANGE, clock.now()).await?);
                claims(&fresh, token, access, &nonce, clock)
            }
            checked => checked,
        };
        let claims = claims.map_err(|error| self.not_believed(&error))?;
        let mut proven = Proven {
            issuer: claims.issuer().to_string(),
            subject: claims.subject().to_string(),
            email: claims.email().map(|email| email.to_string()),
            verified: claims.email_verified() == Some(true),
            name: claims.name().and_then(|name| name.get(None)).map(|name| name.to_string()),
        };
        // Some providers tell it only when they are asked.
        if proven.email.is_none()
            && let Ok(request) = client.user_info(access.clone(), Some(claims.subject().clone()))
        {
            let more: CoreUserInfoClaims = request
                .request_async(&self.http)
                .await
                .map_err(|error| self.unavailable("did not tell who that was", &error))?;
            proven.email = more.email().map(|email| email.to_string());
            proven.verified = more.email_verified() == Some(true);
            proven.name = proven.name.or_else(|| Some(more.name()?.get(None)?.to_string()));
        }
        Ok(proven)
    }

    fn client(&self, metadata: &CoreProviderMetadata) -> Discovered {
        let methods = metadata.token_endpoint_auth_methods_supported();
        // By the standard, a provider that does not say takes the header.
        let in_body = methods.is_some_and(|methods| {
            !methods.contains(&CoreClientAuthMethod::ClientSecretBasic)
                && methods.contains(&CoreClientAuthMethod::ClientSecretPost)
        });
        let client =
            CoreClient::from_provider_metadata(metadata.clone(), self.client_id.clone(), self.client_secret.clone())
                .set_redirect_uri(self.redirect.clone());
        if in_body { client.set_auth_type(openidconnect::AuthType::RequestBody) } else { client }
    }

    /// What the provider says of itself, not older than `age` seconds.
    async fn metadata(&self, age: i64, now: Timestamp) -> Result<Arc<CoreProviderMetadata>, AppError> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((since, metadata)) = known
            && now.as_second() - since.as_second() < age
        {
            return Ok(metadata);
        }
        let found = CoreProviderMetadata::discover_async(self.issuer.clone(), &self.http).await;
        let found = Arc::new(found.map_err(|error| self.unavailable("cannot be asked", &error))?);
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, found.clone()));
        Ok(found)
    }

    fn unavailable(&self, what: &'static str, error: &dyn Error) -> AppError {
        tracing::warn!(error = chain(error), issuer = self.issuer.as_str(), "the identity provider {what}");
        let message =
            format!("{} cannot be reached just now, or did not answer as it should; try again shortly.", self.name);
        AppError::new(Code::Unavailable, message)
    }

    fn not_exchanged(
        &self,
        error: &RequestTokenError<HttpError, openidconnect::StandardErrorResponse<CoreErrorResponseType>>,
    ) -> AppError {
        match error {
            RequestTokenError::ServerResponse(answer) if *answer.error() == CoreErrorResponseType::InvalidGrant => {
                self.not_believed(error)
            }
            _ => self.unavailable("gave no token", error),
        }
    }

    fn not_believed(&self, error: &dyn fmt::Display) -> AppError {
        tracing::warn!(%error, issuer = self.issuer.as_str(), "an answer of the identity provider was not believed");
        let message =
            format!("What {} sent back does not prove who you are, or was used already: begin again.", self.name);
        AppError::new(Code::Unauthenticated, message)
    }
}

/// What the token says, once it is believed. It may say of which access token it is the companion; another one is not
/// believed.
fn claims(
    client: &Discovered,
    token: &CoreIdToken,
    access: &AccessToken,
    nonce: &Nonce,
    clock: &Clock,
) -> Result<CoreIdTokenClaims, ClaimsVerificationError> {
    let now = clock.now().as_second();
    let verifier = client
        .id_token_verifier()
        .set_allowed_algs(ALGORITHMS)
        .set_time_fn(move || chrono::DateTime::from_timestamp(now, 0).unwrap_or_default());
    let claims = token.claims(&verifier, nonce)?;
    if let Some(told) = claims.access_token_hash() {
        let other = |rule: &str| ClaimsVerificationError::Other(format!("at_hash {rule}"));
        let algorithm = token.signing_alg().map_err(ClaimsVerificationError::SignatureVerification)?;
        let key = token.signing_key(&verifier).map_err(ClaimsVerificationError::SignatureVerification)?;
        let made = AccessTokenHash::from_token(access, algorithm, key)
            .map_err(|error| other(&format!("cannot be made: {error}")))?;
        if made != *told {
            return Err(other("is of another access token"));
        }
    }
    Ok(claims.clone())
}

fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

/// The issuer as it was typed: the provider's own word must equal it, slash and all.
fn read_issuer(text: &str) -> Result<IssuerUrl, &'static str> {
    const RULE: &str = "must be the provider's address, beginning with https:// (http:// only on this machine)";
    let url = Url::parse(text).map_err(|_| RULE)?;
    let here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    let safe = url.scheme() == "https" || url.scheme() == "http" && here;
    if !safe || url.query().is_some() || url.fragment().is_some() {
        return Err(RULE);
    }
    IssuerUrl::new(text.to_owned()).map_err(|_| RULE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_asked_by_tls_unless_it_is_this_machine() {
        for text in
            ["https://accounts.google.com", "https://id.example.com/realms/desk/", "http://localhost:8080/realms/a"]
        {
            assert_eq!(read_issuer(text).unwrap().as_str(), text);
        }
        for text in ["", "accounts.google.com", "http://id.example.com", "ftp://localhost", "https://a.example/?b=c"] {
            assert!(read_issuer(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_domain_admits_its_own_addresses_only() {
        let admits = Admits { domains: vec!["example.com".to_owned()], role: Role::Support };
        assert_eq!(admits.role_of("ana@example.com"), Some(Role::Support));
        for email in ["ana@sub.example.com", "ana@example.com.evil.org", "ana@badexample.com", "example.com", ""] {
            assert_eq!(admits.role_of(email), None, "{email}");
        }
    }

    #[test]
    fn an_answer_fits_its_own_state_and_for_a_while() {
        let now = Timestamp::from_second(1_000).unwrap();
        let begun = Begun {
            state: "s".to_owned(),
            nonce: String::new(),
            verifier: String::new(),
            next: "/".to_owned(),
            until: 1_600_000_000,
        };
        assert!(begun.fits("s", now));
        assert!(!begun.fits("t", now) && !begun.fits("", now));
        assert!(!begun.fits("s", Timestamp::from_second(1_600).unwrap()));
    }
}
