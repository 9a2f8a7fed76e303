//! The head of a request, whoever has read it: the doors ask it for headers and for the address that sent it.

use rocket::Request;
use std::net::SocketAddr;

/// The head of a request. Names of headers are compared without regard to case; a value that is no text is as good as absent.
pub trait Head: Sync {
    /// The method's name, as it was sent.
    fn method(&self) -> &str;

    /// The path, still percent-encoded.
    fn path(&self) -> &str;

    /// What follows the `?`.
    fn query(&self) -> Option<&str>;

    /// Calls `take` with the value of each header of this name, in order.
    fn each<'h>(&'h self, name: &str, take: &mut dyn FnMut(&'h str));

    /// The socket that the request came from; `None` if there was none.
    fn peer(&self) -> Option<SocketAddr>;

    /// The first header of this name.
    fn first<'h>(&'h self, name: &str) -> Option<&'h str> {
        let mut first = None;
        self.each(name, &mut |value| {
            first.get_or_insert(value);
        });
        first
    }

    /// Whether there is a header of this name.
    fn has(&self, name: &str) -> bool {
        self.first(name).is_some()
    }

    /// The value of a cookie.
    fn cookie<'h>(&'h self, name: &str) -> Option<&'h str> {
        let mut found = None;
        self.each("Cookie", &mut |list| {
            let mut pairs = list.split(';').filter_map(|pair| pair.trim().split_once('='));
            found = found.or_else(|| pairs.find(|(key, _)| *key == name).map(|(_, value)| value));
        });
        found
    }

    /// The value of a name in the query, decoded.
    fn asked(&self, name: &str) -> Option<String> {
        let pairs = form_urlencoded::parse(self.query().unwrap_or_default().as_bytes());
        pairs.into_iter().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }
}

impl Head for Request<'_> {
    fn method(&self) -> &str {
        Request::method(self).as_str()
    }

    fn path(&self) -> &str {
        self.uri().path().raw().as_str()
    }

    fn query(&self) -> Option<&str> {
        self.uri().query().map(|query| query.raw().as_str())
    }

    fn each<'h>(&'h self, name: &str, take: &mut dyn FnMut(&'h str)) {
        self.headers().get(name).for_each(take);
    }

    fn peer(&self) -> Option<SocketAddr> {
        self.remote()
    }

    fn cookie<'h>(&'h self, name: &str) -> Option<&'h str> {
        self.cookies().get(name).map(|cookie| cookie.value())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A head made by hand.
    pub(crate) struct Made {
        pub path: &'static str,
        pub headers: Vec<(&'static str, &'static str)>,
        pub peer: Option<SocketAddr>,
    }

    impl Head for Made {
        fn method(&self) -> &str {
            "GET"
        }

        fn path(&self) -> &str {
            self.path.split('?').next().unwrap_or_default()
        }

        fn query(&self) -> Option<&str> {
            self.path.split_once('?').map(|(_, query)| query)
        }

        fn each<'h>(&'h self, name: &str, take: &mut dyn FnMut(&'h str)) {
            self.headers.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name)).for_each(|(_, value)| take(value));
        }

        fn peer(&self) -> Option<SocketAddr> {
            self.peer
        }
    }

    #[test]
    fn cookies_and_questions_are_found() {
        let headers = vec![("cookie", "a=1; visitor=x"), ("COOKIE", "b=2; a=3")];
        let head = Made { path: "/a?seen=E.1&watch=a%2Cb", headers, peer: None };
        assert_eq!(["a", "b", "visitor", "c"].map(|name| head.cookie(name)), [Some("1"), Some("2"), Some("x"), None]);
        assert_eq!(head.asked("watch").as_deref(), Some("a,b"));
        assert_eq!((head.asked("seen").as_deref(), head.asked("build")), (Some("E.1"), None));
        assert_eq!(head.first("Cookie"), Some("a=1; visitor=x"));
    }
}
