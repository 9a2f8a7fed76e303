//! What files of other programs say.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use stevenson::ingest::files::{Asked, Batch, Error, Format, Mapping, Opened, Rains, Refused, Units};
use weather::quantity::Quantity;
use weather::report::Report;
use weather::station::SensorName;
use weather::time::Timestamp;
use weather::zone::Zone;

/// 2026-11-30 12:00 UTC.
const NOW: Timestamp = Timestamp(1_796_040_000_000);

fn berlin() -> Asked {
    Asked::new(Zone::inside("Europe/Berlin").expect("a zone"), NOW)
}

/// A file of the test's own.
struct Folder(PathBuf, #[expect(dead_code, reason = "it removes the folder")] tempfile::TempDir);

impl Folder {
    fn with(bytes: &[u8]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file");
        File::create(&path).and_then(|mut file| file.write_all(bytes)).expect("a file");
        Self(path, folder)
    }
}

fn read(bytes: &[u8], asked: &Asked) -> (Format, Batch) {
    let file = Folder::with(bytes);
    let mut opened = Opened::open(&file.0, asked).unwrap_or_else(|error| panic!("{error}"));
    let mut batch = Batch::default();
    while opened.read(&mut batch, usize::MAX).expect("readable") {}
    (opened.format(), batch)
}

/// Times and values of all reports: `2026-11-22T14:00:00.000Z temperature=21.5`.
fn lines(batch: &Batch) -> Vec<String> {
    let one = |report: &Report| {
        let mut line = report.observed_at().rfc3339();
        for (sensor, values) in report.sensors() {
            values.iter().for_each(|(quantity, value)| line += &format!(" {}={value}", sensor.key(quantity)));
        }
        line
    };
    batch.reports.iter().map(one).collect()
}

fn refusals(batch: &Batch) -> Vec<String> {
    batch.refused.iter().map(|Refused { line, warning }| format!("{line}: {warning}")).collect()
}

#[test]
fn csv_is_read_by_its_header() {
    let text = "time,Temp (°F),indoor/humidity (%),mood\n\
        2026-11-22T14:00:00Z,50,40,fine\n\n\
        1999-12-31T23:00:00Z,NA,41,\n";
    let (format, batch) = read(text.as_bytes(), &berlin());
    assert_eq!(format, Format::Csv);
    let expected =
        ["2026-11-22T14:00:00.000Z temperature=10 indoor/humidity=40", "1999-12-31T23:00:00.000Z indoor/humidity=41"];
    assert_eq!(lines(&batch), expected, "decades ago, and all the same");
    assert!(batch.reports.iter().all(|report| report.is_backfill() && report.is_history()));
    assert_eq!((batch.refusals, batch.lines), (0, 2), "{:?}", refusals(&batch));
}

#[test]
fn semicolons_decimal_commas_latin_letters_and_two_columns_of_time_are_read() {
    let mut text = b"Datum;Zeit;Temp (\xb0C);Wind Speed (km/h)\r\n".to_vec();
    text.extend_from_slice(b"22.11.2026;15:00;-3,5;36,0\r\n22.11.2026;15:05;-3,4;7,2\r\n");
    let (_, batch) = read(&text, &berlin());
    let expected = [
        "2026-11-22T14:00:00.000Z temperature=-3.5 wind_speed=10",
        "2026-11-22T14:05:00.000Z temperature=-3.4 wind_speed=2",
    ];
    assert_eq!(lines(&batch), expected);
    let tabs = "\u{feff}time\ttemperature\n2026-11-22 15:00\t1,5\n";
    assert_eq!(lines(&read(tabs.as_bytes(), &berlin()).1), ["2026-11-22T14:00:00.000Z temperature=1.5"]);
}

#[test]
fn a_line_that_is_wrong_is_named_and_the_others_are_read() {
    let text = "time,temperature,humidity\n2026-11-22T14:00:00Z,warm,40\nyesterday,1,2\n\
        2026-11-22T14:02:00Z,99,41\n2031-01-01T00:00:00Z,1,2\n2026-11-22T14:03:00Z,5\n";
    let (_, batch) = read(text.as_bytes(), &berlin());
    assert_eq!(lines(&batch).len(), 3);
    let expected = [
        "2: temperature = \"warm\": not a number",
        "3: time = \"yesterday\": not a time that is known here: say how it is written with --time-format, such as \"%d/%m/%Y %H:%M\"",
        "4: temperature = \"99\": outside -80 to 60 °C",
        "5: observed_at = \"2031-01-01T00:00:00.000Z\": lies before the year 1700, or in the future",
    ];
    assert_eq!(refusals(&batch), expected);
}

#[test]
fn flags_map_columns_and_choose_lines() {
    let asked = Asked {
        columns: ["T=indoor/temperature:F", "R=rain_amount:in", "x=ignore"]
            .map(|text| Mapping::read(text).expect(text))
            .to_vec(),
        only: vec![("who".to_owned(), "b".to_owned())],
        time_columns: vec!["at".to_owned()],
        time_format: Some("%d/%m/%Y %H:%M".to_owned()),
        ..berlin()
    };
    let text = "who,at,time,T,R,x\na,01/02/2020 10:00,x,50,0.1,1\nb,01/02/2020 10:00,x,50,0.1,1\nb,01/02/2020 11:00,x,59,0.2,1\n";
    let (_, batch) = read(text.as_bytes(), &asked);
    assert_eq!(
        lines(&batch),
        [
            "2020-02-01T09:00:00.000Z precipitation=2.54 indoor/temperature=10",
            "2020-02-01T10:00:00.000Z precipitation=7.62 indoor/temperature=15"
        ]
    );
    assert_eq!(batch.left_out, 1);
    let unknown = Asked { columns: vec![Mapping::read("Tmp=temperature").expect("fine")], ..berlin() };
    let file = Folder::with(text.as_bytes());
    let error = Opened::open(&file.0, &unknown).err().expect("no such column");
    assert!(error.to_string().contains("\"Tmp\"") && error.to_string().contains("who, at"), "{error}");
}

#[test]
fn date_and_time_of_day_may_have_columns_of_their_own_under_any_name() {
    let text = "Datum;Uhrzeit;temperature\n22.11.2026;15:00;1,5\n22.11.2026;15:05;1,6\n";
    let expected = ["2026-11-22T14:00:00.000Z temperature=1.5", "2026-11-22T14:05:00.000Z temperature=1.6"];
    assert_eq!(lines(&read(text.as_bytes(), &berlin()).1), expected);
    let two = |date: &str, time: &str| vec![date.to_owned(), time.to_owned()];
    let odd = text.replace("Datum;Uhrzeit", "A;B");
    assert_eq!(lines(&read(odd.as_bytes(), &Asked { time_columns: two("A", "B"), ..berlin() }).1), expected);
    let swapped = "clock,day,time,temperature\n3:00 PM,11/22/2026,1,1.5\n";
    let time_format = Some("%m/%d/%Y %I:%M %p".to_owned());
    let asked = Asked { time_columns: two("day", "clock"), time_format, ..berlin() };
    assert_eq!(lines(&read(swapped.as_bytes(), &asked).1), expected[..1]);
    for columns in [two("A", "A"), [two("A", "B"), vec!["A".to_owned()]].concat()] {
        let file = Folder::with(odd.as_bytes());
        let error = Opened::open(&file.0, &Asked { time_columns: columns, ..berlin() }).err();
        assert!(matches!(error, Some(Error::TimeColumns)), "{error:?}");
    }
}

#[test]
fn a_clock_that_was_not_set_is_no_time_of_weather() {
    let text = "time,temperature\n1,1\n-1,2\n1970-01-01T00:20:00Z,3\n1795356000,4\n";
    let (_, batch) = read(text.as_bytes(), &berlin());
    assert_eq!(lines(&batch), ["2026-11-22T14:00:00.000Z temperature=4"]);
    let refusals = refusals(&batch);
    assert!(refusals[0].starts_with("2: time = \"1\": no Unix time of weather"), "{refusals:?}");
    assert!(refusals[1].starts_with("3: time = \"-1\": no Unix time of weather"), "{refusals:?}");
    assert!(refusals[2].starts_with("4: observed_at = \"1970-01-01T00:20:00.000Z\": the first day"), "{refusals:?}");
    let json = "{\"observed_at\":1,\"temperature\":21.5}\n{\"observed_at\":1795356000,\"temperature\":1}\n";
    assert_eq!(lines(&read(json.as_bytes(), &berlin()).1), ["2026-11-22T14:00:00.000Z temperature=1"]);
}

/// A pipe with a start and then the same text again and again, 64 MiB of it; its writer says how many bytes were taken.
fn endless(start: &'static [u8], text: &'static [u8]) -> (PathBuf, tempfile::TempDir, std::thread::JoinHandle<usize>) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&path).status().expect("mkfifo").success());
    let to = path.clone();
    let writing = std::thread::spawn(move || {
        let mut file = File::options().write(true).open(to).expect("a pipe");
        let mut written = 0;
        if file.write_all(start).is_ok() {
            while written < 64 << 20 && file.write_all(text).is_ok() {
                written += text.len();
            }
        }
        written
    });
    (path, folder, writing)
}

