//! What is made of facts.

use super::*;
use crate::cli::check::facts::{ConfigFile, Disk, Exposure, FileFact, Limits, Told};
use crate::cli::check::finding::Level;
use std::path::PathBuf;
use stevenson::storage::zones::Source;
use stevenson::storage::{InspectedPostgres, InspectedStation, Soundness};
use weather::station::Slug;

/// 2026-11-22T14:00:00Z.
const NOW: Timestamp = Timestamp(1_795_356_000_000);
const MIB: u64 = 1 << 20;

fn fact(path: &str, mode: u32) -> FileFact {
    let (path, is_folder) = (PathBuf::from(path), !path.contains('.'));
    FileFact { path, is_folder, mode, owner: 995, owner_named: "stevenson".to_owned(), group: 995 }
}

fn itself() -> Told {
    let http = ([127, 0, 0, 1], 8000).into();
    Told { version: env!("CARGO_PKG_VERSION").to_owned(), http, file: None, began: Some(NOW.plus(-DAY_MS)) }
}

/// A server where all is well.
fn well() -> Facts {
    let inspection = Inspection {
        schema: Schema::Fits,
        used_bytes: 100 * MIB,
        began: Some(NOW.plus(-100 * DAY_MS)),
        committed: Some(NOW),
        has_password: true,
        unclaimed: 0,
        stations: Vec::new(),
        soundness: Soundness::Sound,
        postgres: None,
    };
    Facts {
        now: NOW,
        is_clock_set: Some(true),
        data_files: vec![fact("/d", 0o700), fact("/d/stevenson.db", 0o600)],
        file: None,
        database: "/d/stevenson.db".to_owned(),
        is_file: true,
        inspection: Ok(inspection),
        disk: Some(Disk { free: 50 << 30, is_read_only: false }),
        files: Files { limit: Some(524_288), is_of_server: true },
        server: Server::Runs(Process { number: 7, told: Some(itself()) }),
        must_run: false,
        taken: None,
        zones: Source { folder: None, version: Some("2026f".to_owned()) },
        limits: Limits {
            max_database_bytes: 8_192 * MIB,
            station_share_bytes: 4_096 * MIB,
            max_connections: 20_000,
            to_database: 9,
        },
        exposure: Exposure {
            address: ([127, 0, 0, 1], 8000).into(),
            has_proxies: false,
            are_proxies_local: true,
            is_here_trusted: false,
            has_hosts: false,
            enrols: false,
            are_all_trusted: false,
            are_metrics_for_all: false,
            token_chars: 0,
            station_port: None,
        },
    }
}

/// What is not well after a change.
fn told(change: impl FnOnce(&mut Facts)) -> Vec<(Level, &'static str, String)> {
    let mut facts = well();
    change(&mut facts);
    let bad = judge(&facts).into_iter().filter(|finding| finding.level > Level::Ok);
    bad.map(|finding| (finding.level, finding.about, finding.text)).collect()
}

/// The same of what is in the database.
fn told_of(change: impl FnOnce(&mut Inspection)) -> Vec<(Level, &'static str, String)> {
    told(|facts| change(facts.inspection.as_mut().expect("one")))
}

