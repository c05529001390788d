//! `sim`: serves the simulated clouds on loopback, until it is told to stop.

use crate::cli::Sim as Args;
use crate::exit::Exit;
use crate::setup::Refusal;
use crate::{output, signals, simulated};
use cloud::Clock;
use sim::{Authority, Listening, Sim, example};
use std::net::SocketAddr;
use std::path::Path;
use tidb_cloud::Hosts;

/// # Errors
/// An address that cannot be had, or is not a loopback address; a file that cannot be written.
pub async fn run(args: &Args) -> Result<Exit, Refusal> {
    let sim = Sim::auto(simulated::world(args.seed, args.speed));
    let plain = serve(&sim, args.listen, None).await?;
    output::report(&say(plain.address()));
    let tls = match (args.listen_tls, &args.ca_file) {
        (Some(address), Some(file)) => Some(serve(&sim, address, Some(file)).await?),
        (Some(_) | None, _) => None,
    };
    if let (Some(tls), Some(file)) = (&tls, &args.ca_file) {
        output::report(&format!(
            "the same over HTTPS: https://localhost:{} with SSL_CERT_FILE={}",
            tls.address().port(),
            file.display()
        ));
    }
    signals::asked_to_stop().await;
    for listening in [Some(plain), tls].into_iter().flatten() {
        listening.shutdown().await;
    }
    Ok(Exit::Done)
}

/// The back door lets anybody do anything, so it opens to this machine only.
async fn serve(
    sim: &Sim,
    address: SocketAddr,
    ca_file: Option<&Path>,
) -> Result<Listening, Refusal> {
    if !address.ip().is_loopback() {
        let message = format!("{address} is not a loopback address; the simulator serves no other");
        return Err(Refusal::new(Exit::Usage, message));
    }
    let failed = |error| Refusal::new(Exit::Error, format!("cannot serve at {address}: {error}"));
    let tls = match ca_file {
        Some(file) => {
            let authority = Authority::new(Clock::system().now()).map_err(failed)?;
            authority.write(file).map_err(|error| {
                Refusal::new(Exit::Error, format!("cannot write {}: {error}", file.display()))
            })?;
            Some(authority.server(&["localhost", "127.0.0.1", "::1"]).map_err(failed)?)
        }
        None => None,
    };
    sim::serve(simulated::router(sim), address, tls).await.map_err(failed)
}

/// What a shell needs to use it.
fn say(address: SocketAddr) -> String {
    let Hosts { dedicated, serverless, cloud } = simulated::hosts(&format!("http://{address}"));
    format!(
        "the simulated clouds answer at http://{address}\n\n\
         export TIDBCLOUD_DEDICATED_ENDPOINT={dedicated}\n\
         export TIDBCLOUD_SERVERLESS_ENDPOINT={serverless}\n\
         export TIDBCLOUD_PREMIUM_ENDPOINT={cloud}\n\
         export TIDBCLOUD_PUBLIC_KEY={} TIDBCLOUD_PRIVATE_KEY={}\n\
         export AWS_ENDPOINT_URL=http://{address} AWS_REGION={}\n\
         export AWS_ACCESS_KEY_ID={} AWS_SECRET_ACCESS_KEY=any\n\n\
         what is there, and the back door: GET http://{address}/sim/v1/state and /sim/v1",
        example::API_KEY_PUBLIC,
        example::API_KEY_PRIVATE,
        example::REGION,
        example::ACCESS_KEY,
    )
}
