//! Which modules a release joins in which files. The build reads this file, too (`build.rs`).

/// The file of what the worker needs, itself left out: the pages need most of it, too.
pub const SHARED: &str = "joined/shared.js";
/// The worker, and its module. It is beside the shared file, because a module of that names it as `./worker.js`.
pub const WORKER: (&str, &str) = ("joined/worker.js", "js/tabs/worker.js");
/// The file of each page beside its first module.
pub const PAGES: [(&str, &str); 3] = [
    ("joined/page.js", "js/page/main.js"),
    ("joined/history.js", "js/history/main.js"),
    ("joined/lab.js", "js/lab/main.js"),
];
