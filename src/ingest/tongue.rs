//! The language that an answer is in.

/// Who wants to hear the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tongue {
    /// Somebody who reads statuses and problems.
    Json,
    /// A ThingsBoard device: it expects 200.
    Telemetry,
    /// A client of InfluxDB, version 1.
    Influx,
    /// A client of InfluxDB, version 2.
    InfluxV2,
}
