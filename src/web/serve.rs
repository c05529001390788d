//! Connections: few, short and small, so that whoever opens many or dawdles takes nothing from anyone.

use super::{Site, router};
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{sleep, timeout};
use tower::ServiceExt;

/// When one more comes, the oldest is cut: who asks and leaves is always served.
const CONNECTIONS_MAX: usize = 128;

/// A request must have come, in full, so soon after the connection or the last answer.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

const HEAD_BYTES_MAX: usize = 16 << 10;

/// Then it ends with its next answer.
const CONNECTION_LIFE: Duration = Duration::from_mins(5);

/// For answers under way, at the end of a connection or of the process.
const LEAVE_TAKING: Duration = Duration::from_secs(5);

/// After a connection could not be taken: too many open files pass.
const BREATH: Duration = Duration::from_millis(100);

/// Answers until it is told to stop, and then until what was asked is answered.
pub async fn serve(
    listener: TcpListener,
    site: Site,
    stop: impl Future<Output = ()> + Send + 'static,
) {
    let site = match listener.local_addr() {
        Ok(address) => site.bound_to(address.ip()),
        Err(_) => site,
    };
    let router = router(site);
    let (stopping, stopped) = watch::channel(false);
    let mut connections = Connections::default();
    tokio::pin!(stop);
    loop {
        let (stream, peer) = tokio::select! {
            biased;
            () = &mut stop => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::debug!(%error, "a connection to the status page could not be taken");
                    sleep(BREATH).await;
                    continue;
                }
            }
        };
        connections.add(converse(stream, peer, router.clone(), stopped.clone()));
    }
    drop(listener);
    stopping.send_replace(true);
    // Whoever has not got their answer by then has stopped reading.
    let _ = timeout(LEAVE_TAKING, connections.end()).await;
}

#[derive(Default)]
struct Connections {
    tasks: JoinSet<()>,
    /// Oldest first.
    handles: VecDeque<AbortHandle>,
}

impl Connections {
    fn add(&mut self, connection: impl Future<Output = ()> + Send + 'static) {
        while self.tasks.try_join_next().is_some() {}
        self.handles.retain(|handle| !handle.is_finished());
        if self.handles.len() >= CONNECTIONS_MAX
            && let Some(oldest) = self.handles.pop_front()
        {
            oldest.abort();
        }
        self.handles.push_back(self.tasks.spawn(connection));
    }

    async fn end(&mut self) {
        while self.tasks.join_next().await.is_some() {}
    }
}

async fn converse(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: SocketAddr,
    router: Router,
    mut stopped: watch::Receiver<bool>,
) {
    let service = service_fn(move |request: http::Request<hyper::body::Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let mut ended = tokio::select! {
        biased;
        ended = connection.as_mut() => Some(ended),
        // An error means that nobody is left who could tell us to stop.
        _ = stopped.wait_for(|stopped| *stopped) => None,
        () = sleep(CONNECTION_LIFE) => None,
    };
    if ended.is_none() {
        connection.as_mut().graceful_shutdown();
        ended = timeout(LEAVE_TAKING, connection).await.ok();
    }
    if !matches!(ended, Some(Ok(()))) {
        tracing::debug!(%peer, "a connection to the status page broke");
    }
}
