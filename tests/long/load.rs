//! Many stations that post while pages watch. The same at full size, with its times: `scripts/bench --stations`.

use crate::kit::program::Program;
use lab::drive::peer::{Heads, Peer};
use lab::drive::report::Figures;
use lab::drive::{Mode, Options, run};

#[tokio::test]
#[ignore = "it takes ten seconds"]
async fn nothing_is_lost_between_many_stations_and_the_pages_that_watch() {
    const STATIONS: usize = 100;
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    let keys = (0..STATIONS).map(|number| format!("s{number}={}", server.add_station(&format!("s{number}")))).collect();
    let mode = Mode::Watched { every_s: 2, seconds: 10, pages: 30, overviews: 5 };
    let options = Options {
        url: server.url.clone(),
        also: None,
        peer: Peer::Stevenson,
        heads: Heads::Short,
        keys,
        pids: Vec::new(),
        mode,
    };
    let measurement = run(options).await.expect("measured");
    println!("{measurement}");
    let Figures::Watched(watched) = &measurement.figures else { panic!("{measurement}") };
    assert!(watched.posts >= 4 * STATIONS as u64 && watched.stored == watched.posts, "{measurement}");
    assert_eq!((watched.failed, watched.lost, watched.doubled), (0, 0, 0), "{measurement}");
    assert!(watched.expected > 0 && watched.delivered == watched.expected, "{measurement}");
    let database = rusqlite::Connection::open(folder.path().join("stevenson.db")).expect("it opens");
    let rows: i64 = database.query_row("SELECT count(*) FROM observation", [], |row| row.get(0)).expect("SQL");
    assert_eq!(rows as u64, watched.stored + STATIONS as u64, "each has posted once more, to warm up");
}
