//! What the commands that open the database themselves have in common.

use super::said::{hint, write};
use anyhow::{Context, Result, anyhow, bail};
use std::io::IsTerminal;
use std::sync::Arc;
use stevenson::config::Config;
use stevenson::storage::Storage;
use weather::station::{Slug, Station};
use weather::typed::nearest;

/// Opens the database, which a server may use at the same time, runs the command, and closes it.
pub(super) async fn with_storage<T>(config: Config, run: impl AsyncFnOnce(&Storage) -> Result<T>) -> Result<T> {
    // This process needs no commits.
    let file = config.storage.database_named();
    let opened = Storage::open(config.storage).await;
    let (storage, _) = opened.with_context(|| format!("cannot open the database {file}"))?;
    let done = run(&storage).await;
    let warning = storage.room().warning();
    storage.close().await;
    if let (Ok(_), Some(warning)) = (&done, warning) {
        hint!("stevenson: {warning}");
    }
    done
}

/// The station of that slug.
pub(super) fn find(storage: &Storage, slug: &Slug) -> Result<Arc<Station>> {
    let directory = storage.directory();
    if let Some(now) = directory.renamed(slug.as_str()) {
        let command = named(std::env::args(), slug.as_str(), now);
        bail!("the station \"{slug}\" is called \"{now}\" in URLs now: {command}");
    }
    directory.by_slug(slug.as_str()).cloned().ok_or_else(|| {
        let near = nearest(slug.as_str(), directory.iter().map(|station| station.slug.as_str()));
        anyhow!("there is no station \"{slug}\"{}; stevenson station list tells which there are", did_you_mean(near))
    })
}

/// What may be meant, as the end of a sentence.
pub(super) fn did_you_mean(near: Option<&str>) -> String {
    near.map_or_else(String::new, |near| format!("; did you mean \"{near}\"?"))
}

/// The command again, with what the station is called now.
fn named(arguments: impl Iterator<Item = String>, former: &str, now: &str) -> String {
    let (mut said, mut is_value, mut is_done) = ("stevenson".to_owned(), false, false);
    for argument in arguments.skip(1) {
        let is_slug = argument == former && !is_value && !is_done;
        (is_value, is_done) = (argument.starts_with("--") && !argument.contains('='), is_done || is_slug);
        let word = if is_slug { now } else { &argument };
        let is_plain =
            !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./:=+,@%".contains(&b));
        let word = if is_plain { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) };
        said = format!("{said} {word}");
    }
    said
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_is_told_with_the_new_slug() {
        for (typed, told) in [
            ("station show garden", "station show plot"),
            ("station set garden --name garden", "station set plot --name garden"),
            ("--data garden station show garden", "--data garden station show plot"),
            ("station rename garden It's", "station rename plot 'It'\\''s'"),
        ] {
            let arguments = std::iter::once("x").chain(typed.split(' ')).map(str::to_owned);
            assert_eq!(named(arguments, "garden", "plot"), format!("stevenson {told}"));
        }
    }
}
