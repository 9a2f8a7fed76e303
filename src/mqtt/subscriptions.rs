//! What is read, in the order in which the owner wrote it. Pure.

use super::filter::Filter;
use super::naming::Naming;
use crate::ingest::messages::Shape;
use weather::station::Slug;

/// One subscription.
#[derive(Debug, PartialEq)]
pub(super) struct Row {
    pub filter: Filter,
    pub station: Slug,
    pub sensor: Naming,
    pub shape: Shape,
}

/// All of them.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Subscriptions(Vec<Row>);

impl Subscriptions {
    pub(super) fn new(rows: Vec<Row>) -> Self {
        Self(rows)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Row> {
        self.0.iter()
    }

    /// The place of the first one that a topic fits.
    pub(super) fn place_of(&self, topic: &str) -> Option<usize> {
        self.0.iter().position(|row| row.filter.fits(topic))
    }

    /// The one at a place.
    pub(super) fn at(&self, place: usize) -> Option<&Row> {
        self.0.get(place)
    }
}
