//! The minifier.

use crate::Error;
use oxc_allocator::Allocator;
use oxc_codegen::{Codegen, CodegenOptions};
use oxc_minifier::{CompressOptions, MangleOptions, Minifier, MinifierOptions};
use oxc_parser::Parser;
use oxc_span::SourceType;

/// The text of the module at `path` in short names, without what nobody uses.
pub(crate) fn small(path: &str, text: &str) -> Result<String, Error> {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, text, SourceType::mjs()).parse();
    if let Some(first) = parsed.diagnostics.first() {
        return Err(Error::Syntax { path: path.to_owned(), what: first.to_string() });
    }
    let mut program = parsed.program;
    let options = MinifierOptions {
        mangle: Some(MangleOptions { top_level: Some(true), ..MangleOptions::default() }),
        mangle_properties: None,
        compress: Some(CompressOptions::smallest()),
    };
    let made = Minifier::new(options).minify(&allocator, &mut program);
    Ok(Codegen::new()
        .with_options(CodegenOptions::minify())
        .with_scoping(made.scoping)
        .with_private_member_mappings(made.class_private_mappings)
        .build(&program)
        .code)
}
