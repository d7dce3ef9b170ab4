//! Passwords: the rule for new ones, and argon2id.
//!
//! Hashing costs tens of milliseconds and 19 MiB by design, so it runs beside the request threads, and only a few at a
//! time: a flood of sign-ins waits instead of taking the memory.

use app::error::{AppError, Code};
use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use std::sync::LazyLock;
use tokio::sync::Semaphore;

/// Fewer characters are too easily guessed.
pub const MIN_CHARS: usize = 12;
/// More are no safer, and hashing them costs.
pub const MAX_CHARS: usize = 1_024;

/// Hashes worked on at a time.
static WORKERS: Semaphore = Semaphore::const_new(4);

/// The hash that an unknown e-mail is compared with, so that it takes as long as a known one.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash_now("nobody has this password").unwrap_or_default());

/// Refuses a new password that is too short or too long.
pub fn check_rule(password: &str) -> Result<(), AppError> {
    match password.chars().count() {
        0 => Err(AppError::invalid("password", "is missing")),
        count if count < MIN_CHARS => {
            Err(AppError::invalid("password", format!("must have at least {MIN_CHARS} characters")))
        }
        count if count > MAX_CHARS => {
            Err(AppError::invalid("password", format!("must have at most {MAX_CHARS} characters")))
        }
        _ => Ok(()),
    }
}

/// The PHC string of a password that keeps the rule.
pub async fn hash(password: &str) -> Result<String, AppError> {
    check_rule(password)?;
    let password = password.to_owned();
    run(move || hash_now(&password)).await?.ok_or_else(failed)
}

/// True when `password` is the one of `stored`; without a `stored` it is false, after the same work.
pub async fn verify(password: &str, stored: Option<&str>) -> Result<bool, AppError> {
    if password.chars().count() > MAX_CHARS {
        return Ok(false);
    }
    let (password, stored) = (password.to_owned(), stored.map(str::to_owned));
    run(move || {
        let known = stored.is_some();
        let matches = verify_now(&password, stored.as_ref().unwrap_or(&*NOBODY));
        known && matches
    })
    .await
}

fn hash_now(password: &str) -> Option<String> {
    let hash: PasswordHash = Argon2::default().hash_password(password.as_bytes()).ok()?;
    Some(hash.to_string())
}

fn verify_now(password: &str, stored: &str) -> bool {
    let Ok(hash) = PasswordHash::new(stored) else { return false };
    Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
}

async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
    let _turn = WORKERS.acquire().await.map_err(|_| failed())?;
    tokio::task::spawn_blocking(work).await.map_err(|_| failed())
}

fn failed() -> AppError {
    AppError::new(Code::Internal, "The password could not be checked; try again.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_proves_itself_and_nothing_else_does() {
        let stored = hash("correct horse battery").await.unwrap();
        assert!(stored.starts_with("$argon2id$"));
        assert_ne!(stored, hash("correct horse battery").await.unwrap(), "salted");
        assert!(verify("correct horse battery", Some(&stored)).await.unwrap());
        assert!(!verify("correct horse batterY", Some(&stored)).await.unwrap());
        assert!(!verify("nobody has this password", None).await.unwrap());
        assert!(!verify("anything at all", Some("not a hash")).await.unwrap());
    }

    #[test]
    fn the_rule_counts_characters() {
        assert!(check_rule("elevenchars").is_err());
        assert!(check_rule("zwölf Zeichen").is_ok());
        assert!(check_rule(&"x".repeat(MAX_CHARS)).is_ok());
        assert!(check_rule(&"x".repeat(MAX_CHARS + 1)).is_err());
    }
}
