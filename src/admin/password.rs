//! The owner's password: which ones are good enough, and how it is kept.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

/// Fewest characters. Whoever guesses over the network has some tries a minute; this is for who gets hold of the database.
pub const MIN_CHARS: usize = 10;
/// Most bytes. More would be work for nothing.
pub const MAX_BYTES: usize = 1_024;

/// Reasons to refuse a new password.
#[derive(Debug, thiserror::Error)]
pub enum BadPassword {
    /// It is short.
    #[error("the password is shorter than {MIN_CHARS} characters")]
    Short,
    /// It is long.
    #[error("the password is longer than {MAX_BYTES} bytes")]
    Long,
    /// The system has no randomness.
    #[error("the password cannot be hashed: {0}")]
    NoHash(String),
}

/// What is kept of a new password: an argon2id hash with its salt. It takes 19 MiB and some tens of milliseconds.
///
/// # Errors
/// [`BadPassword`].
pub fn hash(password: &str) -> Result<String, BadPassword> {
    match password {
        _ if password.chars().count() < MIN_CHARS => Err(BadPassword::Short),
        _ if password.len() > MAX_BYTES => Err(BadPassword::Long),
        _ => {
            let hash: Result<PasswordHash, _> = Argon2::default().hash_password(password.as_bytes());
            hash.map(|hash| hash.to_string()).map_err(|error| BadPassword::NoHash(error.to_string()))
        }
    }
}

/// Whether a password is the one with this hash. It takes as long whatever of it is wrong.
pub(super) fn is(password: &str, hash: &str) -> bool {
    let Ok(hash) = PasswordHash::new(hash) else {
        tracing::error!("the owner's password in the database cannot be read: set it anew (stevenson admin password)");
        return false;
    };
    password.len() <= MAX_BYTES && Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_again_by_its_hash_and_no_other_is() {
        let (one, other) = (hash("correct horse").expect("a hash"), hash("correct horse").expect("a hash"));
        assert!(one != other && one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert!(is("correct horse", &one) && is("correct horse", &other));
        for wrong in ["", "correct hors", "correct horse ", "Correct horse"] {
            assert!(!is(wrong, &one), "{wrong}");
        }
        assert!(!is("correct horse", "no hash"));
    }

    #[test]
    fn a_password_that_is_easily_guessed_is_refused() {
        assert!(matches!(hash("123456789"), Err(BadPassword::Short)));
        assert!(matches!(hash("üüüüüüüüü"), Err(BadPassword::Short)), "nine letters in eighteen bytes");
        assert!(matches!(hash(&"x".repeat(1_025)), Err(BadPassword::Long)));
    }
}