#[test]
fn a_record_without_end_is_named_and_not_taken_into_memory() {
    for (start, text, line) in [
        (&b"time,temperature\n2019-11-22T14:00:00Z,1\n"[..], &b"1,2,3,4,5,6,7,8,9"[..], "line 3 "),
        (b"time,temperature\n2019-11-22T14:00:00Z,1\n2019-11-22T14:01:00Z,\"", b"1\n2\n3\n4\n", "line 3 "),
        (b"time,", b"temperature,humidity,", "line 1 "),
        (b"{\"observed_at\":1795356000,\"temperature\":1}\n", b"{\"observed_at\":", "line 2 "),
        (b"weather temperature=21.5 1574431200\nweather note=\"", b"1\n2\n3\n4\n", "line 2 "),
    ] {
        let (path, _folder, writing) = endless(start, text);
        let mut batch = Batch::default();
        let error = match Opened::open(&path, &berlin()) {
            Ok(mut opened) => opened.read(&mut batch, usize::MAX).err(),
            Err(error) => Some(error),
        };
        let said = error.expect("an end").to_string();
        assert!(said.contains(line) && said.contains("longer than 1024 KiB"), "{said}");
        assert_eq!(batch.reports.len(), usize::from(line != "line 1 "), "what came before it is read");
        let read = writing.join().expect("it ends");
        assert!(read < 3 << 20, "{read} bytes were read");
    }
}

