//! What each error code means and what to do about it: the one table behind `/docs/errors` and `docs/ERRORS.md`.

use super::Code;

/// One code, explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Help {
    /// What happened.
    pub meaning: &'static str,
    /// What the caller does now.
    pub action: &'static str,
    /// Further members of the problem, name and meaning; `field` and `request_id` may be on any.
    pub details: &'static [Detail],
}

/// A member of a problem.
pub type Detail = (&'static str, &'static str);

const REMAINING: Detail = ("remaining", "what can still be refunded, credits and allowance together");
const RETRY_AFTER: Detail = ("retry_after", "seconds to wait; the header Retry-After says the same");
const POSITION: Detail = ("position", "the byte of the formula at which it went wrong");
const NEEDED: Detail = ("needed", "what the call would have cost");

const fn help(meaning: &'static str, action: &'static str, details: &'static [Detail]) -> Help {
    Help { meaning, action, details }
}

impl Code {
    /// Every code, in the order in which they are explained.
    pub const ALL: [Self; 33] = [
        Self::InvalidAmount,
        Self::InvalidRequest,
        Self::InsufficientCredits,
        Self::CapReached,
        Self::MemberCapExceeded,
        Self::ConcurrencyLimit,
        Self::ReservationNotFound,
        Self::ReservationExpired,
        Self::ReservationSettled,
        Self::TransactionNotFound,
        Self::NotRefundable,
        Self::AlreadyRefunded,
        Self::OverRefund,
        Self::IdempotencyConflict,
        Self::EditConflict,
        Self::PlanNotFound,
        Self::VersionNotFound,
        Self::TeamNotFound,
        Self::NotTeamMember,
        Self::LastOwner,
        Self::PricingNotLoaded,
        Self::UnknownModel,
        Self::UnknownJob,
        Self::ConfigInvalid,
        Self::FormulaError,
        Self::Unauthenticated,
        Self::Forbidden,
        Self::SecondStepRequired,
        Self::ApprovalRequired,
        Self::RateLimited,
        Self::Unavailable,
        Self::NotFound,
        Self::Internal,
    ];

