//! The examples of `docs/INTEGRATIONS.md`: commands run, files are parsed, and what they pick out of an answer is there. (The
//! commands of `docs/API.md`: see `readme.rs`.)

use super::get;
use crate::guard::ask;
use crate::kit::app::TestApp;
use serde_json::{Value, json};
use std::fs;

/// What the examples begin with.
const HERE: &str = "http://127.0.0.1:8000";

/// The blocks of a language.
fn blocks(language: &str) -> Vec<String> {
    let text = fs::read_to_string("docs/INTEGRATIONS.md").expect("the document");
    let fence = format!("```{language}\n");
    let fences = text.split(&fence).skip(1);
    let blocks: Vec<String> = fences.filter_map(|rest| rest.split("```").next()).map(str::to_owned).collect();
    assert!(!blocks.is_empty(), "{language}");
    blocks
}

/// The program with the station of the examples.
async fn with_garden() -> TestApp {
    let app = TestApp::start().await;
    let (_, key) = app.add_station("garden").await;
    app.measures(&key, &json!({"temperature": 21.5, "humidity": 40, "indoor/temperature": 19})).await;
    app
}

/// The answer at an address of an example.
async fn answer(app: &TestApp, url: &str) -> Value {
    get(app, url.strip_prefix(&format!("{HERE}/api/v1")).expect("an address of ours")).await
}

/// Runs a program of the machine; what it printed.
async fn runs(app: &TestApp, program: &str, block: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let here = block.replace(HERE, &app.url);
    let mut command = tokio::process::Command::new(program);
    let output = command.args(["-euc", &here]).current_dir(folder.path()).output().await.expect("it runs");
    assert!(output.status.success(), "{block}{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[tokio::test]
async fn the_commands_run() {
    let app = with_garden().await;
    for block in blocks("sh") {
        let said = runs(&app, "sh", &block).await;
        assert!(said.contains("\"temperature\"") && said.contains("\"spans\""), "{said}");
    }
}

#[tokio::test]
async fn home_assistant_finds_what_it_asks_for() {
    let app = with_garden().await;
    let config: Value = yaml_serde::from_str(&blocks("yaml")[0]).expect("YAML");
    let rest = &config["rest"][0];
    let read = answer(&app, rest["resource"].as_str().expect("an address")).await;
    let sensors = rest["sensor"].as_array().expect("a list");
    let mut said = Vec::new();
    for sensor in sensors {
        for template in ["value_template", "availability"] {
            let template = sensor[template].as_str().expect("a template");
            let context = minijinja::value::Serde(json!({"value_json": read}));
            said.push(minijinja::Environment::new().render_str(template, context).expect("it is rendered"));
        }
        let quantity = sensor["device_class"].as_str().expect("a class");
        let unit = weather::quantity::Quantity::from_name(quantity).expect("a quantity of ours").unit().symbol();
        assert_eq!(sensor["unit_of_measurement"], unit);
    }
    assert_eq!(said, ["21.5", "True", "40.0", "True"]);
}

#[tokio::test]
async fn telegraf_finds_what_it_asks_for() {
    let app = with_garden().await;
    let mut tables = blocks("toml").into_iter().map(|block| block.parse::<toml_edit::DocumentMut>().expect("TOML"));
    let first = tables.next().expect("one");
    let http = &first["inputs"]["http"][0];
    let read = answer(&app, http["urls"][0].as_str().expect("an address")).await;
    let object = &http["json_v2"][0]["object"][0];
    let rows = read[object["path"].as_str().expect("a path")].as_array().expect("a list");
    assert_eq!(rows.len(), 3, "{read}");
    let names = |key: &str| {
        let list = object[key].as_array().expect("a list").iter();
        list.map(|name| name.as_str().expect("a name").to_owned()).collect::<Vec<_>>()
    };
    for name in [names("tags"), names("included_keys")].concat() {
        assert!(rows.iter().all(|row| !row[&name].is_null()), "{name}");
    }
    let at = rows[0][object["timestamp_key"].as_str().expect("a name")].as_i64().expect("a time");
    assert!(at > 1_700_000_000_000 && object["timestamp_format"].as_str() == Some("unix_ms"));
    let second = tables.next().expect("another");
    assert_eq!(second["inputs"]["prometheus"][0]["urls"][0].as_str(), Some("http://127.0.0.1:8000/metrics"));
}

#[tokio::test]
async fn grafana_finds_what_it_asks_for() {
    let app = with_garden().await;
    let query: Value = serde_json::from_str(&blocks("json")[0]).expect("JSON");
    let now = chrono::Utc::now().timestamp_millis();
    let url = query["url"].as_str().expect("an address");
    let url = url.replace("${__from}", &(now - 3_600_000).to_string()).replace("${__to}", &(now + 60_000).to_string());
    let read = answer(&app, &url).await;
    let path = query["root_selector"].as_str().expect("a path").replace('.', "/");
    let rows = read.pointer(&format!("/{path}")).and_then(Value::as_array).expect("a list");
    assert_eq!(rows.len(), 1, "{read}");
    for column in query["columns"].as_array().expect("a list") {
        let value = &rows[0][column["selector"].as_str().expect("a name")];
        assert!(value.is_number(), "{column}: {value}");
    }
}

#[tokio::test]
async fn prometheus_finds_what_it_is_asked_for() {
    let app = with_garden().await;
    let scrape: Value = yaml_serde::from_str(&blocks("yaml")[1]).expect("YAML");
    assert_eq!(scrape["scrape_configs"][0]["static_configs"][0]["targets"], json!(["127.0.0.1:8000"]));
    let told = ask(&app, "GET /metrics", "", b"").await.body;
    for line in blocks("promql").iter().flat_map(|block| block.lines()) {
        let (name, rest) = line.split_once('{').expect("labels");
        let labels = rest.split_once('}').expect("their end").0.replace(", ", ",");
        assert!(told.contains(&format!("{name}{{{labels}}} ")), "{line}");
    }
}

#[tokio::test]
#[ignore = "needs python3: scripts/test --all"]
async fn the_script_in_python_prints_what_is_live() {
    let app = with_garden().await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("garden.py");
    fs::write(&file, blocks("python")[0].replace(HERE, &app.url)).expect("written");
    let output = tokio::process::Command::new("python3").arg(&file).output().await.expect("python3");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("temperature 21.5 °C"), "{said}");
}
