//! Reservations: credits held for a call until its cost is known.

use super::deductions::charge;
use crate::http::{
    ApiState, Reply,
    amount::Amount,
    caller::{Caller, Charge as ChargeScope, Read},
    errors::{HoldErrors, ReadErrors, ReservationErrors, ReserveErrors, SettleErrors},
    idempotency::IdempotencyKey,
    json::{Body, OptionalBody},
    params::{Params, limit},
    path::{ReservationId, UserId},
};
use app::model::{CreditMetadata, DeductionResult, Page, Reservation, Reserve, ReserveResult, Settle, UsageMetrics};
use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

const LIMIT: u32 = 50;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReserveRequest {
    /// More than 0.
    amount: Amount,
    /// A word of your own for what it is for.
    operation: Option<String>,
    /// 1 to 86,400; 600 if left out.
    #[schema(minimum = 1, maximum = 86400)]
    ttl_seconds: Option<u32>,
    /// Refuse it when the user holds as many open reservations; 1 to 10,000.
    #[schema(minimum = 1, maximum = 10000)]
    max_concurrent: Option<u32>,
}

/// Reserve credits
///
/// Needs the scope `charge`. What is held cannot be spent by another charge until it is settled, released or past its time.
/// The prices and the floor in force now are those it will be settled by.
#[utoipa::path(
    post, path = "/users/{user_id}/reservations", tag = "Reservations",
    params(("user_id" = String, Path), ("Idempotency-Key" = String, Header)),
    request_body = ReserveRequest,
    responses((status = 200, body = ReserveResult), ReserveErrors)
)]
pub async fn reserve(
    caller: Caller<ChargeScope>,
    State(state): State<ApiState>,
    UserId(user_id): UserId,
    IdempotencyKey(key): IdempotencyKey,
    Body(body): Body<ReserveRequest>,
) -> Reply<ReserveResult> {
    let request = Reserve {
        user_id,
        amount: body.amount.read("amount")?,
        operation: body.operation,
        ttl_seconds: body.ttl_seconds,
        max_concurrent: body.max_concurrent,
        key: Some(key),
    };
    Ok(Json(state.backend.reserve(&caller.0, request).await?))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReservationParams {
    /// `next` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 if left out.
    limit: Option<u32>,
}

/// List a user's reservations
///
/// Needs the scope `read`. The newest come first.
#[utoipa::path(
    get, path = "/users/{user_id}/reservations", tag = "Reservations",
    params(("user_id" = String, Path), ReservationParams),
    responses((status = 200, body = Page<Reservation>), ReadErrors)
)]
pub async fn list_reservations(
    _: Caller<Read>,
    State(state): State<ApiState>,
    UserId(user_id): UserId,
    Params(params): Params<ReservationParams>,
) -> Reply<Page<Reservation>> {
    let limit = limit(params.limit, LIMIT)?;
    Ok(Json(state.backend.reservations(&user_id, params.cursor.as_deref(), limit).await?))
}

/// Get a reservation
///
/// Needs the scope `read`.
#[utoipa::path(
    get, path = "/reservations/{reservation_id}", tag = "Reservations",
    params(("reservation_id" = uuid::Uuid, Path)),
    responses((status = 200, body = Reservation), ReservationErrors)
)]
pub async fn get_reservation(
    _: Caller<Read>,
    State(state): State<ApiState>,
    ReservationId(id): ReservationId,
) -> Reply<Reservation> {
    Ok(Json(state.backend.reservation(id).await?))
}

/// The actual cost: `metrics`, priced by the version that was active when it was reserved, or an `amount`, which may be 0.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettleRequest {
    metrics: Option<UsageMetrics>,
    amount: Option<Amount>,
    #[serde(default)]
    metadata: CreditMetadata,
}

/// Settle a reservation
///
/// Needs the scope `charge`. It charges the actual cost: from the hold first, the excess from what is available down to the
/// floor and within the caps. What still lacks is recorded as `uncollected`; the rest of the hold is freed.
#[utoipa::path(
    post, path = "/reservations/{reservation_id}/settle", tag = "Reservations",
    params(("reservation_id" = uuid::Uuid, Path), ("Idempotency-Key" = String, Header)),
    request_body = SettleRequest,
    responses((status = 200, body = DeductionResult), SettleErrors)
)]
pub async fn settle(
    caller: Caller<ChargeScope>,
    State(state): State<ApiState>,
    ReservationId(reservation_id): ReservationId,
    IdempotencyKey(key): IdempotencyKey,
    Body(body): Body<SettleRequest>,
) -> Reply<DeductionResult> {
    let request = Settle {
        reservation_id,
        user_id: None,
        charge: charge(body.metrics, body.amount)?,
        metadata: body.metadata,
        key: Some(key),
    };
    Ok(Json(state.backend.settle(&caller.0, request).await?))
}

/// Release a reservation
///
/// Needs the scope `charge`. It frees the hold and charges nothing. Doing it twice, or after its time, is no error.
#[utoipa::path(
    post, path = "/reservations/{reservation_id}/release", tag = "Reservations",
    params(("reservation_id" = uuid::Uuid, Path)),
    responses((status = 200, body = Reservation), HoldErrors)
)]
pub async fn release(
    caller: Caller<ChargeScope>,
    State(state): State<ApiState>,
    ReservationId(id): ReservationId,
) -> Reply<Reservation> {
    Ok(Json(state.backend.release(&caller.0, id).await?))
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RenewRequest {
    /// From now; 1 to 86,400, and 600 if left out.
    #[schema(minimum = 1, maximum = 86400)]
    ttl_seconds: Option<u32>,
}

/// Renew a reservation
///
/// Needs the scope `charge`. It then holds for the given time from now.
#[utoipa::path(
    post, path = "/reservations/{reservation_id}/renew", tag = "Reservations",
    params(("reservation_id" = uuid::Uuid, Path)),
    request_body = Option<RenewRequest>,
    responses((status = 200, body = Reservation), HoldErrors)
)]
pub async fn renew(
    caller: Caller<ChargeScope>,
    State(state): State<ApiState>,
    ReservationId(id): ReservationId,
    OptionalBody(body): OptionalBody<RenewRequest>,
) -> Reply<Reservation> {
    Ok(Json(state.backend.renew(&caller.0, id, body.ttl_seconds).await?))
}
