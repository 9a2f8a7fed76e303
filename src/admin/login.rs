//! Coming in and going out.

#[cfg(debug_assertions)]
pub(super) mod stories;

use super::frame::{Frame, Leaf, Who, done};
use super::office::{NotCompared, Office, TRY_AGAIN_S, now};
use super::owner::{self, COOKIE, Owner};
use super::refusal::Refusal;
use crate::storage::Storage;
use crate::storage::words::Visitor;
use crate::web::error::Problem;
use crate::web::{Options, client, origin, rooms, token, visitor};
use askama::Template;
use askama_web::WebTemplate;
use channel::crowd::Source;
use rocket::form::Form;
use rocket::http::{Cookie, CookieJar, SameSite, Status};
use rocket::request::{FromRequest, Outcome, Request};
use rocket::response::Redirect;
use rocket::{FromForm, Responder, Route, get, post, routes};
use weather::time::DAY_MS;

/// A session ends after so long, ms, whatever its browser does.
const SESSION_MS: i64 = 7 * DAY_MS;

/// The routes.
pub(super) fn routes() -> Vec<Route> {
    routes![door, enter, leave]
}

/// A request to the door of the rooms. There is a door only while there is a password.
struct Knock<'r> {
    request: &'r Request<'r>,
    storage: &'r Storage,
    office: &'r Office,
    options: &'r Options,
    /// The hash of the password.
    password: String,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Knock<'r> {
    type Error = Refusal;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Refusal> {
        let Some((storage, office, options)) = owner::parts(request).filter(|_| owner::is_plain(request)) else {
            return Outcome::Forward(Status::NotFound);
        };
        match storage.admin_password().await {
            Ok(Some(password)) => Outcome::Success(Self { request, storage, office, options, password }),
            Ok(None) => Outcome::Forward(Status::NotFound),
            Err(error) => {
                let refusal = Refusal::from(error);
                Outcome::Error((refusal.status(), refusal))
            }
        }
    }
}

/// The page with the form.
#[derive(Debug, Template, WebTemplate)]
#[template(path = "admin/login.html")]
pub(crate) struct LoginView {
    frame: Frame,
    /// Why the owner is not in yet; empty at first.
    complaint: String,
}

impl LoginView {
    fn new(request: &Request<'_>, visitor: Option<&Visitor>, complaint: &str) -> Self {
        let token = visitor.map(token::new).unwrap_or_default();
        let frame = Frame { token, who: Who::Stranger, ..Frame::new("Log in – Stevenson", request) };
        Self { frame, complaint: complaint.to_owned() }
    }
}

#[get("/admin/login?<done>")]
fn door(knock: Result<Knock<'_>, Refusal>, done: Option<&str>, visitor: Visitor) -> Result<Leaf<LoginView>, Refusal> {
    let mut view = LoginView::new(knock?.request, Some(&visitor), "");
    view.frame.done = self::done(done);
    Ok(Leaf(view))
}

/// The form.
#[derive(FromForm)]
struct Said<'r> {
    password: &'r str,
    token: Option<&'r str>,
}

/// The answer to the form.
#[derive(Responder)]
enum Answer {
    In(Box<Leaf<Redirect>>),
    Again(Box<(Status, Leaf<LoginView>)>),
}

#[post("/admin/login", data = "<said>")]
async fn enter(
    knock: Result<Knock<'_>, Refusal>,
    said: Form<Said<'_>>,
    cookies: &CookieJar<'_>,
) -> Result<Answer, Refusal> {
    let Knock { request, storage, office, options, password } = knock?;
    let visitor = visitor::known(request);
    if !origin::may_send_form(request, visitor.as_ref(), said.token.unwrap_or_default()) {
        return Err(Refusal::forbidden());
    }
    let address = client::address(request, options);
    let is_it = office.is_password(address.and_then(Source::of), said.password, &password).await;
    let is_it = is_it.map_err(|why| match why {
        NotCompared::TooEager => Problem::too_many("Too many passwords were tried. Wait a moment.", TRY_AGAIN_S),
        NotCompared::Busy => Problem::unavailable("Too many passwords are tried right now. Wait a moment."),
    })?;
    let now = now();
    let until = now.plus(SESSION_MS);
    let session = if is_it { storage.open_session(&password, now, until).await? } else { None };
    let Some(session) = session else {
        let from = address.map_or_else(|| "an unknown address".to_owned(), |address| address.to_string());
        tracing::warn!("somebody at {from} tried a wrong password of the owner");
        let view = LoginView::new(request, visitor.as_ref(), "That is not the password.");
        return Ok(Answer::Again(Box::new((Status::Forbidden, Leaf(view)))));
    };
    if let Some(before) = owner::session(request) {
        storage.end_session(&before).await?;
    }
    let is_https = client::is_https(request, options);
    cookies.add(cookie(session.reveal().to_owned(), is_https, SESSION_MS));
    cookies.add(rooms::sign(SESSION_MS, is_https));
    Ok(Answer::In(Box::new(Leaf(Redirect::to("/admin")))))
}

/// A form with nothing but a button.
#[derive(FromForm)]
struct Pressed<'r> {
    token: Option<&'r str>,
}

#[post("/admin/logout", data = "<pressed>")]
async fn leave(
    owner: Result<Owner<'_>, Refusal>,
    pressed: Form<Pressed<'_>>,
    cookies: &CookieJar<'_>,
    scheme: Scheme,
) -> Result<Leaf<Redirect>, Refusal> {
    let owner = owner?;
    owner.may_send(pressed.token)?;
    if let Some(session) = owner.session() {
        owner.storage.end_session(&session).await?;
    }
    cookies.add(cookie(String::new(), scheme.is_https, 0));
    cookies.add(rooms::sign(0, scheme.is_https));
    Ok(Leaf(Redirect::to("/admin/login?done=out")))
}

/// How the owner's browser reached this server.
struct Scheme {
    is_https: bool,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Scheme {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        let options = request.rocket().state::<Options>();
        Outcome::Success(Self { is_https: options.is_some_and(|options| client::is_https(request, options)) })
    }
}

/// The cookie with a session's secret, for so long.
fn cookie(secret: String, is_https: bool, lasts_ms: i64) -> Cookie<'static> {
    Cookie::build((COOKIE, secret))
        .path("/admin")
        .same_site(SameSite::Strict)
        .http_only(true)
        // On plain http, as in most homes, a secure cookie would never come back.
        .secure(is_https)
        .max_age(rocket::time::Duration::milliseconds(lasts_ms))
        .build()
}
