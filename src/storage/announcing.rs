//! What a keeper says on its own to several visitors, each once.

use super::Storage;
use super::core::What;
use super::error::Error;
use super::words::{self, Announced, Hearer};
use weather::station::Station;
use weather::time::Timestamp;

/// Most visitors who hear what a keeper says to all. Those who talked last come first.
const HEARERS_MAX: u32 = 1_000;
/// So many of the newest words are searched for visitors: a tenth of all that are kept by default, some hundredths of a second.
const SEARCHED_MAX: u32 = 100_000;
/// Most words in one transaction: others wait for it, and it takes some milliseconds.
const TOGETHER_MAX: usize = 100;

impl Storage {
    /// Who has said something about a station since then, a thousand visitors at most; those who talked last come first.
    pub async fn hearers(&self, station: &str, since: Timestamp) -> Result<Vec<Hearer>, Error> {
        self.readers.hearers(station, since, (SEARCHED_MAX, HEARERS_MAX)).await
    }

    /// The slugs of stations about which visitors have said something since then; nobody checks whether there are such stations.
    pub async fn heard_at(&self, since: Timestamp) -> Result<Vec<String>, Error> {
        self.readers.heard_at(since, SEARCHED_MAX).await
    }

    /// Stores what the station's keeper says to visitors `about` something, each in the visitor's conversation. Whoever was told about it
    /// is not told again, whatever the text is, also after a restart. Returns after the commit.
    pub async fn announce(&self, station: &Station, about: &str, texts: Vec<(Hearer, String)>) -> Result<(), Error> {
        let word = |(Hearer { visitor, units }, text)| {
            let id = words::told_once_id(&visitor, station.id, about);
            Announced { id, visitor, units, text }
        };
        let words: Vec<Announced> = texts.into_iter().map(word).collect();
        // A queue may have less room than that.
        for some in words.chunks(TOGETHER_MAX.min(self.shared.options.queue_words)) {
            let station = station.slug.as_str().to_owned();
            self.talk(What::Announce { station, words: some.to_vec() }).await?;
        }
        Ok(())
    }
}
