//! Fields of uploads that mean nothing yet are written as they were gathered.

use super::scribe::{Scribe, now};
use crate::storage::error::Error;
use crate::storage::mappings::Unmapped;
use crate::storage::seam::Spoken;
use weather::station::StationId;

/// Writes what was gathered. Nobody waits for it, and no page hears of it.
pub(super) async fn write(scribe: &mut Scribe, station: StationId, fields: &[Unmapped]) {
    let done = try_write(scribe, station, fields).await;
    let done = scribe.settle(done).await;
    if let Err(error) = done {
        tracing::debug!(error = &error as &dyn std::error::Error, "fields that nobody knows were not written");
    }
}

async fn try_write(scribe: &mut Scribe, station: StationId, fields: &[Unmapped]) -> Result<(), Error> {
    scribe.begin().await?;
    scribe.engine.note_unmapped(station, fields).await?;
    scribe.engine.write_and_commit(&Spoken::default(), &[], now()).await
}
