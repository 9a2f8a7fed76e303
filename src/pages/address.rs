//! The address a visitor came by, for lines that they will copy.

use rocket::request::{FromRequest, Outcome, Request};
use std::convert::Infallible;

/// Longest host and port, in bytes: a name has 253, a port 6.
const HOST_MAX_BYTES: usize = 260;

/// `http://host:port` as the visitor's browser knows this server.
#[derive(Debug, Clone, PartialEq)]
pub struct Address(String);

impl Address {
    /// Of a `Host` header and the scheme a proxy says; what is no host becomes `localhost:8000`.
    pub fn of(host: Option<&str>, forwarded_scheme: Option<&str>) -> Self {
        let plain = |host: &&str| {
            !host.is_empty()
                && host.len() <= HOST_MAX_BYTES
                && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'))
        };
        let scheme = if forwarded_scheme == Some("https") { "https" } else { "http" };
        Self(format!("{scheme}://{}", host.filter(plain).unwrap_or("localhost:8000")))
    }

    /// The text, without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Address {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        let headers = request.headers();
        Outcome::Success(Self::of(headers.get_one("Host"), headers.get_one("X-Forwarded-Proto")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_host_is_not_repeated() {
        assert_eq!(Address::of(Some("pi.local:8000"), None).as_str(), "http://pi.local:8000");
        assert_eq!(Address::of(Some("[::1]:80"), Some("https")).as_str(), "https://[::1]:80");
        for odd in ["", "a b", "x\"; rm -rf /; \"", "<script>", "$(id)"] {
            assert_eq!(Address::of(Some(odd), None).as_str(), "http://localhost:8000", "{odd:?}");
        }
        assert_eq!(Address::of(None, Some("javascript")).as_str(), "http://localhost:8000");
    }
}
