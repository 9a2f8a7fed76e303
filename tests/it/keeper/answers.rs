//! Answers with numbers that were computed by hand.

use super::*;

/// An instant of March 2024, UTC.
fn march(day: u32, hour: u32, minute: u32) -> Timestamp {
    let date = chrono::NaiveDate::from_ymd_opt(2024, 3, day).expect("a date");
    date.and_hms_opt(hour, minute, 0).expect("a time").and_utc().into()
}

/// A week in Berlin: Monday, Saturday, and the Sunday on which the clocks went forward.
async fn week(house: &House) {
    let now = [
        ("temperature", 18.44),
        ("humidity", 60.5),
        ("sea_level_pressure", 1008.2),
        ("wind_speed", 4.25),
        ("wind_gust", 7.9),
        ("wind_direction", 247.0),
        ("precipitation", 1.2),
    ];
    house
        .append(vec![
            report(march(25, 9, 0), &[("temperature", 5.0)]),
            report(march(25, 22, 0), &[("precipitation", 2.0)]),
            report(march(30, 4, 40), &[("temperature", -2.1)]),
            report(march(30, 14, 0), &[("temperature", 12.0), ("precipitation", 3.0)]),
            report(march(30, 17, 0), &[("precipitation", 3.4)]),
            report(march(31, 0, 30), &[("temperature", 0.5)]),
            report(march(31, 1, 30), &[("temperature", 1.0)]),
            report(march(31, 8, 59), &[("sea_level_pressure", 1009.6), ("temperature", 9.0)]),
            report(march(31, 10, 59), &[("temperature", 17.0)]),
            report(march(31, 11, 59), &now),
        ])
        .await;
    let harbour = house.storage.directory().by_slug("harbour").expect("there").id;
    let there = vec![report(march(31, 11, 50), &[("temperature", 12.4)])];
    house.storage.append(harbour, there).await.expect("stored");
}

#[tokio::test]
async fn numbers_come_from_storage_in_the_visitors_units_with_their_time() {
    let mut house = House::new().await;
    week(&house).await;
    let visitor = visitor("metric");
    for (text, answer) in [
        ("how cold is it?", "It is 18.4 °C at 13:59."),
        ("high today?", "Highest today: 18.4 °C at 13:59."),
        ("coldest yesterday", "Lowest yesterday: −2.1 °C at 05:40."),
        ("lowest today", "Lowest today: 0.5 °C at 01:30."),
        ("lowest this week?", "Lowest this week: −2.1 °C yesterday at 05:40. I have readings of 3 of the 7 days."),
        ("lowest temperature ever", "Lowest ever: −2.1 °C yesterday at 05:40. My records begin on Mon 25 Mar 2024."),
        ("min and max today", "Temperature today: lowest 0.5 °C at 01:30, highest 18.4 °C at 13:59."),
        ("how cold was it last night?", "Temperature last night: lowest 0.5 °C at 01:30, highest 1.0 °C at 03:30."),
        ("average temperature today", "Average temperature today: 9.2 °C, of 5 readings."),
        ("is it windy?", "A little: gentle breeze, 4.3 m/s from WSW, gusts 7.9 m/s at 13:59."),
        ("which direction does the wind come from", "The wind comes from WSW (247°) at 13:59."),
        ("humidity", "The humidity is 61 % at 13:59."),
        (
            "pressure falling?",
            "The pressure is falling slowly: −1.4 hPa in 3 hours, now 1008.2 hPa (13:59). Its course: falling (WMO code 7).",
        ),
        ("is it getting warmer?", "The temperature is rising: +1.4 °C in an hour, now 18.4 °C (13:59)."),
        (
            "rain since Monday?",
            "Rain since Monday: 6.6 mm, most of it on Sat 30 Mar 2024 (3.4 mm). I have readings of 3 of the 7 days.",
        ),
        ("did it rain yesterday", "Yes, 3.4 mm yesterday."),
        (
            "did it rain on Friday",
            "I have no reading of the rain since midnight on Friday. My last reading is from 13:59: 1.2 mm.",
        ),
        ("when did it last rain", "It last rained at 13:59; 1.2 mm today."),
        ("when was it last below zero?", "It was last below 0 °C yesterday at 05:40: −2.1 °C."),
        ("when was it last above 18?", "It is above 18 °C right now: 18.4 °C at 13:59."),
        ("is it below 20?", "Yes. It is 18.4 °C at 13:59."),
        ("did it freeze last night?", "No, not below 0 °C last night: the lowest was 0.5 °C at 01:30."),
        ("was it below 0 yesterday", "Yes, below 0 °C yesterday: the lowest was −2.1 °C at 05:40."),
        ("compare with harbour", "Harbour Master: temperature 12.4 °C there (13:50), 18.4 °C here (13:59): −6.0 °C."),
        ("how are you", "I am well: my last report is from 13:59, 1 min ago."),
        ("what time is it", "On my clock it is 14:00."),
        (
            "CO2?",
            "I do not measure that: I have no CO₂. Try \"how cold is it?\", \"rain since Monday?\" or \"warn me below 0 °C\".",
        ),
    ] {
        assert_eq!(house.ask(&visitor, "C-metric", text).await, answer, "{text}");
    }
}

