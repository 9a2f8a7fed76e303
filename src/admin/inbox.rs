//! The inspector: the newest uploads as they came, what was understood of them, and what they were answered.

use super::fields::MapForm;
use super::frame::{Frame, Leaf};
use super::office::now;
use super::owner::Owner;
use super::refusal::Refusal;
use super::watchers::{STATION, Watchers};
use crate::inbox::{Inbox, Note, Noted, RAW_MAX_BYTES, Raw, UPLOADS_MAX};
use crate::storage::words::Visitor;
use crate::web::NewestCursor;
use crate::web::secrets::{masked, masked_pairs, masked_path};
use askama::Template;
use askama_web::WebTemplate;
use rocket::{Route, State, get, routes};
use std::collections::BTreeSet;
use weather::freshness::ago;
use weather::mapping::FieldName;

/// The routes.
pub(super) fn routes() -> Vec<Route> {
    routes![list, one]
}

/// The newest uploads.
#[derive(Debug, Template, WebTemplate)]
#[template(path = "admin/inbox.html")]
pub(crate) struct InboxView {
    frame: Frame,
    uploads: Vec<Listed>,
    most: usize,
    /// The page's place in the journal.
    cursor: String,
    /// What its news is about.
    watch: &'static str,
}

/// An upload in the list.
#[derive(Debug)]
struct Listed {
    number: u64,
    /// RFC 3339.
    iso: String,
    ago: String,
    from: String,
    format: &'static str,
    way: &'static str,
    station: String,
    status: u16,
    is_good: bool,
    /// `3 values, 1 refused`.
    told: String,
}

#[get("/admin/inbox")]
async fn list(
    owner: Result<Owner<'_>, Refusal>,
    inbox: &State<Inbox>,
    watchers: &State<Watchers>,
    newest: &State<NewestCursor>,
    visitor: Visitor,
) -> Result<Leaf<InboxView>, Refusal> {
    let (owner, now) = (owner?, now());
    // The cursor is read first, so that the page misses no notice of what comes while it is made.
    let cursor = newest.read();
    watchers.looks(&visitor, now);
    let uploads = inbox.uploads();
    let line = |upload: &std::sync::Arc<Noted>| {
        let Note { at, from, format, way, station, status, .. } = &upload.note;
        Listed {
            number: upload.number,
            iso: at.rfc3339(),
            ago: ago(*at, now),
            from: from.map_or_else(String::new, |from| from.to_string()),
            format,
            way,
            station: station.as_ref().map_or_else(|why| masked(why).into_owned(), |station| station.name.clone()),
            status: *status,
            is_good: *status < 300,
            told: told(upload),
        }
    };
    Ok(Leaf(InboxView {
        frame: owner.frame("Uploads", None),
        uploads: uploads.iter().map(line).collect(),
        most: UPLOADS_MAX,
        cursor,
        watch: STATION,
    }))
}

/// What was understood, in few words.
fn told(upload: &Noted) -> String {
    let Some(understood) = upload.understood() else { return String::new() };
    if understood.refused.is_some() {
        return "not understood".to_owned();
    }
    let values = understood.taken.iter().filter(|taken| taken.value.is_some()).count();
    let counts = [
        (values, if values == 1 { "value" } else { "values" }),
        (understood.warnings.len(), "with a remark"),
        (understood.unknown.len(), "unknown"),
    ];
    let said = counts.iter().enumerate().filter(|(at, (count, _))| *at == 0 || *count > 0);
    said.map(|(_, (count, what))| format!("{count} {what}")).collect::<Vec<_>>().join(", ")
}

/// One upload.
#[derive(Debug, Template, WebTemplate)]
#[template(path = "admin/upload.html")]
pub(crate) struct UploadView {
    frame: Frame,
    number: u64,
    iso: String,
    ago: String,
    from: String,
    format: &'static str,
    way: &'static str,
    /// The slug; empty if it is nobody's.
    slug: String,
    /// The station's name, or why there is none.
    station: String,
    target: String,
    body: String,
    /// How much of it is shown, if not all.
    cut: String,
    status: u16,
    answer: String,
    /// Whether it was understood again.
    is_read: bool,
    refused: String,
    times: Vec<String>,
    taken: Vec<Taken>,
    warnings: Vec<[String; 3]>,
    unknown: Vec<[String; 2]>,
    /// To say what one of these is; without fields if it is nobody's upload.
    map: MapForm,
}

/// A value and where it came from.
#[derive(Debug)]
struct Taken {
    field: String,
    sent: String,
    key: String,
    value: String,
}

#[get("/admin/inbox/<number>")]
async fn one(
    number: u64,
    owner: Result<Owner<'_>, Refusal>,
    inbox: &State<Inbox>,
) -> Result<Leaf<UploadView>, Refusal> {
    let (owner, now) = (owner?, now());
    let Some(upload) = inbox.upload(number) else {
        return Err(Refusal::not_found("That upload is gone: only the newest are kept, and none over a restart."));
    };
    let understood = upload.understood();
    let (is_read, understood) = (understood.is_some(), understood.unwrap_or_default());
    let Note { at, from, format, way, station, target, body, secrets, status, answer, .. } = &upload.note;
    let hidden = |text: &str| masked(text).into_owned();
    let pairs = |raw: &Raw| masked_pairs(&String::from_utf8_lossy(&raw.start), secrets);
    let frame = owner.frame(&format!("Upload {number}"), None);
    let slug = station.as_ref().map_or_else(|_| String::new(), |station| station.slug.to_string());
    let offered = understood.unknown.iter().filter(|_| !slug.is_empty()).map(|(name, _)| name);
    let offered: BTreeSet<_> =
        offered.filter_map(|name| Some(FieldName::new(name).ok()?.as_str().to_owned())).collect();
    Ok(Leaf(UploadView {
        map: MapForm::new(&slug, &frame.token, offered),
        frame,
        number,
        iso: at.rfc3339(),
        ago: ago(*at, now),
        from: from.map_or_else(|| "not known".to_owned(), |from| from.to_string()),
        format,
        way,
        slug,
        station: station.as_ref().map_or_else(|why| hidden(why), |station| station.name.clone()),
        target: masked_path(&pairs(target)),
        body: pairs(body),
        cut: if body.is_whole() {
            String::new()
        } else {
            format!("The first {RAW_MAX_BYTES} of {} bytes. Only what is kept whole is read again here.", body.bytes)
        },
        status: *status,
        answer: hidden(&String::from_utf8_lossy(&answer.start)),
        is_read,
        refused: understood.refused.as_deref().map_or_else(String::new, hidden),
        times: understood.times.iter().map(|at| at.rfc3339()).collect(),
        taken: understood
            .taken
            .into_iter()
            .map(|taken| Taken {
                sent: format!("{} {}", hidden(&taken.sent), taken.unit).trim_end().to_owned(),
                field: hidden(&taken.field),
                key: taken.key,
                value: taken.value.unwrap_or_else(|| "no value".to_owned()),
            })
            .collect(),
        warnings: understood
            .warnings
            .iter()
            .map(|warning| [hidden(&warning.field), hidden(&warning.value), hidden(&warning.reason)])
            .collect(),
        unknown: understood.unknown.iter().map(|(name, value)| [hidden(name), hidden(value)]).collect(),
    }))
}
