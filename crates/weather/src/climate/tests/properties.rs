use super::*;
use proptest::prelude::*;

/// Days with gaps, of any weather.
fn weather() -> impl Strategy<Value = Vec<Day>> {
    proptest::collection::vec((1_u64..4, -30.0..40.0_f64, 0.0..20.0_f64, 0_u32..25), 0..400).prop_map(|rows| {
        let mut on = date("2023-11-20");
        rows.into_iter()
            .map(|(gap, low, range, hours)| {
                on = on + chrono::Days::new(gap);
                Day { hours, ..day(on, low, low + range) }
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn records_are_those_of_looking_at_every_day(temperature in weather(), back in 0_u64..800) {
        let today = date("2026-02-10") - chrono::Days::new(back);
        let calendar = Calendar::of(today, None, None);
        let days = Days { temperature, ..Days::default() };
        for period in Period::ALL {
            let (from, to) = period.dates(&calendar);
            prop_assert!(from <= to && to <= today);
            let mut best: Option<&Day> = None;
            for day in &days.temperature {
                if day.date >= from && day.date <= to && best.is_none_or(|best| day.high > best.high) {
                    best = Some(day);
                }
            }
            let records = Records::of(&days, (from, to), &calendar);
            prop_assert_eq!(records.highest.map(|record| (record.value, record.date)), best.map(|day| (day.high, day.date)));
        }
    }

    #[test]
    fn the_days_of_all_months_are_all_days(temperature in weather()) {
        let calendar = calendar("2027-01-01");
        let days = Days { temperature, ..Days::default() };
        for kind in Kind::ALL {
            let months = counts::by_month(&days, kind, &calendar);
            let sum: u32 = months.values().map(|count| count.days).sum();
            prop_assert_eq!(sum, counts::count(&days.temperature, kind, &calendar).days);
            prop_assert_eq!(months.values().map(|count| count.known).sum::<u32>() as usize, days.temperature.len());
        }
    }

    #[test]
    fn the_longest_spell_is_that_of_trying_every_stretch(days in weather()) {
        let calendar = calendar("2027-01-01");
        let is_dry = |day: &Day| day.hours >= 20 && crate::units::round_half_up(day.high, 1) < 0.2;
        let mut longest = 0;
        for start in 0..days.len() {
            let mut length = 0;
            while start + length < days.len()
                && is_dry(&days[start + length])
                && (days[start + length].date - days[start].date).num_days() == length as i64 {
                length += 1;
            }
            longest = longest.max(length);
        }
        prop_assert_eq!(spell::dry(&days, &calendar).map_or(0, |spell| spell.days as usize), longest);
    }
}
