//! One module, taken apart: what it needs of others, what it exports, and its text in names that no other module has.

use crate::Error;
use oxc_allocator::Allocator;
use oxc_ast::ast::{Declaration, Expression, ImportDeclarationSpecifier, Program, Statement};
use oxc_ast::builder::AstBuilder;
use oxc_ast_visit::{VisitMut, walk_mut};
use oxc_codegen::{Codegen, CodegenOptions, CommentOptions};
use oxc_parser::Parser;
use oxc_semantic::{Scoping, SemanticBuilder};
use oxc_span::{GetSpan, SourceType, Span};
use oxc_syntax::symbol::SymbolId;

/// A module.
#[derive(Debug, PartialEq)]
pub(crate) struct Module {
    /// Its path, as `js/channel/home.js`.
    pub path: String,
    /// What it needs: the other's path, and a name that the other exports. A module of which it needs no name is not in it.
    pub needs: Vec<(String, String)>,
    /// The names that it exports.
    pub exports: Vec<String>,
    /// Its text without imports and without `export`.
    pub text: String,
}

/// The name that `name` of the module at `path` has where modules are joined. No script of ours uses a `$`.
pub(crate) fn unique(path: &str, name: &str) -> String {
    let module = path.trim_start_matches("js/").trim_end_matches(".js").replace(['/', '.', '-'], "_");
    format!("{module}${name}")
}

/// What a name of an import stands for.
enum Bound {
    One(String),
    All,
}

/// An import: the local name, the other module, what of it.
struct Import<'a> {
    local: &'a str,
    from: String,
    bound: Bound,
}

impl Module {
    /// Takes the text of the module at `path` apart.
    pub fn read(path: &str, text: &str) -> Result<Self, Error> {
        let allocator = Allocator::default();
        let parsed = Parser::new(&allocator, text, SourceType::mjs()).parse();
        if let Some(first) = parsed.diagnostics.first() {
            return Err(Error::Syntax { path: path.to_owned(), what: first.to_string() });
        }
        let mut program = parsed.program;
        let form = |span: Span| Error::Form { path: path.to_owned(), line: first_line(text, span) };
        let mut imports = Vec::new();
        let mut exports = Vec::new();
        for statement in &program.body {
            match statement {
                Statement::ImportDeclaration(_) => {
                    imports.extend(import(path, statement).ok_or_else(|| form(statement.span()))?);
                }
                Statement::ExportDeclaration(export) => {
                    exports.push(name_of(&export.declaration).ok_or_else(|| form(statement.span()))?);
                }
                Statement::ExportAllDeclaration(_)
                | Statement::ExportDefaultDeclaration(_)
                | Statement::ExportNamedDeclaration(_)
                | Statement::ExportFromDeclaration(_) => return Err(form(statement.span())),
                _ => (),
            }
        }
        let mut scoping = SemanticBuilder::new().build(&program).semantic.into_scoping();
        let mut needs = Vec::new();
        let top: Vec<_> = scoping.get_bindings(scoping.root_scope_id()).iter().map(|(_, id)| *id).collect();
        for symbol in top {
            let name = scoping.symbol_name(symbol).to_owned();
            let known = imports.iter().find(|import| import.local == name);
            let new = match known {
                None => unique(path, &name),
                Some(Import { from, bound: Bound::One(imported), .. }) => {
                    needs.push((from.clone(), imported.clone()));
                    unique(from, imported)
                }
                Some(Import { from, bound: Bound::All, .. }) => {
                    let mut members = Members::new(&scoping, symbol, from, &allocator);
                    members.visit_program(&mut program);
                    if members.left != 0 {
                        return Err(form(scoping.symbol_span(symbol)));
                    }
                    needs.extend(members.found.into_iter().map(|name| (from.clone(), name)));
                    continue;
                }
            };
            scoping.set_symbol_name(symbol, new.as_str().into());
        }
        // A module runs after those that it imports, in the order in which it names them.
        needs.sort_by_key(|(from, name)| (imports.iter().position(|import| import.from == *from), name.clone()));
        needs.dedup();
        bare(&mut program, &allocator);
        let options = CodegenOptions { comments: CommentOptions::disabled(), ..CodegenOptions::default() };
        let text = Codegen::new().with_options(options).with_scoping(Some(scoping)).build(&program).code;
        Ok(Self { path: path.to_owned(), needs, exports, text })
    }
}

/// The statement's text up to the end of its first line.
fn first_line(text: &str, span: Span) -> String {
    let rest = text.get(span.start as usize..).unwrap_or_default();
    rest.lines().next().unwrap_or_default().to_owned()
}

/// The names that a statement imports; `None` for a form that is not known.
fn import<'a>(path: &str, statement: &Statement<'a>) -> Option<Vec<Import<'a>>> {
    let Statement::ImportDeclaration(declaration) = statement else { return None };
    let from = beside(path, &declaration.source.value)?;
    let specifiers = declaration.specifiers.as_ref().filter(|specifiers| !specifiers.is_empty())?;
    let one = |specifier: &ImportDeclarationSpecifier<'a>| {
        let (local, bound) = match specifier {
            ImportDeclarationSpecifier::ImportSpecifier(one) => {
                (&one.local, Bound::One(one.imported.identifier_name()?.to_string()))
            }
            ImportDeclarationSpecifier::ImportNamespaceSpecifier(all) => (&all.local, Bound::All),
            ImportDeclarationSpecifier::ImportDefaultSpecifier(_) => return None,
        };
        Some(Import { local: local.name.into(), from: from.clone(), bound })
    };
    specifiers.iter().map(one).collect()
}

