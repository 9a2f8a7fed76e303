//! Takes words from the keeper's form, and sends the visitor back to the page.

use super::conversation::{self, TEXT_MAX_CHARS};
use super::desk::Desk;
use super::fault::Fault;
use super::ours::Ours;
use super::page::Page;
use super::views::StationPage;
use crate::storage::Error;
use crate::storage::words::{NewWord, Speaker};
use rocket::form::Form;
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{FromForm, Responder, Route, get, post, routes};
use std::sync::Arc;
use weather::station::{Slug, Station};

/// The routes for what visitors say, for `/`.
pub(crate) fn routes() -> Vec<Route> {
    routes![say, forget, back, back_from_forgetting]
}

/// The form of the panel.
#[derive(FromForm)]
struct Said<'r> {
    key: &'r str,
    text: &'r str,
    token: Option<&'r str>,
}

/// A form with nothing but a button.
#[derive(FromForm)]
struct Pressed<'r> {
    token: Option<&'r str>,
}

/// The answer to a form.
#[derive(Responder)]
enum Answer {
    Taken(Box<Redirect>),
    /// The page again, with the refused text in its field.
    Again(Box<(Status, Page<StationPage>)>),
}

#[post("/s/<slug>/words", data = "<said>")]
async fn say(slug: &str, said: Form<Said<'_>>, ours: Ours<'_>, desk: Desk<'_>) -> Result<Answer, Fault> {
    let station = desk.station(slug).await?;
    // A visitor that is known, not one that is welcomed: a form of another site comes without the cookie, and must not get a new one.
    let Some(visitor) = desk.known.clone() else {
        let why =
            "The keeper answers only visitors that have a cookie. Allow cookies for this site, then reload the page.";
        return again(&desk, &station, said.text, Status::BadRequest, why.to_owned()).await;
    };
    ours.with(said.token)?;
    let text = said.text.trim();
    if let Some(why) = objection(text) {
        return again(&desk, &station, said.text, Status::UnprocessableEntity, why).await;
    }
    let Some(id) = conversation::word_id(said.key, &visitor, &station.slug, text) else {
        let why = "This page was too old. Send your text again.";
        return again(&desk, &station, said.text, Status::BadRequest, why.to_owned()).await;
    };
    let word = NewWord { id, station: station.slug.to_string(), text: text.to_owned() };
    let units = desk.preference.name();
    let speaker = Speaker { visitor: &visitor, source: desk.source, units: &units };
    if let Err(error) = desk.storage.say_from(speaker, vec![word]).await {
        let (status, why) = refusal(&error);
        return again(&desk, &station, said.text, status, why.to_owned()).await;
    }
    desk.keeper.visit(&visitor);
    desk.keeper.hear();
    Ok(Answer::Taken(Box::new(to_panel(&station.slug))))
}

#[post("/s/<slug>/words/forget", data = "<pressed>")]
async fn forget(slug: &str, pressed: Form<Pressed<'_>>, ours: Ours<'_>, desk: Desk<'_>) -> Result<Redirect, Fault> {
    let station = desk.station(slug).await?;
    ours.with(pressed.token)?;
    if let Some(visitor) = &desk.known {
        desk.storage.forget_conversation(visitor, station.slug.as_str()).await?;
    }
    Ok(to_panel(&station.slug))
}

/// A reload of the page that answered a refused form ends here.
#[get("/s/<slug>/words/forget")]
async fn back_from_forgetting(slug: &str, desk: Desk<'_>) -> Result<Redirect, Fault> {
    Ok(to_panel(&desk.station(slug).await?.slug))
}

/// Likewise.
#[get("/s/<slug>/words")]
async fn back(slug: &str, desk: Desk<'_>) -> Result<Redirect, Fault> {
    Ok(to_panel(&desk.station(slug).await?.slug))
}

fn to_panel(slug: &Slug) -> Redirect {
    Redirect::to(format!("/s/{slug}#keeper"))
}

/// The reason to refuse a text, if there is one.
fn objection(text: &str) -> Option<String> {
    let length = text.chars().count();
    match length {
        0 => Some("Write something first.".to_owned()),
        _ if length > TEXT_MAX_CHARS => {
            Some(format!("Your text has {length} characters. The keeper takes at most {TEXT_MAX_CHARS}."))
        }
        _ => None,
    }
}

/// What the visitor reads when a word was not stored.
fn refusal(error: &Error) -> (Status, &'static str) {
    if matches!(error, Error::TooManyWords(_)) {
        return (
            Status::TooManyRequests,
            "That was much at once. The keeper takes your text if you send it again in a minute.",
        );
    }
    tracing::warn!(%error, "a word was not stored");
    (Status::ServiceUnavailable, "The keeper cannot take your text at the moment. Send it again in a minute.")
}

async fn again(
    desk: &Desk<'_>,
    station: &Arc<Station>,
    text: &str,
    status: Status,
    why: String,
) -> Result<Answer, Fault> {
    let page = desk.page(station, desk.known.as_ref(), |panel| panel.with_draft(text).complaining(why)).await?;
    Ok(Answer::Again(Box::new((status, Page(page)))))
}
