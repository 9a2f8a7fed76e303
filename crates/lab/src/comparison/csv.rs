//! A comparison as comma-separated values: one row a fleet, each with the machine, the date and the seed it belongs to.

use super::Comparison;
use serde::Serialize;

/// A row; the columns are named after its fields.
#[derive(Serialize)]
struct Columns<'a> {
    fleet: &'a str,
    seconds: f64,
    trips: u64,
    trips_per_s: f64,
    trips_per_s_predicted: f64,
    legs_out: u64,
    legs_home: u64,
    empty_out: u64,
    empty_home: u64,
    empty_share: Option<f64>,
    empty_share_predicted: Option<f64>,
    tickets: u64,
    tickets_per_h: f64,
    tickets_per_h_predicted: f64,
    relieved: u64,
    lost: u64,
    repeated: u64,
    crossings: u64,
    reloads: u64,
    unsaid: u64,
    news: u64,
    news_delivered: u64,
    words: u64,
    words_delivered: u64,
    answers: u64,
    bytes_up: u64,
    bytes_down: u64,
    parked: f64,
    parked_predicted: f64,
    age_mean_ms: Option<f64>,
    age_mean_ms_predicted: Option<f64>,
    age_mean_least_ms: Option<f64>,
    age_median_ms: Option<f64>,
    age_p95_ms: Option<f64>,
    age_worst_ms: Option<f64>,
    age_worst_ms_predicted: Option<f64>,
    word_age_mean_ms: Option<f64>,
    answer_age_mean_ms: Option<f64>,
    how: &'a str,
    at: &'a str,
    cpu: &'a str,
    cores: usize,
    system: &'a str,
    build: &'a str,
    seed: u64,
}

impl Comparison {
    /// Comma-separated values with a head, one row a fleet.
    pub fn csv(&self) -> Result<String, csv::Error> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        for row in self.columns() {
            writer.serialize(row)?;
        }
        let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn columns(&self) -> impl Iterator<Item = Columns<'_>> {
        let machine = &self.machine;
        self.rows.iter().map(move |row| {
            let (m, p) = (&row.measured, &row.predicted);
            Columns {
                fleet: row.fleet.name,
                seconds: m.seconds,
                trips: m.trips,
                trips_per_s: m.trips_per_s(),
                trips_per_s_predicted: p.trips_per_s,
                legs_out: m.legs_out,
                legs_home: m.legs_home,
                empty_out: m.empty_out,
                empty_home: m.empty_home,
                empty_share: m.empty_share(),
                empty_share_predicted: p.empty_share,
                tickets: m.tickets,
                tickets_per_h: m.tickets_per_h(),
                tickets_per_h_predicted: p.tickets_per_h,
                relieved: m.relieved,
                lost: m.lost,
                repeated: m.repeated,
                crossings: m.crossings,
                reloads: m.reloads,
                unsaid: m.unsaid,
                news: m.news,
                news_delivered: m.news_delivered,
                words: m.words,
                words_delivered: m.words_delivered,
                answers: m.answers,
                bytes_up: m.bytes_up,
                bytes_down: m.bytes_down,
                parked: m.parked,
                parked_predicted: p.parked,
                age_mean_ms: m.age.map(|age| age.mean_ms),
                age_mean_ms_predicted: p.age_mean_s.map(|s| s * 1e3),
                age_mean_least_ms: m.age_mean_least_ms,
                age_median_ms: m.age.map(|age| age.median_ms),
                age_p95_ms: m.age.map(|age| age.p95_ms),
                age_worst_ms: m.age.map(|age| age.worst_ms),
                age_worst_ms_predicted: p.age_worst_s.map(|s| s * 1e3),
                word_age_mean_ms: m.word_age.map(|age| age.mean_ms),
                answer_age_mean_ms: m.answer_age.map(|age| age.mean_ms),
                how: self.how.word(),
                at: &self.at,
                cpu: &machine.cpu,
                cores: machine.cores,
                system: &machine.system,
                build: self.run.as_ref().map_or("", |run| run.build),
                seed: self.scenario.seed,
            }
        })
    }
}
