//! Who calls, and whether they may.

use super::{ApiState, Refusal, address::ClientAddress};
use crate::auth::{Scope, keys::KeyHolder};
use app::{
    error::{AppError, Code},
    model::Actor,
};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header::AUTHORIZATION, request::Parts},
};
use std::marker::PhantomData;

/// A permission, as a type: a handler that takes a [`Caller<Charge>`] cannot be reached without it.
pub trait Needs {
    const SCOPE: Scope;
}

macro_rules! needs {
    ($($name:ident),*) => {$(
        #[derive(Debug)]
        pub struct $name;
        impl Needs for $name {
            const SCOPE: Scope = Scope::$name;
        }
    )*};
}
needs!(Read, Charge, Grant, Refund, Manage);

/// The holder of an API key that has the scope `N`.
#[derive(Debug)]
pub struct Caller<N>(pub Actor, PhantomData<N>);

impl<N: Needs> FromRequestParts<ApiState> for Caller<N> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Refusal> {
        let holder = match parts.extensions.remove::<KeyHolder>() {
            Some(known) => known,
            None => state.keys.check(bearer(&parts.headers)?).await?,
        };
        holder.require(N::SCOPE)?;
        Ok(Self(holder.actor.at(ClientAddress::of(&parts.extensions).text()), PhantomData))
    }
}

/// The key that the caller sent.
pub fn bearer(headers: &HeaderMap) -> Result<&str, AppError> {
    let missing =
        || AppError::new(Code::Unauthenticated, "This needs an API key: send the header Authorization: Bearer cdk_….");
    let text = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).ok_or_else(missing)?;
    let (scheme, key) = text.split_once(' ').ok_or_else(missing)?;
    if scheme.eq_ignore_ascii_case("bearer") { Ok(key.trim()) } else { Err(missing()) }
}
