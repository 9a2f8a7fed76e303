//! Findings about who may read and change the files.

use super::facts::{Facts, FileFact};
use super::finding::{Finding, Level};

/// What group and others may do.
const OTHERS: u32 = 0o077;
/// What group and others may change.
const OTHERS_WRITE: u32 = 0o022;
/// That a group may read.
const GROUP_READ: u32 = 0o040;

pub(super) fn judge(facts: &Facts) -> Vec<Finding> {
    // Of a folder that is not there nothing can be said.
    let Some(folder) = facts.data_files.first() else { return Vec::new() };
    let mut found = Vec::new();
    let lies =
        if facts.is_file { "visitors' words and hashes of keys lie there" } else { "what servers keep lies there" };
    for file in &facts.data_files {
        match file.owner == folder.owner {
            true => found.extend(permission(file, OTHERS, lies)),
            false => found.push(of_other(file, folder)),
        }
    }
    if let Some(config) = &facts.file {
        let denied = match config.has_secrets {
            // Who configures the service and who runs it may be two, and the group is how the second reads it.
            true if config.file.owner != folder.owner && config.file.group == folder.group => OTHERS & !GROUP_READ,
            true => OTHERS,
            false => OTHERS_WRITE,
        };
        let why = if config.has_secrets { "a password stands there" } else { "it says what the server does" };
        // Others who can read a password can use it.
        found.extend(permission(&config.file, denied, why).map(|finding| Finding { level: Level::Wrong, ..finding }));
    }
    if found.is_empty() {
        found.push(Finding::ok("permissions", "nobody else can read or change the data"));
    }
    found
}

fn of_other(file: &FileFact, folder: &FileFact) -> Finding {
    let path = file.path.display();
    Finding::wrong(
        "permissions",
        format!(
            "{path} belongs to {}, and the data folder to {}, who may not be able to write it: chown {} {path}",
            file.owner_named, folder.owner_named, folder.owner
        ),
    )
}

fn permission(file: &FileFact, denied: u32, why: &str) -> Option<Finding> {
    let text = |what: &str| {
        let right = match (file.is_folder, denied & GROUP_READ) {
            (true, _) => "700",
            (false, 0) if denied & OTHERS != OTHERS_WRITE => "640",
            (false, _) => "600",
        };
        let path = file.path.display();
        format!("other users can {what} {path} (mode {:o}), and {why}: chmod {right} {path}", file.mode & 0o777)
    };
    match file.mode & denied {
        0 => None,
        open if open & OTHERS_WRITE != 0 => Some(Finding::wrong("permissions", text("change"))),
        _ => Some(Finding::warn("permissions", text("read"))),
    }
}
