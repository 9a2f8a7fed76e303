//! Why an upload was refused, or what of it was: for the log.

use crate::web::secrets::masked;
use std::borrow::Cow;
use weather::report::Warning;

/// Reasons of one upload that the log is told of: many wrong values have mostly one cause.
const REASONS_MAX: usize = 8;

/// The reasons, without values: they may be secrets, and each would be a line of its own. `why`: nothing at all was taken.
pub(crate) fn of(why: Option<&str>, warnings: &[Warning]) -> Vec<Cow<'static, str>> {
    let mut reasons: Vec<String> = Vec::new();
    for warning in warnings {
        let Warning { field, reason, .. } = warning.clone().without_place();
        let reason = masked(&format!("{field}: {reason}")).into_owned();
        if reasons.len() < REASONS_MAX && !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    match why {
        None => reasons.into_iter().map(Cow::Owned).collect(),
        Some(why) if reasons.is_empty() => vec![masked(why).into_owned().into()],
        Some(why) => vec![format!("{}; {}", reasons.join("; "), masked(why)).into()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_names_the_field_and_no_value_and_the_same_mistake_is_one() {
        let wrong = |place| Warning::new("temprature", "stv_secret", "unknown field, not stored").at(place);
        let told = ["temprature: unknown field, not stored"];
        assert_eq!(of(None, &[wrong(0), wrong(7)]), told);
        assert_eq!(of(Some("nothing was stored"), &[wrong(0)]), [format!("{}; nothing was stored", told[0])]);
        assert_eq!(of(Some("stv_abc is no key"), &[]), ["stv_… is no key"]);
        let many: Vec<_> = (0..100).map(|number| Warning::new(format!("x{number}"), "", "unknown")).collect();
        assert_eq!(of(None, &many).len(), REASONS_MAX);
    }
}
