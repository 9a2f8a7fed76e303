//! Programs that people use, from where they get them: what they send is stored as they mean it. Run by `scripts/test --all`,
//! which installs them.

mod mqtt;

use crate::kit::app::TestApp;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use weather::quantity::Quantity::{self, *};
use weather::station::{SensorName, StationId};
use weather::units::Unit;

/// Where `scripts/test --all` puts them.
fn bin() -> PathBuf {
    let bin = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/clients/bin");
    assert!(bin.join("python").exists(), "{} is not there: run scripts/test --all", bin.display());
    bin
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/long/clients").join(name)
}

/// Runs a script of ours with this on its standard input; what it printed.
async fn python(name: &'static str, arguments: Vec<String>, input: &'static str) -> String {
    let running = move || {
        let mut child = Command::new(bin().join("python"))
            .arg(script(name))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("it reads");
        let output = child.wait_with_output().expect("it ends");
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    };
    tokio::task::spawn_blocking(running).await.expect("it ran")
}

/// The newest value of a quantity.
async fn value(app: &TestApp, station: StationId, sensor: &str, quantity: Quantity) -> Option<f64> {
    let sensor = SensorName::new(sensor).expect("a name");
    let latest = app.storage.latest(station).await.expect("values");
    latest.iter().find(|one| one.sensor == sensor && one.quantity == quantity).map(|one| one.value)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "installs programs of others: scripts/test --all"]
