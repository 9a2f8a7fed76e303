//! Makes the page of a station from storage, the keeper and the visitor's request.

use super::clock;
use super::conversation::{self, Conversation, WORDS_SHOWN_MAX};
use super::fault::Fault;
use super::past::Past;
use super::sheets::Sheets;
use super::style::Style;
use super::views::{ForReader, StationPage};
use super::{reads, today};
use crate::keeper::Keeper;
use crate::storage::Storage;
use crate::storage::words::Visitor;
use crate::web::address::Address;
use crate::web::settings::Settings;
use crate::web::{NewestCursor, Options, client, rooms, visitor};
use channel::crowd::Source;
use chrono::Offset;
use rocket::http::Status;
use rocket::request::{FromRequest, Outcome, Request};
use std::sync::Arc;
use weather::clock::{Off, correction, is_local_time};
use weather::preference::Preference;
use weather::station::{Slug, Station};

/// Everything that the page of a station needs: the parts that it asks, the visitor's units and the server's address.
pub(crate) struct Desk<'r> {
    pub storage: &'r Storage,
    pub sheets: &'r Sheets,
    pub past: &'r Past,
    pub newest: &'r NewestCursor,
    pub keeper: &'r Keeper,
    pub preference: Preference,
    pub settings: Settings,
    pub address: Address,
    /// The visitor that the cookie names.
    pub known: Option<Visitor>,
    /// The source that the visitor's words count against.
    pub source: Option<Source>,
    /// The stylesheet for who comes for the first time.
    pub style: Option<&'r Style>,
    /// True if the owner asks.
    pub is_owner: bool,
    /// True if the owner's rooms are open to who asks, or may be.
    pub shows_rooms: bool,
}

/// How to put a clock right. It is never done in silence: a station may also send what it has kept for some hours.
fn clock_offer(station: &Station, off: Off) -> Option<String> {
    let zone_s = clock::local(&station.zone, off.heard_at).offset().fix().local_minus_utc();
    let seems = if is_local_time(off.by_ms, zone_s) { " It seems to send its local time as UTC." } else { "" };
    let right = correction(off.right_ms(station.clock_offset_ms)?);
    Some(format!(
        "The clock of {} is {}.{seems} If it cannot be set: stevenson station set {} --clock-offset {right}",
        station.name,
        weather::clock::off(off.by_ms),
        station.slug,
    ))
}

/// So many stations are named on the overview whose shares are nearly full.
const STATIONS_NAMED: usize = 3;

impl Desk<'_> {
    /// The station of this name.
    pub(crate) async fn station(&self, slug: &str) -> Result<Arc<Station>, Fault> {
        let unknown = || Fault::not_found("There is no station of this name. It may have been removed or renamed.");
        let slug = Slug::new(slug).map_err(|_| unknown())?;
        self.storage.station_by_slug(slug.as_str()).await.ok_or_else(unknown)
    }

    /// What the owner is to know before something is full: the database, or the share of a station. Of all stations if none is
    /// given. Nobody else is told.
    fn warnings(&self, of: Option<&Station>) -> Vec<String> {
        if !self.is_owner {
            return Vec::new();
        }
        let mut stations = self.storage.station_rooms();
        stations.retain(|(station, _)| of.is_none_or(|of| of.id == station.id));
        let stations = stations.iter().filter_map(|(station, room)| room.station_warning(&station.name));
        self.storage.room().warning().into_iter().chain(stations.take(STATIONS_NAMED)).collect()
    }

    /// What depends on who reads a page: the colours, and what the owner alone is to see.
    pub(crate) fn for_reader(&self, of: Option<&Station>) -> ForReader {
        let (mut clock, mut put_right) = (String::new(), String::new());
        if let Some(station) = of.filter(|_| self.is_owner)
            && let Some(offer) = self.storage.heard(station.id).off().and_then(|off| clock_offer(station, off))
        {
            clock = offer;
            if self.shows_rooms {
                put_right = format!("/admin/stations/{}#put-right", station.slug);
            }
        }
        let theme = self.settings.theme.attribute();
        // Who has a cookie was here, and has the file.
        let style = self.style.filter(|_| self.known.is_none()).map(Style::text);
        ForReader { theme, style, warnings: self.warnings(of), clock, put_right, shows_rooms: self.shows_rooms }
    }

    /// The page of a station; `dress` may change its panel. Without a visitor the panel has no words.
    pub(crate) async fn page(
        &self,
        station: &Arc<Station>,
        visitor: Option<&Visitor>,
        dress: impl FnOnce(Conversation) -> Conversation,
    ) -> Result<StationPage, Fault> {
        // The cursor is read first, so that the page's scripts miss no news that comes while the page is made.
        let (cursor, now) = (self.newest.read(), clock::now());
        let words = async {
            let Some(visitor) = visitor else { return Some(Vec::new()) };
            let words = self.storage.conversation(visitor, station.slug.as_str(), WORDS_SHOWN_MAX).await;
            // A page without the keeper's words is better than no page.
            words.inspect_err(|error| tracing::warn!(%error, "a conversation could not be read")).ok()
        };
        let past = async {
            let past = self.past.until_yesterday(self.storage, &cursor, station, now).await;
            // So is a page without records.
            past.inspect_err(|error| tracing::warn!(%error, "the days of a station could not be read"))
                .unwrap_or_default()
        };
        let facts = reads::station(self.storage, self.sheets, station, &cursor, now);
        let (facts, words, past) = tokio::join!(facts, words, past);
        let (facts, preference) = (facts?, self.preference);
        let keeper = Conversation::of(words.as_deref(), station.zone.clone(), now, conversation::key());
        let page = StationPage::of(&facts, dress(keeper), cursor, now, preference, &self.address);
        let records = today::records(&past, &facts, now, preference);
        Ok(page.with_records(records).signed(visitor).read_by(self.for_reader(Some(station))))
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Desk<'r> {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        let state = request.rocket();
        let (storage, sheets, past) = (state.state(), state.state(), state.state());
        let (Some(storage), Some(sheets), Some(past)) = (storage, sheets, past) else {
            return Outcome::Error((Status::ServiceUnavailable, ()));
        };
        let (Some(newest), Some(keeper)) = (state.state(), state.state()) else {
            return Outcome::Error((Status::ServiceUnavailable, ()));
        };
        let (settings, known) = (Settings::of(request), visitor::known(request));
        let options = state.state::<Options>();
        let source = options.and_then(|options| client::address(request, options)).and_then(Source::of);
        let is_owner = options.is_some_and(|options| client::is_owner(request, options));
        let is_local = options.is_some_and(|options| client::is_local(request, options));
        let shows_rooms = is_local || rooms::has_sign(request);
        match request.guard::<Address>().await {
            Outcome::Success(address) => Outcome::Success(Self {
                storage,
                sheets,
                past,
                newest,
                keeper,
                preference: settings.preference(),
                settings,
                address,
                known,
                source,
                style: state.state(),
                is_owner,
                shows_rooms,
            }),
            Outcome::Error(_) | Outcome::Forward(_) => Outcome::Error((Status::ServiceUnavailable, ())),
        }
    }
}
