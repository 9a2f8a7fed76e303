//! The frame and the badge for the storybook.

use super::{Asked, Badge, Frame};
use crate::pages::facts::Facts;
use crate::web::storybook::{NOW, printed};
use weather::preference::Preference;

/// The frame of that size and theme.
pub(in crate::pages) fn frame(facts: &Facts, [size, theme]: [&'static str; 2], preference: Preference) -> String {
    printed(&Frame::of(facts, &Asked { preference, theme, size }, NOW))
}

/// The badge.
pub(in crate::pages) fn badge(facts: &Facts, preference: Preference) -> String {
    printed(&Badge::of(facts, preference, NOW))
}
