//! The journal as it is read and written.

use super::db::{Connection, Executor, Pool, snapshot};
use super::numbers::stored;
use crate::storage::entry::{Entry, StationPiece};
use crate::storage::seam::{Piece, PrivateRows};
use crate::storage::words::Visitor;
use futures_util::{Stream, TryStreamExt};
use weather::station::StationId;
use weather::time::Timestamp;

type Row = (i64, i64, String, Option<String>, String);

fn entry((seq, committed_ms, station, visitor, body): Row) -> Entry {
    let visitor = visitor.map(Visitor::stored);
    let committed_at = Timestamp(committed_ms);
    Entry { seq: seq.unsigned_abs(), station: station.into(), visitor, committed_at, body: body.into() }
}

const HEAD: &str = "SELECT coalesce(max(seq), 0) FROM journal";

/// The newest entry's number; 0 in an empty journal.
pub(super) async fn head(db: impl Executor<'_>) -> Result<u64, sqlx::Error> {
    let head: i64 = sqlx::query_scalar(HEAD).fetch_one(db).await?;
    Ok(head.unsigned_abs())
}

const TAIL: &str = "SELECT seq, committed_ms, station, visitor, body FROM journal ORDER BY seq DESC LIMIT $1";

pub(super) async fn tail(db: &Pool, limit: u32, bytes_max: usize) -> Result<Vec<Entry>, sqlx::Error> {
    let mut piece = read(sqlx::query_as(TAIL).bind(i64::from(limit)).fetch(db), bytes_max).await?;
    piece.entries.reverse();
    Ok(piece.entries)
}

/// Reads rows until they are so many bytes; one row at least.
async fn read(
    mut rows: impl Stream<Item = Result<Row, sqlx::Error>> + Unpin,
    bytes_max: usize,
) -> Result<Piece, sqlx::Error> {
    let mut entries = Vec::new();
    let mut bytes = 0;
    while let Some(row) = rows.try_next().await? {
        bytes += ROW_BYTES + row.4.len();
        if bytes > bytes_max && !entries.is_empty() {
            return Ok(Piece { entries, is_all: false });
        }
        entries.push(entry(row));
    }
    Ok(Piece { entries, is_all: true })
}

/// What an entry takes beside its body.
const ROW_BYTES: usize = size_of::<Entry>();

/// A cursor is good if it is not beyond the head, if nothing has gone after it that its reader may read, and if it is
/// none of the numbers that were left out, but for the last of them: the head may be that one until the next entry comes.
const GOOD: &str = "\
    SELECT ($1 <= coalesce((SELECT max(seq) FROM journal), 0) \
        OR $1 <= coalesce((SELECT max(upto) FROM journal_leap), 0)) \
    AND NOT EXISTS (SELECT 1 FROM journal_gone \
        WHERE visitor IN ('', $2, '~' || $2, CASE WHEN $2 IS NULL THEN '' ELSE '*' END) AND seq > $1) \
    AND NOT EXISTS (SELECT 1 FROM journal_leap WHERE after < $1 AND upto > $1)";
const AFTER: &str =
    "SELECT seq, committed_ms, station, visitor, body FROM journal WHERE seq > $1 ORDER BY seq LIMIT $2";
/// What is private to others is passed over: where many talk, it is most of the journal.
const SINCE: &str = "\
    SELECT seq, committed_ms, station, visitor, body FROM journal \
    WHERE seq > $1 AND (visitor IS NULL OR visitor = $3) ORDER BY seq LIMIT $2";

pub(super) async fn since(
    db: &Pool,
    seq: u64,
    reader: Option<&Visitor>,
    limit: u32,
    bytes_max: usize,
) -> Result<Option<Piece>, sqlx::Error> {
    // Both questions see the same state, or pruning could come between them.
    let mut reading = snapshot(db).await?;
    let reader = reader.map(Visitor::as_str);
    let good: bool = sqlx::query_scalar(GOOD).bind(stored(seq)).bind(reader).fetch_one(&mut *reading).await?;
    if !good {
        return Ok(None);
    }
    let since = sqlx::query_as(SINCE).bind(stored(seq)).bind(i64::from(limit)).bind(reader);
    let mut piece = read(since.fetch(&mut *reading), bytes_max).await?;
    piece.is_all &= piece.entries.len() < limit as usize;
    Ok(Some(piece))
}

