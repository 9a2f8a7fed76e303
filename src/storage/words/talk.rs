//! What is said, on its way to the writer and back.

use super::super::writer::{Answer, Job, Write};
use super::super::{Error, Storage, keys};
use super::{ANSWER_TO, Alert, AlertChange, HASH_BYTES, NewWord, Visitor, Word, read, short_hash};
use base64ct::{Base64UrlUnpadded, Encoding};
use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, TryAcquireError, oneshot};

/// Words that wait for their commit.
pub(in crate::storage) struct Talk {
    pub what: What,
    /// True unless there was nothing to answer any more.
    pub answer: Answer<bool>,
    /// Its place in the queue, given back when it is answered.
    pub _room: OwnedSemaphorePermit,
}

/// Who says what.
pub(in crate::storage) enum What {
    Say { visitor: Visitor, units: String, words: Vec<NewWord> },
    Answer { word: Word, id: String, text: String, changes: Vec<AlertChange> },
    Speak { visitor: Visitor, station: String, id: String, text: Option<String>, changes: Vec<AlertChange> },
    Tell { visitor: Visitor, station: String, body: Bytes },
}

impl Talk {
    /// What it counts for in the queue and in a transaction: words, or what is about as much work.
    pub fn size(&self) -> usize {
        self.what.size()
    }

    /// How many words a visitor brings.
    pub fn words(&self) -> usize {
        match &self.what {
            What::Say { words, .. } => words.len(),
            What::Answer { .. } | What::Speak { .. } | What::Tell { .. } => 0,
        }
    }

    /// Answers with an error. Who asked may have gone.
    pub fn fail(self, error: &Error) {
        drop(self.answer.send(Err(error.share())));
    }
}

impl What {
    fn size(&self) -> usize {
        match self {
            What::Say { words, .. } => words.len(),
            What::Answer { .. } | What::Speak { .. } | What::Tell { .. } => 1,
        }
    }
}

impl Storage {
    /// Stores words that are not known yet, in order; each with its journal entry, private to the visitor.
    /// Returns after the commit. What was said before is left as it is, whoever says it again; and what was forgotten
    /// stays forgotten, should its truck be sent once more.
    pub async fn say(&self, visitor: &Visitor, units: &str, words: Vec<NewWord>) -> Result<(), Error> {
        if words.is_empty() {
            return Ok(());
        }
        self.talk(What::Say { visitor: visitor.clone(), units: units.to_owned(), words }).await.map(drop)
    }

    /// Stores the keeper's answer to a word, and what it changes in the visitor's alerts, in one transaction; false,
    /// and nothing changed, if that word has been answered already or is gone. A put makes the alert if there is none;
    /// [`Error::TooManyAlerts`] if no more may be made: then nothing is changed and the word still waits.
    pub async fn answer(&self, word: &Word, text: &str, changes: Vec<AlertChange>) -> Result<bool, Error> {
        let id = short_hash(ANSWER_TO, &word.id);
        self.talk(What::Answer { word: word.clone(), id, text: text.to_owned(), changes }).await
    }

    /// Stores what the keeper says on its own, and what that changes in alerts, in one transaction. No `text`: only the
    /// alerts change. A state is put only over the alert of that number that is still there: one that was made at
    /// another time is another one. If there are changes and all of them are about alerts that are gone, nothing is
    /// said either: whoever forgot an alert does not want to hear of it. Without changes it speaks in any case.
    pub async fn speak(
        &self,
        visitor: &Visitor,
        station: &str,
        text: Option<&str>,
        changes: Vec<AlertChange>,
    ) -> Result<(), Error> {
        let id = Base64UrlUnpadded::encode_string(&keys::random::<HASH_BYTES>()?);
        let (visitor, station, text) = (visitor.clone(), station.to_owned(), text.map(str::to_owned));
        self.talk(What::Speak { visitor, station, id, text, changes }).await.map(drop)
    }

    /// Tells a visitor's pages something that is no word: a journal entry of its own, private to the visitor, with `body`,
    /// a JSON object with a `kind`. It is kept as long as the journal keeps it. Returns after the commit.
    pub async fn tell(&self, visitor: &Visitor, station: &str, body: Bytes) -> Result<(), Error> {
        self.talk(What::Tell { visitor: visitor.clone(), station: station.to_owned(), body }).await.map(drop)
    }

    async fn talk(&self, what: What) -> Result<bool, Error> {
        let room = self.room_to_talk(what.size())?;
        let (answer, answered) = oneshot::channel();
        self.send(Job::Write(Write::Talk(Talk { what, answer, _room: room })))?;
        answered.await.unwrap_or(Err(Error::Closed))
    }

    /// Forgets a visitor's words about a station, also in the journal; tells the visitor's pages
    /// (`{"kind":"forgotten","station":…}`, private). Alerts stay.
    pub async fn forget_conversation(&self, visitor: &Visitor, station: &str) -> Result<(), Error> {
        let room = self.room_to_talk(1)?;
        let (answer, answered) = oneshot::channel();
        let forgetting = super::Forgetting { visitor: visitor.clone(), station: station.to_owned(), _room: room };
        self.send(Job::Forget(forgetting, answer))?;
        answered.await.unwrap_or(Err(Error::Closed))
    }

    /// A place in the queue. What is larger than the queue is let in when nothing else waits.
    fn room_to_talk(&self, size: usize) -> Result<OwnedSemaphorePermit, Error> {
        let places = u32::try_from(size.min(self.shared.options.queue_words)).unwrap_or(u32::MAX);
        self.shared.word_room.clone().try_acquire_many_owned(places).map_err(|error| match error {
            TryAcquireError::NoPermits => Error::Overloaded,
            TryAcquireError::Closed => Error::Closed,
        })
    }

    /// Visitors' words without an answer, oldest first, after the place `after` in the journal.
    pub async fn unanswered(&self, after: u64, limit: u32) -> Result<Vec<Word>, Error> {
        read::unanswered(&self.shared.readers, after, limit).await
    }

    /// The newest `limit` words of a visitor about a station, oldest first.
    pub async fn conversation(&self, visitor: &Visitor, station: &str, limit: u32) -> Result<Vec<Word>, Error> {
        read::conversation(&self.shared.readers, visitor, station, limit).await
    }

    /// All alerts. Those about a station that was removed are there, too: it is the keeper's part to say so.
    pub async fn alerts(&self) -> Result<Vec<Alert>, Error> {
        read::alerts(&self.shared.readers).await
    }
}
