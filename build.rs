//! Cargo does not see a new file of migrations by itself, because the macro that embeds them names only their folder.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
