//! The second step of a sign-in: a code from an authenticator (TOTP, RFC 6238: SHA-1, 6 digits, 30 seconds, one step of
//! clock difference either way), or one of ten recovery codes.
//!
//! A code is good once: its step is noted in the transaction that takes it. The secret is stored as it is, since codes are
//! made from it; recovery codes are stored as SHA-256.

use super::{StaffDesk, secret, staff::too_many};
use crate::store::{
    StoreError, Tx,
    access::{passkeys, second_step, staff},
    audit::{self, Change},
    settings,
};
use app::{
    error::{AppError, Code},
    model::{Actor, AuditAction, AuditSubject, Authenticator, SecondStep, Staff, StepsAsked, Timestamp, Uuid},
};
use qrcode::{Color, QrCode};
use rand::Rng as _;
use serde_json::json;
use std::fmt::Write as _;
use totp_rs::{Builder, Secret, Totp};

const ISSUER: &str = "Creditdesk";
const RECOVERY_CODES: usize = 10;
/// Of a recovery code, in two halves: 50 bits.
const RECOVERY_LENGTH: usize = 10;
/// No 0, 1, l or o, which are mistaken for each other.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

impl StaffDesk {
    /// How far somebody's second step is.
    pub async fn second_step(&self, staff: &Staff) -> Result<SecondStep, AppError> {
        let mut tx = self.db.snapshot().await?;
        let stored = second_step::find(&mut tx, staff.id).await?;
        let begun = match &stored {
            Some(stored) if stored.confirmed_at.is_none() => Some(authenticator(&totp(&stored.secret, &staff.email)?)?),
            _ => None,
        };
        Ok(SecondStep {
            since: stored.and_then(|stored| stored.confirmed_at),
            recovery_codes: second_step::codes_left(&mut tx, staff.id).await?,
            begun,
            passkeys: passkeys::list(&mut tx, staff.id).await?,
            passkey_host: self.passkeys.as_ref().map(|passkeys| passkeys.host.clone()),
            required: settings::load(&mut tx).await?.two_steps,
        })
    }

    /// Makes the secret of an authenticator, which is asked for when its first code was shown.
    pub async fn begin_second_step(&self, staff: &Staff) -> Result<(), AppError> {
        let secret = Secret::generate();
        let mut tx = self.db.begin().await?;
        if !second_step::begin(&mut tx, staff.id, secret.as_bytes(), self.clock.now()).await? {
            return Err(AppError::new(Code::EditConflict, "Two-step sign-in is on already."));
        }
        Ok(tx.commit().await?)
    }

    /// Asks for the second step from now on, once `code` shows that the authenticator works. Gives the recovery codes, for
    /// the only time.
    pub async fn confirm_second_step(&self, by: &Actor, staff: &Staff, code: &str) -> Result<Vec<String>, AppError> {
        let now = self.clock.now();
        self.by_code.take(&staff.id.to_string(), now).map_err(too_many)?;
        let mut tx = self.db.begin().await?;
        let stored = second_step::find(&mut tx, staff.id).await?;
        let stored = stored.ok_or_else(|| AppError::new(Code::EditConflict, "Begin with the authenticator."))?;
        if !self.takes(&mut tx, staff, &stored.secret, code, now).await? {
            return Err(wrong(Code::InvalidRequest));
        }
        if !second_step::confirm(&mut tx, staff.id, now).await? {
            return Err(AppError::new(Code::EditConflict, "Two-step sign-in is on already."));
        }
        let codes = new_codes(&mut tx, staff.id).await?;
        let change = Change::new(by, AuditAction::SecondStepOn, AuditSubject::Staff, &staff.email);
        audit::record(&mut tx, change.to(json!({ "two_step": true })), now).await?;
        tx.commit().await?;
        self.by_code.give_back(&staff.id.to_string());
        Ok(codes)
    }

    /// Turns one's own authenticator off, which takes a code, as a browser that was left open must not be enough.
    pub async fn end_second_step(&self, by: &Actor, staff: &Staff, code: &str) -> Result<(), AppError> {
        let mut tx = self.take_code(staff, code, Code::InvalidRequest).await?;
        self.remove_steps(&mut tx, by, staff.id, false).await?;
        tx.commit().await?;
        self.by_code.give_back(&staff.id.to_string());
        Ok(())
    }

