//! The visitor's settings, from a cookie, so that the server can render them: units, numbers, light or dark.

use super::head::Head;
use super::language;
use rocket::http::{Cookie, SameSite};
use rocket::request::{FromRequest, Outcome, Request};
use std::convert::Infallible;
use weather::preference::{Numbers, Preference};

/// The cookie's name.
const COOKIE: &str = "settings";
/// The first word of the cookie. What comes in another version is not understood.
const VERSION: &str = "1";
/// The cookie of former servers: units alone.
const FORMER_COOKIE: &str = "units";
/// Longest value that is read, bytes: ours have half of that, and anybody can send another.
const VALUE_MAX_BYTES: usize = 100;
/// 400 days, seconds, the longest that browsers allow: people keep their settings.
const COOKIE_MAX_AGE_S: i64 = 400 * 24 * 60 * 60;

/// Light or dark.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system is.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// Its name in the cookie and in forms.
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// That of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.name() == name)
    }

    /// What pages say in `data-theme`; empty: nothing.
    pub fn attribute(self) -> &'static str {
        if self == Self::System { "" } else { self.name() }
    }
}

/// What a visitor has chosen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Settings {
    /// The units.
    units: Preference,
    /// Light or dark.
    pub theme: Theme,
    /// How numbers are written; `None`: as the browser's language writes them.
    pub numbers: Option<Numbers>,
    /// How the browser's language writes them.
    by_language: Numbers,
}

impl Settings {
    /// Those of a request.
    pub fn of(head: &dyn Head) -> Self {
        let by_language = language::numbers(head.first("Accept-Language").unwrap_or_default());
        let unset = Self { by_language, ..Self::default() };
        let short = |name: &str| head.cookie(name).filter(|value| value.len() <= VALUE_MAX_BYTES);
        match (short(COOKIE), short(FORMER_COOKIE)) {
            (Some(value), _) => unset.read(value),
            (None, Some(units)) => unset.with_units(units),
            (None, None) => unset,
        }
    }

    /// The units, and how numbers are written.
    pub fn preference(self) -> Preference {
        self.units.writing(self.numbers.unwrap_or(self.by_language))
    }

    /// The same with units of this name, as [`Preference::read`] understands it.
    pub fn with_units(self, name: &str) -> Self {
        Self { units: self.units.read(name), ..self }
    }

    /// What the cookie says. Words that mean nothing are ignored.
    fn read(mut self, value: &str) -> Self {
        let mut words = value.split('.');
        if words.next() != Some(VERSION) {
            return self;
        }
        for word in words {
            match (Theme::named(word), Numbers::named(word)) {
                (Some(theme), _) => self.theme = theme,
                (None, Some(numbers)) => self.numbers = Some(numbers),
                (None, None) => self = self.with_units(word),
            }
        }
        self
    }

    /// The cookie's value: `1.c-metric.dark.comma`. What is as usual is left out.
    fn written(self) -> String {
        let units = self.units.name();
        let theme = Some(self.theme.attribute()).filter(|theme| !theme.is_empty());
        let words = [Some(units.as_str()), theme, self.numbers.map(Numbers::name)];
        words.into_iter().flatten().fold(String::from(VERSION), |text, word| text + "." + word)
    }

    /// The cookie that remembers them.
    pub fn cookie(self, is_https: bool) -> Cookie<'static> {
        Cookie::build((COOKIE, self.written()))
            .path("/")
            .same_site(SameSite::Lax)
            .http_only(true)
            .secure(is_https)
            .max_age(rocket::time::Duration::seconds(COOKIE_MAX_AGE_S))
            .build()
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Settings {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        Outcome::Success(Self::of(request))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::head::tests::Made;
    use weather::units::Unit;

    fn of(cookie: &'static str, language: &'static str) -> Settings {
        Settings::of(&Made { path: "/", headers: vec![("Cookie", cookie), ("Accept-Language", language)], peer: None })
    }

    #[test]
    fn what_is_written_is_read_back() {
        for (units, theme, numbers) in [
            ("metric", Theme::System, None),
            ("us-kn", Theme::Dark, Some(Numbers::Comma)),
            ("metric-f-kmh-inhg-in-mi", Theme::Light, Some(Numbers::Point)),
        ] {
            let units = Preference::named(units).expect("units");
            let settings = Settings { units, theme, numbers, by_language: Numbers::Point };
            let cookie: &'static str = format!("settings={}", settings.written()).leak();
            assert_eq!(of(cookie, ""), settings, "{cookie}");
            assert!(settings.written().len() <= VALUE_MAX_BYTES / 2);
        }
    }

    #[test]
    fn what_means_nothing_is_ignored() {
        let unset = Settings::default();
        let long: &'static str = format!("settings=1.us.{}", "dark.".repeat(40)).leak();
        for odd in ["settings=", "settings=2.dark", "settings=dark", "settings=1.<b>.kelvin", "settings=1", long] {
            assert_eq!(of(odd, ""), unset, "{odd}");
        }
        let some = of("settings=1.x-kmh-y.blue.dark.7", "");
        assert_eq!((some.theme, some.preference()), (Theme::Dark, Preference::METRIC.with(Unit::KilometrePerHour)));
    }

    #[test]
    fn units_of_a_former_server_are_kept_until_something_is_chosen() {
        assert_eq!(of("units=F-us", "").preference(), Preference::US);
        assert_eq!(of("units=F-us; settings=1.c-metric", "").preference(), Preference::METRIC);
        assert_eq!(of("units=F-us", "").with_units("C").preference(), Preference::US.other_scale());
    }

    #[test]
    fn numbers_are_those_of_the_language_until_they_are_chosen() {
        assert_eq!(of("", "de-DE,de;q=0.9,en;q=0.8").preference().numbers, Numbers::Comma);
        assert_eq!(of("settings=1.c-metric.point", "de").preference().numbers, Numbers::Point);
        assert_eq!(of("settings=1.c-metric.comma", "en").preference().numbers, Numbers::Comma);
    }
}
