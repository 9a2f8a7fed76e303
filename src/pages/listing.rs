//! A page of a long list: which stations are on it, and the ways to the others.

use super::asked::{Asked, By, Show, Sort, View};
use super::facts::Facts;
use std::sync::Arc;
use weather::freshness::{Freshness, is_ahead};
use weather::quantity::Quantity;
use weather::station::Station;
use weather::station_state::StationState;
use weather::time::Timestamp;

/// Cards on a page: ten screens of them, and a page names all of them to the channel, which takes 64 (`WATCH_MAX` in `place.js`).
pub const PAGE_STATIONS: usize = 60;
/// Rows of the table on a page: some 1 kB each before compression, and a browser keeps up with them at 400 reports a second.
pub const TABLE_STATIONS: usize = 2_000;
/// So many stations are cards, if nobody asks for the table.
const CARD_STATIONS: usize = 12;
/// So many stations are found without a search: up to here the page has no controls.
const PLAIN_STATIONS: usize = 8;
/// So many silent stations are shown openly below the others. More are folded.
const SILENT_OPEN: usize = 6;

/// A page of the list, ready to print. An empty text is not shown.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// What was asked for; its page is the one that is shown.
    pub(crate) asked: Asked,
    /// True if stations are rows of a table.
    pub(crate) table: bool,
    /// True if there is a form to search by.
    pub(crate) controls: bool,
    /// `130 stations`, `61–120 of 130 stations`.
    pub(crate) count: String,
    /// True if the page shows all stations there are.
    pub(crate) whole: bool,
    /// True if there are stations.
    pub(crate) any: bool,
    /// So many of the page's stations come before those that are silent.
    pub(crate) heard: usize,
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
        // The number of all decides: a search does not turn a table into cards.
        let table = match asked.view {
            View::Fitting => all > CARD_STATIONS,
            view => view == View::Table,
        };
        let size = if table { TABLE_STATIONS } else { PAGE_STATIONS };
        let pages = fitting.div_ceil(size).max(1);
        let page = asked.page.clamp(1, pages);
        let shown = (page - 1) * size..(page * size).min(fitting);
        let at = |page: usize| Asked { page, ..asked.clone() };
        let stations = if fitting == 1 { "1 station".to_owned() } else { format!("{fitting} stations") };
        let listing = Self {
            asked: at(page),
            table,
            controls: all > PLAIN_STATIONS || !asked.is_plain(),
            count: if pages > 1 { format!("{}–{} of {stations}", shown.start + 1, shown.end) } else { stations },
            whole: shown.len() == all,
            any: all > 0,
            heard: shown.len(),
            place: if pages > 1 { format!("Page {page} of {pages}") } else { String::new() },
            everything: if asked.is_narrow() { asked.of_all().path() } else { String::new() },
            previous: if page > 1 { at(page - 1).path() } else { String::new() },
            next: if page < pages { at(page + 1).path() } else { String::new() },
        };
        (listing, shown)
    }

    /// The same where only the first `heard` stations of the page are not silent. If all are silent, nobody stands apart.
    pub fn with_heard(self, heard: usize) -> Self {
        Self { heard: if heard == 0 { self.heard } else { heard.min(self.heard) }, ..self }
    }

    /// The orders, as options of a form: value, text, and whether it is chosen. Cards show fewer figures to sort by.
    pub(crate) fn sorts(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        let offered = if self.table { Sort::ALL.len() } else { Sort::OF_CARDS };
        let options = Sort::ALL.into_iter().map(|(sort, value, text)| (value, text, sort == self.asked.sort));
        options.enumerate().filter(move |(place, (.., chosen))| *place < offered || *chosen).map(|(_, option)| option)
    }

    /// The choices by freshness, likewise.
    pub(crate) fn shows(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        Show::ALL.into_iter().map(|(show, value, text)| (value, text, show == self.asked.show))
    }

    /// The ways to show stations: address, text, and whether it is the present one.
    pub(crate) fn views(&self) -> impl Iterator<Item = (String, &'static str, bool)> {
        let here = if self.table { View::Table } else { View::Cards };
        let choices = View::ALL.into_iter().filter(|(view, ..)| *view != View::Fitting);
        choices.map(move |(view, _, text)| (self.asked.viewed(view).path(), text, view == here))
    }

    /// The view that was asked for, as a form sends it; empty: none.
    pub(crate) fn view(&self) -> &'static str {
        View::ALL.into_iter().find(|(view, ..)| *view == self.asked.view).map_or("", |(_, value, _)| value)
    }

    /// Whether stations stand in the order of their names: one that is heard again goes where its name belongs.
    pub(crate) fn is_by_name(&self) -> bool {
        self.asked.sort == Sort::default()
    }

    /// Whether silent stations are folded at first.
    pub(crate) fn folds(silent: usize) -> bool {
        silent > SILENT_OPEN
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
    /// The figure that stations are sorted by, if the page shows it.
    figure: Option<f64>,
}

