//! TLS to services whose authorities are pinned ([`crate::security::ca_pins`], SPEC T9). The platform's own verification
//! comes first and decides as always; this can only add a no.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use rustls_platform_verifier::Verifier;

use crate::security::ca_pins::{CaPins, Pin, PinMode};
use crate::telemetry::Telemetry;

/// Hears of a connection whose certificate comes from an authority that is not pinned.
pub type Reporter = Arc<dyn Fn(PinMode) + Send + Sync>;

/// What is pinned, and what becomes of the rest.
#[derive(Clone)]
pub struct Pinning {
    /// The pins.
    pub pins: CaPins,
    /// Watched or enforced.
    pub mode: PinMode,
    /// Who is told.
    pub reporter: Reporter,
}

impl Pinning {
    /// With these pins in this mode; what comes from elsewhere is a fault in this log.
    pub fn told((pins, mode): (CaPins, PinMode), telemetry: &Telemetry) -> Self {
        let telemetry = telemetry.clone();
        let reporter = move |mode| {
            let code = if mode == PinMode::Enforce { "refused" } else { "reported" };
            telemetry.fault("certificate_pin", code);
        };
        Self { pins, mode, reporter: Arc::new(reporter) }
    }
}

impl core::fmt::Debug for Pinning {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Pinning").field("pins", &self.pins).field("mode", &self.mode).finish_non_exhaustive()
    }
}

/// TLS 1.2 at least, the platform's roots, and these pins. `more` are further roots, for tests.
pub(super) fn client_config(
    pinning: Pinning,
    more: impl IntoIterator<Item = CertificateDer<'static>>,
) -> Result<ClientConfig, Error> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let platform = Verifier::new_with_extra_roots(more, Arc::clone(&provider))?;
    let verifier = PinnedVerifier { platform: Arc::new(platform), provider: Arc::clone(&provider), pinning };
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let config = config.dangerous().with_custom_certificate_verifier(Arc::new(verifier));
    Ok(config.with_no_client_auth())
}

#[derive(Debug)]
struct PinnedVerifier {
    platform: Arc<dyn ServerCertVerifier>,
    provider: Arc<CryptoProvider>,
    pinning: Pinning,
}

impl PinnedVerifier {
    /// Whether a path leads from the certificate to a pinned authority. That such an authority's certificate is sent along
    /// says nothing, anybody can send it: the path is verified once more, with that one as the only root.
    fn leads_to_a_pin(
        &self,
        end_entity: &CertificateDer<'_>,
        sent: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        now: UnixTime,
        is_pinned: impl Fn(&Pin) -> bool,
    ) -> bool {
        let pinned = |one: &&CertificateDer<'_>| {
            ParsedCertificate::try_from(*one)
                .is_ok_and(|one| is_pinned(&Pin::of_key(&one.subject_public_key_info())))
        };
        sent.iter().filter(pinned).any(|authority| {
            let mut roots = RootCertStore::empty();
            if roots.add(authority.clone().into_owned()).is_err() {
                return false;
            }
            let built =
                WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&self.provider))
                    .build();
            built.is_ok_and(|own| own.verify_server_cert(end_entity, sent, name, &[], now).is_ok())
        })
    }
}

impl ServerCertVerifier for PinnedVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verified =
            self.platform.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)?;
        let Some(pins) = self.pinning.pins.of(&server_name.to_str()) else { return Ok(verified) };
        if self.leads_to_a_pin(end_entity, intermediates, server_name, now, |pin| pins.contains(pin)) {
            return Ok(verified);
        }
        (self.pinning.reporter)(self.pinning.mode);
        match self.pinning.mode {
            PinMode::Report => Ok(verified),
            PinMode::Enforce => {
                Err(Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure))
            }
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.platform.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.platform.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.platform.supported_verify_schemes()
    }
}

#[cfg(test)]
#[path = "pinned_tls_tests.rs"]
mod tests;
