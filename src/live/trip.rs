//! One trip: the server stores a truck's words, lets it into the dock, and sends its load home.

use super::Engines;
use super::gate::{Caller, Refusal};
use crate::courier;
use crate::storage::words::{NewWord, Speaker};
use crate::web::answer::Answer;
use crate::web::error::Problem;
use channel::cargo::{Behind, Load, Note};
use channel::clipboard::{Clipboard, Id, Word};
use channel::fleet::Fleet;
use channel::yard::{Ahead, Truck};
use channel::{Arrived, Parking, Saying};
use std::sync::Arc;
use std::time::Duration;
use weather::time::nearest_ms;

/// Most journal entries read for one page that comes back: some hours of a few stations. A page that missed more
/// reloads.
const JOURNAL_READ_MAX_ENTRIES: u32 = 10_000;
/// Most journal entries that a look brings which this server is not told of yet: a load. What lies beyond comes as all news does.
const LOOK_MAX_ENTRIES: u32 = 1_000;
/// How long a truck waits until the dock knows of the words that it brought: the courier takes microseconds. Beyond
/// that the words come home with a later truck.
const ANNOUNCE_MAX: Duration = Duration::from_millis(250);

/// A truck at the dock. Its fields are what a parked truck costs in memory.
pub struct Trip {
    engines: Arc<Engines>,
    fleet: &'static Fleet,
    stay: Stay,
    heard: Vec<Id>,
    /// The page has another build than this server, and is told so.
    tells_build: bool,
    /// The cookie that goes home with the load.
    cookie: Option<Box<str>>,
}

/// How long a truck stays.
enum Stay {
    /// Not at all.
    Leaves(Load),
    /// Until it is sent home.
    Parks(Parking),
}

/// A load as it leaves.
pub(crate) struct Home {
    /// What is written.
    pub json: Vec<u8>,
    /// What it says.
    pub load: Load,
    /// When home should come again, milliseconds.
    pub retry_ms: Option<u64>,
}

/// The headers of every load.
const HEADERS: [(&str, &str); 4] = [
    ("content-type", "application/json"),
    ("cache-control", "no-store"),
    ("x-accel-buffering", "no"),
    ("x-content-type-options", "nosniff"),
];

impl Trip {
    /// Stores what the truck says, tells the keeper, brings the truck to the dock.
    pub(crate) async fn start(caller: &Caller, clipboard: Clipboard) -> Result<Self, Problem> {
        let Clipboard { fleet, park, seen, watch, say, build, .. } = clipboard;
        let engines = &caller.engines;
        // Boxed: storing and reading are large, and most trucks do neither.
        let (heard, saying) = if say.is_empty() { (Vec::new(), None) } else { Box::pin(hear(caller, say)).await? };
        if caller.is_known {
            engines.keeper.visit(&caller.visitor);
        }
        let tells_build = caller.other_build(build.as_deref());
        let directory = engines.storage.directory();
        // A page that was opened before its station got another slug goes on.
        let watch = match directory.has_renamed() {
            true => watch.following(|topic| directory.renamed(topic).map(|now| Box::from(&**now))),
            false => watch,
        };
        let (bay, party, park_ms) = (caller.bay.clone(), caller.party(), engines.dock.park_ms(park));
        let truck = Truck { bay, fleet, seen, watch, party, words: heard.as_slice().into(), park_ms };
        let mut arrived = engines.dock.arrive(truck);
        let stay = loop {
            arrived = match arrived {
                Arrived::Leaves(load) => break Stay::Leaves(load),
                Arrived::Parks(parking) => break Stay::Parks(parking),
                Arrived::Behind(behind) => break Stay::Leaves(Box::pin(catch_up(caller, behind)).await?),
                // Once: after the look it is not ahead any more.
                Arrived::Ahead(ahead) => Box::pin(look(caller, ahead)).await?,
            };
        };
        drop(saying);
        let cookie = caller.cookie.as_deref().map(Box::from);
        Ok(Self { engines: Arc::clone(engines), fleet, stay, heard, tells_build, cookie })
    }

