//! The table of fleets is one table, though it is written in two languages and in the documents.

use channel::fleet::FLEETS;
use std::collections::BTreeMap;

#[test]
fn the_pages_have_the_same_table_of_fleets() {
    let script = include_str!("../../../static/js/channel/fleets.js");
    let (_, table) = script.split_once("// fleets: begin").expect("the first marker");
    let (table, _) = table.split_once("// fleets: end").expect("the last marker");
    let pages: BTreeMap<String, serde_json::Value> = serde_json::from_str(table).expect("JSON");
    let row = |fleet| serde_json::to_value(fleet).expect("JSON");
    let dock: BTreeMap<_, _> = FLEETS.iter().map(|fleet| (fleet.name.to_owned(), row(fleet))).collect();
    assert_eq!(pages, dock, "static/js/channel/fleets.js and FLEETS of the channel");
}

#[test]
fn the_protocol_page_has_the_same_table_of_fleets() {
    let page = include_str!("../../../docs/PROTOCOL.md");
    for fleet in &FLEETS {
        let yes = |yes| if yes { "yes" } else { "no" };
        let clock = fleet.every_ms.map_or("–".to_owned(), |ms| format!("every {} s", ms / 1_000));
        let words = if fleet.hold == 0 { "–" } else { yes(fleet.words_may_wait) };
        let (name, trucks, keeps, hold) = (fleet.name, fleet.trucks, yes(fleet.keep_one_out), fleet.hold);
        let down = serde_json::to_value(fleet.down).expect("JSON");
        let down = down.as_str().expect("a name");
        let row = format!("| `{name}` | {trucks} | {keeps} | {clock} | {hold} | {words} | {down} |");
        assert!(page.contains(&row), "docs/PROTOCOL.md lacks the row {row}");
    }
}
