//! Mutual TLS with the certificates that Crossplane mounts and renews: they are looked at from time to time, so that no
//! restart is needed.

use rustls::{
    RootCertStore, ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::WebPkiClientVerifier,
};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// Names of the files, as Crossplane mounts them: our certificate, its key, and who signs clients'.
const FILES: [&str; 3] = ["tls.crt", "tls.key", "ca.crt"];

/// Why certificates can't be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file can't be read.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file is no PEM of what it should be.
    #[error("{file}: {why}")]
    Pem {
        /// Which.
        file: &'static str,
        /// Why.
        why: String,
    },
    /// Certificate and key do not fit, or the authority is none.
    #[error("certificates can't be used: {0}")]
    Config(String),
}

/// A folder of certificates, and what they were when they were last looked at.
pub struct Certificates {
    folder: PathBuf,
    files: [Vec<u8>; 3],
    /// What connections are accepted with.
    pub config: Arc<ServerConfig>,
}

impl Certificates {
    /// Reads a folder.
    ///
    /// # Errors
    /// A file is missing, or can't be used.
    pub fn read(folder: &Path) -> Result<Self, TlsError> {
        let files = read(folder)?;
        let config = Arc::new(config(&files)?);
        Ok(Self { folder: folder.to_owned(), files, config })
    }

    /// Looks at the files again; has anything changed?
    ///
    /// # Errors
    /// A file is missing, or can't be used: what was there before stays in use.
    pub fn renew(&mut self) -> Result<bool, TlsError> {
        let files = read(&self.folder)?;
        if files == self.files {
            return Ok(false);
        }
        self.config = Arc::new(config(&files)?);
        self.files = files;
        Ok(true)
    }
}

fn read(folder: &Path) -> Result<[Vec<u8>; 3], TlsError> {
    let file = |name: &str| {
        let path = folder.join(name);
        std::fs::read(&path).map_err(|source| TlsError::File { path, source })
    };
    let [certificate, key, authority] = FILES;
    Ok([file(certificate)?, file(key)?, file(authority)?])
}

fn config([certificate, key, authority]: &[Vec<u8>; 3]) -> Result<ServerConfig, TlsError> {
    let [certificate_file, key_file, authority_file] = FILES;
    let chain = certificates(certificate_file, certificate)?;
    let key = PrivateKeyDer::from_pem_slice(key)
        .map_err(|error| TlsError::Pem { file: key_file, why: error.to_string() })?;
    let mut roots = RootCertStore::empty();
    for certificate in certificates(authority_file, authority)? {
        roots.add(certificate).map_err(|error| TlsError::Config(error.to_string()))?;
    }
    let unusable = |error: &dyn std::fmt::Display| TlsError::Config(error.to_string());
    let provider = Arc::new(ring::default_provider());
    let clients = WebPkiClientVerifier::builder_with_provider(roots.into(), provider.clone());
    let clients = clients.build().map_err(|error| unusable(&error))?;
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(&error))?
        .with_client_cert_verifier(clients)
        .with_single_cert(chain, key)
        .map_err(|error| unusable(&error))?;
    config.alpn_protocols = vec![b"h2".to_vec()];
    Ok(config)
}

fn certificates(file: &'static str, pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let all = all.map_err(|error| TlsError::Pem { file, why: error.to_string() })?;
    if all.is_empty() {
        return Err(TlsError::Pem { file, why: "there is no certificate in it".to_owned() });
    }
    Ok(all)
}
