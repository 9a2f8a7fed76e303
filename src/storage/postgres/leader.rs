//! Which of several servers leads: the one that has the lock of this name. Its session holds it, and the database ends a session that
//! says nothing for two seconds; so a server that dies or hangs loses it.

use super::listener::HERE;
use crate::storage::here::Here;
use crate::storage::lead::{Seat, now};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection};
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, timeout, timeout_at};

/// A server that does not lead tries so often, and one that does shows so often that it lives.
const ASK_EVERY: Duration = Duration::from_millis(500);
/// Who has asked with success leads for so long: less than the database waits, so that a server that hangs knows before another one leads.
const TERM: Duration = Duration::from_millis(1_500);
/// The database ends the session of a server that says nothing for so long.
const SILENCE_MAX: (&str, &str) = ("idle_session_timeout", "2s");
/// A connection is there within this time, or the database is away.
const CONNECT_MAX: Duration = Duration::from_secs(2);

/// The lock's number; nobody else's in this database. It spells `leader`.
const TRY: &str = "SELECT pg_try_advisory_lock(x'6c6561646572'::bigint)";
const ALIVE: &str = "SELECT 1";
const TELL: &str = "SELECT pg_notify($1, $2)";
/// Tellings at a time: some thousand visitors twice a second.
const TELLINGS_MAX: usize = 10;

/// A server that may lead.
pub(in crate::storage) struct Candidate {
    direct: PgConnectOptions,
    seat: Seat,
    here: Here,
}

/// Why a server does not lead any more.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    #[error("the database does not answer in time")]
    Late,
}

impl Candidate {
    /// It reaches the database without a pooler between.
    pub(super) fn new(direct: PgConnectOptions, (seat, here): (Seat, Here)) -> Self {
        Self { direct: direct.options([SILENCE_MAX]), seat, here }
    }

    /// Tries to lead, and leads, until storage is closed or nobody asks any more.
    pub(in crate::storage) async fn run(self, mut closes: watch::Receiver<bool>) {
        tokio::select! {
            () = self.seat.unwanted() => {}
            // An error means that all handles are gone.
            _ = closes.wait_for(|closes| *closes) => {}
            () = self.stand() => {}
        }
        self.seat.follows();
    }

    /// Stands again and again.
    async fn stand(&self) {
        let mut is_known = false;
        loop {
            let Err(failed) = self.try_to_lead(&mut is_known).await;
            if self.seat.follows() {
                tracing::warn!(reason = %failed, "this server leads no more; another one takes over");
            } else if !is_known {
                is_known = true;
                tracing::warn!(reason = %failed, "nobody can be asked whether this server leads; trying again");
            }
            tokio::time::sleep(ASK_EVERY).await;
        }
    }

    /// Asks over one connection until that fails.
    async fn try_to_lead(&self, is_known: &mut bool) -> Result<Infallible, Failed> {
        let connected = timeout(CONNECT_MAX, self.direct.connect()).await.map_err(|_| Failed::Late)?;
        let mut db = connected?;
        *is_known = false;
        let mut ask = interval(ASK_EVERY);
        ask.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // Until when it may wait for an answer, and whether it leads.
        let (mut until, mut leads) = (now() + TERM, false);
        loop {
            ask.tick().await;
            let asked_at = now();
            if !leads {
                until = asked_at + TERM;
            }
            let has = timeout_at(until, has_lock(&mut db, leads)).await.map_err(|_| Failed::Late)??;
            if now() >= until {
                return Err(Failed::Late);
            }
            leads = has;
            until = asked_at + TERM;
            if !leads {
                self.seat.follows();
                timeout_at(until, self.tell_who_is_here(&mut db)).await.map_err(|_| Failed::Late)??;
            } else if self.seat.leads(until) {
                tracing::info!("this server leads: it answers visitors, tells alerts and tidies up");
            }
        }
    }
}

impl Candidate {
    /// Tells the server that leads which visitors are at this one.
    async fn tell_who_is_here(&self, db: &mut PgConnection) -> Result<(), sqlx::Error> {
        for _ in 0..TELLINGS_MAX {
            let Some(text) = self.here.take(now()) else { break };
            sqlx::query(TELL).bind(HERE).bind(text).execute(&mut *db).await?;
        }
        Ok(())
    }
}

/// Whether this session has the lock; who holds it only shows that it lives.
async fn has_lock(db: &mut PgConnection, holds: bool) -> Result<bool, sqlx::Error> {
    if holds {
        sqlx::query(ALIVE).execute(db).await?;
        return Ok(true);
    }
    sqlx::query_scalar(TRY).fetch_one(db).await
}
