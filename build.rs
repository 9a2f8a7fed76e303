//! What the program is made of beside its sources: the migrations, and in a release the scripts of its pages, joined and small.

#[path = "src/pages/scripts/plan.rs"]
mod plan;

use std::error::Error;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    // Cargo does not see a new file of migrations by itself, because the macro that embeds them names only their folder.
    println!("cargo:rerun-if-changed=migrations");
    // A debug build serves each module as it lies in the folder: a change of a script makes nothing anew.
    let is_release = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let texts = if is_release { joined()? } else { Vec::new() };
    let mut hash = DefaultHasher::new();
    texts.hash(&mut hash);
    let made = format!("Made {{ name: \"{:016x}\", texts: &{texts:?} }}", hash.finish());
    fs::write(Path::new(&env::var("OUT_DIR")?).join("joined.rs"), made)?;
    Ok(())
}

/// The path and the text of each file that is made of the scripts.
fn joined() -> Result<Vec<(String, String)>, Box<dyn Error>> {
    println!("cargo:rerun-if-changed=static/js");
    let plan = join::Plan { shared: plan::SHARED, worker: plan::WORKER, pages: &plan::PAGES };
    let files = join::files(plan, |path| fs::read_to_string(Path::new("static").join(path)).ok())?;
    Ok(files.into_iter().map(|file| (file.path, file.text)).collect())
}
