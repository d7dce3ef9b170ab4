//! Which errors an operation can answer with, for its description.

use super::problem::MEDIA_TYPE;
use app::error::Code;
use std::collections::BTreeMap;
use utoipa::{
    IntoResponses, ToSchema,
    openapi::{Content, Ref, RefOr, Response},
};

/// An error, as RFC 9457 writes it. Further members carry what is needed to act: `needed`, `available`, `remaining`,
/// `errors`, `retry_after`, …
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `problem` writes")]
pub struct Problem {
    /// `/docs/errors#code`
    r#type: String,
    title: String,
    status: u16,
    /// What, which rule, what now.
    detail: String,
    code: Code,
    /// The field, parameter or header at fault.
    field: Option<String>,
    /// The name of this request in the server's log.
    request_id: String,
}

/// Every operation may refuse these.
const ALWAYS: [Code; 6] = [
    Code::InvalidRequest,
    Code::Unauthenticated,
    Code::Forbidden,
    Code::RateLimited,
    Code::Internal,
    Code::Unavailable,
];
/// What HTTP itself refuses of a body.
const BODY: [(u16, &str); 3] = [(400, "no JSON"), (413, "too large"), (415, "not a content type of this route")];

fn describe(codes: &[Code], body: bool) -> BTreeMap<String, RefOr<Response>> {
    let mut texts: BTreeMap<u16, Vec<String>> = BTreeMap::new();
    for code in ALWAYS.iter().chain(codes) {
        texts.entry(code.status()).or_default().push(format!("`{}`", code.as_str()));
    }
    for (status, text) in BODY.iter().filter(|_| body) {
        texts.entry(*status).or_default().push(format!("`invalid_request`: {text}"));
    }
    let content = || Content::builder().schema(Some(Ref::from_schema_name("Problem"))).build();
    let response = |text: Vec<String>| Response::builder().description(text.join(", ")).content(MEDIA_TYPE, content());
    texts.into_iter().map(|(status, text)| (status.to_string(), response(text).build().into())).collect()
}

macro_rules! errors {
    ($($(#[$doc:meta])* $name:ident($body:literal) = [$($code:ident),* $(,)?];)*) => {$(
        $(#[$doc])*
        pub struct $name;
        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                describe(&[$(Code::$code),*], $body)
            }
        }
    )*};
}

errors! {
    /// A read that finds something for any input.
    ReadErrors(false) = [];
    /// A read of a transaction.
    TransactionErrors(false) = [TransactionNotFound];
    /// A read or an activation of a version.
    VersionErrors(false) = [VersionNotFound];
    /// A read of the active version.
    ActiveErrors(false) = [PricingNotLoaded];
    /// A comparison of two versions, one of which may be the active one.
    DiffErrors(false) = [VersionNotFound, PricingNotLoaded];
    /// A write that can only be read wrongly.
    WriteErrors(true) = [];
    CreditErrors(true) = [InvalidAmount, IdempotencyConflict];
    AdjustErrors(true) = [InvalidAmount, InsufficientCredits, IdempotencyConflict];
    ChargeErrors(true) = [
        InvalidAmount, InsufficientCredits, CapReached, IdempotencyConflict, PricingNotLoaded, UnknownModel, UnknownJob,
        FormulaError, ReservationNotFound, ReservationExpired, ReservationSettled,
    ];
    RefundErrors(true) =
        [InvalidAmount, TransactionNotFound, NotRefundable, AlreadyRefunded, OverRefund, IdempotencyConflict];
    ReserveErrors(true) =
        [InvalidAmount, ConcurrencyLimit, CapReached, InsufficientCredits, IdempotencyConflict];
    SettleErrors(true) = [
        InvalidAmount, ReservationNotFound, ReservationExpired, ReservationSettled, IdempotencyConflict, PricingNotLoaded,
        UnknownModel, UnknownJob, FormulaError,
    ];
    /// A release or a renewal.
    HoldErrors(true) = [ReservationNotFound, ReservationExpired, ReservationSettled];
    ReservationErrors(false) = [ReservationNotFound];
    CapErrors(true) = [InvalidAmount];
    /// A read of a team.
    TeamErrors(false) = [TeamNotFound];
    TeamCreateErrors(true) = [InvalidAmount, IdempotencyConflict];
    TeamCreditErrors(true) = [InvalidAmount, TeamNotFound, IdempotencyConflict];
    TeamChargeErrors(true) = [
        InvalidAmount, TeamNotFound, NotTeamMember, MemberCapExceeded, CapReached, InsufficientCredits,
        IdempotencyConflict, PricingNotLoaded, UnknownModel, UnknownJob, FormulaError,
    ];
    MemberErrors(true) = [InvalidAmount, TeamNotFound, NotTeamMember, LastOwner];
    RemoveErrors(false) = [TeamNotFound, NotTeamMember, LastOwner];
    PlanErrors(true) = [PlanNotFound, PricingNotLoaded];
    PublishErrors(true) = [ConfigInvalid];
    PreviewErrors(true) = [ConfigInvalid, PlanNotFound, UnknownModel, UnknownJob, FormulaError];
    FormulaErrors(true) = [FormulaError];
    BacktestErrors(true) = [VersionNotFound, ConfigInvalid, ConcurrencyLimit];
    /// A read of a back-test.
    BacktestReadErrors(false) = [NotFound];
    /// A read or a command of a webhook.
    WebhookReadErrors(false) = [NotFound];
    /// A change of a webhook.
    WebhookErrors(true) = [NotFound];
}
