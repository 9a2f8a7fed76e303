//! Parses the arguments, runs, prints the chain of errors, sets the exit code.

use clap::Parser;
use std::io::Write;
use std::process::ExitCode;

// Measured: a waiting request takes a sixth fewer instructions than with the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

mod cli;
mod log;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let log = match cli.log() {
        Ok((filter, way)) => log::Log::open(filter, way),
        Err(bad) => {
            // There is no log yet. If nobody reads standard error, there is nobody to tell.
            let _ = writeln!(std::io::stderr(), "stevenson: {bad}");
            return ExitCode::FAILURE;
        }
    };
    match cli.run(log.counts()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            log.say(format!("stevenson: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
