//! The files of `static/`, compiled in: compressed beforehand, with ETags, under an address that changes when they do.

use rocket::http::{ContentType, Header, Status};
use rocket::request::Request;
use rocket::response::{self, Responder, Response};
use rust_embed_for_web::{EmbedableFile, RustEmbed};
use sha2::{Digest, Sha256};
use std::io::Cursor;

/// All of them. The list is the gate: nothing else is served, whatever a path says; a test keeps it complete.
pub(crate) const FILES: [&str; 102] = [
    "embed.css",
    "icons/favicon.svg",
    "js/admin/inbox.js",
    "js/channel/bay.js",
    "js/channel/bucket.js",
    "js/channel/clock.js",
    "js/channel/cursor.js",
    "js/channel/dispatcher.js",
    "js/channel/dock_clock.js",
    "js/channel/feed.js",
    "js/channel/fleets.js",
    "js/channel/home.js",
    "js/channel/limit.js",
    "js/channel/line.js",
    "js/channel/listener.js",
    "js/channel/outage.js",
    "js/channel/patience.js",
    "js/channel/place.js",
    "js/channel/post.js",
    "js/channel/proof.js",
    "js/channel/road.js",
    "js/channel/spread.js",
    "js/channel/stream.js",
    "js/channel/tally.js",
    "js/channel/transports.js",
    "js/channel/trucks.js",
    "js/channel/wire.js",
    "js/channel/words.js",
    "js/dom/change.js",
    "js/history/ask.js",
    "js/history/colours.js",
    "js/history/gestures.js",
    "js/history/labels.js",
    "js/history/main.js",
    "js/history/news.js",
    "js/history/plot.js",
    "js/history/readout.js",
    "js/history/strand.js",
    "js/history/window.js",
    "js/keeper/chat.js",
    "js/keeper/conversation.js",
    "js/keeper/notice.js",
    "js/lab/adviser.js",
    "js/lab/all.js",
    "js/lab/axis.js",
    "js/lab/board.js",
    "js/lab/dice.js",
    "js/lab/lane.js",
    "js/lab/ledger.js",
    "js/lab/main.js",
    "js/lab/make.js",
    "js/lab/player.js",
    "js/lab/plots.js",
    "js/lab/probe.js",
    "js/lab/results.js",
    "js/lab/run.js",
    "js/lab/save.js",
    "js/lab/server.js",
    "js/lab/settings.js",
    "js/lab/summary.js",
    "js/lab/track.js",
    "js/lab/verdict.js",
    "js/meter/figures.js",
    "js/meter/meter.js",
    "js/meter/picture.js",
    "js/page/choice.js",
    "js/page/feed_line.js",
    "js/page/groups.js",
    "js/page/main.js",
    "js/page/refetch.js",
    "js/page/rows.js",
    "js/page/wall.js",
    "js/tabs/hub.js",
    "js/tabs/link.js",
    "js/tabs/name.js",
    "js/tabs/outbox.js",
    "js/tabs/pages.js",
    "js/tabs/port.js",
    "js/tabs/silence.js",
    "js/tabs/worker.js",
    "js/view/card.js",
    "js/view/chart.js",
    "js/view/courses.js",
    "js/view/format.js",
    "js/view/marks.js",
    "js/view/paint.js",
    "js/view/quantities.js",
    "js/view/roster.js",
    "js/view/series.js",
    "js/view/station.js",
    "js/view/sun.js",
    "js/view/tendency.js",
    "js/view/texts.js",
    "js/view/units.js",
    "js/view/zone.js",
    "kiosk.css",
    "style.css",
    "vendor/lucide-1.62.0/LICENSE",
    "vendor/lucide-1.62.0/icons.svg",
    "vendor/uplot-1.6.32/LICENSE",
    "vendor/uplot-1.6.32/uPlot.iife.min.js",
    "vendor/uplot-1.6.32/uPlot.min.css",
];

/// The folder of the scripts.
const SCRIPTS: &str = "js/";
/// The rooms below it that a station's page and the overview run; `main.js` is in the last.
const PAGE_ROOMS: [&str; 7] = ["channel", "tabs", "dom", "view", "keeper", "meter", "page"];
/// The rooms that the lab runs; `main.js` is in the last.
const LAB_ROOMS: [&str; 4] = ["channel", "dom", "meter", "lab"];
/// The rooms that the history page runs; of others it runs [`HISTORY_ALSO`].
const HISTORY_ROOMS: [&str; 3] = ["channel", "tabs", "history"];
/// What the history page runs of other rooms.
const HISTORY_ALSO: [&str; 5] =
    ["js/page/choice.js", "js/view/format.js", "js/view/quantities.js", "js/view/units.js", "js/view/zone.js"];
/// A worker runs this: no page does.
const WORKER: &str = "js/tabs/worker.js";

/// The modules of the page, so that the browser asks for all of them at once and not one behind the other.
pub(crate) fn modules() -> impl Iterator<Item = &'static str> {
    modules_of(&PAGE_ROOMS)
}

/// The modules of the lab.
pub(crate) fn lab_modules() -> impl Iterator<Item = &'static str> {
    modules_of(&LAB_ROOMS)
}

