//! Hears what other servers commit: a bell that rings, never the news themselves. A ring that is missed is harmless, because who waits for
//! it looks now and then, too.

use crate::storage::here::Here;
use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::timeout;

/// What the bell is called among the channels of the database. Its payload is the head of the journal.
pub(super) const CHANNEL: &str = "stevenson";
/// The same for visitors at servers that do not lead. Its payload is their names.
pub(super) const HERE: &str = "stevenson_here";
/// After an error it listens again: no sooner, so that a database that is away is not asked all the time.
const AGAIN: Duration = Duration::from_secs(1);
/// A connection that lives answers within this time, or is given up.
pub(super) const ALIVE_MAX: Duration = Duration::from_secs(1);
/// After a silence as long as this it asks whether somebody is still there: who only listens would never know.
const SILENCE_MAX: Duration = Duration::from_secs(5);

/// The newest head that was heard of; until nobody holds it any more.
pub(super) fn listen(direct: PgConnectOptions, here: Here) -> watch::Receiver<u64> {
    let (ring, bell) = watch::channel(0);
    tokio::spawn(async move {
        tokio::select! {
            () = ring.closed() => {}
            () = hear(direct, &ring, &here) => {}
        }
    });
    bell
}

/// Listens, again and again.
async fn hear(direct: PgConnectOptions, ring: &watch::Sender<u64>, here: &Here) {
    loop {
        if let Err(error) = try_hear(&direct, ring, here).await {
            tracing::debug!(error = &error as &dyn std::error::Error, "the database's bell is not heard");
        }
        tokio::time::sleep(AGAIN).await;
    }
}

async fn try_hear(direct: &PgConnectOptions, ring: &watch::Sender<u64>, here: &Here) -> Result<(), sqlx::Error> {
    let pool = PgPoolOptions::new().max_connections(1).connect_lazy_with(direct.clone());
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.listen_all([CHANNEL, HERE]).await?;
    loop {
        let Ok(rung) = timeout(SILENCE_MAX, listener.recv()).await else {
            timeout(ALIVE_MAX, sqlx::query("SELECT 1").execute(&mut listener))
                .await
                .map_err(|_| sqlx::Error::PoolTimedOut)??;
            continue;
        };
        let rung = rung?;
        if rung.channel() == HERE {
            here.told(rung.payload());
            continue;
        }
        // What is no number is a ring, too.
        let _ = ring.send(rung.payload().parse().unwrap_or(u64::MAX));
    }
}
