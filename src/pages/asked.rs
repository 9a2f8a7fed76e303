//! What the address of the overview asks for: which stations, in which order, which page of them.

use form_urlencoded::Serializer;
use rocket::request::{FromRequest, Outcome, Request};
use std::convert::Infallible;
use weather::station_state::StationState;

/// Longest text that is searched for, in characters: as long as a station's name.
const FIND_MAX_CHARS: usize = 80;

/// Which stations, in which order, and how. A value that makes no sense falls back to the usual one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Asked {
    /// A part of their name or slug; empty: any.
    pub find: String,
    pub sort: Sort,
    pub show: Show,
    pub view: View,
    /// From 1; 0 if none was asked for.
    pub page: usize,
}

/// How stations are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum View {
    /// As suits their number.
    #[default]
    Fitting,
    Cards,
    Table,
}

/// The order of stations: by what, and which way. Stations without the figure come last either way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sort {
    pub by: By,
    /// The largest first; of names Z first, of times the newest first.
    pub down: bool,
}

/// What stations are sorted by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum By {
    #[default]
    Name,
    Elevation,
    Temperature,
    /// Today's lowest temperature.
    Low,
    /// Today's highest temperature.
    High,
    Humidity,
    Wind,
    Rain,
    Pressure,
    /// When the newest value was measured.
    Heard,
}

/// Which stations by how fresh they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Show {
    #[default]
    All,
    /// Heard, be its clock right or not.
    Online,
    /// Offline, or without a reading so far.
    Offline,
}

impl View {
    /// All choices: the value in addresses, and what people read.
    pub(crate) const ALL: [(Self, &str, &str); 3] =
        [(Self::Fitting, "", ""), (Self::Cards, "cards", "Cards"), (Self::Table, "table", "Table")];
}

const fn up(by: By) -> Sort {
    Sort { by, down: false }
}

const fn down(by: By) -> Sort {
    Sort { by, down: true }
}

impl Sort {
    /// All orders: the value in addresses, and what people read.
    pub(crate) const ALL: [(Self, &str, &str); 20] = [
        (up(By::Name), "name", "Name"),
        (down(By::Temperature), "warmest", "Warmest"),
        (up(By::Temperature), "coldest", "Coldest"),
        (down(By::Heard), "heard", "Last heard"),
        (up(By::Heard), "unheard", "Longest unheard"),
        (down(By::Name), "name-z", "Name, from Z"),
        (down(By::Elevation), "high-up", "Highest place"),
        (up(By::Elevation), "low-down", "Lowest place"),
        (up(By::Low), "low", "Lowest low"),
        (down(By::Low), "mild-low", "Highest low"),
        (down(By::High), "high", "Highest high"),
        (up(By::High), "cool-high", "Lowest high"),
        (down(By::Humidity), "humid", "Most humid"),
        (up(By::Humidity), "dry-air", "Least humid"),
        (down(By::Wind), "windy", "Most wind"),
        (up(By::Wind), "calm", "Least wind"),
        (down(By::Rain), "rain", "Most rain"),
        (up(By::Rain), "dry", "Least rain"),
        (down(By::Pressure), "pressure", "Highest pressure"),
        (up(By::Pressure), "low-pressure", "Lowest pressure"),
    ];
    /// So many of them are offered where stations are cards: cards show no other figures.
    pub(crate) const OF_CARDS: usize = 4;
}

impl Show {
    /// All choices: the value in addresses, and what people read.
    pub(crate) const ALL: [(Self, &str, &str); 3] =
        [(Self::All, "all", "All"), (Self::Online, "online", "Online"), (Self::Offline, "offline", "Offline")];

    /// True for a station that is in such a state.
    pub(crate) fn takes(self, state: StationState) -> bool {
        match self {
            Self::All => true,
            Self::Online => state.is_heard(),
            Self::Offline => !state.is_heard(),
        }
    }
}

impl Asked {
    /// Reads the query of an address: `find=hut&sort=warmest&show=online&page=2`. Of a field that comes twice, the last
    /// counts.
    pub fn read(query: &str) -> Self {
        let mut asked = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "find" => asked.find = value.trim().chars().take(FIND_MAX_CHARS).collect(),
                "sort" => asked.sort = pick(&Sort::ALL, &value),
                "show" => asked.show = pick(&Show::ALL, &value),
                "view" => asked.view = pick(&View::ALL, &value),
                "page" => asked.page = value.parse().unwrap_or(0),
                _ => {}
            }
        }
        asked
    }

    /// The address that asks for this: `/`, or `/?find=hut&page=2`. What is usual is left out.
    pub fn path(&self) -> String {
        let mut query = Serializer::new(String::new());
        if !self.find.is_empty() {
            query.append_pair("find", &self.find);
        }
        let choices = [
            ("sort", value(&Sort::ALL, self.sort)),
            ("show", value(&Show::ALL, self.show)),
            ("view", value(&View::ALL, self.view)),
        ];
        for (name, value) in choices {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        if self.page > 1 {
            query.append_pair("page", &self.page.to_string());
        }
        match query.finish() {
            query if query.is_empty() => "/".to_owned(),
            query => format!("/?{query}"),
        }
    }

    /// True if all stations are asked for, in the usual order.
    pub(crate) fn is_plain(&self) -> bool {
        *self == Self { page: self.page, ..Self::default() }
    }

    /// True if stations may be left out.
    pub(crate) fn is_narrow(&self) -> bool {
        !self.find.is_empty() || self.show != Show::All
    }

    /// All stations in the same order, shown in the same way.
    pub(crate) fn of_all(&self) -> Self {
        Self { sort: self.sort, view: self.view, ..Self::default() }
    }

    /// The same stations from the first page, in another order.
    pub(crate) fn sorted(&self, sort: Sort) -> Self {
        Self { sort, page: 0, ..self.clone() }
    }

    /// The same stations from the first page, shown in another way.
    pub(crate) fn viewed(&self, view: View) -> Self {
        Self { view, page: 0, ..self.clone() }
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Asked {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        Outcome::Success(Self::read(request.uri().query().map_or("", |query| query.as_str())))
    }
}

/// The choice of that value; the first if there is none.
fn pick<T: Copy + Default>(all: &[(T, &str, &str)], value: &str) -> T {
    all.iter().find(|(_, name, _)| *name == value).map(|(one, ..)| *one).unwrap_or_default()
}

/// The value of a choice; none of the usual one.
fn value<T: Copy + Default + PartialEq>(all: &[(T, &'static str, &str)], one: T) -> Option<&'static str> {
    all.iter().find(|(other, ..)| *other == one && one != T::default()).map(|(_, name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_and_written_alike() {
        for path in [
            "/",
            "/?find=hut+%26+co&sort=warmest&show=offline&page=3",
            "/?sort=heard",
            "/?page=2",
            "/?view=table",
            "/?sort=low-pressure&view=cards&page=2",
        ] {
            let query = path.split_once('?').map_or("", |(_, query)| query);
            assert_eq!(Asked::read(query).path(), path);
        }
    }

    #[test]
    fn what_makes_no_sense_is_the_usual() {
        for odd in [
            "sort=up&show=&page=-1",
            "page=0",
            "page=99999999999999999999999",
            "%ff=%00&&=&find=+",
            "sort=NAME&view=list",
        ] {
            assert_eq!(Asked::read(odd), Asked::default(), "{odd}");
        }
        assert_eq!(Asked::read(&format!("find={}", "é".repeat(500))).find.chars().count(), FIND_MAX_CHARS);
    }
}
