//! From facts to findings. Nothing here asks the system.

use super::facts::{Exposure, Facts, Files, Server};
use super::finding::Finding;
use super::stations;
use chrono::Datelike;
use std::path::Path;
use stevenson::storage::{BadFile, Inspection, Schema, Soundness};
use weather::freshness::age;
use weather::time::{DAY_MS, MINUTE_MS, Timestamp};
use weather::zone::VERSION_INSIDE;

/// What group and others may do.
const OTHERS: u32 = 0o077;
/// What group and others may change.
const OTHERS_WRITE: u32 = 0o022;
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
/// Rules of time zones that are so old miss changes of governments, years.
const ZONES_OLD_YEARS: i32 = 2;
/// The newest entry may be so far ahead of the clock, ms: clocks are put right by some seconds.
const AHEAD_MS: i64 = 5 * MINUTE_MS;

/// All findings, the database first.
pub(super) fn judge(facts: &Facts) -> Vec<Finding> {
    let mut found = vec![server(facts)];
    let inspection = match &facts.inspection {
        Ok(inspection) => {
            found.extend(database(facts, inspection));
            Some(inspection)
        }
        Err(why) => {
            found.push(Finding::wrong("database", why.clone()));
            None
        }
    };
    found.extend(permissions(facts));
    found.extend(disk(facts, inspection));
    found.push(files(facts.files, facts.limits.max_connections));
    found.extend(clock(facts, inspection));
    found.push(zones(facts));
    found.extend(exposure(&facts.exposure, inspection.map(|inspection| inspection.has_password)));
    if let Some(inspection) = inspection.filter(|inspection| inspection.schema == Schema::Fits) {
        found.extend(stations::judge(inspection, facts.now));
    }
    found
}

fn server(facts: &Facts) -> Finding {
    match facts.server {
        Server::Runs(process) => Finding::ok("server", format!("it runs, as process {process}")),
        Server::Rests => Finding::ok("server", "none runs over this folder"),
        Server::Unknown => Finding::ok("server", "this system does not tell whether one runs"),
    }
}

fn database(facts: &Facts, inspection: &Inspection) -> Vec<Finding> {
    let file = facts.database.display();
    let size = format!("{file} holds {}", bytes(inspection.used_bytes));
    let mut found = vec![match inspection.schema {
        Schema::Fits => Finding::ok("database", size),
        Schema::Older => Finding::warn(
            "database",
            format!(
                "{size}; an older version made it, and the next server that starts will change its tables: keep a copy"
            ),
        ),
        Schema::Newer => Finding::wrong("database", format!("{size}; {}", BadFile::Newer)),
    }];
    found.push(match &inspection.soundness {
        Soundness::Sound => Finding::ok("integrity", "the file is whole"),
        Soundness::Unfinished => {
            Finding::ok("integrity", "no damage in the part that was looked at; --deep looks at all of it")
        }
        Soundness::Broken(why) => Finding::wrong(
            "integrity",
            format!("the file is damaged: {}; stop the server, keep a copy, and restore a backup", one_line(why)),
        ),
    });
    found
}

fn permissions(facts: &Facts) -> Vec<Finding> {
    let mut found = Vec::new();
    for (path, mode) in &facts.modes {
        found.extend(permission(path, *mode, OTHERS, "visitors' words and hashes of keys lie there"));
    }
    if let Some(file) = &facts.file {
        let denied = if file.has_secrets { OTHERS } else { OTHERS_WRITE };
        let why = if file.has_secrets { "a password stands there" } else { "it says what the server does" };
        let finding = permission(&file.path, file.mode, denied, why);
        // Others who can read a password can use it.
        found.extend(finding.map(|finding| Finding { level: super::finding::Level::Wrong, ..finding }));
    }
    if found.is_empty() {
        found.push(Finding::ok("permissions", "nobody else can read or change the data"));
    }
    found
}

