//! The only place where the parts meet: it opens the engines, starts the workers and mounts the doors.

mod listening;
mod running;

use crate::admin::Watchers;
use crate::api::{Api, Bell};
use crate::backup::Backup;
use crate::config::{self, Config};
use crate::door::{Door, Rooms};
use crate::inbox::Inbox;
use crate::ingest::Enrolment;
use crate::ingest::readings::Readings;
use crate::ingest::uploads::Uploads;
use crate::keeper::Keeper;
use crate::live::Live;
use crate::lookout::Lookout;
use crate::mqtt::{self, Mqtt};
use crate::pretend::{plan::Plan, station};
use crate::station_port::StationPort;
use crate::storage::{self, Commits, NewStation, Storage};
use crate::tempest::Tempest;
use crate::web::body::BodyLimit;
use crate::webhook::{self, Webhooks};
use crate::{admin, courier, ingest, metrics, pages, web};
use channel::Dock;
pub use listening::Listening;
use prometheus_client::collector::Collector;
use rocket::local::asynchronous::Client;
use rocket::shield::Shield;
use rocket::{Build, Rocket};
pub use running::{LOCK_FILE, Running, began, lock, look_before};
use running::{STATION_PORT, TEMPEST, cannot_listen};
use std::fs::File;
use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use weather::station::Slug;
use weather::zone::Zone;

/// The newest entries of the journal that the dock starts with: pages that were open before a restart resume from them.
const TAIL_ENTRIES: u32 = 10_000;
/// The longest time that running requests get to end after a stop was asked for. Storage needs the rest of two seconds to
/// drain its queue.
const STOP_MAX: Duration = Duration::from_millis(1_300);
/// The largest body of what Rocket answers: forms, and uploads of stations, whose own limits are lower.
const ROCKET_BODY_MAX_BYTES: usize = 64 * 1_024;
/// The demo station posts at this interval.
const DEMO_EVERY: Duration = Duration::from_secs(3);
/// The demo station posts this much of the past at its start.
const DEMO_PAST: Duration = Duration::from_secs(24 * 3600);
/// The demo station's height, metres.
const DEMO_ELEVATION_M: f64 = 214.0;
/// Its time zone.
const DEMO_ZONE: &str = "Europe/Berlin";

/// The program as a value: opened, not yet listening.
pub struct App {
    config: Config,
    storage: Storage,
    commits: Commits,
    dock: Dock,
    keeper: Keeper,
    /// The newest uploads, for the owner.
    inbox: Inbox,
    /// Whether devices that are no station's may wait.
    enrolment: Enrolment,
    /// What programs hear that wait for news of a station.
    bell: Bell,
    /// Owners that look at them.
    watchers: Watchers,
    mqtt: Option<Mqtt>,
    webhooks: Webhooks,
    /// What the caller counts.
    counts: web::MoreCounts,
    /// The configuration's file.
    file: Option<PathBuf>,
    /// Held as long as the server runs; the system frees it even after SIGKILL.
    lock: File,
}

