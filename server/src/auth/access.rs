//! People and keys, as the settings pages manage them.

use super::{ApiKeys, Scopes, StaffDesk};
use crate::store::access::keys::StoredKey;
use app::{
    backend::{Access, Answer},
    model::{Actor, KeyInfo, People, Role, SecondStep, Staff, Uuid},
};
use async_trait::async_trait;
use std::sync::Arc;

/// The desks of people and of keys, behind the port.
#[derive(Clone, Debug)]
pub struct AccessDesk {
    pub staff: Arc<StaffDesk>,
    pub keys: Arc<ApiKeys>,
}

#[async_trait]
impl Access for AccessDesk {
    async fn people(&self) -> Answer<People> {
        self.staff.people().await
    }

    async fn invite(&self, by: &Actor, email: &str, role: Role) -> Answer<String> {
        self.staff.invite(by, email, role).await
    }

    async fn revoke_invite(&self, by: &Actor, id: Uuid) -> Answer<()> {
        self.staff.revoke_invite(by, id).await
    }

    async fn set_role(&self, by: &Actor, id: Uuid, role: Role) -> Answer<()> {
        self.staff.set_role(by, id, role).await
    }

    async fn set_disabled(&self, by: &Actor, id: Uuid, disabled: bool) -> Answer<()> {
        self.staff.set_disabled(by, id, disabled).await
    }

    async fn second_step(&self, staff: &Staff) -> Answer<SecondStep> {
        self.staff.second_step(staff).await
    }

    async fn begin_second_step(&self, staff: &Staff) -> Answer<()> {
        self.staff.begin_second_step(staff).await
    }

    async fn confirm_second_step(&self, by: &Actor, staff: &Staff, code: &str) -> Answer<Vec<String>> {
        self.staff.confirm_second_step(by, staff, code).await
    }

    async fn end_second_step(&self, by: &Actor, staff: &Staff, code: &str) -> Answer<()> {
        self.staff.end_second_step(by, staff, code).await
    }

    async fn reset_second_step(&self, by: &Actor, id: Uuid) -> Answer<()> {
        self.staff.reset_second_step(by, id).await
    }

    async fn ask_two_steps(&self, by: &Actor, staff: &Staff, asked: bool) -> Answer<()> {
        self.staff.ask_two_steps(by, staff, asked).await
    }

    async fn keys(&self) -> Answer<Vec<KeyInfo>> {
        // What is remembered of uses belongs to the answer, too.
        self.keys.write_last_used().await?;
        Ok(self.keys.list().await?.into_iter().map(info).collect())
    }

    async fn add_key(&self, by: &Actor, name: &str, scopes: &str) -> Answer<String> {
        let scopes: Scopes = scopes.parse().map_err(|rule| app::error::AppError::invalid("scopes", rule))?;
        self.keys.add(by, name, scopes).await
    }

    async fn revoke_key(&self, by: &Actor, name: &str) -> Answer<()> {
        self.keys.revoke(by, name).await
    }
}

fn info(key: StoredKey) -> KeyInfo {
    let StoredKey { name, prefix, scopes, created_at, last_used_at, revoked_at, .. } = key;
    KeyInfo { name, prefix, scopes, created_at, last_used_at, revoked_at }
}
