//! The secrets of an upload, found by their names in any dialect: pairs, JSON, line protocol, percent-encoded once or more. Pure.

use super::{has_secret_part, masked};

/// Names of secrets, in lower case and without `_` and `-`.
const NAMES: [&str; 16] = [
    "passkey",
    "password",
    "passwd",
    "pass",
    "pwd",
    "key",
    "token",
    "secret",
    "auth",
    "authorization",
    "mac",
    "macaddress",
    "serial",
    "serialnumber",
    "hubsn",
    "esp8266id",
];
/// Percent-encoding over percent-encoding is undone so often.
const LAYERS_MAX: usize = 3;
/// Shorter values are hidden where they stand, and not elsewhere: too much looks like them.
const VALUE_MIN_BYTES: usize = 4;
/// What stands in a secret's place.
const MASK: &str = "…";

/// Hides the secrets of one upload, in it and in what is told of it.
#[derive(Debug, Default)]
pub struct Veil<'n> {
    /// More names of secrets, in lower case, of pairs alone.
    more: &'n [&'n str],
    /// The values that were found, without percent-encoding.
    found: Vec<String>,
}

/// A sign of a text and where it was written.
#[derive(Clone, Copy)]
struct Sign {
    byte: u8,
    start: usize,
    end: usize,
    /// How often it was encoded.
    depth: u8,
}

impl<'n> Veil<'n> {
    /// A veil that also hides pairs of these names, which mean something else in JSON.
    pub fn new(more: &'n [&'n str]) -> Self {
        Self { more, found: Vec::new() }
    }

    /// Whether the value of a field of that name is a secret.
    pub fn hides(&self, name: &str) -> bool {
        let lower = name.trim().to_ascii_lowercase();
        is_secret(&lower) || self.more.contains(&&*lower)
    }

    /// A part of the upload, without its secrets.
    pub fn over(&mut self, text: &str) -> String {
        let signs = decoded(text);
        let has_ampersand = signs.iter().any(|sign| sign.byte == b'&');
        let (mut shown, mut rest, mut at) = (String::with_capacity(text.len()), 0, 0);
        while at < signs.len() {
            if !is_of_name(signs[at].byte) {
                at += 1;
                continue;
            }
            let end = run(&signs, at, is_of_name);
            let value = self.value(&signs, at, end, has_ampersand).filter(|(from, to)| from < to);
            at = end;
            if let Some((from, to)) = value {
                let bytes: Vec<u8> = signs[from..to].iter().map(|sign| sign.byte).collect();
                let plain = String::from_utf8_lossy(&bytes).into_owned();
                if plain.len() >= VALUE_MIN_BYTES {
                    // An answer repeats it as JSON does.
                    let quoted = serde_json::Value::from(&*plain).to_string();
                    self.found.push(quoted[1..quoted.len() - 1].to_owned());
                    self.found.push(plain);
                }
                shown.push_str(&text[rest..signs[from].start]);
                shown.push_str(MASK);
                rest = signs[to - 1].end;
                at = to;
            }
        }
        shown.push_str(&text[rest..]);
        without_keys(&shown)
    }

    /// Something that is told of the upload, without the secrets that were found in it.
    pub fn told(&self, text: &str) -> String {
        let mut shown = masked(text).into_owned();
        for secret in &self.found {
            shown = shown.replace(secret.as_str(), MASK);
        }
        shown
    }

    /// Where the value of a name stands, if it is a secret's.
    fn value(&self, signs: &[Sign], name: usize, end: usize, has_ampersand: bool) -> Option<(usize, usize)> {
        let lower: String = signs[name..end].iter().map(|sign| char::from(sign.byte.to_ascii_lowercase())).collect();
        let is_one_of_more = self.more.iter().any(|more| is_named(&lower, more));
        if !(is_secret(&lower) || is_one_of_more) {
            return None;
        }
        if let Some(from) = behind_blank_line(signs, end) {
            return Some((from, until(signs, from, |sign| matches!(sign.byte, b'\r' | b'\n'))));
        }
        let before = name.checked_sub(1).map(|before| signs[before].byte);
        let is_blank = |byte: u8| matches!(byte, b' ' | b'\t');
        let of_json = |byte: u8| matches!(byte, b'"' | b'\'' | b'\\') || is_blank(byte);
        let separator = run(signs, end, of_json);
        let sign = signs.get(separator).filter(|sign| matches!(sign.byte, b'=' | b':'))?;
        let is_pair = sign.byte == b'=';
        let is_of_lines = is_pair && before.is_some_and(|byte| matches!(byte, b',' | b' '));
        if is_one_of_more && !is_secret(&lower) && (!is_pair || is_of_lines) {
            return None;
        }
        let ends = |one: &Sign| {
            one.depth <= sign.depth
                && match one.byte {
                    b'&' | b'\n' | b'\r' => true,
                    b';' => is_pair && !has_ampersand,
                    b',' | b' ' => is_of_lines || !is_pair,
                    b'}' | b']' | b'\t' => !is_pair,
                    _ => false,
                }
        };
        let from = if is_pair { separator + 1 } else { run(signs, separator + 1, is_blank) };
        let opened = run(signs, from, |byte| byte == b'\\');
        let to = match signs.get(opened).map(|sign| sign.byte) {
            Some(quote @ (b'"' | b'\'')) => {
                let closing = closing(signs, opened + 1, quote, opened - from);
                if is_pair { until(signs, closing, ends) } else { return Some((opened + 1, closing)) }
            }
            Some(b'{' | b'[') if !is_pair => bracket(signs, opened),
            _ => until(signs, from, ends),
        };
        Some((from, to))
    }
}

