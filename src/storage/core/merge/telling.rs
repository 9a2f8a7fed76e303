//! What journals and pages hear of a report.

use super::taken::Taken;
use super::{DERIVE_MAX_AGE_MS, Merging, Upload, judging};
use crate::storage::core::bodies;
use crate::storage::core::memory::Memory;
use crate::storage::core::news::News;
use crate::storage::seam::Rank;
use weather::freshness::is_ahead;
use weather::quantity::Quantity;
use weather::report::{Report, Values};
use weather::station::Station;

impl Merging {
    /// Makes the news of a report. `newest`: what was the newest before it.
    pub(super) fn tell(
        &mut self,
        memory: &Memory,
        upload: &Upload<'_>,
        report: &Report,
        taken: &Taken<'_>,
        newest: Option<Rank>,
    ) {
        let now = |rank: Rank| newest.is_none_or(|newest| newest <= rank).then(|| now(memory, upload.station, report));
        let mut tell = |body| self.news.push(News { station: upload.slug.clone(), visitor: None, body });
        for waited in &taken.settled {
            tell(bodies::marked(upload.slug, waited.at, &[(waited.name, waited.mark, waited.counts)]));
            if waited.counts {
                let fresh = [(waited.name, waited.mark.quantity, waited.mark.value)];
                let now = now(judging::rank(waited.at, &waited.mark));
                tell(bodies::report(upload.slug, (waited.at, None), &fresh, now.as_ref()));
            }
        }
        let observed_at = report.observed_at();
        if !taken.fresh.is_empty() {
            let now = now(Rank::new(observed_at, report.received_at()));
            tell(bodies::report(upload.slug, (observed_at, report.skew_ms()), &taken.fresh, now.as_ref()));
        }
        if taken.marked.iter().any(|(_, mark, _)| mark.quantity.is_shown()) {
            tell(bodies::marked(upload.slug, observed_at, &taken.marked));
        }
    }
}

/// What the main sensor says as of a report.
fn now(memory: &Memory, station: &Station, report: &Report) -> Values {
    let mut now = Values::default();
    let latest = memory.main(station.id).into_iter().flat_map(|known| Quantity::all().zip(known.latest));
    for (quantity, newest) in latest {
        match newest {
            Some(newest)
                if report.observed_at().since(newest.rank.observed_at) <= DERIVE_MAX_AGE_MS
                    && !is_ahead(newest.rank.rank, report.received_at()) =>
            {
                now.restore(quantity, newest.value);
            }
            _ => {}
        }
    }
    now
}