/// The one name that is declared.
fn name_of(declaration: &Declaration<'_>) -> Option<String> {
    let identifier = match declaration {
        Declaration::FunctionDeclaration(function) => function.id.as_ref()?,
        Declaration::ClassDeclaration(class) => class.id.as_ref()?,
        Declaration::VariableDeclaration(variables) if variables.declarations.len() == 1 => {
            variables.declarations.first()?.id.get_binding_identifier()?
        }
        _ => return None,
    };
    Some(identifier.name.to_string())
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

/// Takes the imports out, and `export` off what is declared.
fn bare<'a>(program: &mut Program<'a>, allocator: &'a Allocator) {
    let body = std::mem::replace(&mut program.body, oxc_allocator::Vec::new_in(&allocator));
    for statement in body {
        match statement {
            Statement::ImportDeclaration(_) => (),
            Statement::ExportDeclaration(export) => program.body.push(export.unbox().declaration.into()),
            other => program.body.push(other),
        }
    }
}

/// Puts the thing itself in the place of a member of all that a module exports: `all.thing`.
struct Members<'a, 's> {
    scoping: &'s Scoping,
    symbol: SymbolId,
    from: &'s str,
    allocator: &'a Allocator,
    /// The members that were found.
    found: Vec<String>,
    /// How many uses are left that are no members.
    left: usize,
}

impl<'a, 's> Members<'a, 's> {
    fn new(scoping: &'s Scoping, symbol: SymbolId, from: &'s str, allocator: &'a Allocator) -> Self {
        let left = scoping.get_resolved_reference_ids(symbol).len();
        Self { scoping, symbol, from, allocator, found: Vec::new(), left }
    }
}

impl<'a> VisitMut<'a> for Members<'a, '_> {
    fn visit_expression(&mut self, expression: &mut Expression<'a>) {
        if let Expression::StaticMemberExpression(member) = expression
            && let Expression::Identifier(object) = &member.object
            && let Some(reference) = object.reference_id.get()
            && self.scoping.get_reference(reference).symbol_id() == Some(self.symbol)
        {
            let name = member.property.name.to_string();
            let new = self.allocator.alloc_str(&unique(self.from, &name));
            *expression = Expression::new_identifier(member.span, new, &AstBuilder::new(self.allocator));
            self.found.push(name);
            self.left -= 1;
            return;
        }
        walk_mut::walk_expression(self, expression);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Module, Error> {
        Module::read("js/page/x.js", text)
    }

    #[test]
    fn a_module_is_taken_apart() {
        let text = "// @ts-check\nimport { b as c, a } from '../dom/a.js';\n/** Says. */\nexport const say = (text) => c(text); // nothing\n\
                    export async function go() {}\nconst own = { a, go };\n";
        let module = read(text).expect("a module");
        let need = |name: &str| ("js/dom/a.js".to_owned(), name.to_owned());
        assert_eq!(module.needs, [need("a"), need("b")]);
        assert_eq!(module.exports, ["say", "go"]);
        assert_eq!(
            module.text,
            "const page_x$say = (text) => dom_a$b(text);\nasync function page_x$go() {}\n\
             const page_x$own = {\n\ta: dom_a$a,\n\tgo: page_x$go\n};\n"
        );
    }

    #[test]
    fn a_name_within_a_function_stays_what_it_is() {
        let module = read("import { a } from './b.js';\nconst f = (a) => a;\nf(a);\n").expect("a module");
        assert_eq!(module.text, "const page_x$f = (a) => a;\npage_x$f(page_b$a);\n");
    }

    #[test]
    fn a_member_of_all_that_a_module_exports_is_the_thing_itself() {
        let module = read("import * as all from './b.js';\nall.go(all.what, (all) => all.other);\n").expect("a module");
        let need = |name: &str| ("js/page/b.js".to_owned(), name.to_owned());
        assert_eq!(module.needs, [need("go"), need("what")]);
        assert_eq!(module.text, "page_b$go(page_b$what, (all) => all.other);\n");
    }

    #[test]
    fn a_form_that_cannot_be_joined_is_named() {
        for line in [
            "export default 3;",
            "export * from './a.js';",
            "export { a } from './a.js';",
            "const a = 1; export { a };",
            "export const { a, b } = c;",
            "import a from './a.js';",
            "import './a.js';",
            "import { a } from 'a';",
            "import { a } from '../../a.js';",
        ] {
            let error = read(line).expect_err(line).to_string();
            let statement = line.strip_prefix("const a = 1; ").unwrap_or(line);
            assert_eq!(error, format!("js/page/x.js: cannot be joined: {statement}"));
        }
        let error = read("import * as all from './a.js';\nf(all);\n").expect_err("no member").to_string();
        assert_eq!(error, "js/page/x.js: cannot be joined: all from './a.js';");
        let error = read("const = 1;").expect_err("no script").to_string();
        assert!(error.starts_with("js/page/x.js: "), "{error}");
    }
}
