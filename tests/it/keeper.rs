//! The keeper over a real database: what it answers, when it rings, and that nothing is answered twice or forgotten.

#[path = "keeper/alerts.rs"]
mod alerts;
#[path = "keeper/almanac.rs"]
mod almanac;
#[path = "keeper/answers.rs"]
mod answers;
#[path = "keeper/clocks.rs"]
mod clocks;
#[path = "keeper/looking_back.rs"]
mod looking_back;
#[path = "keeper/records.rs"]
mod records;
#[path = "keeper/worker.rs"]
mod worker;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::SeqCst};
use std::time::Duration;
use stevenson::keeper::{Keeper, Options};
use stevenson::storage::words::{Author, NewWord, Visitor, Word};
use stevenson::storage::{self, NewStation, Storage};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use weather::quantity::Quantity;
use weather::report::{Draft, Report};
use weather::station::{SensorName, Slug, Station};
use weather::time::{MINUTE_MS, Timestamp};
use weather::zone::Zone;

/// Sunday, 2024-03-31 12:00 UTC: 14:00 in Berlin, where the clocks went forward in the night.
const NOW: Timestamp = Timestamp(1_711_886_400_000);
/// How long a test waits for what must come; a machine may be slow.
const PATIENCE: Duration = Duration::from_secs(120);
/// It thinks so fast in tests.
const QUICK: Options = Options { think_min_ms: 0, think_max_ms: 3 };

/// A database in a folder of its own, two stations, and a keeper that is told of every commit.
struct House {
    folder: tempfile::TempDir,
    storage: Storage,
    keeper: Keeper,
    clock: Arc<AtomicI64>,
    station: Arc<Station>,
    /// Counts commits.
    commits: watch::Receiver<u64>,
    running: Vec<JoinHandle<()>>,
}

impl House {
    async fn new() -> Self {
        Self::thinking(QUICK).await
    }

    async fn thinking(options: Options) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self::open(folder, options, NOW).await
    }

    async fn open(folder: tempfile::TempDir, options: Options, now: Timestamp) -> Self {
        let (storage, mut commits) = Storage::open(file(folder.path())).await.expect("opens");
        let clock = Arc::new(AtomicI64::new(now.0));
        let read = clock.clone();
        let keeper = Keeper::with_clock(storage.clone(), options, move || Timestamp(read.load(SeqCst)));
        let (committed, count) = watch::channel(0);
        let told = keeper.clone();
        let courier = tokio::spawn(async move {
            while let Some(entries) = commits.next().await {
                told.news(&entries.into_entries());
                committed.send_modify(|count| *count += 1);
            }
        });
        for (slug, name) in [("town-hall", "Town Hall"), ("harbour", "Harbour Master")] {
            if storage.directory().by_slug(slug).is_none() {
                let slug = Slug::new(slug).expect("a slug");
                let new = NewStation {
                    slug,
                    name: name.into(),
                    zone: Zone::inside("Europe/Berlin").expect("a zone"),
                    elevation_m: None,
                    coordinates: None,
                };
                storage.add_station(new).await.expect("added");
            }
        }
        let station = storage.directory().by_slug("town-hall").expect("there").clone();
        let running = tokio::spawn(keeper.clone().run(std::future::pending()));
        Self { folder, storage, keeper, clock, station, commits: count, running: vec![courier, running] }
    }

    /// As after `kill -9`: nothing is finished, nothing is said goodbye to.
    async fn killed(self, options: Options) -> Self {
        let now = Timestamp(self.clock.load(SeqCst));
        for task in &self.running {
            task.abort();
        }
        for task in self.running {
            assert!(task.await.is_err(), "it ran until it was killed");
        }
        self.storage.close().await;
        Self::open(self.folder, options, now).await
    }

    fn set_clock(&self, at: Timestamp) {
        self.clock.store(at.0, SeqCst);
    }

    async fn append(&self, reports: Vec<Report>) {
        self.storage.append(self.station.id, reports).await.expect("stored");
    }

    async fn say(&self, visitor: &Visitor, units: &str, texts: &[&str]) {
        self.say_as(visitor, units, "", texts).await;
    }

    /// Ids differ by `mark` and text.
    async fn say_as(&self, visitor: &Visitor, units: &str, mark: &str, texts: &[&str]) {
        let word = |text: &&str| NewWord {
            id: format!("{}{mark}{text}", visitor.as_str()),
            station: "town-hall".into(),
            text: (*text).into(),
        };
        self.storage.say(visitor, units, texts.iter().map(word).collect()).await.expect("said");
        self.keeper.hear();
    }

    /// What the keeper has said to a visitor.
    async fn heard(&self, visitor: &Visitor) -> Vec<String> {
        let words = self.words(visitor).await.into_iter().filter(|word| word.author == Author::Keeper);
        words.map(|word| word.text).collect()
    }

    async fn words(&self, visitor: &Visitor) -> Vec<Word> {
        self.storage.conversation(visitor, "town-hall", 1_000).await.expect("read")
    }

    /// Waits until the keeper has said at least so much to a visitor; returns all of it.
    async fn until_heard(&mut self, visitor: &Visitor, count: usize) -> Vec<String> {
        let wait = async {
            loop {
                self.commits.borrow_and_update();
                let heard = self.heard(visitor).await;
                if heard.len() >= count {
                    return heard;
                }
                self.commits.changed().await.expect("storage is open");
            }
        };
        let heard = tokio::time::timeout(PATIENCE, wait).await;
        heard.unwrap_or_else(|_| panic!("no {count} words were heard"))
    }

    /// Asks one thing and waits for the answer.
    async fn ask(&mut self, visitor: &Visitor, units: &str, text: &str) -> String {
        let before = self.heard(visitor).await.len();
        self.say_as(visitor, units, &before.to_string(), &[text]).await;
        self.until_heard(visitor, before + 1).await.swap_remove(before)
    }
}

fn file(folder: &Path) -> storage::Options {
    // One upload is one commit: a test sends more at once than the keeper's queue holds.
    let file = folder.join("stevenson.db");
    storage::Options { file, readers: 2, batch_rows: 10_000, ..storage::Options::default() }
}

fn visitor(name: &str) -> Visitor {
    Visitor::of_secret(name)
}

/// A report that arrived as soon as it was observed.
fn report(at: Timestamp, values: &[(&str, f64)]) -> Report {
    let mut draft = Draft::new(at);
    for (key, value) in values {
        let (sensor, name) = key.split_once('/').unwrap_or(("", key));
        let quantity = Quantity::from_name(name).expect("a quantity");
        draft.take_number(&SensorName::new(sensor).expect("a name"), quantity, quantity.unit(), key, *value);
    }
    draft.finish(Some(at)).report.expect("it has values")
}

/// So many minutes after [`NOW`].
fn minute(minute: i64) -> Timestamp {
    NOW.plus(minute * MINUTE_MS)
}
