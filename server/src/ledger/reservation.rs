//! Reservations: credits held for a call whose cost is not known yet.

use app::model::{Credits, ReservationStatus, Timestamp, Uuid};

/// One reservation, open or closed.
#[derive(Clone, Debug, PartialEq)]
pub struct Reservation {
    pub id: Uuid,
    pub amount: Credits,
    /// The caller's own word for what it is for.
    pub operation: Option<String>,
    pub status: ReservationStatus,
    /// The version that was active, by whose prices and floor it is settled.
    pub pricing_version: Option<i64>,
    pub floor: Credits,
    pub actor: String,
    pub key: Option<String>,
    pub digest: Vec<u8>,
    /// What the answer said, so that a replay says it again.
    pub balance: Credits,
    pub reserved_total: Credits,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    /// The charge that settled it.
    pub transaction: Option<Uuid>,
}

impl Reservation {
    /// True while it holds credits: past its time it does not, whether or not a reaper has met it.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.status == ReservationStatus::Active && self.expires_at > now
    }

    /// Its status at `now`.
    pub fn status(&self, now: Timestamp) -> ReservationStatus {
        match self.status {
            ReservationStatus::Active if self.expires_at <= now => ReservationStatus::Expired,
            status => status,
        }
    }

    pub fn view(&self, user_id: &str, now: Timestamp) -> app::model::Reservation {
        app::model::Reservation {
            reservation_id: self.id,
            user_id: user_id.to_owned(),
            amount: self.amount,
            operation: self.operation.clone(),
            status: self.status(now),
            pricing_version: self.pricing_version,
            created_at: self.created_at,
            expires_at: self.expires_at,
            transaction_id: self.transaction,
        }
    }
}
