//! An answer as doors give it that work without Rocket.

use rocket::http::{Header, Status};
use rocket::request::Request;
use rocket::response::{self, Responder, Response};
use std::io::Cursor;

/// A status, headers and a body, all at hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Headers that all answers of its kind have: names in lower case, and values.
    pub headers: &'static [(&'static str, &'static str)],
    /// Headers of this answer alone.
    pub more: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// The connection ends after it, because the rest of the request is not worth waiting for.
    pub closes: bool,
}

impl Answer {
    /// An answer with these headers.
    pub fn new(status: u16, headers: &'static [(&'static str, &'static str)], body: Vec<u8>) -> Self {
        Self { status, headers, more: Vec::new(), body, closes: false }
    }

    /// The same with one more header.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.more.push((name, value.into()));
        self
    }

    /// The same, and the connection ends after it.
    pub fn closing(mut self) -> Self {
        self.closes = true;
        self
    }
}

impl<'r> Responder<'r, 'static> for Answer {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        let mut response = Response::build();
        response.status(Status::new(self.status));
        for (name, value) in self.headers {
            response.raw_header(*name, *value);
        }
        for (name, value) in self.more {
            response.header(Header::new(name, value));
        }
        response.sized_body(self.body.len(), Cursor::new(self.body)).ok()
    }
}
