//! `admin password`: opens the file itself, beside a running server.

use super::database::with_storage;
use super::said::say;
use anyhow::{Context, Result, bail};
use clap::Subcommand;
use std::io::{IsTerminal, stdin};
use stevenson::admin::password;
use stevenson::config::Config;

#[derive(Debug, Subcommand)]
pub(super) enum AdminCommand {
    /// Set the password of the pages at /admin; whoever is logged in has to log in again. It is asked for on the terminal, or
    /// read from the first line of standard input
    Password,
}

/// Runs the command.
pub(super) async fn run(config: Config, command: AdminCommand) -> Result<()> {
    match command {
        AdminCommand::Password => {
            let hash = password::hash(&ask()?)?;
            with_storage(config, async |storage| Ok(storage.set_admin_password(&hash).await?)).await?;
            say!("the password is set; nobody is logged in now")?;
            Ok(())
        }
    }
}

/// The new password: from the terminal without an echo, twice, or else the first line of standard input.
fn ask() -> Result<String> {
    if !stdin().is_terminal() {
        let mut line = String::new();
        stdin().read_line(&mut line).context("cannot read standard input")?;
        return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
    }
    let password = rpassword::prompt_password("New password: ").context("cannot ask on the terminal")?;
    let again = rpassword::prompt_password("Once more: ").context("cannot ask on the terminal")?;
    if password == again { Ok(password) } else { bail!("the two passwords differ; nothing was changed") }
}
