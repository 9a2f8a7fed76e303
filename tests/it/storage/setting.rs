//! A station gets another name, slug, interval and time zone: what is kept of it follows.

use super::*;
use chrono::NaiveDate;
use proptest::prelude::*;
use stevenson::storage::{Error, FORMER_SLUGS_MAX, StationSettings};
use weather::day;
use weather::time::{DAY_MS, HOUR_MS, MINUTE_MS};

fn slug(text: &str) -> Slug {
    Slug::new(text).expect("a slug")
}

fn zone(name: &str) -> Zone {
    Zone::inside(name).expect("a zone")
}

impl House {
    async fn set(&self, of: &str, settings: StationSettings) -> Result<(), Error> {
        self.storage.set_station(&slug(of), settings).await
    }

    async fn call(&self, old: &str, new: &str) -> Result<(), Error> {
        self.set(old, StationSettings { slug: Some(slug(new)), ..StationSettings::default() }).await
    }

    async fn move_to(&self, name: &str) {
        let settings = StationSettings { zone: Some(zone(name)), ..StationSettings::default() };
        self.set("town-hall", settings).await.expect("set");
    }

    /// Everything that is kept by local days around some instants.
    async fn days(&self, (from, to): (Timestamp, Timestamp)) -> Vec<(NaiveDate, Vec<Extreme>)> {
        let date = |at: Timestamp| day::date_at(&Zone::UTC, at);
        let (first, last) = (date(from.plus(-3 * DAY_MS)), date(to.plus(3 * DAY_MS)));
        let mut days = Vec::new();
        for date in first.iter_days().take_while(|date| *date <= last) {
            let extremes = self.storage.extremes(self.station.id, date).await.expect("read");
            days.push((date, extremes));
        }
        days.retain(|(_, extremes)| !extremes.is_empty());
        days
    }

    /// What has fallen by each reading.
    async fn fallen(&self, (from, to): (Timestamp, Timestamp)) -> Vec<(Timestamp, Option<f64>)> {
        let within = (from, to.plus(1));
        let rows = self.storage.rows(self.station.id, &SensorName::main(), within, 100_000).await.expect("read");
        rows.into_iter().map(|(at, values)| (at, values.get(Quantity::Precipitation))).collect()
    }

    /// Waits until the days have followed. Meanwhile a day is right, or it is not shown.
    async fn follows(&self, right: &[(NaiveDate, Vec<Extreme>)], within: (Timestamp, Timestamp)) {
        loop {
            let is_done = !self.storage.is_recalculating(self.station.id).await.expect("read");
            for (date, extremes) in self.days(within).await {
                let known = right.iter().find(|(day, _)| *day == date).map(|(_, known)| known.as_slice());
                let known = known.unwrap_or_default();
                assert!(extremes.iter().all(|one| known.contains(one)), "{date}: {extremes:?}, but {known:?}");
            }
            if is_done {
                return;
            }
            self.storage.recalculate_some().await.expect("made anew");
        }
    }
}

const ZONES: [&str; 8] = [
    "UTC",
    "Europe/Berlin",
    "America/Los_Angeles",
    "Asia/Kathmandu",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Australia/Lord_Howe",
    "America/Havana",
];

/// Days before the clocks of some of them change, ms.
const STARTS: [i64; 4] = [1_774_652_400_000, 1_792_800_000_000, 1_761_955_200_000, 1_775_217_600_000];

/// What a station sends: minutes since the last report, steps of the temperature, tips of the gauge, whether a room is sent too.
type Sent = (i64, i32, u8, bool);

