//! What is asked for in the query of an export.

use super::export::Asked;
use crate::storage::zones::Zones;
use crate::web::error::Problem;
use crate::web::head::Head;
use std::sync::Arc;
use weather::report::Warning;
use weather::station::Station;

/// Reads the query.
pub(super) fn read(head: &dyn Head, station: Arc<Station>, zones: &Arc<Zones>) -> Result<Asked, Problem> {
    let mut asked = Asked::all(station, Arc::clone(zones));
    for (name, value) in form_urlencoded::parse(head.query().unwrap_or_default().as_bytes()) {
        asked.take(&name, &value).map_err(|why| {
            let warning = Warning::new(&*name, &value, why);
            Problem::bad_request(warning.to_string(), vec![warning])
        })?;
    }
    Ok(asked)
}
