//! Tells requests of our own pages from those of other sites, by `Sec-Fetch-Site`.

use super::head::Head;

/// Whether a request comes from one of our own pages, or from a person who typed its address.
///
/// Browsers leave the header out on plain http. Then this says yes, and other guards stand: a request with JSON from
/// another site needs a preflight, and none is granted; with other requests from there the visitor's `SameSite=Lax`
/// cookie does not travel, so they are a stranger's. `Origin` is not compared with `Host`, because proxies rewrite that.
pub fn is_ours(head: &dyn Head) -> bool {
    matches!(head.first("Sec-Fetch-Site"), None | Some("same-origin" | "none"))
}
