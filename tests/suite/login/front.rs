//! What is in front of Keystone in real clouds: TLS, with or without asking for a client's certificate; and an identity
//! provider whose tokens the rig's Keystone trusts.

use axum::{
    Router,
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
    routing::{get, post},
};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use ring::hmac;
use serde_json::json;
use std::sync::Arc;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        RootCertStore, ServerConfig,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
        server::WebPkiClientVerifier,
    },
};

/// Where the rig's Keystone listens.
const KEYSTONE: &str = "10.85.0.1:5000";
/// Known to `rig_federation.py` as well.
const KEY: &[u8] = b"rig-federation";

/// An authority, and what it signed.
pub struct Authority {
    pub pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![]).unwrap();
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key).unwrap().pem();
        Self { pem, issuer: Issuer::new(params, key) }
    }

    /// Certificate and key, PEM.
    pub fn sign(&self, name: &str) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        (params.signed_by(&key, &self.issuer).unwrap().pem(), key.serialize_pem())
    }
}

/// A TLS front of Keystone on a port of the rig's loopback; asks clients for a certificate of `clients`, if given.
pub async fn tls(authority: &Authority, clients: Option<&Authority>) -> String {
    let (certificate, key) = authority.sign("127.0.0.1");
    let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let builder =
        ServerConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions().unwrap();
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(CertificateDer::from_pem_slice(authority.pem.as_bytes()).unwrap()).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider).build();
            builder.with_client_cert_verifier(verifier.unwrap())
        }
    };
    let acceptor = TlsAcceptor::from(Arc::new(builder.with_single_cert(chain, key).unwrap()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (outer, _) = listener.accept().await.unwrap();
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                // A client that refuses us, or that we refuse, disconnects.
                let Ok(mut outer) = acceptor.accept(outer).await else { return };
                let mut inner = TcpStream::connect(KEYSTONE).await.unwrap();
                let _ = copy_bidirectional(&mut outer, &mut inner).await;
            });
        }
    });
    address
}

/// A token as `rig_federation.py` takes it.
pub fn token(subject: &str, expires: i64) -> String {
    let claims = json!({"iss": "https://idp.example.org", "sub": subject, "exp": expires});
    let body = base64url(claims.to_string().as_bytes());
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, KEY), body.as_bytes());
    let signature: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{body}.{signature}")
}

fn base64url(bytes: &[u8]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits =
            chunk.iter().enumerate().fold(0_u32, |sum, (at, byte)| sum | u32::from(*byte) << (16 - 8 * at));
        (0..=chunk.len())
            .for_each(|at| text.push(char::from(LETTERS[(bits >> (18 - 6 * at)) as usize & 63])));
    }
    text
}

/// An identity provider with one client, `robot` with the secret `rig-robot`; returns the address of its document.
pub async fn identity_provider(expires: i64) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let document = json!({"issuer": base, "token_endpoint": format!("{base}/token")});
    let give = move |headers: HeaderMap, form: String| async move {
        // robot:rig-robot
        let known = headers.get("authorization").is_some_and(|value| value == "Basic cm9ib3Q6cmlnLXJvYm90");
        let (status, answer) = if known && form.contains("grant_type=client_credentials") {
            (StatusCode::OK, json!({"access_token": token("robot", expires), "token_type": "Bearer"}))
        } else {
            let no = json!({"error": "invalid_client", "error_description": "unknown client"});
            (StatusCode::UNAUTHORIZED, no)
        };
        (status, [(CONTENT_TYPE, "application/json")], answer.to_string())
    };
    let router = Router::new()
        .route("/discovery", get(move || async move { document.to_string() }))
        .route("/token", post(give));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    format!("{base}/discovery")
}
