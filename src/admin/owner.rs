//! Lets the owner in, and nobody else.

use super::frame::{Frame, Who, done};
use super::office::{Office, Subscribed, now};
use super::refusal::Refusal;
use crate::storage::words::Visitor;
use crate::storage::{SessionSecret, Storage};
use crate::web::error::Problem;
use crate::web::head::Head;
use crate::web::{Options, client, origin, token};
use rocket::http::{Method, Status};
use rocket::request::{FromRequest, Outcome, Request};

/// Where the owner's rooms are. Rocket takes more spellings of a path, and a proxy that shuts this one may not.
const ROOMS: &str = "/admin";
/// The name of the session's cookie.
pub(super) const COOKIE: &str = "admin";

/// The owner, let in.
pub(crate) struct Owner<'r> {
    request: &'r Request<'r>,
    pub(super) storage: &'r Storage,
    pub(super) office: &'r Office,
    who: Who,
    /// Whom forms are bound to.
    bound_to: Visitor,
}

impl Owner<'_> {
    /// Lets a form pass with its token.
    pub(super) fn may_send(&self, token: Option<&str>) -> Result<(), Refusal> {
        let token = token.unwrap_or_default();
        match origin::may_send_form(self.request, Some(&self.bound_to), token) {
            true => Ok(()),
            false => Err(Refusal::forbidden()),
        }
    }

    /// The session, if the owner has logged in.
    pub(super) fn session(&self) -> Option<SessionSecret> {
        session(self.request)
    }

    /// Whether messages of MQTT are read for the station of this slug.
    pub(super) fn is_subscribed(&self, slug: &str) -> bool {
        self.request.rocket().state::<Subscribed>().is_some_and(|all| all.0.iter().any(|one| one == slug))
    }

    /// The address that was asked for, of the station that is called `now`.
    pub(super) fn address_with(&self, former: &str, now: &str) -> String {
        let asked = self.request.uri().to_string();
        let rest = asked.strip_prefix(&format!("{ROOMS}/stations/{former}")).unwrap_or_default();
        format!("{ROOMS}/stations/{now}{rest}")
    }

    /// The frame of a page; `word` says what was done a moment ago.
    pub(super) fn frame(&self, title: &str, word: Option<&str>) -> Frame {
        let title = format!("{title} – Stevenson");
        Frame { token: token::new(&self.bound_to), who: self.who, done: done(word), ..Frame::new(title, self.request) }
    }
}

/// The secret in the session's cookie. Of two that differ none counts: a server on another port of this host can add one.
pub(super) fn session(head: &dyn Head) -> Option<SessionSecret> {
    let mut sent: Vec<&str> = Vec::new();
    head.each("Cookie", &mut |list| {
        let pairs = list.split(';').filter_map(|pair| pair.trim().split_once('='));
        sent.extend(pairs.filter(|(name, _)| *name == COOKIE).map(|(_, value)| value));
    });
    sent.dedup();
    match sent[..] {
        [secret] => SessionSecret::read(secret),
        _ => None,
    }
}

/// Whom forms of a session are bound to.
fn bound_to(session: &SessionSecret) -> Visitor {
    Visitor::of_secret(&format!("session {}", session.reveal()))
}

/// The parts that every request here needs.
pub(super) fn parts<'r>(request: &'r Request<'_>) -> Option<(&'r Storage, &'r Office, &'r Options)> {
    let state = request.rocket();
    Some((state.state()?, state.state()?, state.state()?))
}

/// Whether the path is written as it is meant.
pub(super) fn is_plain(request: &Request<'_>) -> bool {
    let path = request.uri().path().raw().as_str();
    path.starts_with(ROOMS) && !path.contains("//")
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Owner<'r> {
    type Error = Refusal;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Refusal> {
        let Some((storage, office, options)) = parts(request).filter(|_| is_plain(request)) else {
            return Outcome::Forward(Status::NotFound);
        };
        let refuse = |refusal: Refusal| Outcome::Error((refusal.status(), refusal));
        // Before anything else: a page elsewhere learns nothing, not even whether the owner is logged in.
        let is_safe = matches!(request.method(), Method::Get | Method::Head);
        if !is_safe && !origin::may_read(request) {
            return refuse(Refusal::forbidden());
        }
        let password = match storage.admin_password().await {
            Ok(password) => password,
            Err(error) => return refuse(Problem::from(error).into()),
        };
        if password.is_none() {
            return match client::is_local(request, options) {
                true => {
                    Outcome::Success(Self { request, storage, office, who: Who::Local, bound_to: office.local.clone() })
                }
                false => Outcome::Forward(Status::NotFound),
            };
        }
        let Some(secret) = session(request) else { return refuse(Refusal::Login) };
        match storage.has_session(&secret, now()).await {
            Ok(true) => {
                let bound_to = bound_to(&secret);
                Outcome::Success(Self { request, storage, office, who: Who::LoggedIn, bound_to })
            }
            Ok(false) => refuse(Refusal::Login),
            Err(error) => refuse(Problem::from(error).into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::head::tests::Made;

    #[test]
    fn of_two_sessions_that_differ_none_counts() {
        let (one, other) = ("A".repeat(43), format!("{}E", "B".repeat(42)));
        let of = |cookies: &[String]| {
            let leak = |text: &String| -> &'static str { text.clone().leak() };
            let headers = cookies.iter().map(|list| ("Cookie", leak(list))).collect();
            session(&Made { path: "/admin", headers, peer: None })
        };
        assert!(of(&[format!("visitor=x; admin={one}")]).is_some(), "one");
        assert!(of(&[format!("admin={one}; admin={one}")]).is_some(), "twice the same is one");
        assert!(of(&[format!("admin={one}; admin={other}")]).is_none());
        assert!(of(&[format!("admin={one}"), format!("admin={other}")]).is_none());
        assert!(of(&["admin=short".to_owned()]).is_none() && of(&[]).is_none());
    }
}
