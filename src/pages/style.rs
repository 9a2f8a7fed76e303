//! The stylesheet within a page: who comes for the first time sees the page a whole way there and back sooner. Who comes again has the
//! file already.

use super::assets;
use base64ct::{Base64, Encoding};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// No content from other sites, no inline scripts and styles. A server that has a [`Style`] allows that one.
pub const CONTENT_SECURITY_POLICY: &str =
    "default-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'self'; form-action 'self'";

/// The stylesheet of the pages, as it stands in a page, and the policy that lets it stand there.
#[derive(Clone)]
pub struct Style {
    text: Arc<str>,
    policy: Arc<str>,
}

impl Default for Style {
    fn default() -> Self {
        Self::of(&assets::text("style.css").unwrap_or_default())
    }
}

impl Style {
    fn of(css: &str) -> Self {
        let text = compact(css);
        let hash = Base64::encode_string(&Sha256::digest(&text));
        let policy = format!("{CONTENT_SECURITY_POLICY}; style-src 'self' 'sha256-{hash}'");
        Self { text: text.into(), policy: policy.into() }
    }

    /// What stands in the page.
    pub(crate) fn text(&self) -> Arc<str> {
        Arc::clone(&self.text)
    }

    /// The policy of pages.
    pub(crate) fn policy(&self) -> String {
        self.policy.as_ref().to_owned()
    }
}

/// The same without comments and indents.
fn compact(css: &str) -> String {
    let mut text = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, after)) = rest.split_once("/*") {
        text += before;
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    text += rest;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.flat_map(|line| [line, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_indents_go_and_nothing_else() {
        let css = "/* a\n b */\n.a {\n  color: red; /* c */\n\n  .b > .c { margin: 0; }\n}\n";
        assert_eq!(compact(css), ".a {\ncolor: red;\n.b > .c { margin: 0; }\n}\n");
    }

    #[test]
    fn the_stylesheet_can_stand_in_a_page() {
        let css = assets::text("style.css").expect("a file");
        let style = Style::default();
        assert!(style.text.len() < css.len() && !style.text.contains("/*"));
        // It would end the element, be taken for an address of ours, or lead elsewhere than from the file.
        for bad in ["</", "=\"/", "url("] {
            assert!(!style.text.contains(bad), "{bad}");
        }
        let rules = |css: &str| css.matches('{').count();
        assert!(rules(&style.text) * 10 > rules(&css) * 9, "{} of {} rules", rules(&style.text), rules(&css));
    }
}