#[test]
fn what_cannot_be_read_says_why() {
    for (text, why) in [
        (&b""[..], "empty"),
        (b"\xff\xfet\0", "UTF-16"),
        (b"[{\"temperature\": 1}]", "one object a line"),
        (b"time,mood\n1,2\n", "no column is known here"),
        (b"temperature\n1\n", "no column is the time"),
    ] {
        let file = Folder::with(text);
        let error = Opened::open(&file.0, &berlin()).err().expect(why);
        assert!(error.to_string().contains(why), "{error}");
    }
}

/// A line of a log before version 4, and one of version 4.
const OLD_LOG: &str = "01/06/21;00:10;12,3;81;9,1;10,8;18,0;231;0,0;0,2;1012,4;1023,6;21,4;45;14,4;12,3;12,3;0,0;0;0,00;12,30;11,2;0;0,0;235;0,0;0,2;12,3;13,0\n";
const NEW_LOG: &str = "01/06/24 00:10,1717193400,54.1,81,48.4,6.7,11.2,231,0.00,0.01,29.90,40.3,70.5,45,8.9,54.1,54.1,0.0,0,0.000,12.30,52.2,0,0.0,235,0.00,0.01,54.1,55.4\n";

#[test]
fn both_logs_of_cumulus_are_read_in_the_units_that_the_caller_says() {
    let (format, batch) = read(OLD_LOG.as_bytes(), &berlin());
    assert_eq!(format, Format::Cumulus);
    assert_eq!(
        lines(&batch),
        ["2021-05-31T22:10:00.000Z temperature=12.3 humidity=81 dew_point=9.1 sea_level_pressure=1012.4 wind_speed=3 \
            wind_gust=5 wind_direction=231 precipitation=0.2 precipitation_rate=0 solar_radiation=0 uv_index=0 \
            indoor/temperature=21.4 indoor/humidity=45"]
    );
    let mut cumulus = Units::default();
    for text in ["temperature=F", "pressure=inHg", "wind=mph", "rain=in"] {
        cumulus.set(text).expect(text);
    }
    let leaves_out = ["17=ignore", "18=ignore"].map(|text| Mapping::read(text).expect(text)).to_vec();
    let (format, batch) = read(NEW_LOG.as_bytes(), &Asked { cumulus, columns: leaves_out, ..berlin() });
    assert_eq!(format, Format::Cumulus);
    let line = &lines(&batch)[0];
    assert!(line.starts_with("2024-05-31T22:10:00.000Z temperature=12.277777778 humidity=81"), "{line}");
    assert!(line.contains(" precipitation=0.254 ") && line.contains("sea_level_pressure=1012.5"), "{line}");
    assert!(!line.contains("uv_index"), "{line}");
    let short: String = OLD_LOG.split(';').take(14).collect::<Vec<_>>().join(";");
    assert!(
        lines(&read(short.as_bytes(), &berlin()).1)[0].contains("precipitation=0.2"),
        "an early log has the counter"
    );
}

