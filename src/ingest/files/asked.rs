//! How files are to be read: what the caller says of them.

use super::column::Mapping;
use super::units::Units;
use crate::ingest::lineprotocol::Precision;
use weather::calibration::OfSensor;
use weather::mapping::Mappings;
use weather::time::Timestamp;
use weather::zone::Zone;

/// What a file may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Lines with columns, and a header.
    Csv,
    /// WeeWX's SQLite archive.
    WeeWx,
    /// A monthly log of Cumulus or CumulusMX.
    Cumulus,
    /// One JSON object a line.
    Json,
    /// InfluxDB's line protocol.
    Line,
}

impl Format {
    /// All, with the names that a flag takes.
    pub const ALL: [(Format, &'static str); 5] = [
        (Format::Csv, "csv"),
        (Format::WeeWx, "weewx"),
        (Format::Cumulus, "cumulus"),
        (Format::Json, "ndjson"),
        (Format::Line, "line"),
    ];

    /// What people call it.
    pub fn title(self) -> &'static str {
        match self {
            Format::Csv => "CSV",
            Format::WeeWx => "an archive of WeeWX",
            Format::Cumulus => "a monthly log of Cumulus",
            Format::Json => "JSON, one report a line",
            Format::Line => "InfluxDB's line protocol",
        }
    }
}

/// How files are to be read.
#[derive(Debug, Clone)]
pub struct Asked {
    /// What they are; else their content tells it.
    pub format: Option<Format>,
    /// The zone of times without an offset, and of midnights.
    pub zone: Zone,
    /// The station's height, metres: with it the pressure at its barometer says what it is at sea level.
    pub elevation_m: Option<f64>,
    /// What the values of the station's main sensor are put right by.
    pub calibrations: Option<OfSensor>,
    /// What columns mean, where their names do not say it.
    pub columns: Vec<Mapping>,
    /// What the station's owner has said of fields: it holds for names that nothing else knows.
    pub mappings: Mappings,
    /// Lines count that have this text in this column.
    pub only: Vec<(String, String)>,
    /// The column with the time, or two: that of the date, and that of the time of day.
    pub time_columns: Vec<String>,
    /// How times are written, as `strftime` has it; `unix` for Unix times.
    pub time_format: Option<String>,
    /// The sign between columns.
    pub separator: Option<u8>,
    /// Numbers have a comma where others have a point.
    pub decimal_comma: bool,
    /// The first line is no header; columns are called `#1`, `#2` …
    pub no_header: bool,
    /// The units of Cumulus.
    pub cumulus: Units,
    /// The unit of the times of line protocol.
    pub precision: Option<Precision>,
    /// Now.
    pub received_at: Timestamp,
}

impl Asked {
    /// Files of unknown content, of a station in this zone.
    pub fn new(zone: Zone, received_at: Timestamp) -> Self {
        Self {
            format: None,
            zone,
            elevation_m: None,
            calibrations: None,
            columns: Vec::new(),
            mappings: Mappings::default(),
            only: Vec::new(),
            time_columns: Vec::new(),
            time_format: None,
            separator: None,
            decimal_comma: false,
            no_header: false,
            cumulus: Units::default(),
            precision: None,
            received_at,
        }
    }
}
