//! The history page, rendered with made-up data: in all states, whole, honest.

use super::stories::{HOSTILE, NOW, silent};
use super::{CONTENT_SECURITY_POLICY, CURSOR, between, body, client};
use rocket::get;
use std::sync::Arc;
use stevenson::pages::Page;
use stevenson::pages::history::{Around, Asked, BadQuestion, HistoryPage, Past, Strand, Strands, Whose, Wind, groups};
use stevenson::storage::{Day, Span};
use stevenson::web::settings::Settings;
use weather::preference::Preference;
use weather::quantity::Quantity;
use weather::station::{SensorName, Station};
use weather::time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp};

/// The stories, by name, with the query of each.
pub const STORIES: [(&str, &str); 8] = [
    ("empty", ""),
    ("one", ""),
    ("day", ""),
    ("gap", "range=7d"),
    ("year", "range=1y"),
    ("over", "range=7d&with=harbour&year=1"),
    ("hostile", "with=harbour"),
    ("refused", "from=2026-11-03&to=2026-11-01"),
];

#[get("/history/<name>")]
pub fn story(name: &str, chosen: Settings) -> Option<Page<HistoryPage>> {
    let (_, query) = STORIES.iter().find(|(story, _)| *story == name)?;
    Some(Page(page(name, query, chosen.preference())))
}

fn page(name: &str, query: &str, preference: Preference) -> HistoryPage {
    let station = station(name);
    let others = vec![("harbour".to_owned(), if name == "hostile" { HOSTILE } else { "Harbour" }.to_owned())];
    let around = Around { station: &station, now: NOW, preference, cursor: CURSOR.to_owned(), others };
    let asked = Asked::read(query).expect("a question");
    match past(name, &asked) {
        Ok(past) => HistoryPage::of(&past, &asked, around),
        Err(why) => HistoryPage::refused(&asked, &why, around),
    }
}

fn station(name: &str) -> Arc<Station> {
    silent("town-hall", if name == "hostile" { HOSTILE } else { "Town Hall" }, HOUR_MS).station
}

/// What storage would tell of it.
fn past(name: &str, asked: &Asked) -> Result<Past, BadQuestion> {
    use Quantity::*;
    let station = station(name);
    let window = asked.window(&station.zone, NOW, None)?;
    let length_ms = if name == "year" { DAY_MS } else { 20 * MINUTE_MS };
    let has = |quantity: Quantity| match name {
        "empty" => false,
        "one" => quantity == Temperature,
        _ => [Temperature, DewPoint, WindSpeed, WindGust, Precipitation, SeaLevelPressure, SolarRadiation]
            .contains(&quantity),
    };
    let starts = || (0..).map(|n| window.from.plus(n * length_ms)).take_while(|at| *at < window.to);
    let is_silent =
        |at: Timestamp| name == "gap" && (window.from.plus(DAY_MS)..window.from.plus(2 * DAY_MS)).contains(&at);
    let kept = |at: &Timestamp| !is_silent(*at) && (name != "one" || *at == window.from.plus(5 * length_ms));
    let strand = |quantity: Quantity, whose: Whose, more: f64| {
        let span = |at: Timestamp| {
            let hours = at.0 as f64 / HOUR_MS as f64;
            let mean = middle(quantity) + more + 2.0 * (hours / 24.0 * std::f64::consts::TAU).sin();
            let amount = (quantity == Precipitation).then_some(if at.0 % (7 * HOUR_MS) < HOUR_MS { 0.5 } else { 0.0 });
            Span { from: at, to: at.plus(length_ms), mean, min: mean - 0.5, max: mean + 0.5, count: 4, amount }
        };
        Strand { quantity, whose, spans: starts().filter(kept).map(span).collect(), ends: None }
    };
    let groups = groups::groups(has).into_iter().map(|group| {
        let mut strands: Vec<Strand> = group.quantities.iter().map(|one| strand(*one, Whose::Own, 0.0)).collect();
        if asked.last_year {
            strands.push(strand(group.quantities[0], Whose::LastYear, 1.0));
        }
        for place in 0..asked.with.len() {
            let other = if name == "hostile" { HOSTILE } else { "Harbour" };
            strands.push(strand(group.quantities[0], Whose::Other(place, other.to_owned()), -1.0));
        }
        Strands { group, strands }
    });
    let groups: Vec<Strands> = groups.collect();
    let last = weather::day::date_at(&station.zone, NOW);
    let days = (0..300).rev().map(|ago| Day {
        date: last - chrono::Days::new(ago),
        mean: 8.0 - ago as f64 / 10.0,
        low: 1.0,
        low_at: NOW,
        high: 12.0,
        high_at: NOW,
        count: 144,
        hours: 24,
    });
    let wind =
        (0..90).map(|n| Wind { from_degrees: f64::from(n) * 2.0, speed: f64::from(n) / 6.0, length_ms: 600_000 });
    let is_rich = has(WindSpeed);
    Ok(Past {
        sensors: if is_rich {
            vec![SensorName::main(), SensorName::new("indoor").expect("a name")]
        } else {
            Vec::new()
        },
        sensor: SensorName::main(),
        others: Vec::new(),
        window,
        groups,
        wind: if is_rich { wind.collect() } else { Vec::new() },
        days: if is_rich { days.collect() } else { Vec::new() },
        calendar: is_rich.then(|| (last - chrono::Days::new(365), last)),
        station,
    })
}

