//! What is understood.

mod almanac;
mod questions;

use super::answer::answer;
use super::intent::Intent;
use super::understand::understand;
use crate::keeper::alerts::parse::Command;
use crate::keeper::language::facts::Facts;
use crate::keeper::language::suggest::suggestions;
use crate::keeper::language::topic::{Context, Topic};
use proptest::prelude::*;
use std::sync::Arc;
use weather::preference::Preference;
use weather::quantity::Quantity;
use weather::station::{SensorName, Slug, Station, StationId};
use weather::time::Timestamp;
use weather::zone::Zone;

fn station(id: i64, slug: &str, name: &str) -> Arc<Station> {
    let slug = Slug::new(slug).expect("a slug");
    Arc::new(Station {
        id: StationId(id),
        slug,
        name: name.into(),
        zone: Zone::inside("Europe/Berlin").expect("a zone"),
        elevation_m: None,
        clock_offset_ms: 0,
        coordinates: None,
        upload_units: weather::upload_units::UploadUnits::AsNamed,
        interval_ms: None,
    })
}

/// A station with everything, at 2026-11-22 13:00 in Berlin, a Sunday.
fn context() -> Context {
    let mut known: Vec<_> = Quantity::all().map(|quantity| (SensorName::main(), quantity)).collect();
    known.push((SensorName::new("indoor").expect("a name"), Quantity::Temperature));
    known.push((SensorName::new("greenhouse-2").expect("a name"), Quantity::Humidity));
    Context {
        here: station(1, "town-hall", "Town Hall"),
        known,
        others: vec![station(2, "harbour", "Harbour Master"), station(3, "north-ridge", "North Ridge")],
        preference: Preference::default(),
        now: Timestamp(1_795_348_800_000),
    }
}

/// An intent in short, so that a table of them can be read.
fn short(intent: &Intent) -> String {
    let of = |topic: &Topic| topic.sensor.key(topic.quantity);
    match intent {
        Intent::Now(topic) => format!("now {}", of(topic)),
        Intent::Range { topic, side, period } => {
            let side = side.map_or("range".to_owned(), |side| format!("{side:?}").to_lowercase());
            format!("{side} {} {}", of(topic), period.name())
        }
        Intent::Mean { topic, period } => format!("mean {} {}", of(topic), period.name()),
        Intent::Rain { period, whether, .. } => format!("rain{} {}", if *whether { "?" } else { "" }, period.name()),
        Intent::Trend { topic, back_ms } => format!("trend {} {}h", of(topic), back_ms / 3_600_000),
        Intent::Beyond { topic, limit, period } => {
            let period = period.map_or("now".to_owned(), |period| period.name());
            format!("{:?} {:.1} {} {period}", limit.side, limit.value, of(topic))
        }
        Intent::LastBeyond { topic, limit } => format!("last {:?} {:.1} {}", limit.side, limit.value, of(topic)),
        Intent::LastRain(_) => "last rain".to_owned(),
        Intent::Compare { other, quantity } => {
            let other = other.as_ref().map_or("?", |other| other.slug.as_str());
            format!("compare {other} {}", quantity.map_or("all", Quantity::name))
        }
        Intent::Count { kind, period } => format!("count {} {}", kind.name(), period.name()),
        Intent::Sun { asked, date } => format!("sun {asked:?} {date}"),
        Intent::Alert(Command::Add(rule)) => format!("add {}", rule.name()),
        Intent::Alert(Command::Refuse(_)) => "refuse".to_owned(),
        Intent::Cannot(reason) => format!("cannot: {reason}"),
        Intent::Alert(command) => format!("{command:?}"),
        other => format!("{other:?}"),
    }
}