    /// Turns somebody's second step off, who has lost their authenticator or passkeys.
    pub async fn reset_second_step(&self, by: &Actor, id: Uuid) -> Result<(), AppError> {
        let mut tx = self.db.begin().await?;
        self.remove_steps(&mut tx, by, id, true).await?;
        Ok(tx.commit().await?)
    }

    /// Recovery codes go with the last step that they stand for.
    async fn remove_steps(&self, tx: &mut Tx, by: &Actor, id: Uuid, all: bool) -> Result<(), AppError> {
        let account = staff::by_id(tx, id).await?;
        let account = account.ok_or_else(|| AppError::new(Code::NotFound, "There is no such person."))?;
        let authenticator = second_step::remove(tx, id).await?;
        let keys = all && passkeys::remove_all(tx, id).await? > 0;
        if !authenticator && !keys {
            return Ok(());
        }
        if passkeys::count(tx, id).await? == 0 {
            second_step::put_codes(tx, id, &[]).await?;
        }
        let change = Change::new(by, AuditAction::SecondStepOff, AuditSubject::Staff, &account.staff.email);
        let change = change.from(json!({ "two_step": true })).to(json!({ "two_step": false }));
        Ok(audit::record(tx, change, self.clock.now()).await?)
    }

    /// The same, by e-mail.
    pub async fn reset_second_step_of(&self, by: &Actor, email: &str) -> Result<(), AppError> {
        let email = super::staff::read_email(email)?;
        let account = staff::by_email(&mut self.db.snapshot().await?, &email).await?;
        let missing = || AppError::new(Code::NotFound, format!("Nobody has an account with the e-mail {email}."));
        self.reset_second_step(by, account.ok_or_else(missing)?.staff.id).await
    }

    /// What may be shown as the second step; none where none is asked for.
    pub(super) async fn steps_asked(&self, staff: Uuid) -> Result<Option<StepsAsked>, AppError> {
        Ok(asked(&mut self.db.snapshot().await?, staff).await?)
    }

    /// Takes a code of the authenticator or a recovery code, or refuses it as `refusal`.
    pub(super) async fn prove_code(&self, staff: &Staff, code: &str, refusal: Code) -> Result<(), AppError> {
        self.take_code(staff, code, refusal).await?.commit().await?;
        self.by_code.give_back(&staff.id.to_string());
        Ok(())
    }

    /// The same in a transaction for what the code allows. Once it is committed, the caller gives the try back.
    async fn take_code(&self, staff: &Staff, code: &str, refusal: Code) -> Result<Tx, AppError> {
        let now = self.clock.now();
        self.by_code.take(&staff.id.to_string(), now).map_err(too_many)?;
        let mut tx = self.db.begin().await?;
        let stored = second_step::find(&mut tx, staff.id).await?.filter(|stored| stored.confirmed_at.is_some());
        let by_authenticator = match stored {
            Some(stored) => self.takes(&mut tx, staff, &stored.secret, code, now).await?,
            None => false,
        };
        let taken =
            by_authenticator || second_step::use_code(&mut tx, staff.id, &secret::hash(&plain(code)), now).await?;
        if !taken {
            return Err(wrong(refusal));
        }
        Ok(tx)
    }

    async fn takes(
        &self,
        tx: &mut Tx,
        staff: &Staff,
        secret: &[u8],
        code: &str,
        now: Timestamp,
    ) -> Result<bool, AppError> {
        let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let seconds = u64::try_from(now.as_second()).unwrap_or(0);
        let Some(step) = totp(secret, &staff.email)?.check(&digits, seconds) else { return Ok(false) };
        Ok(second_step::use_step(tx, staff.id, i64::try_from(step).unwrap_or(i64::MAX)).await?)
    }
}

/// What somebody may show as the second step; none where they have none.
pub(super) async fn asked(tx: &mut Tx, staff: Uuid) -> Result<Option<StepsAsked>, StoreError> {
    let stored = second_step::find(tx, staff).await?;
    let authenticator = stored.is_some_and(|stored| stored.confirmed_at.is_some());
    let passkey = passkeys::count(tx, staff).await? > 0;
    let recovery_code = second_step::codes_left(tx, staff).await? > 0;
    Ok((authenticator || passkey).then_some(StepsAsked { authenticator, recovery_code, passkey }))
}

