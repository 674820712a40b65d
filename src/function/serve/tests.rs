use super::*;
use crate::function::protocol::RequestMeta;
use prometheus_client::registry::Registry;
use prost::Message;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject},
};
use std::path::Path;
use tokio::sync::oneshot;
use tokio_rustls::TlsConnector;

type Issuer = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Issuer {
    let mut params = CertificateParams::new(vec![]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// Certificate and key, PEM.
fn certificate(issuer: &Issuer, name: &str) -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    (params.signed_by(&key, issuer).unwrap().pem(), key.serialize_pem())
}

/// What Crossplane mounts.
fn mount(folder: &Path, issuer: &Issuer) {
    let (certificate, key) = certificate(issuer, "function");
    for (name, content) in [("tls.crt", &certificate), ("tls.key", &key), ("ca.crt", &issuer.pem())] {
        std::fs::write(folder.join(name), content).unwrap();
    }
}

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("kupenstack-function-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

struct Server {
    address: SocketAddr,
    registry: Registry,
    stop: oneshot::Sender<()>,
    served: tokio::task::JoinHandle<Result<(), ServeError>>,
}

async fn server(certificates: Option<PathBuf>, largest: usize) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut registry = Registry::default();
    let metrics = Metrics::new(&mut registry);
    let (stop, stopped) = oneshot::channel::<()>();
    let served = tokio::spawn(serve_on(listener, certificates, largest, metrics, async {
        let _ = stopped.await;
    }));
    Server { address, registry, stop, served }
}

trait Both: AsyncRead + AsyncWrite + Unpin + Send + 'static {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + 'static> Both for T {}

/// One call over a connection: the answer's message, or gRPC's status.
async fn exchange(stream: impl Both, path: &str, message: Vec<u8>) -> Result<Vec<u8>, String> {
    let (mut sender, connection) = h2::client::handshake(stream).await.map_err(|error| error.to_string())?;
    let driving = tokio::spawn(connection);
    let request = http::Request::post(format!("https://function{path}"))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .body(())
        .unwrap();
    let (response, mut body) = sender.send_request(request, false).map_err(|error| error.to_string())?;
    let mut frame = vec![0];
    frame.extend(u32::try_from(message.len()).unwrap().to_be_bytes());
    frame.extend(message);
    body.send_data(frame.into(), true).map_err(|error| error.to_string())?;
    let (parts, mut body) = response.await.map_err(|error| error.to_string())?.into_parts();
    let mut bytes = vec![];
    while let Some(chunk) = body.data().await {
        let chunk = chunk.map_err(|error| error.to_string())?;
        body.flow_control().release_capacity(chunk.len()).unwrap();
        bytes.extend(chunk);
    }
    let trailers = body.trailers().await.map_err(|error| error.to_string())?.unwrap_or_default();
    driving.abort();
    let status = trailers.get("grpc-status").or(parts.headers.get("grpc-status")).unwrap();
    if status != "0" {
        return Err(format!("status {}", status.to_str().unwrap()));
    }
    Ok(bytes.split_off(5))
}

/// The tag that comes back.
async fn call(stream: impl Both, path: &str, tag: &str) -> Result<String, String> {
    let meta = Some(RequestMeta { tag: tag.to_owned(), capabilities: vec![] });
    let asked = RunFunctionRequest { meta, ..RunFunctionRequest::default() };
    let answer = exchange(stream, path, asked.encode_to_vec()).await?;
    Ok(RunFunctionResponse::decode(answer.as_slice()).unwrap().meta.unwrap().tag)
}

/// A client that trusts an authority, and shows a certificate of another one, or none.
fn connector(trusted: &Issuer, shown: Option<&Issuer>) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(trusted.pem().as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let builder = builder.with_root_certificates(roots);
    let mut config = match shown {
        None => builder.with_no_client_auth(),
        Some(issuer) => {
            let (certificate, key) = certificate(issuer, "crossplane");
            let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()];
            builder
                .with_client_auth_cert(chain, PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap())
                .unwrap()
        }
    };
    config.alpn_protocols = vec![b"h2".to_vec()];
    TlsConnector::from(Arc::new(config))
}

async fn call_secured(address: SocketAddr, connector: &TlsConnector) -> Result<String, String> {
    let stream = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("function").unwrap();
    let stream = connector.connect(name, stream).await.map_err(|error| error.to_string())?;
    call(stream, RUN_FUNCTION, "secured").await
}

