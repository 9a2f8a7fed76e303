//! The page of an error in the owner's rooms, for the storybook.

use super::FaultView;
use crate::admin::frame::{Frame, Who};
use crate::web::storybook::{Story, printed};

pub(in crate::admin) const STORIES: [Story; 1] =
    [Story::new("admin/fault.html", "busy", "Too many passwords are tried.", |build| {
        let frame = Frame { who: Who::Stranger, ..Frame::of_story("This did not work", build) };
        printed(&FaultView { frame, detail: "Too many passwords were tried. Wait a moment.".to_owned() })
    })];
