//! The grammar of InfluxDB's line protocol (docs.influxdata.com/influxdb/v1/write_protocols/line_protocol_reference).
//!
//! `measurement,tag=value field=1.5,text="a \"b\"",count=3i,ok=true 1556813561098000000`

use std::borrow::Cow;

/// One line. Names and texts are without their escapes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Point<'a> {
    pub measurement: Cow<'a, str>,
    pub tags: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    pub fields: Vec<(Cow<'a, str>, Value<'a>)>,
    pub time: Option<i64>,
}

/// The value of a field.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value<'a> {
    /// The digits of a float or an integer, without the letter behind an integer.
    Number(&'a str),
    Text(Cow<'a, str>),
    Bool(bool),
}

/// Cuts a body into lines. A line break inside of a text belongs to the text. Comments and empty lines are left out, and so
/// is the carriage return before a line break, which real servers take for a part of the line.
pub(crate) fn lines(body: &str) -> impl Iterator<Item = &str> {
    let mut rest = body;
    let mut lines = std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = end_of_line(rest);
        let line = &rest[..end];
        rest = rest.get(end + 1..).unwrap_or("");
        Some(line)
    });
    std::iter::from_fn(move || {
        lines
            .by_ref()
            .map(|line| line.trim_matches([' ', '\t', '\r', '\n', '\0']))
            .find(|line| !line.is_empty() && !line.starts_with('#'))
    })
}

/// Where the first line of a text ends: at a line break outside of a value's quotes.
pub(crate) fn end_of_line(text: &str) -> usize {
    let is_comment = text.trim_start().starts_with('#');
    let (mut in_fields, mut in_text, mut escaped) = (false, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'\n' if !in_text => return at,
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b' ' if at > 0 => in_fields = true,
            b'"' if in_fields && !is_comment => in_text = !in_text,
            _ => {}
        }
    }
    text.len()
}

/// Reads one line with at most `fields_max` tags and fields.
///
/// # Errors
/// The reason, in the words of InfluxDB where it has some.
pub(crate) fn point(line: &str, fields_max: usize) -> Result<Point<'_>, &'static str> {
    let (measurement, mut rest) = until(line, &[',', ' ']);
    if measurement.is_empty() {
        return Err("missing measurement");
    }
    let mut tags = Vec::new();
    while let Some(more) = rest.strip_prefix(',') {
        let (key, after) = until(more, &['=', ',', ' ']);
        let (value, after) = until(after.strip_prefix('=').ok_or("missing tag value")?, &[',', ' ', '=']);
        if key.is_empty() {
            return Err("missing tag key");
        }
        if value.is_empty() || after.starts_with('=') {
            return Err("invalid tag format");
        }
        if tags.len() == fields_max {
            return Err("too many tags");
        }
        tags.push((unescaped(key, &[',', '=', ' ']), unescaped(value, &[',', '=', ' '])));
        rest = after;
    }
    rest = rest.trim_start_matches(' ');
    let mut fields = Vec::new();
    loop {
        let (key, after) = until(rest, &['=', ',', ' ']);
        let Some(after) = after.strip_prefix('=').filter(|_| !key.is_empty()) else {
            return Err(if fields.is_empty() && rest.is_empty() { "missing fields" } else { "invalid field format" });
        };
        let (value, after) = value(after)?;
        if fields.len() == fields_max {
            return Err("too many fields");
        }
        fields.push((unescaped(key, &[',', '=', ' ']), value));
        match after.strip_prefix(',') {
            Some(more) => rest = more,
            None => {
                rest = after.trim();
                break;
            }
        }
    }
    let time = if rest.is_empty() { None } else { Some(rest.parse().map_err(|_| "bad timestamp")?) };
    let measurement = unescaped(measurement, &[',', ' ']);
    Ok(Point { measurement, tags, fields, time })
}

/// The text before the first of `ends` that has no backslash before it, and the rest.
fn until<'a>(text: &'a str, ends: &[char]) -> (&'a str, &'a str) {
    let mut escaped = false;
    let end = text.char_indices().find(|(_, c)| {
        let is_end = !escaped && ends.contains(c);
        escaped = !escaped && *c == '\\';
        is_end
    });
    text.split_at(end.map_or(text.len(), |(at, _)| at))
}

