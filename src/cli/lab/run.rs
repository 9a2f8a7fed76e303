//! `lab run`: the fleets over HTTP.

use super::super::said::hint;
use super::asked::{Asked, now};
use super::own_server::OwnServer;
use ::lab::comparison::Comparison;
use ::lab::drive::machine::Machine;
use ::lab::run;
use anyhow::{Result, bail};
use channel::fleet::Fleet;
use clap::Args;

#[derive(Debug, Args)]
#[command(mut_arg("news", |arg| arg.required(false).default_value("1/2")))]
#[command(mut_arg("words", |arg| arg.required(false).default_value("1/10")))]
pub(in crate::cli) struct Run {
    /// How many pages of each fleet are open at once
    #[arg(long, default_value_t = 200)]
    pages: usize,
    /// How long each fleet is measured, seconds
    #[arg(long, default_value_t = 60.0)]
    seconds: f64,
    /// Say real words: each page asks the station's keeper, which answers
    #[arg(long)]
    keeper: bool,
    /// A running server, on this machine; without it one is started, with an empty folder, and stopped again
    #[arg(long, requires = "key")]
    url: Option<String>,
    /// The key of the station to post for, if the server is running already
    #[arg(long, requires = "url")]
    key: Option<String>,
    #[command(flatten)]
    asked: Asked,
}

/// Runs, writes the files that were asked for, prints the table.
pub(super) async fn run(arguments: &Run) -> Result<()> {
    let Run { pages, seconds, keeper, asked, .. } = arguments;
    let (scenario, at) = (asked.scenario(*seconds)?, now());
    scenario.check()?;
    let own = if arguments.url.is_none() { Some(OwnServer::start()?) } else { None };
    let (url, key) = match (&own, &arguments.url, &arguments.key) {
        (Some(own), ..) => (own.url.clone(), own.key.clone()),
        (None, Some(url), Some(key)) => (url.clone(), key.clone()),
        _ => bail!("a running server needs --url and --key"),
    };
    let options = run::Options { url, key, pages: *pages, asks_keeper: *keeper, scenario };
    let mut begins = |fleet: &'static Fleet| hint!("{fleet}: {pages} pages, {seconds} s");
    let counts = run::run(&options, &mut begins).await?;
    drop(own);
    asked.show(&Comparison::of_run(at, Machine::this(), &options, counts))
}
