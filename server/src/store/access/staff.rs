//! The people who sign in to the dashboard.

use crate::store::{StoreError, Tx, sql};
use app::model::{Role, Staff, Timestamp, Uuid};

/// A person with what proves them.
#[derive(Clone, Debug)]
pub struct Account {
    pub staff: Staff,
    /// argon2id, in the PHC string format.
    pub password_hash: String,
    pub disabled: bool,
}

#[derive(sqlx::FromRow)]
struct StaffRow {
    id: Uuid,
    email: String,
    name: String,
    role: String,
    password_hash: String,
    disabled_at: Option<i64>,
}

impl StaffRow {
    fn read(self) -> Result<Account, StoreError> {
        let role = Role::parse(&self.role).ok_or_else(|| StoreError::corrupt("role", self.role))?;
        let staff = Staff { id: self.id, name: self.name, email: self.email, role };
        Ok(Account { staff, password_hash: self.password_hash, disabled: self.disabled_at.is_some() })
    }
}

/// True once anybody has an account, also one that is disabled now.
pub async fn exists_any(tx: &mut Tx) -> Result<bool, StoreError> {
    let (count,): (i64,) = sql("SELECT count(*) FROM staff").one(tx).await?;
    Ok(count > 0)
}

/// `email` is lower-case.
pub async fn by_email(tx: &mut Tx, email: &str) -> Result<Option<Account>, StoreError> {
    sql("SELECT id, email, name, role, password_hash, disabled_at FROM staff WHERE email = $1")
        .bind(email)
        .optional::<StaffRow>(tx)
        .await?
        .map(StaffRow::read)
        .transpose()
}

pub async fn by_id(tx: &mut Tx, id: Uuid) -> Result<Option<Account>, StoreError> {
    sql("SELECT id, email, name, role, password_hash, disabled_at FROM staff WHERE id = $1")
        .bind(id)
        .optional::<StaffRow>(tx)
        .await?
        .map(StaffRow::read)
        .transpose()
}

/// A second account with the same e-mail is [`StoreError::is_duplicate`].
pub async fn insert(tx: &mut Tx, staff: &Staff, password_hash: &str, now: Timestamp) -> Result<(), StoreError> {
    sql("INSERT INTO staff (id, email, name, role, password_hash, created_at) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(staff.id)
        .bind(staff.email.as_str())
        .bind(staff.name.as_str())
        .bind(staff.role.as_str())
        .bind(password_hash)
        .bind(now)
        .execute_one(tx)
        .await
}