/// A backslash before one of `special` is left out; before anything else it stands for itself.
fn unescaped<'a>(text: &'a str, special: &[char]) -> Cow<'a, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match chars.peek() {
            Some(next) if c == '\\' && special.contains(next) => plain.extend(chars.next()),
            _ => plain.push(c),
        }
    }
    Cow::Owned(plain)
}

fn value(text: &str) -> Result<(Value<'_>, &str), &'static str> {
    if let Some(inside) = text.strip_prefix('"') {
        let mut escaped = false;
        let end = inside.bytes().position(|b| {
            let is_end = b == b'"' && !escaped;
            escaped = !escaped && b == b'\\';
            is_end
        });
        let (inside, rest) = inside.split_at(end.ok_or("unbalanced quotes")?);
        let rest = &rest[1..];
        let is_well = rest.is_empty() || rest.starts_with([',', ' ']);
        return is_well.then(|| (Value::Text(unescaped(inside, &['"', '\\'])), rest)).ok_or("invalid field format");
    }
    let (word, rest) = text.split_at(text.find([',', ' ']).unwrap_or(text.len()));
    let value = match word {
        "" => return Err("missing field value"),
        "t" | "T" | "true" | "True" | "TRUE" => Value::Bool(true),
        "f" | "F" | "false" | "False" | "FALSE" => Value::Bool(false),
        _ => Value::Number(number(word)?),
    };
    Ok((value, rest))
}

/// A float, or an integer with its letter.
fn number(word: &str) -> Result<&str, &'static str> {
    let is_float = |text: &str| {
        text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E'))
            && text.parse::<f64>().is_ok_and(f64::is_finite)
    };
    match (word.strip_suffix('i'), word.strip_suffix('u')) {
        (Some(digits), _) if digits.parse::<i64>().is_ok() => Ok(digits),
        (_, Some(digits)) if digits.parse::<u64>().is_ok() => Ok(digits),
        (None, None) if is_float(word) => Ok(word),
        (None, None) if word.starts_with(|c: char| c.is_alphabetic()) && !word.starts_with(['n', 'N', 'i', 'I']) => {
            Err("invalid boolean")
        }
        _ => Err("invalid number"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(text: &str) -> Value<'_> {
        Value::Text(text.into())
    }

    #[test]
    fn escapes_texts_integers_and_truths_are_read() {
        let line = r#"environment,device=ESP8266,room=green\ house\,\ nord humidity=40i,note="say \"hi\"\\",ok=true,temperature=21.540000000000003 1792889971000"#;
        let read = point(line, 9).expect("a point");
        assert_eq!(read.measurement, "environment");
        assert_eq!(read.tags, [("device".into(), "ESP8266".into()), ("room".into(), "green house, nord".into())]);
        let fields = [
            ("humidity".into(), Value::Number("40")),
            ("note".into(), text(r#"say "hi"\"#)),
            ("ok".into(), Value::Bool(true)),
            ("temperature".into(), Value::Number("21.540000000000003")),
        ];
        assert_eq!(read.fields, fields);
        assert_eq!(read.time, Some(1_792_889_971_000));
        let read = point(r"weather,station=école\ 1 n=3i,temp_c=21.5 1792889970000000000", 9).expect("a point");
        assert_eq!(read.tags, [("station".into(), "école 1".into())]);
        let read = point(r"a\ b\,c,k\=1=v\=2 f\=3=4u,x=T,y=F,z=-.5e1", 9).expect("a point");
        assert_eq!((&*read.measurement, &*read.tags[0].0, &*read.tags[0].1), ("a b,c", "k=1", "v=2"));
        assert_eq!((&*read.fields[0].0, &read.fields[0].1, read.time), ("f=3", &Value::Number("4"), None));
        assert_eq!(read.fields[3].1, Value::Number("-.5e1"));
        let read = point("m C:\\dir=1,q=\"a,b c=d\\n\"", 9).expect("a point");
        assert_eq!(read.fields, [("C:\\dir".into(), Value::Number("1")), ("q".into(), text("a,b c=d\\n"))]);
    }

    #[test]
    fn what_is_no_point_says_why() {
        for (line, why) in [
            (",a=b f=1", "missing measurement"),
            ("m", "missing fields"),
            ("m,a=b", "missing fields"),
            ("m ", "missing fields"),
            ("m,a f=1", "missing tag value"),
            ("m,a= f=1", "invalid tag format"),
            ("m,=b f=1", "missing tag key"),
            ("m,a=b=c f=1", "invalid tag format"),
            ("m f", "invalid field format"),
            ("m =1", "invalid field format"),
            ("m f=", "missing field value"),
            ("m f=1,", "invalid field format"),
            ("m f=\"x", "unbalanced quotes"),
            ("m f=\"x\"y", "invalid field format"),
            ("m f=NaN", "invalid number"),
            ("m f=Inf", "invalid number"),
            ("m f=1e999", "invalid number"),
            ("m f=1.5i", "invalid number"),
            ("m f=-1u", "invalid number"),
            ("m f=99999999999999999999i", "invalid number"),
            ("m f=yes", "invalid boolean"),
            ("m f=1 now", "bad timestamp"),
            ("m f=1 1 2", "bad timestamp"),
            ("m f=1 99999999999999999999", "bad timestamp"),
            ("m a=1,b=2,c=3", "too many fields"),
        ] {
            assert_eq!(point(line, 2), Err(why), "{line}");
        }
    }

    #[test]
    fn a_body_is_cut_at_the_ends_of_its_lines() {
        let body = "# a \"comment\nm f=1\r\n\n  \n m,t=\"x f=2\nm f=\"two\nlines\" 5\nm f=\"open\n";
        let cut: Vec<_> = lines(body).collect();
        assert_eq!(cut, ["m f=1", "m,t=\"x f=2", "m f=\"two\nlines\" 5", "m f=\"open"]);
        assert_eq!(lines("").count() + lines("\r\n#x").count(), 0);
    }

    /// A point as a client writes it.
    fn written(point: &Point<'_>) -> String {
        let key = |text: &str| text.replace(',', "\\,").replace('=', "\\=").replace(' ', "\\ ");
        let mut line = point.measurement.replace(',', "\\,").replace(' ', "\\ ");
        for (name, value) in &point.tags {
            line += &format!(",{}={}", key(name), key(value));
        }
        for (at, (name, value)) in point.fields.iter().enumerate() {
            let value = match value {
                Value::Number(digits) => (*digits).to_owned(),
                Value::Text(text) => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
                Value::Bool(truth) => truth.to_string(),
            };
            line += &format!("{}{}={value}", if at == 0 { " " } else { "," }, key(name));
        }
        line.push_str(&point.time.map_or_else(String::new, |time| format!(" {time}")));
        line
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(body in "\\PC{0,60}|[mf=,\\\\ \"1ieuT#\r\n\0.é-]{0,60}") {
            for line in lines(&body) {
                if let Ok(point) = point(line, 4) {
                    prop_assert!(point.tags.len() <= 4 && point.fields.len() <= 4);
                }
            }
        }

        #[test]
        fn what_was_written_is_read(
            measurement in "[a-z][a-z ,=\"é]{0,8}",
            tags in prop::collection::vec(("[a-z ,=é]{1,6}", "[a-z ,=\"]{1,6}"), 0..3),
            fields in prop::collection::vec(("[a-z ,=é]{1,6}", "-?[0-9]{1,4}(\\.[0-9]{1,3})?", "[a-z \\\\\"\n,=]{0,8}", 0..3u8), 1..4),
            time: Option<i64>,
        ) {
            let value = |(number, text, kind): (&'_ str, &'_ str, u8)| match kind {
                0 => Value::Text(text.to_owned().into()),
                1 => Value::Bool(text.is_empty()),
                _ => Value::Number(Box::leak(number.to_owned().into_boxed_str())),
            };
            let point_sent = Point {
                measurement: measurement.into(),
                tags: tags.into_iter().map(|(name, value)| (name.into(), value.into())).collect(),
                fields: fields.iter().map(|(name, n, t, kind)| (name.clone().into(), value((n, t, *kind)))).collect(),
                time,
            };
            let line = written(&point_sent);
            prop_assert_eq!(lines(&line).collect::<Vec<_>>(), vec![&*line]);
            prop_assert_eq!(point(&line, 9), Ok(point_sent));
        }
    }
}