/// The reports of a console whose clock is right: its daily counter is reset at midnight of `zone`, a total one never.
fn reports(start: Timestamp, zone: &Zone, is_total: bool, sent: &[Sent]) -> Vec<Report> {
    let (mut at, mut celsius, mut counted) = (start, 10.0, 0.0);
    let mut reports = Vec::new();
    for (minutes, steps, tips, has_room) in sent {
        let before = at;
        at = at.plus(minutes * MINUTE_MS);
        celsius = f64::clamp(celsius + f64::from(*steps) / 10.0, -20.0, 35.0);
        if !is_total && day::date_at(zone, before) != day::date_at(zone, at) {
            counted = 0.0;
        }
        counted += f64::from(*tips) * 0.2;
        let rain = if is_total { "precipitation_total" } else { "precipitation" };
        let mut values = vec![("temperature", celsius), (rain, counted)];
        values.extend(has_room.then_some(("indoor/temperature", celsius / 2.0 + 10.0)));
        reports.push(report(at, &values));
    }
    reports
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn after_a_change_of_the_zone_the_days_are_as_if_it_had_always_been_so(
        (old, new, start) in (0..ZONES.len(), 0..ZONES.len(), 0..STARTS.len()),
        (is_total, is_killed) in any::<(bool, bool)>(),
        sent in proptest::collection::vec((1..300i64, -9..9i32, 0..4u8, any::<bool>()), 1..90),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let (old, new, start) = (ZONES[old], ZONES[new], Timestamp(STARTS[start]));
        let reports = reports(start, &zone(new), is_total, &sent);
        runtime.block_on(run((old, new), reports, is_killed));
    }
}

async fn run((old, new): (&str, &str), reports: Vec<Report>, is_killed: bool) {
    let within = (reports[0].observed_at(), reports[reports.len() - 1].observed_at());
    let (right, house) = (House::new().await.unheard(), House::new().await.unheard());
    right.move_to(new).await;
    house.move_to(old).await;
    for (house, reports) in [(&right, reports.clone()), (&house, reports)] {
        for report in reports {
            house.append(vec![report]).await;
        }
    }
    house.move_to(new).await;
    let house = match is_killed {
        true => {
            let opener = house.opener.as_if_killed();
            let (storage, _) = opener.open(|_| {}).await;
            House { opener, storage, ..house }
        }
        false => house,
    };
    let days = right.days(within).await;
    house.follows(&days, within).await;
    assert_eq!(house.days(within).await, days, "{old} to {new}");
    assert_eq!(house.fallen(within).await, right.fallen(within).await, "{old} to {new}");
    let id = |house: &House| house.station.id;
    let latest = right.storage.latest(id(&right)).await.expect("read");
    assert_eq!(house.storage.latest(id(&house)).await.expect("read"), latest, "{old} to {new}");
}

/// Twelve days of a report a minute: more than is made anew in one transaction.
fn many() -> Vec<Report> {
    let value = |minute: i64| ((minute % 1_440) as f64 / 100.0, (minute / 30) as f64 / 5.0);
    let report = |minute: i64| {
        let (celsius, mm) = value(minute);
        let values = [("temperature", celsius), ("humidity", 40.0 + celsius), ("precipitation_total", mm)];
        report(NOON.plus((minute - 12 * 1_440) * MINUTE_MS), &values)
    };
    (0..12 * 1_440).map(report).collect()
}

#[tokio::test]
async fn a_change_of_the_zone_goes_on_after_a_kill_and_reports_come_meanwhile() {
    let (right, house) = (House::new().await.unheard(), House::new().await.unheard());
    right.move_to("America/Los_Angeles").await;
    right.append(many()).await;
    house.append(many()).await;
    house.move_to("America/Los_Angeles").await;
    let opener = house.opener.as_if_killed();
    let (storage, _) = opener.open(|_| {}).await;
    let house = House { opener, storage, ..house };
    assert!(house.storage.is_recalculating(house.station.id).await.expect("read"), "all at once would hold reports up");
    for house in [&right, &house] {
        house.append(vec![report(NOON, &[("temperature", 30.0), ("humidity", 20.0)])]).await;
    }
    let within = (NOON.plus(-12 * DAY_MS), NOON);
    let days = right.days(within).await;
    house.follows(&days, within).await;
    assert_eq!(house.days(within).await, days);
    assert_eq!(house.fallen(within).await, right.fallen(within).await);
}

#[tokio::test]
async fn an_owner_says_how_often_a_station_reports() {
    let house = House::new().await.unheard();
    let interval = async || house.storage.interval_ms(house.station.id).await.expect("read");
    assert_eq!(interval().await, None);
    let say = async |interval_ms| {
        let settings = StationSettings { interval_ms: Some(interval_ms), ..StationSettings::default() };
        house.set("town-hall", settings).await.expect("set");
    };
    say(Some(HOUR_MS)).await;
    assert_eq!(interval().await, Some(HOUR_MS));
    let all = house.storage.intervals_ms(&[house.station.id]).await.expect("read");
    assert_eq!(all.get(&house.station.id), Some(&HOUR_MS));
    house.append((0..5).map(|at| report(NOON.plus(at * MINUTE_MS), &[("temperature", 1.0)])).collect()).await;
    assert_eq!(interval().await, Some(HOUR_MS), "what its owner says counts more than what is learnt");
    say(None).await;
    assert_eq!(interval().await, Some(MINUTE_MS));
}

