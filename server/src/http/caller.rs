//! Who calls, and whether they may.

use super::{ApiState, Refusal};
use crate::auth::Scope;
use app::{
    error::{AppError, Code},
    model::Actor,
};
use axum::{
    extract::FromRequestParts,
    http::{header::AUTHORIZATION, request::Parts},
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
        let holder = state.keys.check(bearer(parts)?).await?;
        holder.require(N::SCOPE)?;
        Ok(Self(holder.actor, PhantomData))
    }
}

fn bearer(parts: &Parts) -> Result<&str, AppError> {
    let missing =
        || AppError::new(Code::Unauthenticated, "This needs an API key: send the header Authorization: Bearer cdk_….");
    let text = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).ok_or_else(missing)?;
    let (scheme, key) = text.split_once(' ').ok_or_else(missing)?;
    if scheme.eq_ignore_ascii_case("bearer") { Ok(key.trim()) } else { Err(missing()) }
}
