//! Clients that want to take the server down, and an honest page and an honest station beside them.
//!
//! Each case prints what the honest saw. At full length (`scripts/test --all`) the numbers are those in the constants'
//! second place. The connections come from this machine, to which the limits by address do not apply: the deadlines and
//! the limits in all have to do.

use crate::kit::chrome::eventually;
use crate::kit::connection::{self, Connection, PATIENCE};
use crate::kit::honest::{Honest, files, metric};
use crate::kit::length::either;
use crate::kit::program::{self, Program};
use serde_json::json;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;

/// The honest wait no longer than this (p99) while the server has files left.
const FINE: Duration = Duration::from_secs(2);
/// When others hold every file that the server may open, the honest wait until the deadline of a head frees some: 10 s.
const UNTIL_FREED: Duration = Duration::from_secs(15);
/// The server has closed whatever is silent, half-sent, slow or idle, and forgotten it, after the longest deadline.
const FREED: Duration = Duration::from_secs(100);
/// A single report waits no longer than this behind large uploads of another station.
const BEHIND_UPLOADS: Duration = Duration::from_millis(500);
/// A page is made for so long for a client that has left: `half_closed_limit_s`.
const MADE_FOR_NOBODY: Duration = Duration::from_secs(2);
/// A page of a station.
const PAGE: &str = "GET /s/town-hall HTTP/1.1\r\nHost: x\r\n\r\n";
/// A page that has left is gone from the dock.
const GONE: Duration = Duration::from_secs(5);
/// How long the honest are watched before the others come.
const ALONE: Duration = Duration::from_secs(2);
/// Connections that are opened at once: one after the other, a busy machine takes longer than a truck parks.
const OPENED_AT_ONCE: usize = 64;
/// The system tries a connection again after this time if there was no room in the server's backlog.
const CONNECT_AGAIN: Duration = Duration::from_secs(1);
/// What the honest wait for (p99) while they are alone, on a machine that has nothing else to do: 8 to 50 ms were measured
/// on two processors, without optimization.
const ALONE_MAX: Duration = Duration::from_millis(50);
/// How long the honest are watched while the others misbehave.
const WATCHED: Duration = Duration::from_secs(5);
/// Files that may come and go by themselves: the database's, the connections of the honest and of the metrics.
const FILES_SLACK: usize = 12;

/// A server with one station, its key, and the number of files that it has open at rest.
struct Scene {
    server: Program,
    key: String,
    files: usize,
    /// What the honest wait for (p99) while nobody disturbs them.
    alone: Duration,
    _folder: tempfile::TempDir,
}

impl Scene {
    async fn start(start: impl FnOnce(&std::path::Path) -> Program) -> Self {
        // The crowd's ends of the connections are files of this process.
        rlimit::increase_nofile_limit(rlimit::INFINITY).expect("a limit of open files");
        let folder = tempfile::tempdir().expect("a folder");
        let key = program::add_station(folder.path(), "town-hall");
        let server = start(folder.path());
        let honest = Honest::start(&server.url, &key, None);
        watch(ALONE).await;
        let alone = honest.stop("nobody else").await.p99();
        let files = files(&server);
        Self { server, key, files, alone, _folder: folder }
    }

    async fn open() -> Self {
        Self::start(Program::start).await
    }

    /// The honest may wait so long beside others.
    fn fine(&self) -> Duration {
        self.here(FINE)
    }

    /// What takes so long on a machine that has nothing else to do takes as many times longer here as the honest waited
    /// longer while they were alone.
    fn here(&self, time: Duration) -> Duration {
        time.mul_f64((self.alone.as_secs_f64() / ALONE_MAX.as_secs_f64()).max(1.0))
    }

    /// The same behind many requests at once, which the server took so long to answer. It answers in the order in which
    /// they come, so the honest wait for what came before.
    fn fine_behind(&self, burst: Duration) -> Duration {
        self.fine().max(burst)
    }

    fn address(&self) -> SocketAddr {
        self.server.address()
    }

    fn honest(&self) -> Honest {
        Honest::start(&self.server.url, &self.key, None)
    }

    /// The newest cursor.
    async fn cursor(&self) -> String {
        let lost = truck("00000000000000000000000000cursor", "lab.0", 0);
        let load = Connection::send(self.address(), &lost).await.load().await;
        load["seen"].as_str().expect("a cursor").to_owned()
    }