#[track_caller]
fn is_one(told: Vec<(Level, &'static str, String)>, level: Level, about: &str, part: &str) {
    let [(its_level, its_about, text)] = &told[..] else { panic!("{told:?}") };
    assert_eq!((*its_level, *its_about), (level, about), "{text}");
    assert!(text.contains(part), "{text}");
}

#[test]
fn where_all_is_well_nothing_is_to_be_mended() {
    assert_eq!(told(|_| ()), []);
}

#[test]
fn the_disk_and_the_room_in_the_database_are_told_in_time() {
    let disk = |free| told(|facts| facts.disk = Some(Disk { free, is_read_only: false }));
    is_one(disk(50 * MIB), Level::Wrong, "disk", "only 50 MiB are free");
    is_one(disk(3 << 30), Level::Warn, "disk", "3.0 GiB are free, and the database may grow by 7.9 GiB");
    let room = |mib| told_of(|inspection| inspection.used_bytes = mib * MIB);
    is_one(room(7_000), Level::Warn, "room", "85 % of max_database_mib, and has room for about 17 days");
    is_one(room(8_192), Level::Wrong, "room", "reports are refused");
    let young = judge(&Facts {
        inspection: Ok(Inspection { began: Some(NOW.plus(-DAY_MS)), ..well().inspection.expect("one") }),
        ..well()
    });
    assert!(young.iter().all(|finding| !finding.text.contains("pace")), "the first days are no measure");
}

#[test]
fn a_file_that_cannot_be_used_as_it_is_is_told() {
    is_one(
        told_of(|inspection| inspection.schema = Schema::Newer),
        Level::Wrong,
        "database",
        "use the newer stevenson",
    );
    is_one(told_of(|inspection| inspection.schema = Schema::Older), Level::Warn, "database", "keep a copy");
    let broken = told_of(|inspection| inspection.soundness = Soundness::Broken("Tree 7\n page 3".to_owned()));
    is_one(broken, Level::Wrong, "integrity", "the file is damaged: Tree 7 page 3; stop the server");
    assert_eq!(told_of(|inspection| inspection.soundness = Soundness::Unfinished), []);
}

#[test]
fn the_clocks_and_the_rules_of_zones_are_told() {
    let long_ago = told(|facts| {
        facts.now = Timestamp(0);
        facts.inspection = Err("no".to_owned());
    });
    assert!(long_ago.iter().any(|(level, about, text)| {
        (*level, *about) == (Level::Wrong, "system clock") && text.contains("1970-01-01 00:00 UTC, which is before")
    }));
    let ahead = told_of(|inspection| inspection.committed = Some(NOW.plus(2 * DAY_MS)));
    is_one(ahead, Level::Wrong, "system clock", "entries of 2 days later");
    assert_eq!(told_of(|inspection| inspection.committed = Some(NOW.plus(MINUTE_MS))), []);
    is_one(told(|facts| facts.is_clock_set = Some(false)), Level::Warn, "system clock", "no time server");
    let zones = |version: Option<&str>| told(|facts| facts.zones.version = version.map(str::to_owned));
    is_one(zones(Some("2024b")), Level::Warn, "time zones", "older than two years");
    is_one(zones(None), Level::Warn, "time zones", "install tzdata");
    assert_eq!(zones(Some("2025a")), []);
}

#[test]
fn too_few_files_are_told_with_what_they_are_enough_for() {
    let files = |limit| told(|facts| facts.files.limit = limit);
    is_one(files(Some(1_024)), Level::Warn, "open files", "enough for about 924 connections, not for the 20000");
    assert_eq!(files(Some(20_000)), [], "a small machine need not fear");
    assert_eq!(files(None), []);
}

#[test]
fn who_reaches_the_server_is_told_where_that_is_a_risk() {
    let open = |facts: &mut Facts| {
        facts.exposure.address = ([0, 0, 0, 0], 8000).into();
        facts.exposure.has_hosts = true;
    };
    assert_eq!(told(open), [], "with a password");
    let no_password = told(|facts| {
        open(facts);
        facts.inspection.as_mut().expect("one").has_password = false;
    });
    is_one(no_password, Level::Warn, "owner", "stevenson admin password");
    let around = told(|facts| {
        open(facts);
        (facts.exposure.has_proxies, facts.exposure.has_hosts) = (true, true);
    });
    is_one(around, Level::Warn, "address", "go around the proxy");
    let proxied = |facts: &mut Facts| (facts.exposure.has_proxies, facts.exposure.has_hosts) = (true, true);
    assert_eq!(told(proxied), []);
    let nameless = told(|facts| {
        proxied(facts);
        facts.exposure.has_hosts = false;
    });
    is_one(nameless, Level::Warn, "hosts", "hosts of [web]");
    let enrolling = told(|facts| {
        proxied(facts);
        facts.exposure.enrols = true;
    });
    is_one(enrolling, Level::Warn, "enrolment", "enrol = false");
}

#[test]
fn devices_that_wait_are_counted() {
    is_one(told_of(|inspection| inspection.unclaimed = 1), Level::Warn, "devices", "one waits");
    is_one(told_of(|inspection| inspection.unclaimed = 3), Level::Warn, "devices", "3 wait");
}

#[test]
fn whether_a_server_runs_is_told() {
    is_one(told(|facts| facts.server = Server::Rests), Level::Warn, "server", "none runs");
    let must = told(|facts| (facts.server, facts.must_run) = (Server::Rests, true));
    is_one(must, Level::Wrong, "server", "none runs");
    is_one(told(|facts| facts.taken = Some(([127, 0, 0, 1], 80).into())), Level::Warn, "port", "127.0.0.1:80");
    let process = |told| Server::Runs(Process { number: 7, told });
    is_one(told(|facts| facts.server = process(None)), Level::Warn, "server", "of another version");
    let old = Told { version: "0.0.1".to_owned(), ..itself() };
    is_one(told(|facts| facts.server = process(Some(old))), Level::Warn, "server", "start it anew");
    let text = judge(&well()).remove(0).text;
    assert_eq!(text, "it runs at 127.0.0.1:8000 for 24 h, without a configuration file, as process 7");
}

#[test]
fn files_of_another_owner_and_what_a_group_may_read_are_told() {
    let other = |facts: &mut Facts| {
        (facts.data_files[1].owner, facts.data_files[1].owner_named) = (0, "root".to_owned());
    };
    is_one(told(other), Level::Wrong, "permissions", "belongs to root, and the data folder to stevenson");
    let config = |mode, group| {
        told(|facts| {
            let file = FileFact { owner: 0, group, ..fact("/etc/s.toml", mode) };
            facts.file = Some(ConfigFile { file, has_secrets: true });
        })
    };
    assert_eq!(config(0o640, 995), [], "the service reads it by its group");
    is_one(config(0o644, 995), Level::Wrong, "permissions", "chmod 640 /etc/s.toml");
    is_one(config(0o640, 100), Level::Wrong, "permissions", "chmod 600 /etc/s.toml");
    assert_eq!(told(|facts| facts.data_files.clear()), [], "of no folder nothing is said");
    let absent = judge(&Facts { data_files: Vec::new(), ..well() });
    assert!(absent.iter().all(|finding| finding.about != "permissions"));
}

#[test]
fn what_lets_in_too_much_is_told() {
    let of = |change: fn(&mut Exposure)| told(|facts| change(&mut facts.exposure));
    is_one(of(|of| of.are_all_trusted = true), Level::Warn, "proxies", "trusted_proxies");
    is_one(of(|of| of.are_metrics_for_all = true), Level::Warn, "metrics", "metrics_from");
    is_one(of(|of| of.token_chars = 15), Level::Warn, "metrics", "can be guessed");
    assert_eq!(of(|of| of.token_chars = 16), []);
    is_one(of(|of| of.station_port = Some(([0, 0, 0, 0], 8090).into())), Level::Warn, "station port", "0.0.0.0:8090");
    is_one(of(|of| of.address = ([0, 0, 0, 0], 80).into()), Level::Warn, "hosts", "every name passes");
    let nobody = told(|facts| {
        (facts.exposure.is_here_trusted, facts.exposure.has_proxies, facts.exposure.has_hosts) = (true, true, true);
        facts.inspection.as_mut().expect("one").has_password = false;
    });
    is_one(nobody, Level::Warn, "owner", "for nobody");
}

#[test]
fn a_disk_that_is_read_only_is_wrong() {
    let read_only = told(|facts| facts.disk = Some(Disk { free: 50 << 30, is_read_only: true }));
    is_one(read_only, Level::Wrong, "disk", "read-only");
}

#[test]
fn stations_that_fill_their_share_are_told() {
    let stations = |used: &[u64]| {
        told_of(|inspection| {
            inspection.stations = used.iter().enumerate().map(|(number, used)| station(number, used * MIB)).collect();
        })
    };
    assert_eq!(stations(&[100, 100]), []);
    is_one(stations(&[3_500, 100]), Level::Warn, "room", "s0 has filled 85 % of its share of the database: raise");
    is_one(stations(&[100, 4_096]), Level::Wrong, "room", "s1 has filled 100 % of its share");
    assert_eq!(stations(&[4_096]), [], "who is alone has no share");
}

fn station(number: usize, used_bytes: u64) -> InspectedStation {
    let slug = Slug::new(&format!("s{number}")).expect("a slug");
    let mut station = InspectedStation::new(slug, Some(NOW));
    station.used_bytes = used_bytes;
    station
}

/// A PostgreSQL where all is well.
fn postgres(change: impl FnOnce(&mut InspectedPostgres)) -> Facts {
    let mut facts = well();
    let round_trip = std::time::Duration::from_micros(340);
    let version = "15.14".to_owned();
    let mut itself =
        InspectedPostgres { version, major: 15, round_trip, connections: 9, is_standby: false, is_careless: false };
    change(&mut itself);
    (facts.database, facts.is_file) = ("postgres://anna@db:5432/weather".to_owned(), false);
    facts.data_files.truncate(1);
    let inspection = facts.inspection.as_mut().expect("one");
    (inspection.postgres, inspection.soundness) = (Some(itself), Soundness::NotAsked);
    facts
}

#[test]
fn of_a_postgresql_its_own_state_is_told_and_nothing_of_a_file() {
    let well = judge(&postgres(|_| ()));
    assert!(well.iter().all(|finding| finding.level == Level::Ok), "{well:?}");
    let text = |about| &well.iter().find(|finding| finding.about == about).expect(about).text;
    let holds = "postgres://anna@db:5432/weather holds 100 MiB; PostgreSQL 15.14 answers in 0.3 ms";
    assert_eq!(text("database"), holds);
    assert!(text("integrity").contains("pg_amcheck"));
    assert!(well.iter().all(|finding| !finding.text.contains("file is")), "{well:?}");
    let of = |change: fn(&mut InspectedPostgres)| told(|facts| *facts = postgres(change));
    is_one(
        of(|of| of.connections = 8),
        Level::Warn,
        "connections",
        "lets this user have 8, and a server needs up to 9",
    );
    is_one(of(|of| of.is_standby = true), Level::Wrong, "database", "a standby");
    is_one(of(|of| of.is_careless = true), Level::Warn, "database", "fsync is off");
    is_one(of(|of| of.major = 12), Level::Wrong, "database", "13 or newer");
    let disk = |free| told(|facts| (*facts, facts.disk) = (postgres(|_| ()), Some(Disk { free, is_read_only: false })));
    assert_eq!(disk(50 * MIB), [], "the database is not on this disk");
}
