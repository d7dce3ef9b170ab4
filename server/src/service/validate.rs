//! What callers may say, before any rule of the ledger is asked.

use app::error::AppError;
use app::model::{CreditMetadata, Profile, Timestamp};
use jiff::SignedDuration;

/// Characters in an id, a key, a name or a reference.
const MAX_ID: usize = 255;
/// Characters in a note or a reason.
const MAX_NOTE: usize = 1_000;

/// How far the clock of a caller may run ahead of ours.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(5);

type Checked = Result<(), AppError>;

/// An opaque id: 1 to 255 characters, none of them a control character.
pub fn id(field: &str, text: &str) -> Checked {
    if text.is_empty() {
        return Err(AppError::invalid(field, "must not be empty"));
    }
    short(field, text)
}

/// At most 255 characters on one line.
fn short(field: &str, text: &str) -> Checked {
    if text.chars().count() > MAX_ID {
        return Err(AppError::invalid(field, format!("must have at most {MAX_ID} characters")));
    }
    if text.chars().any(char::is_control) {
        return Err(AppError::invalid(field, "must not contain control characters"));
    }
    Ok(())
}

/// At most 1,000 characters; lines may break.
pub fn note(field: &str, text: &str) -> Checked {
    if text.chars().count() > MAX_NOTE {
        return Err(AppError::invalid(field, format!("must have at most {MAX_NOTE} characters")));
    }
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(AppError::invalid(field, "must not contain control characters"));
    }
    Ok(())
}

/// An idempotency key, if one is given.
pub fn key(key: Option<&str>) -> Checked {
    key.map_or(Ok(()), |key| id("Idempotency-Key", key))
}

pub fn metadata(metadata: &CreditMetadata) -> Checked {
    let texts = [
        ("metadata.model", &metadata.model),
        ("metadata.reference_type", &metadata.reference_type),
        ("metadata.reference_id", &metadata.reference_id),
        ("metadata.fixed_job", &metadata.fixed_job),
    ];
    for (field, text) in texts {
        if let Some(text) = text {
            id(field, text)?;
        }
    }
    let size = serde_json::to_string(metadata).map_or(usize::MAX, |text| text.len());
    if size > CreditMetadata::MAX_BYTES {
        let most = CreditMetadata::MAX_BYTES / 1024;
        return Err(AppError::invalid("metadata", format!("must have at most {most} KiB as JSON")));
    }
    Ok(())
}

/// The time of a usage. One that our clock has not reached yet is now, as clocks differ by that much; a later one is left
/// to the ledger, which refuses it.
pub fn not_ahead(at: Timestamp, now: Timestamp) -> Timestamp {
    if at > now && at.duration_since(now) <= CLOCKS_DIFFER { now } else { at }
}

pub fn profile(profile: &Profile) -> Checked {
    for (field, text) in [("name", &profile.name), ("email", &profile.email)] {
        if let Some(text) = text {
            short(field, text)?;
        }
    }
    if let Some(email) = profile.email.as_deref().filter(|email| !email.is_empty())
        && !email.split_once('@').is_some_and(|(local, host)| !local.is_empty() && !host.is_empty())
    {
        return Err(AppError::invalid("email", "must look like ana@example.com"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_one_to_255_characters_without_controls() {
        assert!(id("user_id", "a/b c?#é<script>🙂").is_ok());
        assert!(id("user_id", &"ü".repeat(255)).is_ok());
        for bad in [String::new(), "x".repeat(256), "a\u{0}b".to_owned(), "a\nb".to_owned()] {
            assert_eq!(id("user_id", &bad).unwrap_err().field.as_deref(), Some("user_id"), "{bad:?}");
        }
    }

    #[test]
    fn a_clock_that_runs_a_little_ahead_is_forgiven() {
        let now: Timestamp = "2026-11-25T12:00:00Z".parse().unwrap();
        let heard = |text: &str| not_ahead(text.parse().unwrap(), now).to_string();
        assert_eq!(heard("2026-11-25T11:59:59Z"), "2026-11-25T11:59:59Z");
        assert_eq!(heard("2026-11-25T12:05:00Z"), "2026-11-25T12:00:00Z");
        assert_eq!(heard("2026-11-25T12:05:00.000001Z"), "2026-11-25T12:05:00.000001Z");
    }

    #[test]
    fn metadata_is_bounded() {
        let mut big = CreditMetadata::default();
        big.extra.insert("blob".to_owned(), "x".repeat(20_000).into());
        assert!(metadata(&big).unwrap_err().message.contains("16 KiB"));
    }
}
