//! TLS with the broker, and whose certificates are believed.

use super::Misfit;
use super::options::Options;
use rumqttc::{TlsConfiguration, Transport};
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;

/// What the connection goes over.
pub(super) fn transport(options: &Options) -> Result<Transport, Misfit> {
    if !options.tls {
        return Ok(Transport::Tcp);
    }
    let believed = match options.ca_file.trim() {
        "" => of_machine()?,
        file => of_file(file)?,
    };
    let config =
        ClientConfig::builder_with_provider(Arc::new(ring::default_provider())).with_safe_default_protocol_versions();
    let config = config.map_err(|error| Misfit::new("tls", error.to_string()))?;
    let config = config.with_root_certificates(believed).with_no_client_auth();
    Ok(Transport::tls_with_config(TlsConfiguration::Rustls(Arc::new(config))))
}

/// The certificates in a file.
fn of_file(file: &str) -> Result<RootCertStore, Misfit> {
    let bad = |why: String| Misfit::new("ca_file", format!("{file:?} {why}"));
    let bytes = std::fs::read(file).map_err(|error| bad(format!("cannot be read: {error}")))?;
    let mut believed = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&bytes) {
        let certificate = certificate.map_err(|error| bad(format!("is no PEM: {error}")))?;
        believed.add(certificate).map_err(|error| bad(format!("has a certificate that cannot be used: {error}")))?;
    }
    match believed.is_empty() {
        true => Err(bad("has no certificate: it begins with -----BEGIN CERTIFICATE-----".to_owned())),
        false => Ok(believed),
    }
}

/// The certificates that this machine trusts.
fn of_machine() -> Result<RootCertStore, Misfit> {
    let mut believed = RootCertStore::empty();
    // Some machines have old ones that cannot be read; the others count.
    let (_, _) = believed.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    match believed.is_empty() {
        true => Err(Misfit::new(
            "tls",
            "this machine trusts no certificates: install the package ca-certificates, or set ca_file",
        )),
        false => Ok(believed),
    }
}
