//! What the writer is asked to do, and what is done together.

use crate::storage::error::Error;
use crate::storage::keys::Key;
use crate::storage::observations::Appended;
use crate::storage::stations::NewStation;
use crate::storage::words::{AlertChange, NewWord, Visitor, Word};
use bytes::Bytes;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, oneshot};
use weather::report::Report;
use weather::station::{SensorName, Slug, Station, StationId};

/// What the writer is asked to do.
pub(in crate::storage) enum Job {
    Write(Write),
    Forget(Forgetting, Answer<()>),
    Add(NewStation, Answer<(Arc<Station>, Key)>),
    Renew(Slug, Answer<Key>),
    Remove(Slug, Answer<()>),
    RemoveSensor(Slug, SensorName, Answer<()>),
    Close(oneshot::Sender<()>),
}

/// The way back to the one who asked, who may have gone.
pub(in crate::storage) type Answer<T> = oneshot::Sender<Result<T, Error>>;

/// What may be committed together with what waits beside it.
pub(in crate::storage) enum Write {
    Append(Append),
    Talk(Talk),
}

/// Reports that wait for their commit.
pub(in crate::storage) struct Append {
    pub station: StationId,
    pub reports: Vec<Report>,
    pub answer: Answer<Appended>,
    /// Its place in the queue, given back when it is answered.
    pub _room: OwnedSemaphorePermit,
}

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
    Say { visitor: Visitor, talker: String, units: String, words: Vec<NewWord> },
    Answer { word: Word, id: String, text: String, changes: Vec<AlertChange> },
    Speak { visitor: Visitor, station: String, id: String, text: Option<String>, changes: Vec<AlertChange> },
    Tell { visitor: Visitor, station: String, body: Bytes },
    Seen { visitors: Vec<Visitor> },
}

/// Which conversation is to be forgotten.
pub(in crate::storage) struct Forgetting {
    pub visitor: Visitor,
    pub station: String,
    /// Its place in the queue, given back when it is done.
    pub _room: OwnedSemaphorePermit,
}

/// What is committed together: reports in the order of the queue, and words. Nobody who is in it has been answered, so
/// nobody can tell which of a report and a word came first.
#[derive(Default)]
pub(super) struct Batch {
    pub appends: Vec<Append>,
    pub talks: Vec<Talk>,
}

impl Write {
    /// Reports or words.
    pub(super) fn size(&self) -> usize {
        match self {
            Write::Append(append) => append.reports.len(),
            Write::Talk(talk) => talk.what.size(),
        }
    }

    pub(super) fn fail(self, error: &Error) {
        match self {
            Write::Append(append) => append.fail(error),
            Write::Talk(talk) => talk.fail(error),
        }
    }
}

impl Append {
    /// Answers with an error. Who asked may have gone.
    fn fail(self, error: &Error) {
        drop(self.answer.send(Err(error.share())));
    }
}

impl Talk {
    /// How many words a visitor brings.
    pub(super) fn words(&self) -> usize {
        match &self.what {
            What::Say { words, .. } => words.len(),
            What::Answer { .. } | What::Speak { .. } | What::Tell { .. } | What::Seen { .. } => 0,
        }
    }

    /// Answers with an error. Who asked may have gone.
    fn fail(self, error: &Error) {
        drop(self.answer.send(Err(error.share())));
    }
}

impl What {
    /// What it counts for in the queue and in a transaction: words, or what is about as much work.
    pub(in crate::storage) fn size(&self) -> usize {
        match self {
            What::Say { words, .. } => words.len(),
            What::Answer { .. } | What::Speak { .. } | What::Tell { .. } | What::Seen { .. } => 1,
        }
    }
}

impl Batch {
    pub(super) fn add(&mut self, write: Write) {
        match write {
            Write::Append(append) => self.appends.push(append),
            Write::Talk(talk) => self.talks.push(talk),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.appends.len() + self.talks.len()
    }

    /// The same, one by one.
    pub(super) fn split(self) -> impl Iterator<Item = Batch> {
        let appends = self.appends.into_iter().map(|append| Batch { appends: vec![append], talks: Vec::new() });
        let talks = self.talks.into_iter().map(|talk| Batch { appends: Vec::new(), talks: vec![talk] });
        appends.chain(talks)
    }

    /// Answers everyone with an error.
    pub(super) fn fail(self, error: &Error) {
        self.appends.into_iter().for_each(|append| append.fail(error));
        self.talks.into_iter().for_each(|talk| talk.fail(error));
    }
}
