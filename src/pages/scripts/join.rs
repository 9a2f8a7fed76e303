//! Joins modules into a few files, so that a browser far away asks twice and not sixty times.
//!
//! Each module becomes a function that is called once and gives what it exports. So names of one module do not meet those of
//! another, and modules run in the order in which a browser would run them.

use super::module::{Import, Module, Unknown};

/// What cannot be joined.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(super) enum Error {
    #[error(transparent)]
    Unknown(#[from] Unknown),
    #[error("{0}: there is no such module")]
    Absent(String),
    #[error("{0}: imports itself in a circle")]
    Circle(String),
}

/// All modules that `main` needs, itself last, each after those that it imports.
pub(super) fn needed(main: &str, text_of: impl Fn(&str) -> Option<String>) -> Result<Vec<Module>, Error> {
    let mut ordered = Vec::new();
    visit(main, &text_of, &mut Vec::new(), &mut ordered)?;
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
    for import in &module.imports {
        visit(&import.from, text_of, above, ordered)?;
    }
    above.pop();
    ordered.push(module);
    Ok(())
}

/// The text of a file with these modules, in this order. What they need beyond it comes from the file `shared`.
pub(super) fn joined(modules: &[&Module], shared: Option<&str>) -> String {
    let is_here = |path: &str| modules.iter().any(|module| module.path == path);
    let mut beyond: Vec<_> =
        modules.iter().flat_map(|module| &module.imports).map(|import| import.from.as_str()).collect();
    beyond.retain(|path| !is_here(path));
    beyond.sort_unstable();
    beyond.dedup();
    let mut text = String::new();
    if let (Some(shared), false) = (shared, beyond.is_empty()) {
        let names: Vec<_> = beyond.into_iter().map(Module::name).collect();
        text += &format!("import {{ {} }} from '{shared}';\n", names.join(", "));
    }
    for module in modules {
        text += &called(module);
    }
    text
}

/// A line that gives all that these modules export to other files.
pub(super) fn given(modules: &[Module]) -> String {
    let names: Vec<_> = modules.iter().map(|module| Module::name(&module.path)).collect();
    format!("export {{ {} }};\n", names.join(", "))
}

fn called(module: &Module) -> String {
    let take = |Import { from, names }: &Import| format!("const {names} = {};\n", Module::name(from));
    let imports: String = module.imports.iter().map(take).collect();
    let exports = module.exports.join(", ");
    format!(
        "const {} = (() => {{\n{imports}{}return {{ {exports} }};\n}})();\n",
        Module::name(&module.path),
        module.body
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(path: &str) -> Option<String> {
        let text = match path {
            "js/page/main.js" => "import { b } from '../dom/b.js';\nimport { a } from '../dom/a.js';\na(b);\n",
            "js/dom/b.js" => "import { a as c } from './a.js';\nexport const b = c();\n",
            "js/dom/a.js" => "export function a() {\n  return 1;\n}\n",
            "js/page/round.js" => "import { r } from './back.js';\n",
            "js/page/back.js" => "import { r } from './round.js';\n",
            "js/page/lost.js" => "import { r } from './nowhere.js';\n",
            _ => return None,
        };
        Some(text.to_owned())
    }

    #[test]
    fn each_module_stands_once_and_after_those_it_needs() {
        let modules = needed("js/page/main.js", text_of).expect("modules");
        let text = joined(&modules.iter().collect::<Vec<_>>(), None);
        assert_eq!(
            text,
            "const dom_a = (() => {\nfunction a() {\nreturn 1;\n}\nreturn { a };\n})();\n\
             const dom_b = (() => {\nconst { a: c } = dom_a;\nconst b = c();\nreturn { b };\n})();\n\
             const page_main = (() => {\nconst { b } = dom_b;\nconst { a } = dom_a;\na(b);\nreturn {  };\n})();\n"
        );
    }

    #[test]
    fn what_is_beyond_a_file_comes_from_the_shared_one() {
        let modules = needed("js/page/main.js", text_of).expect("modules");
        let (shared, rest) = modules.split_at(1);
        let text = joined(&rest.iter().collect::<Vec<_>>(), Some("./shared.js"));
        assert!(text.starts_with("import { dom_a } from './shared.js';\nconst dom_b = "), "{text}");
        assert_eq!(given(shared), "export { dom_a };\n");
    }

    #[test]
    fn a_circle_and_a_module_that_is_not_there_are_named() {
        assert_eq!(needed("js/page/round.js", text_of), Err(Error::Circle("js/page/round.js".to_owned())));
        assert_eq!(needed("js/page/lost.js", text_of), Err(Error::Absent("js/page/nowhere.js".to_owned())));
    }
}
