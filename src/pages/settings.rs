//! `/settings`: units, numbers, light or dark. It works without scripts, and goes back to where one came from.

use super::desk::Desk;
use super::fault::Fault;
use super::ours::Ours;
use super::page::Page;
use super::views::Frame;
use super::{Scheme, clock, local_path};
use crate::storage::words::Visitor;
use crate::web::settings::{Settings, Theme};
use askama::Template;
use askama_web::WebTemplate;
use rocket::form::Form;
use rocket::http::CookieJar;
use rocket::response::Redirect;
use rocket::{FromForm, Route, get, post, routes};
use weather::preference::{DIMENSIONS, Numbers, Preference};
use weather::quantity::Quantity;
use weather::time::Timestamp;

/// The address of the page.
const PATH: &str = "/settings";
/// A value that shows how numbers are written, °C.
const SAMPLE_C: f64 = 18.4;

/// The routes, for `/`.
pub(super) fn routes() -> Vec<Route> {
    routes![settings, set, choose_units]
}

/// Where one goes back to: a page of ours, and not this one.
fn back_to(back: Option<&str>) -> String {
    let path = local_path(back.unwrap_or_default());
    if path == PATH { "/".to_owned() } else { path }
}

/// The page.
#[derive(Debug, Template, WebTemplate)]
#[template(path = "settings.html")]
pub struct SettingsPage {
    frame: Frame,
    units: Vec<Choice>,
    numbers: Choice,
    colours: Choice,
    back: String,
}

/// One of several.
#[derive(Debug)]
struct Choice {
    /// Its name in the form.
    name: &'static str,
    title: &'static str,
    options: Vec<ChoiceOption>,
}

#[derive(Debug)]
struct ChoiceOption {
    value: &'static str,
    label: String,
    is_chosen: bool,
}

impl SettingsPage {
    /// The page of these settings.
    pub fn of(settings: Settings, back: Option<&str>, now: Timestamp) -> Self {
        let preference = settings.preference();
        let units = DIMENSIONS.iter().map(|dimension| Choice {
            name: dimension.name,
            title: dimension.title,
            options: dimension
                .choices
                .iter()
                .map(|choice| ChoiceOption {
                    value: choice.word,
                    label: match choice.rate {
                        Some(rate) => format!("{}, {}", choice.unit.symbol(), rate.symbol()),
                        None => choice.unit.symbol().to_owned(),
                    },
                    is_chosen: preference.word_of(dimension) == choice.word,
                })
                .collect(),
        });
        let sample = |numbers| Preference::METRIC.writing(numbers).number(Quantity::Temperature, SAMPLE_C);
        let own = Numbers::ALL.map(|numbers| (numbers.name(), sample(numbers), settings.numbers == Some(numbers)));
        let browser = ("browser", "As my browser’s language writes them".to_owned(), settings.numbers.is_none());
        let option = |(value, label, is_chosen)| ChoiceOption { value, label, is_chosen };
        let theme = |theme: Theme| {
            let label = match theme {
                Theme::System => "As my system",
                Theme::Light => "Light",
                Theme::Dark => "Dark",
            };
            option((theme.name(), label.to_owned(), settings.theme == theme))
        };
        Self {
            frame: Frame::still("Settings – Stevenson", PATH, now, preference),
            units: units.collect(),
            numbers: Choice {
                name: "numbers",
                title: "Numbers",
                options: std::iter::once(browser).chain(own).map(option).collect(),
            },
            colours: Choice { name: "theme", title: "Colours", options: Theme::ALL.map(theme).into() },
            back: back_to(back),
        }
    }
}

/// The page of these settings, for the storybook.
#[cfg(debug_assertions)]
pub(super) fn story(settings: Settings, now: Timestamp) -> String {
    let page = SettingsPage::of(settings, Some("/s/town-hall"), now);
    let reader = super::views::ForReader { theme: settings.theme.attribute(), ..Default::default() };
    crate::web::storybook::printed(&SettingsPage { frame: page.frame.read_by(reader), ..page })
}

#[get("/settings?<back>")]
fn settings(back: Option<&str>, desk: Desk<'_>, visitor: Visitor) -> Page<SettingsPage> {
    let page = SettingsPage::of(desk.settings, back, clock::now());
    let frame = page.frame.signed(Some(&visitor)).read_by(desk.for_reader(None));
    Page(SettingsPage { frame, ..page })
}

/// What the form says. What means nothing changes nothing.
#[derive(FromForm)]
struct Wanted<'r> {
    temperature: Option<&'r str>,
    wind: Option<&'r str>,
    pressure: Option<&'r str>,
    rain: Option<&'r str>,
    distance: Option<&'r str>,
    numbers: Option<&'r str>,
    theme: Option<&'r str>,
    back: Option<&'r str>,
    token: Option<&'r str>,
}

#[post("/settings", data = "<wanted>")]
fn set(
    wanted: Form<Wanted<'_>>,
    ours: Ours<'_>,
    before: Settings,
    scheme: Scheme,
    cookies: &CookieJar<'_>,
) -> Result<Page<Redirect>, Fault> {
    ours.with(wanted.token)?;
    let units = [wanted.temperature, wanted.wind, wanted.pressure, wanted.rain, wanted.distance];
    let mut after = units.into_iter().flatten().fold(before, Settings::with_units);
    if let Some(numbers) = wanted.numbers {
        after.numbers = Numbers::named(numbers);
    }
    after.theme = wanted.theme.and_then(Theme::named).unwrap_or(after.theme);
    cookies.add(after.cookie(scheme.is_https));
    Ok(Page(Redirect::to(back_to(wanted.back))))
}

/// The switch in the header: one button sends one choice.
#[derive(FromForm)]
struct Switched<'r> {
    temperature: Option<&'r str>,
    /// All other units, as the header of former pages sends them.
    rest: Option<&'r str>,
    back: Option<&'r str>,
    token: Option<&'r str>,
}

#[post("/units", data = "<switched>")]
fn choose_units(
    switched: Form<Switched<'_>>,
    ours: Ours<'_>,
    before: Settings,
    scheme: Scheme,
    cookies: &CookieJar<'_>,
) -> Result<Redirect, Fault> {
    ours.with(switched.token)?;
    let after = [switched.temperature, switched.rest].into_iter().flatten().fold(before, Settings::with_units);
    cookies.add(after.cookie(scheme.is_https));
    Ok(Redirect::to(local_path(switched.back.unwrap_or("/"))))
}
