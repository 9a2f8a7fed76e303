//! Pages elsewhere, in a real browser on plain http: what they may not do in the name of a visitor whose cookie travels with all
//! that they send.

use crate::kit::chrome::{Browser, Options, PATIENCE, eventually};
use crate::kit::program::{Program, post};
use serde_json::{Value, json};
use std::net::{Ipv4Addr, SocketAddr};
use thirtyfour::By;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Of the same site as [`SIBLING`]; the browser leads both to this machine.
const OURS: &str = "a.weather.test";
const SIBLING: &str = "b.weather.test";
/// The key, as a WebDriver writes it.
const ENTER: char = '\u{e007}';
const SECRET: &str = "what my neighbour must not read";

/// Tries everything that a page can, and tells what came of it.
const ATTACK: &str = r#"
    const [server, done] = arguments;
    const bay = () => crypto.getRandomValues(new Uint32Array(4)).join('x');
    const after = (ms) => new Promise((ready) => setTimeout(ready, ms));
    const found = { read: [], closed: [] };
    const read = (what) => (text) => found.read.push(what + ': ' + text);
    const clipboard = (seen, say) => JSON.stringify({ v: 1, fleet: 'websocket', seen, watch: [], say });
    const words = [{ id: bay(), station: 'roof', text: 'evil by socket' }];

    const listens = new Promise((ready) => {
        const socket = new WebSocket(`ws://${server}/dock/${bay()}/socket`);
        socket.onopen = () => socket.send(clipboard('none.0', []));
        // What else might come has its time once something has come; the machine may be busy before.
        socket.onmessage = ({ data }) => {
            read('socket')(data);
            after(1500).then(ready);
            const { why, seen } = JSON.parse(data);
            if (why === 'reload') socket.send(clipboard(seen.split('.')[0] + '.0', []));
        };
        socket.onclose = socket.onerror = ready;
        after(60000).then(ready);
    });
    const speaks = new Promise((ready) => {
        const socket = new WebSocket(`ws://${server}/dock/${bay()}/socket`);
        socket.onopen = () => socket.send(clipboard('none.0', words));
        socket.onclose = ({ code }) => { found.closed.push(code); ready(); };
        after(60000).then(ready);
    });
    const streams = new Promise((ready) => {
        const events = new EventSource(`http://${server}/dock/${bay()}/events?seen=none.0`, { withCredentials: true });
        events.onmessage = ({ data }) => read('events')(data);
        events.onerror = () => { events.close(); ready(); };
    });
    const asks = (path, init) => fetch(`http://${server}${path}`, { credentials: 'include', ...init })
        .then((answer) => answer.text()).then((text) => text && read(path)(text)).catch(() => {});
    const truck = JSON.stringify({ v: 1, fleet: 'polling', park: 0, seen: 'none.0', say: [{ ...words[0], text: 'evil by truck' }] });
    const post = (type, mode) => asks('/dock/' + bay(), { method: 'POST', body: truck, mode, headers: { 'Content-Type': type } });
    const form = (path, fields) => new Promise((ready) => {
        const frame = document.body.appendChild(document.createElement('iframe'));
        frame.name = bay();
        const form = Object.assign(document.createElement('form'), { method: 'post', action: `http://${server}${path}`, target: frame.name });
        for (const [name, value] of Object.entries(fields))
            form.append(Object.assign(document.createElement('input'), { name, value }));
        document.body.append(form);
        form.submit();
        after(1500).then(ready);
    });
    const key = 'AAAAAAAAAAAAAAAAAAAAAA';
    Promise.all([
        listens, speaks, streams,
        asks('/s/roof'), asks('/lab/change?number=1', { method: 'POST', mode: 'no-cors' }),
        post('application/json', 'cors'), post('text/plain', 'no-cors'),
        form('/s/roof/words', { key, text: 'evil by form' }), form('/s/roof/words/forget', {}), form('/units', { temperature: 'F' }),
    ]).then(() => done(found));
"#;

/// A server of an empty page.
async fn elsewhere() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            // Each by itself: a browser also opens connections that it may never use.
            tokio::spawn(async move {
                let page = "<!doctype html><title>elsewhere</title><body>";
                let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close";
                let _ = client.read(&mut [0; 4096]).await;
                let answer = format!("{head}\r\nContent-Length: {}\r\n\r\n{page}", page.len());
                let _ = client.write_all(answer.as_bytes()).await;
            });
        }
    });
    port
}

/// A proxy that asks the server for its own address in the place of the host that the visitor asked for, as nginx and Apache do
/// by default.
async fn rewriting(server: SocketAddr) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let (asked, sent) = (format!("Host: {OURS}:{port}"), format!("Host: {server}"));
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let (asked, sent) = (asked.clone(), sent.clone());
            tokio::spawn(async move {
                let Ok(server) = TcpStream::connect(server).await else { return };
                let ((mut from_client, mut to_client), (mut from_server, mut to_server)) =
                    (client.into_split(), server.into_split());
                let up = async {
                    let mut bytes = vec![0; 1 << 16];
                    while let Ok(read @ 1..) = from_client.read(&mut bytes).await {
                        // A browser writes a head in one piece; what is no head passes as it is.
                        let piece = match std::str::from_utf8(&bytes[..read]) {
                            Ok(text) => text.replace(&asked, &sent).into_bytes(),
                            Err(_) => bytes[..read].to_vec(),
                        };
                        if to_server.write_all(&piece).await.is_err() {
                            return;
                        }
                    }
                };
                tokio::select! {
                    () = up => {}
                    _ = tokio::io::copy(&mut from_server, &mut to_client) => {}
                }
            });
        }
    });
    port
}