#[test]
fn phrases_mean_what_people_mean_by_them() {
    let context = context();
    let mut wrong = Vec::new();
    for (text, meaning) in [
        ("how cold is it?", "now temperature"),
        ("How cold is it", "now temperature"),
        ("how warm", "now temperature"),
        ("temperature?", "now temperature"),
        ("TEMPRATURE??", "now temperature"),
        ("What's the temperature right now?", "now temperature"),
        ("whats the temp", "now temperature"),
        ("tell me the temperature", "now temperature"),
        ("how warm is it inside?", "now indoor/temperature"),
        ("greenhouse 2 humidity", "now greenhouse-2/humidity"),
        ("high today?", "above temperature today"),
        ("lowest this week?", "below temperature this week"),
        ("coldest yesterday", "below temperature yesterday"),
        ("what was the highest temperature last month", "above temperature last month"),
        ("how warm was it yesterday?", "range temperature yesterday"),
        ("how cold was it last night?", "range temperature last night"),
        ("how low did it get yesterday", "below temperature yesterday"),
        ("min and max today", "range temperature today"),
        ("temperature on 14 November", "range temperature on Sat 14 Nov 2026"),
        ("max in the last 3 hours", "above temperature in the last 3 hours"),
        ("high in the last 20 minutes?", "above temperature in the last 20 minutes"),
        ("did it rain in the last 20 minutes?", "rain? in the last 20 minutes"),
        ("rain in the past half hour", "rain in the last 30 minutes"),
        ("average temperature this year?", "mean temperature this year"),
        ("was it below 5 in the last 10 min", "Below 5.0 temperature in the last 10 minutes"),
        ("average temperature today", "mean temperature today"),
        ("is it windy?", "now wind_speed"),
        ("how strong is the wind", "now wind_speed"),
        ("gusts?", "now wind_gust"),
        ("strongest gust today?", "above wind_gust today"),
        ("was it windy yesterday", "above wind_gust yesterday"),
        ("which direction does the wind come from?", "now wind_direction"),
        ("rain since Monday?", "rain since Monday"),
        ("did it rain yesterday", "rain? yesterday"),
        ("how much rain today?", "rain today"),
        ("rain", "rain today"),
        ("rain this month", "rain this month"),
        ("is it raining?", "now precipitation"),
        ("how hard is it raining", "now precipitation_rate"),
        ("when did it last rain", "last rain"),
        ("last rain?", "last rain"),
        ("when was the last time it rained", "last rain"),
        ("pressure falling?", "trend sea_level_pressure 3h"),
        ("is the pressure rising", "trend sea_level_pressure 3h"),
        ("pressure?", "now sea_level_pressure"),
        ("is it getting colder?", "trend temperature 1h"),
        ("is it warmer than yesterday?", "trend temperature 24h"),
        ("humidity", "now humidity"),
        ("how humid is it", "now humidity"),
        ("feels like", "FeelsLike"),
        ("what does it feel like?", "FeelsLike"),
        ("dew point", "now dew_point"),
        ("soil moisture", "now soil_moisture"),
        ("UV?", "now uv_index"),
        ("air quality", "now pm2_5"),
        ("PM2.5", "now pm2_5"),
        ("co2", "now co2"),
        ("battery", "now battery_voltage"),
        ("is the battery low?", "now battery_low"),
        ("is the battery ok", "now battery_low"),
        ("lowest battery voltage today", "below battery_voltage today"),
        ("was the battery low yesterday?", "cannot: I can say how the battery is now, but not how it was yesterday."),
        ("is there a leak?", "now leak"),
        ("average leak this week", "cannot: I can say how the leak sensor is now, but not how it was this week."),
        ("is the leak sensor getting wetter?", "now leak"),
        ("soil conductivity", "now soil_conductivity"),
        ("compare with harbour", "compare harbour all"),
        ("compare with harbuor", "compare harbour all"),
        ("compare wind with North Ridge", "compare north-ridge wind_speed"),
        ("is it warmer than at the harbour?", "compare harbour temperature"),
        ("temperature at north-ridge", "compare north-ridge temperature"),
        ("compare with atlantis", "compare ? all"),
        ("when was it last below zero?", "last Below 0.0 temperature"),
        ("when was it last above 30 degrees", "last Above 30.0 temperature"),
        ("when did the wind last exceed 36 km/h", "last Above 10.0 wind_speed"),
        ("when was the last frost?", "last Below 0.0 temperature"),
        ("is it below zero?", "Below 0.0 temperature now"),
        ("is it freezing?", "Below 0.0 temperature now"),
        ("did it freeze last night?", "Below 0.0 temperature last night"),
        ("was it over 30 this week", "Above 30.0 temperature this week"),
        ("hello", "Hello"),
        ("Good morning!", "Hello"),
        ("help", "Help"),
        ("what can you do?", "Help"),
        ("thanks", "Thanks"),
        ("thank you!", "Thanks"),
        ("bye", "Bye"),
        ("how are you", "HowAreYou"),
        ("are you alive?", "HowAreYou"),
        ("when was your last report", "HowAreYou"),
        ("who are you", "WhoAreYou"),
        ("what time is it", "Clock"),
        ("will it rain tomorrow?", "Forecast"),
        ("weather", "Weather"),
        ("warn me below 0 °C", "add temperature below 0 °C"),
        ("warn me below 0", "add temperature below 0 °C"),
        ("warn me when it gets above 30", "add temperature above 30 °C"),
        ("warn me if it drops below -3,5 degrees", "add temperature below −3.5 °C"),
        ("tell me when it rains", "add rain"),
        ("let me know if it rains", "add rain"),
        ("wind above 60 km/h", "add wind above 60 km/h"),
        ("gusts over 20 m/s", "add gust above 20 m/s"),
        ("gust > 40 kn", "add gust above 40 kn"),
        ("humidity below 30%", "add humidity below 30 %"),
        ("pressure below 980", "add pressure below 980 hPa"),
        ("pressure below 1,000 hPa", "add pressure below 1000 hPa"),
        ("pressure under 29.5 inHg", "add pressure below 29.5 inHg"),
        ("alert me when the indoor temperature is over 25", "add indoor temperature above 25 °C"),
        ("warn me above 10 mm rain", "add rain since midnight above 10 mm"),
        ("warn me when it is colder than 5", "add temperature below 5 °C"),
        ("frost", "add temperature below 0 °C"),
        ("warn me of frost", "add temperature below 0 °C"),
        ("tell me if it freezes", "add temperature below 0 °C"),
        ("if the station goes silent", "add my silence"),
        ("when you go silent", "add my silence"),
        ("tell me if you go offline", "add my silence"),
        ("warn me above 200 °C", "refuse"),
        ("humidity above 100 %", "refuse"),
        ("warn me when temperature above 5 km/h", "refuse"),
        ("warn me", "refuse"),
        ("warn me at 30 degrees", "refuse"),
        ("list", "List"),
        ("list my alerts", "List"),
        ("what are my alerts?", "List"),
        ("forget 2", "Forget([2])"),
        ("forget #2", "Forget([2])"),
        ("delete alert 1 and 3", "Forget([1, 3])"),
        ("forget two", "Forget([2])"),
        ("forget all", "ForgetAll"),
        ("forget everything", "ForgetAll"),
        ("forget", "ForgetWhich"),
        ("stop warning me", "ForgetWhich"),
        ("brillig", "Lost"),
        ("<b>7</b>", "Lost"),
        ("'; DROP TABLE words; --", "Lost"),
        ("drop", "Lost"),
        ("over 9000", "Above 9000.0 temperature now"),
        ("3pm", "Lost"),
        ("6 pm", "Lost"),
        ("is it 3pm?", "Lost"),
        ("pm 10", "now pm10"),
        ("PM 2.5?", "now pm2_5"),
        ("particulates", "now pm2_5"),
        ("pm25 above 20", "add PM2.5 above 20 µg/m³"),
        ("", "Lost"),
        ("???", "Lost"),
        ("what is love", "Lost"),
        ("lowest", "below temperature today"),
    ] {
        let meant = short(&understand(text, &context));
        if meant != meaning {
            wrong.push(format!("{text:?} means {meaning:?}, was taken for {meant:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn said(text: &str, context: &Context) -> String {
    match understand(text, context) {
        Intent::Alert(Command::Refuse(reason)) => reason,
        other => short(&other),
    }
}

#[test]
fn a_wish_that_is_turned_round_is_no_alert() {
    for text in [
        "don't warn me below 0",
        "do not warn me below 0",
        "never warn me below 0",
        "warn me if humidity is not above 50",
        "tell me when it stops raining",
        "tell me when the rain stops",
        "warn me unless it is above 5",
        "no alert below 0",
    ] {
        let said = said(text, &context());
        assert!(said.starts_with("I can only watch for what is"), "{text:?}: {said}");
    }
    assert_eq!(said("tell me if the station stops reporting", &context()), "add my silence");
}

#[test]
fn two_conditions_are_not_taken_for_one() {
    for text in [
        "wind above 60 km/h and temperature below 0",
        "warn me when it rains and is below 0",
        "warn me below 0 or above 30",
        "warn me above 10, below 20",
        "warn me if temperature is between 5 and 10",
    ] {
        let said = said(text, &context());
        assert!(said.starts_with("One condition at a time"), "{text:?}: {said}");
    }
    assert_eq!(said("warn me at 5 or less", &context()), "add temperature below 5 °C");
}

#[test]
fn a_unit_that_is_not_known_is_not_dropped() {
    for (text, unit) in [
        ("gust above 7 beaufort", "beaufort"),
        ("warn me above 0 K", "k"),
        ("warn me above 0 kelvin", "kelvin"),
        ("warn me above 0 degrees kelvin", "kelvin"),
        ("warn me below 7 flurbs", "flurbs"),
        ("wind in beaufort above 5", "beaufort"),
        ("is the wind above 7 beaufort?", "beaufort"),
        ("how cold is it in kelvin?", "kelvin"),
        ("when was the wind last above 7 bft", "bft"),
    ] {
        let said = said(text, &context());
        assert!(said.ends_with(&format!("I do not know the unit \"{unit}\".")), "{text:?}: {said}");
    }
    for (text, meaning) in [
        ("wind in knots above 5", "add wind above 5 kn"),
        ("warn me when the temperature in fahrenheit is below 32", "add temperature below 32 °F"),
        ("tell me when it rains more than 2 mm per hour", "add rain rate above 2 mm/h"),
        ("warn me above 30 please", "add temperature above 30 °C"),
        ("warn me below 5 degrees outside", "add temperature below 5 °C"),
        ("warn me above 80 kilometres per hour wind", "add wind above 80 km/h"),
    ] {
        assert_eq!(said(text, &context()), meaning, "{text:?}");
    }
}

#[test]
fn a_sensor_that_is_not_there_is_not_the_weather_outside() {
    let bare = Context { known: vec![(SensorName::main(), Quantity::Temperature)], ..context() };
    for (text, name) in [
        ("how warm is it inside?", "inside"),
        ("greenhouse 2 humidity", "greenhouse 2"),
        ("warn me when inside above 25", "inside"),
        ("temperature in the cellar", "cellar"),
    ] {
        assert_eq!(said(text, &bare), format!("cannot: I have no sensor called \"{name}\"."), "{text:?}");
    }
    let other = said("greenhouse 3 humidity", &context());
    assert!(other.contains("\"greenhouse 3\". Besides the main one I have: greenhouse 2, indoor."), "{other}");
}

#[test]
fn a_place_that_is_no_station_is_not_this_one() {
    let alone = Context { others: vec![], ..context() };
    for (text, place) in [
        ("is it warmer than at the harbour?", "harbour"),
        ("temperature in the harbour", "harbour"),
        ("temperature at atlantis", "atlantis"),
        ("is it colder than in Berlin", "berlin"),
        ("warn me below 0 at the harbour", "harbour"),
    ] {
        assert_eq!(said(text, &alone), format!("cannot: I know no station called \"{place}\"."), "{text:?}");
    }
    assert!(said("warn me below 0 at north ridge", &context()).contains("only my own instruments"));
    for text in ["temperature at the town hall", "is it warmer than usual", "temperature in the shade"] {
        assert!(!said(text, &alone).starts_with("cannot"), "{text:?}");
    }
}

#[test]
fn a_single_time_is_not_now() {
    for text in [
        "temperature at 15:00",
        "how warm was it 3 hours ago",
        "temperature an hour ago",
        "temperature yesterday at noon",
        "how cold was it at 3pm",
        "temperature at 15",
        "warn me below 0 at 3 pm",
    ] {
        assert!(said(text, &context()).starts_with("cannot: I answer for now and for stretches"), "{text:?}");
    }
    assert_eq!(said("what time is it", &context()), "Clock");
    assert_eq!(said("rain since midnight", &context()), "rain today");
}

#[test]
fn a_stretch_that_is_not_known_is_not_today() {
    for (text, name) in [
        ("high this afternoon?", "afternoon"),
        ("how cold is it at night", "night"),
        ("temperature yesterday morning", "morning"),
        ("average temperature last winter", "winter"),
        ("rain at the weekend", "weekend"),
        ("rain in the last fortnight", "fortnight"),
        ("max in the last 30 seconds", "seconds"),
        ("hottest of the decade", "decade"),
        ("how cold tonight", "tonight"),
        ("high in the last couple of hours", "couple"),
    ] {
        let answer = said(text, &context());
        assert!(
            answer.starts_with(&format!("cannot: I have no stretch of time called \"{name}\"")),
            "{text}: {answer}"
        );
    }
    for (text, meaning) in [
        ("good morning", "Hello"),
        ("how cold was it last night?", "range temperature last night"),
        ("high this morning", "above temperature this morning"),
        ("rain in the last quarter of an hour", "rain in the last 15 minutes"),
    ] {
        assert_eq!(said(text, &context()), meaning, "{text}");
    }
}

#[test]
fn a_part_of_the_question_is_not_answered_for_the_whole() {
    for (text, named) in [
        ("rain in the last 2 hours and 30 minutes", "\"hours\" and \"minutes\""),
        ("rain between Monday and Tuesday", "\"monday\" and \"tuesday\""),
        ("high from monday to wednesday", "\"monday\" and \"wednesday\""),
        ("rain on the last 3 Mondays", "several of \"monday\""),
        ("high in the first 20 minutes", "\"first\""),
        ("low of the first 3 days", "\"first\""),
        ("rain until tuesday", "\"until\""),
        ("average temperature before yesterday", "\"before\""),
        ("highest temperature each day this week", "\"each\""),
        ("average temperature per hour", "\"per\""),
        ("rain yesterday and today", "\"yesterday\" and \"today\""),
        ("how much rain from 3 november to 5 november", "\"3 november\" and \"5 november\""),
        ("rain on november 3rd and november 5th", "\"3 november\" and \"5 november\""),
        ("rain from monday to monday", "\"monday\" twice"),
        ("high this week and last month", "\"week\" and \"month\""),
    ] {
        let answer = said(text, &context());
        let refused = answer.starts_with("cannot: I answer for one stretch of time in a question");
        assert!(refused && answer.ends_with(&format!("not for {named}.")), "{text}: {answer}");
    }
    for (text, meaning) in [
        ("rain the day before yesterday", "rain the day before yesterday"),
        ("rain in the last half hour", "rain in the last 30 minutes"),
        ("rain since monday", "rain since Monday"),
        ("highest temperature on monday 16 november", "above temperature on Mon 16 Nov 2026"),
        ("highest temperature on 14 november 2026", "above temperature on Sat 14 Nov 2026"),
        ("monday's highest temperature", "above temperature on Monday"),
        ("highest temperature in the last 3 days", "above temperature in the last 3 days"),
        ("is it warmer today than yesterday?", "trend temperature 24h"),
        ("rain of the day", "rain today"),
    ] {
        assert_eq!(said(text, &context()), meaning, "{text}");
    }
}

#[test]
fn a_day_that_never_is_is_not_today() {
    for (text, meaning) in [
        ("temperature on 31 February", "cannot: There is no such day as 31 February."),
        ("temperature on the 31st of February", "cannot: There is no such day as 31 February."),
        ("temperature on 2026-02-30", "cannot: There is no such day as 2026-02-30."),
        ("high in the last 0 days", "cannot: That is no time at all: I look back at least an hour or a day."),
        ("high in the last -5 days", "cannot: That is no time at all: I look back at least an hour or a day."),
        ("temperature on 2027-01-01", "Forecast"),
        ("temperature on 1 January 2030", "Forecast"),
        ("temperature next monday", "Forecast"),
    ] {
        assert_eq!(said(text, &context()), meaning, "{text:?}");
    }
    for text in ["highest temperature in July", "average in October", "lowest temperature in 2025"] {
        assert!(said(text, &context()).contains("no other month"), "{text:?}");
    }
}

#[test]
fn a_tag_is_no_wish() {
    let script = understand("<script>alert(1)</script>", &context());
    assert!(matches!(script, Intent::Lost | Intent::Alert(Command::Refuse(_))), "{script:?}");
    for text in ["it is over 20 minutes late", "the wind was above 60 km/h", "1 > 0"] {
        let intent = understand(text, &context());
        assert!(!matches!(intent, Intent::Alert(Command::Add(_))), "{text:?}: {intent:?}");
    }
}

#[test]
fn snow_is_not_rain() {
    for text in ["snow?", "is it snowing", "tell me when it snows", "did it hail yesterday"] {
        assert!(said(text, &context()).starts_with("cannot: I have no gauge for snow"), "{text:?}");
    }
    assert_eq!(said("will it snow tomorrow", &context()), "Forecast");
}

#[test]
fn a_number_alone_is_in_the_readers_unit() {
    let context = Context { preference: Preference::US, ..context() };
    assert_eq!(short(&understand("warn me below 32", &context)), "add temperature below 32 °F");
    assert_eq!(short(&understand("wind above 25", &context)), "add wind above 25 mph");
    assert_eq!(short(&understand("is it below 50?", &context)), "Below 10.0 temperature now");
}

#[test]
fn a_station_answers_with_what_it_has() {
    let mut context = context();
    context.known = vec![(SensorName::main(), Quantity::StationPressure), (SensorName::main(), Quantity::WindGust)];
    assert_eq!(short(&understand("pressure?", &context)), "now station_pressure");
    assert_eq!(short(&understand("is it windy", &context)), "now wind_gust");
    assert_eq!(understand("how cold is it", &context), Intent::Missing(Quantity::Temperature));
    assert_eq!(short(&understand("warn me below 0", &context)), "refuse");
    assert_eq!(short(&understand("tell me when it rains", &context)), "refuse");
}

#[test]
fn a_dew_point_that_is_not_sent_is_computed() {
    let of = |quantities: &[Quantity]| Context {
        known: quantities.iter().map(|quantity| (SensorName::main(), *quantity)).collect(),
        ..context()
    };
    assert_eq!(said("dew point?", &of(&[Quantity::Temperature, Quantity::Humidity])), "DewPoint");
    assert_eq!(said("dew point?", &of(&[Quantity::Temperature])), "Missing(DewPoint)");
    assert_eq!(said("lowest dew point today", &of(&[Quantity::Temperature, Quantity::Humidity])), "Missing(DewPoint)");
}

#[test]
fn what_is_suggested_is_understood_and_fits_the_station() {
    let mut contexts = vec![context()];
    for quantity in Quantity::all() {
        contexts.push(Context { known: vec![(SensorName::main(), quantity)], ..context() });
    }
    contexts.push(Context { known: vec![], ..context() });
    let rooms = |names: &[&str]| {
        let sensor = |name: &&str| (SensorName::new(name).expect("a sensor"), Quantity::Temperature);
        Context { known: names.iter().map(sensor).collect(), ..context() }
    };
    let house = rooms(&["bathroom", "bedroom", "living_room"]);
    let wanted = ["how cold is it in the living room?", "lowest this week in the bedroom?"];
    assert_eq!(suggestions(&house)[..2], wanted, "which room is said");
    assert!(suggestions(&house)[2].ends_with("in the living room"), "{:?}", suggestions(&house));
    assert_eq!(said(wanted[0], &house), said("how cold is it?", &house), "the same room speaks for the house");
    contexts.extend([house, rooms(&["indoor", "attic"]), rooms(&["temp1", "temp2"])]);
    for context in contexts {
        for text in suggestions(&context) {
            let intent = understand(&text, &context);
            let fits = !matches!(intent, Intent::Lost | Intent::Missing(_) | Intent::Alert(Command::Refuse(_)));
            assert!(fits, "{text:?} is {intent:?} of {:?}", context.known);
        }
    }
    assert_eq!(suggestions(&context()).len(), 3);
}

/// Words that mean something beside any text.
fn texts() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "warn",
        "me",
        "below",
        "above",
        "0",
        "-3,5",
        "°C",
        "km/h",
        "%",
        "when",
        "was",
        "it",
        "last",
        "rain",
        "since",
        "monday",
        "yesterday",
        "week",
        "2026-02-30",
        "2026-11-14",
        "31",
        "february",
        "lowest",
        "wind",
        "forget",
        "all",
        "compare",
        "harbour",
        "than",
        "warmer",
        "is",
        "pressure",
        "falling",
        "average",
        "99999999999",
        "hours",
        "days",
        "night",
        "silent",
        "if",
        "minus",
        "zero",
        "indoor",
        "°",
        "'",
        "\u{202e}",
        "🙂",
        "frost",
        "or",
        "less",
        "in",
    ]);
    prop_oneof![any::<String>(), "\\PC{0,80}", prop::collection::vec(words, 0..12).prop_map(|words| words.join(" ")),]
}

proptest! {
    #[test]
    fn every_text_gets_an_answer(text in texts(), stations in 0..3usize, sensors in 0..21usize) {
        let mut context = context();
        context.others.truncate(stations);
        context.known.truncate(sensors);
        let intent = understand(&text, &context);
        prop_assert_eq!(&intent, &understand(&text, &context));
        prop_assert!(!answer(&intent, &Facts::default(), &context).trim().is_empty());
    }
}
