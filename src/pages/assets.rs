//! The files of `static/`, compiled in: compressed beforehand, under an address that changes when they do.

use rust_embed_for_web::{EmbedableFile, RustEmbed};
use sha2::{Digest, Sha256};

/// All of them. The list is the gate: nothing else is served, whatever a path says; a test keeps it complete.
pub(crate) const FILES: [&str; 107] = [
    "admin.css",
    "embed.css",
    "icons/favicon.svg",
    "js/admin/inbox.js",
    "js/channel/base.js",
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
    "js/view/night.js",
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
    "lab.css",
    "past.css",
    "style.css",
    "vendor/lucide-1.62.0/LICENSE",
    "vendor/lucide-1.62.0/icons.svg",
    "vendor/uplot-1.6.32/LICENSE",
    "vendor/uplot-1.6.32/uPlot.iife.min.js",
    "vendor/uplot-1.6.32/uPlot.min.css",
];

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
    // Joined files fit together only as one build has made them.
    hash.update(super::made::MADE.name);
    hash.finalize().iter().take(BUILD_BYTES).map(|byte| format!("{byte:02x}")).collect()
}

/// A file of the list.
pub(super) fn get(path: &str) -> Option<impl EmbedableFile<Data: Send> + use<>> {
    Files::get(path)
}

/// The text of a file of the folder.
pub(super) fn text(path: &str) -> Option<String> {
    let path = FILES.iter().find(|known| **known == path)?;
    String::from_utf8(AsRef::<[u8]>::as_ref(&Files::get(path)?.data()).to_vec()).ok()
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

    #[test]
    fn every_file_of_the_folder_is_served_and_nothing_else() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("static");
        let mut found = Vec::new();
        walk(&root, &root, &mut found);
        found.sort();
        assert_eq!(found, FILES);
    }
}
