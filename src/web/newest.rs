//! The newest cursor of the channel: the place in the journal from which a page's scripts go on.

/// Reads the newest cursor. `app` makes it from the channel, so that pages need not know how their news travels.
pub struct NewestCursor(Box<dyn Fn() -> String + Send + Sync>);

impl NewestCursor {
    /// Reads it by this function.
    pub fn new(read: impl Fn() -> String + Send + Sync + 'static) -> Self {
        Self(Box::new(read))
    }

    /// The cursor now.
    pub fn read(&self) -> String {
        (self.0)()
    }
}
