//! From facts to findings. Nothing here asks the system.

use super::facts::{Facts, Files, Process, Server};
use super::finding::{Finding, bytes};
use super::{database, permissions, reach, stations};
use chrono::Datelike;
use stevenson::storage::{Inspection, Schema};
use weather::freshness::age;
use weather::time::{DAY_MS, MINUTE_MS, Timestamp};
use weather::zone::VERSION_INSIDE;

/// Below this SQLite cannot write its log in peace, bytes.
const FREE_MIN_BYTES: u64 = 100 << 20;
/// A database that is so full has little time left, percent.
const FULL_PERCENT: u64 = 80;
/// Growth is told from this time on, ms: the first days are no measure.
const GROWTH_FROM_MS: i64 = 7 * DAY_MS;
/// A forecast beyond this is none, days: ten years.
const FORECAST_MAX_DAYS: u64 = 3_650;
/// Files that are open beside connections: the database, its readers, the log.
const FILES_BESIDE: u64 = 100;
/// Fewer connections may be too few for a public page.
const CONNECTIONS_FEW: u64 = 1_000;
/// Rules of time zones that are so old miss changes of governments, years.
const ZONES_OLD_YEARS: i32 = 2;
/// The newest entry may be so far ahead of the clock, ms: clocks are put right by some seconds.
const AHEAD_MS: i64 = 5 * MINUTE_MS;

/// All findings, the database first.
pub(super) fn judge(facts: &Facts) -> Vec<Finding> {
    let mut found = server(facts);
    let inspection = match &facts.inspection {
        Ok(inspection) => {
            found.extend(database::judge(facts, inspection));
            Some(inspection)
        }
        Err(why) => {
            found.push(Finding::wrong("database", why.clone()));
            None
        }
    };
    found.extend(permissions::judge(facts));
    found.extend(disk(facts, inspection));
    found.push(files(facts.files, facts.limits.max_connections));
    found.extend(clock(facts, inspection));
    found.push(zones(facts));
    let known = inspection.filter(|inspection| inspection.schema == Schema::Fits);
    found.extend(reach::judge(&facts.exposure, known.map(|inspection| inspection.has_password)));
    if let Some(inspection) = known {
        found.extend(shares(inspection, facts.limits.station_share_bytes));
        found.extend(stations::judge(inspection, facts.now));
    }
    found
}

fn server(facts: &Facts) -> Vec<Finding> {
    let mut found = vec![match &facts.server {
        Server::Runs(process) => runs(process, facts.now),
        Server::Rests if facts.must_run => Finding::wrong("server", "none runs over this folder"),
        Server::Rests => Finding::warn("server", "none runs over this folder"),
        Server::Unknown => Finding::ok("server", "this system does not tell whether one runs"),
    }];
    found.extend(facts.taken.map(|at| {
        Finding::warn(
            "port",
            format!("another program listens at {at}: a server needs another port, or that program must end"),
        )
    }));
    found
}

fn runs(Process { number, told }: &Process, now: Timestamp) -> Finding {
    let Some(told) = told else {
        return Finding::warn(
            "server",
            format!(
                "it runs, as process {number}, and starts at this moment or is of another version: what follows may not be true of it"
            ),
        );
    };
    let file =
        told.file.as_ref().map_or("without a configuration file".to_owned(), |file| format!("with {}", file.display()));
    let since = told.began.map_or(String::new(), |began| format!(" for {}", age(began, now)));
    let text = format!("it runs at {}{since}, {file}, as process {number}", told.http);
    match told.version == env!("CARGO_PKG_VERSION") {
        true => Finding::ok("server", text),
        false => Finding::warn(
            "server",
            format!(
                "{text}; its version is {}, and this is {}: start it anew",
                told.version,
                env!("CARGO_PKG_VERSION")
            ),
        ),
    }
}

/// Stations that have nearly filled their share; a station that is alone has none.
fn shares(inspection: &Inspection, share_bytes: u64) -> Vec<Finding> {
    let percent = |used: u64| used.saturating_mul(100).checked_div(share_bytes).unwrap_or(100);
    let all = inspection.stations.iter().filter(|_| inspection.stations.len() > 1);
    let full = all.map(|station| (&station.slug, percent(station.used_bytes)));
    full.filter(|(_, percent)| *percent >= FULL_PERCENT)
        .map(|(slug, percent)| {
            let text = format!("{slug} has filled {percent} % of its share of the database");
            match percent {
                100.. => Finding::wrong(
                    "room",
                    format!("{text}: its reports are refused; raise max_database_mib or station_share_percent"),
                ),
                _ => Finding::warn("room", format!("{text}: raise max_database_mib or station_share_percent in time")),
            }
        })
        .collect()
}

