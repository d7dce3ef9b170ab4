//! Secrets of endpoints, and the signatures made with them, by Standard Webhooks.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rand::Rng as _;
use standardwebhooks::{Webhook, WebhookError};

/// 32 random bytes behind the prefix that Standard Webhooks gives to a secret.
pub fn random() -> String {
    let bytes: [u8; 32] = rand::rng().random();
    format!("whsec_{}", STANDARD.encode(bytes))
}

/// The header `webhook-signature`: one signature for each secret, so that a receiver may know either while they change.
pub fn sign(secrets: &[String], id: &str, timestamp: i64, payload: &str) -> Result<String, WebhookError> {
    let signatures: Result<Vec<String>, _> =
        secrets.iter().map(|secret| Webhook::new(secret)?.sign(id, timestamp, payload.as_bytes())).collect();
    Ok(signatures?.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_those_of_the_standards_example() {
        let secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD".to_owned();
        let payload = r#"{"email":"test@example.com","username":"test_user"}"#;
        let expected = "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=";
        let both = sign(&[secret, random()], "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk", 1_649_367_553, payload).unwrap();
        let (one, other) = both.split_once(' ').unwrap();
        assert_eq!(one, expected);
        assert!(other.starts_with("v1,") && other != expected);
    }
}
