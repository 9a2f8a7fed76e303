//! The columns of the table of quantities. Plain data: rooms above read it, none of them is known here.

use super::Quantity;
use crate::time::MINUTE_MS;
use crate::units::Unit;
use std::ops::RangeInclusive;

/// One row of the table.
#[derive(Debug)]
pub(super) struct Row {
    /// What stands in the database for this quantity, for ever: a number is never changed and never given again.
    pub number: u8,
    /// Its place on a page, from the first to the last. There are gaps, so that a new quantity finds its place.
    pub order: u16,
    /// The name in JSON, SQL (a column), URLs and docs.
    pub name: &'static str,
    /// What a page calls it.
    pub title: &'static str,
    /// The icon beside it on a page.
    pub icon: &'static str,
    /// The unit it is stored in.
    pub unit: Unit,
    /// Decimals that people read in that unit.
    pub decimals: u32,
    /// Gross limits in the canonical unit: outside them a value is not weather. From WMO-No. 8, MADIS and
    /// MesoWest range checks, widened for mountains and gales; indoor and greenhouse sensors fit too.
    pub limits: RangeInclusive<f64>,
    /// A value above the limits up to here counts as the highest, canonical unit.
    pub saturates_at: Option<f64>,
    /// Numbers that a broken or starting device sends in place of a value, canonical unit.
    pub faults: &'static [Fault],
    /// When an alert about it counts as over.
    pub hysteresis: Hysteresis,
    /// What many of its values are together.
    pub fold: Fold,
    /// How the keeper hears of it and speaks of it.
    pub keeper: Speech,
    /// Its names in the uploads of consoles, in lower case: Weather Underground, Ecowitt, Ambient, WOW.
    pub uploads: &'static [Field],
}

/// What many values are together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fold {
    /// Their mean, the lowest and the highest.
    Mean,
    /// It grows from local midnight on: what fell in between is the growth of the highest. Their mean means little.
    Fallen,
    /// The direction of the sum of their vectors, each as long as the wind was fast.
    Direction,
}

/// Numbers that stand for a fault of the device.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// The numbers, canonical unit.
    pub numbers: RangeInclusive<f64>,
    /// What it means, for the person who reads it.
    pub why: &'static str,
    /// True if nothing counts that the sensor said beside it.
    pub of_sensor: bool,
}

/// When an alert counts as over.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hysteresis {
    /// The value lies so far on the quiet side, canonical unit …
    pub margin: f64,
    /// … in every reading of so long, ms.
    pub hold_ms: i64,
}

/// More than the noise of usual sensors, less than what people would call a change.
pub(super) const fn back_by(margin: f64, minutes: i64) -> Hysteresis {
    Hysteresis { margin, hold_ms: minutes * MINUTE_MS }
}

/// How the keeper hears of a quantity and speaks of it.
#[derive(Debug)]
pub struct Speech {
    /// What it is called inside a sentence: `rain since midnight`.
    pub called: &'static str,
    /// What visitors say when they mean it. In a sentence that holds several names, the one of the lowest rank counts.
    pub names: &'static [Name],
    /// What else answers a question about it, the best first.
    pub stand_ins: &'static [Quantity],
    /// True if a number with its unit alone means this quantity: `below 0 °C` is about temperature.
    pub of_unit: bool,
    /// True if people who ask how it was mean the highest.
    pub peaks: bool,
    /// Questions that the keeper suggests to visitors.
    pub questions: &'static [Question],
}

/// A quantity that nobody asks for.
pub(super) const UNSAID: Speech =
    Speech { called: "", names: &[], stand_ins: &[], of_unit: false, peaks: false, questions: &[] };

/// A name by which visitors mean a quantity.
#[derive(Debug, Clone, Copy)]
pub struct Name {
    /// Names of a lower rank are looked for first: the particular before the general.
    pub rank: u8,
    /// The words.
    pub words: Words,
}

/// The words of a name, in lower case, with a blank between two.
#[derive(Debug, Clone, Copy)]
pub enum Words {
    /// One of these. Each means this quantity by itself, so that typing errors in it are forgiven.
    Any(&'static str),
    /// One of each of these lists, and none of the last one.
    Each(&'static [&'static str], &'static str),
    /// These, one after another.
    Phrase(&'static str),
    /// The word with this number behind it, and none before it.
    Numbered(&'static str, f64),
}

pub(super) const fn name(rank: u8, words: Words) -> Name {
    Name { rank, words }
}

/// A question that the keeper suggests.
#[derive(Debug, Clone, Copy)]
pub struct Question {
    /// The most asked have the lowest rank.
    pub rank: u8,
    /// The question.
    pub text: &'static str,
}

pub(super) const fn ask(rank: u8, text: &'static str) -> Question {
    Question { rank, text }
}

/// A name in an upload format.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Field {
    /// The name; a `#` in it stands for a number of one or two digits.
    pub name: &'static str,
    /// The sensor that it is of, with the same number in place of a `#`; empty for the main one.
    pub sensor: &'static str,
    /// The unit that the value is sent in.
    pub unit: Unit,
}

/// A field of the main sensor.
pub(super) const fn main(name: &'static str, unit: Unit) -> Field {
    Field { name, sensor: "", unit }
}

/// A field of another sensor.
pub(super) const fn of(sensor: &'static str, name: &'static str, unit: Unit) -> Field {
    Field { name, sensor, unit }
}
