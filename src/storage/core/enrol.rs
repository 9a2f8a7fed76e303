//! Devices that wait for an owner, each change in a transaction of its own. No page hears of them.

use super::scribe::{Scribe, now};
use crate::storage::error::Error;
use crate::storage::seam::{EnrolChange, Spoken};

/// Makes a change; false if it did not apply.
pub(super) async fn change(scribe: &mut Scribe, change: EnrolChange) -> Result<bool, Error> {
    let done = try_change(scribe, &change).await;
    scribe.settle(done).await
}

async fn try_change(scribe: &mut Scribe, change: &EnrolChange) -> Result<bool, Error> {
    // A stranger may not use the reserve.
    scribe.begin().await?;
    // Another process may have bound it a moment ago: only now is it known.
    if matches!(change, EnrolChange::Keep { stranger, .. } if scribe.shared.directory().is_bound(&stranger.secret)) {
        scribe.engine.write_and_commit(&Spoken::default(), &[], now()).await?;
        return Ok(false);
    }
    let is_done = scribe.engine.change_enrolment(change, now()).await?;
    scribe.engine.write_and_commit(&Spoken::default(), &[], now()).await?;
    Ok(is_done)
}
