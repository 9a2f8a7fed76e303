//! Names of any length, and figures of any sign, at any width: nothing of them is cut, and no value is shown twice.

use super::overview::until;
use crate::kit::chrome::{Browser, Options};
use crate::kit::program::{Program, post, run};
use serde_json::{Value, json};
use std::path::Path;

/// From the narrowest phone to a large screen; the widths where the table of stations changes its columns are between them.
const WIDTHS: [u32; 10] = [320, 390, 500, 600, 740, 800, 920, 1030, 1210, 1600];

const LONG: &str = "The weather station behind the old water tower, upper meadows";
const ONE_WORD: &str = "Donaudampfschifffahrtsgesellschaftskapitaenswetterwarte_Nord";
const RIGHT_TO_LEFT: &str = "محطة الأرصاد الجوية (الحديقة)";
const SENSOR: &str = "the-long-border-behind-the-greenhouse";

/// What of a name or a figure lies outside of something that cuts it, or outside of its cell. A text with its whole in a title is reachable.
const CUT: &str = r#"(() => {
    const found = [];
    const texts = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    while (texts.nextNode()) {
        const node = texts.currentNode, parent = node.parentElement;
        if (!node.data.trim() || parent.closest('.unseen, .scroll, svg, select, option, script, [title]') || !parent.checkVisibility()) continue;
        range.selectNodeContents(node);
        const text = range.getBoundingClientRect();
        if (text.width === 0) continue;
        for (let one = parent; one; one = one.parentElement) {
            const style = getComputedStyle(one);
            const cuts = style.overflowX !== 'visible' || style.clipPath !== 'none' || one.matches('td, .roster th');
            const whole = one.getBoundingClientRect();
            const dot = style.clipPath === 'none' ? 0 : -parseFloat(style.marginInlineStart);
            const box = { left: whole.left + dot, right: whole.right };
            if (cuts && (text.left < box.left - 1 || text.right > box.right + 1)) { found.push(`${node.data.trim()} in ${one.tagName}.${one.className}`); break; }
        }
    }
    return [...found, document.documentElement.scrollWidth - document.documentElement.clientWidth];
})()"#;

/// Adds a station of that name; returns its key.
fn add(folder: &Path, slug: &str, name: &str) -> String {
    let output = run(folder, &["station", "add", slug, "--name", name, "--elevation", "3488", "--key-only"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned()
}

async fn posted(server: &Program, key: &str, body: Value) {
    assert_eq!(post(&server.url, key, &body).await.expect("an answer").0, 201);
}

async fn as_wide(browser: &Browser, width: u32) {
    let metrics = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600});
    browser.cdp().send_raw("Emulation.setDeviceMetricsOverride", metrics).await.expect("a size");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_name_or_a_figure_is_cut_at_any_width() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    let two_days_ago = chrono::Utc::now().timestamp_millis() - 2 * 86_400_000;
    let full = json!({"temperature": -40.0, "humidity": 100, "wind_speed": 13.4, "wind_gust": 22.5, "wind_direction": 250,
        "sea_level_pressure": 1085.4, "precipitation": 112.5});
    let mut old = full.clone();
    old["observed_at"] = json!(two_days_ago);
    let moisture = format!("{SENSOR}/soil_moisture");
    for (slug, name, body) in [
        ("long", LONG, full.clone()),
        ("one-word", ONE_WORD, full),
        ("right-to-left", RIGHT_TO_LEFT, json!({"temperature": 38.4})),
        ("old", ONE_WORD, old),
        ("soil", LONG, json!({moisture: 30.5})),
        ("pressure", "Only pressure", json!({"sea_level_pressure": 1085.4})),
    ] {
        let key = add(folder.path(), slug, name);
        posted(&server, &key, body).await;
    }
    let browser = Browser::open(Options::default()).await;
    for width in WIDTHS {
        as_wide(&browser, width).await;
        for path in [
            "/?view=table",
            "/?view=cards",
            "/s/long",
            "/lab",
            "/s/one-word",
            "/s/soil",
            "/s/right-to-left/history",
            "/s/one-word/records",
            "/kiosk/long",
            "/kiosk/one-word",
            "/embed/one-word",
        ] {
            browser.goto(format!("{}{path}", server.url)).await.expect("the page");
            let cut = browser.execute(&format!("return {CUT}"), vec![]).await.expect("what is cut");
            assert_eq!(*cut.json(), json!([0]), "{path} at {width} px");
        }
    }
    assert_eq!(browser.console_errors().await, Vec::<String>::new());
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_with_a_column_of_its_own_is_shown_once_at_any_width() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    let quantities = [
        ("wind_speed", 3.4, "3.4"),
        ("precipitation", 6.2, "6.2"),
        ("humidity", 55.0, "55"),
        ("sea_level_pressure", 1013.0, "1013.0"),
    ];
    for (quantity, value, _) in quantities {
        let key = add(folder.path(), &quantity.replace('_', "-"), quantity);
        posted(&server, &key, json!({quantity: value})).await;
    }
    let key = add(folder.path(), "kitchen", "Kitchen");
    posted(&server, &key, json!({"kitchen/temperature": 21.5})).await;
    let browser = Browser::open(Options::default()).await;
    for width in WIDTHS {
        as_wide(&browser, width).await;
        browser.goto(format!("{}/?view=table", server.url)).await.expect("the page");
        for (quantity, _, text) in quantities {
            let seen = format!(
                "[...document.querySelectorAll('[data-station={}] td:not(.heard, .elevation) *, [data-station={0}] td:not(.heard, .elevation)')] \
                 .filter((one) => one.checkVisibility() && [...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim().startsWith('{text}'))).length",
                quantity.replace('_', "-")
            );
            let count = browser.execute(&format!("return {seen}"), vec![]).await.expect("a count");
            assert_eq!(*count.json(), json!(1), "{quantity} at {width} px");
        }
        let kitchen = "document.querySelector('[data-station=kitchen] .temperature').innerText.replace(/\\s+/g, ' ')";
        until(&browser, kitchen, json!("Kitchen 21.5 °C")).await;
    }
    browser.close().await;
}
