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
    pub(crate) fn of(strand: &Strand, place: usize, title: &str, alone: bool) -> Self {
        let quantity = match strand.quantity {
            Quantity::Precipitation => "Rain",
            other => other.title(),
        };
        match &strand.whose {
            Whose::Own if place == 0 => Self { label: quantity.to_owned(), class: OWN.to_owned() },
            Whose::Own => Self { label: quantity.to_owned(), class: "second".to_owned() },
            Whose::LastYear => Self { label: "a year before".to_owned(), class: "year".to_owned() },
            Whose::Other(place, name) if alone || quantity == title => {
                Self { label: name.clone(), class: format!("other-{place}") }
            }
            Whose::Other(place, name) => Self { label: format!("{quantity}, {name}"), class: format!("other-{place}") },
        }
    }
}

impl Look {
    /// True for what the picture is about.
    pub(crate) fn is_own(&self) -> bool {
        self.class == OWN
    }
}

/// The looks of all strands of a picture.
pub(crate) fn looks(of: &Strands) -> Vec<Look> {
    let alone = of.group.quantities.len() == 1;
    let place = |strand: &Strand| of.group.quantities.iter().position(|one| *one == strand.quantity).unwrap_or(0);
    of.strands.iter().map(|strand| Look::of(strand, place(strand), of.group.title, alone)).collect()
}
