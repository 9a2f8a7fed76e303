//! Heads as the two readers of the door have them.

use crate::web::head::Head;
use hyper::http::request::Parts;
use std::net::SocketAddr;

/// A head that hyper has read.
pub(crate) struct Read<'a> {
    pub parts: &'a Parts,
    pub peer: SocketAddr,
}

impl Head for Read<'_> {
    fn method(&self) -> &str {
        self.parts.method.as_str()
    }

    fn path(&self) -> &str {
        self.parts.uri.path()
    }

    fn query(&self) -> Option<&str> {
        self.parts.uri.query()
    }

    fn each<'h>(&'h self, name: &str, take: &mut dyn FnMut(&'h str)) {
        let values = self.parts.headers.get_all(name).into_iter();
        values.filter_map(|value| std::str::from_utf8(value.as_bytes()).ok()).for_each(take);
    }

    fn peer(&self) -> Option<SocketAddr> {
        Some(self.peer)
    }
}

/// A head that lies in the lane's buffer.
pub(crate) struct InPlace<'a> {
    pub path: &'a str,
    pub headers: &'a [httparse::Header<'a>],
    pub peer: SocketAddr,
}

impl Head for InPlace<'_> {
    fn method(&self) -> &str {
        "POST"
    }

    fn path(&self) -> &str {
        self.path
    }

    fn query(&self) -> Option<&str> {
        None
    }

    fn each<'h>(&'h self, name: &str, take: &mut dyn FnMut(&'h str)) {
        let named = self.headers.iter().filter(|header| header.name.eq_ignore_ascii_case(name));
        named.filter_map(|header| std::str::from_utf8(header.value).ok()).for_each(take);
    }

    fn peer(&self) -> Option<SocketAddr> {
        Some(self.peer)
    }
}
