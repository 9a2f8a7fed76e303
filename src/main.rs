//! Parses the arguments, runs, prints the chain of errors, sets the exit code.

use clap::Parser;
use std::io::Write;
use std::process::ExitCode;
use stevenson::{app, config};

// Measured: a waiting request takes a sixth fewer instructions than with the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

mod cli;
mod log;

/// The exit code that says that the configuration is wrong (`EX_CONFIG` of sysexits.h): systemd is told not to start again after it.
const WRONG_CONFIGURATION: u8 = 78;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let log = match cli.log() {
        Ok((filter, way)) => log::Log::open(filter, way),
        Err(bad) => {
            // There is no log yet. If nobody reads standard error, there is nobody to tell.
            let _ = writeln!(std::io::stderr(), "stevenson: {bad}");
            return ExitCode::from(WRONG_CONFIGURATION);
        }
    };
    match cli.run(log.counts()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            log.say(format!("stevenson: {}", chain(&error)));
            code(&error)
        }
    }
}

/// An error and what caused it. What a library says at the end of its own text is not said again.
fn chain(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if text.is_empty() {
            text = cause;
        } else if !text.ends_with(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

fn code(error: &anyhow::Error) -> ExitCode {
    let of_start = error.downcast_ref::<app::Error>().is_some_and(app::Error::is_of_configuration);
    match of_start || error.downcast_ref::<config::Error>().is_some_and(config::Error::is_of_configuration) {
        true => ExitCode::from(WRONG_CONFIGURATION),
        false => ExitCode::FAILURE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::anyhow;

    #[test]
    fn a_cause_that_was_said_is_not_said_again() {
        let error = anyhow!("refused").context("talking failed: refused").context("cannot open");
        assert_eq!(chain(&error), "cannot open: talking failed: refused");
        assert_eq!(chain(&anyhow!("refused").context("cannot open")), "cannot open: refused");
    }
}
