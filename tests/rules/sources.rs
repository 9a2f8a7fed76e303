//! The source files of the house, for tests that hold rules about texts.

use std::fs;
use std::path::Path;

/// A file with its path from the root of the repository.
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// All files of these folders (or the files themselves) whose names end in one of `endings`, by path; without what npm has installed.
pub(crate) fn read(roots: &[&str], endings: &[&str]) -> Vec<Source> {
    let mut found = Vec::new();
    for root in roots {
        walk(Path::new(root), endings, &mut found);
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(!found.is_empty(), "nothing found in {roots:?}");
    found
}

fn walk(path: &Path, endings: &[&str], found: &mut Vec<Source>) {
    if path.ends_with("node_modules") {
        return;
    }
    if path.is_dir() {
        for entry in fs::read_dir(path).expect("a readable folder") {
            walk(&entry.expect("an entry").path(), endings, found);
        }
    } else if endings.iter().any(|ending| path.to_string_lossy().ends_with(ending)) {
        let text = fs::read_to_string(path).expect("a readable file");
        found.push(Source { path: path.to_string_lossy().into_owned(), text });
    }
}

impl Source {
    /// True if the file is one of `places`, or below one: `src/live` holds `src/live.rs` and `src/live/gate.rs`.
    pub(crate) fn is_in(&self, places: &[&str]) -> bool {
        places.iter().any(|place| {
            let rest = self.path.strip_prefix(place);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || rest.starts_with('.'))
        })
    }

    /// True for a file with nothing but tests or benches.
    pub(crate) fn is_test(&self) -> bool {
        ["/tests/", "/tests.rs", "/benches/"].iter().any(|part| self.path.contains(part))
    }

    /// The text without the tests at the end of a Rust file.
    pub(crate) fn own(&self) -> &str {
        self.text.split("#[cfg(test)]").next().unwrap_or_default()
    }
}
