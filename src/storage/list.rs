//! Changes to the list of stations, each in a transaction of its own with its journal entry.

use super::bodies;
use super::commit::{COMMIT, Scribe, now};
use super::error::Error;
use super::journal::{self, Entry};
use super::keys::Key;
use super::merge::News;
use super::stations::{self, Directory, NewStation};
use std::sync::Arc;
use weather::station::{Slug, Station};

/// What may happen to the list of stations.
enum Change<'a> {
    Add(&'a NewStation, &'a Key),
    Renew(&'a Key),
    Remove,
}

impl Scribe {
    pub async fn add_station(&mut self, new: NewStation) -> Result<(Arc<Station>, Key), Error> {
        let key = Key::generate()?;
        let directory = self.change(&new.slug, Change::Add(&new, &key)).await?;
        let station = directory.by_slug(new.slug.as_str()).cloned();
        station.map(|station| (station, key)).ok_or_else(|| Error::NoStation(new.slug.to_string()))
    }

    pub async fn renew_key(&mut self, slug: Slug) -> Result<Key, Error> {
        let key = Key::generate()?;
        self.change(&slug, Change::Renew(&key)).await?;
        Ok(key)
    }

    pub async fn remove_station(&mut self, slug: Slug) -> Result<(), Error> {
        self.change(&slug, Change::Remove).await?;
        self.orphans = true;
        Ok(())
    }

    /// Changes the list of stations in a transaction of its own; returns the new list.
    async fn change(&mut self, slug: &Slug, change: Change<'_>) -> Result<Arc<Directory>, Error> {
        let done = self.try_change(slug, change).await;
        self.settle(&done).await;
        let (directory, entry) = done?;
        self.shared.set_directory(directory.clone());
        self.tell(vec![entry]).await;
        Ok(directory)
    }

    async fn try_change(&mut self, slug: &Slug, change: Change<'_>) -> Result<(Arc<Directory>, Entry), Error> {
        self.begin().await?;
        match change {
            Change::Add(new, key) => stations::insert(&mut self.conn, new, key, now()).await?,
            Change::Renew(key) => stations::renew(&mut self.conn, slug, key).await?,
            Change::Remove => stations::delete(&mut self.conn, slug).await?,
        }
        let directory = Arc::new(stations::load(&mut self.conn).await?);
        let news = News { station: slug.as_str().into(), visitor: None, body: bodies::station(slug.as_str()) };
        let entry = self.number(vec![news], now()).remove(0);
        journal::append(&mut self.conn, &entry).await?;
        sqlx::query(COMMIT).execute(&mut self.conn).await?;
        self.committed(std::slice::from_ref(&entry));
        self.memory.clear();
        Ok((directory, entry))
    }
}
