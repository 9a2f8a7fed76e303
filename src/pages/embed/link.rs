//! A link to a station, and the frame that it becomes.

use crate::web::address::Address;
use askama::Template;

/// The frame as other sites write it.
#[derive(Template)]
#[template(
    source = r#"<iframe src="{{ address }}/embed/{{ slug }}" width="{{ width }}" height="{{ height }}" title="{{ name }}" loading="lazy" style="border:0"></iframe>"#,
    ext = "html"
)]
pub(super) struct Link<'a> {
    pub address: &'a str,
    pub slug: &'a str,
    pub name: &'a str,
    pub width: u32,
    pub height: u32,
}

/// The station that an address leads to, if it is a page of a station of this server.
pub(super) fn slug_of<'u>(url: &'u str, address: &Address) -> Option<&'u str> {
    let rest = url.strip_prefix(address.as_str())?.strip_prefix("/s/")?;
    let (path, _) = rest.split_once(['?', '#']).unwrap_or((rest, ""));
    let slug = path.split('/').next()?;
    (!slug.is_empty() && !path.contains("..")).then_some(slug)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_stations_of_this_server_become_frames() {
        let here = Address::of(Some("w.example.org"), true, ([127, 0, 0, 1], 80).into());
        for (url, slug) in [
            ("https://w.example.org/s/roof", Some("roof")),
            ("https://w.example.org/s/roof/history?range=7d#x", Some("roof")),
            ("https://w.example.org/s/roof/../../admin", None),
            ("https://w.example.org/", None),
            ("https://w.example.org/s/", None),
            ("https://w.example.org.evil/s/roof", None),
            ("http://w.example.org/s/roof", None),
        ] {
            assert_eq!(slug_of(url, &here), slug, "{url}");
        }
        let link = Link { address: here.as_str(), slug: "roof", name: "\"><script>", width: 4, height: 2 };
        let html = link.render().expect("printed");
        assert!(
            html.contains(r#"src="https://w.example.org/embed/roof" width="4""#) && !html.contains("<script"),
            "{html}"
        );
    }
}
