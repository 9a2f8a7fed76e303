//! A small reader of JSON schemas: as much of them as the description uses. What it does not know it refuses.

use serde_json::Value;

/// Holds that a value is what a schema says, and nothing besides.
///
/// # Errors
/// Where it is not.
pub(super) fn fits(document: &Value, schema: &Value, value: &Value, place: &str) -> Result<(), String> {
    let wrong = |why: &str| Err(format!("{place}: {value} {why}"));
    if let Some(to) = schema.get("$ref").and_then(Value::as_str) {
        let found = document.pointer(to.trim_start_matches('#'));
        return fits(document, found.ok_or(format!("{place}: {to} is not there"))?, value, place);
    }
    if let Some(parts) = schema.get("oneOf").and_then(Value::as_array) {
        let fitting = parts.iter().filter(|part| fits(document, part, value, place).is_ok()).count();
        return if fitting == 1 { Ok(()) } else { wrong(&format!("fits {fitting} of {schema}")) };
    }
    if let Some(parts) = schema.get("allOf").and_then(Value::as_array) {
        return fits(document, &joined(document, parts), value, place);
    }
    if let Some(words) = schema.get("enum").and_then(Value::as_array)
        && !words.contains(value)
    {
        return wrong(&format!("is none of {words:?}"));
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => return Err(format!("{place}: the schema {schema} says no type")),
    };
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let is_whole_number = kind == "integer" && kinds.contains(&"number");
    if !kinds.contains(&kind) && !is_whole_number {
        return wrong(&format!("is no {kinds:?}"));
    }
    if let (Some("date-time"), Some(text)) = (schema["format"].as_str(), value.as_str()) {
        chrono::DateTime::parse_from_rfc3339(text).map_err(|error| format!("{place}: {text}: {error}"))?;
    }
    for (number, item) in value.as_array().into_iter().flatten().enumerate() {
        fits(document, &schema["items"], item, &format!("{place}[{number}]"))?;
    }
    if let Some(fields) = value.as_object() {
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !fields.contains_key(name) {
                return wrong(&format!("lacks {name}"));
            }
        }
        for (name, field) in fields {
            let known = schema["properties"].get(name).ok_or(format!("{place}: nobody speaks of {name}"))?;
            fits(document, known, field, &format!("{place}.{name}"))?;
        }
    }
    Ok(())
}

/// The schema of an object that has all fields of some.
fn joined(document: &Value, parts: &[Value]) -> Value {
    let (mut properties, mut required) = (serde_json::Map::new(), Vec::new());
    for part in parts {
        let to = part.get("$ref").and_then(Value::as_str);
        let part = to.map_or(part, |to| document.pointer(to.trim_start_matches('#')).expect("it is there"));
        properties.extend(part["properties"].as_object().expect("an object").clone());
        required.extend(part["required"].as_array().into_iter().flatten().cloned());
    }
    serde_json::json!({"type": "object", "properties": properties, "required": required})
}

#[test]
fn the_reader_sees_what_does_not_fit() {
    let document = serde_json::json!({"a": {"type": "object", "required": ["n"],
        "properties": {"n": {"type": ["integer", "null"]}, "l": {"type": "array", "items": {"enum": ["x"], "type": "string"}}}}});
    let schema = serde_json::json!({"$ref": "#/a"});
    let holds = |text: &str| fits(&document, &schema, &serde_json::from_str(text).expect("JSON"), "a").is_ok();
    assert!(holds(r#"{"n": 1}"#) && holds(r#"{"n": null, "l": ["x"]}"#));
    for wrong in [r#"{}"#, r#"{"n": 1.5}"#, r#"{"n": 1, "m": 2}"#, r#"{"n": 1, "l": ["y"]}"#, "[]", r#"{"n": "1"}"#] {
        assert!(!holds(wrong), "{wrong}");
    }
}
