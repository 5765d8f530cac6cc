//! A certificate authority of this one run. Clients trust it by `SSL_CERT_FILE`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

/// What the voice servers' certificate names.
const NAMES: [&str; 2] = ["localhost", "127.0.0.1"];

/// The authority's certificate on disk, and the server's in memory.
pub(crate) struct Certificates {
    folder: tempfile::TempDir,
    acceptor: TlsAcceptor,
}

/// There is no certificate.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// It cannot be made.
    #[error("the certificate cannot be made")]
    Made(#[from] rcgen::Error),
    /// It cannot be served.
    #[error("the certificate cannot be served")]
    Served(#[from] tokio_rustls::rustls::Error),
    /// It cannot be written.
    #[error("the certificate authority cannot be written")]
    Io(#[from] std::io::Error),
}

impl Certificates {
    pub(crate) fn new() -> Result<Self, TlsError> {
        let authority = CertifiedIssuer::self_signed(authority(), KeyPair::generate()?)?;
        let key = KeyPair::generate()?;
        let names = NAMES.map(str::to_owned).to_vec();
        let certificate = CertificateParams::new(names)?.signed_by(&key, &authority)?;
        let folder = tempfile::Builder::new().prefix("simulator-").tempdir()?;
        std::fs::write(file(folder.path()), authority.pem())?;
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
            )?;
        Ok(Self { folder, acceptor: TlsAcceptor::from(Arc::new(config)) })
    }

    /// The authority's certificate, PEM. The file goes with the simulator.
    pub(crate) fn ca_pem_path(&self) -> PathBuf {
        file(self.folder.path())
    }

    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        self.acceptor.clone()
    }
}

fn authority() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.distinguished_name.push(DnType::CommonName, "Simulated Discord, this run only");
    params
}

fn file(folder: &Path) -> PathBuf {
    folder.join("ca.pem")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_authority_lies_on_disk_while_it_is_needed() {
        let certificates = Certificates::new().unwrap();
        let path = certificates.ca_pem_path();
        assert!(std::fs::read_to_string(&path).unwrap().starts_with("-----BEGIN CERTIFICATE-----"));
        drop(certificates);
        assert!(!path.exists());
    }
}
