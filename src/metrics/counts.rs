//! All counts under the names that `/metrics` shows.

use crate::inbox::Counted;
use crate::keeper;
use crate::storage;
use channel::{self, AGES_MS, FleetStats};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Unit;
use std::fmt;

/// Milliseconds in a second.
const SECOND_MS: f64 = 1_000.0;

/// The parts' counts at one moment.
#[derive(Debug)]
pub(crate) struct Counts {
    /// Of the dock.
    pub dock: channel::Stats,
    /// Of storage.
    pub storage: storage::Stats,
    /// Of the keeper.
    pub keeper: keeper::Stats,
    /// Where the rules of time zones come from.
    pub zones: storage::zones::Source,
    /// Uploads that were refused.
    pub refusals: Counted,
}

/// A count by fleet: its name, what it is, where it stands.
type ByFleet = (&'static str, &'static str, fn(&FleetStats) -> u64);
/// Milliseconds by fleet, likewise.
type TimeByFleet = (&'static str, &'static str, fn(&FleetStats) -> u64);
/// A count or a gauge of storage, likewise.
type OfStorage = (&'static str, &'static str, fn(&storage::Stats) -> u64);
/// A count or a gauge of the keeper, likewise.
type OfKeeper = (&'static str, &'static str, fn(&keeper::Stats) -> u64);

const OF_STORAGE: [OfStorage; 12] = [
    ("reports_stored", "Reports that added something", |stats| stats.reports_stored),
    ("reports_duplicate", "Reports that were known already", |stats| stats.reports_duplicate),
    ("words_stored", "Words that visitors said", |stats| stats.words_stored),
    ("words_repeated", "Words that were known already, or forgotten", |stats| stats.words_repeated),
    ("words_answered", "Words that keepers answered", |stats| stats.words_answered),
    ("words_spoken", "Words that keepers said on their own", |stats| stats.words_spoken),
    ("commits", "Transactions that stored reports or words", |stats| stats.commits),
    ("commit_failures", "Transactions that failed", |stats| stats.failures),
    ("foreign_entries", "Journal entries that another process wrote", |stats| stats.foreign_entries),
    ("readings_pruned", "Readings that have gone because they were older than raw_days", |stats| stats.readings_pruned),
    ("reads", "Questions to the database that somebody waited for", |stats| stats.reads),
    ("background_reads", "Questions to the database in the background", |stats| stats.background_reads),
];

const OF_KEEPER: [OfKeeper; 4] = [
    ("robot_answered", "Words that the keepers answered", |stats| stats.answered),
    ("robot_spoken", "Times the keepers spoke on their own", |stats| stats.spoken),
    ("robot_overflowed", "Reports that did not fit into the keepers' queue and were read from the journal", |stats| {
        stats.overflowed
    }),
    ("robot_retried", "Times storage failed and the keepers tried again", |stats| stats.retried),
];

const KEEPER_NOW: [OfKeeper; 2] = [
    ("robot_thinking", "Visitors whose words the keepers think about", |stats| stats.thinking),
    ("robot_alerts", "Alerts that the keepers watch", |stats| stats.alerts),
];

const STORAGE_NOW: [OfStorage; 7] = [
    ("leads", "1 if this server leads, of those over its database: it does what one must do alone", |stats| {
        stats.leads
    }),
    ("reports_queued", "Reports that wait for the writer", |stats| stats.queued_reports),
    ("words_queued", "Words that wait for the writer", |stats| stats.queued_words),
    ("database_bytes", "Bytes of the database that hold something", |stats| stats.used_bytes),
    ("database_limit_bytes", "Bytes that reports, words and alerts may fill", |stats| stats.limit_bytes),
    ("fullest_station_bytes", "Bytes of the station that holds the most, where there are several", |stats| {
        stats.fullest_station_bytes
    }),
    ("station_limit_bytes", "Bytes that one of several stations may fill", |stats| stats.station_limit_bytes),
];

const BY_FLEET: [ByFleet; 12] = [
    ("trucks", "Trucks that came", |fleet| fleet.trucks),
    ("trucks_empty", "Trucks that brought no words", |fleet| fleet.trucks_empty),
    ("truck_words", "Words that trucks brought, each as often as it was aboard", |fleet| fleet.words),
    ("truck_bytes", "Bytes that trucks brought", |fleet| fleet.bytes_up),
    ("streams", "Streams that were opened", |fleet| fleet.streams),
    ("loads_empty", "Loads without news and without the confirmation of a word", |fleet| fleet.loads_empty),
    ("load_items", "News that went home, each as often as it was loaded", |fleet| fleet.items),
    ("load_bytes", "Bytes that went home", |fleet| fleet.bytes_down),
    ("home_lost", "Trucks that did not come home, as homes report it", |fleet| fleet.homes.lost),
    ("home_repeated", "News that homes had already, as they report it", |fleet| fleet.homes.repeated),
    ("home_gaps", "Loads that did not join on, as homes report it", |fleet| fleet.homes.gaps),
    ("home_news", "News that homes applied, as they report it", |fleet| fleet.homes.news),
];

const TIME_BY_FLEET: [TimeByFleet; 2] = [
    ("parked_time", "How long the trucks that left had been parked, all together", |fleet| fleet.parked_ms),
    ("home_news_age", "The ages of news on arrival, all together, as homes report it", |fleet| fleet.homes.age_ms),
];

