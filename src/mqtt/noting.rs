//! Messages as the owner who looks sees them.

use super::lane::{Shared, Why};
use crate::inbox::{Fate, Note, Raw, Reader};
use crate::ingest::json::Arrival;
use crate::ingest::messages;
use crate::web::secrets::masked;
use rumqttc::Publish;
use std::borrow::Cow;
use std::sync::Arc;
use weather::station::{SensorName, Station};
use weather::time::Timestamp;

impl Shared {
    /// Notes a message that came at this time to the subscription of this place, and why nothing of it was stored, if so, with what was wrong in it. `of`: the
    /// station, with the sensors that its readings need.
    pub(super) fn notes(
        &self,
        publish: &Publish,
        place: Option<usize>,
        at: Timestamp,
        (refused, why): Why,
        of: Option<(&Arc<Station>, &[SensorName])>,
    ) {
        let row = place.and_then(|place| self.subscriptions.at(place));
        let station = match of {
            Some((station, _)) => Ok(station.clone()),
            None => match row {
                None => Err("no subscription reads this topic".into()),
                Some(row) => match self.storage.directory().by_slug(row.station.as_str()) {
                    Some(station) => Ok(station.clone()),
                    None => Err(format!("there is no station \"{}\"", row.station).into()),
                },
            },
        };
        let topic = masked(&publish.topic);
        let told = |why: Cow<'static, str>| Cow::from(format!("{topic}: {why}"));
        let reasons = match refused.filter(|_| why.is_empty()) {
            Some(refused) => vec![told(refused.words().into())],
            None => why.into_iter().map(told).collect(),
        };
        let reader = of.and_then(|(station, sensors)| self.reader(place?, at, station, sensors));
        self.inbox.note(Note {
            at,
            from: None,
            format: row.map_or("Message", |row| row.shape.name()),
            way: "MQTT",
            station,
            target: Raw::of(publish.topic.as_bytes()),
            body: Raw::of(&publish.payload),
            secrets: &[],
            fate: refused.map_or(Fate::Taken, |why| Fate::Refused(why.words().into())),
            reasons,
            reader,
        });
    }

    fn reader(&self, place: usize, at: Timestamp, station: &Station, sensors: &[SensorName]) -> Option<Reader> {
        self.subscriptions.at(place)?;
        let (subscriptions, zone, sensors) = (self.subscriptions.clone(), station.zone.clone(), sensors.to_vec());
        Some(Box::new(move |topic, payload| {
            let topic = String::from_utf8_lossy(&topic.start);
            let arrival = Arrival { zone: zone.clone(), sensors: sensors.clone(), ..at.into() };
            let row = subscriptions.at(place);
            let read = row
                .map(|row| messages::understood(&row.shape, &topic, &payload.start, &arrival, &row.sensor.of(&topic)));
            read.unwrap_or_default()
        }))
    }
}
