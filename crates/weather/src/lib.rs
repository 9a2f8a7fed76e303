//! The domain: stations, sensors, quantities, reports. Pure: no I/O, no clock, no async.

#![warn(missing_docs, unreachable_pub)]

pub mod calibration;
pub mod climate;
pub mod clock;
pub mod consistency;
pub mod day;
pub mod daylight;
pub mod derived;
pub mod freshness;
pub mod hour;
pub mod judge;
pub mod mapping;
pub mod mark;
pub mod moment;
pub mod moon;
pub mod preference;
pub mod quality;
pub mod quantity;
pub mod rain;
pub mod report;
pub mod rollup;
pub mod room;
pub mod station;
pub mod station_state;
pub mod sun;
pub mod tendency;
pub mod time;
pub mod typed;
pub mod units;
pub mod upload_units;
pub mod values;
pub mod visible;
pub mod warmth;
pub mod wind;
pub mod wind_rose;
pub mod zone;