    /// Posts so many reports, each with an entry of its own in the journal.
    async fn fill_journal(&self, reports: i64) {
        let client = reqwest::Client::new();
        let base = chrono::Utc::now().timestamp_millis() - 60_000;
        let mut posts = JoinSet::new();
        for place in 0..reports {
            if posts.len() >= 16 {
                let answer: Result<reqwest::Response, _> = posts.join_next().await.expect("one").expect("an end");
                assert_eq!(answer.expect("an answer").status(), 201);
            }
            let body = json!({
                "observed_at": base + place, "temperature": place % 40, "humidity": place % 99, "wind_speed": place % 7,
                "wind_gust": place % 9, "wind_direction": place % 360, "indoor/temperature": place % 30,
                "indoor/humidity": place % 60, "solar_radiation": place % 500, "battery_voltage": 3,
            });
            let url = format!("{}/api/v1/readings", self.server.url);
            posts.spawn(client.post(url).bearer_auth(&self.key).json(&body).send());
        }
        while posts.join_next().await.is_some() {}
    }

    /// Opens so many connections and sends the same on each.
    async fn crowd(&self, count: usize, sends: &str) -> Vec<TcpStream> {
        self.crowd_of((0..count).map(|_| sends.to_owned())).await
    }

    /// Opens a connection for each of these, and sends it there. None of them may wait for long until it is let in: a
    /// backlog that is full shows by connections that take seconds.
    async fn crowd_of(&self, sends: impl Iterator<Item = String>) -> Vec<TcpStream> {
        let (mut crowd, mut opening) = (Vec::new(), JoinSet::new());
        for (number, sends) in sends.enumerate() {
            if opening.len() >= OPENED_AT_ONCE {
                crowd.push(opening.join_next().await.expect("one").expect("it is opened"));
            }
            opening.spawn(open(number, self.address(), sends));
        }
        crowd.extend(opening.join_all().await);
        let slowest = crowd.iter().map(|(took, _)| *took).max().unwrap_or_default();
        println!("{} connections, the slowest was open after {slowest:.2?}", crowd.len());
        assert!(slowest < self.here(CONNECT_AGAIN), "the backlog was full: {slowest:?}");
        crowd.into_iter().map(|(_, stream)| stream).collect()
    }

    /// Waits until the server has forgotten the hostile: their files, and their trucks.
    async fn forgets(&self, most: Duration) {
        let began = Instant::now();
        eventually("the server forgets who has gone", most, async || {
            let open = files(&self.server);
            let parked = metric(&self.server.url, "stevenson_parked", None).await?;
            if open <= self.files + FILES_SLACK && parked == 0.0 {
                Ok(())
            } else {
                Err(format!("{open} files, {parked} trucks"))
            }
        })
        .await;
        println!(
            "forgotten after {:.1} s; {} files open, {} at rest",
            began.elapsed().as_secs_f64(),
            files(&self.server),
            self.files
        );
    }
}

/// Opens a connection and sends this; says how long the connection took.
async fn open(number: usize, address: SocketAddr, sends: String) -> (Duration, TcpStream) {
    let began = Instant::now();
    let connected = tokio::time::timeout(PATIENCE, TcpStream::connect(address)).await;
    let took = began.elapsed();
    let mut stream = connected.expect("the backlog has room").unwrap_or_else(|error| {
        panic!("connection {number}: {error} (if files ran out: `ulimit -n` raises the limit)")
    });
    // It may be refused at once, which is fine.
    drop(stream.write_all(sends.as_bytes()).await);
    (took, stream)
}