/// An archive as WeeWX makes it, with these records.
fn archive(records: &[(i64, i64, f64, f64, f64)]) -> Folder {
    let file = Folder::with(b"");
    let db = rusqlite::Connection::open(&file.0).expect("a database");
    db.execute_batch(
        "CREATE TABLE archive (dateTime INTEGER NOT NULL UNIQUE PRIMARY KEY, usUnits INTEGER NOT NULL, \
        interval INTEGER NOT NULL, barometer REAL, inTemp REAL, outTemp REAL, rain REAL, soilMoist1 REAL, UV REAL, \
        windSpeed REAL, windchill REAL)",
    )
    .expect("SQL");
    for (at, units, temperature, rain, wind) in records {
        let sql = "INSERT INTO archive (dateTime, usUnits, interval, outTemp, rain, windSpeed, UV) VALUES (?, ?, 5, ?, ?, ?, 1.5)";
        db.execute(sql, (at, units, temperature, rain, wind)).expect("SQL");
    }
    file
}

#[test]
fn an_archive_of_weewx_is_read_in_each_of_its_units() {
    // 2024-06-02 23:55, 00:00 and 00:05 in Berlin.
    let midnight = 1_717_365_600;
    let file = archive(&[
        (midnight - 300, 1, 50.0, 0.1, 10.0),
        (midnight, 16, 10.0, 0.3, 36.0),
        (midnight + 300, 17, 10.0, 2.0, 10.0),
    ]);
    let mut opened = Opened::open(&file.0, &berlin()).expect("an archive");
    let mut batch = Batch::default();
    while opened.read(&mut batch, usize::MAX).expect("readable") {}
    assert_eq!(opened.format(), Format::WeeWx);
    assert_eq!(
        lines(&batch),
        [
            "2024-06-02T21:55:00.000Z temperature=10 wind_speed=4.4704 precipitation=2.54 uv_index=1.5",
            "2024-06-02T21:59:59.999Z precipitation=5.54",
            "2024-06-02T22:00:00.000Z temperature=10 wind_speed=10 precipitation=0 uv_index=1.5",
            "2024-06-02T22:05:00.000Z temperature=10 wind_speed=10 precipitation=2 uv_index=1.5",
        ],
        "what fell until midnight is yesterday's"
    );
    let moisture = opened.understood().columns.iter().find(|column| column.name == "soilMoist1").expect("listed");
    assert!(moisture.means.is_err(), "centibars");
    assert!(opened.understood().columns.iter().all(|column| column.name != "windchill"), "it follows from others");
    let other = Folder::with(b"");
    rusqlite::Connection::open(&other.0).expect("a database").execute_batch("CREATE TABLE x (y)").expect("SQL");
    assert!(matches!(Opened::open(&other.0, &berlin()), Err(Error::NoArchive)));
}