    /// The explanation of the code.
    #[expect(clippy::too_many_lines, reason = "a table")]
    pub const fn help(self) -> Help {
        match self {
            Self::InvalidAmount => help(
                "An amount is no number, is not positive where it must be, has more than 6 decimal places, or is out of range.",
                "Send an integer, a decimal or a decimal text, such as 12, 0.4 or \"0.4\".",
                &[],
            ),
            Self::InvalidRequest => help(
                "The request cannot be read, or a field, parameter or header breaks its rule. A body that is no JSON has \
                 the status 400, a wrong method 405, a body that is too large 413, another content type 415.",
                "Mend what `field` names; `detail` gives the rule.",
                &[],
            ),
            Self::InsufficientCredits => help(
                "The balance would fall below its floor. Nothing was charged.",
                "Add credits, or charge less; then send the request again, with the same idempotency key if you like.",
                &[
                    NEEDED,
                    ("available", "what may be spent: the balance less open reservations and the floor"),
                    ("min_balance", "the floor"),
                ],
            ),
            Self::CapReached => help(
                "A spend cap of the user refuses the charge. Nothing was charged.",
                "Wait until `resets_at`, or raise or delete the cap.",
                &[
                    ("type", "`daily` or `monthly`"),
                    ("action", "what the cap does: `deny`"),
                    ("model", "the model that the cap counts; null for all"),
                    ("current_spend", "what the window has counted"),
                    ("cap_limit", "the limit"),
                    NEEDED,
                    ("resets_at", "when the next window begins"),
                ],
            ),
            Self::MemberCapExceeded => help(
                "The member's own limit in the team would be passed. Nothing was charged.",
                "Raise the member's spend cap, or charge less.",
                &[
                    ("total_spent", "what the member has spent, less refunds"),
                    ("spend_cap", "the member's limit"),
                    NEEDED,
                ],
            ),
            Self::ConcurrencyLimit => help(
                "The user has as many open reservations as are allowed at once; or as many back-tests wait as may.",
                "Settle or release a reservation, then try again; or wait for a back-test to end.",
                &[("open", "open reservations"), ("max_concurrent", "how many are allowed")],
            ),
            Self::ReservationNotFound => help(
                "There is no reservation with this id.",
                "Check the id; it is `reservation_id` of the answer that made it.",
                &[("reservation_id", "the id that was asked for")],
            ),
            Self::ReservationExpired => help(
                "The reservation is past its time, and its credits are free again.",
                "Reserve anew, or charge without a reservation.",
                &[("expired_at", "when it ended")],
            ),
            Self::ReservationSettled => help(
                "The reservation has been settled or released already.",
                "Nothing is left to do; make a new reservation for another call.",
                &[("status", "what became of it"), ("transaction_id", "the charge that settled it")],
            ),
            Self::TransactionNotFound => help(
                "There is no transaction with this id.",
                "Check the id; `GET /api/v1/users/{user_id}/transactions` lists them.",
                &[("transaction_id", "the id that was asked for")],
            ),
            Self::NotRefundable => help(
                "The transaction is no charge, so there is nothing to give back.",
                "Refund the charge itself. To take a grant back, make an adjustment.",
                &[("kind", "what the transaction is")],
            ),
            Self::AlreadyRefunded => help(
                "All of the charge has been refunded before.",
                "Nothing is left to do; the transaction lists its refunds.",
                &[("refunded", "the sum of its refunds"), REMAINING],
            ),
            Self::OverRefund => help(
                "The amount is more than remains refundable. Nothing was refunded.",
                "Ask for at most `remaining`, or leave the amount out for all of it.",
                &[("asked", "what was asked for"), REMAINING],
            ),
            Self::IdempotencyConflict => help(
                "The idempotency key was used before, for another request. Nothing was changed.",
                "Use a new key for a new request, and repeat a request with the very same body.",
                &[("original_transaction_id", "what the key made the first time")],
            ),
            Self::EditConflict => help(
                "Somebody else changed the same thing since it was read. Nothing was changed.",
                "Look at what is there now, and decide again.",
                &[("active", "the number of the pricing version that is active now")],
            ),
            Self::PlanNotFound => help(
                "The active pricing version has no such plan.",
                "Name a plan of `GET /api/v1/pricing/active`, or publish a version with it.",
                &[],
            ),
            Self::VersionNotFound => help(
                "There is no pricing version with this number.",
                "`GET /api/v1/pricing/versions` lists them.",
                &[("version", "the number that was asked for")],
            ),
            Self::TeamNotFound => help(
                "There is no team with this id.",
                "`GET /api/v1/teams` lists them.",
                &[("team_id", "the id that was asked for")],
            ),
            Self::NotTeamMember => help(
                "The user is not a member of the team.",
                "Add the user to the team first.",
                &[("user_id", "the user")],
            ),
            Self::LastOwner => {
                help("The team would be left without an owner.", "Make another member an owner first.", &[])
            }
            Self::PricingNotLoaded => help(
                "No pricing version is active, so nothing can be priced.",
                "Publish one: `creditdesk pricing set prices.json`, or `POST /api/v1/pricing/versions`.",
                &[],
            ),
            Self::UnknownModel => help(
                "The active pricing version has no price for the model, and no `_default`.",
                "Check the name, or publish a version that prices it.",
                &[("model", "the model that was named")],
            ),
            Self::UnknownJob => help(
                "The active pricing version has no such fixed job.",
                "Check the name, or publish a version that prices it.",
                &[("job", "the job that was named")],
            ),
            Self::ConfigInvalid => help(
                "The pricing configuration has faults. Nothing was published.",
                "Mend each of `errors` at its path; `POST /api/v1/pricing/validate` checks without publishing.",
                &[("errors", "every fault: `path`, `message` and, for a formula, `position`")],
            ),
            Self::FormulaError => help(
                "A formula cannot be read, or cannot be computed for these quantities: a division by zero, an overflow.",
                "Mend the formula at `position`.",
                &[POSITION, ("path", "which formula of the version")],
            ),
            Self::Unauthenticated => help(
                "The API key is missing, wrong or revoked, or nobody is signed in.",
                "Send `Authorization: Bearer cdk_…`; `creditdesk key add NAME` makes a key.",
                &[],
            ),
            Self::Forbidden => help(
                "The key lacks the scope, the person lacks the role, or another site sent the form.",
                "Use a key with the scope that `scope` names.",
                &[("scope", "the scope that is needed"), ("roles", "the roles that may")],
            ),
            Self::SecondStepRequired => help(
                "The desk asks everybody for two steps, and this person has not set up a second one. Only pages answer so.",
                "Set up an authenticator or a passkey on the page /account.",
                &[],
            ),
            Self::ApprovalRequired => help(
                "This needs the approval of another person, which has been asked for.",
                "Wait for the approval; do not send it again.",
                &[("approval_id", "the request that waits")],
            ),
            Self::RateLimited => help(
                "Too many requests with this key, or too many tries to sign in.",
                "Wait `retry_after` seconds. The headers RateLimit-Limit, RateLimit-Remaining and RateLimit-Reset tell in \
                 time.",
                &[RETRY_AFTER],
            ),
            Self::Unavailable => help(
                "The server has too much waiting, or its database does not answer.",
                "Send it again after Retry-After, with the same idempotency key: it is done once.",
                &[RETRY_AFTER],
            ),
            Self::NotFound => help("There is no such route or page.", "See `/api/docs` for the routes.", &[]),
            Self::Internal => help(
                "Something failed on our side.",
                "Send it again with the same idempotency key. If it stays, give `request_id` to whoever runs the server: \
                 its log has the cause.",
                &[],
            ),
        }
    }
}

/// The table as `docs/ERRORS.md` has it.
pub fn markdown() -> String {
    let head = "# Errors\n\nEvery error of the HTTP API is `application/problem+json` (RFC 9457) with a stable `code`; its \
                `type` points at the code's row in `/docs/errors`, which is this table. `detail` is a sentence for a person, \
                `field` names what is at fault, `request_id` finds the request in the server's log.\n\n\
                | Code | Status | Meaning | What to do | Carries |\n|---|---|---|---|---|\n";
    Code::ALL.into_iter().map(row).fold(head.to_owned(), |text, row| text + &row)
}

fn row(code: Code) -> String {
    let Help { meaning, action, details } = code.help();
    let carried: Vec<_> = details.iter().map(|(name, meaning)| format!("`{name}`: {meaning}")).collect();
    let (code, status, carried) = (code.as_str(), code.status(), carried.join("; "));
    format!("| `{code}` | {status} | {meaning} | {action} | {carried} |\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_is_left_out() {
        assert_eq!(Code::ALL.len(), Code::Internal as usize + 1, "a new code goes before Internal and into ALL");
        for (index, code) in Code::ALL.into_iter().enumerate() {
            assert_eq!(code as usize, index, "{code:?} is out of order");
        }
    }

    #[test]
    fn the_document_is_the_table() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/ERRORS.md");
        let written = std::fs::read_to_string(path).unwrap_or_default();
        if written != markdown() {
            let fresh = std::env::temp_dir().join("ERRORS.md");
            std::fs::write(&fresh, markdown()).unwrap();
            panic!("docs/ERRORS.md is not the table of codes: copy {} there", fresh.display());
        }
    }
}
