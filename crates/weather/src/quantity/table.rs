//! The table of quantities. A new quantity is one row here, one migration that adds its column to `observation`, and a line
//! in the browser's table and in the manual: `CONTRIBUTING.md` tells where.
//!
//! The place in memory is the place in this file, so a row may stand where it belongs. The stored number is not: it is
//! the next one that no row has ever had.

use super::row::{Fault, Fold, Row, Speech, UNSAID, Words, ask, back_by, main, name, of};
use crate::units::Unit;
use std::ops::RangeInclusive;

/// What a DS18B20 probe answers right after power-on.
const POWER_ON: Fault = Fault {
    numbers: 85.0..=85.0,
    why: "85 °C is what a DS18B20 probe answers before its first measurement",
    of_sensor: false,
};
/// What a DS18B20 probe reads as that does not answer.
const NOT_THERE_LOW: Fault = of_value(about(-127.0), NOT_THERE);
/// The same of programs that lose the sign.
const NOT_THERE_HIGH: Fault = of_value(about(127.0), NOT_THERE);
const NOT_THERE: &str = "±127 °C is what a DS18B20 probe reads as that is not there";
/// A DHT's sign and magnitude, read as a two's complement.
const SIGN_MISREAD: Fault =
    of_value(-3277.0..=-3273.0, "about −3276 °C is what a driver makes of a DHT22 whose sign it misreads");
/// The highest number of sixteen bits, in tenths.
const DASHES: Fault = of_value(about(3276.7), DAVIS);
/// The same of a console that sends °F.
const DASHES_F: Fault = of_value(about((3276.7 - 32.0) / 1.8), DAVIS);
/// The dashes of a rain rate, in mm/h.
const DASHES_RATE: Fault = of_value(about(13_107.0), DAVIS);
const DAVIS: &str = "it is what a Davis console says in place of dashes";
/// Lightning that was not heard.
const NO_LIGHTNING: Fault = of_value(about(255.0), "255 km is what a sensor says that heard no lightning");

/// A number and what unit conversions leave of it.
const fn about(number: f64) -> RangeInclusive<f64> {
    number - 0.005..=number + 0.005
}

/// Numbers that are no measurements, of a sensor whose other values count.
const fn of_value(numbers: RangeInclusive<f64>, why: &'static str) -> Fault {
    Fault { numbers, why, of_sensor: false }
}

/// What a BME280 with a broken bus reports: with it come 0 or 100 % and 575 hPa.
const BROKEN_BUS_LOW: Fault = Fault { numbers: -147.0..=-143.0, why: BROKEN_BUS, of_sensor: true };
/// The other number that it reports, below 181 °C.
const BROKEN_BUS_HIGH: Fault = Fault { numbers: 180.0..=181.0_f64.next_down(), why: BROKEN_BUS, of_sensor: true };
const BROKEN_BUS: &str = "its temperature is what a BME280 with a broken bus reports";

/// A humidity below any: the formula of an HTU21 or SHT2x, of a raw zero.
const NO_ANSWER_LOW: Fault = Fault { numbers: -6.0..=-5.9, why: NO_ANSWER, of_sensor: true };
/// The same of the highest raw number.
const NO_ANSWER_HIGH: Fault = Fault { numbers: 118.9..=119.0, why: NO_ANSWER, of_sensor: true };
const NO_ANSWER: &str = "its humidity is what an HTU21 reports that does not answer";
/// The highest that an SDS011 can say.
const fn dead_fan(full_scale: f64) -> Fault {
    Fault {
        numbers: full_scale..=full_scale,
        why: "it is the highest number of an SDS011, which it says when its fan is dead",
        of_sensor: false,
    }
}
/// There is no air without CO₂.
const NO_CO2: Fault =
    Fault {
        numbers: 0.0..=0.0, why: "0 ppm is what a CO₂ sensor says before its first measurement", of_sensor: false
    };

/// The names of more than one quantity.
const SOIL: &str = "soil ground";
const WIND: &str = "wind winds windy windspeed breeze breezy blowing calm stormy windiest windier";
const RAIN: &str = "rain rains rained raining rainy rainfall precipitation shower showers drizzle wet";

