//! The methods that an address takes, read from the table of Rocket's own routes: what is not in it is 404, and another method
//! at an address that is in it is 405.

use rocket::http::{Method, Status};
use rocket::{Request, Route};

/// Addresses that are answered without Rocket, written as Rocket writes its routes, with their methods.
pub struct Elsewhere(pub Vec<(Method, &'static str)>);

/// The status of a request that no route answered, and for 405 the value of `Allow`.
pub(super) fn verdict(status: Status, request: &Request<'_>) -> (Status, Option<String>) {
    if status != Status::NotFound && status != Status::MethodNotAllowed {
        return (status, None);
    }
    let path = request.uri().path().raw().as_str();
    let elsewhere = request.rocket().state::<Elsewhere>().map_or(&[][..], |elsewhere| &elsewhere.0);
    let allowed = allowed(request.rocket().routes(), elsewhere, path);
    if allowed.is_empty() || allowed.contains(&request.method()) {
        return (Status::NotFound, None);
    }
    let names: Vec<_> = allowed.iter().map(|method| method.as_str()).collect();
    (Status::MethodNotAllowed, Some(names.join(", ")))
}

/// The methods of all routes that fit a path, each once, in the order of their names. Rocket answers HEAD where it answers GET.
fn allowed<'r>(
    routes: impl Iterator<Item = &'r Route>,
    elsewhere: &[(Method, &'static str)],
    path: &str,
) -> Vec<Method> {
    let fitting = |(method, pattern): (Method, &str)| fits(pattern, path).then_some(method);
    let mut allowed: Vec<_> = routes.filter_map(|route| fitting((route.method, route.uri.path()))).collect();
    if allowed.contains(&Method::Get) {
        allowed.push(Method::Head);
    }
    allowed.extend(elsewhere.iter().copied().filter_map(fitting));
    allowed.sort_by_key(|method| method.as_str());
    allowed.dedup();
    allowed
}

/// Whether a route's pattern fits a path. A pattern that begins with any name at all says nothing about a path.
fn fits(pattern: &str, path: &str) -> bool {
    fn parts(text: &str) -> impl Iterator<Item = &str> {
        text.split('/').filter(|part| !part.is_empty())
    }
    let (mut wanted, mut given) = (parts(pattern), parts(path));
    if pattern.starts_with("/<") {
        return false;
    }
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(any), _) if any.ends_with("..>") => return true,
            (Some(any), Some(_)) if any.starts_with('<') => {}
            (Some(name), Some(part)) if name == part => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_fits_the_paths_that_its_route_answers() {
        for (pattern, path) in [
            ("/", "/"),
            ("/s/<slug>", "/s/roof"),
            ("/s/<slug>/words", "/s/roof/words"),
            ("/static/<build>/<path..>", "/static/b1/js/a.js"),
            ("/metrics", "/metrics/"),
        ] {
            assert!(fits(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in [
            ("/", "/s"),
            ("/s/<slug>", "/s"),
            ("/s/<slug>", "/s/roof/words"),
            ("/s/<slug>/words", "/s/roof/alerts"),
            ("/<_>/<_..>", "/weatherstation/updateweatherstation.php"),
        ] {
            assert!(!fits(pattern, path), "{pattern} {path}");
        }
        let elsewhere = [(Method::Put, "/a/<name>"), (Method::Get, "/a/<name>/b"), (Method::Delete, "/a/<name>")];
        assert_eq!(allowed(std::iter::empty(), &elsewhere, "/a/x"), [Method::Delete, Method::Put]);
        assert_eq!(allowed(std::iter::empty(), &elsewhere, "/a/x/b"), [Method::Get]);
    }
}
