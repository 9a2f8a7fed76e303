//! The description of the API as OpenAPI 3.1, and its page for people: Swagger UI, from within the program.

use super::past::QUANTITIES_MAX;
use super::shape::{ProblemDetails, WrongParameter};
use super::told;
use crate::web::answer::Answer;
use crate::web::base::Base;
use crate::web::error::Problem;
use crate::web::head::Head;
use rocket::http::Status;
use std::sync::Arc;
use utoipa::openapi::path::{Operation, Parameter};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Schema, Type};
use utoipa::openapi::{ContentBuilder, HeaderBuilder, Ref, RefOr, ResponseBuilder};
use utoipa::{OpenApi, openapi};
use utoipa_swagger_ui::{Config, serve};
use weather::preference::Preference;
use weather::quantity::Quantity;

/// Where the document is, as its page says it: relative, so that a proxy may put a path before all.
const FROM_PAGE: &str = "v1/openapi.json";

/// The page's files are the program's own; Swagger UI sets styles on elements and has pictures within its styles.
const GUIDE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const GUIDE: &str = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Stevenson – API</title>\n\
    <link rel=\"icon\" href=\"../favicon.svg\">\n<link rel=\"stylesheet\" href=\"docs/swagger-ui.css\">\n\
    <noscript><p>This page needs scripts. The document itself: <a href=\"v1/openapi.json\">openapi.json</a></noscript>\n\
    <div id=\"swagger-ui\"></div>\n<script src=\"docs/swagger-ui-bundle.js\"></script>\n\
    <script src=\"docs/swagger-ui-standalone-preset.js\"></script>\n<script src=\"docs/swagger-initializer.js\"></script>\n";

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Stevenson",
        description = "What weather stations have measured, for programs. Nothing here needs a key, and nothing changes anything: \
            stations send their readings elsewhere (docs/INGEST.md). Each instant stands twice, as RFC 3339 (`…_at`) and in milliseconds \
            since 1970 (`…_unix_ms`); each value stands beside its unit. Answers have a strong `ETag`: send it as `If-None-Match`, and \
            an answer that is the same costs 304 and no body. A station that was renamed answers 308 at its former name. Every error is \
            `application/problem+json` and names what is wrong."
    ),
    paths(
        super::stations::list,
        super::stations::one,
        super::stations::latest,
        super::past::series,
        super::past::days,
        super::climate::records,
        super::climate::month,
        super::export_doc,
        super::stream::stream_doc,
        super::status::status,
        document,
    ),
    components(schemas(ProblemDetails, WrongParameter)),
    tags(
        (name = "stations", description = "Which stations there are, and how they are"),
        (name = "values", description = "What they measure and have measured"),
        (name = "server", description = "The server itself"),
    ),
)]
struct Described;

/// The document and its tag.
#[derive(Debug, Clone)]
pub(super) struct Document(Arc<(Vec<u8>, String)>);

/// The document.
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "server", operation_id = "openapi",
    summary = "This document",
    responses((status = 200, body = Object, description = "OpenAPI 3.1")))]
#[expect(dead_code, reason = "the document describes itself")]
fn document() {}

impl Document {
    /// Makes it.
    pub(super) fn new(base: &Base) -> Self {
        let mut api = described();
        if !base.is_none() {
            api.servers = Some(vec![openapi::Server::new(base.as_str())]);
        }
        let body = serde_json::to_vec(&api).unwrap_or_default();
        let tag = told::tag(&body);
        Self(Arc::new((body, tag)))
    }

    /// The answer with it.
    pub(super) fn answer(&self, head: &dyn Head) -> Answer {
        let (body, tag) = &*self.0;
        if told::has(head, tag) { told::unchanged(tag) } else { told::whole(body.clone(), tag) }
    }
}

/// The whole document, with what all answers have in common.
fn described() -> openapi::OpenApi {
    let mut api = Described::openapi();
    api.info.version = env!("CARGO_PKG_VERSION").to_owned();
    api.info.license = Some(openapi::LicenseBuilder::new().name("MIT OR Apache-2.0").build());
    for item in api.paths.paths.values_mut() {
        if let Some(operation) = &mut item.get {
            common(operation);
        }
    }
    api
}