#[tokio::test]
async fn each_visitor_reads_their_own_units() {
    let mut house = House::new().await;
    week(&house).await;
    for (units, text, answer) in [
        ("F-us", "how cold is it?", "It is 65.2 °F at 13:59."),
        ("C-metric", "how cold is it in fahrenheit?", "It is 65.2 °F at 13:59."),
        ("F-us", "how cold is it in celsius?", "It is 18.4 °C at 13:59."),
        ("F-metric", "is it windy?", "A little: gentle breeze, 4.3 m/s from WSW, gusts 7.9 m/s at 13:59."),
        ("F-us", "is it windy?", "A little: gentle breeze, 10 mph from WSW, gusts 18 mph at 13:59."),
        ("C-us", "did it rain yesterday", "Yes, 0.13 in yesterday."),
        ("C-us", "coldest yesterday", "Lowest yesterday: −2.1 °C at 05:40."),
        ("F-us", "coldest yesterday", "Lowest yesterday: 28.2 °F at 05:40."),
        (
            "F-us",
            "pressure falling?",
            "The pressure is falling slowly: −0.04 inHg in 3 hours, now 29.77 inHg (13:59). Its course: falling (WMO code 7).",
        ),
        ("F-us", "is it getting warmer?", "The temperature is rising: +2.6 °F in an hour, now 65.2 °F (13:59)."),
        ("F-us", "when was it last below 32?", "It was last below 32 °F yesterday at 05:40: 28.2 °F."),
        ("F-us", "when was it last below zero?", "It was not below 0 °F since my records begin, on Mon 25 Mar 2024."),
        (
            "C-metric",
            "when did the wind last exceed 15 km/h",
            "The wind is above 15 km/h right now: 15.3 km/h at 13:59.",
        ),
    ] {
        assert_eq!(house.ask(&visitor(units), units, text).await, answer, "{text} in {units}");
    }
}

#[tokio::test]
async fn old_is_not_shown_as_new() {
    let mut house = House::new().await;
    let visitor = visitor("late");
    assert_eq!(
        house.ask(&visitor, "C-metric", "how are you").await,
        "I am here, but my station has not reported anything yet."
    );
    assert_eq!(house.ask(&visitor, "C-metric", "how cold is it").await, "I have no reading of the temperature yet.");
    house.append((0..10).map(|n| report(minute(n - 10), &[("temperature", 20.0)])).collect()).await;
    house.set_clock(minute(4));
    assert_eq!(house.ask(&visitor, "C-metric", "how cold is it").await, "My last reading is from 13:59: 20.0 °C.");
    house.set_clock(minute(4 * 60));
    assert_eq!(
        house.ask(&visitor, "C-metric", "how cold is it").await,
        "My last reading is from 13:59, 4 h ago: then it was 20.0 °C."
    );
    assert_eq!(
        house.ask(&visitor, "C-metric", "are you alive").await,
        "I am here, but my station is silent: its last report is from 13:59, 4 h ago."
    );
    house.set_clock(minute(26 * 60));
    assert_eq!(
        house.ask(&visitor, "C-metric", "is it below 30").await,
        "My last reading is from yesterday at 13:59, 26 h ago: then it was 20.0 °C."
    );
}

/// A console that resets its counter seconds after midnight, and sends one corrupt packet at noon.
#[tokio::test]
async fn the_rain_of_a_day_is_what_fell_in_it() {
    let mut house = House::new().await;
    let counted = |minute: u32, seconds: i64, mm| {
        let at = march(30, 22, minute).plus(seconds * 1_000);
        report(at, &[("precipitation", mm), ("temperature", 4.0)])
    };
    let noon = |seconds: i64, mm| report(march(31, 10, 0).plus(seconds * 1_000), &[("precipitation", mm)]);
    house.append(vec![counted(0, 0, 5.1), counted(59, 50, 5.3), counted(59, 65, 5.3), counted(59, 72, 0.0)]).await;
    let late = report(march(30, 23, 0), &[("precipitation", 5.3)]);
    house.append(vec![late, noon(0, 0.0), noon(16, 1_270.0), noon(32, 0.0)]).await;
    house.append(vec![report(march(31, 11, 40), &[("precipitation", 0.0), ("temperature", 9.0)])]).await;
    let visitor = visitor("dry");
    let answer = house.ask(&visitor, "C-metric", "did it rain today?").await;
    assert_eq!(answer, "No rain today.");
    assert_eq!(house.ask(&visitor, "C-metric", "rain yesterday?").await, "Rain yesterday: 5.3 mm.");
    let (id, main) = (house.station.id, SensorName::main());
    let day = chrono::NaiveDate::from_ymd_opt(2024, 3, 31).expect("a date");
    let days = house.storage.extremes_between(id, &main, Quantity::Precipitation, day, day).await.expect("read");
    assert_eq!(days.iter().map(|(_, day)| day.high).collect::<Vec<_>>(), [0.0], "records say the same");
    let latest = house.storage.latest(id).await.expect("read");
    let names: Vec<_> = latest.iter().map(|latest| (latest.quantity.name(), latest.value)).collect();
    assert_eq!(names, [("temperature", 9.0), ("precipitation", 0.0)], "the counter itself is nobody's weather");
}

