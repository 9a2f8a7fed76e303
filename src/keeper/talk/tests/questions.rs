//! Questions as hobbyists, teachers and pupils ask them, and the kind of answer that each of them gets.

use super::{context, said};

/// Each question with the beginning of what it is taken for.
const QUESTIONS: [(&str, &str); 62] = [
    ("What's the temperature outside right now?", "now temperature"),
    ("How hot did it get today?", "range temperature today"),
    ("How cold was it last night?", "range temperature last night"),
    ("What was the lowest temperature this week?", "below temperature this week"),
    ("When was the coldest moment today?", "below temperature today"),
    ("At what time was it warmest yesterday?", "above temperature yesterday"),
    ("What was the highest temperature ever measured here?", "above temperature ever"),
    ("What's the record high?", "above temperature ever"),
    ("What's the temperature range today?", "range temperature today"),
    ("What's the average temperature this month?", "mean temperature this month"),
    ("What was the daily mean on 14 November?", "mean temperature on Sat 14 Nov 2026"),
    ("What's the median temperature today?", "cannot"),
    ("What was the temperature at 8 this morning?", "cannot"),
    ("What was it like yesterday?", "range temperature yesterday"),
    ("Is it colder than yesterday?", "trend temperature 24h"),
    ("Is it warmer than this time last year?", "cannot"),
    ("How much colder is it than last week?", "cannot"),
    ("How fast is the temperature dropping?", "trend temperature 1h"),
    ("How much has the temperature changed since yesterday?", "trend temperature 24h"),
    ("How much has the pressure changed in the last 6 hours?", "trend sea_level_pressure 6h"),
    ("Is the barometer going up or down?", "trend sea_level_pressure 3h"),
    ("What's the pressure trend?", "trend sea_level_pressure 3h"),
    ("When did it last freeze?", "last Below 0.0 temperature"),
    ("How many frost days this year?", "count frost days this year"),
    ("How many days did it rain this month?", "cannot"),
    ("How often did it rain this week?", "cannot"),
    ("How long has it been raining?", "cannot"),
    ("How long was it below zero last night?", "cannot"),
    ("Was it above 20 degrees for more than 3 hours yesterday?", "cannot"),
    ("How many hours of sunshine yesterday?", "cannot"),
    ("How much rain fell in the last 24 hours?", "rain in the last 24 hours"),
    ("What's the sum of rain this year?", "rain this year"),
    ("How many millimetres of rain fell since Monday?", "rain since Monday"),
    ("Did it rain overnight?", "rain? last night"),
    ("Is it raining?", "now precipitation"),
    ("What was the average wind speed yesterday?", "mean wind_speed yesterday"),
    ("What is the wind direction?", "now wind_direction"),
    ("Where is the wind coming from?", "now wind_direction"),
    ("How strong was the strongest gust today?", "above wind_gust today"),
    ("What's the dew point?", "now dew_point"),
    ("Is there fog?", "cannot"),
    ("How strong is the sun?", "now solar_radiation"),
    ("When does the sun set?", "sun Set 2026-11-22"),
    ("What's the UV index?", "now uv_index"),
    ("What is the soil temperature?", "now soil_temperature"),
    ("How dry is the soil?", "now soil_moisture"),
    ("How is the air quality?", "now pm2_5"),
    ("What is the wind chill?", "FeelsLike"),
    ("What does it feel like outside?", "FeelsLike"),
    ("What is the heat index?", "FeelsLike"),
    ("How high is the WBGT?", "FeelsLike"),
    ("How humid is it in greenhouse 2?", "now greenhouse-2/humidity"),
    ("What is the difference between indoor and outdoor temperature?", "cannot"),
    ("Compare us with Harbour Master", "compare harbour"),
    ("Will it rain tomorrow?", "Forecast"),
    ("Is it going to freeze tonight?", "Forecast"),
    ("Why is it so cold?", "cannot"),
    ("How accurate is your thermometer?", "cannot"),
    ("Is the road icy?", "Lost"),
    ("Should I water the garden?", "Lost"),
    ("How do you measure the wind?", "cannot"),
    ("What does humidity mean?", "cannot"),
];

#[test]
fn each_question_is_answered_by_its_kind_of_answer_or_refused() {
    let context = context();
    let wrong: Vec<String> = QUESTIONS
        .into_iter()
        .map(|(text, kind)| (text, kind, said(text, &context)))
        .filter(|(_, kind, meant)| !meant.starts_with(kind))
        .map(|(text, kind, meant)| format!("{text:?} means {kind:?}, was taken for {meant:?}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
