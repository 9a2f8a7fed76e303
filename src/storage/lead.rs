//! Who leads: of several servers over one database, one does what must be done once. A server over a file is alone, and always leads.
//!
//! That a server leads ends by the clock, too: one that was stopped and goes on does not act on what was true before. Two may still believe
//! for a moment that they lead; so what a leader does is harmless if it is done twice.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::task::Poll;
use tokio::sync::watch;
use tokio::time::Instant;

/// Tells whether this server leads; clones tell the same.
#[derive(Debug, Clone)]
pub struct Lead(watch::Receiver<Standing>);

/// The same for the one who finds out.
#[derive(Debug)]
pub(super) struct Seat {
    standing: watch::Sender<Standing>,
    /// How often it has begun to lead.
    terms: AtomicU64,
}

/// How a server stands.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Standing {
    /// It has not been asked yet.
    Unknown,
    /// Another one leads, or nobody does.
    Follows,
    /// It leads, for the so-manieth time, until then; `None`: for ever.
    Leads { term: u64, until: Option<Instant> },
}

/// The time, by which a lead ends.
#[expect(clippy::disallowed_methods, reason = "a worker: a lead ends by the clock, where it is used")]
pub(super) fn now() -> Instant {
    Instant::now()
}

impl Standing {
    /// The term in which it leads at this moment.
    fn term(self) -> Option<u64> {
        match self {
            Self::Leads { term, until } => until.is_none_or(|until| now() < until).then_some(term),
            Self::Unknown | Self::Follows => None,
        }
    }
}

impl Lead {
    /// That of a server that is alone.
    pub(super) fn always() -> Self {
        Self(watch::channel(Standing::Leads { term: 1, until: None }).1)
    }

    /// That of one of several, which does not lead yet.
    pub(super) fn of_several() -> (Seat, Self) {
        let (standing, lead) = watch::channel(Standing::Unknown);
        (Seat { standing, terms: AtomicU64::new(0) }, Self(lead))
    }

    /// Whether this server leads now.
    pub fn is_leading(&self) -> bool {
        self.0.borrow().term().is_some()
    }

    /// Whether there are no others, ever.
    pub fn is_alone(&self) -> bool {
        matches!(*self.0.borrow(), Standing::Leads { until: None, .. })
    }

    /// Waits until this server leads. Waits for ever if it has ended.
    pub async fn gained(&self) {
        self.wait(|standing| standing.term().is_some()).await;
    }

    /// Waits until this server knows that it does not lead.
    pub async fn follows(&self) {
        self.wait(|standing| standing == Standing::Follows).await;
    }

    /// Waits until this server does not lead, or not without a break.
    pub async fn lost(&self) {
        self.while_leading(std::future::pending::<()>()).await;
    }

    /// Works as long as this server leads. `None`: it does not lead, or not any more; the work was dropped where it stood. The
    /// clock is looked at whenever the work goes on.
    pub async fn while_leading<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let term = self.0.borrow().term()?;
        let mut lost =
            pin!(self.wait(move |standing| !matches!(standing, Standing::Leads { term: now, .. } if now == term)));
        let mut work = pin!(work);
        poll_fn(|context| {
            if self.0.borrow().term() != Some(term) || lost.as_mut().poll(context).is_ready() {
                return Poll::Ready(None);
            }
            work.as_mut().poll(context).map(Some)
        })
        .await
    }

    async fn wait(&self, is: impl Fn(Standing) -> bool) {
        if self.0.clone().wait_for(|standing| is(*standing)).await.is_err() {
            // Nobody will tell it any more.
            std::future::pending().await
        }
    }
}

impl Seat {
    /// It leads until then. True if it did not lead before.
    pub(super) fn leads(&self, until: Instant) -> bool {
        self.standing.send_if_modified(|standing| {
            let going_on = standing.term();
            let term = going_on.unwrap_or_else(|| self.terms.fetch_add(1, Relaxed));
            *standing = Standing::Leads { term, until: Some(until) };
            going_on.is_none()
        })
    }

    /// It does not lead. True if it did.
    pub(super) fn follows(&self) -> bool {
        let mut led = false;
        self.standing.send_if_modified(|standing| {
            led = matches!(standing, Standing::Leads { .. });
            std::mem::replace(standing, Standing::Follows) != Standing::Follows
        });
        led
    }

    /// Waits until nobody asks any more.
    pub(super) async fn unwanted(&self) {
        self.standing.closed().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::pending;
    use std::time::Duration;

    const TERM: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn a_lead_that_is_not_renewed_ends_by_the_clock() {
        let (seat, lead) = Lead::of_several();
        assert!(!lead.is_leading());
        assert!(seat.leads(now() + TERM) && lead.is_leading());
        tokio::time::advance(TERM / 2).await;
        assert!(!seat.leads(now() + TERM), "it went on");
        tokio::time::advance(TERM / 2).await;
        assert!(lead.is_leading());
        tokio::time::advance(TERM / 2).await;
        assert!(!lead.is_leading());
        assert_eq!(lead.while_leading(async { 1 }).await, None, "not even begun");
    }

    #[tokio::test(start_paused = true)]
    async fn work_ends_with_the_term_in_which_it_was_begun() {
        let (seat, lead) = Lead::of_several();
        seat.leads(now() + TERM);
        assert_eq!(lead.while_leading(async { 1 }).await, Some(1));
        let work = lead.while_leading(pending::<()>());
        let mut work = pin!(work);
        assert!(futures_poll(work.as_mut()).await.is_pending());
        assert!(seat.follows() && !seat.follows());
        seat.leads(now() + TERM);
        assert_eq!(work.await, None, "another server may have led in between");
    }

    #[tokio::test(start_paused = true)]
    async fn work_that_was_stopped_beyond_its_term_does_not_go_on() {
        let (seat, lead) = Lead::of_several();
        seat.leads(now() + TERM);
        let (go_on, goes_on) = tokio::sync::oneshot::channel::<()>();
        let work = lead.while_leading(goes_on);
        let mut work = pin!(work);
        assert!(futures_poll(work.as_mut()).await.is_pending());
        tokio::time::advance(2 * TERM).await;
        go_on.send(()).expect("it waits");
        assert_eq!(work.await, None, "nobody has told it");
    }

    #[tokio::test]
    async fn who_is_alone_leads() {
        let lead = Lead::always();
        lead.gained().await;
        assert_eq!((lead.is_leading(), lead.while_leading(async { 1 }).await), (true, Some(1)));
    }

    async fn futures_poll<F: Future>(mut future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
        poll_fn(|context| Poll::Ready(future.as_mut().poll(context))).await
    }
}
