//! The login for the storybook.

use super::LoginView;
use crate::admin::frame::{Frame, Who, done};
use crate::web::Build;
use crate::web::storybook::{Story, printed};

const LOGIN: &str = "admin/login.html";

pub(in crate::admin) const STORIES: [Story; 3] = [
    Story::new(LOGIN, "first", "Nobody has said a password.", |build| login(build, "", None)),
    Story::new(LOGIN, "wrong", "The password was wrong.", |build| login(build, "That is not the password.", None)),
    Story::new(LOGIN, "out", "The owner has logged out.", |build| login(build, "", Some("out"))),
];

fn login(build: &Build, complaint: &str, word: Option<&str>) -> String {
    let frame = Frame { who: Who::Stranger, done: done(word), ..Frame::of_story("Log in", build) };
    printed(&LoginView { frame, complaint: complaint.to_owned() })
}
