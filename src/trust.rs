//! TLS with others, and whose certificates are believed.

use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;

/// Why nobody's certificates can be believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Distrust {
    /// The file with the certificates is wrong.
    #[error("{file:?} {why}")]
    File {
        /// Its path.
        file: String,
        /// What is wrong.
        why: String,
    },
    /// This machine trusts nobody.
    #[error("this machine trusts no certificates: install the package ca-certificates, or set ca_file")]
    Nobody,
    /// TLS itself.
    #[error("{0}")]
    Tls(String),
}

/// How to speak TLS with others. `ca_file`: the certificates (PEM) that vouch for theirs; empty: those that this machine trusts.
///
/// # Errors
/// [`Distrust`].
pub fn client(ca_file: &str) -> Result<Arc<ClientConfig>, Distrust> {
    let believed = match ca_file.trim() {
        "" => of_machine()?,
        file => of_file(file)?,
    };
    let config =
        ClientConfig::builder_with_provider(Arc::new(ring::default_provider())).with_safe_default_protocol_versions();
    let config = config.map_err(|error| Distrust::Tls(error.to_string()))?;
    Ok(Arc::new(config.with_root_certificates(believed).with_no_client_auth()))
}

/// The certificates in a file.
fn of_file(file: &str) -> Result<RootCertStore, Distrust> {
    let bad = |why: String| Distrust::File { file: file.to_owned(), why };
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
fn of_machine() -> Result<RootCertStore, Distrust> {
    let mut believed = RootCertStore::empty();
    // Some machines have old ones that cannot be read; the others count.
    let (_, _) = believed.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if believed.is_empty() { Err(Distrust::Nobody) } else { Ok(believed) }
}
