//! The scripts of the pages: what a page runs, and how it gets there. The build of a release joins the modules of a page in two files, one
//! of which the worker and all pages share, and makes them small (`build.rs`); a debug build serves each module as it lies in the folder.

pub mod plan;

use super::assets::FILES;
use super::made::MADE;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use plan::{PAGES, SHARED, WORKER};
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
    wanted(PAGES[page], modules, !MADE.texts.is_empty())
}

fn wanted((file, main): (&'static str, &'static str), modules: Vec<&'static str>, joined: bool) -> Wanted {
    if joined { Wanted { main: file, files: vec![SHARED, file, WORKER.0] } } else { Wanted { main, files: modules } }
}

fn modules_of(rooms: &'static [&str]) -> impl Iterator<Item = &'static str> {
    let room_of = |path: &'static str| path.strip_prefix(SCRIPTS)?.split_once('/').map(|(room, _)| room);
    FILES.into_iter().filter(move |path| *path != WORKER.1 && room_of(path).is_some_and(|room| rooms.contains(&room)))
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

/// All joined scripts, compressed when they are asked for the first time.
#[derive(Default, Clone)]
pub struct Joined {
    made: Arc<Mutex<Vec<Script>>>,
}

impl Joined {
    /// The file at this path.
    pub(crate) fn find(&self, path: &str) -> Option<Script> {
        Self::of(&self.made, MADE.texts, path)
    }

    fn of(made: &Mutex<Vec<Script>>, texts: &[(&'static str, &'static str)], path: &str) -> Option<Script> {
        let at = texts.iter().position(|(known, _)| *known == path)?;
        let mut made = made.lock().unwrap_or_else(PoisonError::into_inner);
        if made.is_empty() {
            made.extend(texts.iter().map(|(path, text)| Script::of(path, text)));
        }
        made.get(at).cloned()
    }

    /// The same, made on a thread of its own from now on, so that nobody waits for it.
    pub fn begun() -> Self {
        let joined = Self::default();
        let made = joined.clone();
        std::thread::spawn(move || made.find(SHARED));
        joined
    }
}

/// Brotli's quality, the best: it takes a moment of the thread that begins with the program, and each first visit is 6 % shorter.
const QUALITY: i32 = 11;

impl Script {
    fn of(path: &'static str, text: &'static str) -> Self {
        let plain = Bytes::from_static(text.as_bytes());
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

#[cfg(test)]
mod tests {
    use super::super::assets;
    use super::*;

    #[test]
    fn a_page_asks_at_once_for_all_that_it_runs_and_for_no_more() {
        for (wanted, (_, main)) in [of_page(), of_history(), of_lab()].into_iter().zip(PAGES) {
            let mut files = wanted.files;
            files.sort_unstable();
            let mut needed = join::needed(main, assets::text).expect("modules that can be joined");
            needed.sort();
            assert_eq!(needed, files, "{main}");
        }
    }

    #[test]
    fn a_release_asks_for_two_files_and_the_worker() {
        let wanted = wanted(PAGES[1], vec!["js/history/main.js"], true);
        assert_eq!(
            (wanted.main, &wanted.files[..]),
            ("joined/history.js", &[SHARED, "joined/history.js", WORKER.0][..])
        );
    }

    /// What the build of a release makes.
    fn made() -> Vec<join::File> {
        let plan = join::Plan { shared: SHARED, worker: WORKER, pages: &PAGES };
        join::files(plan, assets::text).expect("scripts that can be joined")
    }

    #[test]
    fn every_module_stands_once_in_what_a_page_runs_joined() {
        let files = made();
        let modules = |path: &str| &files.iter().find(|file| file.path == path).expect("a file").modules;
        for (file, main) in PAGES {
            let both = [&modules(SHARED)[..], modules(file)].concat();
            for module in join::needed(main, assets::text).expect("modules") {
                assert_eq!(both.iter().filter(|known| **known == module).count(), 1, "{module} in {file}");
            }
        }
        assert_eq!(*modules(WORKER.0), [WORKER.1]);
    }

    #[test]
    fn what_a_release_serves_is_small() {
        for join::File { path, modules, text } in made() {
            let whole: usize = modules.iter().filter_map(|module| Some(assets::text(module)?.len())).sum();
            assert!(text.len() * 2 < whole, "{path}: {} of {whole} bytes", text.len());
            assert!(text.trim_end().lines().count() <= 1 && !text.contains("/*"), "{path} has comments");
        }
    }

    #[test]
    fn a_joined_file_is_found_in_both_codings() {
        let texts: Vec<_> = made().into_iter().map(|file| (&*file.path.leak(), &*file.text.leak())).collect();
        let made = Mutex::default();
        let script = Joined::of(&made, &texts, SHARED).expect("a file");
        let mut plain = Vec::new();
        brotli::BrotliDecompress(&mut &script.brotli[..], &mut plain).expect("brotli");
        assert_eq!(plain, script.plain);
        plain.clear();
        std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&script.gzip[..]), &mut plain).expect("gzip");
        assert_eq!(plain, script.plain);
        assert!(script.brotli.len() < script.gzip.len() && script.gzip.len() * 2 < script.plain.len());
        assert!(Joined::of(&made, &texts, "joined/other.js").is_none());
    }
}