async fn watch(time: Duration) {
    // The length of the attack is the test's input, not a wait for something.
    tokio::time::sleep(time).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn silent_sockets_that_take_every_file_do_not_take_the_server_down() {
    let (allowed, silent) = either((128, 150), (1_024, 1_100));
    let scene = Scene::start(|data| Program::start_with_files(data, allowed)).await;
    let honest = scene.honest();
    let crowd = scene.crowd(silent, "").await;
    watch(either(3, 20) * Duration::from_secs(1) + Duration::from_secs(10)).await;
    honest.stop(&format!("{silent} silent sockets at {allowed} files")).await.was_fine(UNTIL_FREED);
    // They are still there; the server has closed them by itself.
    scene.forgets(FREED).await;
    drop(crowd);
}

#[tokio::test(flavor = "multi_thread")]
async fn half_sent_heads_that_take_every_file_do_not_take_the_server_down() {
    let (allowed, half_sent) = either((128, 150), (1_024, 1_100));
    let scene = Scene::start(|data| Program::start_with_files(data, allowed)).await;
    let honest = scene.honest();
    let crowd = scene.crowd(half_sent, "POST /dock/0123456789abcdef HTTP/1.1\r\nHost: x\r\nCookie: a").await;
    watch(either(3, 20) * Duration::from_secs(1) + Duration::from_secs(10)).await;
    honest.stop(&format!("{half_sent} half-sent heads at {allowed} files")).await.was_fine(UNTIL_FREED);
    scene.forgets(FREED).await;
    drop(crowd);
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_connections_cost_the_honest_nothing_and_end() {
    let idle = either(300, 5_000);
    let scene = Scene::open().await;
    let honest = scene.honest();
    let crowd = scene.crowd(idle, &truck("0000000000000000000000000000idle", "lab.0", 0)).await;
    watch(WATCHED).await;
    honest.stop(&format!("{idle} idle connections")).await.was_fine(scene.fine());
    scene.forgets(FREED).await;
    drop(crowd);
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_that_do_not_read_are_cut() {
    let slow = either(60, 500);
    let scene = Scene::open().await;
    scene.fill_journal(either(1_600, 3_200)).await;
    let cursor = scene.cursor().await;
    let epoch = cursor.split_once('.').expect("an epoch").0;

    let honest = scene.honest();
    let mut crowd = Vec::with_capacity(slow);
    for number in 0..slow {
        // So little room on this side that the server's side fills as well.
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(4_096).expect("a small buffer");
        let mut stream = socket.connect(scene.address()).await.expect("it listens");
        let bay = format!("0000000000000000000000000slow{number:03}");
        // As many requests at once as fill every buffer on the way with answers. Few pages: they cost the server most, and
        // it is not the number of pages that is tested.
        let requests = match number % 10 {
            0 if number % 30 == 0 => PAGE.repeat(100),
            0..=5 => truck(&bay, &format!("{epoch}.1"), 0).repeat(15),
            _ => format!("GET /dock/{bay}/events?seen={epoch}.1 HTTP/1.1\r\nHost: x\r\n\r\n"),
        };
        stream.write_all(requests.as_bytes()).await.expect("it takes some kilobytes");
        crowd.push(stream);
    }
    watch(WATCHED).await;
    honest.stop(&format!("{slow} readers that do not read")).await.was_fine(scene.fine());
    scene.forgets(FREED).await;
    drop(crowd);
}

/// The clipboard of a truck that parks for as long as it may.
fn silent(cursor: &str) -> String {
    let watch = ["no-such-station"];
    json!({"v": 1, "fleet": "ping-pong", "park": 45_000, "seen": cursor, "watch": watch, "say": []}).to_string()
}

fn truck(bay: &str, seen: &str, park: u32) -> String {
    let body = json!({"v": 1, "fleet": "ping-pong", "park": park, "seen": seen, "watch": [], "say": []});
    connection::truck(bay, "Content-Type: application/json\r\n", &body.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_drip_are_cut() {
    let slow = either(100, 1_000);
    let scene = Scene::open().await;
    let honest = scene.honest();
    let mut drips = JoinSet::new();
    for number in 0..slow {
        let head = match number % 3 {
            0 => "POST /dock/000000000000000000000000drip HTTP/1.1\r\nContent-Type: application/json\r\n".to_owned(),
            1 => format!(
                "POST /api/v1/readings HTTP/1.1\r\nContent-Type: application/json\r\nAuthorization: Bearer {}\r\n",
                scene.key
            ),
            _ => "POST /s/town-hall/words HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n".to_owned(),
        };
        let head = format!("{head}Host: x\r\nContent-Length: 60000\r\n\r\n");
        let (_, mut stream) = open(number, scene.address(), head).await;
        drips.spawn(async move {
            let mut pace = tokio::time::interval(Duration::from_secs(1));
            while stream.write_all(b"x").await.is_ok() {
                pace.tick().await;
            }
        });
    }
    watch(WATCHED).await;
    honest.stop(&format!("{slow} bodies that drip")).await.was_fine(scene.fine());
    let began = Instant::now();
    tokio::time::timeout(FREED, async { while drips.join_next().await.is_some() {} }).await.expect("all are cut");
    println!("cut after {:.1} s", began.elapsed().as_secs_f64());
    scene.forgets(FREED).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_with_many_bays_leaves_places_for_others() {
    const HONEST: &str = "198.51.100.9";
    let bays = either(1_300, 10_500);
    let scene = Scene::start(|data| {
        let settings = "[web]\ntrusted_proxies = [\"127.0.0.0/8\"]\nmetrics_from = [\"198.51.100.0/24\"]\n";
        std::fs::write(data.join("stevenson.toml"), settings).expect("a file");
        Program::start(data)
    })
    .await;
    let honest = Honest::start(&scene.server.url, &scene.key, Some(HONEST));
    let cursor = scene.cursor().await;
    let trucks = (0..bays).map(|number| {
        let headers = "Content-Type: application/json\r\nX-Forwarded-For: 203.0.113.7\r\n";
        connection::truck(&format!("0000000000000000000000000{number:07}"), headers, &silent(&cursor))
    });
    let began = Instant::now();
    let crowd = scene.crowd_of(trucks).await;
    let limited = eventually("all have come", FREED, async || {
        let parked = metric(&scene.server.url, "stevenson_parked", Some(HONEST)).await?;
        let limited = metric(&scene.server.url, "stevenson_limited_total", Some(HONEST)).await?;
        if parked + limited >= bays as f64 { Ok(limited) } else { Err(format!("{parked} parked, {limited} not")) }
    })
    .await;
    println!("{limited} of {bays} trucks found no place");
    assert!(limited > 0.0, "its share was large enough for all of them");
    let burst = began.elapsed();
    honest.stop(&format!("{bays} bays from one address, coming")).await.was_fine(scene.fine_behind(burst));
    let honest = Honest::start(&scene.server.url, &scene.key, Some(HONEST));
    watch(WATCHED).await;
    honest.stop(&format!("{bays} bays from one address, there")).await.was_fine(scene.fine());
    drop(crowd);
    eventually("no truck is left", FREED, async || {
        let parked = metric(&scene.server.url, "stevenson_parked", Some(HONEST)).await?;
        let open = files(&scene.server);
        if parked == 0.0 && open <= scene.files + FILES_SLACK {
            Ok(())
        } else {
            Err(format!("{open} files, {parked} trucks"))
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_leave_are_forgotten_at_once() {
    let (parked, rounds) = either((200, 3), (2_000, 5));
    let scene = Scene::open().await;
    let cursor = scene.cursor().await;
    let honest = scene.honest();
    let mut longest = Duration::ZERO;
    for round in 0..rounds {
        let began = Instant::now();
        let trucks = (0..parked).map(|number| {
            let bay = format!("00000000000000churn{round:03}{number:010}");
            connection::truck(&bay, "Content-Type: application/json\r\n", &silent(&cursor))
        });
        let crowd = scene.crowd_of(trucks).await;
        eventually("they are parked", PATIENCE, async || {
            let now = metric(&scene.server.url, "stevenson_parked", None).await?;
            if now >= parked as f64 { Ok(()) } else { Err(format!("{now} parked")) }
        })
        .await;
        longest = longest.max(began.elapsed());
        // Some say nothing, some hang up at once.
        drop(scene.crowd(parked / 2, "").await);
        drop(crowd);
        let began = Instant::now();
        // No ticket is due so soon: only their leaving can have freed their places.
        eventually("the ghosts are gone", scene.here(GONE), async || {
            let now = metric(&scene.server.url, "stevenson_parked", None).await?;
            if now <= 2.0 { Ok(()) } else { Err(format!("{now} parked")) }
        })
        .await;
        println!("round {round}: {parked} ghosts are gone after {:.2} s", began.elapsed().as_secs_f64());
    }
    honest.stop(&format!("{parked} pages that come and go")).await.was_fine(scene.fine_behind(longest));
    scene.forgets(FREED).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_many_ask_for_hold_neither_posts_nor_trucks() {
    let (clients, each) = either((100, 5), (300, 20));
    let scene = Scene::open().await;
    let honest = scene.honest();
    let mut readers = JoinSet::new();
    for stream in scene.crowd(clients, &PAGE.repeat(each)).await {
        readers.spawn(async move {
            let mut stream = stream;
            // Until it is dropped.
            drop(tokio::io::copy(&mut stream, &mut tokio::io::sink()).await);
        });
    }
    watch(WATCHED).await;
    honest.stop(&format!("{clients} clients that ask for {each} pages each")).await.was_fine(scene.fine());
    drop(readers);
    scene.forgets(FREED).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_whose_clients_have_left_are_not_made() {
    let scene = Scene::open().await;
    let client = reqwest::Client::new();
    let page = async || {
        let began = Instant::now();
        let answer = client.get(format!("{}/s/town-hall", scene.server.url)).timeout(FREED).send().await;
        assert_eq!(answer.expect("an answer").status(), 200);
        began.elapsed()
    };
    page().await;
    // Four times as many as two processors make while nobody is there for them any more.
    let fits = MADE_FOR_NOBODY.as_secs_f64() * 2.0 / page().await.as_secs_f64();
    let asked = (fits * 4.0).clamp(500.0, 8_000.0) as usize;
    let before = metric(&scene.server.url, "stevenson_pages_total", None).await.expect("metrics");
    let began = Instant::now();
    drop(scene.crowd(asked, PAGE).await);
    let came = began.elapsed();
    let honest = page().await;
    let ends = async |end: &str| {
        let name = format!("stevenson_pages_total{{end=\"{end}\"}}");
        metric(&scene.server.url, &name, None).await.expect("metrics")
    };
    eventually("none is left", FREED, async || {
        let ended = metric(&scene.server.url, "stevenson_pages_total", None).await? - before;
        if ended > asked as f64 { Ok(()) } else { Err(format!("{ended} of {asked}")) }
    })
    .await;
    let (made, left) = (ends("made").await, ends("left").await);
    println!("{asked} ask for a page and leave: {left} are not made, {made} are; an honest page after {honest:.2?}");
    assert!(left > 0.0, "all of them were made");
    assert!(honest <= MADE_FOR_NOBODY + scene.fine_behind(came), "an honest page took {honest:?}");
    scene.forgets(FREED).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_does_not_wait_behind_large_uploads_of_another_station() {
    let uploads = either(6, 18);
    let scene = Scene::open().await;
    let key = scene.server.add_station("roof");
    let client = reqwest::Client::builder().timeout(FREED).build().expect("a client");
    let bodies: Vec<String> = (0..uploads).map(large_upload).collect();
    let honest = scene.honest();
    let began = Instant::now();
    let mut posts = JoinSet::new();
    for body in bodies {
        let request = client.post(format!("{}/api/v1/readings", scene.server.url)).bearer_auth(&key);
        posts.spawn(request.header("Content-Type", "application/json").body(body).send());
    }
    let mut statuses: Vec<u16> = Vec::new();
    while let Some(answer) = posts.join_next().await {
        statuses.push(answer.expect("an end").expect("an answer").status().as_u16());
    }
    println!("{uploads} large uploads are answered after {:.1?}: {statuses:?}", began.elapsed());
    let seen = honest.stop(&format!("{uploads} large uploads")).await;
    assert!(statuses.contains(&201) && statuses.iter().all(|status| [201, 503].contains(status)), "{statuses:?}");
    // Without optimization, reading and merging so many values take some ten times as long.
    let most = if cfg!(debug_assertions) { scene.fine() } else { scene.here(BEHIND_UPLOADS) };
    let slowest = seen.slowest_post();
    assert!(slowest <= most, "an honest post waited for {slowest:?}, more than {most:?}");
    assert_eq!(seen.failures, Vec::<String>::new());
}

/// Reports of 250 sensors, as many as fit into the largest body.
fn large_upload(number: i64) -> String {
    const BYTES: usize = 2 << 20;
    let base = chrono::Utc::now().timestamp_millis() - (number + 1) * 3_600_000;
    let mut body = String::from("[");
    for place in 0.. {
        let mut report = json!({"observed_at": base + place * 1_000});
        for sensor in 0..250 {
            report[format!("sensor-{sensor}/temperature")] = json!((place + sensor) % 40);
        }
        let report = report.to_string();
        if body.len() + report.len() + 2 > BYTES {
            break;
        }
        body.push_str(if place == 0 { "" } else { "," });
        body.push_str(&report);
    }
    body + "]"
}
