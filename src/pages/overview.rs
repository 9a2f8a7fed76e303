//! `/`: all stations, or a page of them, as cards or as a table.

use super::listing::Listing;
use super::roster::{self, Columns, Roster};
use super::sheet::Sheet;
use super::sketch::Sketch;
use super::views::{ForReader, Frame};
use crate::storage::words::Visitor;
use crate::web::address::Address;
use askama::Template;
use askama_web::WebTemplate;
use std::borrow::Cow;
use std::sync::Arc;
use weather::preference::Preference;
use weather::time::Timestamp;

/// The name of no station: a page that shows none watches it, and hears nothing.
const NO_STATION: &str = "_";

/// The page.
#[derive(Debug, Template, WebTemplate)]
#[template(path = "overview.html")]
pub struct Overview {
    frame: Frame,
    listing: Listing,
    /// The stations as cards, or as rows of a table.
    shown: Shown,
    /// Where they stand.
    sketch: Option<Sketch>,
    address: String,
    /// The server as consoles are told of it.
    server: String,
}

/// Stations, ready to print: those that are heard, then those that are silent. HTML.
#[derive(Debug)]
enum Shown {
    Cards { heard: Vec<Arc<str>>, silent: Vec<Arc<str>> },
    Table(Roster),
}

impl Shown {
    fn any(&self) -> bool {
        let (Self::Cards { heard, silent } | Self::Table(Roster { heard, silent, .. })) = self;
        heard.len() + silent.len() > 0
    }
}

impl Overview {
    /// The same with a token for the visitor's forms.
    pub fn signed(self, visitor: Option<&Visitor>) -> Self {
        Self { frame: self.frame.signed(visitor), ..self }
    }

    /// The same with what depends on who reads it.
    pub fn read_by(self, reader: ForReader) -> Self {
        Self { frame: self.frame.read_by(reader), ..self }
    }

    /// The page of these stations.
    pub fn of(
        sheets: &[Arc<Sheet>],
        listing: Listing,
        cursor: String,
        now: Timestamp,
        preference: Preference,
        address: &Address,
    ) -> Self {
        let watch = match sheets {
            // New stations are to show up, too.
            _ if listing.whole => Vec::new(),
            [] => vec![NO_STATION],
            sheets => sheets.iter().map(|sheet| sheet.slug()).collect(),
        };
        let facts: Vec<_> = sheets.iter().map(|sheet| sheet.facts(now)).collect();
        let facts = || facts.iter().map(Cow::as_ref);
        let heard = listing.heard.min(sheets.len());
        let split = |mut all: Vec<Arc<str>>| {
            let silent = all.split_off(heard);
            (all, silent)
        };
        let (states, shown): (Vec<Arc<str>>, _) = if listing.table {
            let columns = Columns::of(facts());
            let (heard, silent) = split(sheets.iter().map(|sheet| sheet.row(columns, now, preference)).collect());
            let heads = roster::heads(columns, &listing.asked, preference);
            let states = sheets.iter().map(|sheet| sheet.row_json(now)).collect();
            (states, Shown::Table(Roster { heads, heard, silent }))
        } else {
            let (heard, silent) = split(sheets.iter().map(|sheet| sheet.card(now, preference)).collect());
            (sheets.iter().map(|sheet| sheet.json(now)).collect(), Shown::Cards { heard, silent })
        };
        Self {
            frame: Frame::still("Stevenson", &listing.asked.path(), now, preference).live(watch, &states, cursor, now),
            sketch: Sketch::of(facts(), now, preference),
            shown,
            address: address.as_str().to_owned(),
            server: address.for_consoles(),
            listing,
        }
    }
}
