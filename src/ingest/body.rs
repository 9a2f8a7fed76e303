//! Reading a body that Rocket holds, with a limit to its size and to our patience.

use crate::web::body::{BodyLimit, NoBody};
use rocket::Data;
use rocket::data::ToByteUnit;
use rocket::tokio::time::timeout;

/// Reads a body of at most the limit.
pub(crate) async fn read(data: Data<'_>, limit: BodyLimit) -> Result<Vec<u8>, NoBody> {
    let body = timeout(limit.patience, data.open(limit.bytes.bytes()).into_bytes()).await;
    let body = body.map_err(|_| NoBody::TooSlow(limit.patience))??;
    if body.is_complete() { Ok(body.into_inner()) } else { Err(NoBody::TooLarge(limit.bytes)) }
}
