//! The stories of the pages: each template in every state. Everything in them is made up, and their present is fixed.

mod made_up;
mod marked;
mod panels;
mod rooms;
mod tables;
mod years;

use super::conversation::Conversation;
use super::embed;
use super::facts::Facts;
use super::fault;
use super::kiosk::Kiosk;
use super::lab;
use super::settings;
use super::views::{ForReader, StationPage};
use crate::web::address::Address;
use crate::web::settings::{Settings, Theme};
use crate::web::storybook::{NOW, Story, printed};
use made_up::{LONG, bare, full};
use rocket::http::Status;
use std::net::{Ipv4Addr, SocketAddr};
use weather::preference::{Numbers, Preference};

/// The channel's cursor.
const CURSOR: &str = "7Q.1234";
const METRIC: Preference = Preference::METRIC;
const US: Preference = Preference::US;

/// All stories, those of a template side by side.
pub fn stories() -> Vec<Story> {
    [&STATIONS[..], &KEEPER, &KIOSKS, &SMALL, &REST, &tables::STORIES, &years::STORIES].concat()
}

const STATION: &str = "station.html";

const STATIONS: [Story; 29] =
    [
        Story::new(STATION, "full", "All that a console measures.", |_| station(&full())),
        Story::new(STATION, "temperature", "It measures the temperature only.", |_| station(&rooms::temperature())),
        Story::new(STATION, "soil", "It measures the soil only.", |_| station(&rooms::soil())),
        Story::new(STATION, "rooms", "Six rooms, and nothing outdoors.", |_| station(&rooms::six())),
        Story::new(STATION, "air", "Air quality, and nothing else.", |_| station(&rooms::air())),
        Story::new(STATION, "rain", "It measures the rain only.", |_| station(&rooms::rain())),
        Story::new(STATION, "greenhouse", "A console with two more sensors.", |_| station(&rooms::greenhouse())),
        Story::new(STATION, "sensors", "More sensors than the page opens.", |_| station(&rooms::many())),
        Story::new(STATION, "offline", "Nothing was heard for three hours.", |_| station(&marked::offline())),
        Story::new(STATION, "late", "The newest report is nine minutes old.", |_| station(&marked::late())),
        Story::new(STATION, "old-wind", "The anemometer is silent.", |_| station(&marked::old_wind())),
        Story::new(STATION, "no-thermometer", "The thermometer is silent.", |_| station(&marked::no_thermometer())),
        Story::new(STATION, "waiting", "It waits for its first reading.", |_| station(&bare("Nobody Yet"))),
        Story::new(STATION, "freezing", "It is colder than zero.", |_| station(&made_up::warm("Glacier Hut", -4.05))),
        Story::new(STATION, "hot", "It is hot.", |_| station(&made_up::warm("Quarry", 36.4))),
        Story::new(STATION, "calm", "No wind blows.", |_| station(&marked::calm())),
        Story::new(STATION, "gap", "Nothing came for three hours of the day.", |_| station(&marked::gap())),
        Story::new(STATION, "records", "Records fell today.", |_| printed(&page(&full()).with_records(records()))),
        Story::new(STATION, "marked", "Some values do not count.", |_| station(&marked::marked())),
        Story::new(STATION, "frozen", "Its values are always the same.", |_| station(&marked::frozen())),
        Story::new(STATION, "clock", "Its clock is five hours behind.", |_| station(&marked::clock_off())),
        Story::new(STATION, "owner", "The owner is told of the clock and of the disk.", |_| owners()),
        Story::new(STATION, "long-names", "Names as long as they may be.", |_| station(&rooms::long_names())),
        Story::new(STATION, "us", "Units of the US.", |_| printed(&paged(&full(), US, |panel| panel))),
        Story::new(STATION, "comma", "Numbers with a comma.", |_| {
            printed(&paged(&full(), METRIC.writing(Numbers::Comma), |panel| panel))
        }),
        Story::new(STATION, "set-dark", "The reader has set dark colours.", |_| coloured(Theme::Dark)),
        Story::new(STATION, "set-light", "The reader has set light colours.", |_| coloured(Theme::Light)),
        Story::new(STATION, "night", "The sun does not rise: the pictures are dark.", |_| {
            station(&made_up::in_the_north())
        }),
        Story::new(STATION, "no-place", "Nobody knows where it stands: no night is shaded.", |_| {
            station(&made_up::without_place())
        }),
    ];

const PANEL: &str = "part/keeper.html";

const KEEPER: [Story; 7] = [
    Story::new(PANEL, "talk", "Words of both sides, and a warning.", |_| keeper(&panels::talk())),
    Story::new(PANEL, "thinking", "The keeper thinks.", |_| keeper(&panels::thinking())),
    Story::new(PANEL, "draft", "A suggestion is in the field.", |_| keeper(&panels::draft())),
    Story::new(PANEL, "complaint", "The text was refused.", |_| keeper(&panels::complaint())),
    Story::new(PANEL, "away", "The words cannot be read.", |_| keeper(&panels::away())),
    Story::new(PANEL, "long", "Fifty words, long ones among them.", |_| keeper(&panels::long())),
    Story::new(PANEL, "odd", "Words without a blank, and in another script.", |_| keeper(&panels::odd())),
];

const KIOSK: &str = "kiosk.html";

