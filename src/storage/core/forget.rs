//! Forgetting a conversation: in a transaction of its own, also in the journal.

use super::jobs::Forgetting;
use super::news::News;
use super::scribe::{Scribe, now};
use crate::storage::entry::Entry;
use crate::storage::error::Error;

pub(super) async fn forget_conversation(scribe: &mut Scribe, what: &Forgetting) -> Result<(), Error> {
    let done = try_forget(scribe, what).await;
    let done = scribe.settle(done).await;
    scribe.teller.tell(vec![done?]).await;
    Ok(())
}

async fn try_forget(scribe: &mut Scribe, Forgetting { visitor, station, .. }: &Forgetting) -> Result<Entry, Error> {
    scribe.begin_control().await?;
    let news = News::forgotten(visitor, station);
    // Bodies are made of text.
    let instead = std::str::from_utf8(&news.body).unwrap_or_default();
    scribe.engine.forget(visitor, station, instead).await?;
    let entry = scribe.numbering.number(vec![news], now()).remove(0);
    scribe.engine.enter_and_commit(&entry).await?;
    scribe.wiping.forgot(now());
    scribe.committed(std::slice::from_ref(&entry), 0);
    Ok(entry)
}
