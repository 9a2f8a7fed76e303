//! The alerts of the configuration, in the keeper's grammar.

use super::Config;
use crate::keeper::owner::{Wish, rule};
use weather::station::Slug;

/// The words for the silence of a station.
const SILENT: &str = "silent";

impl Config {
    /// What the owner wants to be told.
    ///
    /// # Errors
    /// An alert that is none: its key, and why.
    pub fn wishes(&self) -> Result<Vec<Wish>, String> {
        let mut wishes = Vec::new();
        for (number, webhook) in self.webhook.iter().enumerate() {
            for (place, alert) in webhook.alert.iter().enumerate() {
                let bad = |key: &str, why: String| format!("webhook.{number}.alert.{place}.{key}: {why}");
                let when = if alert.silent { SILENT } else { &alert.when };
                let rule =
                    rule(when, &alert.sensor).map_err(|why| bad("when", format!("{when:?} is no alert: {why}")))?;
                let station = match alert.station.as_str() {
                    "" => None,
                    slug => Some(Slug::new(slug).map_err(|error| bad("station", error.to_string()))?.to_string()),
                };
                wishes.push(Wish { webhook: webhook.name.clone(), station, rule });
            }
        }
        Ok(wishes)
    }
}