/// Values that a parameter of this name may have, if they are few; and whether there may be several.
fn words(name: &str) -> Option<(Vec<&'static str>, bool)> {
    match name {
        "quantity" => Some((Quantity::shown().map(Quantity::name).collect(), true)),
        "format" => Some((vec!["csv", "ndjson", "line"], false)),
        "live" => Some((vec!["long-poll", "sse"], false)),
        "raw" => Some((vec!["0", "1", "false", "true"], false)),
        _ => None,
    }
}

/// Says what the values of a parameter may be, where attributes cannot.
fn narrow(parameter: &mut Parameter) {
    let is_list = matches!(parameter.schema, Some(RefOr::T(Schema::Array(_))));
    let text = |object: ObjectBuilder| Schema::Object(object.schema_type(Type::String).build());
    if let Some((words, may_be_list)) = words(&parameter.name) {
        let one = text(ObjectBuilder::new().enum_values(Some(words)));
        parameter.schema = Some(RefOr::T(match is_list && may_be_list {
            true => Schema::Array(
                ArrayBuilder::new()
                    .items(RefOr::T(one))
                    .min_items(Some(1))
                    .max_items(Some(QUANTITIES_MAX))
                    .unique_items(true)
                    .build(),
            ),
            false => one,
        }));
    } else if parameter.name == "units" {
        parameter.schema = Some(RefOr::T(text(ObjectBuilder::new().pattern(Some(Preference::pattern())))));
    } else if parameter.name == "sensor" {
        parameter.schema = Some(RefOr::T(text(ObjectBuilder::new().pattern(Some("^(\\.|[a-z0-9_-]{0,40})$")))));
    }
}

/// The answers that any question may have.
fn common(operation: &mut Operation) {
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(parameter) = parameter {
            narrow(parameter);
        }
    }
    let is_slug = |parameter: &RefOr<Parameter>| matches!(parameter, RefOr::T(parameter) if parameter.name == "slug");
    let takes_slug = operation.parameters.iter().flatten().any(is_slug);
    let problem = |what: &str| {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("ProblemDetails"))).build();
        RefOr::T(ResponseBuilder::new().description(what).content("application/problem+json", content).build())
    };
    let header = |what: &str| HeaderBuilder::new().description(Some(what)).build();
    let mut more = vec![
        ("400", problem("A parameter is wrong, or is not known here")),
        ("503", problem("Too much is asked for right now")),
    ];
    if takes_slug {
        let moved = ResponseBuilder::new().description("The station has another slug now");
        more.push(("308", RefOr::T(moved.header("location", header("The same at its slug of now")).build())));
        more.push(("404", problem("There is no such station, or no such sensor")));
    }
    let unchanged = ResponseBuilder::new().description("The same as in the answer whose `ETag` was sent");
    more.push(("304", RefOr::T(unchanged.header("etag", header("The same tag")).build())));
    for (status, response) in more {
        operation.responses.responses.insert(status.to_owned(), response);
    }
}

/// The page for people, or one of its files.
pub(super) fn guide(file: &str, head: &dyn Head) -> Answer {
    const PAGE: [(&str, &str); 5] = [
        ("content-type", "text/html; charset=utf-8"),
        ("cache-control", "no-cache"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("content-security-policy", GUIDE_POLICY),
    ];
    const FILE: [(&str, &str); 2] = [("cache-control", "no-cache"), ("x-content-type-options", "nosniff")];
    if file.is_empty() {
        return Answer::new(200, &PAGE, GUIDE.as_bytes().to_vec());
    }
    // The service that would judge the document is somebody else's.
    let config = Config::new([FROM_PAGE]).validator_url("none").try_it_out_enabled(true).use_base_layout();
    let found = FILES.contains(&file).then(|| serve(file, Arc::new(config)).ok().flatten()).flatten();
    let Some(found) = found else {
        return Problem::new(Status::NotFound, format!("there is nothing at {}", head.path())).into();
    };
    let tag = told::tag(&found.bytes);
    if told::has(head, &tag) {
        return Answer::new(304, &FILE, Vec::new()).with("etag", tag);
    }
    Answer::new(200, &FILE, found.bytes.into_owned()).with("content-type", found.content_type).with("etag", tag)
}

/// The files that the page needs.
const FILES: [&str; 4] =
    ["swagger-ui.css", "swagger-ui-bundle.js", "swagger-ui-standalone-preset.js", "swagger-initializer.js"];
