//! TLS with the broker.

use super::Misfit;
use super::options::Options;
use crate::trust::{self, Distrust};
use rumqttc::{TlsConfiguration, Transport};

/// What the connection goes over.
pub(super) fn transport(options: &Options) -> Result<Transport, Misfit> {
    if !options.tls {
        return Ok(Transport::Tcp);
    }
    let config = trust::client(&options.ca_file).map_err(|distrust| {
        let key = if matches!(distrust, Distrust::File { .. }) { "ca_file" } else { "tls" };
        Misfit::new(key, distrust.to_string())
    })?;
    Ok(Transport::tls_with_config(TlsConfiguration::Rustls(config)))
}
