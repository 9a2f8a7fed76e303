//! Changes of the owner's password and sessions, each in a transaction of its own. No page hears of them.

use super::scribe::{Scribe, now};
use crate::storage::error::Error;
use crate::storage::seam::{AdminChange, Spoken};

/// Makes a change; false if it did not apply.
pub(super) async fn change(scribe: &mut Scribe, change: AdminChange) -> Result<bool, Error> {
    let done = try_change(scribe, &change).await;
    scribe.settle(done).await
}

async fn try_change(scribe: &mut Scribe, change: &AdminChange) -> Result<bool, Error> {
    scribe.begin_control().await?;
    let is_done = scribe.engine.change_admin(change).await?;
    scribe.engine.write_and_commit(&Spoken::default(), &[], now()).await?;
    Ok(is_done)
}
