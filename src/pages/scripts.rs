//! The scripts of the pages: what a page runs, and how it gets there. A release joins the modules of a page in two files, one of
//! which the worker and all pages share; a debug build serves each module as it lies in the folder.

mod join;
mod module;

use super::assets::{self, FILES};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use module::Module;
use sha2::{Digest, Sha256};
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

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

/// The file of what the worker needs, itself left out: the pages need most of it, too.
const SHARED: &str = "joined/shared.js";
/// The worker. It is beside the shared file, because a module of that names it as `./worker.js`.
const JOINED_WORKER: &str = "joined/worker.js";
/// The file of each page beside its first module.
const JOINED: [(&str, &str); 3] = [
    ("joined/page.js", "js/page/main.js"),
    ("joined/history.js", "js/history/main.js"),
    ("joined/lab.js", "js/lab/main.js"),
];

/// What a page asks for: all at once, and not one behind the other.
pub(crate) struct Wanted {
    /// The file that starts the page.
    pub main: &'static str,
    /// All files, that one among them.
    pub files: Vec<&'static str>,
}

/// The scripts of a station's page and of the overview.
pub(crate) fn of_page() -> Wanted {
    of(0, modules_of(&PAGE_ROOMS).collect())
}

/// The scripts of the history page.
pub(crate) fn of_history() -> Wanted {
    of(1, modules_of(&HISTORY_ROOMS).chain(HISTORY_ALSO).collect())
}

/// The scripts of the lab.
pub(crate) fn of_lab() -> Wanted {
    of(2, modules_of(&LAB_ROOMS).collect())
}

fn of(page: usize, modules: Vec<&'static str>) -> Wanted {
    wanted(JOINED[page], modules, !cfg!(debug_assertions))
}

fn wanted((file, main): (&'static str, &'static str), modules: Vec<&'static str>, joined: bool) -> Wanted {
    if joined {
        Wanted { main: file, files: vec![SHARED, file, JOINED_WORKER] }
    } else {
        Wanted { main, files: modules }
    }
}