/// The modules of the history page.
pub(crate) fn history_modules() -> impl Iterator<Item = &'static str> {
    let rooms = modules_of(&HISTORY_ROOMS);
    rooms.chain(HISTORY_ALSO)
}

fn modules_of(rooms: &'static [&str]) -> impl Iterator<Item = &'static str> {
    let room_of = |path: &'static str| path.strip_prefix(SCRIPTS)?.split_once('/').map(|(room, _)| room);
    FILES.into_iter().filter(move |path| *path != WORKER && room_of(path).is_some_and(|room| rooms.contains(&room)))
}

/// A year and unchanging: the address names the content.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Ask every time.
const ASK: &str = "no-cache";
/// Bytes of the hash that name a build.
const BUILD_BYTES: usize = 6;

#[derive(RustEmbed)]
#[folder = "static/"]
struct Files;

/// The name of this set of files: a hash of their hashes, which are compiled in, so it costs a microsecond.
pub fn build() -> String {
    let mut hash = Sha256::new();
    for file in FILES.iter().filter_map(|path| Files::get(path)) {
        hash.update(AsRef::<str>::as_ref(&file.hash()));
    }
    hash.finalize().iter().take(BUILD_BYTES).map(|byte| format!("{byte:02x}")).collect()
}

/// A file on its way to a browser.
pub(crate) struct Asset {
    path: &'static str,
    cache: &'static str,
}

impl Asset {
    /// The file at `path` as asked for under `build`; of another build than this, the present file, not to be kept.
    pub(crate) fn find(path: &str, under: &str) -> Option<Self> {
        let path = FILES.iter().find(|known| **known == path)?;
        Some(Self { path, cache: if under == build() { FOR_EVER } else { ASK } })
    }
}

impl<'r> Responder<'r, 'static> for Asset {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let file = Files::get(self.path).ok_or(Status::NotFound)?;
        let etag = AsRef::<str>::as_ref(&file.etag()).to_owned();
        let mut response = Response::build();
        response
            .raw_header("Cache-Control", self.cache)
            .raw_header("ETag", etag.clone())
            .raw_header("Vary", "Accept-Encoding")
            .raw_header("X-Content-Type-Options", "nosniff");
        if request.headers().get("If-None-Match").any(|tags| tags.contains(&etag)) {
            return response.status(Status::NotModified).ok();
        }
        let accepts = |coding| {
            let lists = request.headers().get("Accept-Encoding").flat_map(|list| list.split(','));
            lists.map(|item| item.trim()).any(|item| item == coding)
        };
        let (body, coding) = match (file.data_br(), file.data_gzip()) {
            (Some(body), _) if accepts("br") => (body, Some("br")),
            (_, Some(body)) if accepts("gzip") => (body, Some("gzip")),
            _ => (file.data(), None),
        };
        if let Some(coding) = coding {
            response.header(Header::new("Content-Encoding", coding));
        }
        let extension = self.path.rsplit('.').next().unwrap_or_default();
        response.header(ContentType::from_extension(extension).unwrap_or(ContentType::Plain));
        response.sized_body(AsRef::<[u8]>::as_ref(&body).len(), Cursor::new(body)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn walk(folder: &Path, root: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            if entry.is_dir() {
                walk(&entry, root, found);
            } else {
                found.push(entry.strip_prefix(root).expect("below").to_string_lossy().replace('\\', "/"));
            }
        }
    }

    /// The modules that `path` imports.
    fn imports(path: &str) -> Vec<String> {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("static").join(path);
        let text = std::fs::read_to_string(file).expect("a module");
        let folder = path.rsplit_once('/').expect("a folder").0;
        let named = text.lines().filter_map(|line| Some(line.rsplit_once("from '")?.1.split_once("';")?.0.to_owned()));
        let resolve = |name: String| match name.strip_prefix("../") {
            Some(rest) => format!("{}/{rest}", folder.rsplit_once('/').expect("a folder above").0),
            None => format!("{folder}/{}", name.trim_start_matches("./")),
        };
        named.map(resolve).collect()
    }

    /// The modules that `main` needs, itself among them, by path.
    fn needed_by(main: &str) -> Vec<String> {
        let mut needed = vec![main.to_owned()];
        for at in 0.. {
            let Some(path) = needed.get(at).cloned() else { break };
            for import in imports(&path) {
                if !needed.contains(&import) {
                    needed.push(import);
                }
            }
        }
        needed.sort();
        needed
    }

    #[test]
    fn a_page_asks_at_once_for_all_that_it_runs_and_for_no_more() {
        assert_eq!(needed_by("js/page/main.js"), modules().collect::<Vec<_>>());
        assert_eq!(needed_by("js/lab/main.js"), lab_modules().collect::<Vec<_>>());
        let mut history: Vec<_> = history_modules().collect();
        history.sort_unstable();
        assert_eq!(needed_by("js/history/main.js"), history);
    }

    #[test]
    fn every_file_of_the_folder_is_served_and_nothing_else() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("static");
        let mut found = Vec::new();
        walk(&root, &root, &mut found);
        found.sort();
        assert_eq!(found, FILES);
        for path in ["../Cargo.toml", "js/../style.css", "", "js"] {
            assert!(Asset::find(path, &build()).is_none(), "{path:?}");
        }
    }
}
