use super::*;
use weather::time::HOUR_MS;

/// 2026-11-22 14:18:07 UTC, 15:18 in Berlin.
const NOW: Timestamp = Timestamp(1_795_357_087_000);

fn berlin() -> Zone {
    Zone::inside("Europe/Berlin").expect("a zone")
}

fn window(query: &str) -> Result<Window, BadQuestion> {
    Asked::read(query)?.window(&berlin(), NOW, NaiveDate::from_ymd_opt(2020, 2, 29))
}

fn local(at: Timestamp) -> String {
    at.to_utc().with_timezone(&berlin()).format("%F %H:%M").to_string()
}

#[test]
fn an_address_is_read_and_written_alike() {
    for query in [
        "",
        "?range=7d",
        "?range=all&sensor=indoor",
        "?from=2026-11-01&to=2026-11-30&with=harbour&with=mill&year=1",
        "?from=2026-11-01T00%3A00%3A00.000Z",
    ] {
        assert_eq!(Asked::read(query.trim_start_matches('?')).expect("a question").query(), query);
    }
    assert_eq!(Asked::read("range=24h&from=&to=&sensor=&with=&year=0").expect("a form"), Asked::default());
}

#[test]
fn what_is_wrong_is_named() {
    for (query, wrong) in [
        ("range=week", BadQuestion::Range("week".into())),
        ("from=2026-02-30&to=2026-03-01", BadQuestion::Date("2026-02-30".into())),
        ("from=11/30/2026", BadQuestion::Date("11/30/2026".into())),
        ("from=12026-01-01", BadQuestion::Date("12026-01-01".into())),
        ("from=0001-01-01", BadQuestion::Date("0001-01-01".into())),
        ("to=2026-11-30", BadQuestion::NoFirst),
        ("from=2026-11-03&to=2026-11-01", BadQuestion::Order),
        ("sensor=a/b", BadQuestion::Sensor("a/b".into())),
        ("with=..", BadQuestion::Station("..".into())),
        ("with=a&with=b&with=c&with=d", BadQuestion::TooMany),
    ] {
        assert_eq!(window(query), Err(wrong), "{query}");
    }
    assert_eq!(window(&format!("range={}", "x".repeat(500))), Err(BadQuestion::Range("x".repeat(ECHO_MAX_CHARS))));
}

#[test]
fn days_are_the_stations_and_end_with_now() {
    for (query, from, to) in [
        ("", "2026-11-21 15:18", "2026-11-22 15:18"),
        ("range=7d", "2026-11-16 00:00", "2026-11-22 15:18"),
        ("range=30d", "2026-10-24 00:00", "2026-11-22 15:18"),
        ("range=1y", "2025-11-22 00:00", "2026-11-22 15:18"),
        ("range=all", "2020-02-29 00:00", "2026-11-22 15:18"),
        ("from=2026-11-01&to=2026-11-03", "2026-11-01 00:00", "2026-11-04 00:00"),
        ("from=2026-11-20&to=2026-11-30", "2026-11-20 00:00", "2026-11-22 15:18"),
        ("from=2026-12-24&to=2026-12-24", "2026-12-24 00:00", "2026-12-25 00:00"),
        ("from=2026-11-20", "2026-11-20 00:00", "2026-11-22 15:18"),
        ("from=2026-11-20T10:00:00Z&to=2026-11-20T10:00:00Z", "2026-11-20 11:00", "2026-11-20 11:01"),
    ] {
        let window = window(query).expect("a window");
        assert_eq!((local(window.from).as_str(), local(window.to).as_str()), (from, to), "{query}");
    }
}

#[test]
fn a_day_is_as_long_as_its_clocks_make_it() {
    let hours = |date: &str| window(&format!("from={date}&to={date}")).expect("a day").length_ms() / HOUR_MS;
    assert_eq!((hours("2026-03-29"), hours("2026-10-25"), hours("2026-11-01")), (23, 25, 24));
}

#[test]
fn a_year_before_are_the_same_days() {
    let leap = window("from=2024-03-01&to=2024-03-01").expect("a day");
    assert_eq!(local(leap.plus(-leap.year_ms(&berlin())).from), "2023-03-01 00:00");
    let summer = window("from=2026-07-01&to=2026-07-02").expect("two days");
    assert_eq!(local(summer.plus(-summer.year_ms(&berlin())).from), "2025-07-01 00:00");
}