fn modules_of(rooms: &'static [&str]) -> impl Iterator<Item = &'static str> {
    let room_of = |path: &'static str| path.strip_prefix(SCRIPTS)?.split_once('/').map(|(room, _)| room);
    FILES.into_iter().filter(move |path| *path != WORKER && room_of(path).is_some_and(|room| rooms.contains(&room)))
}

/// Scripts that are joined.
#[derive(Clone)]
pub(crate) struct Script {
    pub path: &'static str,
    pub etag: String,
    pub plain: Bytes,
    pub gzip: Bytes,
    pub brotli: Bytes,
}

/// All joined scripts, made when they are asked for the first time.
#[derive(Default, Clone)]
pub struct Joined {
    made: Arc<Mutex<Option<Arc<[Script]>>>>,
}

impl Joined {
    /// The file at this path.
    pub(crate) fn find(&self, path: &str) -> Option<Script> {
        let is_there = [SHARED, JOINED_WORKER].contains(&path) || JOINED.iter().any(|(file, _)| *file == path);
        if !is_there {
            return None;
        }
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let made = made.get_or_insert_with(|| {
            let texts = texts(assets::text).inspect_err(|error| tracing::error!(%error, "scripts could not be joined"));
            texts.unwrap_or_default().into_iter().map(|(path, text)| Script::of(path, text)).collect()
        });
        made.iter().find(|script| script.path == path).cloned()
    }

    /// The same, made on a thread of its own from now on, so that nobody waits for it. A debug build joins none unasked.
    pub fn begun() -> Self {
        let joined = Self::default();
        if !cfg!(debug_assertions) {
            let made = joined.clone();
            std::thread::spawn(move || made.find(SHARED));
        }
        joined
    }
}

/// Brotli's quality: higher ones take ten times as long for 6 % less.
const QUALITY: i32 = 9;

impl Script {
    fn of(path: &'static str, text: String) -> Self {
        let plain = Bytes::from(text);
        let mut brotli = Vec::new();
        let options = brotli::enc::BrotliEncoderParams { quality: QUALITY, ..Default::default() };
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        // Writing to memory does not fail.
        let _ = brotli::BrotliCompress(&mut &plain[..], &mut brotli, &options);
        let _ = gzip.write_all(&plain);
        let hash: String = Sha256::digest(&plain).iter().take(ETAG_BYTES).map(|byte| format!("{byte:02x}")).collect();
        Self {
            path,
            etag: format!("\"{hash}\""),
            gzip: gzip.finish().unwrap_or_default().into(),
            brotli: brotli.into(),
            plain,
        }
    }
}

/// Bytes of the hash that is the tag of a file.
const ETAG_BYTES: usize = 16;

/// All joined files, made of these modules.
fn texts(text_of: impl Fn(&str) -> Option<String>) -> Result<Vec<(&'static str, String)>, join::Error> {
    let shared = join::needed(WORKER, &text_of)?;
    let (shared, worker) = shared.split_at(shared.len().saturating_sub(1));
    let beside = |modules: &[&Module]| join::joined(modules, Some("./shared.js"));
    let mut texts = vec![
        (SHARED, join::joined(&shared.iter().collect::<Vec<_>>(), None) + join::given(shared).as_str()),
        (JOINED_WORKER, beside(&worker.iter().collect::<Vec<_>>())),
    ];
    for (file, main) in JOINED {
        let modules = join::needed(main, &text_of)?;
        let own: Vec<_> =
            modules.iter().filter(|module| !shared.iter().any(|known| known.path == module.path)).collect();
        texts.push((file, beside(&own)));
    }
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The modules that `main` needs, itself among them, by path.
    fn needed_by(main: &str) -> Vec<String> {
        let modules = join::needed(main, assets::text).expect("modules that can be joined");
        let mut paths: Vec<_> = modules.into_iter().map(|module| module.path).collect();
        paths.sort();
        paths
    }

    #[test]
    fn a_page_asks_at_once_for_all_that_it_runs_and_for_no_more() {
        for (wanted, (_, main)) in [of_page(), of_history(), of_lab()].into_iter().zip(JOINED) {
            let mut files = wanted.files;
            files.sort_unstable();
            assert_eq!(needed_by(main), files, "{main}");
        }
    }

    #[test]
    fn a_release_asks_for_two_files_and_the_worker() {
        let wanted = wanted(JOINED[1], vec!["js/history/main.js"], true);
        assert_eq!(
            (wanted.main, &wanted.files[..]),
            ("joined/history.js", &[SHARED, "joined/history.js", JOINED_WORKER][..])
        );
    }

    #[test]
    fn every_module_stands_once_in_what_a_page_runs_joined() {
        let texts = texts(assets::text).expect("scripts that can be joined");
        let text = |path: &str| texts.iter().find(|(known, _)| *known == path).expect("a file").1.as_str();
        for (file, main) in JOINED {
            let both = text(SHARED).to_owned() + text(file);
            for module in needed_by(main) {
                let begin = format!("const {} = (() => {{", Module::name(&module));
                assert_eq!(both.matches(&begin).count(), 1, "{module} in {file}");
            }
        }
        let worker = text(JOINED_WORKER);
        assert!(worker.starts_with("import { channel_bay, ") && worker.contains("tabs_worker"), "{worker}");
        assert!(!worker.contains("/**") && !text("joined/page.js").contains("\n//"), "comments stay at home");
    }

    #[test]
    fn a_joined_file_is_found_in_both_codings() {
        let joined = Joined::default();
        let script = joined.find(SHARED).expect("a file");
        let mut plain = Vec::new();
        brotli::BrotliDecompress(&mut &script.brotli[..], &mut plain).expect("brotli");
        assert_eq!(plain, script.plain);
        plain.clear();
        std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&script.gzip[..]), &mut plain).expect("gzip");
        assert_eq!(plain, script.plain);
        assert!(script.brotli.len() < script.gzip.len() && script.gzip.len() * 3 < script.plain.len());
        assert!(joined.find("joined/other.js").is_none());
    }
}