    /// Waits for the truck's load, however long it takes. Dropped before that, the truck leaves the dock.
    pub async fn answer(mut self) -> Answer {
        let cookie = self.cookie.take();
        let answer = match self.home().await {
            Ok(home) => Answer::new(200, &HEADERS, home.json),
            Err(problem) => Refusal::from(problem).into(),
        };
        match cookie {
            Some(cookie) => answer.with("set-cookie", cookie),
            None => answer,
        }
    }

    /// Waits for the truck's load, however long it takes.
    pub(crate) async fn home(self) -> Result<Home, Problem> {
        let Self { engines, fleet, stay, heard, tells_build, .. } = self;
        let build = engines.build.as_ref().filter(|_| tells_build).map(|build| build.0.as_str());
        let load = match stay {
            Stay::Leaves(load) => load,
            Stay::Parks(parking) => parking.load().await,
        };
        #[expect(clippy::disallowed_methods, reason = "a door: it says when the load leaves")]
        let (now_ms, retry_ms) = (nearest_ms(chrono::Utc::now()), engines.dock.retry_ms(&load));
        let json = engines.dock.encode(fleet, &load, Note { now_ms, heard: &heard, build, retry_ms });
        Ok(Home { json, load, retry_ms })
    }
}

/// Reads what a page missed from the journal.
async fn catch_up(caller: &Caller, behind: Behind) -> Result<Load, Problem> {
    let (engines, reader) = (&caller.engines, Some(&caller.visitor));
    let (after, head) = (behind.seen, behind.head);
    let entries = engines.storage.journal_between(after, head, reader, JOURNAL_READ_MAX_ENTRIES).await?;
    let news = entries.map(|entries| entries.into_iter().map(courier::news).collect());
    Ok(engines.dock.catch_up(behind, news))
}

/// Looks what the journal has after the place that a page has seen at another server. If it is not there yet for this one
/// either, the page has been nowhere.
async fn look(caller: &Caller, ahead: Ahead) -> Result<Arrived, Problem> {
    let (engines, reader) = (&caller.engines, Some(&caller.visitor));
    let entries = engines.storage.journal_since(ahead.seen(), reader, LOOK_MAX_ENTRIES).await?;
    let news = entries.map(|entries| entries.into_iter().map(courier::news).collect());
    Ok(engines.dock.looked(ahead, news))
}

/// Stores words and waits until the dock knows them. Returns the ids that home may forget, which are all of them, and a guard
/// to keep until their truck has arrived. If storage is away, no word is stored, and home keeps them. Words of the lab are
/// not stored: the lab only wants them carried.
async fn hear(caller: &Caller, say: Vec<Word>) -> Result<(Vec<Id>, Option<Saying>), Problem> {
    let Engines { dock, storage, keeper, .. } = &*caller.engines;
    let new = |word: &Word| NewWord {
        id: word.id.as_str().to_owned(),
        station: word.topic.to_string(),
        text: word.text.to_string(),
    };
    let words: Vec<_> = say.iter().filter(|word| *word.topic != *lab::STATION).map(new).collect();
    let heard: Vec<_> = say.iter().map(|word| word.id.clone()).collect();
    let mut saying = None;
    if !words.is_empty() {
        let said = dock.says(caller.bay.clone(), &heard);
        let speaker = Speaker { visitor: &caller.visitor, source: caller.party().source, units: &caller.units };
        storage.say_from(speaker, words).await?;
        keeper.hear();
        let known = dock.announced(storage.head());
        if tokio::time::timeout(ANNOUNCE_MAX, known).await.is_err() {
            tracing::warn!("the dock does not hear what storage commits");
            said.take_back(&heard);
        }
        saying = Some(said);
    }
    Ok((heard, saying))
}
