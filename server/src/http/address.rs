//! Where a request comes from.

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{Extensions, HeaderMap},
    middleware::Next,
    response::Response,
};
use std::net::{IpAddr, SocketAddr};

/// The caller's address, kept with the request for whoever needs it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClientAddress(pub Option<IpAddr>);

impl ClientAddress {
    /// As the audit log writes it.
    pub fn text(self) -> Option<String> {
        self.0.map(|address| address.to_canonical().to_string())
    }

    pub fn of(extensions: &Extensions) -> Self {
        extensions.get().copied().unwrap_or_default()
    }
}

/// Finds the address out once, for every handler.
pub async fn note_address(State(trust_proxy): State<bool>, mut request: Request, next: Next) -> Response {
    let address = client_address(request.extensions(), request.headers(), trust_proxy);
    request.extensions_mut().insert(ClientAddress(address));
    next.run(request).await
}

/// The caller's address: the connection's, or, behind a proxy that is trusted, the one that the proxy saw. That is the
/// last of `X-Forwarded-For`; those before it are the caller's own words.
fn client_address(extensions: &Extensions, headers: &HeaderMap, trust_proxy: bool) -> Option<IpAddr> {
    let connection = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    if !trust_proxy {
        return connection;
    }
    let forwarded = headers.get_all("x-forwarded-for").iter().next_back().and_then(|value| value.to_str().ok());
    let last = forwarded.and_then(|text| text.rsplit(',').next()).and_then(|text| text.trim().parse().ok());
    last.or(connection)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_trusted_proxy_is_believed_and_only_its_own_word() {
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo::<SocketAddr>("10.0.0.1:5000".parse().unwrap()));
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", "1.1.1.1, 203.0.113.7".parse().unwrap());
        let seen = |trust| client_address(&extensions, &headers, trust).unwrap().to_string();
        assert_eq!(seen(false), "10.0.0.1");
        assert_eq!(seen(true), "203.0.113.7");
        assert_eq!(client_address(&extensions, &HeaderMap::new(), true).unwrap().to_string(), "10.0.0.1");
    }
}