/// Why the program could not start or ended badly.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The configuration or the data folder.
    #[error(transparent)]
    Config(#[from] config::Error),
    /// Another server runs over the same folder. Each of the two would know only its own trucks.
    #[error("another server is using the data folder {}{process}", .folder.display())]
    Taken {
        folder: PathBuf,
        /// Which, if it says so.
        process: String,
    },
    /// The database.
    #[error("cannot open the database {named}")]
    Storage {
        /// Which, for people.
        named: String,
        /// Why.
        #[source]
        source: storage::Error,
    },
    /// A subscription that says nothing.
    #[error("the configuration is wrong")]
    Mqtt(#[from] mqtt::Misfit),
    /// A webhook whose files cannot be used.
    #[error("the configuration is wrong")]
    Webhook(#[from] webhook::Misfit),
    /// The listener, or Rocket.
    #[error("cannot serve on {address}: {reason}")]
    Serve {
        address: SocketAddr,
        /// Rocket's own words.
        reason: String,
    },
}

impl Error {
    /// True if another start fails as this one did, until somebody changes the configuration.
    pub fn is_of_configuration(&self) -> bool {
        match self {
            Self::Config(error) => error.is_of_configuration(),
            Self::Mqtt(_) | Self::Webhook(_) => true,
            Self::Taken { .. } | Self::Storage { .. } | Self::Serve { .. } => false,
        }
    }
}

impl App {
    /// Opens the database and fills the dock's ring from the journal.
    pub async fn open(config: Config) -> Result<Self, Error> {
        config.make_folder()?;
        let lock = running::lock(&config.data)?;
        let bad = |source| Error::Storage { named: config.storage.database_named(), source };
        let (storage, commits) = Storage::open(config.storage.clone()).await.map_err(bad)?;
        let tail = storage.journal_tail(TAIL_ENTRIES).await.map_err(bad)?;
        let began = tail.last().map_or(0, |entry| entry.seq);
        let dock = Dock::new(storage.epoch(), tail.into_iter().map(courier::news).collect(), config.dock.clone());
        let wishes = config.wishes().map_err(config::Error::Value)?;
        let keeper = Keeper::with_wishes(storage.clone(), config.keeper.clone(), wishes, began);
        let webhooks = Webhooks::open(&config.webhook, &storage, &config.data)?;
        let (inbox, watchers) = (Inbox::default(), Watchers::default());
        let mqtt = Mqtt::open(&config.mqtt, storage.clone(), inbox.clone())?;
        let counts = web::MoreCounts::default();
        let enrolment = Enrolment::new(config.ingest.enrol);
        let counts = match &mqtt {
            Some(reader) => {
                let watcher = reader.watcher();
                counts.and(move || Box::new(watcher.stats()))
            }
            None => counts,
        };
        let watcher = webhooks.watcher();
        let counts = counts.and(move || Box::new(watcher.stats()));
        let file = None;
        let bell = Bell::default();
        Ok(Self {
            config,
            storage,
            commits,
            dock,
            keeper,
            inbox,
            enrolment,
            bell,
            watchers,
            mqtt,
            webhooks,
            counts,
            file,
            lock,
        })
    }

    /// The same with one more part in `/metrics`: what the program around it counts.
    pub fn counting(self, now: impl Fn() -> Box<dyn Collector> + Send + Sync + 'static) -> Self {
        Self { counts: self.counts.and(now), ..self }
    }

    /// The same with the file that the configuration was read from, as others are told.
    pub fn configured_by(self, file: Option<PathBuf>) -> Self {
        Self { file, ..self }
    }

    /// The handle to the database.
    pub fn storage(&self) -> &Storage {
        &self.storage
    }

    /// The handle to the dock.
    pub fn dock(&self) -> &Dock {
        &self.dock
    }

    /// Rocket with every room mounted that it serves; `address` is where the door listens.
    pub fn rocket(&self, address: SocketAddr) -> Rocket<Build> {
        let settings = rocket::Config::figment()
            .merge(("address", address.ip()))
            .merge(("port", address.port()))
            .merge(("limits", pages::limits()))
            .merge(("log_level", "off"))
            .merge(("ident", false))
            // `web::client` finds the address behind a proxy; Rocket would believe every proxy.
            .merge(("ip_header", false))
            .merge(("cli_colors", false));
        let dock = self.dock.clone();
        let rocket = rocket::custom(settings)
            // An empty shield: rooms set the headers that matter to them.
            .attach(Shield::new())
            .manage(self.storage.clone())
            .manage(self.dock.clone())
            .manage(self.keeper.clone())
            .manage(pages::Sheets::default())
            .manage(metrics::Intervals::default())
            .manage(pages::Past::default())
            .manage(pages::Joined::begun())
            .manage(pages::Style::default())
            .manage(admin::Office::default())
            .manage(admin::Subscribed(self.config.mqtt.stations().map(str::to_owned).collect()))
            .manage(self.inbox.clone())
            .manage(self.watchers.clone())
            .manage(self.uploads())
            .manage(self.config.ingest.clone())
            .manage(self.config.web.clone())
            .manage(web::Elsewhere([&crate::live::METHODS[..], &ingest::readings::METHODS[..]].concat()))
            .manage(web::Build(pages::build()))
            .manage(web::NewestCursor::new(move || dock.cursor()))
            .mount("/", admin::routes())
            .mount("/", ingest::routes())
            .mount("/", metrics::routes())
            .mount("/", pages::routes())
            .register("/", pages::catchers())
            .register("/api", web::catchers())
            .register("/dock", web::catchers());
        #[cfg(debug_assertions)]
        let rocket = rocket.manage(storybook()).mount("/", web::storybook::routes());
        rocket
    }

    /// Where uploads of consoles go.
    fn uploads(&self) -> Uploads {
        let (storage, inbox, enrolment) = (self.storage.clone(), self.inbox.clone(), self.enrolment.clone());
        Uploads { storage, inbox, enrolment }
    }

    /// The rooms behind the door.
    async fn rooms(
        &self,
        door: &Door,
        counts: web::MoreCounts,
        stops: watch::Receiver<bool>,
    ) -> Result<Rooms, rocket::Error> {
        let watcher = door.watcher();
        let counts = counts.and(move || Box::new(watcher.stats()));
        let rocket = self.rocket(door.address()).manage(counts);
        let (dock, storage, keeper) = (self.dock.clone(), self.storage.clone(), self.keeper.clone());
        let build = Some(web::Build(pages::build()));
        Ok(Rooms {
            live: Live::new(dock, storage.clone(), keeper, build, self.config.web.clone()),
            api: Api::new(&storage, self.config.web.clone(), stops, self.bell.clone()),
            readings: Readings::new(storage, self.config.ingest.clone(), self.config.web.clone(), self.inbox.clone()),
            rocket: Client::untracked(rocket).await?,
            web: self.config.web.clone(),
            access_log: self.config.door.access_log,
            turns: Rooms::turns(),
            rocket_body: BodyLimit { bytes: ROCKET_BODY_MAX_BYTES, ..self.config.ingest.upload_limit() },
        })
    }

    /// Serves until `stop` is ready; calls `ready` with the addresses once it listens. At the stop all parked trucks go
    /// home with `closing`, running requests end, and storage writes everything that it has acknowledged.
    pub async fn run(mut self, stop: impl Future<Output = ()>, ready: impl FnOnce(Listening)) -> Result<(), Error> {
        let wanted = SocketAddr::new(self.config.address, self.config.port);
        let failed = |reason: String| Error::Serve { address: wanted, reason };
        let trusted = self.config.web.trusted_proxies.clone();
        let door =
            Door::open(wanted, self.config.door.clone(), trusted).map_err(|error| failed(cannot_listen(&error, "")))?;
        let address = door.address();
        let knobs = &self.config.station_port;
        let station_port = StationPort::open(knobs, self.uploads()).await.map_err(|error| Error::Serve {
            address: SocketAddr::new(knobs.address, knobs.port),
            reason: cannot_listen(&error, STATION_PORT),
        })?;
        let knobs = &self.config.tempest;
        let Uploads { storage, inbox, enrolment } = self.uploads();
        let tempest = Tempest::open(knobs, storage, inbox, enrolment).map_err(|error| Error::Serve {
            address: SocketAddr::new(knobs.address, knobs.port),
            reason: cannot_listen(&error, TEMPEST),
        })?;
        let (max_connections, open_files) = door.limits();
        let bad = |source| Error::Storage { named: self.config.storage.database_named(), source };
        let listening = Listening {
            http: address,
            stations: self.storage.directory().count(),
            has_password: self.storage.admin_password().await.map_err(bad)?.is_some(),
            max_connections,
            open_files,
            station_port: station_port.as_ref().map(StationPort::address),
            zones: self.storage.zones().source().clone(),
            enrols: self.config.ingest.enrol,
        };
        let running = Running::of(&self.config, self.file.take(), address);
        if let Err(error) = running.write(&self.lock) {
            tracing::warn!(%error, "other programs cannot be told that the server runs");
        }
        let mut counts = std::mem::take(&mut self.counts);
        if let Some(port) = &station_port {
            let watcher = port.watcher();
            counts = counts.and(move || Box::new(watcher.stats()));
        }
        if let Some(tempest) = &tempest {
            let watcher = tempest.watcher();
            counts = counts.and(move || Box::new(watcher.stats()));
        }
        let backup = Backup::open(&self.config.backup, &self.config.storage.file, &self.config.data);
        let watcher = backup.watcher();
        counts = counts.and(move || Box::new(watcher.stats()));
        let (stopping, stopped) = watch::channel(false);
        let rooms = self.rooms(&door, counts, stopped.clone()).await.map_err(|error| failed(reason(error)))?;
        let (told, bell) = (self.keeper.clone(), self.bell.clone());
        let courier = courier::run(self.commits, self.dock.clone(), move |entries| {
            told.news(entries);
            bell.rings(entries);
        });
        let courier = tokio::spawn(courier);
        let mut serving = tokio::spawn(door.run(Arc::new(rooms), until(stopped.clone())));
        let webhooks = self.webhooks.run(self.keeper.letters(), until(stopped.clone()));
        let webhooks = tokio::spawn(webhooks);
        let keeper = tokio::spawn(self.keeper.run(until(stopped.clone())));
        let tickets = tokio::spawn(self.dock.clone().run_tickets(until(stopped.clone())));
        let notices = self.watchers.clone().run(self.inbox.clone(), self.storage.clone(), until(stopped.clone()));
        let notices = tokio::spawn(notices);
        let lookout = Lookout::open(self.storage.clone(), self.inbox.clone());
        let lookout = tokio::spawn(lookout.run(until(stopped.clone())));
        let backup = tokio::spawn(backup.run(until(stopped.clone())));
        let consoles = station_port.map(|port| tokio::spawn(port.run(until(stopped.clone()))));
        let reader = self.mqtt.take().map(|reader| tokio::spawn(reader.run(until(stopped.clone()))));
        let hubs = tempest.map(|tempest| tokio::spawn(tempest.run(until(stopped.clone()))));
        tracing::info!(address = %address, version = env!("CARGO_PKG_VERSION"), "the server has started");
        ready(listening);
        let demo = self.config.demo.then(|| tokio::spawn(demo(self.storage.clone(), address, until(stopped))));

        let ended = tokio::select! {
            () = stop => Ok(()),
            ended = &mut serving => Err(failed(ended.err().map_or_else(String::new, |error| error.to_string()))),
        };
        tracing::info!("the server is stopping: running requests end, and what was acknowledged is written");
        stopping.send_replace(true);
        self.dock.close();
        if ended.is_ok() {
            // Connections that are still busy are cut by the end of the process.
            let _ = tokio::time::timeout(STOP_MAX, &mut serving).await;
        }
        for worker in [consoles, reader, hubs, Some(backup), Some(lookout), Some(webhooks)].into_iter().flatten() {
            // They end by themselves soon after the stop.
            let _ = tokio::time::timeout(STOP_MAX, worker).await;
        }
        self.storage.close().await;
        let done = self.storage.stats();
        tracing::info!(
            reports = done.reports_stored,
            words = done.words_stored,
            "the server has stopped; all is written"
        );
        for worker in
            [Some(courier), Some(tickets), Some(keeper), Some(notices), Some(serving), demo].into_iter().flatten()
        {
            worker.abort();
        }
        ended
    }
}

/// The stories of all rooms.
#[cfg(debug_assertions)]
fn storybook() -> web::storybook::Storybook {
    web::storybook::Storybook([pages::storybook::stories(), admin::storybook::stories()].concat())
}

/// Rocket's error as text. Rocket panics when an error is dropped that nobody has looked at.
fn reason(error: rocket::Error) -> String {
    error.kind().to_string()
}

async fn until(mut stopped: watch::Receiver<bool>) {
    // An error means that the sender is gone: that is a stop, too.
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

/// Adds the demo station, or gives it a new key, and lets it post to the door at `address`.
async fn demo(storage: Storage, address: SocketAddr, stop: impl Future<Output = ()>) {
    let (slug, zone) = match Slug::new("town-hall") {
        Ok(slug) => (slug, Zone::inside(DEMO_ZONE).unwrap_or(Zone::UTC)),
        Err(error) => return tracing::error!(%error, "no demo"),
    };
    let key = match storage.directory().by_slug(slug.as_str()) {
        Some(_) => storage.renew_key(&slug).await,
        None => {
            let new = NewStation {
                slug,
                name: "Town Hall".into(),
                zone: zone.clone(),
                elevation_m: Some(DEMO_ELEVATION_M),
                coordinates: None,
            };
            storage.add_station(new).await.map(|(_, key)| key)
        }
    };
    let key = match key {
        Ok(key) => key.reveal().to_owned(),
        Err(error) => return tracing::error!(error = &error as &dyn std::error::Error, "no demo station"),
    };
    let plan = Plan {
        zone,
        elevation_m: DEMO_ELEVATION_M,
        every: DEMO_EVERY,
        fast_forward: Some(DEMO_PAST),
        ..Plan::new(format!("http://{}", loopback(address)), key)
    };
    match station::run(plan, stop).await {
        Ok(summary) => tracing::debug!(%summary, "the demo station stopped"),
        Err(error) => tracing::error!(error = &error as &dyn std::error::Error, "the demo station failed"),
    }
}

/// The address by which this machine reaches its own listener: loopback in place of a wildcard address.
fn loopback(address: SocketAddr) -> SocketAddr {
    match address {
        SocketAddr::V4(v4) if v4.ip().is_unspecified() => ([127, 0, 0, 1], v4.port()).into(),
        SocketAddr::V6(v6) if v6.ip().is_unspecified() => (std::net::Ipv6Addr::LOCALHOST, v6.port()).into(),
        other => other,
    }
}