#[tokio::test]
async fn a_gauge_that_only_counts_up_has_rain_of_a_day() {
    let mut house = House::new().await;
    let total = |hour, mm| report(march(31, hour, 0), &[("precipitation_total", mm)]);
    house
        .append(vec![report(march(30, 22, 30), &[("precipitation_total", 812.8)]), total(1, 813.8), total(9, 815.0)])
        .await;
    let answer = house.ask(&visitor("total"), "C-metric", "rain today?").await;
    assert_eq!(answer, "Rain today: 2.2 mm.");
}

#[tokio::test]
async fn another_stretch_is_another_answer() {
    let mut house = House::new().await;
    let january = Timestamp(march(1, 12, 0).0 - 50 * weather::time::DAY_MS);
    let minutes = |minute, value, mm| report(march(31, 11, minute), &[("temperature", value), ("precipitation", mm)]);
    house
        .append(vec![
            report(january, &[("temperature", -6.0)]),
            report(march(31, 8, 0), &[("temperature", 20.0), ("precipitation", 2.0)]),
            minutes(30, 15.0, 2.0),
            minutes(45, 12.0, 2.0),
            minutes(59, 11.0, 2.0),
        ])
        .await;
    let visitor = visitor("exact");
    for (text, answer) in [
        ("high in the last 20 minutes?", "Highest in the last 20 minutes: 12.0 °C at 13:45."),
        ("did it rain in the last 20 minutes?", "No rain in the last 20 minutes."),
        ("did it rain today?", "Yes, 2.0 mm today."),
        ("average temperature this year?", "Average temperature this year: 10.4 °C, of 5 readings."),
        (
            "average temperature in the last 2 years?",
            "Average temperature in the last 730 days: 10.4 °C, of 5 readings.",
        ),
    ] {
        assert_eq!(house.ask(&visitor, "C-metric", text).await, answer, "{text}");
    }
    house.append(vec![report(march(1, 12, 0).plus(-365 * weather::time::DAY_MS), &[("temperature", 1.0)])]).await;
    house.set_clock(NOW.plus(40 * weather::time::DAY_MS));
    assert_eq!(
        house.ask(&visitor, "C-metric", "average temperature ever?").await,
        "Average temperature ever: 8.8 °C, of 6 readings."
    );
}

/// A counter that came as a value of its own, after one that only counts up, is the better one; and rain counts once.
#[tokio::test]
async fn a_gauge_with_two_counters_counts_rain_once() {
    let house = House::new().await;
    let at = |minute: u32| march(31, 9, minute);
    let both = [("precipitation", 3.0), ("precipitation_total", 800.0)];
    house
        .append(vec![
            report(at(0), &both),
            report(at(1), &[("precipitation_total", 801.0)]),
            report(at(2), &[("precipitation", 4.0), ("precipitation_total", 801.0)]),
            report(at(3), &[("precipitation_total", 802.0)]),
            report(at(4), &[("precipitation", 5.0), ("precipitation_total", 802.0)]),
        ])
        .await;
    let rain = async || {
        let latest = house.storage.latest(house.station.id).await.expect("read");
        latest.iter().find(|latest| latest.quantity == Quantity::Precipitation).map(|latest| latest.value)
    };
    assert_eq!(rain().await, Some(5.0));
    house.append(vec![report(at(5), &[("precipitation_total", 803.0)])]).await;
    house.append(vec![report(at(5), &[("precipitation", 6.0)])]).await;
    assert_eq!(rain().await, Some(6.0));
}

#[tokio::test]
async fn a_gauge_that_tells_the_past_hour_only_is_asked_for_no_more() {
    let mut house = House::new().await;
    house.append(vec![report(march(31, 11, 59), &[("temperature", 9.0), ("precipitation_1h", 2.54)])]).await;
    let visitor = visitor("hourly");
    for (text, answer) in [
        ("is it raining?", "I know only an amount: 2.5 mm in the past hour, as of 13:59."),
        ("how much rain in the last hour?", "I know only an amount: 2.5 mm in the past hour, as of 13:59."),
        (
            "did it rain today?",
            "I know only the rain of the past hour, not how much fell today: 2.5 mm in the past hour, as of 13:59.",
        ),
        (
            "how much did it rain yesterday?",
            "I know only the rain of the past hour, not how much fell yesterday: 2.5 mm in the past hour, as of 13:59.",
        ),
        ("when did it last rain?", "It last rained within the hour before 13:59."),
    ] {
        assert_eq!(house.ask(&visitor, "C-metric", text).await, answer, "{text}");
    }
    house.append(vec![report(march(31, 12, 0), &[("precipitation_1h", 0.0)])]).await;
    assert_eq!(
        house.ask(&visitor, "C-metric", "is it raining?").await,
        "I know only an amount: no rain in the past hour, as of 14:00."
    );
}
