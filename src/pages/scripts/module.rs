//! One module of the scripts, taken apart: what it imports, what it exports, and its text without comments.
//!
//! The scripts keep to a few forms, which a test holds: an import or an export stands on a line of its own and begins it, names are
//! imported in braces or all together, and what is exported never changes afterwards. So no parser is needed.

/// A module.
#[derive(Debug, PartialEq)]
pub(super) struct Module {
    /// Its path in the folder of the scripts, as `js/channel/home.js`.
    pub path: String,
    pub imports: Vec<Import>,
    /// The names that it exports.
    pub exports: Vec<String>,
    /// Its lines without imports, without `export` and without comments.
    pub body: String,
}

/// What a module imports of another.
#[derive(Debug, PartialEq)]
pub(super) struct Import {
    /// The other's path in the folder.
    pub from: String,
    /// What stands left of the `=`: `{ a, b: c }`, or `all`.
    pub names: String,
}

/// A line in a form that cannot be joined.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("{path}: cannot be joined: {line}")]
pub(super) struct Unknown {
    path: String,
    line: String,
}

/// What an exported thing may begin with.
const EXPORTED: [&str; 5] = ["const ", "class ", "function ", "function* ", "async function "];

impl Module {
    /// Takes the text of the module at `path` apart.
    pub(super) fn read(path: &str, text: &str) -> Result<Self, Unknown> {
        let mut module = Self { path: path.to_owned(), imports: Vec::new(), exports: Vec::new(), body: String::new() };
        let mut in_comment = false;
        for whole in text.lines() {
            let unknown = || Unknown { path: path.to_owned(), line: whole.to_owned() };
            let line = whole.trim();
            if in_comment || line.starts_with("/*") {
                let end = line.find("*/");
                in_comment = end.is_none();
                match end.map(|end| &line[end + 2..]) {
                    None | Some("") => continue,
                    // A type before the code of a line.
                    Some(_) if line.starts_with(CAST) => {}
                    Some(_) => return Err(unknown()),
                }
            }
            if line.is_empty() || line.starts_with("//") {
                continue;
            }
            if whole.starts_with("import ") {
                module.imports.push(Import::read(path, line).ok_or_else(unknown)?);
                continue;
            }
            let code = match whole.strip_prefix("export ") {
                None => line,
                Some(exported) => {
                    let kind = EXPORTED.iter().find(|kind| exported.starts_with(**kind)).ok_or_else(unknown)?;
                    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
                    let name = exported[kind.len()..].split(|c| !is_name(c)).next().unwrap_or_default();
                    if name.is_empty() {
                        return Err(unknown());
                    }
                    module.exports.push(name.to_owned());
                    exported
                }
            };
            module.body += &without_casts(code);
            module.body.push('\n');
        }
        Ok(module)
    }

    /// The name of what it exports where scripts are joined.
    pub(super) fn name(path: &str) -> String {
        path.trim_start_matches("js/").trim_end_matches(".js").replace(['/', '.', '-'], "_")
    }
}

impl Import {
    fn read(path: &str, line: &str) -> Option<Self> {
        let (names, from) = line.strip_prefix("import ")?.strip_suffix("';")?.split_once(" from '")?;
        let names = match names.strip_prefix("* as ") {
            Some(all) => all.to_owned(),
            None => names.strip_prefix('{').filter(|rest| rest.ends_with('}')).map(|_| names.replace(" as ", ": "))?,
        };
        Some(Self { from: beside(path, from)?, names })
    }
}

/// The path that `name` means in the module at `path`.
fn beside(path: &str, name: &str) -> Option<String> {
    let (folder, _) = path.rsplit_once('/')?;
    match name.strip_prefix("../") {
        Some(rest) if !rest.starts_with('.') => Some(format!("{}/{rest}", folder.rsplit_once('/')?.0)),
        Some(_) => None,
        None => Some(format!("{folder}/{}", name.strip_prefix("./")?)),
    }
}

/// How a type within a line begins.
const CAST: &str = "/** @type {";

/// A line without the types that tell the checker what the code knows.
fn without_casts(line: &str) -> String {
    let mut rest = line;
    let mut kept = String::with_capacity(line.len());
    while let Some(at) = rest.find(CAST) {
        let Some(end) = rest[at..].find("*/") else { break };
        kept += &rest[..at];
        rest = rest[at + end + 2..].trim_start();
    }
    kept + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_is_taken_apart() {
        let text = "// @ts-check\nimport { a, b as c } from '../dom/a.js';\nimport * as all from './all.js';\n\n/**\n * Says.\n */\nexport const \
                    say = (/** @type {string} */ text) => c(text); // it stays\n\nexport async function go() {\n  /** @type {string[]} */ ([]);\n  // nothing\n}\n";
        let module = Module::read("js/page/x.js", text).expect("a module");
        let import = |from: &str, names: &str| Import { from: from.to_owned(), names: names.to_owned() };
        assert_eq!(module.imports, [import("js/dom/a.js", "{ a, b: c }"), import("js/page/all.js", "all")]);
        assert_eq!(module.exports, ["say", "go"]);
        assert_eq!(module.body, "const say = (text) => c(text); // it stays\nasync function go() {\n([]);\n}\n");
    }

    #[test]
    fn a_form_that_cannot_be_joined_is_named() {
        for line in [
            "export default 3;",
            "export let a = 1;",
            "export * from './a.js';",
            "import a from './a.js';",
            "import './a.js';",
            "import { a } from 'a';",
            "/* a */ b();",
        ] {
            let error = Module::read("js/page/x.js", line).expect_err(line).to_string();
            assert_eq!(error, format!("js/page/x.js: cannot be joined: {line}"));
        }
    }
}
