//! What a handle has stored of what is said.

use super::core::{Forgetting, Job, Talk, What};
use super::error::Error;
use super::words::{self, AlertChange, NewWord, Speaker, Visitor, Word};
use super::{Storage, take_room};
use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, oneshot};
use weather::visible::visible;

impl Storage {
    /// Stores words that are not known yet, in order; each with its journal entry, private to the visitor.
    /// Returns after the commit. Hidden characters in them are left out. What was said before is left as it is, whoever says it again; and what was forgotten
    /// stays forgotten, should it be sent once more. All of it is refused if the visitor, the visitor's address or all
    /// together have said too much: [`Error::TooManyWords`], [`Error::Crowded`].
    pub async fn say_from(&self, speaker: Speaker<'_>, words: Vec<NewWord>) -> Result<(), Error> {
        if words.is_empty() {
            return Ok(());
        }
        let talker = self.talkers.admit(&speaker, &words)?;
        self.store_words(speaker.visitor, talker, speaker.units, words).await
    }

    /// The same without a budget: for programs that hold the database themselves.
    pub async fn say(&self, visitor: &Visitor, units: &str, words: Vec<NewWord>) -> Result<(), Error> {
        if words.is_empty() {
            return Ok(());
        }
        self.store_words(visitor, visitor.as_str().to_owned(), units, words).await
    }

    async fn store_words(
        &self,
        visitor: &Visitor,
        talker: String,
        units: &str,
        mut words: Vec<NewWord>,
    ) -> Result<(), Error> {
        words.iter_mut().for_each(|word| word.text = visible(&word.text));
        let (visitor, units) = (visitor.clone(), units.to_owned());
        self.talk(What::Say { visitor, talker, units, words }).await.map(drop)
    }

    /// Takes one new alert from the budget of the address that a word came from; false if there is none left for today.
    pub fn may_alert(&self, word: &Word) -> bool {
        self.talkers.take_alert(&word.talker)
    }

    /// Stores the keeper's answer to a word, and what it changes in the visitor's alerts, in one transaction; false,
    /// and nothing changed, if that word has been answered already or is gone. A put makes the alert if there is none;
    /// [`Error::TooManyAlerts`] if no more may be made: then nothing is changed and the word still waits.
    pub async fn answer(&self, word: &Word, text: &str, changes: Vec<AlertChange>) -> Result<bool, Error> {
        let id = words::answer_id(&word.id);
        self.talk(What::Answer { word: word.clone(), id, text: text.to_owned(), changes }).await
    }

    /// Stores what the keeper says on its own, and what that changes in alerts, in one transaction. No `text`: only the
    /// alerts change. A state is put only over the alert of that number that is still there: one that was made at
    /// another time is another one. If there are changes and all of them are about alerts that are gone, nothing is
    /// said either: whoever forgot an alert does not want to hear of it. Without changes it speaks in any case. False: somebody else has
    /// moved one of the alerts since, and nothing was done.
    pub async fn speak(
        &self,
        visitor: &Visitor,
        station: &str,
        text: Option<&str>,
        changes: Vec<AlertChange>,
    ) -> Result<bool, Error> {
        let id = words::random_id()?;
        let (visitor, station, text) = (visitor.clone(), station.to_owned(), text.map(str::to_owned));
        self.talk(What::Speak { visitor, station, id, text, changes }).await
    }

    /// Notes that visitors are here: their alerts live on. It costs little for those who were noted today already.
    pub async fn seen(&self, visitors: Vec<Visitor>) -> Result<(), Error> {
        self.talk(What::Seen { visitors }).await.map(drop)
    }

    /// Tells a visitor's pages something that is no word: a journal entry of its own, private to the visitor, with `body`,
    /// a JSON object with a `kind`. It is kept as long as the journal keeps it. Returns after the commit.
    pub async fn tell(&self, visitor: &Visitor, station: &str, body: Bytes) -> Result<(), Error> {
        self.talk(What::Tell { visitor: visitor.clone(), station: station.to_owned(), body }).await.map(drop)
    }

    pub(super) async fn talk(&self, what: What) -> Result<bool, Error> {
        let room = self.room_to_talk(what.size())?;
        let (answer, answered) = oneshot::channel();
        self.send(Job::Talk(Talk { what, answer, _room: room }))?;
        answered.await.unwrap_or(Err(Error::Closed))
    }

    /// Forgets a visitor's words about a station, also in the journal; tells the visitor's pages
    /// (`{"kind":"forgotten","station":…}`, private). Alerts stay.
    pub async fn forget_conversation(&self, visitor: &Visitor, station: &str) -> Result<(), Error> {
        let room = self.room_to_talk(1)?;
        let (answer, answered) = oneshot::channel();
        let forgetting = Forgetting { visitor: visitor.clone(), station: station.to_owned(), _room: room };
        self.send(Job::Forget(forgetting, answer))?;
        answered.await.unwrap_or(Err(Error::Closed))
    }

    fn room_to_talk(&self, size: usize) -> Result<OwnedSemaphorePermit, Error> {
        take_room(&self.word_room, size, self.shared.options.queue_words)
    }
}
