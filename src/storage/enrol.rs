//! Devices that upload and are no station's: their last reports wait until somebody claims the device.

use super::Storage;
use super::core::Job;
use super::devices::DeviceSecret;
use super::error::Error;
use super::observations::Appended;
use super::seam::EnrolChange;
use super::unclaimed::{Claimed, Stranger, Unclaimed};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use weather::quantity::Quantity;
use weather::report::{Draft, Report};
use weather::station::{SensorName, Slug};
use weather::time::Timestamp;
use weather::visible::is_hidden;

/// The largest report that waits, bytes: far more than a console with all its sensors sends. All together take less than
/// 4 MiB.
const REPORT_MAX_BYTES: usize = 4 * 1_024;
/// Most characters of what a device says of its model.
const MODEL_MAX_CHARS: usize = 60;

/// A report that waits. Its values were valid when it came, and are checked again when it is claimed.
#[derive(Serialize, Deserialize)]
struct Waiting {
    at: i64,
    received: i64,
    /// Which of a hub's devices has measured.
    part: Option<String>,
    /// Whether that device can be the station's main sensor.
    is_whole: bool,
    /// Values by sensor and quantity.
    values: BTreeMap<String, BTreeMap<String, f64>>,
}

impl Waiting {
    fn of(report: &Report, part: Option<&(SensorName, bool)>) -> Self {
        let of_sensor = |values: &weather::report::Values| {
            values.iter().map(|(quantity, value)| (quantity.name().to_owned(), value)).collect()
        };
        let values = report.sensors().iter();
        Self {
            at: report.observed_at().0,
            received: report.received_at().0,
            part: part.map(|(name, _)| name.as_str().to_owned()),
            is_whole: part.is_some_and(|(_, is_whole)| *is_whole),
            values: values.map(|(sensor, values)| (sensor.as_str().to_owned(), of_sensor(values))).collect(),
        }
    }

    /// The report of the station whose main sensor is the hub's device `main`.
    fn report(&self, main: Option<&SensorName>) -> Option<Report> {
        let mut draft = Draft::new(Timestamp(self.received));
        let part = self.part.as_deref().filter(|part| main.is_none_or(|main| main.as_str() != *part));
        for (sensor, values) in &self.values {
            // What the main sensor measured is the hub's device's.
            let name = if sensor.is_empty() { part.unwrap_or_default() } else { sensor };
            let Ok(name) = SensorName::new(name) else { continue };
            for (quantity, value) in values {
                if let Some(quantity) = Quantity::from_name(quantity) {
                    draft.take_number(&name, quantity, quantity.unit(), quantity.name(), *value);
                }
            }
        }
        draft.finish(Some(Timestamp(self.at))).report
    }
}

/// What a report that waits says: the main sensor's values first, each in the order of pages.
fn said(text: &str) -> Vec<(SensorName, Quantity, f64)> {
    let Ok(Waiting { values, .. }) = serde_json::from_str(text) else { return Vec::new() };
    let mut said = Vec::new();
    for (sensor, values) in &values {
        let Ok(sensor) = SensorName::new(sensor) else { continue };
        let of = |quantity: Quantity| Some((sensor.clone(), quantity, *values.get(quantity.name())?));
        said.extend(Quantity::shown().filter_map(of));
    }
    said
}

/// Enrolment.
impl Storage {
    /// Keeps what a device sends that is no station's. Returns after the commit; false: it is a station's by now, and nothing
    /// was kept.
    pub async fn keep_unclaimed(&self, stranger: Stranger, reports: &[Report]) -> Result<bool, Error> {
        let waiting = reports.iter().filter_map(|report| {
            let text = serde_json::to_string(&Waiting::of(report, stranger.part.as_ref())).ok()?;
            (text.len() <= REPORT_MAX_BYTES).then_some(text)
        });
        let reports: Vec<String> = waiting.collect();
        let model = stranger.model.chars().filter(|c| !is_hidden(*c)).take(MODEL_MAX_CHARS).collect();
        let change = EnrolChange::Keep { stranger: Stranger { model, ..stranger }, reports };
        self.ask(|answer| Job::Enrol(change, answer)).await
    }

    /// The devices that wait, the one that was heard last first.
    pub async fn unclaimed(&self) -> Result<Vec<Unclaimed>, Error> {
        let waiting = self.readers.unclaimed().await?.into_iter();
        let said = |(device, newest): (Unclaimed, Option<String>)| Unclaimed {
            newest: newest.as_deref().map(said).unwrap_or_default(),
            ..device
        };
        Ok(waiting.map(said).collect())
    }

    /// Binds what a device calls itself to a station: its uploads are the station's. If the device waits, it waits no longer, and its
    /// reports are stored there; what was stored.
    pub async fn bind_device(&self, slug: &Slug, device: &DeviceSecret) -> Result<Appended, Error> {
        self.bind(slug, device).await?;
        match self.readers.waiting(device).await? {
            Some(id) => self.claim(id, slug).await,
            None => Ok(Appended::default()),
        }
    }

    async fn bind(&self, slug: &Slug, device: &DeviceSecret) -> Result<(), Error> {
        self.ask(|answer| Job::Bind(slug.clone(), device.clone(), answer)).await
    }

    /// Makes a device that waits a station's: it is bound to it, and its reports are stored there. Done twice, because it
    /// was interrupted, it is done once.
    pub async fn claim(&self, id: i64, slug: &Slug) -> Result<Appended, Error> {
        let Some(Claimed { secret, reports }) = self.readers.claimed(id).await? else {
            return Err(Error::NoDevice(id));
        };
        let reports: Vec<Waiting> = reports.iter().filter_map(|text| serde_json::from_str(text).ok()).collect();
        self.bind(slug, &secret).await?;
        let whole = reports.iter().find(|report| report.is_whole).and_then(|report| report.part.as_deref());
        let main = match whole.and_then(|name| SensorName::new(name).ok()) {
            Some(name) => self.claim_main_device(slug, &name).await?,
            None => self.directory().main_device(slug.as_str()).cloned(),
        };
        let station = self.directory().by_slug(slug.as_str()).map(|station| station.id);
        let station = station.ok_or_else(|| Error::NoStation(slug.to_string()))?;
        let reports = reports.iter().filter_map(|report| report.report(main.as_ref())).collect();
        let appended = self.append(station, reports).await?;
        self.forget_unclaimed(id).await?;
        Ok(appended)
    }

    /// Forgets a device that waits, with its reports. It comes again if it goes on to send.
    pub async fn forget_unclaimed(&self, id: i64) -> Result<(), Error> {
        self.ask(|answer| Job::Enrol(EnrolChange::Forget(id), answer)).await.map(drop)
    }
}
