//! What the writer is asked to do, apart from reports.

use crate::storage::calibrations::CalibrationStart;
use crate::storage::corrections::{Author, Selection};
use crate::storage::devices::DeviceSecret;
use crate::storage::error::Error;
use crate::storage::keys::Key;
use crate::storage::letters::{Letter, OutboxChange};
use crate::storage::mappings::Unmapped;
use crate::storage::seam::{AdminChange, EnrolChange};
use crate::storage::stations::{Directory, NewStation, StationSettings};
use crate::storage::words::{AlertChange, Announced, NewWord, Visitor, Word};
use bytes::Bytes;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, oneshot};
use weather::calibration::Calibration;
use weather::mapping::{FieldName, Mapping};
use weather::station::{SensorName, Slug, Station, StationId};

/// What the writer is asked to do.
pub(in crate::storage) enum Job {
    Talk(Talk),
    Forget(Forgetting, Answer<()>),
    Add(NewStation, Answer<(Arc<Station>, Key)>),
    Renew(Slug, Answer<Key>),
    Set(Slug, StationSettings, Answer<()>),
    Remove(Slug, Answer<()>),
    RemoveSensor(Slug, SensorName, Answer<()>),
    Bind(Slug, DeviceSecret, Answer<()>),
    Unbind(Slug, Answer<()>),
    ClaimMain(Slug, SensorName, Answer<Option<SensorName>>),
    /// With its author; `None`: the one that begins there ends.
    Calibrate((Slug, CalibrationStart), Option<Calibration>, String, Answer<()>),
    /// With its author; `None`: it means nothing any more.
    Map((Slug, FieldName), Option<Mapping>, String, Answer<()>),
    /// Nobody waits for it.
    NoteUnmapped(StationId, Vec<Unmapped>),
    /// Some rows are made anew; false if there are none.
    Recalculate(Answer<bool>),
    /// Some old readings go; false if there are none.
    Prune(Answer<bool>),
    /// True if the change applied.
    Admin(AdminChange, Answer<bool>),
    /// Likewise.
    Enrol(EnrolChange, Answer<bool>),
    /// The answer is how many letters went.
    Outbox(OutboxChange, Answer<u64>),
    /// True: restore what was selected; false: strike it out. The answer is how many values.
    Correct(Selection, Author, bool, Answer<u64>),
    Look(Answer<()>),
    Close(oneshot::Sender<()>),
}

/// The way back to the one who asked, who may have gone.
pub(in crate::storage) type Answer<T> = oneshot::Sender<Result<T, Error>>;

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
    Say {
        visitor: Visitor,
        talker: String,
        units: String,
        words: Vec<NewWord>,
    },
    Answer {
        word: Word,
        id: String,
        text: String,
        changes: Vec<AlertChange>,
    },
    Speak {
        visitor: Visitor,
        station: String,
        id: String,
        text: Option<String>,
        changes: Vec<AlertChange>,
    },
    /// Events of the owner's alerts, with what is written of them.
    Ring {
        station: String,
        changes: Vec<AlertChange>,
        letters: Vec<Letter>,
    },
    /// What the owner wants to be told.
    Wish {
        changes: Vec<AlertChange>,
    },
    /// What a keeper says to several visitors on its own.
    Announce {
        station: String,
        words: Vec<Announced>,
    },
    Tell {
        visitor: Visitor,
        station: String,
        body: Bytes,
    },
    Seen {
        visitors: Vec<Visitor>,
    },
}

/// Which conversation is to be forgotten.
pub(in crate::storage) struct Forgetting {
    pub visitor: Visitor,
    pub station: String,
    /// Its place in the queue, given back when it is done.
    pub _room: OwnedSemaphorePermit,
}

impl Talk {
    /// How many words a visitor brings.
    pub(super) fn words(&self) -> usize {
        match &self.what {
            What::Say { words, .. } => words.len(),
            What::Answer { .. }
            | What::Speak { .. }
            | What::Ring { .. }
            | What::Wish { .. }
            | What::Announce { .. }
            | What::Tell { .. }
            | What::Seen { .. } => 0,
        }
    }

    /// Answers with an error. Who asked may have gone.
    pub(super) fn fail(self, error: &Error) {
        drop(self.answer.send(Err(error.share())));
    }
}

impl What {
    /// What is said about a station that has another slug now goes there.
    pub(super) fn follow(&mut self, directory: &Directory) {
        let follow = |station: &mut String| {
            if let Some(now) = directory.renamed(station) {
                *station = now.to_string();
            }
        };
        let follow_all = |changes: &mut Vec<AlertChange>| {
            for change in changes {
                match change {
                    AlertChange::Put(alert) | AlertChange::Move { alert, .. } => follow(&mut alert.station),
                    AlertChange::Forget { station, .. } => follow(station),
                }
            }
        };
        match self {
            What::Say { words, .. } => words.iter_mut().for_each(|word| follow(&mut word.station)),
            What::Answer { word, changes, .. } => {
                follow(&mut word.station);
                follow_all(changes);
            }
            What::Wish { changes } => follow_all(changes),
            What::Speak { station, changes, .. } | What::Ring { station, changes, .. } => {
                follow(station);
                follow_all(changes);
            }
            What::Announce { station, .. } | What::Tell { station, .. } => follow(station),
            What::Seen { .. } => {}
        }
    }

    /// What it counts for in the queue and in a transaction: words, or what is about as much work.
    pub(in crate::storage) fn size(&self) -> usize {
        match self {
            What::Say { words, .. } => words.len(),
            What::Announce { words, .. } => words.len(),
            What::Answer { .. }
            | What::Speak { .. }
            | What::Ring { .. }
            | What::Wish { .. }
            | What::Tell { .. }
            | What::Seen { .. } => 1,
        }
    }
}
