//! A page of a long list: which stations are on it, and the ways to the others.

use super::asked::{Asked, Show, Sort};
use super::facts::Facts;
use std::cmp::Ordering;
use std::sync::Arc;
use weather::freshness::{Freshness, is_ahead};
use weather::quantity::Quantity;
use weather::station::Station;
use weather::station_state::StationState;
use weather::time::Timestamp;

/// Stations on a page. A page tells the channel which stations it shows, and may name 64 (`WATCH_MAX` in `place.js`).
pub const PAGE_STATIONS: usize = 60;
/// So many stations are found without a search: up to here the page has no controls.
const PLAIN_STATIONS: usize = 8;

/// A page of the list, ready to print. An empty text is not shown.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// What was asked for; its page is the one that is shown.
    pub(crate) asked: Asked,
    /// True if there is a form to search by.
    pub(crate) controls: bool,
    /// `130 stations`, `61–120 of 130 stations`.
    pub(crate) count: String,
    /// True if the page shows all stations there are.
    pub(crate) whole: bool,
    /// True if there are stations.
    pub(crate) any: bool,
    /// `Page 2 of 3`; empty if there is one page.
    pub(crate) place: String,
    /// The address of all stations in the same order; empty if none are left out.
    pub(crate) everything: String,
    /// The addresses of the pages before and after.
    pub(crate) previous: String,
    pub(crate) next: String,
}

impl Listing {
    /// The page that was asked for of `fitting` stations out of `all`, and which of them it shows. A page behind the
    /// last is the last.
    pub fn of(asked: &Asked, fitting: usize, all: usize) -> (Self, std::ops::Range<usize>) {
        let pages = fitting.div_ceil(PAGE_STATIONS).max(1);
        let page = asked.page.clamp(1, pages);
        let shown = (page - 1) * PAGE_STATIONS..(page * PAGE_STATIONS).min(fitting);
        let at = |page: usize| Asked { page, ..asked.clone() };
        let stations = if fitting == 1 { "1 station".to_owned() } else { format!("{fitting} stations") };
        let listing = Self {
            asked: at(page),
            controls: all > PLAIN_STATIONS || !asked.is_plain(),
            count: if pages > 1 { format!("{}–{} of {stations}", shown.start + 1, shown.end) } else { stations },
            whole: shown.len() == all,
            any: all > 0,
            place: if pages > 1 { format!("Page {page} of {pages}") } else { String::new() },
            everything: if asked.is_narrow() { Asked::sorted(asked.sort).path() } else { String::new() },
            previous: if page > 1 { at(page - 1).path() } else { String::new() },
            next: if page < pages { at(page + 1).path() } else { String::new() },
        };
        (listing, shown)
    }

    /// The orders, as options of a form: value, text, and whether it is chosen.
    pub(crate) fn sorts(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        Sort::ALL.into_iter().map(|(sort, value, text)| (value, text, sort == self.asked.sort))
    }

    /// The choices by freshness, likewise.
    pub(crate) fn shows(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        Show::ALL.into_iter().map(|(show, value, text)| (value, text, show == self.asked.show))
    }
}

/// The stations whose name or slug has the text in it, large and small letters alike.
pub(crate) fn named<'a>(
    stations: impl Iterator<Item = &'a Arc<Station>>,
    find: &str,
) -> impl Iterator<Item = &'a Arc<Station>> {
    let find = find.to_lowercase();
    stations.filter(move |station| {
        find.is_empty() || station.slug.as_str().contains(&find) || station.name.to_lowercase().contains(&find)
    })
}

/// What the choice of a station depends on.
pub(crate) struct Standing {
    pub(crate) station: Arc<Station>,
    state: StationState,
    /// The temperature that its card shows.
    shown_c: Option<f64>,
    heard_at: Option<Timestamp>,
}

impl Standing {
    /// What these facts say now.
    pub(crate) fn of(facts: &Facts, now: Timestamp) -> Self {
        let facts = &*facts.known_at(now);
        let fresh = |at: Timestamp| Freshness::of(Some(at), now, facts.interval_ms) != Freshness::Offline;
        Self {
            station: Arc::clone(&facts.station),
            state: facts.state(now),
            shown_c: facts.main(Quantity::Temperature).filter(|one| fresh(one.observed_at)).map(|one| one.value),
            heard_at: facts.observed_at().filter(|at| !is_ahead(*at, now)),
        }
    }
}

/// The stations that fit, in the order that was asked for. They come sorted by name, and equals stay so.
pub(crate) fn chosen(mut stations: Vec<Standing>, asked: &Asked) -> Vec<Arc<Station>> {
    stations.retain(|standing| asked.show.takes(standing.state));
    let last = |a: &Standing, b: &Standing, order: fn(&f64, &f64) -> Ordering| match (a.shown_c, b.shown_c) {
        (Some(a), Some(b)) => order(&a, &b),
        (a, b) => b.is_some().cmp(&a.is_some()),
    };
    match asked.sort {
        Sort::Name => {}
        Sort::Warmest => stations.sort_by(|a, b| last(a, b, |a, b| b.total_cmp(a))),
        Sort::Coldest => stations.sort_by(|a, b| last(a, b, f64::total_cmp)),
        Sort::Heard => stations.sort_by_key(|standing| std::cmp::Reverse(standing.heard_at)),
    }
    stations.into_iter().map(|standing| standing.station).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_hold_every_station_once() {
        for fitting in [0_usize, 1, 59, 60, 61, 130, 1_000] {
            let pages = fitting.div_ceil(PAGE_STATIONS).max(1);
            let shown = |page| Listing::of(&Asked { page, ..Asked::default() }, fitting, fitting).1;
            let all: Vec<usize> = (1..=pages).flat_map(shown).collect();
            assert_eq!(all, (0..fitting).collect::<Vec<_>>());
            assert_eq!(shown(pages + 7), shown(pages), "behind the last is the last");
        }
    }
}