fn disk(facts: &Facts, inspection: Option<&Inspection>) -> Vec<Finding> {
    let Some(disk) = facts.disk else { return Vec::new() };
    let free = format!("{} are free", bytes(disk.free));
    let used = inspection.map_or(0, |inspection| inspection.used_bytes);
    let limit = facts.limits.max_database_bytes;
    let left = limit.saturating_sub(used);
    let mut found = vec![if disk.is_read_only {
        let why = if facts.is_file { "no report can be stored" } else { "no server can start over it" };
        Finding::wrong("disk", format!("the file system of the data folder is read-only: {why}"))
    } else if !facts.is_file {
        Finding::ok("disk", format!("{free} beside the data folder; that of the database belongs to PostgreSQL"))
    } else if disk.free < FREE_MIN_BYTES {
        Finding::wrong("disk", format!("only {free}: make room before reports are refused"))
    } else if disk.free < left {
        Finding::warn(
            "disk",
            format!("{free}, and the database may grow by {}: make room, or lower max_database_mib", bytes(left)),
        )
    } else {
        Finding::ok("disk", free)
    }];
    let Some(inspection) = inspection else { return found };
    let percent = used.saturating_mul(100).checked_div(limit).unwrap_or(100);
    let room = format!(
        "the database holds {percent} % of max_database_mib{}",
        forecast(facts, inspection, if facts.is_file { left.min(disk.free) } else { left })
    );
    found.push(match percent {
        100.. => {
            Finding::wrong("room", format!("{room}: reports are refused; raise max_database_mib or remove stations"))
        }
        FULL_PERCENT.. => Finding::warn("room", format!("{room}: raise max_database_mib or remove stations in time")),
        _ => Finding::ok("room", room),
    });
    found
}

/// How long the room lasts at the pace so far.
fn forecast(facts: &Facts, inspection: &Inspection, left: u64) -> String {
    let lived_ms = inspection.began.map_or(0, |began| facts.now.since(began));
    if lived_ms < GROWTH_FROM_MS {
        return String::new();
    }
    let days_lived = (lived_ms / DAY_MS).unsigned_abs().max(1);
    let a_day = (inspection.used_bytes / days_lived).max(1);
    match left / a_day {
        days if days > FORECAST_MAX_DAYS => ", and has room for more than ten years at the pace so far".to_owned(),
        days => format!(", and has room for about {days} days at the pace so far"),
    }
}

fn files(files: Files, max_connections: u64) -> Finding {
    let whose = if files.is_of_server { "the server" } else { "a process started here" };
    let Some(limit) = files.limit else {
        return Finding::ok("open files", "the system does not tell how many there may be");
    };
    let fit = limit.saturating_sub(FILES_BESIDE);
    match fit < max_connections {
        true if fit < CONNECTIONS_FEW => Finding::warn(
            "open files",
            format!(
                "{whose} may have {limit} open, which is enough for about {fit} connections, not for the {max_connections} of \
                 max_connections: raise LimitNOFILE in the unit, or ulimit -n"
            ),
        ),
        true => Finding::ok("open files", format!("{whose} may have {limit} open, enough for about {fit} connections")),
        false => Finding::ok("open files", format!("{whose} may have {limit} open")),
    }
}

fn clock(facts: &Facts, inspection: Option<&Inspection>) -> Vec<Finding> {
    let now = facts.now.to_utc().format("%Y-%m-%d %H:%M UTC");
    let newest = inspection.and_then(|inspection| inspection.committed);
    vec![if year(facts.now) < year_of_zones(Some(VERSION_INSIDE)).unwrap_or(0) {
        Finding::wrong("system clock", format!("it says {now}, which is before this program was made: set it"))
    } else if let Some(ahead) = newest.filter(|newest| newest.since(facts.now) > AHEAD_MS) {
        let by = age(facts.now, ahead);
        Finding::wrong(
            "system clock",
            format!("it says {now}, and the database has entries of {by} later: one of the two is wrong"),
        )
    } else if facts.is_clock_set == Some(false) {
        Finding::warn(
            "system clock",
            format!("it says {now}, and no time server has set it since the start of this machine"),
        )
    } else {
        Finding::ok("system clock", format!("it says {now}"))
    }]
}

fn zones(facts: &Facts) -> Finding {
    let source = &facts.zones;
    match year_of_zones(source.version.as_deref()) {
        Some(made) if year(facts.now) - made >= ZONES_OLD_YEARS => Finding::warn(
            "time zones",
            format!("{source}: older than two years; update tzdata of this machine, or stevenson"),
        ),
        Some(_) => Finding::ok("time zones", source.to_string()),
        None => Finding::warn("time zones", format!("{source}: nobody can tell how old they are; install tzdata")),
    }
}

fn year(at: Timestamp) -> i32 {
    at.to_utc().year()
}

/// The year in a version such as `2026f`.
fn year_of_zones(version: Option<&str>) -> Option<i32> {
    version?.get(..4)?.parse().ok()
}

#[cfg(test)]
mod tests;
