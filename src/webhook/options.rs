//! The knobs of a webhook, and what is wrong with them.

use super::address::Address;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Most webhooks: each has a task and a queue.
const WEBHOOKS_MAX: usize = 16;
/// Most alerts of a webhook.
const ALERTS_MAX: usize = 64;
/// The longest name, characters: it stands in metrics and in the log.
const NAME_MAX_CHARS: usize = 32;

/// A place that is told of alerts: a table `[[webhook]]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// What the log, the metrics and `stevenson webhook test` call it.
    pub name: String,
    /// Where letters are posted. For ntfy the topic's own address.
    pub url: String,
    /// How letters are written.
    pub kind: Kind,
    /// Where the pages are, for links to them.
    pub site: String,
    /// The file that holds the receiver's token.
    pub token_file: PathBuf,
    /// The file that holds the secret to sign with.
    pub secret_file: PathBuf,
    /// Certificates (PEM) that vouch for the receiver's.
    pub ca_file: String,
    /// What it is told.
    pub alert: Vec<Alerting>,
}

/// An alert of the owner: a table `[[webhook.alert]]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Alerting {
    /// The station's slug; empty: every station.
    pub station: String,
    /// The sensor; empty: the main one.
    pub sensor: String,
    /// What rings, in the words that visitors say.
    pub when: String,
    /// It rings when the station is silent.
    pub silent: bool,
}

/// How letters are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Our own JSON.
    #[default]
    Json,
    /// What ntfy takes.
    Ntfy,
}

/// What is wrong with a webhook.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {reason}")]
pub struct Misfit {
    key: String,
    reason: String,
}

impl Misfit {
    /// `key`: as `webhook.0.url`.
    pub(super) fn new(key: String, reason: impl Into<String>) -> Self {
        Self { key, reason: reason.into() }
    }
}

/// Says what is wrong, as far as can be seen without reading files.
///
/// # Errors
/// [`Misfit`].
pub fn check(all: &[Options]) -> Result<(), Misfit> {
    if all.len() > WEBHOOKS_MAX {
        return Err(Misfit::new("webhook".to_owned(), format!("there may be {WEBHOOKS_MAX}")));
    }
    for (number, webhook) in all.iter().enumerate() {
        let bad = |key: &str, reason: String| Err(Misfit::new(format!("webhook.{number}.{key}"), reason));
        let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if webhook.name.is_empty() || webhook.name.len() > NAME_MAX_CHARS || !webhook.name.chars().all(is_name) {
            let rule = format!("write up to {NAME_MAX_CHARS} of a-z, 0-9 and -");
            return bad("name", format!("{:?} is no name of a webhook: {rule}", webhook.name));
        }
        if all[..number].iter().any(|other| other.name == webhook.name) {
            return bad("name", format!("there are two webhooks called {:?}", webhook.name));
        }
        let address = match Address::of(&webhook.url) {
            Ok(address) => address,
            Err(why) => return bad("url", why),
        };
        if webhook.kind == Kind::Ntfy && address.topic().is_none() {
            return bad("url", "ntfy wants the address of a topic, such as https://ntfy.sh/my-topic".to_owned());
        }
        if webhook.kind == Kind::Ntfy && webhook.url.contains('?') {
            return bad(
                "url",
                "letters to ntfy go without what is behind the ?: write the token into token_file".to_owned(),
            );
        }
        if !webhook.ca_file.is_empty() && !address.is_tls {
            return bad("ca_file", "is read only for an address that begins with https://".to_owned());
        }
        if !webhook.site.is_empty()
            && let Err(why) = Address::of(&webhook.site)
        {
            return bad("site", why);
        }
        if webhook.site.contains(['?', '#']) {
            return bad("site", "links to stations are made of it: write it without ? and #".to_owned());
        }
        if webhook.alert.is_empty() {
            let example = "[[webhook.alert]], station = \"…\", when = \"temperature below 3 °C\"";
            return bad("alert", format!("this webhook is told nothing: add {example}"));
        }
        if webhook.alert.len() > ALERTS_MAX {
            return bad("alert", format!("there may be {ALERTS_MAX}"));
        }
        for (place, alert) in webhook.alert.iter().enumerate() {
            if alert.silent != alert.when.trim().is_empty() {
                return bad(
                    &format!("alert.{place}.when"),
                    "an alert has either when = \"temperature below 3 °C\" or silent = true".to_owned(),
                );
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Options {
        let alert = vec![Alerting { when: "it rains".to_owned(), ..Alerting::default() }];
        let (name, url) = ("phone".to_owned(), "https://ntfy.sh/garden".to_owned());
        Options { name, url, kind: Kind::Ntfy, alert, ..Options::default() }
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        assert_eq!(check(&[good()]), Ok(()));
        let wrong = |change: fn(&mut Options)| {
            let mut options = good();
            change(&mut options);
            check(&[good(), options]).expect_err("a mistake").to_string()
        };
        let unnamed: fn(&mut Options) = |options| options.name = "my phone".to_owned();
        for (change, key, why) in [
            (unnamed, "webhook.1.name: ", "is no name"),
            (|_| (), "webhook.1.name: ", "two webhooks"),
            (|o| (o.name, o.url) = ("b".into(), "ntfy.sh/garden".into()), "webhook.1.url: ", "http"),
            (|o| (o.name, o.url) = ("b".into(), "https://ntfy.sh/".into()), "webhook.1.url: ", "topic"),
            (|o| (o.name, o.url) = ("b".into(), "https://ntfy.sh/a?auth=b".into()), "webhook.1.url: ", "token_file"),
            (|o| (o.name, o.url) = ("b".into(), "https://ntfy.sh:99999/a".into()), "webhook.1.url: ", "is no port"),
            (|o| (o.name, o.site) = ("b".into(), "here".into()), "webhook.1.site: ", "http"),
            (|o| (o.name, o.site) = ("b".into(), "https://x/y?z=1".into()), "webhook.1.site: ", "without ?"),
            (|o| (o.name, o.alert) = ("b".into(), Vec::new()), "webhook.1.alert: ", "told nothing"),
            (|o| (o.name, o.alert[0].silent) = ("b".into(), true), "webhook.1.alert.0.when: ", "either"),
        ] {
            let error = wrong(change);
            assert!(error.starts_with(key) && error.contains(why), "{error}");
        }
    }
}