fn permission(path: &Path, mode: u32, denied: u32, why: &str) -> Option<Finding> {
    let text = |what: &str| {
        let right = if path.is_dir() { "700" } else { "600" };
        let path = path.display();
        format!("other users can {what} {path} (mode {:o}), and {why}: chmod {right} {path}", mode & 0o777)
    };
    match mode & denied {
        0 => None,
        open if open & OTHERS_WRITE != 0 => Some(Finding::wrong("permissions", text("change"))),
        _ => Some(Finding::warn("permissions", text("read"))),
    }
}

fn disk(facts: &Facts, inspection: Option<&Inspection>) -> Vec<Finding> {
    let Some(disk) = facts.disk else { return Vec::new() };
    let free = format!("{} are free", bytes(disk.free));
    let used = inspection.map_or(0, |inspection| inspection.used_bytes);
    let limit = facts.limits.max_database_bytes;
    let left = limit.saturating_sub(used);
    let mut found = vec![if disk.free < FREE_MIN_BYTES {
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
        forecast(facts, inspection, left.min(disk.free))
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
    let needed = max_connections + FILES_BESIDE;
    match files.limit {
        None => Finding::ok("open files", "the system does not tell how many there may be"),
        Some(limit) if limit < needed => Finding::warn(
            "open files",
            format!(
                "{whose} may have {limit} open, which is enough for about {} connections, not for the {max_connections} of \
                 max_connections: raise LimitNOFILE in the unit, or ulimit -n",
                limit.saturating_sub(FILES_BESIDE)
            ),
        ),
        Some(limit) => Finding::ok("open files", format!("{whose} may have {limit} open")),
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

fn exposure(exposure: &Exposure, has_password: Option<bool>) -> Vec<Finding> {
    let Exposure { address, has_proxies, are_proxies_local, has_hosts, enrols } = *exposure;
    let is_local = address.ip().is_loopback();
    let mut found = vec![match (is_local, has_proxies) {
        (true, false) => Finding::ok(
            "address",
            format!("{address}: only this machine; a proxy in front must be named in trusted_proxies of [web]"),
        ),
        (true, true) => Finding::ok("address", format!("{address}: only this machine, and a proxy in front")),
        (false, true) if are_proxies_local => Finding::warn(
            "address",
            format!("{address}: others can go around the proxy on this machine; use address = \"127.0.0.1\""),
        ),
        (false, _) => Finding::ok("address", format!("{address}: other machines reach it")),
    }];
    let is_reached = !is_local || has_proxies;
    match has_password {
        Some(true) => found.push(Finding::ok("owner", "the pages at /admin ask for the password")),
        Some(false) if is_reached => found.push(Finding::warn(
            "owner",
            "others reach the server, and there is no password: stevenson admin password sets one",
        )),
        Some(false) => found.push(Finding::ok("owner", "no password; the pages at /admin are for this machine alone")),
        None => {}
    }
    if is_reached && has_proxies && !has_hosts {
        found.push(Finding::warn("hosts", "every name passes: name those of this server in hosts of [web]"));
    }
    if enrols && has_proxies {
        found.push(Finding::warn(
            "enrolment",
            "devices that are no station's may wait: set enrol = false when yours are claimed",
        ));
    }
    found
}

fn year(at: Timestamp) -> i32 {
    at.to_utc().year()
}

/// The year in a version such as `2026f`.
fn year_of_zones(version: Option<&str>) -> Option<i32> {
    version?.get(..4)?.parse().ok()
}

/// A number of bytes, rounded down: `812 MiB`, `3.4 GiB`.
fn bytes(bytes: u64) -> String {
    match bytes {
        0..0x10_0000 => format!("{} KiB", bytes >> 10),
        0x10_0000..0x4000_0000 => format!("{} MiB", bytes >> 20),
        _ => format!("{}.{} GiB", bytes >> 30, ((bytes & 0x3fff_ffff) * 10) >> 30),
    }
}

/// SQLite's words have several lines.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
