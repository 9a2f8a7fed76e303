//! Where a PostgreSQL is.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sqlx::postgres::PgConnectOptions;
use std::fmt;
use std::str::FromStr;

/// The address of a PostgreSQL, `postgres://user:password@host:5432/database`; empty: none. Nothing prints the password.
#[derive(Clone, Default)]
pub struct Address(Option<(Box<str>, Box<PgConnectOptions>)>);

/// A text is no address of a PostgreSQL. It does not repeat the text, which may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum BadAddress {
    /// It is of another form.
    #[error("that is no address of a PostgreSQL: it must be like postgres://user:password@host:5432/database")]
    Form,
    /// It names several hosts, as those of `psql` may.
    #[error("the address of a PostgreSQL must name one host: one that leads to whichever database is written to")]
    Several,
}

impl Address {
    /// What connections need to know; `None`: there is no address.
    pub(super) fn options(&self) -> Option<&PgConnectOptions> {
        self.0.as_ref().map(|(_, options)| &**options)
    }

    /// True if there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Whether a password stands in it.
    pub fn has_password(&self) -> bool {
        let rest = self.reveal().split_once("://").map_or("", |(_, rest)| rest);
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let user = place.rsplit_once('@').map_or("", |(user, _)| user);
        user.contains(':') || query.split('&').any(|pair| pair.starts_with("password="))
    }

    /// The address as it was given, with its password, for a program that is started with it.
    pub fn reveal(&self) -> &str {
        self.0.as_ref().map_or("", |(text, _)| text)
    }
}

impl FromStr for Address {
    type Err = BadAddress;

    fn from_str(text: &str) -> Result<Self, BadAddress> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        if !["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme)) {
            return Err(BadAddress::Form);
        }
        // PgBouncer refuses to be asked for exact numbers at the start; since version 12 PostgreSQL gives them unasked.
        let options = PgConnectOptions::from_str(text).map_err(|_| BadAddress::Form)?.extra_float_digits(None);
        if options.get_host().contains(',') {
            return Err(BadAddress::Several);
        }
        Ok(Self(Some((text.into(), Box::new(options)))))
    }
}

/// Without the password, and without what else may tell one.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(options) = self.options() else { return Ok(()) };
        write!(f, "postgres://{}@", options.get_username())?;
        match options.get_socket() {
            Some(socket) => write!(f, "{}", socket.display())?,
            None => write!(f, "{}:{}", options.get_host(), options.get_port())?,
        }
        write!(f, "/{}", options.get_database().unwrap_or(options.get_username()))
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl PartialEq for Address {
    fn eq(&self, other: &Self) -> bool {
        self.reveal() == other.reveal()
    }
}

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // No error repeats the text.
        let text = String::deserialize(deserializer).map_err(|_| serde::de::Error::custom(BadAddress::Form))?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_tells_where_and_never_the_password() {
        for (text, told) in [
            ("postgres://anna:s3cret@db.example:6432/weather", "postgres://anna@db.example:6432/weather"),
            ("postgresql://anna:s3cret@db.example/weather?sslmode=require", "postgres://anna@db.example:5432/weather"),
            ("postgres://anna@db.example/weather?password=s3cret", "postgres://anna@db.example:5432/weather"),
            (
                "postgres://anna:s3cret@localhost/weather?host=/run/postgresql",
                "postgres://anna@/run/postgresql/weather",
            ),
            ("", ""),
        ] {
            let address: Address = text.parse().expect(text);
            assert_eq!(address.to_string(), told);
            let shown = format!("{address:?} {}", serde_json::to_string(&address).expect("a text"));
            assert!(!shown.contains("s3cret"), "{shown}");
            assert_eq!(address.reveal(), text);
        }
    }

    #[test]
    fn an_address_knows_whether_it_has_a_password() {
        for (text, has_password) in [
            ("postgres://anna:s3cret@db.example:6432/weather", true),
            ("postgres://anna@db.example/weather?sslmode=require&password=s3cret", true),
            ("postgres://anna@db.example:6432/weather?sslmode=require", false),
            ("postgres://db.example:6432/weather", false),
            ("", false),
        ] {
            assert_eq!(text.parse::<Address>().expect(text).has_password(), has_password, "{text}");
        }
    }

    #[test]
    fn nothing_is_asked_for_at_the_start_that_pgbouncer_refuses() {
        let address: Address = "postgres://anna@db.example/weather".parse().expect("an address");
        let asked = format!("{:?}", address.options().expect("some"));
        assert!(asked.contains("extra_float_digits: None"), "{asked}");
    }

    #[test]
    fn what_is_no_address_is_refused_and_not_repeated() {
        for text in ["weather", "mysql://anna:s3cret@host/db", "postgres://anna:s3cret@host:port/db", "/run/s3cret"] {
            let error = text.parse::<Address>().expect_err(text).to_string();
            assert!(!error.contains("s3cret") && error.contains("postgres://"), "{error}");
        }
        let error = "postgres://anna:s3cret@first,second/weather".parse::<Address>().expect_err("two").to_string();
        assert!(error.contains("one host"), "{error}");
        let error = serde_json::from_str::<Address>("12345").expect_err("a number").to_string();
        assert!(!error.contains("12345"), "{error}");
    }
}
