//! The ledger: when news and words were born, when they arrived, and that each did so once and in order.

use super::broken::Broken;
use super::factory::STATION;
use crate::home::{Clipboard, Word};
use crate::measured::{Ages, Measured};
use crate::traffic::Us;
use channel::clipboard::Id;
use std::collections::VecDeque;

/// The ledger of a fleet.
pub(super) struct Ledger<'a> {
    pub counts: Measured,
    ages: Ages,
    word_ages: Ages,
    /// News that the page has not: place and birth.
    news: VecDeque<(u64, Us)>,
    /// Births of the words that the factory has not.
    words: VecDeque<Us>,
    aged: &'a mut dyn FnMut(Us),
    parked_us: f64,
    last: Us,
}

impl<'a> Ledger<'a> {
    /// An empty one; `aged` hears the age of each piece of news that arrives.
    pub fn new(aged: &'a mut dyn FnMut(Us)) -> Result<Self, Broken> {
        Ok(Self {
            counts: Measured::default(),
            ages: Ages::new()?,
            word_ages: Ages::new()?,
            news: VecDeque::new(),
            words: VecDeque::new(),
            aged,
            parked_us: 0.0,
            last: 0,
        })
    }

    /// Time passes while so many are parked.
    pub fn passes(&mut self, now: Us, parked: usize) {
        self.parked_us += (now - self.last) as f64 * parked as f64;
        self.last = now;
    }

    /// A clipboard leaves.
    pub fn departs(&mut self, clipboard: &Clipboard) {
        self.counts.legs_out += 1;
        self.counts.empty_out += u64::from(clipboard.say.is_empty());
        self.counts.bytes_up += clipboard.json().to_string().len() as u64;
    }

    /// News is born.
    pub fn born(&mut self, seq: u64, now: Us) {
        self.counts.news += 1;
        self.news.push_back((seq, now));
    }

    /// The page has a piece of news: it must be the oldest that it has not.
    pub fn applied(&mut self, seq: u64, now: Us) -> Result<(), Broken> {
        match self.news.pop_front() {
            Some((next, born)) if next == seq => {
                self.counts.news_delivered += 1;
                self.ages.add(now - born);
                (self.aged)(now - born);
                Ok(())
            }
            _ => Err(Broken::News(seq)),
        }
    }

    /// The page is loaded anew, and shows everything up to a place.
    pub fn reloaded(&mut self, upto: u64) {
        self.counts.reloads += 1;
        while self.news.pop_front_if(|(seq, _)| *seq <= upto).is_some() {}
    }

    /// The next word.
    pub fn word(&self) -> Result<Word, Broken> {
        let number = self.counts.words_delivered + self.words.len() as u64;
        let id = Id::new(&format!("{number:032x}")).map_err(|_| Broken::Name)?;
        Ok(Word { id, station: STATION.into(), text: "warn me below 0 C".into() })
    }

    /// Home took it.
    pub fn said(&mut self, now: Us) {
        self.counts.words += 1;
        self.words.push_back(now);
    }

    /// The factory stores words: each that is new must be the next.
    pub fn stored(&mut self, words: &[Word], now: Us) -> Result<(), Broken> {
        for word in words {
            let number = u64::from_str_radix(word.id.as_str(), 16).map_err(|_| Broken::Name)?;
            if number < self.counts.words_delivered {
                continue;
            }
            let born = self.words.pop_front().filter(|_| number == self.counts.words_delivered);
            self.word_ages.add(now - born.ok_or(Broken::Words(number))?);
            self.counts.words_delivered += 1;
        }
        Ok(())
    }

    /// The end: all counts and ages.
    pub fn close(self, end: Us) -> Measured {
        let waiting_us = self.news.iter().map(|(_, born)| u128::from(end - born)).sum();
        Measured {
            seconds: end as f64 / 1e6,
            parked: if end > 0 { self.parked_us / end as f64 } else { 0.0 },
            age: self.ages.age(),
            age_mean_least_ms: self.ages.mean_with_ms(self.news.len() as u64, waiting_us),
            word_age: self.word_ages.age(),
            ..self.counts
        }
    }
}
