//! Findings about the database itself.

use super::facts::Facts;
use super::finding::{Finding, bytes};
use stevenson::storage::{BadFile, InspectedPostgres, Inspection, Schema, Soundness};

/// The oldest PostgreSQL that has what is asked of it.
const OLDEST: u32 = 13;

pub(super) fn judge(facts: &Facts, inspection: &Inspection) -> Vec<Finding> {
    let name = &facts.database;
    let size = format!("{name} holds {}{}", bytes(inspection.used_bytes), answers(inspection.postgres.as_ref()));
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
        Soundness::NotAsked => {
            Finding::ok("integrity", "not looked through: PostgreSQL has tools of its own for that (pg_amcheck)")
        }
    });
    if let Some(postgres) = &inspection.postgres {
        found.extend(itself(postgres, facts.limits.to_database));
    }
    found
}

/// `; PostgreSQL 15.14 answers in 0.3 ms`; nothing of a file.
fn answers(postgres: Option<&InspectedPostgres>) -> String {
    postgres.map_or_else(String::new, |postgres| {
        let ms = postgres.round_trip.as_secs_f64() * 1e3;
        format!("; PostgreSQL {} answers in {ms:.1} ms", postgres.version)
    })
}

/// What an operator of a PostgreSQL should mend. `needed`: connections of one server.
fn itself(postgres: &InspectedPostgres, needed: u64) -> Vec<Finding> {
    let mut found = Vec::new();
    if postgres.major < OLDEST {
        let text = format!("PostgreSQL {} is too old: it must be {OLDEST} or newer", postgres.version);
        found.push(Finding::wrong("database", text));
    }
    if postgres.is_standby {
        found.push(Finding::wrong(
            "database",
            "it is a standby, which does not write: the address must lead to the one that does, or this one be promoted",
        ));
    }
    if postgres.is_careless {
        let text = "fsync is off: a power cut may take the database, whatever durability says; set fsync = on";
        found.push(Finding::warn("database", text));
    }
    if postgres.connections < needed {
        found.push(Finding::warn(
            "connections",
            format!(
                "PostgreSQL lets this user have {}, and a server needs up to {needed}: raise max_connections of PostgreSQL (or the limit of \
                 the user or of the database), or lower readers",
                postgres.connections
            ),
        ));
    }
    found
}

/// SQLite's words have several lines.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
