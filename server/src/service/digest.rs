//! The digest of a request: what tells a replay of a key from another request under it.

use serde::Serialize;
use sha2::{Digest, Sha256};

/// Bytes kept of the SHA-256. A digest only guards against a mistake of the key's own owner, who gains nothing by finding
/// two requests that collide.
const KEPT: usize = 16;

/// The digest of the parts that make the request.
pub fn digest(parts: &impl Serialize) -> Vec<u8> {
    let text = serde_json::to_vec(parts).unwrap_or_default();
    let mut hash = Sha256::digest(text).to_vec();
    hash.truncate(KEPT);
    hash
}
