//! What can be changed of a station that is there: its height, and what is added to the times that it sends.

use super::owner::Owner;
use super::refusal::Refusal;
use super::station::{Answer, find};
use crate::storage::StationSettings;
use rocket::form::Form;
use rocket::http::Status;
use rocket::{FromForm, Route, post, routes};
use std::time::Duration;
use weather::clock::OFFSET_MAX_MS;
use weather::station::elevation_m;

/// The routes.
pub(super) fn routes() -> Vec<Route> {
    routes![set]
}

/// The form.
#[derive(FromForm)]
struct Sent<'r> {
    elevation: &'r str,
    clock_offset: &'r str,
    token: Option<&'r str>,
}

impl Sent<'_> {
    /// What they mean, or what is wrong with them. An empty field means: not known, or none.
    fn settings(&self) -> Result<StationSettings, String> {
        let elevation = match self.elevation.trim() {
            "" => None,
            metres => Some(elevation_m(metres)?),
        };
        let clock_offset_ms = match self.clock_offset.trim() {
            "" => 0,
            length => clock_offset(length)?,
        };
        Ok(StationSettings { elevation_m: Some(elevation), clock_offset_ms: Some(clock_offset_ms) })
    }
}

#[post("/admin/stations/<slug>/settings", data = "<sent>")]
async fn set(slug: &str, owner: Result<Owner<'_>, Refusal>, sent: Form<Sent<'_>>) -> Result<Answer, Refusal> {
    let owner = owner?;
    owner.may_send(sent.token)?;
    let station = find(&owner, slug).await?;
    match sent.settings() {
        Ok(settings) => owner.storage.set_station(&station.slug, settings).await?,
        Err(why) => return Ok(Answer::again(&owner, &station, Status::UnprocessableEntity, &why)),
    }
    Ok(Answer::done(&station, "set"))
}

/// Reads what is added to the times of a station, ms: `5h`, `-2h30m`.
///
/// # Errors
/// What is wrong with it, for people.
pub fn clock_offset(text: &str) -> Result<i64, String> {
    let (sign, length) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let wrong = || format!("{text:?} is no length of time up to 366 days: write 5h, -2h or 90min");
    let length = humantime::parse_duration(length.trim()).map_err(|_| wrong())?;
    let ms = i64::try_from(length.as_millis()).ok().filter(|ms| *ms <= OFFSET_MAX_MS).ok_or_else(wrong)?;
    Ok(sign * ms)
}

/// The same as text; empty if nothing is added.
pub fn clock_offset_text(ms: i64) -> String {
    let sign = if ms < 0 { "-" } else { "" };
    let length = humantime::format_duration(Duration::from_millis(ms.unsigned_abs()));
    if ms == 0 { String::new() } else { format!("{sign}{length}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_is_read_as_it_is_written() {
        for (text, ms) in [("5h", 18_000_000), ("-2h", -7_200_000), ("-1h 30m", -5_400_000), ("3d", 259_200_000)] {
            assert_eq!(clock_offset(text), Ok(ms), "{text}");
            assert_eq!(clock_offset(&clock_offset_text(ms)), Ok(ms), "{}", clock_offset_text(ms));
        }
        assert_eq!((clock_offset("+0s"), clock_offset_text(0)), (Ok(0), String::new()));
        for wrong in ["5", "h", "-400d", "", "--5h"] {
            assert!(clock_offset(wrong).is_err(), "{wrong}");
        }
    }
}
