//! Random secrets and the hashes under which they are known.

use rand::{Rng, distr::Alphanumeric};
use sha2::{Digest, Sha256};

/// 43 letters and digits: 256 bits.
const LENGTH: usize = 43;

/// A new secret, from the operating system's seed.
pub fn random() -> String {
    rand::rng().sample_iter(Alphanumeric).take(LENGTH).map(char::from).collect()
}

/// SHA-256, the form in which a secret is stored.
pub fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_long_plain_and_different() {
        let (one, other) = (random(), random());
        assert_eq!(one.len(), LENGTH);
        assert!(one.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_ne!(one, other);
        assert_ne!(hash(&one), hash(&other));
    }
}
