//! What others have made is as they published it, with its licence.

use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Each file below `static/vendor`, and its SHA-256. uPlot's are those of the npm package `uplot` 1.6.32, whose integrity is
/// sha512-KIMVnG68zvu5XXUbC4LQEPnhwOxBuLyW1AHtpm6IKTXImkbLgkMy+jabjLgSLMasNuGGzQm/ep3tOkyTxpiQIw==; of Lucide's icons there are some, in
/// one file.
const FILES: [(&str, &str); 5] = [
    ("lucide-1.62.0/LICENSE", "b495047bd93a9b06913511076f504daba17d5bbeb3e0650f3bb53a4220329c57"),
    ("lucide-1.62.0/icons.svg", "9ae233dae066a096f61f4e042c49aba528ed3de647dfdd61f7903f15ca1dff8e"),
    ("uplot-1.6.32/LICENSE", "8f989229699b4fe2f1a0432d0e9edc338a8a911e250e2d1b01ecd770a5f5b1bd"),
    ("uplot-1.6.32/uPlot.iife.min.js", "19c8d4c6ad88929a79f4ae49d6f7161566dfd0ba3d15cc495e974f787eb78f1f"),
    ("uplot-1.6.32/uPlot.min.css", "df630c6a8d6f8eeaff264b50f73ce5b114f646ffd9a0bb74f049b0a00135fa04"),
];

#[test]
fn what_others_have_made_is_as_they_published_it_and_has_its_licence() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("static/vendor");
    let mut found = BTreeMap::new();
    for package in fs::read_dir(&root).expect("the folder").map(|entry| entry.expect("an entry").path()) {
        assert!(package.join("LICENSE").is_file(), "{} has no licence", package.display());
        for file in fs::read_dir(&package).expect("a package").map(|entry| entry.expect("an entry").path()) {
            let name = file.strip_prefix(&root).expect("below").to_string_lossy().replace('\\', "/");
            let hash = Sha256::digest(fs::read(&file).expect("a file"));
            found.insert(name, hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
        }
    }
    let wanted = FILES.map(|(name, hash)| (name.to_owned(), hash.to_owned()));
    assert_eq!(found, BTreeMap::from(wanted));
}
