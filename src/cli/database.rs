//! What the commands that open the database themselves have in common.

use super::said::{hint, write};
use anyhow::{Context, Result, anyhow, bail};
use std::io::IsTerminal;
use std::sync::Arc;
use stevenson::config::Config;
use stevenson::storage::Storage;
use weather::station::{Slug, Station};

/// Opens the database, which a server may use at the same time, runs the command, and closes it.
pub(super) async fn with_storage(config: Config, run: impl AsyncFnOnce(&Storage) -> Result<()>) -> Result<()> {
    // This process needs no commits.
    let file = config.storage.file.display().to_string();
    let opened = Storage::open(config.storage).await;
    let (storage, _) = opened.with_context(|| format!("cannot open the database {file}"))?;
    let done = run(&storage).await;
    let warning = storage.room().warning();
    storage.close().await;
    if let (Ok(()), Some(warning)) = (&done, warning) {
        hint!("stevenson: {warning}");
    }
    done
}

/// The station of that slug.
pub(super) fn find(storage: &Storage, slug: &Slug) -> Result<Arc<Station>> {
    let directory = storage.directory();
    if let Some(now) = directory.renamed(slug.as_str()) {
        bail!("the station \"{slug}\" is called \"{now}\" in URLs now");
    }
    directory.by_slug(slug.as_str()).cloned().ok_or_else(|| anyhow!("there is no station \"{slug}\""))
}

/// Asks on the terminal whether `what` is to be removed; an error unless the answer is the expected one.
pub(super) fn must_agree(what: &str, answer: &str) -> Result<()> {
    if !std::io::stdin().is_terminal() {
        bail!("there is no terminal to ask on; add --yes to remove without a question");
    }
    let question = format!("Remove {what} with all its readings? Type {answer} to agree: ");
    write(question.as_bytes()).context("cannot ask")?;
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    if line.trim() == answer { Ok(()) } else { bail!("nothing was removed") }
}
