//! Our own certificate authority, for HTTPS on loopback.
//!
//! It lives as long as the process: whoever wants to trust it takes its certificate from a file, once per start.

use planner::Moment;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

const DAY: Duration = Duration::from_hours(24);
/// Some platforms refuse a server's certificate that lives longer than 825 days.
const LIFETIME_DAYS: u32 = 800;

pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
    now: Moment,
}

impl Authority {
    /// # Errors
    /// No key could be made.
    pub fn new(now: Moment) -> io::Result<Authority> {
        let mut params = params(&[], "Tidelock simulated clouds", now)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let pem = params.self_signed(&key).map_err(io::Error::other)?.pem();
        Ok(Authority { issuer: Issuer::new(params, key), pem, now })
    }

    /// The certificate to trust.
    #[must_use]
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// # Errors
    /// The file cannot be written.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        std::fs::write(path, &self.pem)
    }

    /// What a server needs to be these hosts; IP addresses are hosts too.
    ///
    /// # Errors
    /// A name that is no host name.
    pub fn server(&self, hosts: &[&str]) -> io::Result<Arc<ServerConfig>> {
        let mut params = params(hosts, hosts.first().unwrap_or(&"localhost"), self.now)?;
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let certificate = params.signed_by(&key, &self.issuer).map_err(io::Error::other)?;
        let chain = vec![CertificateDer::from(certificate.der().to_vec())];
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(io::Error::other)?;
        Ok(Arc::new(config))
    }
}

fn params(hosts: &[&str], name: &str, now: Moment) -> io::Result<CertificateParams> {
    let hosts: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
    let mut params = CertificateParams::new(hosts).map_err(io::Error::other)?;
    let now = date_time_ymd(1970, 1, 1) + Duration::from_secs(now.0);
    (params.not_before, params.not_after) = (now - DAY, now + DAY * LIFETIME_DAYS);
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    Ok(params)
}
