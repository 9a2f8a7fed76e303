//! Changes of the outbox, each in a transaction of its own. No page hears of them.

use super::scribe::{Scribe, now};
use crate::storage::error::Error;
use crate::storage::letters::OutboxChange;
use crate::storage::seam::Spoken;

/// Makes a change; returns how many letters went.
pub(super) async fn change(scribe: &mut Scribe, change: OutboxChange) -> Result<u64, Error> {
    let done = try_change(scribe, &change).await;
    scribe.settle(done).await
}

async fn try_change(scribe: &mut Scribe, change: &OutboxChange) -> Result<u64, Error> {
    scribe.begin_control().await?;
    let gone = scribe.engine.change_outbox(change).await?;
    scribe.engine.write_and_commit(&Spoken::default(), &[], now()).await?;
    Ok(gone)
}
