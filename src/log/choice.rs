//! What is logged, and how: by the flags, by the environment, or by default.

use super::written::Way;
use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use tracing_subscriber::EnvFilter;

/// The crates of this program.
const OURS: [&str; 4] = ["stevenson", "channel", "weather", "lab"];
/// The levels, as they are said.
const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
/// Our own variable, and the one that many programs read.
const VARIABLES: [&str; 2] = ["STEVENSON_LOG", "RUST_LOG"];

/// How lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum Format {
    /// A line for people; for the journal of systemd with levels that it understands
    #[default]
    Text,
    /// A JSON object a line
    Json,
}

/// A filter that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{place}: {why}; write a level ({}), or a filter such as info,stevenson::mqtt=debug", LEVELS.join(", "))]
pub(crate) struct BadFilter {
    place: String,
    why: String,
}

/// The filter that counts: the flag's, else that of the first variable that is set, else this level.
pub(crate) fn filter(
    flag: Option<&str>,
    level: &str,
    variable: impl Fn(&str) -> Option<OsString>,
) -> Result<EnvFilter, BadFilter> {
    if let Some(asked) = flag {
        return read(asked).map_err(|why| BadFilter { place: "--log".to_owned(), why });
    }
    for name in VARIABLES {
        let Some(asked) = variable(name).filter(|asked| !asked.is_empty()) else { continue };
        let read = asked.to_str().ok_or_else(|| "it is not UTF-8".to_owned()).and_then(|asked| match name {
            "RUST_LOG" => plain(asked),
            _ => read(asked),
        });
        return read.map_err(|why| BadFilter { place: format!("the variable {name}"), why });
    }
    read(level).map_err(|why| BadFilter { place: "the default".to_owned(), why })
}

/// Reads a filter. A level alone is that of this program's own crates; of libraries only warnings are worth a line.
fn read(asked: &str) -> Result<EnvFilter, String> {
    let asked = asked.trim();
    let level = asked.to_ascii_lowercase();
    if LEVELS.contains(&&*level) {
        let of_libraries = if matches!(&*level, "off" | "error") { &*level } else { "warn" };
        let ours = OURS.map(|name| format!("{name}={level}"));
        return plain(&format!("{of_libraries},{}", ours.join(",")));
    }
    for part in asked.split(',').map(str::trim) {
        // `tracing` would take a word that is no level for the name of a crate, and log nothing.
        let is_level = LEVELS.contains(&&*part.to_ascii_lowercase());
        if !is_level && !part.contains(['=', '[']) {
            return Err(format!("{part:?} is no level"));
        }
    }
    plain(asked)
}

fn plain(asked: &str) -> Result<EnvFilter, String> {
    EnvFilter::try_new(asked).map_err(|error| format!("{asked:?} is no filter: {error}"))
}

/// How lines are written to standard error. `journal`: the variable `JOURNAL_STREAM`.
pub(crate) fn way(format: Format, is_terminal: bool, journal: Option<&str>) -> Way {
    match format {
        Format::Json => Way::Json,
        Format::Text if journal.is_some_and(is_journal) => Way::Journal,
        Format::Text => Way::Text { colours: is_terminal },
    }
}

/// Whether standard error is the stream that systemd's journal reads: `JOURNAL_STREAM` names its device and inode
/// (systemd.exec(5)). A program that was started with its standard error elsewhere has inherited the variable only.
fn is_journal(stream: &str) -> bool {
    let own = io::stderr().as_fd().try_clone_to_owned().and_then(|fd| File::from(fd).metadata());
    own.is_ok_and(|own| stream == format!("{}:{}", own.dev(), own.ino()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(flag: Option<&str>, ours: &str, theirs: &str) -> String {
        let variable = |name: &str| Some(if name == "RUST_LOG" { theirs } else { ours }.into());
        filter(flag, "info", variable).map_or_else(|error| error.to_string(), |filter| filter.to_string())
    }

    #[test]
    fn the_flag_counts_before_our_variable_and_that_before_the_common_one() {
        assert!(asked(Some("debug"), "error", "trace").contains("stevenson=debug"));
        assert!(asked(None, "error", "trace").contains("stevenson=error"));
        assert_eq!(asked(None, "", "hyper"), "hyper=trace", "which is as every program reads it");
        assert!(asked(None, "", "").contains("stevenson=info") && asked(None, "", "").contains("warn"));
    }

    #[test]
    fn a_bad_filter_is_named_with_its_place() {
        assert!(asked(Some("inof"), "", "").starts_with("--log: \"inof\" is no level; write a level (off, error,"));
        assert!(
            asked(None, "warn,stevenson=lots", "")
                .starts_with("the variable STEVENSON_LOG: \"warn,stevenson=lots\" is")
        );
        assert!(asked(None, "", "a=b=c").starts_with("the variable RUST_LOG: "));
    }
}