#[test]
fn lines_are_read_as_they_are_posted() {
    let json =
        "{\"observed_at\":\"2019-11-22T14:00:00Z\",\"temperature\":21.5,\"mood\":1}\n{\"temperature\":1}\nnonsense\n";
    let (format, batch) = read(json.as_bytes(), &berlin());
    assert_eq!((format, lines(&batch)), (Format::Json, vec!["2019-11-22T14:00:00.000Z temperature=21.5".to_owned()]));
    assert_eq!(batch.unread.keys().collect::<Vec<_>>(), ["mood"]);
    assert!(
        refusals(&batch)[0].starts_with("2: observed_at") && refusals(&batch)[1].starts_with("3: line"),
        "{:?}",
        refusals(&batch)
    );
    let influx = "# a comment\nweather,sensor=indoor temperature=21.5,note=\"two\nlines\" 1574431200\nweather humidity=200i 1574431260\n";
    let (format, batch) = read(influx.as_bytes(), &berlin());
    assert_eq!(
        (format, lines(&batch)),
        (Format::Line, vec!["2019-11-22T14:00:00.000Z indoor/temperature=21.5".to_owned()]),
        "seconds, by the first time"
    );
    assert_eq!(refusals(&batch), ["4: humidity = \"200\": outside 0 to 100 %"]);
}

#[test]
fn a_file_may_be_compressed() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(b"time,temperature\n2019-11-22T14:00:00Z,21.5\n").expect("memory");
    let (_, batch) = read(&gzip.finish().expect("memory"), &berlin());
    assert_eq!(lines(&batch), ["2019-11-22T14:00:00.000Z temperature=21.5"]);
}

#[test]
fn a_barometers_pressure_is_reduced_where_the_file_says_none_at_sea_level() {
    let asked = Asked { elevation_m: Some(214.0), ..berlin() };
    let text = "time,temperature,station_pressure\n2020-02-01 10:00,10,990\n";
    let line = &lines(&read(text.as_bytes(), &asked).1)[0];
    assert!(line.contains(" station_pressure=990") && line.contains(" sea_level_pressure=1015."), "{line}");
    let text = "time,temperature,station_pressure,sea_level_pressure\n2020-02-01 10:00,10,990,\n";
    let line = &lines(&read(text.as_bytes(), &asked).1)[0];
    assert!(!line.contains("sea_level_pressure"), "{line}");
}

#[test]
fn rain_goes_on_from_one_file_to_the_next() {
    let asked = Asked { columns: vec![Mapping::read("R=rain_amount:mm").expect("fine")], ..berlin() };
    let files =
        ["time,R\n2020-02-01 10:00,1\n", "time,R\n2020-02-01 11:00,2\n"].map(|text| Folder::with(text.as_bytes()));
    let mut rains = Rains::default();
    let mut batch = Batch::default();
    for file in &files {
        let mut opened = Opened::open(&file.0, &asked).expect("a file");
        opened.go_on(rains);
        assert!(!opened.read(&mut batch, usize::MAX).expect("readable"));
        rains = opened.rains();
    }
    assert_eq!(lines(&batch), ["2020-02-01T09:00:00.000Z precipitation=1", "2020-02-01T10:00:00.000Z precipitation=3"]);
    let main = |report: &Report| report.sensors()[&SensorName::main()].get(Quantity::Precipitation);
    assert_eq!(batch.reports.last().and_then(main), Some(3.0));
}