/// Where a look at so many entries ends.
const LOOK_TO: &str =
    "SELECT coalesce(max(seq), $1) FROM (SELECT seq FROM journal WHERE seq > $1 ORDER BY seq LIMIT $2) AS looked";
/// By all names that a station has or had: one that was renamed is still the same.
const OF_STATION: &str = "\
    SELECT seq, committed_ms, station, visitor, body FROM journal \
    WHERE seq > $1 AND seq <= $2 AND visitor IS NULL AND station IN (\
        SELECT slug FROM station WHERE id = $3 UNION ALL SELECT slug FROM former_slug WHERE station = $3) \
    ORDER BY seq LIMIT $4";

/// Public entries of a station after `seq`, or from the oldest on, of the next `look` entries of the journal; `None` if `seq` is
/// no good cursor.
pub(super) async fn of_station(
    db: &Pool,
    station: StationId,
    seq: Option<u64>,
    (look, limit, bytes_max): (u32, u32, usize),
) -> Result<Option<StationPiece>, sqlx::Error> {
    // All questions see the same state: neither pruning nor a change of the station's name comes between them.
    let mut reading = snapshot(db).await?;
    if let Some(seq) = seq {
        let good: bool = sqlx::query_scalar(GOOD).bind(stored(seq)).bind(None::<&str>).fetch_one(&mut *reading).await?;
        if !good {
            return Ok(None);
        }
    }
    let (after, head) = (stored(seq.unwrap_or(0)), head(&mut *reading).await?);
    let upto: i64 = sqlx::query_scalar(LOOK_TO).bind(after).bind(i64::from(look)).fetch_one(&mut *reading).await?;
    let of_station = sqlx::query_as(OF_STATION).bind(after).bind(upto).bind(station.0).bind(i64::from(limit));
    let Piece { entries, is_all } = read(of_station.fetch(&mut *reading), bytes_max).await?;
    let is_cut = !is_all || entries.len() >= limit as usize;
    let last = entries.last().filter(|_| is_cut).map(|last| last.seq);
    Ok(Some(StationPiece { entries, upto: last.unwrap_or(upto.unsigned_abs()), head }))
}

const NEWEST_OF_STATION: &str = "\
    SELECT coalesce((SELECT seq FROM \
        (SELECT seq, visitor, station FROM journal ORDER BY seq DESC LIMIT $2) AS newest \
        WHERE visitor IS NULL AND station IN (\
            SELECT slug FROM station WHERE id = $1 UNION ALL SELECT slug FROM former_slug WHERE station = $1) \
        ORDER BY seq DESC LIMIT 1), (SELECT max(seq) FROM journal), 0)";

/// The newest public entry of a station among the newest `look` of the journal; if there is none, the head.
pub(super) async fn end_of_station(db: &Pool, station: StationId, look: u32) -> Result<u64, sqlx::Error> {
    let end: i64 = sqlx::query_scalar(NEWEST_OF_STATION).bind(station.0).bind(i64::from(look)).fetch_one(db).await?;
    Ok(end.unsigned_abs())
}

/// Entries after `seq`, whether or not all of them are still there.
pub(super) async fn after(conn: &mut Connection, seq: u64, limit: u32) -> Result<Vec<Entry>, sqlx::Error> {
    let rows: Vec<Row> = sqlx::query_as(AFTER).bind(stored(seq)).bind(i64::from(limit)).fetch_all(conn).await?;
    Ok(rows.into_iter().map(entry).collect())
}

/// Bodies are made of text.
pub(super) fn body(entry: &Entry) -> &str {
    std::str::from_utf8(&entry.body).unwrap_or_default()
}

const ROWS: &str = "\
    SELECT count(*) - count(visitor), count(visitor), count(*) FILTER (WHERE substr(station, 1, 1) = '_') FROM journal";

/// How many public and how many private entries there are.
pub(super) async fn rows(conn: &mut Connection) -> Result<(u64, PrivateRows), sqlx::Error> {
    let (public, private, lab): (i64, i64, i64) = sqlx::query_as(ROWS).fetch_one(conn).await?;
    Ok((public.unsigned_abs(), PrivateRows { words: (private - lab).unsigned_abs(), lab: lab.unsigned_abs() }))
}
