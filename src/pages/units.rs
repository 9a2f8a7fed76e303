//! Units that an address asks for, where no cookie is read.

use weather::preference::Preference;

/// The units of that name.
///
/// # Errors
/// The name means nothing: a sentence with those that do.
pub(crate) fn asked(name: Option<&str>) -> Result<Preference, String> {
    name.map_or(Ok(Preference::METRIC), Preference::named).map_err(|error| error.to_string())
}

/// The value of a name; the first one if there is no name.
///
/// # Errors
/// The name means nothing: a sentence with those that do.
pub(crate) fn one_of<T: Copy>(key: &str, name: Option<&str>, all: &[(&str, T)]) -> Result<T, String> {
    let found = match name {
        None => all.first(),
        Some(name) => all.iter().find(|(one, _)| *one == name),
    };
    found.map(|(_, value)| *value).ok_or_else(|| {
        let names: Vec<_> = all.iter().map(|(name, _)| *name).collect();
        format!("{key} may be one of: {}", names.join(", "))
    })
}
