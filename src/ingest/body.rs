//! Reading a body, with a limit to its size and to our patience.

use rocket::Data;
use rocket::data::ByteUnit;
use rocket::tokio::io::{self, AsyncReadExt};
use rocket::tokio::time::timeout;
use std::time::Duration;

/// Reasons for having no body.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoBody {
    /// It is larger than the limit.
    #[error("the body is larger than {0}")]
    TooLarge(ByteUnit),
    /// It took longer than the limit.
    #[error("the body did not arrive within {} s", .0.as_secs())]
    TooSlow(Duration),
    /// The connection broke.
    #[error("the connection closed before the body was complete")]
    Broken(#[from] io::Error),
}

/// The server reads this many limits and drops the excess. A sender that is cut off in the middle of its body often
/// never reads the reason. One that sends even more than this is cut off.
const SPILL_LIMITS: u64 = 4;

/// Reads a body of at most `limit` within `patience`.
pub(crate) async fn read(data: Data<'_>, limit: ByteUnit, patience: Duration) -> Result<Vec<u8>, NoBody> {
    let mut stream = data.open(limit * SPILL_LIMITS);
    let all = async {
        let mut body = Vec::new();
        (&mut stream).take(limit.as_u64()).read_to_end(&mut body).await?;
        let spilled = io::copy(&mut stream, &mut io::sink()).await?;
        if spilled > 0 { Err(NoBody::TooLarge(limit)) } else { Ok(body) }
    };
    timeout(patience, all).await.unwrap_or(Err(NoBody::TooSlow(patience)))
}
