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

/// The same without comments, and without spaces that mean nothing.
fn compact(css: &str) -> String {
    let mut text = String::with_capacity(css.len());
    let mut rest = css.trim();
    let mut spaced = false;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '/' if rest.starts_with("/*") => {
                spaced = true;
                rest.find("*/").map_or(rest.len(), |end| end + 2)
            }
            c if c.is_whitespace() => {
                spaced = true;
                c.len_utf8()
            }
            // What is quoted stays as it is.
            '"' => rest[1..].find('"').map_or(rest.len(), |end| end + 2),
            c => c.len_utf8(),
        };
        let (next, after) = rest.split_at(length);
        rest = after;
        if c.is_whitespace() || next.starts_with("/*") {
            continue;
        }
        // A space before a colon means something: `.a :hover` is not `.a:hover`.
        if spaced && !text.is_empty() && !text.ends_with(['{', '}', ';', ',', ':']) && !"{};,".contains(c) {
            text.push(' ');
        }
        if c == '}' && text.ends_with(';') {
            text.pop();
        }
        spaced = false;
        text += next;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_idle_spaces_go_and_nothing_else() {
        let css = "/* a\n b */\n.a, .d {\n  color: red; /* c */\n\n  .b > .c :is(p, a):hover { margin: 0 auto; }\n}\n\
                   .e::before { content: \"a:  b; \"; inset: calc(1px + 2px) }\n@media (width < 3rem) and (scripting: none) { a { b: c !important; } }\n";
        assert_eq!(
            compact(css),
            ".a,.d{color:red;.b > .c :is(p,a):hover{margin:0 auto}}.e::before{content:\"a:  b; \";inset:calc(1px + 2px)}\
             @media (width < 3rem) and (scripting:none){a{b:c !important}}"
        );
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
