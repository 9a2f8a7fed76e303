//! The comparison of the fleets: the simulation against the formulas.

use stevenson::lab::formula::{Conditions, predict};
use stevenson::lab::row::ROWS;
use stevenson::lab::scenario::Scenario;
use stevenson::lab::simulate;

#[test]
fn explore() {
    for news in [1.0 / 60.0, 0.1] {
        for words in [0.0, 1.0 / 30.0, 0.1] {
            for (r, h) in [(0.1, 25.0), (1.0, 10.0)] {
                println!("news {news:.4} words {words:.4} R {r} H {h}");
                for row in ROWS {
                    let scenario = Scenario {
                        news_per_s: news,
                        words_per_s: words,
                        round_trip_s: r,
                        park_s: h,
                        seconds: 3.6e5,
                        ..Scenario::default()
                    };
                    let p = predict(row, &Conditions::of(&scenario)).unwrap();
                    let m = simulate::run(&scenario, row, &mut |_| (), &mut |_| ()).unwrap();
                    let d = |a: f64, b: f64| format!("{a:9.4} {b:9.4} {:+6.2}%", (a / b - 1.0) * 100.0);
                    println!(
                        "  {:15} trips {} share {} tick {} age {} parked {} rep {} cross {} worst {:?}",
                        row.name,
                        d(m.trips_per_s(), p.trips_per_s),
                        d(m.empty_share().unwrap_or(0.0), p.empty_share.unwrap_or(0.0)),
                        d(m.tickets_per_h(), p.tickets_per_h),
                        d(m.age.map_or(0.0, |a| a.mean_ms / 1e3), p.age_mean_s.unwrap_or(0.0)),
                        d(m.parked, p.parked),
                        m.repeated,
                        m.crossings,
                        m.age.map(|a| a.worst_ms)
                    );
                }
            }
        }
    }
}