async fn the_clients_of_influxdb_write_here() {
    let app = TestApp::start().await;
    let (station, key) = app.add_station("town-hall").await;
    let address = [app.address.ip().to_string(), app.address.port().to_string(), key.clone()];
    python("influx1.py", address.to_vec(), "").await;
    assert_eq!(value(&app, station.id, "", Temperature).await, Some(21.5));
    assert_eq!(value(&app, station.id, "", Humidity).await, Some(40.0));
    assert_eq!(value(&app, station.id, "greenhouse", Temperature).await, Some(24.5));

    let said = python("influx2.py", vec![app.url.clone(), key], "").await;
    for sensor in ["plain", "packed"] {
        assert_eq!(value(&app, station.id, sensor, Temperature).await, Some(18.5), "{sensor}");
    }
    assert_eq!(said.matches("400 ").count(), 2, "{said}");
    assert!(said.contains("temperature="), "the line is named: {said}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "installs programs of others: scripts/test --all"]
async fn a_gateways_values_are_those_that_home_assistant_reads() {
    const FORM: &str = "PASSKEY=0123456789ABCDEF0123456789ABCDEF&stationtype=GW2000A_V3.1.5&runtime=1&tempinf=70.0&\
        humidityin=41&baromrelin=29.810&baromabsin=29.420&tempf=52.7&humidity=92&winddir=223&windspeedmph=1.79&\
        windgustmph=4.92&solarradiation=112.40&uv=1&rainratein=0.012&dailyrainin=0.126&temp1f=64.4&humidity1=55&\
        soilmoisture1=51&tf_ch1=58.1&pm25_ch1=9.0";
    let read: serde_json::Value = serde_json::from_str(&python("ecowitt.py", vec![], FORM).await).expect("JSON");
    let app = TestApp::start().await;
    let (station, key) = app.add_station("town-hall").await;
    let form = FORM.replace("&runtime", "&dateutc=now&runtime");
    let request = reqwest::Client::new().post(format!("{}/data/report/{key}", app.url)).body(form);
    let answer = request.header("Content-Type", "application/x-www-form-urlencoded").send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
    // Their name, our sensor, quantity and unit, and how finely they round.
    for (theirs, sensor, quantity, unit, tolerance) in [
        ("tempc", "", Temperature, Unit::Celsius, 0.051),
        ("humidity", "", Humidity, Unit::Percent, 0.0),
        ("baromabshpa", "", StationPressure, Unit::Hectopascal, 0.2),
        ("windspeedkmh", "", WindSpeed, Unit::KilometrePerHour, 0.06),
        ("windgustkmh", "", WindGust, Unit::KilometrePerHour, 0.06),
        ("winddir", "", WindDirection, Unit::Degree, 0.0),
        ("solarradiation", "", SolarRadiation, Unit::WattPerSquareMetre, 0.0),
        ("uv", "", UvIndex, Unit::One, 0.0),
        ("rainratemm", "", PrecipitationRate, Unit::MillimetrePerHour, 0.051),
        ("dailyrainmm", "", Precipitation, Unit::Millimetre, 0.051),
        ("tempinc", "indoor", Temperature, Unit::Celsius, 0.051),
        ("humidityin", "indoor", Humidity, Unit::Percent, 0.0),
        ("temp1c", "temp1", Temperature, Unit::Celsius, 0.051),
        ("humidity1", "temp1", Humidity, Unit::Percent, 0.0),
        ("soilmoisture1", "soil1", SoilMoisture, Unit::Percent, 0.0),
    ] {
        let theirs_value = match &read[theirs] {
            serde_json::Value::String(text) => text.parse().ok(),
            value => value.as_f64(),
        };
        let Some(expected) = theirs_value else { panic!("{theirs} is not among {read}") };
        let ours = value(&app, station.id, sensor, quantity).await;
        let ours = ours.map(|value| unit.from_canonical(value));
        assert!(
            ours.is_some_and(|value| (value - expected).abs() <= tolerance),
            "{theirs}: they read {expected}, we {ours:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "installs programs of others: scripts/test --all"]
async fn weewx_uploads_here_as_to_weather_underground() {
    /// Packets that must come, from a simulator that makes two a second.
    const PACKETS: u64 = 4;
    const PATIENCE: Duration = Duration::from_secs(120);
    let app = TestApp::start().await;
    let (station, key) = app.add_station("town-hall").await;
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("{}/weatherstation/updateweatherstation.php", app.url);
    let mut weewx = Command::new("sh")
        .arg(script("weewx.sh"))
        .arg(folder.path().join("weewx"))
        .arg(bin())
        .args([&url, "town-hall", &key])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let came = tokio::time::timeout(PATIENCE, async {
        while app.storage.stats().reports_stored < PACKETS {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    let came = came.await;
    weewx.kill().expect("it ends");
    weewx.wait().expect("an end");
    assert!(came.is_ok(), "{} packets came", app.storage.stats().reports_stored);
    for quantity in [Temperature, Humidity, WindSpeed, SeaLevelPressure] {
        assert!(value(&app, station.id, "", quantity).await.is_some(), "{quantity:?}");
    }
}

/// Runs a program of others to its end; what it printed, if it ended well.
async fn runs(mut program: Command) -> Result<String, String> {
    let running = move || program.stdin(Stdio::null()).output().expect("it starts");
    let output = tokio::task::spawn_blocking(running).await.expect("it ran");
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if output.status.success() { Ok(said) } else { Err(said) }
}

/// The program with a station that has sent something of everything.
async fn with_garden() -> TestApp {
    let app = TestApp::start().await;
    let (_, key) = app.add_station("garden").await;
    let all: serde_json::Map<_, _> = Quantity::shown()
        .filter(|quantity| quantity.states().is_none())
        .map(|quantity| (quantity.name().to_owned(), quantity.limits().start().max(1.0).into()))
        .collect();
    app.measures(&key, &all.into()).await;
    app.measures(&key, &serde_json::json!({"indoor/temperature": 21.5, "temperature": 80})).await;
    app
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "installs programs of others: scripts/test --all"]
async fn schemathesis_finds_no_answer_that_breaks_the_contract() {
    let app = with_garden().await;
    let folder = tempfile::tempdir().expect("a folder");
    let mut schemathesis = Command::new(bin().join("schemathesis"));
    schemathesis.current_dir(folder.path()).arg("run").arg(format!("{}/api/v1/openapi.json", app.url));
    // Two dates in the wrong order have the right form each, and are refused all the same.
    schemathesis.args(["--checks", "all", "--exclude-checks", "positive_data_acceptance"]);
    schemathesis.args(["--max-examples", "200", "--seed", "7", "--no-color"]);
    runs(schemathesis).await.unwrap_or_else(|said| panic!("{said}"));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Debian's package prometheus: scripts/test --all"]
async fn prometheus_finds_no_fault_in_the_metrics() {
    let app = with_garden().await;
    let metrics = reqwest::get(format!("{}/metrics", app.url)).await.expect("an answer").text().await.expect("text");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("metrics");
    std::fs::write(&file, metrics).expect("written");
    let mut promtool = Command::new("sh");
    promtool.args(["-c", "promtool check metrics < \"$0\""]).arg(&file);
    let said = runs(promtool).await.unwrap_or_else(|said| panic!("{said}"));
    assert_eq!(said, "", "it has nothing to say");
}
