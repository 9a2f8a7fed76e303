//! Findings about who reaches the server.

use super::facts::Exposure;
use super::finding::Finding;

/// A shorter token for the metrics can be guessed, characters.
const TOKEN_MIN_CHARS: usize = 16;

/// `has_password`: `None` where the database does not tell.
pub(super) fn judge(exposure: &Exposure, has_password: Option<bool>) -> Vec<Finding> {
    let Exposure { address, has_proxies, are_proxies_local, is_here_trusted, has_hosts, enrols, .. } = *exposure;
    let is_local = address.ip().is_loopback();
    let mut found = vec![match (is_local, has_proxies) {
        (true, false) => Finding::ok(
            "address",
            format!("{address}: only this machine; a proxy in front must be named in trusted_proxies of [web]"),
        ),
        (true, true) => Finding::ok("address", format!("{address}: only this machine, and a proxy in front")),
        (false, true) if are_proxies_local => Finding::warn(
            "address",
            format!("{address}: others can go around the proxy on this machine; use address = \"127.0.0.1\""),
        ),
        (false, _) => Finding::ok("address", format!("{address}: other machines reach it")),
    }];
    let is_reached = !is_local || has_proxies;
    match has_password {
        Some(true) => found.push(Finding::ok("owner", "the pages at /admin ask for the password")),
        Some(false) if is_here_trusted => found.push(Finding::warn(
            "owner",
            "no password, so the pages at /admin are for nobody: stevenson admin password sets one",
        )),
        Some(false) if is_reached => found.push(Finding::warn(
            "owner",
            "others reach the server, and there is no password: stevenson admin password sets one",
        )),
        Some(false) => found.push(Finding::ok("owner", "no password; the pages at /admin are for this machine alone")),
        None => found.push(Finding::ok("owner", "whether there is a password is not known")),
    }
    if is_reached && !has_hosts {
        found.push(Finding::warn("hosts", "every name passes: name those of this server in hosts of [web]"));
    }
    if enrols && has_proxies {
        found.push(Finding::warn(
            "enrolment",
            "devices that are no station's may wait: set enrol = false when yours are claimed",
        ));
    }
    found.extend(openings(exposure));
    found
}

/// What lets in more than it should.
fn openings(exposure: &Exposure) -> Vec<Finding> {
    let mut found = Vec::new();
    if exposure.are_all_trusted {
        found.push(Finding::warn(
            "proxies",
            "trusted_proxies of [web] holds every address, so anybody can claim any address: name the proxies alone",
        ));
    }
    if exposure.are_metrics_for_all {
        found.push(Finding::warn(
            "metrics",
            "metrics_from of [web] holds every address, so everybody reads the metrics and the owner's warnings",
        ));
    }
    if (1..TOKEN_MIN_CHARS).contains(&exposure.token_chars) {
        found.push(Finding::warn(
            "metrics",
            format!("metrics_token of [web] can be guessed: use {TOKEN_MIN_CHARS} random characters or more"),
        ));
    }
    if let Some(at) = exposure.station_port.filter(|at| !at.ip().is_loopback()) {
        found.push(Finding::warn(
            "station port",
            format!("{at} takes uploads whose keys can be read on the way: let no other network reach it"),
        ));
    }
    found
}
