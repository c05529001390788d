//! What the system asks of the process.

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Returns when SIGTERM or SIGINT arrives; whether it was one.
pub async fn asked_to_stop() -> bool {
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (on(SignalKind::terminate()), on(SignalKind::interrupt()))
    else {
        return false;
    };
    tokio::select! {
        received = terminate.recv() => received.is_some(),
        received = interrupt.recv() => received.is_some(),
    }
}

/// The stream of SIGHUPs.
///
/// # Errors
/// The system gives no handler.
pub fn hangups() -> std::io::Result<Signal> {
    on(SignalKind::hangup())
}

fn on(kind: SignalKind) -> std::io::Result<Signal> {
    signal(kind)
}
