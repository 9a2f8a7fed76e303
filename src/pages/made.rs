//! What the build has made of the scripts. Nothing in a debug build.

/// It.
pub(super) const MADE: Made = include!(concat!(env!("OUT_DIR"), "/joined.rs"));

/// Files that fit together only as one build has made them.
pub(super) struct Made {
    /// Changes when a text does.
    pub(super) name: &'static str,
    /// The path and the text of each file.
    pub(super) texts: &'static [(&'static str, &'static str)],
}