/// Makes the enum and the table of the same rows.
macro_rules! quantities {
    ($($quantity:ident = $row:expr,)*) => {
        /// An observed property. Its `name` is the same in JSON, SQL, URLs and docs.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "the rows of the table say what each one is, once")]
        pub enum Quantity {
            $($quantity,)*
        }

        /// All of them, in the order of the table.
        pub(super) const ALL: [Quantity; [$(Quantity::$quantity),*].len()] = [$(Quantity::$quantity),*];

        pub(super) const TABLE: [Row; ALL.len()] = [$($row),*];
    };
}

quantities!(
    // Air temperature.
    Temperature = Row {
        number: 0,
        order: 10,
        name: "temperature",
        title: "Temperature",
        icon: "thermometer",
        unit: Unit::Celsius,
        decimals: 1,
        limits: -80.0..=60.0,
        saturates_at: None,
        faults: &[
            POWER_ON,
            NOT_THERE_LOW,
            NOT_THERE_HIGH,
            BROKEN_BUS_LOW,
            BROKEN_BUS_HIGH,
            SIGN_MISREAD,
            DASHES,
            DASHES_F,
        ],
        // Half a degree is twice a good sensor's noise; a cloud before the sun passes within ten minutes.
        hysteresis: back_by(0.5, 10),
        fold: Fold::Mean,
        keeper: Speech {
            called: "temperature",
            names: &[name(
                210,
                Words::Any(
                    "\
                    temperature temperatures temp temps thermometer cold colder coldest warm warmer warmest \
                    hot hotter hottest cool cooler coolest chilly mild frost frosty freeze freezes freezing \
                    froze heat degrees celsius fahrenheit warming cooling"
                )
            )],
            of_unit: true,
            questions: &[ask(10, "how cold is it?"), ask(60, "lowest this week?")],
            ..UNSAID
        },
        // Names without a unit in them are the metric dialect of the HP1001 and its kin.
        uploads: &[
            main("tempf", Unit::Fahrenheit),
            main("outtemp", Unit::Celsius),
            of("indoor", "indoortempf", Unit::Fahrenheit),
            of("indoor", "intemp", Unit::Celsius),
            of("indoor", "tempinf", Unit::Fahrenheit),
            of("temp#", "temp#f", Unit::Fahrenheit),
            of("probe#", "tf_ch#", Unit::Fahrenheit),
            of("co2", "tf_co2", Unit::Fahrenheit),
            of("globe", "bgt", Unit::Fahrenheit),
            of("aqin", "pm_in_temp", Unit::Fahrenheit),
            of("aqin", "pm_in_temp_aqin", Unit::Fahrenheit)
        ],
    },
    // Relative humidity of the air.
    Humidity = Row {
        number: 1,
        order: 20,
        name: "humidity",
        title: "Humidity",
        icon: "droplets",
        unit: Unit::Percent,
        decimals: 0,
        limits: 0.0..=100.0,
        // A capacitive sensor in fog.
        saturates_at: Some(105.0),
        faults: &[NO_ANSWER_LOW, NO_ANSWER_HIGH],
        hysteresis: back_by(3.0, 10),
        fold: Fold::Mean,
        keeper: Speech {
            called: "humidity",
            names: &[name(190, Words::Any("humidity humid moist muggy damp"))],
            of_unit: true,
            questions: &[ask(70, "how humid is it?")],
            ..UNSAID
        },
        uploads: &[
            main("humidity", Unit::Percent),
            main("outhumi", Unit::Percent),
            of("indoor", "indoorhumidity", Unit::Percent),
            of("indoor", "inhumi", Unit::Percent),
            of("indoor", "humidityin", Unit::Percent),
            of("temp#", "humidity#", Unit::Percent),
            of("co2", "humi_co2", Unit::Percent),
            of("aqin", "pm_in_humidity", Unit::Percent),
            of("aqin", "pm_in_humidity_aqin", Unit::Percent)
        ],
    },
    // Dew point of the air.
    DewPoint = Row {
        number: 2,
        order: 30,
        name: "dew_point",
        title: "Dew point",
        icon: "droplets",
        unit: Unit::Celsius,
        decimals: 1,
        limits: -80.0..=35.0,
        saturates_at: None,
        faults: &[POWER_ON, NOT_THERE_LOW, NOT_THERE_HIGH, SIGN_MISREAD, DASHES, DASHES_F],
        hysteresis: back_by(0.5, 10),
        fold: Fold::Mean,
        keeper: Speech { called: "dew point", names: &[name(60, Words::Any("dew dewpoint"))], ..UNSAID },
        uploads: &[main("dewptf", Unit::Fahrenheit), main("dewpoint", Unit::Celsius)],
    },
    // What the barometer feels, not reduced to sea level.
    StationPressure = Row {
        number: 3,
        order: 40,
        name: "station_pressure",
        title: "Station pressure",
        icon: "gauge",
        unit: Unit::Hectopascal,
        decimals: 1,
        limits: 500.0..=1100.0,
        saturates_at: None,
        faults: &[],
        // Pressure moves by tenths; a front's passage takes longer than half an hour.
        hysteresis: back_by(0.5, 30),
        fold: Fold::Mean,
        keeper: Speech { called: "station pressure", ..UNSAID },
        uploads: &[
            main("absbaromin", Unit::InchOfMercury),
            main("absbaro", Unit::Hectopascal),
            main("baromabsin", Unit::InchOfMercury)
        ],
    },
    // Pressure reduced to sea level by the standard atmosphere.
    AltimeterSetting = Row {
        number: 4,
        order: 50,
        name: "altimeter_setting",
        title: "Altimeter setting",
        icon: "gauge",
        unit: Unit::Hectopascal,
        decimals: 1,
        limits: 850.0..=1090.0,
        saturates_at: None,
        faults: &[],
        hysteresis: back_by(0.5, 30),
        fold: Fold::Mean,
        keeper: Speech { called: "altimeter setting", ..UNSAID },
        uploads: &[],
    },
    // Pressure reduced to sea level.
    SeaLevelPressure = Row {
        number: 5,
        order: 60,
        name: "sea_level_pressure",
        title: "Pressure",
        icon: "gauge",
        unit: Unit::Hectopascal,
        decimals: 1,
        limits: 850.0..=1090.0,
        saturates_at: None,
        faults: &[],
        hysteresis: back_by(0.5, 30),
        fold: Fold::Mean,
        keeper: Speech {
            called: "pressure",
            names: &[name(180, Words::Any("pressure barometer barometric"))],
            stand_ins: &[Quantity::AltimeterSetting, Quantity::StationPressure],
            of_unit: true,
            questions: &[ask(30, "pressure falling?")],
            ..UNSAID
        },
        uploads: &[
            main("baromin", Unit::InchOfMercury),
            main("relbaro", Unit::Hectopascal),
            main("baromrelin", Unit::InchOfMercury)
        ],
    },
    // Mean speed of the wind.
    WindSpeed = Row {
        number: 6,
        order: 70,
        name: "wind_speed",
        title: "Wind",
        icon: "wind",
        unit: Unit::MetrePerSecond,
        decimals: 1,
        limits: 0.0..=75.0,
        saturates_at: None,
        faults: &[],
        // Wind comes in gusts, gusts come in bursts.
        hysteresis: back_by(1.0, 10),
        fold: Fold::Mean,
        keeper: Speech {
            called: "wind",
            names: &[name(140, Words::Any(WIND))],
            stand_ins: &[Quantity::WindGust],
            of_unit: true,
            questions: &[ask(50, "is it windy?")],
            ..UNSAID
        },
        uploads: &[main("windspeedmph", Unit::MilePerHour), main("windspeed", Unit::MetrePerSecond)],
    },
    // Highest speed of the wind, over seconds.
    WindGust = Row {
        number: 7,
        order: 80,
        name: "wind_gust",
        title: "Gust",
        icon: "wind",
        unit: Unit::MetrePerSecond,
        decimals: 1,
        limits: 0.0..=150.0,
        saturates_at: None,
        faults: &[],
        hysteresis: back_by(2.0, 30),
        fold: Fold::Mean,
        keeper: Speech {
            called: "gust",
            names: &[name(120, Words::Any("gust gusts gusty gusting squall squalls"))],
            peaks: true,
            questions: &[ask(40, "strongest gust today?")],
            ..UNSAID
        },
        uploads: &[main("windgustmph", Unit::MilePerHour), main("windgust", Unit::MetrePerSecond)],
    },
    // Where the wind blows from.
    WindDirection = Row {
        number: 8,
        order: 90,
        name: "wind_direction",
        title: "Wind direction",
        icon: "wind",
        unit: Unit::Degree,
        decimals: 0,
        limits: 0.0..=360.0,
        saturates_at: None,
        faults: &[],
        // There are no alerts of what goes round in a circle.
        hysteresis: back_by(0.0, 0),
        fold: Fold::Direction,
        keeper: Speech {
            called: "wind direction",
            names: &[name(130, Words::Each(&[WIND, "direction from coming"], "since to"))],
            ..UNSAID
        },
        uploads: &[main("winddir", Unit::Degree)],
    },
    // Rain that has fallen since local midnight. Stations send what their daily counters say; `rain.rs` makes this of it.
    Precipitation = Row {
        number: 9,
        order: 100,
        name: "precipitation",
        title: "Rain today",
        icon: "cloud-rain",
        unit: Unit::Millimetre,
        decimals: 1,
        // The day record is 1,825 mm (Foc-Foc, 1966).
        limits: 0.0..=2_000.0,
        saturates_at: None,
        faults: &[],
        // A counter does not hover: it goes up until midnight.
        hysteresis: back_by(0.0, 0),
        fold: Fold::Fallen,
        keeper: Speech {
            called: "rain since midnight",
            names: &[name(170, Words::Any(RAIN))],
            stand_ins: &[Quantity::PrecipitationRate],
            of_unit: true,
            questions: &[ask(20, "rain since Monday?")],
            ..UNSAID
        },
        uploads: &[
            main("dailyrainin", Unit::Inch),
            main("dailyrain", Unit::Millimetre),
            main("drain_piezo", Unit::Inch)
        ],
    },
    // How hard it rains.
    PrecipitationRate = Row {
        number: 10,
        order: 110,
        name: "precipitation_rate",
        title: "Rain rate",
        icon: "cloud-rain",
        unit: Unit::MillimetrePerHour,
        decimals: 1,
        limits: 0.0..=500.0,
        saturates_at: None,
        faults: &[DASHES, DASHES_RATE],
        hysteresis: back_by(0.2, 30),
        fold: Fold::Mean,
        keeper: Speech {
            called: "rain rate",
            names: &[
                name(150, Words::Any("rainrate")),
                name(160, Words::Each(&[RAIN, "rate hard heavy heavily intensity"], ""))
            ],
            of_unit: true,
            peaks: true,
            ..UNSAID
        },
        uploads: &[
            main("rainrate", Unit::MillimetrePerHour),
            main("rainratein", Unit::InchPerHour),
            main("rrain_piezo", Unit::InchPerHour)
        ],
    },
    // The rain of the past 60 minutes. It is no rate: it stays for an hour after the rain.
    PrecipitationHour = Row {
        number: 19,
        order: 105,
        name: "precipitation_1h",
        title: "Rain in an hour",
        icon: "cloud-rain",
        unit: Unit::Millimetre,
        decimals: 1,
        // The record of an hour is 305 mm (Holt, 1947).
        limits: 0.0..=500.0,
        saturates_at: None,
        faults: &[],
        hysteresis: back_by(0.0, 30),
        fold: Fold::Mean,
        keeper: Speech {
            called: "rain in the past hour",
            names: &[name(155, Words::Each(&[RAIN, "hourly"], ""))],
            peaks: true,
            ..UNSAID
        },
        uploads: &[main("rainin", Unit::Inch), main("hourlyrainin", Unit::Inch), main("hrain_piezo", Unit::Inch)],
    },
    // What the daily counter said, as it came. Nobody sends it by this name, and no page shows it: `precipitation` is made
    // of it.
    PrecipitationCounted = Row {
        number: 21,
        order: 106,
        name: "precipitation_counted",
        title: "Daily rain counter",
        icon: "cloud-rain",
        unit: Unit::Millimetre,
        decimals: 1,
        limits: 0.0..=2_000.0,
        saturates_at: None,
        faults: &[],
        hysteresis: back_by(0.0, 0),
        fold: Fold::Mean,
        keeper: Speech { called: "daily rain counter", ..UNSAID },
        uploads: &[],
    },
    // What a tipping bucket has counted for ever, or since somebody reset it. The rain of a day is the difference.
    PrecipitationTotal = Row {
        number: 20,
        order: 107,
        name: "precipitation_total",
        title: "Rain counter",
        icon: "cloud-rain",
        unit: Unit::Millimetre,
        decimals: 1,
        // 12 m a year fall in the wettest places; a gauge stands for some decades.
        limits: 0.0..=500_000.0,
        saturates_at: None,
        faults: &[],
        // A counter does not hover.
        hysteresis: back_by(0.0, 0),
        fold: Fold::Mean,
        keeper: Speech { called: "rain counter", ..UNSAID },
        // A counter that starts again once a year is nearly one.
        uploads: &[
            main("totalrainin", Unit::Inch),
            main("yearlyrainin", Unit::Inch),
            main("yearlyrain", Unit::Millimetre),
            main("yrain_piezo", Unit::Inch)
        ],
    },
    // Global radiation on a level surface.
    SolarRadiation = Row {
        number: 11,
        order: 120,
        name: "solar_radiation",
        title: "Solar radiation",
        icon: "sun",
        unit: Unit::WattPerSquareMetre,
        decimals: 0,
        limits: -5.0..=1_600.0,
        saturates_at: None,
        faults: &[],
        hysteresis: back_by(50.0, 10),
        fold: Fold::Mean,
        keeper: Speech {
            called: "solar radiation",
            names: &[name(200, Words::Any("solar radiation sun sunny sunshine bright sunniest"))],
            of_unit: true,
            questions: &[ask(80, "how much sun?")],
            ..UNSAID
        },
        uploads: &[main("solarradiation", Unit::WattPerSquareMetre)],
    },
    // Ultraviolet index.
    UvIndex = Row {
        number: 12,
        order: 130,
        name: "uv_index",
        title: "UV index",
        icon: "sun",
        unit: Unit::One,
        decimals: 1,
        limits: 0.0..=20.0,
        saturates_at: None,
        faults: &[],
        hysteresis: back_by(0.5, 10),
        fold: Fold::Mean,
        keeper: Speech {
            called: "UV index",
            names: &[name(70, Words::Any("uv ultraviolet sunburn"))],
            peaks: true,
            questions: &[ask(90, "highest UV today?")],
            ..UNSAID
        },
        uploads: &[main("uv", Unit::One)],
    },
    // Temperature of the soil.
    SoilTemperature = Row {
        number: 13,
        order: 140,
        name: "soil_temperature",
        title: "Soil temperature",
        icon: "thermometer",
        unit: Unit::Celsius,
        decimals: 1,
        limits: -50.0..=80.0,
        saturates_at: None,
        faults: &[POWER_ON, NOT_THERE_LOW, NOT_THERE_HIGH, SIGN_MISREAD, DASHES, DASHES_F],
        hysteresis: back_by(0.5, 10),
        fold: Fold::Mean,
        keeper: Speech {
            called: "soil temperature",
            names: &[name(20, Words::Each(&[SOIL], ""))],
            questions: &[ask(100, "soil temperature?")],
            ..UNSAID
        },
        uploads: &[
            main("soiltempf", Unit::Fahrenheit),
            of("soil#", "soiltemp#f", Unit::Fahrenheit),
            of("soil#", "soiltemp#", Unit::Fahrenheit),
            of("ground#", "soil_ec_temp#", Unit::Fahrenheit)
        ],
    },
    // Moisture of the soil, as probes say it.
    SoilMoisture = Row {
        number: 14,
        order: 150,
        name: "soil_moisture",
        title: "Soil moisture",
        icon: "sprout",
        unit: Unit::Percent,
        decimals: 1,
        limits: 0.0..=100.0,
        saturates_at: None,
        faults: &[],
        hysteresis: back_by(3.0, 10),
        fold: Fold::Mean,
        keeper: Speech {
            called: "soil moisture",
            names: &[name(10, Words::Each(&[SOIL, "moisture wet dry moist humidity water"], ""))],
            ..UNSAID
        },
        uploads: &[
            main("soilmoisture", Unit::Percent),
            of("soil#", "soilmoisture#", Unit::Percent),
            of("soil#", "soilhum#", Unit::Percent),
            of("ground#", "soil_ec_hum#", Unit::Percent)
        ],
    },
    // Particles up to 2.5 µm.
    Pm2_5 = Row {
        number: 15,
        order: 160,
        name: "pm2_5",
        title: "PM2.5",
        icon: "haze",
        unit: Unit::MicrogramPerCubicMetre,
        decimals: 1,
        limits: 0.0..=2_000.0,
        saturates_at: None,
        faults: &[dead_fan(999.9)],
        hysteresis: back_by(2.0, 30),
        fold: Fold::Mean,
        keeper: Speech {
            called: "PM2.5",
            names: &[
                name(30, Words::Phrase("air quality")),
                name(40, Words::Numbered("pm", 2.5)),
                name(80, Words::Any("pm2.5 pm25 particulate particulates dust smoke particles"))
            ],
            stand_ins: &[Quantity::Pm10],
            of_unit: true,
            questions: &[ask(110, "air quality?")],
            ..UNSAID
        },
        uploads: &[
            main("aqpm2.5", Unit::MicrogramPerCubicMetre),
            main("pm25", Unit::MicrogramPerCubicMetre),
            of("indoor", "pm25_in", Unit::MicrogramPerCubicMetre),
            of("pm#", "pm25_ch#", Unit::MicrogramPerCubicMetre),
            of("co2", "pm25_co2", Unit::MicrogramPerCubicMetre),
            of("aqin", "pm25_in_aqin", Unit::MicrogramPerCubicMetre)
        ],
    },
    // Particles up to 10 µm.
    Pm10 = Row {
        number: 16,
        order: 170,
        name: "pm10",
        title: "PM10",
        icon: "haze",
        unit: Unit::MicrogramPerCubicMetre,
        decimals: 1,
        limits: 0.0..=5_000.0,
        saturates_at: None,
        faults: &[dead_fan(1999.9)],
        hysteresis: back_by(2.0, 30),
        fold: Fold::Mean,
        keeper: Speech {
            called: "PM10",
            names: &[name(50, Words::Numbered("pm", 10.0)), name(90, Words::Any("pm10"))],
            ..UNSAID
        },
        uploads: &[
            main("aqpm10", Unit::MicrogramPerCubicMetre),
            of("indoor", "pm10_in", Unit::MicrogramPerCubicMetre),
            of("co2", "pm10_co2", Unit::MicrogramPerCubicMetre),
            of("aqin", "pm10_in_aqin", Unit::MicrogramPerCubicMetre)
        ],
    },
    // Carbon dioxide.
    Co2 = Row {
        number: 17,
        order: 180,
        name: "co2",
        title: "CO₂",
        icon: "leaf",
        unit: Unit::PartPerMillion,
        decimals: 0,
        limits: 0.0..=40_000.0,
        saturates_at: None,
        faults: &[NO_CO2],
        hysteresis: back_by(50.0, 10),
        fold: Fold::Mean,
        keeper: Speech {
            called: "CO₂",
            names: &[name(100, Words::Any("co2 carbon"))],
            of_unit: true,
            questions: &[ask(120, "CO2 now?")],
            ..UNSAID
        },
        uploads: &[
            of("co2", "co2", Unit::PartPerMillion),
            of("indoor", "co2in", Unit::PartPerMillion),
            of("indoor", "co2_in", Unit::PartPerMillion),
            of("aqin", "co2_in_aqin", Unit::PartPerMillion)
        ],
    },
    // Voltage of the station's battery.
    BatteryVoltage = Row {
        number: 18,
        order: 190,
        name: "battery_voltage",
        title: "Battery",
        icon: "battery-medium",
        unit: Unit::Volt,
        decimals: 2,
        limits: 0.0..=60.0,
        saturates_at: None,
        faults: &[],
        hysteresis: back_by(0.1, 30),
        fold: Fold::Mean,
        keeper: Speech {
            called: "battery",
            names: &[name(110, Words::Any("battery voltage volts"))],
            stand_ins: &[Quantity::BatteryLevel, Quantity::BatteryLow],
            of_unit: true,
            questions: &[ask(130, "battery?")],
            ..UNSAID
        },
        uploads: &[
            // Outdoor arrays. The numbers are models of Ecowitt's.
            main("wh68batt", Unit::Volt),
            main("wh80batt", Unit::Volt),
            main("wh85batt", Unit::Volt),
            main("wh90batt", Unit::Volt),
            // A rain gauge of its own.
            of("wh40", "wh40batt", Unit::Volt),
            of("indoor", "console_batt", Unit::Volt),
            of("soil#", "soilbatt#", Unit::Volt),
            of("probe#", "tf_batt#", Unit::Volt),
            of("leaf#", "leaf_batt#", Unit::Volt),
            of("globe", "bgtbatt", Unit::Volt)
        ],
    },
    // How wet the leaves are, as an artificial leaf says it.
    LeafWetness = Row {
        number: 25,
        order: 155,
        name: "leaf_wetness",
        title: "Leaf wetness",
        icon: "leaf",
        unit: Unit::Percent,
        decimals: 0,
        limits: 0.0..=100.0,
        saturates_at: None,
        faults: &[],
        hysteresis: back_by(5.0, 10),
        fold: Fold::Mean,
        keeper: Speech { called: "leaf wetness", names: &[name(5, Words::Any("leaf leaves foliage"))], ..UNSAID },
        uploads: &[
            main("leafwetness", Unit::Percent),
            of("leaf#", "leafwetness#", Unit::Percent),
            of("leaf#", "leafwetness_ch#", Unit::Percent)
        ],
    },
    // Strokes of lightning since midnight, as the detector counts them.
    LightningCount = Row {
        number: 22,
        order: 132,
        name: "lightning_count",
        title: "Lightning today",
        icon: "zap",
        unit: Unit::One,
        decimals: 0,
        limits: 0.0..=100_000.0,
        saturates_at: None,
        faults: &[],
        // A counter does not hover.
        hysteresis: back_by(0.0, 0),
        fold: Fold::Mean,
        keeper: Speech {
            called: "number of lightning strokes since midnight",
            names: &[name(35, Words::Any("lightning lightnings thunder thunderstorm thunderstorms"))],
            ..UNSAID
        },
        uploads: &[of("lightning", "lightning_num", Unit::One), of("lightning", "lightning_day", Unit::One)],
    },
    // How far away the last stroke of lightning was.
    LightningDistance = Row {
        number: 23,
        order: 134,
        name: "lightning_distance",
        title: "Last lightning",
        icon: "zap",
        unit: Unit::Kilometre,
        decimals: 0,
        limits: 0.0..=100.0,
        saturates_at: None,
        faults: &[NO_LIGHTNING],
        hysteresis: back_by(2.0, 30),
        fold: Fold::Mean,
        keeper: Speech {
            called: "distance of the last lightning",
            names: &[name(
                25,
                Words::Each(&["lightning thunder thunderstorm", "far away near close distance distant"], "")
            )],
            of_unit: true,
            ..UNSAID
        },
        uploads: &[
            of("lightning", "lightning", Unit::Kilometre),
            of("lightning", "lightning_distance", Unit::Kilometre)
        ],
    },
    // How full a sensor's battery is.
    BatteryLevel = Row {
        number: 24,
        order: 195,
        name: "battery_level",
        title: "Battery level",
        icon: "battery-medium",
        unit: Unit::Percent,
        decimals: 0,
        limits: 0.0..=100.0,
        saturates_at: None,
        faults: &[],
        hysteresis: back_by(5.0, 30),
        fold: Fold::Mean,
        keeper: Speech {
            called: "battery level",
            names: &[name(105, Words::Each(&["battery batteries", "level percent full charge charged"], ""))],
            ..UNSAID
        },
        uploads: &[
            of("lightning", "wh57batt", Unit::Fifth),
            of("pm#", "pm25batt#", Unit::Fifth),
            of("leak#", "leakbatt#", Unit::Fifth),
            of("co2", "co2_batt", Unit::Fifth)
        ],
    },
    // A sensor's battery, where all that is known is whether it is low.
    BatteryLow = Row {
        number: 26,
        order: 197,
        name: "battery_low",
        title: "Battery state",
        icon: "battery-medium",
        unit: Unit::One,
        decimals: 0,
        limits: 0.0..=1.0,
        saturates_at: None,
        faults: &[],
        // It says so for weeks, and comes back once on a warm noon.
        hysteresis: back_by(0.5, 24 * 60),
        fold: Fold::Mean,
        keeper: Speech {
            called: "battery",
            names: &[name(
                104,
                Words::Each(&["battery batteries", "low empty flat weak dead ok okay"], "level voltage")
            )],
            ..UNSAID
        },
        uploads: &[
            // Outdoor arrays. 1 is low, but good in Ambient's names. Its `batt1` is turned where its dialect is known.
            main("wh65batt", Unit::One),
            main("wh24batt", Unit::One),
            main("wh26batt", Unit::One),
            main("lowbatt", Unit::One),
            main("battery", Unit::One),
            main("battout", Unit::Good),
            of("indoor", "wh25batt", Unit::One),
            of("indoor", "battin", Unit::Good),
            of("wh40", "battrain", Unit::Good),
            of("temp#", "batt#", Unit::One),
            of("temp#", "lowbatt#", Unit::One),
            of("pm25", "batt_25", Unit::Good),
            of("pm25-indoor", "batt_25in", Unit::Good),
            of("aqin", "batt_co2", Unit::Good),
            of("lightning", "batt_lightning", Unit::Good),
            of("soil#", "battsm#", Unit::Good),
            of("leak#", "batleak#", Unit::Good)
        ],
    },
    // Whether a sensor on the floor lies in water.
    Leak = Row {
        number: 27,
        order: 158,
        name: "leak",
        title: "Leak",
        icon: "droplet",
        unit: Unit::One,
        decimals: 0,
        limits: 0.0..=1.0,
        saturates_at: None,
        faults: &[],
        hysteresis: back_by(0.5, 10),
        fold: Fold::Mean,
        keeper: Speech { called: "leak sensor", names: &[name(4, Words::Any("leak leaks leaking leakage"))], ..UNSAID },
        uploads: &[of("leak#", "leak_ch#", Unit::One), of("leak#", "leak#", Unit::One)],
    },
    // How well the soil conducts: a measure of its salts.
    SoilConductivity = Row {
        number: 28,
        order: 152,
        name: "soil_conductivity",
        title: "Soil conductivity",
        icon: "sprout",
        unit: Unit::MicrosiemensPerCentimetre,
        decimals: 0,
        // Ecowitt's WH52 reads to 10 mS/cm, others to 23.
        limits: 0.0..=25_000.0,
        saturates_at: None,
        faults: &[],
        hysteresis: back_by(20.0, 30),
        fold: Fold::Mean,
        keeper: Speech {
            called: "soil conductivity",
            names: &[name(6, Words::Any("conductivity salinity"))],
            of_unit: true,
            ..UNSAID
        },
        uploads: &[of("ground#", "soil_ec_ec#", Unit::MicrosiemensPerCentimetre)],
    },
);