const KIOSKS: [Story; 7] = [
    Story::new(KIOSK, "full", "All that a console measures.", |_| kiosk(&full())),
    Story::new(KIOSK, "dark", "The sun has set.", |_| kiosk(&made_up::in_the_east())),
    Story::new(KIOSK, "rooms", "Six rooms, and nothing outdoors.", |_| kiosk(&rooms::six())),
    Story::new(KIOSK, "temperature", "It measures the temperature only.", |_| kiosk(&rooms::temperature())),
    Story::new(KIOSK, "offline", "Nothing was heard for three hours.", |_| kiosk(&marked::offline())),
    Story::new(KIOSK, "waiting", "It waits for its first reading.", |_| kiosk(&bare("Nobody Yet"))),
    Story::new(KIOSK, "us", "A long name, and units of the US.", |_| {
        printed(&Kiosk::of(&made_up::warm(LONG, 36.4), CURSOR.to_owned(), NOW, US))
    }),
];

const EMBED: &str = "embed.html";
const BADGE: &str = "badge.svg";

const SMALL: [Story; 11] = [
    Story::new(EMBED, "medium", "The usual frame.", |_| embed::stories::frame(&full(), ["medium", ""], METRIC)),
    Story::new(EMBED, "small", "The small frame.", |_| embed::stories::frame(&full(), ["small", ""], METRIC)),
    Story::new(EMBED, "large", "The large frame, dark.", |_| embed::stories::frame(&full(), ["large", "dark"], METRIC)),
    Story::new(EMBED, "rooms", "Nothing outdoors.", |_| embed::stories::frame(&rooms::six(), ["medium", ""], METRIC)),
    Story::new(EMBED, "offline", "Nothing was heard for three hours.", |_| {
        embed::stories::frame(&marked::offline(), ["medium", ""], METRIC)
    }),
    Story::new(EMBED, "waiting", "It waits for its first reading.", |_| {
        embed::stories::frame(&bare("Nobody Yet"), ["medium", ""], METRIC)
    }),
    Story::new(EMBED, "us", "A long name, and units of the US.", |_| {
        embed::stories::frame(&made_up::warm(LONG, 36.4), ["large", "light"], US)
    }),
    Story::new(BADGE, "mild", "The usual badge.", |_| embed::stories::badge(&full(), METRIC)),
    Story::new(BADGE, "freezing", "Colder than zero.", |_| {
        embed::stories::badge(&made_up::warm("Glacier Hut", -14.05), METRIC)
    }),
    Story::new(BADGE, "offline", "Nothing was heard.", |_| embed::stories::badge(&marked::offline(), METRIC)),
    Story::new(BADGE, "us", "A long name, in the units of the US.", |_| {
        embed::stories::badge(&made_up::warm(LONG, 36.4), US)
    }),
];

const LAB: &str = "lab.html";
const FAULT: &str = "fault.html";

const SETTINGS: &str = "settings.html";

const REST: [Story; 9] = [
    Story::new(LAB, "stations", "Two stations bring news.", |_| lab::story(&["Harbour", "Town Hall"], NOW)),
    Story::new(LAB, "empty", "There is no station.", |_| lab::story(&[], NOW)),
    Story::new(SETTINGS, "usual", "Nothing has been set.", |_| settings::story(Settings::default(), NOW)),
    Story::new(SETTINGS, "set", "Units of the US, knots, a comma, dark colours.", |_| {
        let mut set = Settings::default().with_units("f-us-kn");
        (set.theme, set.numbers) = (Theme::Dark, Some(Numbers::Comma));
        settings::story(set, NOW)
    }),
    Story::new(FAULT, "403", "A form of another site.", |_| fault::story(Status::Forbidden, NOW)),
    Story::new(FAULT, "404", "No such page.", |_| fault::story(Status::NotFound, NOW)),
    Story::new(FAULT, "429", "Too many requests.", |_| fault::story(Status::TooManyRequests, NOW)),
    Story::new(FAULT, "500", "An error of the server.", |_| fault::story(Status::InternalServerError, NOW)),
    Story::new(FAULT, "503", "The server is busy.", |_| fault::story(Status::ServiceUnavailable, NOW)),
];

/// Where the visitor's browser found the server.
fn address() -> Address {
    Address::of(Some("weather.example"), true, SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
}

fn paged(facts: &Facts, preference: Preference, dress: impl FnOnce(Conversation) -> Conversation) -> StationPage {
    let panel = panels::of(Some(&[]), &facts.station);
    StationPage::of(facts, dress(panel), CURSOR.to_owned(), NOW, preference, &address())
}

fn page(facts: &Facts) -> StationPage {
    paged(facts, METRIC, |panel| panel)
}

fn station(facts: &Facts) -> String {
    printed(&page(facts))
}

/// A station's page in the colours that its reader has set.
fn coloured(theme: Theme) -> String {
    printed(&page(&full()).read_by(ForReader { theme: theme.attribute(), ..ForReader::default() }))
}

/// A station's page with that panel.
fn keeper(panel: &Conversation) -> String {
    printed(&paged(&full(), METRIC, |_| panel.clone()))
}

fn kiosk(facts: &Facts) -> String {
    printed(&Kiosk::of(facts, CURSOR.to_owned(), NOW, METRIC))
}

fn records() -> Vec<String> {
    ["Warmest 22 November: 18.4 °C at 15:18.", "Strongest gust of this autumn: 22.4 m/s at 13:18."]
        .map(String::from)
        .into()
}

/// What the owner alone sees.
fn owners() -> String {
    let owner = ForReader {
        warnings: vec!["The disk has room for 3 days of readings.".to_owned()],
        clock: "The clock of Town Hall is 5 h behind. If it cannot be set: stevenson station set town-hall --clock-offset 5h"
            .to_owned(),
        put_right: "/admin/stations/town-hall#put-right".to_owned(),
        shows_rooms: true,
        ..ForReader::default()
    };
    printed(&page(&marked::clock_off()).read_by(owner))
}
