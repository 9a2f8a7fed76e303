//! The cookies of one page: enough to be the same visitor at every trip.

use std::collections::BTreeMap;

/// By name. Paths and lifetimes are of no concern: a page talks to one server, and does not live for 400 days.
#[derive(Debug, Default)]
pub(super) struct Cookies(BTreeMap<String, String>);

impl Cookies {
    /// Keeps what a `Set-Cookie` header says.
    pub fn keep(&mut self, header: &str) {
        let pair = header.split(';').next().unwrap_or_default();
        if let Some((name, value)) = pair.split_once('=') {
            self.0.insert(name.trim().to_owned(), value.trim().to_owned());
        }
    }

    /// The `Cookie` header, if there are any.
    pub fn header(&self) -> Option<String> {
        let pairs: Vec<_> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_set_last_is_sent() {
        let mut cookies = Cookies::default();
        assert_eq!(cookies.header(), None);
        for header in ["visitor=abc; HttpOnly; SameSite=Lax; Path=/", "units=metric", "visitor=def"] {
            cookies.keep(header);
        }
        assert_eq!(cookies.header().as_deref(), Some("units=metric; visitor=def"));
    }
}
