//! A router on a socket, over HTTP or HTTPS, as the real hosts would serve it.
//!
//! Only HTTP/1.1. An answer that must be lost breaks its connection.

use crate::arrival::carry_out;
use axum::Router;
use axum::body::Body;
use http::uri::Scheme;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rustls::ServerConfig;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

/// A server that runs until it is shut down or dropped.
pub struct Listening {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Listening {
    /// Where it listens: the port is known now, even if any was asked for.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes no more connections, and returns when the requests under way are answered.
    pub async fn shutdown(mut self) {
        // Nobody listens only if the task has ended already.
        let _ended = self.stop.send(true);
        let _panicked = (&mut self.task).await;
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Serves at the address; port 0 is any that is free. With a configuration, over HTTPS.
///
/// # Errors
/// The address cannot be had.
pub async fn serve(
    router: Router,
    address: SocketAddr,
    tls: Option<Arc<ServerConfig>>,
) -> io::Result<Listening> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    let (stop, stopped) = watch::channel(false);
    let task = tokio::spawn(accept(listener, router, tls.map(TlsAcceptor::from), stopped));
    Ok(Listening { address, stop, task })
}

async fn accept(
    listener: TcpListener,
    router: Router,
    tls: Option<TlsAcceptor>,
    mut stopped: watch::Receiver<bool>,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            _ = stopped.changed() => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => {
                // A connection that failed before it began concerns nobody else.
                let Ok((stream, _)) = accepted else { continue };
                connections.spawn(connect(stream, router.clone(), tls.clone(), stopped.clone()));
            }
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

async fn connect(
    stream: TcpStream,
    router: Router,
    tls: Option<TlsAcceptor>,
    stopped: watch::Receiver<bool>,
) {
    match tls {
        None => converse(stream, Scheme::HTTP, router, stopped).await,
        Some(tls) => match tls.accept(stream).await {
            Ok(stream) => converse(stream, Scheme::HTTPS, router, stopped).await,
            Err(error) => tracing::debug!(%error, "no TLS with a client of the simulator"),
        },
    }
}

/// The wires find the scheme among a request's extensions: its own URI does not say it, and some link to themselves.
async fn converse(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    scheme: Scheme,
    router: Router,
    mut stopped: watch::Receiver<bool>,
) {
    let service = service_fn(move |request: http::Request<hyper::body::Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(scheme.clone());
        carry_out(router.clone(), request)
    });
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        biased;
        _ = stopped.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
        ended = connection.as_mut() => ended,
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection to the simulator broke");
    }
}
