//! Which module stands in which file, and what files give each other.

use crate::Error;
use crate::module::{Module, unique};
use crate::small::small;
use std::collections::BTreeSet;

/// Which files are made of which modules. A page runs its own file and the shared one.
#[derive(Debug, Clone, Copy)]
pub struct Plan<'a> {
    /// The path of the file of what the worker needs, itself left out: the pages need most of it, too.
    pub shared: &'a str,
    /// The path of the worker's file, and the module that is the worker.
    pub worker: (&'a str, &'a str),
    /// The path of each page's file, and the module that starts the page.
    pub pages: &'a [(&'a str, &'a str)],
}

/// A file that was made.
#[derive(Debug, PartialEq)]
pub struct File {
    /// Its path.
    pub path: String,
    /// The modules in it, by their paths, in the order in which they run.
    pub modules: Vec<String>,
    /// Its text.
    pub text: String,
}

/// The name by which files know the shared one, which lies beside them.
const SHARED: &str = "./shared.js";

/// All files of the plan, made of the modules that `text_of` knows.
///
/// # Errors
///
/// A module that is absent, or that cannot be joined.
pub fn files(plan: Plan<'_>, text_of: impl Fn(&str) -> Option<String>) -> Result<Vec<File>, Error> {
    let (worker_file, worker) = plan.worker;
    let mut shared = ordered(worker, &text_of)?;
    let worker = shared.split_off(shared.len().saturating_sub(1));
    let mut others = vec![(worker_file, worker)];
    for (file, main) in plan.pages {
        let own =
            ordered(main, &text_of)?.into_iter().filter(|module| shared.iter().all(|known| known.path != module.path));
        others.push((file, own.collect()));
    }
    let given: BTreeSet<_> = others.iter().flat_map(|(_, modules)| beyond(modules)).collect();
    let given: Vec<_> = given.into_iter().collect();
    let mut made = vec![file(plan.shared, &shared, "", &exported(&given))?];
    for (path, modules) in &others {
        made.push(file(path, modules, &imported(&beyond(modules), &given), "")?);
    }
    Ok(made)
}

/// The paths of all modules that the module `main` needs, itself last, each after those that it imports.
///
/// # Errors
///
/// A module that is absent, or that cannot be joined.
pub fn needed(main: &str, text_of: impl Fn(&str) -> Option<String>) -> Result<Vec<String>, Error> {
    Ok(ordered(main, &text_of)?.into_iter().map(|module| module.path).collect())
}

fn file(path: &str, modules: &[Module], before: &str, after: &str) -> Result<File, Error> {
    let text: String =
        [before].into_iter().chain(modules.iter().map(|module| module.text.as_str())).chain([after]).collect();
    let modules = modules.iter().map(|module| module.path.clone()).collect();
    Ok(File { path: path.to_owned(), modules, text: small(path, &text)? })
}

/// What these modules need of others than themselves.
fn beyond(modules: &[Module]) -> BTreeSet<(String, String)> {
    let is_here = |path: &str| modules.iter().any(|module| module.path == path);
    modules.iter().flat_map(|module| &module.needs).filter(|(path, _)| !is_here(path)).cloned().collect()
}

/// The shared file gives its things under short names: no person reads them.
fn exported(given: &[(String, String)]) -> String {
    let names: Vec<_> =
        given.iter().enumerate().map(|(n, (path, name))| format!("{} as {}", unique(path, name), short(n))).collect();
    if names.is_empty() { String::new() } else { format!("export {{ {} }};\n", names.join(", ")) }
}

fn imported(wanted: &BTreeSet<(String, String)>, given: &[(String, String)]) -> String {
    let names = given.iter().enumerate().filter(|(_, thing)| wanted.contains(thing));
    let names: Vec<_> = names.map(|(n, (path, name))| format!("{} as {}", short(n), unique(path, name))).collect();
    if names.is_empty() { String::new() } else { format!("import {{ {} }} from '{SHARED}';\n", names.join(", ")) }
}

/// A short name for the thing of this number: `a`, `b`, … `z`, `a1`, `b1`.
fn short(number: usize) -> String {
    let letter = char::from(b'a' + (number % 26) as u8);
    match number / 26 {
        0 => letter.to_string(),
        round => format!("{letter}{round}"),
    }
}

