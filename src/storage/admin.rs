//! The owner's password and sessions, as handles ask for them.

use super::Storage;
use super::core::Job;
use super::error::Error;
use super::keys;
use super::seam::AdminChange;
use base64ct::{Base64UrlUnpadded, Encoding};
use std::fmt;
use weather::time::Timestamp;

/// Random bytes in the secret of a session.
const SECRET_BYTES: usize = 32;

/// The secret of a session: whoever sends it is the owner. Only its hash is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionSecret(String);

impl SessionSecret {
    /// A new secret from the system's randomness.
    fn generate() -> Result<Self, Error> {
        Ok(Self(Base64UrlUnpadded::encode_string(&keys::random::<SECRET_BYTES>()?)))
    }

    /// The secret that a browser sent; `None` if the text has not the form of one.
    pub fn read(text: &str) -> Option<Self> {
        let is_one = Base64UrlUnpadded::decode_vec(text).is_ok_and(|bytes| bytes.len() == SECRET_BYTES);
        is_one.then(|| Self(text.to_owned()))
    }

    /// The text for the cookie.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    fn hash(&self) -> keys::KeyHash {
        // No key of a station begins so.
        keys::hash(&format!("session:{}", self.0))
    }
}

impl fmt::Debug for SessionSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionSecret(…)")
    }
}

/// The owner.
impl Storage {
    /// The hash of the owner's password; `None` if there is none yet.
    pub async fn admin_password(&self) -> Result<Option<String>, Error> {
        self.readers.admin_password().await
    }

    /// Sets the owner's password, given as its hash, and ends all sessions.
    pub async fn set_admin_password(&self, hash: &str) -> Result<(), Error> {
        let change = AdminChange::Password(hash.to_owned());
        self.ask(|answer| Job::Admin(change, answer)).await.map(drop)
    }

    /// Opens a session until an instant for somebody who knew the password with this hash. `None` if that is no longer the
    /// password.
    pub async fn open_session(
        &self,
        password: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<SessionSecret>, Error> {
        let secret = SessionSecret::generate()?;
        let change = AdminChange::Open { hash: secret.hash(), password: password.to_owned(), now, until };
        let is_open = self.ask(|answer| Job::Admin(change, answer)).await?;
        Ok(is_open.then_some(secret))
    }

    /// Ends a session.
    pub async fn end_session(&self, secret: &SessionSecret) -> Result<(), Error> {
        let change = AdminChange::End(secret.hash());
        self.ask(|answer| Job::Admin(change, answer)).await.map(drop)
    }

    /// Whether there is a session with this secret at an instant.
    pub async fn has_session(&self, secret: &SessionSecret, now: Timestamp) -> Result<bool, Error> {
        self.readers.has_session(&secret.hash(), now).await
    }
}
