//! What the handlers share.

use crate::{auth::ApiKeys, store::Db};
use app::{backend::SharedBackend, model::SetupResult};
use std::{fmt, ops::Deref, sync::Arc};

/// Cheap to clone: everything is behind one pointer.
#[derive(Clone)]
pub struct ApiState(Arc<Shared>);

/// The port, the keys, and what health and set-up report.
#[expect(missing_debug_implementations, reason = "the port has none")]
pub struct Shared {
    pub backend: SharedBackend,
    pub keys: Arc<ApiKeys>,
    pub db: Db,
    pub setup: SetupResult,
}

impl ApiState {
    pub fn new(backend: SharedBackend, keys: Arc<ApiKeys>, db: Db, setup: SetupResult) -> Self {
        Self(Arc::new(Shared { backend, keys, db, setup }))
    }
}

impl Deref for ApiState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl fmt::Debug for ApiState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiState").finish_non_exhaustive()
    }
}
