//! The server: TLS in front of gRPC, one method, and gRPC's health service.

use super::{
    metrics::Metrics,
    protocol::{RUN_FUNCTION, RunFunctionRequest, RunFunctionResponse, SERVICE},
    run::run,
    tls::{Certificates, TlsError},
};
use futures::future::BoxFuture;
use parking_lot::Mutex;
use std::{
    convert::Infallible,
    io,
    net::SocketAddr,
    path::PathBuf,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    time::Instant,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use tonic::{
    body::Body,
    codegen::{Service, http},
    server::{Grpc, NamedService, UnaryService},
    transport::server::Connected,
};

/// How often the certificates are looked at.
const LOOK: Duration = Duration::from_secs(10);
/// A client that takes longer to say hello is dropped.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// How to serve.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where to listen.
    pub address: SocketAddr,
    /// Folder of the certificates; `None` for no TLS at all.
    pub certificates: Option<PathBuf>,
    /// Largest request, in bytes.
    pub largest: usize,
}

/// Why it can't be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// An address can't be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The certificates can't be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The server failed.
    #[error("the server failed: {0}")]
    Server(#[from] tonic::transport::Error),
}

/// Serves until `stop` ends; calls that are under way are answered.
///
/// # Errors
/// The address can't be listened on, or the certificates can't be used.
pub async fn serve(
    settings: Settings,
    metrics: Metrics,
    stop: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let Settings { address, certificates, largest } = settings;
    let listener =
        TcpListener::bind(address).await.map_err(|source| ServeError::Listen { address, source })?;
    serve_on(listener, certificates, largest, metrics, stop).await
}

async fn serve_on(
    listener: TcpListener,
    certificates: Option<PathBuf>,
    largest: usize,
    metrics: Metrics,
    stop: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let certificates = certificates.map(|folder| Certificates::read(&folder)).transpose()?;
    let (accepted, connections) = mpsc::channel(64);
    let accepting = tokio::spawn(accept(listener, certificates, accepted));
    let incoming = futures::stream::unfold(connections, |mut connections| async {
        connections.recv().await.map(|connection| (Ok::<_, io::Error>(connection), connections))
    });
    let (reporter, health) = tonic_health::server::health_reporter();
    reporter.set_service_status(SERVICE, tonic_health::ServingStatus::Serving).await;
    let served = tonic::transport::Server::builder()
        .add_service(FunctionRunner { largest, metrics })
        .add_service(health)
        .serve_with_incoming_shutdown(incoming, stop)
        .await;
    accepting.abort();
    Ok(served?)
}

/// Takes connections and greets each in a task of its own, so that a slow one holds up no other.
async fn accept(
    listener: TcpListener,
    mut certificates: Option<Certificates>,
    accepted: mpsc::Sender<Connection>,
) {
    let config = certificates.as_ref().map(|certificates| Arc::new(Mutex::new(certificates.config.clone())));
    let mut look = tokio::time::interval(LOOK);
    loop {
        let taken = tokio::select! {
            taken = listener.accept() => taken,
            _ = look.tick() => {
                if let (Some(certificates), Some(config)) = (&mut certificates, &config) {
                    renew(certificates, config);
                }
                continue;
            }
        };
        match taken {
            Ok((stream, _)) => drop(tokio::spawn(greet(stream, config.clone(), accepted.clone()))),
            Err(error) => {
                // Most often there are too many files open; that passes.
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

fn renew(certificates: &mut Certificates, config: &Mutex<Arc<rustls::ServerConfig>>) {
    match certificates.renew() {
        Ok(true) => {
            *config.lock() = certificates.config.clone();
            tracing::info!("new certificates");
        }
        Ok(false) => {}
        Err(error) => {
            tracing::warn!(%error, "the certificates that are mounted now can't be used; the former ones still are");
        }
    }
}

async fn greet(
    stream: TcpStream,
    config: Option<Arc<Mutex<Arc<rustls::ServerConfig>>>>,
    accepted: mpsc::Sender<Connection>,
) {
    let connection = match config.map(|config| config.lock().clone()) {
        None => Connection::Plain(stream),
        Some(config) => match tokio::time::timeout(HANDSHAKE, TlsAcceptor::from(config).accept(stream)).await
        {
            Ok(Ok(stream)) => Connection::Secure(Box::new(stream)),
            Ok(Err(error)) => return tracing::debug!(%error, "a client was turned away"),
            Err(_) => return tracing::debug!("a client said nothing"),
        },
    };
    // Nobody takes it when the server stops.
    let _ = accepted.send(connection).await;
}

/// A connection that was greeted.
enum Connection {
    Plain(TcpStream),
    Secure(Box<TlsStream<TcpStream>>),
}

impl Connected for Connection {
    type ConnectInfo = ();

    fn connect_info(&self) {}
}

impl AsyncRead for Connection {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Self::Secure(stream) => Pin::new(stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Self::Secure(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(context),
            Self::Secure(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Secure(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}

/// The service, as tonic's generated code would have it.
#[derive(Clone)]
struct FunctionRunner {
    largest: usize,
    metrics: Metrics,
}

impl NamedService for FunctionRunner {
    const NAME: &'static str = SERVICE;
}

impl Service<http::Request<Body>> for FunctionRunner {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let Self { largest, metrics } = self.clone();
        Box::pin(async move {
            if request.uri().path() != RUN_FUNCTION {
                return Ok(tonic::Status::unimplemented("there is no such method").into_http());
            }
            let codec = tonic_prost::ProstCodec::<RunFunctionResponse, RunFunctionRequest>::default();
            let mut grpc = Grpc::new(codec).max_decoding_message_size(largest);
            Ok(grpc.unary(RunFunction { metrics }, request).await)
        })
    }
}

struct RunFunction {
    metrics: Metrics,
}

impl UnaryService<RunFunctionRequest> for RunFunction {
    type Response = RunFunctionResponse;
    type Future = std::future::Ready<Result<tonic::Response<RunFunctionResponse>, tonic::Status>>;

    fn call(&mut self, request: tonic::Request<RunFunctionRequest>) -> Self::Future {
        let began = Instant::now();
        let response = run(request.into_inner());
        self.metrics.answered(began.elapsed());
        std::future::ready(Ok(tonic::Response::new(response)))
    }
}

#[cfg(test)]
mod tests;
