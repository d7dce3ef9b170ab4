//! The people who sign in to the dashboard.

use crate::{
    clock::from_micros,
    store::{StoreError, Tx, sql},
};
use app::model::{Person, Role, Staff, Timestamp, Uuid};

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

#[derive(sqlx::FromRow)]
struct PersonRow {
    id: Uuid,
    email: String,
    name: String,
    role: String,
    created_at: i64,
    disabled_at: Option<i64>,
    confirmed_at: Option<i64>,
    passkeys: i64,
}

/// Everybody, in the order in which they came.
pub async fn list(tx: &mut Tx) -> Result<Vec<Person>, StoreError> {
    let rows: Vec<PersonRow> =
        sql("SELECT s.id, s.email, s.name, s.role, s.created_at, s.disabled_at, t.confirmed_at, \
             (SELECT count(*) FROM staff_passkeys p WHERE p.staff_id = s.id) AS passkeys FROM staff s \
             LEFT JOIN staff_second_steps t ON t.staff_id = s.id ORDER BY s.created_at, s.id")
        .all(tx)
        .await?;
    let read = |row: PersonRow| {
        let role = Role::parse(&row.role).ok_or_else(|| StoreError::corrupt("role", row.role))?;
        Ok(Person {
            staff: Staff { id: row.id, name: row.name, email: row.email, role },
            created_at: from_micros(row.created_at),
            disabled_at: row.disabled_at.map(from_micros),
            two_step: row.confirmed_at.is_some() || row.passkeys > 0,
        })
    };
    rows.into_iter().map(read).collect()
}

/// The admins who can come in, locked.
pub async fn lock_admins(tx: &mut Tx) -> Result<Vec<Uuid>, StoreError> {
    let lock = tx.for_update();
    let rows: Vec<(Uuid,)> =
        sql(format!("SELECT id FROM staff WHERE role = 'admin' AND disabled_at IS NULL ORDER BY id{lock}"))
            .all(tx)
            .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

pub async fn set_role(tx: &mut Tx, id: Uuid, role: Role) -> Result<(), StoreError> {
    sql("UPDATE staff SET role = $2 WHERE id = $1").bind(id).bind(role.as_str()).execute_one(tx).await
}

/// Since when somebody is kept out, or none; false when it was so already.
pub async fn set_disabled(tx: &mut Tx, id: Uuid, since: Option<Timestamp>) -> Result<bool, StoreError> {
    let is = if since.is_some() { "IS NULL" } else { "IS NOT NULL" };
    let touched = sql(format!("UPDATE staff SET disabled_at = $2 WHERE id = $1 AND disabled_at {is}"))
        .bind(id)
        .bind(since)
        .execute(tx)
        .await?;
    Ok(touched == 1)
}