/// Makes recovery codes in the place of all others; only their hashes are stored.
pub(super) async fn new_codes(tx: &mut Tx, staff: Uuid) -> Result<Vec<String>, AppError> {
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| recovery_code()).collect();
    let hashes: Vec<[u8; 32]> = codes.iter().map(|code| secret::hash(&plain(code))).collect();
    second_step::put_codes(tx, staff, &hashes).await?;
    Ok(codes)
}

fn wrong(code: Code) -> AppError {
    let message = "This code is not right, or was used already. Codes change every 30 seconds.";
    AppError { field: Some("code".to_owned()), ..AppError::new(code, message) }
}

/// `email` is kept by the rule of `read_email`; a colon in it would divide the label.
fn totp(secret: &[u8], email: &str) -> Result<Totp, AppError> {
    let build = Builder::new()
        .with_secret(secret.to_vec())
        .with_skew(1)
        .with_issuer(Some(ISSUER))
        .with_account_name(email.replace(':', "."))
        .build();
    build.map_err(|error| {
        tracing::error!(?error, "an authenticator cannot be made");
        AppError::new(Code::Internal, "The authenticator cannot be made; see the server's log.")
    })
}

fn authenticator(totp: &Totp) -> Result<Authenticator, AppError> {
    let failed = |what: &dyn std::fmt::Debug| {
        tracing::error!(?what, "the picture of an authenticator cannot be made");
        AppError::new(Code::Internal, "The picture of the authenticator cannot be made; see the server's log.")
    };
    let address = totp.to_url().map_err(|error| failed(&error))?;
    let picture = QrCode::new(&address).map_err(|error| failed(&error))?;
    let secret = totp.secret().to_base32();
    let groups: Vec<&str> = secret.as_bytes().chunks(4).filter_map(|group| std::str::from_utf8(group).ok()).collect();
    Ok(Authenticator { secret: groups.join(" "), squares: picture.width(), path: path(&picture) })
}

/// The dark squares of the picture as an SVG path, a run of them in a row at a time.
fn path(picture: &QrCode) -> String {
    let mut path = String::new();
    let width = picture.width();
    for (row, squares) in picture.to_colors().chunks(width).enumerate() {
        let mut at = 0;
        for run in squares.chunk_by(|one, other| one == other) {
            if run.first() == Some(&Color::Dark) {
                let _ = write!(path, "M{at} {row}h{length}v1h-{length}z", length = run.len());
            }
            at += run.len();
        }
    }
    path
}

/// `abcde-fghij`.
fn recovery_code() -> String {
    let mut random = rand::rng();
    let mut letters: String =
        (0..RECOVERY_LENGTH).map(|_| char::from(LETTERS[random.random_range(0..LETTERS.len())])).collect();
    letters.insert(RECOVERY_LENGTH / 2, '-');
    letters
}

/// A recovery code as it is hashed, however it was typed.
fn plain(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B: SHA-1, the last six of its eight digits.
        let totp = totp(b"12345678901234567890", "ana@example.com").unwrap();
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")] {
            assert_eq!(totp.check(code, seconds), Some(seconds / 30));
            assert_eq!(totp.check(code, seconds + 30), Some(seconds / 30), "a clock may be a step ahead");
            assert_eq!(totp.check(code, seconds + 60), None);
        }
    }

    #[test]
    fn a_picture_holds_the_address() {
        let made = authenticator(&totp(b"12345678901234567890", "ana:b@example.com").unwrap()).unwrap();
        assert_eq!(made.secret, "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        // The finder in the corner: a row of seven dark squares.
        assert!(made.path.starts_with("M0 0h7v1h-7z") && made.squares >= 21, "{}", made.path);
    }

    #[test]
    fn recovery_codes_can_be_typed_in_any_way() {
        let code = recovery_code();
        assert_eq!(code.len(), RECOVERY_LENGTH + 1);
        assert_eq!(plain(&format!(" {} ", code.to_uppercase().replace('-', " "))), plain(&code));
        assert_ne!(code, recovery_code());
    }
}
