//! Parses the arguments, runs, prints the chain of errors, sets the exit code.

use clap::Parser;
use std::io::IsTerminal;
use std::process::ExitCode;

// Measured: a waiting request takes a sixth fewer instructions than with the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

mod cli;

fn main() -> ExitCode {
    let filter = std::env::var("STEVENSON_LOG").unwrap_or_else(|_| "warn".to_owned());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    match cli::Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("stevenson: {error:#}");
            ExitCode::FAILURE
        }
    }
}
