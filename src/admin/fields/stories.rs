//! The fields of a station, for the storybook.

use super::{FieldsView, MapForm, Said, Seen};
use crate::admin::frame::Frame;
use crate::web::Build;
use crate::web::storybook::{Story, printed};

const FIELDS: &str = "admin/fields.html";

pub(in crate::admin) const STORIES: [Story; 3] = [
    Story::new(FIELDS, "some", "Fields that nobody knows, and one that the owner knows.", |build| {
        printed(&fields(build))
    }),
    Story::new(FIELDS, "none", "All fields are known.", |build| {
        let map = MapForm::new("town-hall", "", []);
        printed(&FieldsView { unmapped: Vec::new(), mapped: Vec::new(), map, ..fields(build) })
    }),
    Story::new(FIELDS, "refused", "A form was refused.", |build| {
        let complaint = "Temperature is not measured in hPa.".to_owned();
        printed(&FieldsView { complaint, ..fields(build) })
    }),
];

fn fields(build: &Build) -> FieldsView {
    let names = ["wobble", "a_field_whose_name_is_as_long_as_names_of_fields_may_be_in_here"];
    let seen = |field: &str| Seen {
        field: field.to_owned(),
        value: "12.5".to_owned(),
        told: "in 3 uploads since 22 Nov 2026, 3 s ago the last time".to_owned(),
    };
    FieldsView {
        frame: Frame::of_story("Fields of Town Hall", build),
        slug: "town-hall".to_owned(),
        name: "Town Hall".to_owned(),
        unmapped: names.map(seen).into(),
        mapped: vec![Said {
            field: "pooltemp".to_owned(),
            what: "pool/temperature, in °F".to_owned(),
            made: "said by the owner on 22 Nov 2026, 14:05".to_owned(),
        }],
        map: MapForm::new("town-hall", "", names.map(String::from)),
        complaint: String::new(),
    }
}