fn middle(quantity: Quantity) -> f64 {
    match quantity {
        Quantity::SeaLevelPressure => 1_010.0,
        Quantity::SolarRadiation => 300.0,
        Quantity::Precipitation | Quantity::DewPoint => 3.0,
        _ => 8.0,
    }
}

/// What stands between the tags of each cell.
fn cells(row: &str) -> Vec<String> {
    row.split("<td>").skip(1).map(|cell| cell.split('<').next().unwrap_or_default().to_owned()).collect()
}

fn figure(html: &str, name: &str) -> String {
    between(html, &format!(r#"data-figure="{name}">"#), "</section>").to_owned()
}

#[test]
fn a_history_page_has_the_headers_of_a_page_and_leads_back_to_the_present() {
    let client = client();
    let answer = client.get("/history/day").dispatch();
    assert_eq!(answer.headers().get_one("Content-Security-Policy"), Some(CONTENT_SECURITY_POLICY));
    let html = answer.into_string().expect("a page");
    assert!(html.contains(r#"<a href="/s/town-hall">Now</a><a href="/s/town-hall/history" aria-current="page">"#));
    assert!(html.contains(r#"<a href="/s/town-hall/history" aria-current="true">24 hours</a>"#));
    assert!(body(&client, "/story/live").contains(r#"<a href="/s/town-hall/history">History</a>"#));
}

#[test]
fn a_picture_says_in_one_sentence_what_it_shows_and_has_its_numbers_behind_it() {
    let html = body(&client(), "/history/day");
    let temperature = figure(&html, "temperature");
    let summary = between(&temperature, r#"role="img" aria-label=""#, r#"""#);
    assert!(summary.starts_with("Temperature: lowest 5.5 °C around Sat 21 Nov,"), "{summary}");
    assert!(summary.contains("highest 10.5 °C around Sun 22 Nov,") && summary.ends_with("mean 8.0 °C."), "{summary}");
    let rows: Vec<Vec<String>> =
        between(&temperature, "<tbody>", "</tbody>").split("<tr>").skip(1).map(cells).collect();
    assert_eq!((rows.len(), rows[0].len()), (72, 6), "three a hour; mean, low and high of two quantities");
    assert!(temperature.contains(r#"<text class="direct second""#), "two lines say which is which");
    let pressure = figure(&html, "pressure");
    assert!(!pressure.contains("direct") && pressure.contains(r#"Pressure <span class="unit">hPa"#));
    assert_eq!(figure(&html, "wind").matches("<path class=\"band\"").count(), 1, "gusts are peaks, without a band");
}

#[test]
fn rain_is_bars_with_their_sum() {
    let html = body(&client(), "/history/day");
    let rain = figure(&html, "rain");
    let summary = between(&rain, r#"role="img" aria-label=""#, r#"""#);
    let rows: Vec<f64> = between(&rain, "<tbody>", "</tbody>")
        .split("<tr>")
        .skip(1)
        .map(|row| cells(row)[0].parse().expect("a number"))
        .collect();
    let sum = rows.iter().sum::<f64>();
    assert_eq!(rows.len(), 24, "one for each hour of the clock");
    assert!(sum > 2.0 && summary.starts_with(&format!("Rain: {sum:.1} mm in all")), "{sum}: {summary}");
    let path = between(&rain, r#"<path class="bars own" d=""#, r#"""#);
    assert_eq!(
        path.matches('M').count(),
        rows.iter().filter(|mm| **mm > 0.0).count(),
        "an hour without rain has no bar"
    );
}

#[test]
fn a_gap_is_a_gap() {
    let html = body(&client(), "/history/gap");
    let pressure = figure(&html, "pressure");
    assert_eq!(between(&pressure, r#"<path class="line own" d=""#, r#"""#).matches('M').count(), 2);
    assert!(pressure.contains("with one gap."), "{pressure}");
    assert!(html.contains(r#"aria-current="true">7 days</a>"#) && html.contains("Mon 16 Nov 2026 – Sun 22 Nov 2026"));
}

#[test]
fn a_lonely_value_is_a_dot_and_no_values_are_a_word() {
    let client = client();
    let one = figure(&body(&client, "/history/one"), "temperature");
    assert!(between(&one, r#"<path class="line own" d=""#, r#"""#).ends_with("h0.1"));
    let empty = body(&client, "/history/empty");
    assert!(
        empty.contains("No readings in this time.") && !empty.contains("data-figure") && !empty.contains("Wind rose")
    );
    let refused = body(&client, "/history/refused");
    assert!(
        refused.contains(r#"role="alert">The first day comes after the last.</p>"#) && !refused.contains("data-figure")
    );
}

#[test]
fn what_is_laid_over_has_its_name_in_the_picture_and_in_the_table() {
    let html = body(&client(), "/history/over");
    let pressure = figure(&html, "pressure");
    for class in ["year", "other-0"] {
        assert!(pressure.contains(&format!(r#"<path class="line {class}""#)), "{class}");
    }
    let heads: Vec<&str> = between(&pressure, "<thead>", "</thead>").split(r#"scope="col">"#).skip(1).collect();
    let heads: Vec<&str> = heads.iter().map(|head| head.split('<').next().expect("a head")).collect();
    let wanted = [
        "From",
        "Pressure mean, hPa",
        "Pressure low, hPa",
        "Pressure high, hPa",
        "a year before mean, hPa",
        "Harbour mean, hPa",
    ];
    assert_eq!(heads, wanted);
    assert!(
        html.contains(r#"href="/s/town-hall/history?range=7d&#38;with=harbour" aria-current="true">A year before"#)
    );
}

#[test]
fn a_year_has_a_calendar_and_a_rose_of_the_winds() {
    let html = body(&client(), "/history/year");
    let calendar = between(&html, r#"<h2 id="calendar">"#, "</section>");
    assert_eq!(calendar.matches(r#"<th scope="row">"#).count(), 12);
    assert!(
        calendar.contains(r#"<td data-warmth="3" title="Sun 22 Nov 2026: 8.0 °C, 1.0 to 12.0">8</td>"#),
        "{calendar}"
    );
    let rose = between(&html, r#"<h2 id="rose">"#, "</section>");
    assert!(rose.contains("Wind: most often from ") && rose.contains("Made of 90 means of 10 minutes; calm 2 %."));
    assert_eq!(rose.matches(r#"<th scope="row">"#).count(), 16);
}

#[test]
fn a_history_reads_in_the_visitors_units() {
    let client = client();
    client
        .post("/units")
        .header(rocket::http::ContentType::Form)
        .header(super::ours())
        .body("temperature=F&rest=us")
        .dispatch();
    let html = body(&client, "/history/day");
    assert!(figure(&html, "temperature").contains("lowest 41.9 °F"), "{html}");
    assert!(figure(&html, "pressure").contains("29.8") && html.contains("mph"));
}