#[tokio::test]
async fn without_tls_calls_are_answered_and_counted_until_the_stop() {
    let server = server(None, 1 << 20).await;
    let connect = || TcpStream::connect(server.address);
    assert_eq!(call(connect().await.unwrap(), RUN_FUNCTION, "plain").await.unwrap(), "plain");
    let other = format!("/{SERVICE}/Other");
    assert_eq!(call(connect().await.unwrap(), &other, "x").await.unwrap_err(), "status 12", "unimplemented");
    let large = "x".repeat(2 << 20);
    assert_eq!(
        call(connect().await.unwrap(), RUN_FUNCTION, &large).await.unwrap_err(),
        "status 11",
        "too large"
    );
    let mut text = String::new();
    prometheus_client::encoding::text::encode(&mut text, &server.registry).unwrap();
    let counted = "grpc_server_handled_total{grpc_method=\"RunFunction\",grpc_code=\"OK\"} 1";
    assert!(text.contains(counted), "{text}");
    server.stop.send(()).unwrap();
    server.served.await.unwrap().unwrap();
}

#[tokio::test]
async fn health_is_told_by_grpc_as_well() {
    let server = server(None, 1 << 20).await;
    let stream = TcpStream::connect(server.address).await.unwrap();
    let serving = exchange(stream, "/grpc.health.v1.Health/Check", vec![]).await.unwrap();
    assert_eq!(serving, [1 << 3, 1], "its one field is 1, SERVING");
}

#[tokio::test]
async fn only_clients_with_a_certificate_of_the_authority_are_answered() {
    let (ours, other, folder) = (authority(), authority(), Folder::new("mutual"));
    mount(&folder.0, &ours);
    let server = server(Some(folder.0.clone()), 1 << 20).await;
    assert_eq!(call_secured(server.address, &connector(&ours, Some(&ours))).await.unwrap(), "secured");
    assert!(call_secured(server.address, &connector(&ours, None)).await.is_err());
    assert!(call_secured(server.address, &connector(&ours, Some(&other))).await.is_err());
    let slow = TcpStream::connect(server.address).await.unwrap();
    let meanwhile = call_secured(server.address, &connector(&ours, Some(&ours))).await;
    assert_eq!(meanwhile.unwrap(), "secured", "one that says nothing holds up no other");
    drop(slow);
}

#[test]
fn certificates_that_are_renewed_are_taken_and_unusable_ones_are_not() {
    let (first, second, folder) = (authority(), authority(), Folder::new("renewed"));
    mount(&folder.0, &first);
    let mut certificates = Certificates::read(&folder.0).unwrap();
    let before = certificates.config.clone();
    assert!(!certificates.renew().unwrap());
    assert!(Arc::ptr_eq(&before, &certificates.config));
    mount(&folder.0, &second);
    assert!(certificates.renew().unwrap());
    assert!(!Arc::ptr_eq(&before, &certificates.config));
    let good = certificates.config.clone();
    for (file, content) in [("tls.crt", ""), ("ca.crt", "nothing"), ("tls.key", &authority().pem())] {
        mount(&folder.0, &second);
        std::fs::write(folder.0.join(file), content).unwrap();
        let error = certificates.renew().unwrap_err().to_string();
        assert!(error.starts_with(file), "{error}");
        assert!(Arc::ptr_eq(&good, &certificates.config), "the former ones stay in use");
    }
    std::fs::remove_file(folder.0.join("ca.crt")).unwrap();
    assert!(certificates.renew().unwrap_err().to_string().contains("ca.crt: "));
}

#[test]
fn a_server_looks_at_its_certificates_without_a_restart() {
    let (first, second, folder) = (authority(), authority(), Folder::new("served"));
    mount(&folder.0, &first);
    let mut certificates = Certificates::read(&folder.0).unwrap();
    let config = Mutex::new(certificates.config.clone());
    mount(&folder.0, &second);
    renew(&mut certificates, &config);
    assert!(Arc::ptr_eq(&config.lock(), &certificates.config));
    let good = certificates.config.clone();
    std::fs::write(folder.0.join("tls.crt"), "").unwrap();
    renew(&mut certificates, &config);
    assert!(Arc::ptr_eq(&config.lock(), &good));
}
