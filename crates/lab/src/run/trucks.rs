//! A page fed by trucks: home's twin, which speaks when it is time to, and whose news is counted.

use super::book::{Book, Questions};
use super::error::Error;
use super::setting::{Setting, Words};
use crate::page::{self, Page, Told};
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// Opens a page.
pub(super) fn spawn(tasks: &mut JoinSet<()>, setting: &Setting, words: Words) -> Result<Arc<Page>, Error> {
    let (page, told) = Page::open(page::Options {
        seen: Some(setting.seen.clone()),
        watch: vec![setting.station.to_string()],
        park_ms: setting.park_ms as i64,
        ..page::Options::new(&setting.url, setting.fleet)
    })?;
    let (page, questions) = (Arc::new(page), Questions::default());
    tasks.spawn(listen(told, setting.book.clone(), questions.clone()));
    tasks.spawn(speak(words, page.clone(), setting.clone(), questions));
    Ok(page)
}

async fn speak(mut words: Words, page: Arc<Page>, setting: Setting, questions: Questions) {
    let (station, text) = setting.says();
    while words.next().await.is_some() {
        setting.book.count(|counts| counts.words += 1);
        questions.asked();
        if page.say(station, text).await.is_err() {
            questions.was_not_asked();
            setting.book.count(|counts| {
                counts.words -= 1;
                counts.unsaid += 1;
            });
        }
    }
}

async fn listen(mut told: mpsc::Receiver<Told>, book: Book, questions: Questions) {
    while let Some(told) = told.recv().await {
        match told {
            Told::Applied(items) => book.applied(&items, &questions),
            Told::Heard(ids) => book.count(|counts| counts.words_delivered += ids.len() as u64),
            Told::Reloaded(_) => book.count(|counts| counts.reloads += 1),
            Told::State(_) => {}
        }
    }
}
