//! Signing in with a certificate: a statement of who we are, signed with its key.
//!
//! The vendor's own way needs OpenSSL. Here the key signs with what already does our TLS.

use async_trait::async_trait;
use azure_core::error::ErrorKind;
use azure_core::http::ClientMethodOptions;
use azure_identity::ClientAssertion;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cloud::Clock;
use rustls::SignatureScheme;
use rustls::crypto::aws_lc_rs::sign::any_supported_type;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::SigningKey;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fmt::{self, Debug};
use std::sync::Arc;

/// Seconds; it is used at once.
const LIFETIME: u64 = 300;

pub(crate) struct Certificate {
    key: Arc<dyn SigningKey>,
    /// Of the certificate: SHA-256, in base64.
    thumbprint: String,
    client_id: String,
    /// The address that is asked for a token.
    audience: String,
}

impl Certificate {
    /// # Errors
    /// What is missing, or of another kind; nothing of the key itself.
    pub(crate) fn read(
        pem: &[u8],
        client_id: &str,
        audience: String,
    ) -> Result<Certificate, &'static str> {
        let certificate = CertificateDer::from_pem_slice(pem)
            .map_err(|_| "it holds no certificate in PEM; convert a PFX with `openssl pkcs12`")?;
        let key = PrivateKeyDer::from_pem_slice(pem)
            .map_err(|_| "it holds no private key in PEM that is not encrypted")?;
        let key = any_supported_type(&key).map_err(|_| "its private key is not understood")?;
        let thumbprint = URL_SAFE_NO_PAD.encode(Sha256::digest(&certificate));
        let its = Certificate { key, thumbprint, client_id: client_id.to_owned(), audience };
        its.signer().ok_or("its private key is no RSA key, and Entra takes no other")?;
        Ok(its)
    }

    fn signer(&self) -> Option<Box<dyn rustls::sign::Signer>> {
        self.key.choose_scheme(&[SignatureScheme::RSA_PSS_SHA256])
    }

    fn assertion(&self, now: u64) -> Option<String> {
        let Certificate { key: _, thumbprint, client_id, audience } = self;
        let header = json!({"alg": "PS256", "typ": "JWT", "x5t#S256": thumbprint});
        // One a second is one of a kind.
        let id = URL_SAFE_NO_PAD.encode(Sha256::digest(format!("{thumbprint}/{now}")));
        let claims = json!({
            "aud": audience,
            "iss": client_id,
            "sub": client_id,
            "jti": id,
            "nbf": now,
            "iat": now,
            "exp": now + LIFETIME,
        });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", part(&header), part(&claims));
        let signature = self.signer()?.sign(text.as_bytes()).ok()?;
        Some(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

impl Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

#[async_trait]
impl ClientAssertion for Certificate {
    async fn secret(&self, _: Option<ClientMethodOptions<'_>>) -> azure_core::Result<String> {
        self.assertion(Clock::system().now().0).ok_or_else(|| {
            azure_core::Error::with_message(
                ErrorKind::Credential,
                "the certificate's key cannot sign",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pem: &str) -> Result<Certificate, &'static str> {
        Certificate::read(pem.as_bytes(), "client", "https://login.example/t/token".into())
    }

    #[test]
    fn what_cannot_sign_is_named() {
        assert!(read("").unwrap_err().contains("no certificate"));
        let key = rcgen::KeyPair::generate().unwrap();
        let named = rcgen::CertificateParams::new(vec!["a".into()]).unwrap();
        let certificate = named.self_signed(&key).unwrap().pem();
        assert!(read(&certificate).unwrap_err().contains("no private key"));
        let both = certificate + &key.serialize_pem();
        assert!(read(&both).unwrap_err().contains("no RSA key"));
    }
}