#[tokio::test]
async fn a_former_slug_leads_on_and_nobody_else_gets_it() {
    let mut house = House::new().await;
    let key = house.storage.renew_key(&house.station.slug).await.expect("a key");
    house.news().await;
    house.call("town-hall", "old-mill").await.expect("renamed");
    let told = house.news().await;
    let of = |slug: &str| serde_json::json!({"kind": "station", "station": slug});
    assert_eq!(told, [of("town-hall"), of("old-mill")], "pages of either hear of it");
    let house = house.unheard();
    let directory = house.storage.directory();
    let station = directory.by_slug("old-mill").expect("there").clone();
    assert_eq!(directory.by_slug("town-hall"), Some(&station));
    assert_eq!(directory.renamed("town-hall").map(|slug| &**slug), Some("old-mill"));
    assert_eq!(directory.authenticate("town-hall", key.reveal()), Some(&station));
    assert_eq!(directory.former_slugs("old-mill"), [slug("town-hall")]);

    let taken = house.storage.add_station(new_station("town-hall")).await.expect_err("it leads on");
    assert!(matches!(&taken, Error::SlugLeadsOn(..)) && taken.to_string().contains("--forget-former-slugs"), "{taken}");
    house.storage.add_station(new_station("pier")).await.expect("added");
    assert!(matches!(house.call("pier", "town-hall").await, Err(Error::SlugLeadsOn(..))));
    assert!(matches!(house.call("pier", "old-mill").await, Err(Error::SlugTaken(_))));
    let by_old = house.call("town-hall", "hall").await.expect_err("a command names the station of now").to_string();
    assert!(by_old.contains("\"town-hall\"") && by_old.contains("\"old-mill\""), "{by_old}");

    house.call("old-mill", "town-hall").await.expect("it may come back");
    assert_eq!(house.storage.directory().former_slugs("town-hall"), [slug("old-mill")]);
    let forgets = StationSettings { forgets_former_slugs: true, ..StationSettings::default() };
    house.set("town-hall", forgets).await.expect("forgotten");
    assert!(house.storage.directory().by_slug("old-mill").is_none());
    house.call("pier", "old-mill").await.expect("it is free");
}

#[tokio::test]
async fn a_station_has_so_many_former_slugs_and_they_end_with_it() {
    let house = House::new().await.unheard();
    let name = |nth: usize| if nth == 0 { "town-hall".to_owned() } else { format!("hall-{nth}") };
    for nth in 0..FORMER_SLUGS_MAX {
        house.call(&name(nth), &name(nth + 1)).await.expect("renamed");
    }
    let refused = house.call(&name(FORMER_SLUGS_MAX), "one-more").await.expect_err("too many").to_string();
    assert!(refused.contains("16") && refused.contains("--forget-former-slugs"), "{refused}");
    house.storage.remove_station(&slug(&name(FORMER_SLUGS_MAX))).await.expect("removed");
    assert!(house.storage.directory().by_slug("town-hall").is_none());
    house.storage.add_station(new_station("town-hall")).await.expect("its names are free");
}

#[tokio::test]
async fn what_visitors_have_said_goes_with_a_station_to_its_new_slug() {
    use stevenson::storage::words::{NewWord, Visitor};
    let house = House::new().await.unheard();
    let visitor = Visitor::of_secret("AAAAAAAAAAAAAAAAAAAAAA");
    let say = async |id: &str| {
        let word = NewWord { id: id.to_owned(), station: "town-hall".to_owned(), text: "hello".to_owned() };
        house.storage.say(&visitor, "metric", vec![word]).await.expect("said");
    };
    say("word-number-00001").await;
    house.call("town-hall", "old-mill").await.expect("renamed");
    // A page that was opened before.
    say("word-number-00002").await;
    let words = house.storage.conversation(&visitor, "old-mill", 10).await.expect("read");
    assert_eq!(
        words.iter().map(|word| word.id.as_str()).collect::<Vec<_>>(),
        ["word-number-00001", "word-number-00002"]
    );
}
