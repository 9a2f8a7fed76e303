//! The inspector: the newest uploads as they came, what was understood of them, and what they were answered.

#[cfg(debug_assertions)]
pub(super) mod stories;

use super::clock::Offer;
use super::fields::MapForm;
use super::frame::{Frame, Leaf};
use super::office::now;
use super::owner::Owner;
use super::refusal::Refusal;
use super::watchers::{STATION, Watchers};
use crate::inbox::{self, Fate, Inbox, Note, Noted, RAW_MAX_BYTES, Raw, UPLOADS_MAX};
use crate::storage::words::Visitor;
use crate::storage::{Error, Marked};
use crate::web::NewestCursor;
use crate::web::secrets::{Veil, is_secret_name, masked, masked_path};
use askama::Template;
use askama_web::WebTemplate;
use rocket::{Route, State, get, routes};
use std::collections::BTreeSet;
use weather::freshness::ago;
use weather::mapping::FieldName;
use weather::station::Station;
use weather::time::{SECOND_MS, Timestamp};

/// Most values of an upload that are looked up.
const MARKS_MAX: u32 = 512;

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
    /// `200`, or what became of what nobody is answered.
    fate: String,
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
        let Note { at, from, format, way, station, fate, .. } = &upload.note;
        Listed {
            number: upload.number,
            iso: at.rfc3339(),
            ago: ago(*at, now),
            from: from.map_or_else(String::new, |from| from.to_string()),
            format,
            way,
            station: station.as_ref().map_or_else(|why| masked(why).into_owned(), |station| station.name.clone()),
            fate: match fate {
                Fate::Answered { status, .. } => status.to_string(),
                Fate::Taken => "taken".to_owned(),
                Fate::Refused(_) => "refused".to_owned(),
            },
            is_good: fate.is_good(),
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
    let values = understood.taken.iter().filter(|taken| taken.value.is_some() && taken.remark.is_empty()).count();
    let counts = [
        (values, if values == 1 { "value" } else { "values" }),
        (understood.warnings.len(), if understood.warnings.len() == 1 { "remark" } else { "remarks" }),
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
    /// What it was answered; or what became of what nobody is answered.
    answer: Told,
    /// Whether it was understood again.
    is_read: bool,
    refused: String,
    times: Vec<String>,
    /// How the station's clock can be put right, if that is one of its uploads with a wrong time.
    offer: Option<Offer>,
    taken: Vec<Taken>,
    warnings: Vec<[String; 3]>,
    set_aside: Vec<[String; 3]>,
    unknown: Vec<[String; 2]>,
    /// To say what one of these is; without fields if it is nobody's upload.
    map: MapForm,
}

/// What became of an upload.
#[derive(Debug)]
enum Told {
    /// A status and a body.
    Answer(u16, String),
    Words(String),
}

/// A value and where it came from.
#[derive(Debug)]
struct Taken {
    field: String,
    sent: String,
    key: String,
    value: String,
    /// Why the value does not count; empty if it does.
    doubt: String,
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
    let Note { at, from, format, way, station, target, body, secrets, fate, .. } = &upload.note;
    let mut veil = Veil::new(secrets);
    let mut raw = |raw: &Raw| veil.over(&String::from_utf8_lossy(&raw.start));
    let (target, shown) = (raw(target), raw(body));
    // A topic of MQTT is no path, and its levels are no keys.
    let target = if target.starts_with('/') { masked_path(&target) } else { target };
    let hidden = |text: &str| veil.told(text);
    // What holds fields of its own may hold a secret, too short to be found again elsewhere.
    let of = |name: &str, value: &str| match veil.hides(name) {
        true => "…".to_owned(),
        false => hidden(&Veil::default().over(value)),
    };
    let marks = marks(&owner, station.as_deref().ok(), &understood.times).await?;
    let frame = owner.frame(&format!("Upload {number}"), None);
    // The station as it is now: its clock may have been put right since.
    let now_there =
        station.as_ref().ok().and_then(|then| owner.storage.directory().by_slug(then.slug.as_str()).cloned());
    let slug = station.as_ref().map_or_else(|_| String::new(), |station| station.slug.to_string());
    let offered = understood.unknown.iter().filter(|_| !slug.is_empty()).map(|(name, _)| name);
    let offered: BTreeSet<_> = offered
        .filter(|name| !is_secret_name(name))
        .filter_map(|name| Some(FieldName::new(name).ok()?.as_str().to_owned()))
        .collect();
    Ok(Leaf(UploadView {
        offer: now_there.and_then(|station| Offer::beside(&owner, &station, *at, &understood.times)),
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
        target,
        body: shown,
        cut: if body.is_whole() {
            String::new()
        } else {
            format!("The first {RAW_MAX_BYTES} of {} bytes. Only what is kept whole is read again here.", body.bytes)
        },
        answer: match fate {
            Fate::Answered { status, body } => Told::Answer(*status, hidden(&String::from_utf8_lossy(&body.start))),
            Fate::Taken => Told::Words("none; it was taken".to_owned()),
            Fate::Refused(why) => Told::Words(format!("none; it was refused: {}", hidden(why))),
        },
        is_read,
        refused: understood.refused.as_deref().map_or_else(String::new, hidden),
        times: understood.times.iter().map(|at| at.rfc3339()).collect(),
        taken: understood.taken.iter().map(|taken| Taken::of(taken, &marks, hidden)).collect(),
        warnings: understood
            .warnings
            .iter()
            .map(|warning| [hidden(&warning.field), of(&warning.field, &warning.value), hidden(&warning.reason)])
            .collect(),
        set_aside: understood
            .set_aside
            .iter()
            .map(|aside| [hidden(&aside.field), of(&aside.field, &aside.sent), hidden(&aside.why)])
            .collect(),
        unknown: understood.unknown.iter().map(|(name, value)| [hidden(name), of(name, value)]).collect(),
    }))
}

impl Taken {
    fn of(taken: &inbox::Taken, marks: &[Marked], hidden: impl Fn(&str) -> String) -> Self {
        let inbox::Taken { field, sent, unit, key, value, remark } = taken;
        let shown = |marked: &Marked| inbox::value_text(marked.quantity, marked.value);
        // What storage says of it now counts: a value may be settled by the next, or struck out.
        let mark = marks.iter().find(|marked| {
            marked.sensor.key(marked.quantity) == *key && value.as_ref().is_none_or(|value| *value == shown(marked))
        });
        let why = mark.map_or(*remark, |marked| marked.reason.words());
        Self {
            sent: format!("{} {unit}", hidden(sent)).trim_end().to_owned(),
            field: hidden(field),
            key: key.clone(),
            value: value.clone().or_else(|| mark.map(shown)).unwrap_or_else(|| "no value".to_owned()),
            doubt: if why.is_empty() { String::new() } else { format!("kept, does not count: {why}") },
        }
    }
}

/// The values of a station at those times that are kept and do not count.
async fn marks(owner: &Owner<'_>, station: Option<&Station>, times: &[Timestamp]) -> Result<Vec<Marked>, Error> {
    let (Some(station), Some(first), Some(last)) = (station, times.iter().min(), times.iter().max()) else {
        return Ok(Vec::new());
    };
    // Reports without a time get times of their own, milliseconds apart.
    owner.storage.marked(station.id, *first, last.plus(SECOND_MS), MARKS_MAX).await
}