/// Whether a lower-case name is that of a secret.
fn is_secret(lower: &str) -> bool {
    let last = lower.rsplit(['.', '/']).next().unwrap_or(lower);
    let bare: String = last.chars().filter(|c| !matches!(c, '_' | '-')).collect();
    NAMES.contains(&&*bare)
        || has_secret_part(&bare)
        || lower.contains('.') && {
            // A name may be glued to what stands before it: `upload.phpPASSWORD=`.
            NAMES.iter().any(|name| name.len() > 3 && bare.ends_with(name))
        }
}

fn is_named(lower: &str, name: &str) -> bool {
    lower == name || (lower.contains('.') && lower.ends_with(name))
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

/// The end of the run of such signs.
fn run(signs: &[Sign], from: usize, is: impl Fn(u8) -> bool) -> usize {
    from + signs[from.min(signs.len())..].iter().take_while(|sign| is(sign.byte)).count()
}

fn until(signs: &[Sign], from: usize, ends: impl Fn(&Sign) -> bool) -> usize {
    let from = from.min(signs.len());
    from + signs[from..].iter().take_while(|sign| !ends(sign)).count()
}

/// Headers that a part of a multipart form may have behind that with its name: its type, its coding, its length.
const PART_HEADERS_MAX: usize = 4;

/// Where the value of a part of a multipart form begins: behind a blank line, which stands behind its name (`name="PASSKEY"` or
/// `name=PASSKEY`) or behind headers that follow.
fn behind_blank_line(signs: &[Sign], end: usize) -> Option<usize> {
    let byte = |place: usize| signs.get(place).map(|sign| sign.byte);
    let behind_break = |place: usize| match (byte(place), byte(place + 1)) {
        (Some(b'\r'), Some(b'\n')) => Some(place + 2),
        (Some(b'\n'), _) => Some(place + 1),
        _ => None,
    };
    let mut line = behind_break(end + usize::from(matches!(byte(end), Some(b'"' | b'\''))))?;
    for _ in 0..=PART_HEADERS_MAX {
        if let Some(from) = behind_break(line) {
            return Some(from);
        }
        let name = run(signs, line, is_of_name);
        if name == line || byte(name) != Some(b':') {
            return None;
        }
        line = behind_break(until(signs, name, |sign| matches!(sign.byte, b'\r' | b'\n')))?;
    }
    None
}

/// The place of the quote that closes, with so many strokes before it.
fn closing(signs: &[Sign], from: usize, quote: u8, strokes: usize) -> usize {
    let mut before = 0;
    for (place, sign) in signs.iter().enumerate().skip(from) {
        match sign.byte {
            b'\\' => before += 1,
            byte if byte == quote && before == strokes => return place - strokes,
            _ => before = 0,
        }
    }
    signs.len()
}

/// The end of a list or an object.
fn bracket(signs: &[Sign], from: usize) -> usize {
    let mut open = 0_usize;
    for (place, sign) in signs.iter().enumerate().skip(from) {
        match sign.byte {
            b'{' | b'[' => open += 1,
            b'}' | b']' => open = open.saturating_sub(1),
            _ => {}
        }
        if open == 0 {
            return place + 1;
        }
    }
    signs.len()
}

/// The text's signs, without percent-encoding and JSON's `\u0041`.
fn decoded(text: &str) -> Vec<Sign> {
    let plain = |(start, byte)| Sign { byte, start, end: start + 1, depth: 0 };
    let mut signs: Vec<Sign> = text.bytes().enumerate().map(plain).collect();
    for _ in 0..LAYERS_MAX {
        let mut fewer = Vec::with_capacity(signs.len());
        let mut at = 0;
        while at < signs.len() {
            let length = [(&b"%"[..], 2), (b"\\u00", 2)].into_iter().find_map(|(mark, digits)| {
                let all = signs.get(at..at + mark.len() + digits)?;
                let is_marked = all.iter().zip(mark).all(|(sign, mark)| sign.byte == *mark);
                let is_hex = all[mark.len()..].iter().all(|sign| sign.byte.is_ascii_hexdigit());
                (is_marked && is_hex).then_some(all.len())
            });
            match length {
                Some(length) => {
                    let all = &signs[at..at + length];
                    let digit = |sign: &Sign| char::from(sign.byte).to_digit(16).unwrap_or_default() as u8;
                    let byte = digit(&all[length - 2]) << 4 | digit(&all[length - 1]);
                    let depth = all.iter().map(|sign| sign.depth).max().unwrap_or_default() + 1;
                    fewer.push(Sign { byte, start: all[0].start, end: all[length - 1].end, depth });
                    at += length;
                }
                None => {
                    fewer.push(signs[at]);
                    at += 1;
                }
            }
        }
        let is_done = fewer.len() == signs.len();
        signs = fewer;
        if is_done {
            break;
        }
    }
    signs
}

/// The text without keys of stations, percent-encoded or not.
fn without_keys(text: &str) -> String {
    let signs = decoded(text);
    let bytes: Vec<u8> = signs.iter().map(|sign| sign.byte.to_ascii_lowercase()).collect();
    let mark = crate::storage::KEY_MARK.as_bytes();
    let (mut shown, mut rest, mut at) = (String::with_capacity(text.len()), 0, 0);
    while let Some(found) = memchr::memmem::find(&bytes[at..], mark) {
        let from = at + found;
        let to = run(&signs, from, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
        at = to;
        if to > from + mark.len() {
            shown.push_str(&text[rest..signs[from].start]);
            shown.push_str("stv_…");
            rest = signs[to - 1].end;
        }
    }
    shown.push_str(&text[rest..]);
    shown
}

/// The text without the password of `name:password@host`, percent-encoded or not.
pub fn without_logins(text: &str) -> String {
    let signs = decoded(text);
    let is_between = |byte: u8| byte.is_ascii_whitespace() || b"/?&=,;\"'<>()[]{}@".contains(&byte);
    let (mut shown, mut rest, mut word) = (String::with_capacity(text.len()), 0, 0);
    for (at, sign) in signs.iter().enumerate().filter(|(_, sign)| is_between(sign.byte)) {
        let colon = signs[word..at].iter().position(|sign| sign.byte == b':').map(|place| word + place + 1);
        word = at + 1;
        if let Some(from) = colon.filter(|from| sign.byte == b'@' && *from < at) {
            shown.push_str(&text[rest..signs[from].start]);
            shown.push_str(MASK);
            rest = signs[at - 1].end;
        }
    }
    shown.push_str(&text[rest..]);
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_before_a_host_is_hidden() {
        for (sent, expected) in [
            ("x http://anna:opensesame@host/a:b", "x http://anna:…@host/a:b"),
            ("/a?u=anna%3Aopen%40b", "/a?u=anna%3A…%40b"),
            ("anna:äöü@b c:d@e", "anna:…@b c:…@e"),
            ("12:30 a@b http://host:80/x@y :@", "12:30 a@b http://host:80/x@y :@"),
        ] {
            assert_eq!(without_logins(sent), expected);
        }
    }

    fn shown(sent: &str) -> String {
        Veil::new(&["id", "p"]).over(sent)
    }

    #[test]
    fn secrets_of_pairs_are_hidden_however_they_are_written() {
        for (sent, expected) in [
            ("ID=town&PASSWORD=a%26b&tempf=1", "ID=…&PASSWORD=…&tempf=1"),
            ("/data/report/?PASSKEY=AB12&stationtype=A", "/data/report/?PASSKEY=…&stationtype=A"),
            ("siteid=7&siteAuthenticationKey=123456&tempf=1", "siteid=7&siteAuthenticationKey=…&tempf=1"),
            ("PASS%57ORD=abc&x=1", "PASS%57ORD=…&x=1"),
            ("PASS%2557ORD%253Dabc%2526x%253D1", "PASS%2557ORD%253D…%2526x%253D1"),
            ("a=PASSKEY%3DAB12%26tempf%3D50&b=2", "a=PASSKEY%3D…%26tempf%3D50&b=2"),
            ("/update.phpID=town&x=1", "/update.phpID=…&x=1"),
            ("/update.phpPASSWORD=town&x=1", "/update.phpPASSWORD=…&x=1"),
            ("PASSKEY=AB12;tempf=50;mac=24:C8:6E", "PASSKEY=…;tempf=50;mac=…"),
            ("PASSWORD=a;b&tempf=50", "PASSWORD=…&tempf=50"),
            ("foo=stv%5Fabc", "foo=stv_…"),
            ("foo=stv_abc&b", "foo=stv_…&b"),
            ("humidity=7&PASSWORD=", "humidity=7&PASSWORD="),
            ("PASSWORD=\"a\"b&x=1", "PASSWORD=…&x=1"),
            ("db=x&p=opensesame&pm=3", "db=x&p=…&pm=3"),
            ("tempf=1&stationtype=GW2000A&windspeedmph=3", "tempf=1&stationtype=GW2000A&windspeedmph=3"),
        ] {
            assert_eq!(shown(sent), expected, "{sent}");
        }
    }

    #[test]
    fn secrets_of_json_are_hidden_however_they_are_written() {
        for (sent, expected) in [
            (r#"{"temperature": 21.5, "id": 7, "p": 1013}"#, r#"{"temperature": 21.5, "id": 7, "p": 1013}"#),
            (r#"{"PassKey" : "a\"b", "t": 1}"#, r#"{"PassKey" : "…", "t": 1}"#),
            (r#"{"api_key":5,"accessToken":"x","t":1}"#, r#"{"api_key":…,"accessToken":"…","t":1}"#),
            (r#"{"\u0074oken":"abc"}"#, r#"{"\u0074oken":"…"}"#),
            (r#"{"tokens":1,"token":["a","b"],"t":2}"#, r#"{"tokens":…,"token":…,"t":2}"#),
            (r#"{"payload":"{\"mac\":\"AA:BB\",\"t\":1}"}"#, r#"{"payload":"{\"mac\":\"…\",\"t\":1}"}"#),
            (r#"{"serial_number":"ST-00055227","hub_sn":"HB-1"}"#, r#"{"serial_number":"…","hub_sn":"…"}"#),
            ("{'password': 'a b', 't': 1}", "{'password': '…', 't': 1}"),
            ("{password: abc, t: 1}", "{password: …, t: 1}"),
            (r#"{"password": "no end"#, r#"{"password": "…"#),
            (r#"{"x":"stv_abc"}"#, r#"{"x":"stv_…"}"#),
        ] {
            assert_eq!(shown(sent), expected, "{sent}");
        }
    }

    #[test]
    fn secrets_of_line_protocol_are_hidden() {
        for (sent, expected) in [
            ("weather,token=abc,host=pi temperature=1 17", "weather,token=…,host=pi temperature=1 17"),
            ("weather password=\"a b\",temperature=1 17\nw p=2", "weather password=…,temperature=1 17\nw p=2"),
            ("weather,mac=AA:BB temperature=1", "weather,mac=… temperature=1"),
        ] {
            assert_eq!(shown(sent), expected, "{sent}");
        }
    }

    #[test]
    fn secrets_of_multipart_forms_are_hidden() {
        let part = |name: &str, value: &str| {
            format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let sent = |key: &str| format!("{}{}--b--\r\n", part("PASSKEY", key), part("tempf", "50"));
        assert_eq!(shown(&sent("AB12 3")), sent("…"));
        assert_eq!(shown("name=\"password\"\n\nabc\nx"), "name=\"password\"\n\n…\nx");
        // Some programs write a type behind the name, or no quotes.
        let typed = |value: &str| {
            format!("form-data; name=PASSKEY\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\n{value}\r\n--b--")
        };
        assert_eq!(shown(&typed("AB12 3")), typed("…"));
        assert_eq!(shown("PASSKEY\r\nno header\r\n\r\nx"), "PASSKEY\r\nno header\r\n\r\nx", "no form");
    }

    #[test]
    fn what_was_hidden_is_hidden_in_what_is_told_of_it() {
        let mut veil = Veil::new(&[]);
        veil.over(r#"{"token":"opensesame","key":"ab"}"#);
        assert_eq!(veil.told("token \"opensesame\": unknown, able"), "token \"…\": unknown, able");
        // An answer repeats a list as a text of JSON.
        veil.over(r#"{"PassKey":["S7",{"x":"S8"}]}"#);
        assert_eq!(veil.told(r#"{"value":"[\"S7\",{\"x\":\"S8\"}]"}"#), r#"{"value":"…"}"#);
        assert!(veil.hides("X-Api-Key") && veil.hides("PASSKEY") && !veil.hides("id") && !veil.hides("tempf"));
    }

    #[test]
    fn no_text_is_too_odd() {
        for sent in
            ["key=", "key", "key:", "key:\"", "%", "%6", "key=%", "\\u00", "key: {", "key=é", "key=\"é", "é%6Bey=é&x"]
        {
            shown(sent);
        }
        assert_eq!(shown("%6Bey=é&x=ü"), "%6Bey=…&x=ü");
    }
}
