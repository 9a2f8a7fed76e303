//! What a station has recorded, as a text that `stevenson import` reads back unchanged. It is made piece by piece: memory does
//! not grow with the past, and each piece is a short question to the database, however slowly it is read.

mod asked;
mod raw;
mod written;

pub use asked::Asked;
pub use written::Format;

use crate::storage::{Error, Storage};
use std::collections::VecDeque;
use weather::calibration::OfSensor;
use weather::quantity::Quantity;
use weather::report::Values;
use weather::station::SensorName;
use weather::time::Timestamp;
use written::Written;

/// A text that is being made.
pub struct Export {
    storage: Storage,
    asked: Asked,
    sensors: Vec<Recorded>,
    written: Written,
    is_begun: bool,
    gone_before: Option<Timestamp>,
}

/// What a sensor has recorded.
struct Recorded {
    name: SensorName,
    quantities: Vec<Quantity>,
    /// The rows that were read and not written yet.
    rows: VecDeque<(Timestamp, Values)>,
    /// Where the next rows begin; `None`: there are no more.
    next: Option<Timestamp>,
    /// What its values were put right by.
    calibrations: Option<OfSensor>,
}

/// A piece has about so many bytes.
const PIECE_BYTES: usize = 64 * 1_024;
/// Rows of all sensors that are held at a time: about a megabyte.
const ROWS_HELD: usize = 4_096;
/// Rows of one sensor that are read at once, at least.
const ROWS_MIN: usize = 16;

impl Export {
    /// Looks what there is.
    ///
    /// # Errors
    /// Those of the database; [`Error::NoSensor`] if the station has no such sensor.
    pub async fn open(storage: Storage, asked: Asked) -> Result<Self, Error> {
        let mut listed = storage.sensors(asked.station.id).await?;
        if let Some(name) = &asked.sensor {
            listed.retain(|sensor| sensor.name == *name);
            if listed.is_empty() {
                return Err(Error::NoSensor(asked.station.slug.to_string(), name.as_str().to_owned()));
            }
        }
        let directory = storage.directory();
        let calibrations = directory.calibrated(asked.station.id).map(|(_, calibrations)| calibrations);
        let mut sensors = Vec::new();
        let mut gone_before = None;
        for sensor in listed {
            let raw_from = sensor.raw_from.filter(|raw_from| asked.from < *raw_from);
            gone_before = gone_before.max(raw_from);
            let stretch = (raw_from.unwrap_or(asked.from), asked.to);
            let mut quantities = storage.quantities(asked.station.id, &sensor.name, stretch).await?;
            quantities.retain(|quantity| quantity.is_shown() && asked.quantity.is_none_or(|only| only == *quantity));
            if !quantities.is_empty() {
                let (rows, next) = (VecDeque::new(), Some(stretch.0));
                let calibrations = calibrations.and_then(|all| all.of(&sensor.name)).cloned();
                sensors.push(Recorded { name: sensor.name, quantities, rows, next, calibrations });
            }
        }
        sensors.sort_by(|one, other| one.name.cmp(&other.name));
        let written = Written::new(asked.format, asked.station.slug.as_str(), asked.zone.clone());
        Ok(Self { storage, asked, sensors, written, is_begun: false, gone_before })
    }

    /// Readings that were asked for, of some sensor, have gone if they were from before this instant; `None`: none have.
    pub fn gone_before(&self) -> Option<Timestamp> {
        self.gone_before
    }

    /// The type of the text.
    pub fn content_type(&self) -> &'static str {
        self.asked.format.content_type()
    }

    /// The name of a file with it.
    pub fn file_name(&self) -> String {
        format!("{}.{}", self.asked.station.slug, self.asked.format.ending())
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, Error> {
        let mut piece = Vec::with_capacity(PIECE_BYTES + 1_024);
        if !self.is_begun {
            self.is_begun = true;
            let columns = self.sensors.iter().map(|sensor| (&sensor.name, &sensor.quantities[..]));
            self.written.begin(&mut piece, columns);
        }
        while piece.len() < PIECE_BYTES {
            self.fill().await?;
            let first = self.sensors.iter().filter_map(|sensor| Some(sensor.rows.front()?.0)).min();
            let Some(at) = first else { break };
            let of_then = self.sensors.iter_mut().map(|Recorded { name, quantities, rows, .. }| {
                let values = rows.pop_front_if(|(then, _)| *then == at).map(|(_, values)| values);
                (&*name, &quantities[..], values)
            });
            self.written.line(&mut piece, at, of_then);
        }
        Ok((!piece.is_empty()).then_some(piece))
    }

    /// Reads on for each sensor of which no row is at hand.
    async fn fill(&mut self) -> Result<(), Error> {
        let rows = (ROWS_HELD / self.sensors.len().max(1)).max(ROWS_MIN);
        let limit = u32::try_from(rows).unwrap_or(u32::MAX);
        for sensor in self.sensors.iter_mut().filter(|sensor| sensor.rows.is_empty()) {
            while sensor.rows.is_empty()
                && let Some(from) = sensor.next
            {
                let (id, to) = (self.asked.station.id, self.asked.to);
                let mut found = self.storage.rows(id, &sensor.name, (from, to), limit).await?;
                if let Some((last, _)) = found.last().filter(|_| self.asked.is_raw) {
                    let mut sent = self.storage.sent_between(id, &sensor.name, (from, last.plus(1))).await?.into();
                    let of = sensor.calibrations.as_ref();
                    found.iter_mut().for_each(|(at, values)| raw::as_sent(of, *at, values, &mut sent));
                }
                sensor.next = found.last().filter(|_| found.len() >= rows).map(|(last, _)| last.plus(1));
                let wanted = |values: &Values| sensor.quantities.iter().any(|quantity| values.get(*quantity).is_some());
                sensor.rows.extend(found.into_iter().filter(|(_, values)| wanted(values)));
            }
        }
        Ok(())
    }
}
