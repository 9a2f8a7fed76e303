//! What is posted of a letter. Pure.

use super::options::Kind;
use crate::storage::{About, Content};
use base64ct::{Base64, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;
use weather::freshness::age;
use weather::time::{MINUTE_MS, SECOND_MS, Timestamp};

/// A secret of the Standard Webhooks begins so; what follows is base64.
const SECRET_MARK: &str = "whsec_";
/// The shortest secret, bytes: less may be guessed.
const SECRET_MIN_BYTES: usize = 16;
/// A letter that comes so late says its age, ms.
const LATE_MS: i64 = 5 * MINUTE_MS;
/// ntfy's priorities: high wakes, default does not.
const PRIORITIES: (u8, u8) = (4, 3);

/// A secret to sign with.
#[derive(Clone)]
pub(super) struct SigningSecret(Vec<u8>);

impl SigningSecret {
    /// The secret that a text says: `whsec_` and base64, or any other text.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let bytes = match text.strip_prefix(SECRET_MARK) {
            Some(base64) => {
                Base64::decode_vec(base64).map_err(|_| format!("what follows {SECRET_MARK} is no base64"))?
            }
            None => text.as_bytes().to_vec(),
        };
        match bytes.len() >= SECRET_MIN_BYTES {
            true => Ok(Self(bytes)),
            false => Err(format!("the secret is shorter than {SECRET_MIN_BYTES} bytes: it may be guessed")),
        }
    }

    /// The header `webhook-signature`, as the Standard Webhooks want it.
    pub(super) fn signature(&self, id: &str, at_s: i64, body: &str) -> String {
        // A key of any length will do.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return String::new() };
        mac.update(format!("{id}.{at_s}.{body}").as_bytes());
        format!("v1,{}", Base64::encode_string(&mac.finalize().into_bytes()))
    }
}

/// A time as `webhook-timestamp` says it.
pub(super) fn seconds(at: Timestamp) -> i64 {
    at.0 / SECOND_MS
}

/// The body of a letter. `topic`: of ntfy. `made_at`: when it was written.
pub(super) fn body(kind: Kind, topic: &str, content: &Content, made_at: Timestamp, now: Timestamp) -> String {
    let about = &content.data;
    match kind {
        Kind::Json => serde_json::to_string(content).unwrap_or_default(),
        Kind::Ntfy => {
            let is_late = now.since(made_at) >= LATE_MS;
            let late = if is_late { format!(" (This comes late: {} ago.)", age(made_at, now)) } else { String::new() };
            let (priority, tag) = look(content);
            let mut letter = json!({
                "topic": topic,
                "title": about.title,
                "message": format!("{}{late}", about.text),
                "priority": priority,
                "tags": [tag],
            });
            if let Some(url) = &about.url {
                letter["click"] = json!(url);
            }
            letter.to_string()
        }
    }
}

/// ntfy's priority and the tag that it shows as a picture.
fn look(content: &Content) -> (u8, &'static str) {
    let (high, usual) = PRIORITIES;
    match (content.kind.as_str(), content.data.alert.as_deref()) {
        ("alert.began", Some("silence")) => (usual, "mute"),
        ("alert.began", Some(rain)) if rain.starts_with("rain") => (usual, "cloud_with_rain"),
        ("alert.began", _) => (high, "warning"),
        ("alert.ended", _) => (usual, "white_check_mark"),
        _ => (usual, "test_tube"),
    }
}

/// The same content with a link to its station's page, if it is known where pages are.
pub(super) fn linked(content: Content, site: &str) -> Content {
    let site = site.trim().trim_end_matches('/');
    let url = (!site.is_empty()).then(|| match &content.data.station {
        Some(slug) => format!("{site}/s/{slug}"),
        None => site.to_owned(),
    });
    Content { data: About { url, ..content.data }, ..content }
}

/// What a test says.
pub(super) fn test(now: Timestamp) -> Content {
    let about = About {
        timestamp_unix_ms: now.0,
        station: None,
        station_name: None,
        alert: None,
        value: None,
        unit: None,
        title: "A test of Stevenson".to_owned(),
        text: "If you read this, alerts will reach you here.".to_owned(),
        url: None,
    };
    Content { kind: "test".to_owned(), timestamp: now.rfc3339(), data: about }
}

#[cfg(test)]
mod tests {
    use super::*;
    use weather::time::HOUR_MS;

    #[test]
    fn a_signature_is_that_of_the_standard() {
        // The example of the specification's own libraries.
        let secret = SigningSecret::read("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("a secret");
        let signature = secret.signature("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert!(SigningSecret::read("whsec_?").is_err() && SigningSecret::read("short").is_err());
        assert!(SigningSecret::read("any other text that is long").is_ok());
    }

    #[test]
    fn an_old_letter_says_its_age_to_people_and_stays_the_same_for_programs() {
        let now = Timestamp(1_795_348_800_000);
        let content = linked(test(now), "https://example.org/");
        let at = |kind, late_ms| body(kind, "garden", &content, now, now.plus(late_ms));
        assert_eq!(at(Kind::Json, 0), at(Kind::Json, 3 * HOUR_MS));
        assert!(!at(Kind::Ntfy, 0).contains("late"), "{}", at(Kind::Ntfy, 0));
        let late = at(Kind::Ntfy, 3 * HOUR_MS);
        assert!(late.contains("(This comes late: 3 h ago.)") && late.contains(r#""topic":"garden""#), "{late}");
        assert!(late.contains(r#""click":"https://example.org""#), "{late}");
    }
}
