//! What the strands of a picture are called and how they look.

use super::past::{Strand, Strands, Whose};
use weather::quantity::Quantity;

/// The class of what a picture is about; what lies with it has others.
const OWN: &str = "own";

/// What one strand of a picture is called and how it looks.
#[derive(Debug, Clone)]
pub(crate) struct Look {
    /// What people read.
    pub label: String,
    /// How it is drawn.
    pub class: String,
}

impl Look {
    /// The look of a strand. `place` is that among the quantities of its picture.
    fn of(strand: &Strand, place: usize) -> Self {
        let quantity = match strand.quantity {
            Quantity::Precipitation => "Rain",
            other => other.title(),
        };
        let (label, class) = match &strand.whose {
            Whose::Own if place == 0 => (quantity, OWN.to_owned()),
            Whose::Own => (quantity, "second".to_owned()),
            Whose::LastYear => ("a year before", "year".to_owned()),
            Whose::Other(place, name) => (name.as_str(), format!("other-{place}")),
        };
        Self { label: label.to_owned(), class }
    }

    /// True for what the picture is about.
    pub(crate) fn is_own(&self) -> bool {
        self.class == OWN
    }
}

/// The looks of all strands of a picture.
pub(crate) fn looks(of: &Strands) -> Vec<Look> {
    let place = |strand: &Strand| of.group.quantities.iter().position(|one| *one == strand.quantity).unwrap_or(0);
    of.strands.iter().map(|strand| Look::of(strand, place(strand))).collect()
}
