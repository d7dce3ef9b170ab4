//! The description of the interface, `OpenAPI` 3.1, made from the handlers themselves.

use super::errors::Problem;
use app::model::{Direction, TeamSort, UserSort};
use utoipa::{
    Modify, OpenApi,
    openapi::{
        OpenApi as Document,
        security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme},
    },
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Creditdesk",
        description = "Prepaid credits for an AI product: charge every model call, refund, report.\n\n\
            Send your key as `Authorization: Bearer cdk_…`. Every write that moves money takes an `Idempotency-Key` \
            header: sent again with the same key, the same request is answered with the first result and \
            `idempotent: true`. Amounts are credits with at most 6 decimal places, read from their text. Errors are \
            problem+json (RFC 9457) with a stable `code`.",
        license(name = "MIT OR Apache-2.0")
    ),
    components(schemas(Problem, Direction, TeamSort, UserSort)),
    modifiers(&ApiKey),
    tags(
        (name = "Money", description = "Credits in, charges, refunds"),
        (name = "Ingest", description = "Usage as other tools report it, charged as it arrives"),
        (name = "Users", description = "Balances, transactions, profiles, plans"),
        (name = "Pricing", description = "Versions of the price list, and trying one out"),
        (name = "Analytics", description = "Spend by day, model and user"),
        (name = "Webhooks", description = "Events sent to your servers, signed by Standard Webhooks"),
        (name = "Operations", description = "Expiry and set-up"),
    )
)]
pub struct Description;

/// The one way to authenticate, for all operations.
struct ApiKey;

impl Modify for ApiKey {
    fn modify(&self, document: &mut Document) {
        let mut scheme = Http::new(HttpAuthScheme::Bearer);
        scheme.bearer_format = Some("cdk_…".to_owned());
        scheme.description =
            Some("An API key made with `creditdesk key add`; each operation names its scope.".to_owned());
        document.components.get_or_insert_default().add_security_scheme("api_key", SecurityScheme::Http(scheme));
        document.security = Some(vec![SecurityRequirement::new("api_key", Vec::<String>::new())]);
    }
}
