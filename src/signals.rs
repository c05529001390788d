//! What the system asks of the process.

use tokio::signal::unix::{Signal, SignalKind, signal};

/// SIGTERM and SIGINT, from now on; one that comes while nobody waits is not lost.
pub struct Stops {
    terminate: Signal,
    interrupt: Signal,
}

impl Stops {
    /// # Errors
    /// The system gives no handler.
    pub fn new() -> std::io::Result<Stops> {
        let terminate = on(SignalKind::terminate())?;
        Ok(Stops { terminate, interrupt: on(SignalKind::interrupt())? })
    }

    /// Whether it was one.
    pub async fn recv(&mut self) -> bool {
        tokio::select! {
            received = self.terminate.recv() => received.is_some(),
            received = self.interrupt.recv() => received.is_some(),
        }
    }
}

/// Returns when SIGTERM or SIGINT arrives; whether it was one.
pub async fn asked_to_stop() -> bool {
    let Ok(mut stops) = Stops::new() else { return false };
    stops.recv().await
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
