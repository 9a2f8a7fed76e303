//! A file on its way to a browser: its codings, its tag, and how long it may be kept.

use super::assets::{self, FILES, build};
use super::scripts::{Joined, Script};
use bytes::Bytes;
use rocket::http::{ContentType, Header, Status};
use rocket::request::Request;
use rocket::response::{self, Responder, Response};
use rust_embed_for_web::EmbedableFile;
use std::io::Cursor;

/// A year and unchanging: the address names the content.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Ask every time.
const ASK: &str = "no-cache";
/// A file on its way to a browser.
pub(crate) struct Asset {
    path: &'static str,
    cache: &'static str,
    etag: String,
    plain: Bytes,
    gzip: Option<Bytes>,
    brotli: Option<Bytes>,
}

impl Asset {
    /// The file at `path` as asked for under `build`; of another build than this, the present file, not to be kept.
    pub(crate) fn find(path: &str, under: &str, joined: &Joined) -> Option<Self> {
        let cache = if under == build() { FOR_EVER } else { ASK };
        match FILES.iter().find(|known| **known == path) {
            Some(path) => Self::of_file(path, cache),
            None => Some(Self::of_script(&joined.find(path)?, cache)),
        }
    }

    fn of_file(path: &'static str, cache: &'static str) -> Option<Self> {
        let file = assets::get(path)?;
        Some(Self {
            path,
            cache,
            etag: AsRef::<str>::as_ref(&file.etag()).to_owned(),
            plain: Bytes::from_owner(file.data()),
            gzip: file.data_gzip().map(Bytes::from_owner),
            brotli: file.data_br().map(Bytes::from_owner),
        })
    }

    fn of_script(script: &Script, cache: &'static str) -> Self {
        Self {
            path: script.path,
            cache,
            etag: script.etag.clone(),
            plain: script.plain.clone(),
            gzip: Some(script.gzip.clone()),
            brotli: Some(script.brotli.clone()),
        }
    }
}

impl<'r> Responder<'r, 'static> for Asset {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let mut response = Response::build();
        response
            .raw_header("Cache-Control", self.cache)
            .raw_header("ETag", self.etag.clone())
            .raw_header("Vary", "Accept-Encoding")
            .raw_header("X-Content-Type-Options", "nosniff");
        if request.headers().get("If-None-Match").any(|tags| tags.contains(&self.etag)) {
            return response.status(Status::NotModified).ok();
        }
        let accepts = |coding| {
            let lists = request.headers().get("Accept-Encoding").flat_map(|list| list.split(','));
            lists.map(|item| item.trim()).any(|item| item == coding)
        };
        let (body, coding) = match (self.brotli, self.gzip) {
            (Some(body), _) if accepts("br") => (body, Some("br")),
            (_, Some(body)) if accepts("gzip") => (body, Some("gzip")),
            _ => (self.plain, None),
        };
        if let Some(coding) = coding {
            response.header(Header::new("Content-Encoding", coding));
        }
        let extension = self.path.rsplit('.').next().unwrap_or_default();
        response.header(ContentType::from_extension(extension).unwrap_or(ContentType::Plain));
        response.sized_body(body.len(), Cursor::new(body)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_the_listed_files_is_found() {
        for path in ["../Cargo.toml", "js/../style.css", "", "js", "joined/other.js"] {
            assert!(Asset::find(path, &build(), &Joined::default()).is_none(), "{path:?}");
        }
    }
}