impl Collector for Counts {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut text = Text(encoder);
        for (name, help, count) in OF_STORAGE {
            text.counter(name, help, count(&self.storage))?;
        }
        for (name, help, now) in STORAGE_NOW {
            text.gauge(name, help, now(&self.storage))?;
        }
        for (name, help, count) in OF_KEEPER {
            text.counter(name, help, count(&self.keeper))?;
        }
        for (name, help, now) in KEEPER_NOW {
            text.gauge(name, help, now(&self.keeper))?;
        }
        let folder = self.zones.folder.as_deref().map_or(String::new(), |folder| folder.display().to_string());
        let zones = [("version", self.zones.version.clone().unwrap_or_default()), ("folder", folder)];
        let help = "The database of time zones: its version, and its folder if it is the machine's";
        text.gauges("time_zones", help, [(zones, 1)])?;
        let refusals = self.refusals.iter();
        let refusals = refusals.map(|(format, reason, count)| ([("format", format), ("reason", reason)], count));
        text.counters("uploads_refused", "Uploads of which not all was taken, by format and reason", refusals)?;
        let fleets = &self.dock.fleets;
        for (name, help, count) in BY_FLEET {
            text.counters(name, help, fleets.iter().map(|fleet| ([("fleet", fleet.fleet.name)], count(fleet))))?;
        }
        for (name, help, ms) in TIME_BY_FLEET {
            let times = fleets.iter().map(|fleet| ([("fleet", fleet.fleet.name)], ms(fleet) as f64 / SECOND_MS));
            text.seconds(name, help, times)?;
        }
        let loads = fleets.iter().flat_map(|fleet| {
            let labels = |why: channel::cargo::Why| [("fleet", fleet.fleet.name), ("why", why.name())];
            fleet.loads.iter().map(move |(why, count)| (labels(*why), *count))
        });
        text.counters("loads", "Loads that went home", loads)?;
        let limited = self.dock.limited.iter().map(|(limit, count)| ([("limit", limit.name())], *count));
        text.counters("limited", "Trucks that turned round because of a limit", limited)?;
        let help = "Trucks whose pages had seen more than this server: another one was faster";
        text.counter("ahead", help, self.dock.ahead)?;
        let parked = fleets.iter().map(|fleet| ([("fleet", fleet.fleet.name)], fleet.parked as u64));
        text.gauges("parked", "Trucks parked now", parked)?;
        text.gauge("bays", "Pages that have a truck parked now", self.dock.bays as u64)?;
        text.ages("news_age", "The age of news when it leaves, each time it is loaded", &self.dock)
    }
}

struct Text<'a>(DescriptorEncoder<'a>);

impl Text<'_> {
    fn counters<L: EncodeLabelSet>(
        &mut self,
        name: &str,
        help: &str,
        counts: impl IntoIterator<Item = (L, u64)>,
    ) -> fmt::Result {
        let mut metric = self.0.encode_descriptor(name, help, None, MetricType::Counter)?;
        for (labels, count) in counts {
            metric.encode_family(&labels)?.encode_counter::<NoLabelSet, _, f64>(&count, None)?;
        }
        Ok(())
    }

    fn seconds<L: EncodeLabelSet>(
        &mut self,
        name: &str,
        help: &str,
        times: impl IntoIterator<Item = (L, f64)>,
    ) -> fmt::Result {
        let mut metric = self.0.encode_descriptor(name, help, Some(&Unit::Seconds), MetricType::Counter)?;
        for (labels, seconds) in times {
            metric.encode_family(&labels)?.encode_counter::<NoLabelSet, _, f64>(&seconds, None)?;
        }
        Ok(())
    }

    fn gauges<L: EncodeLabelSet>(
        &mut self,
        name: &str,
        help: &str,
        values: impl IntoIterator<Item = (L, u64)>,
    ) -> fmt::Result {
        let mut metric = self.0.encode_descriptor(name, help, None, MetricType::Gauge)?;
        for (labels, value) in values {
            metric.encode_family(&labels)?.encode_gauge(&value)?;
        }
        Ok(())
    }

    fn counter(&mut self, name: &str, help: &str, count: u64) -> fmt::Result {
        let mut metric = self.0.encode_descriptor(name, help, None, MetricType::Counter)?;
        metric.encode_counter::<NoLabelSet, _, f64>(&count, None)
    }

    fn gauge(&mut self, name: &str, help: &str, value: u64) -> fmt::Result {
        let mut metric = self.0.encode_descriptor(name, help, None, MetricType::Gauge)?;
        metric.encode_gauge(&value)
    }

    fn ages(&mut self, name: &str, help: &str, dock: &channel::Stats) -> fmt::Result {
        let ends = AGES_MS.iter().map(|end| *end as f64 / SECOND_MS).chain([f64::INFINITY]);
        let classes: Vec<(f64, u64)> = ends.zip(dock.ages).collect();
        let (sum, count) = (dock.age_ms as f64 / SECOND_MS, dock.ages.iter().sum());
        let mut metric = self.0.encode_descriptor(name, help, Some(&Unit::Seconds), MetricType::Histogram)?;
        metric.encode_histogram::<NoLabelSet>(sum, count, &classes, None)
    }
}
