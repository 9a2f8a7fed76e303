//! Parses the arguments, runs, prints the chain of errors, sets the exit code.

use clap::Parser;
use std::process::ExitCode;

// Measured: a waiting request takes a sixth fewer instructions than with the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

mod cli;
mod log;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let log = log::Log::open(std::env::var("STEVENSON_LOG").unwrap_or_else(|_| cli.log_level().to_owned()));
    match cli.run(log.counts()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            log.say(format!("stevenson: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