impl Standing {
    /// What these facts say now.
    pub(crate) fn of(facts: &Facts, by: By, now: Timestamp) -> Self {
        let facts = &*facts.known_at(now);
        let fresh = |at: Timestamp| Freshness::of(Some(at), now, facts.interval_ms) != Freshness::Offline;
        let main = |quantity: Quantity| facts.main(quantity).filter(|one| fresh(one.observed_at)).map(|one| one.value);
        let extreme = || facts.extreme(Quantity::Temperature);
        let figure = match by {
            By::Name => None,
            By::Elevation => facts.station.elevation_m,
            By::Temperature => main(Quantity::Temperature),
            By::Low => extreme().map(|extreme| extreme.low),
            By::High => extreme().map(|extreme| extreme.high),
            By::Humidity => main(Quantity::Humidity),
            By::Wind => main(Quantity::WindSpeed),
            By::Rain => main(Quantity::Precipitation),
            By::Pressure => main(Quantity::SeaLevelPressure),
            // Milliseconds since 1970 are whole numbers of a float for another 280,000 years.
            By::Heard => facts.observed_at().filter(|at| !is_ahead(*at, now)).map(|at| at.0 as f64),
        };
        Self { station: Arc::clone(&facts.station), state: facts.state(now), figure }
    }
}

/// The stations that fit, in the order that was asked for, and how many of them are heard: those that are silent come last.
/// They come sorted by name, and equals stay so.
pub(crate) fn chosen(mut stations: Vec<Standing>, asked: &Asked) -> (Vec<Arc<Station>>, usize) {
    let Sort { by, down } = asked.sort;
    stations.retain(|standing| asked.show.takes(standing.state));
    if by == By::Name && down {
        stations.reverse();
    }
    stations.sort_by(|a, b| match (a.figure, b.figure) {
        (Some(a), Some(b)) if down => b.total_cmp(&a),
        (Some(a), Some(b)) => a.total_cmp(&b),
        (a, b) => b.is_some().cmp(&a.is_some()),
    });
    stations.sort_by_key(|standing| !standing.state.is_heard());
    let heard = stations.partition_point(|standing| standing.state.is_heard());
    (stations.into_iter().map(|standing| standing.station).collect(), heard)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_hold_every_station_once() {
        let sizes = [0_usize, 1, 59, 60, 61, 130, 1_000, 2_000, 4_001];
        for (fitting, view) in sizes.into_iter().flat_map(|size| [(size, View::Cards), (size, View::Table)]) {
            let size = if view == View::Table { TABLE_STATIONS } else { PAGE_STATIONS };
            let pages = fitting.div_ceil(size).max(1);
            let shown = |page| Listing::of(&Asked { page, view, ..Asked::default() }, fitting, fitting).1;
            let all: Vec<usize> = (1..=pages).flat_map(shown).collect();
            assert_eq!(all, (0..fitting).collect::<Vec<_>>());
            assert_eq!(shown(pages + 7), shown(pages), "behind the last is the last");
        }
    }

    #[test]
    fn twelve_stations_are_cards_and_thirteen_are_a_table_unless_somebody_says_otherwise() {
        let is_table = |view, all| Listing::of(&Asked { view, ..Asked::default() }, 1, all).0.table;
        assert_eq!([1, 12, 13, 2_000].map(|all| is_table(View::Fitting, all)), [false, false, true, true]);
        assert!(is_table(View::Table, 1) && !is_table(View::Cards, 2_000));
    }

    #[test]
    fn nobody_stands_apart_where_all_are_silent() {
        let listing = Listing::of(&Asked::default(), 5, 5).0;
        assert_eq!([0, 2, 5, 9].map(|heard| listing.clone().with_heard(heard).heard), [5, 2, 5, 5]);
    }
}
