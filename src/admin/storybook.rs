//! The stories of the owner's rooms: each template in every state. Everything in them is made up.

use super::{calibrations, devices, fields, inbox, login, readings, refusal, station, stations};
use crate::web::storybook::Story;

/// All stories, those of a template side by side.
pub fn stories() -> Vec<Story> {
    [
        &login::stories::STORIES[..],
        &stations::stories::STORIES,
        &station::stories::STORIES,
        &devices::stories::STORIES,
        &inbox::stories::STORIES,
        &readings::stories::STORIES,
        &calibrations::stories::STORIES,
        &fields::stories::STORIES,
        &refusal::stories::STORIES,
    ]
    .concat()
}
