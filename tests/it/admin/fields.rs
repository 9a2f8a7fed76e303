//! Fields that nothing here knows are kept, offered, and read as the owner says.

use super::{OURS, location};
use crate::guard::{Plain, ask};
use crate::kit::app::TestApp;
use weather::quantity::Quantity;

const PATH: &str = "/admin/stations/town-hall/fields";
const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

async fn send(app: &TestApp, body: &str) -> Plain {
    ask(app, &format!("POST {PATH}"), OURS, body.as_bytes()).await
}

async fn page(app: &TestApp, path: &str) -> String {
    let answer = ask(app, &format!("GET {path}"), "Accept: text/html\r\n", b"").await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    answer.body
}

/// An upload of each kind that has a field which nothing here knows.
async fn upload(app: &TestApp, key: &str, kind: &str, second: u32) {
    let bearer = format!("Authorization: Bearer {key}\r\n");
    let at = 1_795_348_800_u64 + u64::from(second);
    let (request, headers, body) = match kind {
        "console" => {
            let body =
                format!("stationtype=GW2000A&dateutc=now&humidity=40&PoolTemp=70.7&wifi_password=hush&n={second}");
            (format!("POST /data/report/{key}"), FORM.to_owned(), body)
        }
        "json" => {
            let body = format!(r#"{{"humidity":40,"PoolTemp":70.7,"wifi_password":"hush","n":{second}}}"#);
            ("POST /api/v1/readings".to_owned(), bearer, body)
        }
        _ => {
            let body = format!("weather humidity=40,PoolTemp=70.7,wifi_password=\"hush\",n={second} {at}000000000");
            ("POST /api/v2/write".to_owned(), bearer, body)
        }
    };
    let answer = ask(app, &request, &headers, body.as_bytes()).await;
    assert!((200..300).contains(&answer.status), "{kind}: {}", answer.body);
}

/// The newest values of a quantity, by sensor.
async fn latest(app: &TestApp, quantity: Quantity) -> Vec<(String, f64)> {
    let station = app.storage.directory().by_slug("town-hall").expect("there").id;
    let all = app.storage.latest(station).await.expect("read").into_iter();
    all.filter(|one| one.quantity == quantity).map(|one| (one.sensor.as_str().to_owned(), one.value)).collect()
}

#[tokio::test]
async fn a_field_that_nobody_knows_is_kept_and_read_as_the_owner_says() {
    for kind in ["console", "json", "lines"] {
        let app = TestApp::start().await;
        let (_, key) = app.add_station("town-hall").await;
        upload(&app, &key, kind, 0).await;
        upload(&app, &key, kind, 1).await;
        // The writer does one thing after the other: what was noted is written before this.
        app.storage.recalculate_some().await.expect("nothing is due");
        assert!(page(&app, "/admin/stations/town-hall").await.contains(PATH), "the station's page leads there");
        let form = page(&app, PATH).await;
        assert!(form.contains(r#"name="quantity" required><option value="">choose…</option>"#), "nothing is guessed");
        let shown = page(&app, PATH).await;
        assert!(shown.contains("<code>pooltemp</code> 70.7"), "{kind}: {shown}");
        assert!(shown.contains("<code>n</code>"), "{kind}: {shown}");
        assert!(!shown.contains("hush") && !shown.contains("wifi_password"), "{kind}: a secret");
        assert!(page(&app, "/admin/inbox/1").await.contains(PATH), "{kind}: the inspector offers the form");
        assert!(latest(&app, Quantity::Temperature).await.is_empty());

        let body = "field=PoolTemp&sensor=pool&quantity=temperature&unit=%C2%B0F&what=map";
        let mapped = send(&app, body).await;
        assert_eq!((mapped.status, location(&mapped)), (303, format!("{PATH}?done=mapped")), "{}", mapped.body);
        upload(&app, &key, kind, 2).await;
        assert_eq!(latest(&app, Quantity::Temperature).await, [("pool".to_owned(), 21.5)], "{kind}");
        let upload_page = page(&app, "/admin/inbox/3").await;
        assert!(upload_page.contains("pool/temperature"), "{kind}: the inspector tells it: {upload_page}");
        let shown = page(&app, PATH).await;
        assert!(shown.contains("pool/temperature, in °F") && !shown.contains("<code>pooltemp</code>"), "{shown}");

        let unmapped = send(&app, "field=pooltemp&what=unmap").await;
        assert_eq!((unmapped.status, location(&unmapped)), (303, format!("{PATH}?done=unmapped")));
        upload(&app, &key, kind, 3).await;
        app.storage.recalculate_some().await.expect("nothing is due");
        assert!(page(&app, PATH).await.contains("<code>pooltemp</code> 70.7"), "{kind}: it is offered again");
    }
}

#[tokio::test]
async fn a_mapping_without_a_sensor_is_of_the_sensor_that_sends() {
    let app = TestApp::start().await;
    let (_, key) = app.add_station("town-hall").await;
    send(&app, "field=pooltemp&quantity=temperature&unit=&what=map").await;
    let bearer = format!("Authorization: Bearer {key}\r\n");
    let body = br#"{"sensor":"garden","humidity":40,"PoolTemp":20.5}"#;
    ask(&app, "POST /api/v1/readings", &bearer, body).await;
    assert_eq!(latest(&app, Quantity::Temperature).await, [("garden".to_owned(), 20.5)]);
}

#[tokio::test]
async fn a_mapping_that_is_wrong_says_why() {
    let app = TestApp::start().await;
    app.add_station("town-hall").await;
    for (body, why) in [
        ("field=&quantity=temperature&what=map", "name has 1 to 96 bytes"),
        ("field=wobble&quantity=mood&what=map", "is no quantity"),
        ("field=wobble&quantity=temperature&unit=hPa&what=map", "it may be °C, °F"),
        ("field=wobble&quantity=temperature&sensor=No+One&what=map", "sensor name"),
        ("field=wobble&what=unmap", "wobble"),
        ("field=wobble&quantity=temperature&what=", "does not say what to do"),
        ("field=PASSKEY&quantity=temperature&what=map", "PASSKEY is the name of a secret"),
    ] {
        let answer = send(&app, body).await;
        assert_eq!(answer.status, 422, "{body}: {}", answer.body);
        assert!(answer.body.contains(why), "{body}: {}", answer.body);
    }
    let foreign = format!("{FORM}Sec-Fetch-Site: cross-site\r\n");
    let body = b"field=wobble&quantity=temperature&what=map";
    assert_eq!(ask(&app, &format!("POST {PATH}"), &foreign, body).await.status, 403);
}
