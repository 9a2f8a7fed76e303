//! What is wanted at which address.

/// All addresses, as Rocket writes routes; Swagger UI's have no place in a description.
pub(super) const PATHS: [&str; 11] = [
    "/api/v1/stations",
    "/api/v1/stations/<slug>",
    "/api/v1/stations/<slug>/latest",
    "/api/v1/stations/<slug>/series",
    "/api/v1/stations/<slug>/days",
    "/api/v1/stations/<slug>/records",
    "/api/v1/stations/<slug>/climate",
    "/api/v1/stations/<slug>/export",
    "/api/v1/status",
    "/api/v1/openapi.json",
    "/stream/<slug>",
];
/// The addresses of the page for people.
const GUIDE_PATHS: [&str; 2] = ["/api/docs", "/api/docs/<file>"];
/// What watchers ask.
pub const HEALTH: [&str; 2] = ["/healthz", "/readyz"];
/// What all of them take, as the value of a header.
pub(super) const ALLOW: &str = "GET, HEAD, OPTIONS";

/// All addresses, as Rocket writes routes.
pub fn paths() -> impl Iterator<Item = &'static str> {
    PATHS.into_iter().chain(GUIDE_PATHS).chain(HEALTH)
}

/// What is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted<'p> {
    /// All stations.
    Stations,
    /// Something of a station.
    Of(&'p str, Part),
    /// The stream of a station.
    Stream(&'p str),
    /// The status of the server.
    Status,
    /// Whether the process answers.
    Alive,
    /// Whether it can read and store.
    Ready,
    /// The description.
    Document,
    /// The page for people, or one of its files.
    Guide(&'p str),
}

/// What of a station.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What it measures.
    Itself,
    /// Its newest values.
    Latest,
    /// A series.
    Series,
    /// Local days.
    Days,
    /// Its records.
    Records,
    /// A month.
    Climate,
    /// A file of all.
    Export,
}

impl<'p> Wanted<'p> {
    /// What is wanted at this path; `None`: nothing that is here.
    pub fn of(path: &'p str) -> Option<Self> {
        if let Some(place) = HEALTH.iter().position(|known| *known == path) {
            return Some([Self::Alive, Self::Ready][place]);
        }
        if let Some(file) = path.strip_prefix("/api/docs") {
            let file = if file.is_empty() { Some("") } else { file.strip_prefix('/') };
            return file.filter(|file| !file.contains('/') && path != "/api/docs/").map(Self::Guide);
        }
        if let Some(slug) = path.strip_prefix(super::stream::PATH) {
            return (!slug.is_empty() && !slug.contains('/')).then_some(Self::Stream(slug));
        }
        match path.strip_prefix("/api/v1/")? {
            "stations" => Some(Self::Stations),
            "status" => Some(Self::Status),
            "openapi.json" => Some(Self::Document),
            rest => {
                let rest = rest.strip_prefix("stations/")?;
                let (slug, part) = rest.split_once('/').map_or((rest, None), |(slug, part)| (slug, Some(part)));
                let part = match part {
                    None => Part::Itself,
                    Some("latest") => Part::Latest,
                    Some("series") => Part::Series,
                    Some("days") => Part::Days,
                    Some("records") => Part::Records,
                    Some("climate") => Part::Climate,
                    Some("export") => Part::Export,
                    Some(_) => return None,
                };
                (!slug.is_empty()).then_some(Self::Of(slug, part))
            }
        }
    }

    /// The station whose stream is wanted, with this method.
    pub fn stream(self, method: &str) -> Option<&'p str> {
        match self {
            Self::Stream(slug) if matches!(method, "GET" | "HEAD") => Some(slug),
            _ => None,
        }
    }

    /// The station whose readings are wanted as a file, with this method.
    pub fn export(self, method: &str) -> Option<&'p str> {
        match self {
            Self::Of(slug, Part::Export) if matches!(method, "GET" | "HEAD") => Some(slug),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_address_is_answered_and_no_other() {
        for path in paths() {
            let path = path.replace("<slug>", "roof").replace("<file>", "swagger-ui.css");
            assert!(Wanted::of(&path).is_some(), "{path}");
        }
        for path in [
            "/api/v1",
            "/api/v1/",
            "/api/v1/stations/",
            "/api/v1/stations//latest",
            "/api/v1/stations/a/b",
            "/api/v1/stations/a/latest/",
            "/api/v1/readings",
            "/api/docs/",
            "/api/docs/a/b",
            "/api/docsx",
            "/stream/",
            "/stream/a/b",
            "/s/roof",
        ] {
            assert_eq!(Wanted::of(path), None, "{path}");
        }
    }
}