fn ordered(main: &str, text_of: &impl Fn(&str) -> Option<String>) -> Result<Vec<Module>, Error> {
    let mut ordered = Vec::new();
    visit(main, text_of, &mut Vec::new(), &mut ordered)?;
    Ok(ordered)
}

fn visit(
    path: &str,
    text_of: &impl Fn(&str) -> Option<String>,
    above: &mut Vec<String>,
    ordered: &mut Vec<Module>,
) -> Result<(), Error> {
    if ordered.iter().any(|known| known.path == path) {
        return Ok(());
    }
    if above.iter().any(|known| known == path) {
        return Err(Error::Circle(path.to_owned()));
    }
    let module = Module::read(path, &text_of(path).ok_or_else(|| Error::Absent(path.to_owned()))?)?;
    above.push(path.to_owned());
    for (from, _) in &module.needs {
        visit(from, text_of, above, ordered)?;
    }
    above.pop();
    let lacks = module
        .needs
        .iter()
        .find(|(from, name)| ordered.iter().any(|other| other.path == *from && !other.exports.contains(name)));
    if let Some((path, name)) = lacks {
        return Err(Error::Name { path: path.clone(), name: name.clone() });
    }
    ordered.push(module);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(path: &str) -> Option<String> {
        let text = match path {
            "js/page/main.js" => "import { b } from '../dom/b.js';\nimport { a } from '../dom/a.js';\nsay(a(b));\n",
            "js/dom/b.js" => "import { a as c } from './a.js';\nexport const b = c(2);\n",
            "js/dom/a.js" => "export function a(n) {\n  return say(n), n + 1;\n}\nexport const unused = () => 1;\n",
            "js/tabs/worker.js" => "import { a } from '../dom/a.js';\na(7);\n",
            "js/page/round.js" => "import { r } from './back.js';\n",
            "js/page/back.js" => "import { r } from './round.js';\n",
            "js/page/lost.js" => "import { r } from './nowhere.js';\n",
            "js/page/wrong.js" => "import { r } from '../dom/a.js';\n",
            _ => return None,
        };
        Some(text.to_owned())
    }

    const PLAN: Plan<'_> = Plan {
        shared: "shared.js",
        worker: ("worker.js", "js/tabs/worker.js"),
        pages: &[("page.js", "js/page/main.js")],
    };

    #[test]
    fn each_module_stands_once_and_after_those_it_needs() {
        assert_eq!(
            needed("js/page/main.js", text_of),
            Ok(["js/dom/a.js", "js/dom/b.js", "js/page/main.js"].map(String::from).into())
        );
        let files = files(PLAN, text_of).expect("files");
        let modules = |at: usize| (files[at].path.as_str(), files[at].modules.join(" "));
        assert_eq!(modules(0), ("shared.js", "js/dom/a.js".to_owned()));
        assert_eq!(modules(1), ("worker.js", "js/tabs/worker.js".to_owned()));
        assert_eq!(modules(2), ("page.js", "js/dom/b.js js/page/main.js".to_owned()));
    }

    #[test]
    fn files_are_small_and_give_each_other_what_they_need() {
        let texts: Vec<_> = files(PLAN, text_of).expect("files").into_iter().map(|file| file.text).collect();
        assert_eq!(
            texts,
            [
                "function e(e){return say(e),e+1}export{e as a};",
                "import{a as e}from\"./shared.js\";e(7);",
                "import{a as e}from\"./shared.js\";const t=e(2);say(e(t));",
            ]
        );
    }

    #[test]
    fn what_is_not_there_is_named() {
        let failed = |main| needed(main, text_of).expect_err(main).to_string();
        assert_eq!(failed("js/page/round.js"), "js/page/round.js: imports itself in a circle");
        assert_eq!(failed("js/page/lost.js"), "js/page/nowhere.js: there is no such module");
        assert_eq!(failed("js/page/wrong.js"), "js/dom/a.js: exports no r");
    }

    #[test]
    fn short_names_are_all_different() {
        let names: BTreeSet<_> = (0..200).map(short).collect();
        assert_eq!(names.len(), 200);
        assert_eq!((short(0), short(25), short(26)), ("a".to_owned(), "z".to_owned(), "a1".to_owned()));
    }
}