async fn log(browser: &Browser) -> String {
    // The page may go while it is read: a form brings the next one.
    let read = async || match browser.find(By::Css("[data-words]")).await {
        Ok(found) => found.text().await.map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    eventually("the log can be read", PATIENCE, read).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_on_another_port_or_a_sibling_host_neither_reads_nor_speaks_nor_forgets() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    server.add_station("roof");
    let (port, other) = (server.address().port(), elsewhere().await);
    let browser = Browser::open(Options::default()).await;
    let page = format!("http://{OURS}:{port}/s/roof");
    browser.goto(&page).await.expect("the page");
    let field = browser.find(By::Css("[data-say] [name=text]")).await.expect("a field");
    field.send_keys(format!("{SECRET}{}", ENTER)).await.expect("typed");
    let said = async || {
        let log = log(&browser).await;
        if log.contains(SECRET) && log.contains("Keeper") { Ok(()) } else { Err(log) }
    };
    eventually("it is said, and answered", PATIENCE, said).await;

    for host in [OURS, SIBLING] {
        browser.goto(format!("http://{host}:{other}/")).await.expect("a page elsewhere");
        let target = json!(format!("{OURS}:{port}"));
        let found: Value = browser.execute_async(ATTACK, vec![target]).await.expect("it ends").json().clone();
        let read = found["read"].to_string();
        assert!(read.contains("socket: "), "the socket brings what is public: {found}");
        assert!(!read.contains(SECRET) && !read.contains("words"), "{host} has read {read}");
        assert!(
            !read.contains("events") && !read.contains("/s/roof") && !read.contains("/dock/"),
            "{host} has read {read}"
        );
        assert_eq!(found["closed"], json!([1007]), "{host}");
    }
    browser.goto(&page).await.expect("the page");
    let log = log(&browser).await;
    assert!(log.contains(SECRET) && !log.contains("evil"), "{log}");
    let unit = browser.find(By::Css("button[value=F]")).await.expect("a button").attr("aria-pressed").await;
    assert_eq!(unit.expect("an attribute").as_deref(), Some("false"), "the units are the visitor's");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_without_scripts_speaks_and_forgets_on_plain_http() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    server.add_station("roof");
    let browser = Browser::open(Options { scripts: false, ..Options::default() }).await;
    browser.goto(format!("http://{OURS}:{}/s/roof", server.address().port())).await.expect("the page");
    let field = browser.find(By::Css("[data-say] [name=text]")).await.expect("a field");
    field.send_keys(format!("hello{}", ENTER)).await.expect("typed");
    let shows = async |wanted: bool| {
        let look = async || if log(&browser).await.contains("hello") == wanted { Ok(()) } else { Err(wanted) };
        eventually("the log is as it should be", PATIENCE, look).await;
    };
    shows(true).await;
    browser.find(By::Css(".forget summary")).await.expect("a summary").click().await.expect("a click");
    browser.find(By::Css(".forget button")).await.expect("a button").click().await.expect("a click");
    shows(false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_behind_a_proxy_that_rewrites_the_host_says_what_its_socket_lacks_and_trucks_lack_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    let key = server.add_station("roof");
    post(&server.url, &key, &json!({"temperature": 1.5})).await.expect("stored");
    let port = rewriting(server.address()).await;
    let browser = Browser::open(Options::default()).await;
    let shows = async |selector: &str, wanted: &str| {
        let look = async || {
            let seen = browser.find(By::Css(selector)).await.expect("it is there").text().await.expect("text");
            if seen.contains(wanted) { Ok(()) } else { Err(seen) }
        };
        eventually(&format!("{selector} shows {wanted}"), PATIENCE, look).await;
    };
    let says = async |text: &str| {
        let field = browser.find(By::Css("[data-say] [name=text]")).await.expect("a field");
        field.send_keys(format!("{text}{ENTER}")).await.expect("typed");
    };
    let page = format!("http://{OURS}:{port}/s/roof");
    browser.goto(format!("{page}?fleet=websocket")).await.expect("the page");
    shows("[data-feed-text]", "Live · websocket · public news only").await;
    shows("[data-feed-text]", "proxy_set_header Host $http_host;").await;
    post(&server.url, &key, &json!({"temperature": 2.5})).await.expect("stored");
    shows("[data-show=big]", "2.5").await;
    says("by socket").await;
    shows("[data-words]", "came back: nobody knows whose words these are").await;

    browser.goto(format!("{page}?fleet=ping-pong")).await.expect("the page");
    shows("[data-feed-text]", "Live · ping-pong").await;
    says("by truck").await;
    shows("[data-words]", "Keeper").await;
}
