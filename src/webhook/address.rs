//! The address of a receiver.

use hyper::Uri;

/// Ports, if none is said.
const PORTS: (u16, u16) = (80, 443);

/// Where a receiver is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    pub is_tls: bool,
    /// A name or an address, without brackets.
    pub host: String,
    pub port: u16,
    /// What the header `Host` says.
    pub authority: String,
    /// With the query.
    pub path: String,
}

impl Address {
    /// Reads it; the text says what is wrong. A wrong address is not repeated: it may hold a password.
    pub(super) fn of(text: &str) -> Result<Self, String> {
        let uri: Uri = text.trim().parse().map_err(|_| "it is no address: write https://…".to_owned())?;
        let is_tls = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err("an address begins with https:// or http://".to_owned()),
        };
        let authority = uri.authority().ok_or("the address names no server")?;
        if authority.as_str().contains('@') {
            return Err(
                "an address may not hold a password: put it into a file, and name that as token_file".to_owned()
            );
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        if host.is_empty() {
            return Err("the address names no server".to_owned());
        }
        let behind_host = authority.as_str().rsplit_once(']').map_or(authority.as_str(), |(_, behind)| behind);
        let port = match behind_host.rsplit_once(':') {
            None if is_tls => PORTS.1,
            None => PORTS.0,
            // What is no port would silently be another one.
            Some((_, port)) => {
                let number = port.parse().ok().filter(|port| *port != 0);
                number.ok_or_else(|| format!("{port:?} is no port: write one from 1 to 65535, or none"))?
            }
        };
        let path = uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        Ok(Self { is_tls, host, port, authority: authority.as_str().to_owned(), path })
    }

    /// For ntfy: the path of its server, and the topic.
    pub(super) fn topic(&self) -> Option<(&str, &str)> {
        let path = self.path.split('?').next().unwrap_or_default();
        let (before, topic) = path.trim_end_matches('/').rsplit_once('/')?;
        (!topic.is_empty()).then(|| (&path[..=before.len()], topic))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_apart() {
        let of = |text| Address::of(text).map(|it| (it.is_tls, it.host, it.port, it.path));
        assert_eq!(of("https://ntfy.sh/garden"), Ok((true, "ntfy.sh".into(), 443, "/garden".into())));
        assert_eq!(of("http://[::1]:81"), Ok((false, "::1".into(), 81, "/".into())));
        let of =
            |text| Address::of(text).expect("an address").topic().map(|(at, topic)| (at.to_owned(), topic.to_owned()));
        assert_eq!(of("https://ntfy.sh/garden"), Some(("/".into(), "garden".into())));
        assert_eq!(of("https://example.org/ntfy/garden/?auth=x"), Some(("/ntfy/".into(), "garden".into())));
        assert_eq!(of("https://ntfy.sh"), None);
        for (text, why) in [
            ("garden", "begins with"),
            ("ftp://a/b", "begins with"),
            ("https://me:secret@ntfy.sh/a", "password"),
            ("https:// a", "no address"),
        ] {
            let error = Address::of(text).expect_err(text);
            assert!(error.contains(why) && !error.contains("secret"), "{error}");
        }
    }
}
