//! An export on its way to a client.

use super::export::Export;
use crate::storage::Error;
use crate::web::turns::{Body, Turn};
use channel::crowd::Source;

/// Tells that readings which were asked for have gone: those from before the time that it names.
const GONE_BEFORE: &str = "readings-gone-before";

/// A file that is made as it is sent.
pub struct Sending {
    export: Export,
    /// Only the head is wanted.
    pub(crate) is_head: bool,
    /// Which other sites' scripts may read it.
    sites: Vec<(&'static str, String)>,
    body: Body<Option<Source>>,
    _turn: Turn<Option<Source>>,
}

impl Sending {
    pub(super) fn new(
        export: Export,
        turn: Turn<Option<Source>>,
        is_head: bool,
        sites: Vec<(&'static str, String)>,
    ) -> Self {
        Self { export, is_head, sites, body: turn.body(), _turn: turn }
    }

    /// The headers of the answer, without those of its coding.
    pub(crate) fn headers(&self) -> Vec<(&'static str, String)> {
        let own = [
            ("content-type", self.export.content_type().to_owned()),
            ("content-disposition", format!("attachment; filename=\"{}\"", self.export.file_name())),
            ("cache-control", "no-store".to_owned()),
            ("vary", "Accept-Encoding".to_owned()),
            ("x-content-type-options", "nosniff".to_owned()),
        ];
        let gone = self.export.gone_before().map(|before| (GONE_BEFORE, before.rfc3339()));
        own.into_iter().chain(gone).chain(self.sites.iter().cloned()).collect()
    }

    /// The next piece; `None` at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<u8>>, Error> {
        let piece = self.export.next().await;
        if let Err(error) = &piece {
            tracing::warn!(error = error as &dyn std::error::Error, "an export was cut");
        }
        piece
    }

    /// The client has taken so many bytes.
    pub(crate) fn taken(&self, bytes: usize) {
        self.body.came(bytes);
    }

    /// Ends when this has to give way to somebody who waits.
    pub(crate) async fn gives_way(&self) {
        self.body.gives_way().await;
    }
}
