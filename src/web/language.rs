//! Which decimal sign the languages of a browser write.

use weather::preference::Numbers;

/// Longest header that is read, bytes, and most languages of it: browsers send five.
const HEADER_MAX_BYTES: usize = 400;
const LANGUAGES_MAX: usize = 16;

/// Languages that write a comma, as CLDR has it.
const COMMA: [&str; 56] = [
    "af", "az", "be", "bg", "br", "bs", "ca", "cs", "da", "de", "el", "es", "et", "eu", "fi", "fo", "fr", "fy", "gl",
    "hr", "hu", "hy", "id", "is", "it", "ka", "kk", "kl", "ky", "lb", "lt", "lv", "mk", "mn", "nb", "nl", "nn", "no",
    "pl", "pt", "rm", "ro", "ru", "sc", "se", "sk", "sl", "sq", "sr", "sv", "tg", "tk", "tr", "uk", "uz", "vi",
];

/// Regions whose speakers of these languages write a point all the same.
const POINT_IN: [&str; 16] = [
    "de-ch", "de-li", "it-ch", "rm-ch", "es-mx", "es-us", "es-pr", "es-do", "es-gt", "es-hn", "es-ni", "es-pa",
    "es-pe", "es-sv", "es-cu", "es-419",
];

/// How numbers are written by the language that a browser likes best.
pub(super) fn numbers(accept_language: &str) -> Numbers {
    if accept_language.len() > HEADER_MAX_BYTES {
        return Numbers::default();
    }
    let languages = accept_language.split(',').take(LANGUAGES_MAX).filter_map(|item| {
        let (tag, weight) = item.split_once(';').unwrap_or((item, "q=1"));
        let weight: f32 = weight.trim().strip_prefix("q=")?.parse().ok()?;
        let tag = tag.trim().to_ascii_lowercase();
        (weight > 0.0 && !tag.is_empty() && tag != "*").then_some((tag, weight))
    });
    // Of equals the first counts.
    let best = languages.reduce(|best, next| if next.1 > best.1 { next } else { best });
    let Some((tag, _)) = best else { return Numbers::default() };
    let is_comma = COMMA.contains(&tag.split('-').next().unwrap_or_default()) && !POINT_IN.contains(&tag.as_str());
    if is_comma { Numbers::Comma } else { Numbers::Point }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_that_is_liked_best_says_how_numbers_are_written() {
        for (header, comma) in [
            ("", false),
            ("*", false),
            ("en-GB,en;q=0.9,de;q=0.8", false),
            ("de", true),
            ("de-AT,en;q=0.5", true),
            ("en;q=0.4, fr-CH;q=0.8", true),
            ("de-CH", false),
            ("es-MX,es;q=0.9", false),
            ("es-AR", true),
            ("PT-br", true),
            ("ja", false),
            ("de;q=0, en;q=0.1", false),
            ("de;q=x", false),
            (";;,,q=1", false),
        ] {
            assert_eq!(numbers(header) == Numbers::Comma, comma, "{header:?}");
        }
        assert_eq!(numbers(&format!("de,{}", "x".repeat(HEADER_MAX_BYTES))), Numbers::Point);
    }
}
