//! Pages of other sites are told from our own by `Sec-Fetch-Site`.

use rocket::Request;

/// Whether a request comes from one of our own pages, or from a person who typed its address.
///
/// Browsers leave the header out on plain http; then this says yes, and other guards stand. A truck has a content type for which a page of
/// another site needs a preflight, and none is granted. With a form or a stream from another site the visitor's
/// `SameSite=Lax` cookie does not travel: the request is a stranger's. `Origin` is not compared with `Host`, because
/// proxies rewrite that.
pub fn is_ours(request: &Request<'_>) -> bool {
    matches!(request.headers().get_one("Sec-Fetch-Site"), None | Some("same-origin" | "none"))
}
