//! `webhook`: tries the webhooks of the configuration.

use super::said::say;
use anyhow::{Context, Result, bail};
use clap::Subcommand;
use stevenson::config::Loaded;
use stevenson::webhook::{Outcome, Receiver};

#[derive(Debug, Subcommand)]
pub(super) enum WebhookCommand {
    /// List the webhooks of the configuration, and what each is told
    List,
    /// Post a test to a webhook, once, and say what came back
    Test {
        /// The name that the configuration gives it
        name: String,
    },
}

/// Runs it.
pub(super) async fn run(loaded: &Loaded, command: WebhookCommand) -> Result<()> {
    let all = &loaded.config.webhook;
    match command {
        WebhookCommand::List if all.is_empty() => say!("no webhooks; docs/ALERTS.md tells how to write one"),
        WebhookCommand::List => {
            let wishes = loaded.config.wishes().map_err(anyhow::Error::msg)?;
            for webhook in all {
                say!("{}", webhook.name)?;
                for wish in wishes.iter().filter(|wish| wish.webhook == webhook.name) {
                    let station = wish.station.as_deref().unwrap_or("every station");
                    say!("  {station}: {}", wish.name())?;
                }
            }
            Ok(())
        }
        WebhookCommand::Test { name } => {
            let Some(number) = all.iter().position(|webhook| webhook.name == name) else {
                let names: Vec<&str> = all.iter().map(|webhook| webhook.name.as_str()).collect();
                let there = if names.is_empty() {
                    "there are none".to_owned()
                } else {
                    format!("there is {}", names.join(", "))
                };
                bail!("the configuration has no webhook called {name:?}; {there}");
            };
            let receiver =
                Receiver::open(&all[number], number, &loaded.config.data).context("the configuration is wrong")?;
            match receiver.test(now()).await? {
                Outcome::Taken { answer } => say!("{name} has taken the test: {answer}"),
                Outcome::Later { why, .. } | Outcome::Refused { why } => bail!("{name} has not taken the test: {why}"),
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a command: it says what time it is")]
fn now() -> weather::time::Timestamp {
    chrono::Utc::now().into()
}
