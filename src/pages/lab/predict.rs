//! What the formulas say, and the adviser, for the page: the same as at the command line.

use crate::web::error::Problem;
use ::lab::adviser::{self, Wish};
use ::lab::formula::{self, Conditions, Prediction};
use ::lab::scenario::Scenario;
use channel::fleet::{FLEETS, Fleet};
use rocket::http::{ContentType, Status};
use rocket::{FromForm, form, get};
use serde::Serialize;

/// Traffic, road and times: rates a second, times in seconds. A missing time is that of [`Scenario::default`].
#[derive(FromForm)]
pub struct Query {
    news: f64,
    words: f64,
    rtt: Option<f64>,
    park: Option<f64>,
    period: Option<f64>,
}

impl Query {
    fn conditions(&self) -> Result<Conditions, Problem> {
        let usual = Scenario::default();
        let scenario = Scenario {
            news_per_s: self.news,
            words_per_s: self.words,
            round_trip_s: self.rtt.unwrap_or(usual.round_trip_s),
            park_s: self.park.unwrap_or(usual.park_s),
            period_s: self.period.unwrap_or(usual.period_s),
            ..usual
        };
        scenario.check().map_err(|error| Problem::new(Status::BadRequest, error.to_string()))?;
        Ok(Conditions::of(&scenario))
    }
}

/// The query, or a problem that names the wrong field.
fn understood(query: form::Result<'_, Query>) -> Result<Query, Problem> {
    query.map_err(|errors| {
        let field = errors.iter().find_map(|error| error.name.as_ref()).map_or_else(String::new, ToString::to_string);
        Problem::new(
            Status::BadRequest,
            format!("{field}: a number is needed: news and words a second, times in seconds"),
        )
    })
}

#[derive(Serialize)]
struct Predicted {
    fleet: &'static str,
    #[serde(flatten)]
    prediction: Prediction,
}

#[derive(Serialize)]
struct Advised {
    /// `None`: no fleet is fresh enough.
    fleet: Option<&'static str>,
    period_s: Option<f64>,
    why: String,
}

/// `{"rows":[{"fleet","trips_per_s",…}]}`.
#[get("/lab/predict?<query..>")]
pub fn predictions(query: form::Result<'_, Query>) -> Result<(ContentType, String), Problem> {
    let conditions = understood(query)?.conditions()?;
    let predicted = |fleet: &Fleet| Predicted { fleet: fleet.name, prediction: formula::predict(fleet, &conditions) };
    let rows: Vec<_> = FLEETS.iter().map(predicted).collect();
    Ok(json(&serde_json::json!({ "rows": rows })))
}

/// `{"fleet","period_s","why"}`; `fresh`: how old news may be, seconds; without it, the age does not matter.
#[get("/lab/advice?<fresh>&<query..>")]
pub fn advice(fresh: Option<f64>, query: form::Result<'_, Query>) -> Result<(ContentType, String), Problem> {
    let conditions = understood(query)?.conditions()?;
    let advice = adviser::advise(&Wish { conditions, fresh_s: fresh });
    let why = "No fleet is that quick: news takes half a round trip, and may wait for a truck that is on its way.";
    let advised = advice.map_or(Advised { fleet: None, period_s: None, why: why.to_owned() }, |advice| Advised {
        fleet: Some(advice.fleet.name),
        period_s: advice.period_s,
        why: advice.why,
    });
    Ok(json(&advised))
}

fn json(value: &impl Serialize) -> (ContentType, String) {
    (ContentType::JSON, serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned()))
}
