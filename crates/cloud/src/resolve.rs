//! From a database's name to its addresses.
//!
//! A private name means something only where the network's own resolver is asked, so this must run there, or be given
//! another resolver.

use crate::Error;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use tokio::net::lookup_host;

type Resolving = Pin<Box<dyn Future<Output = Result<Vec<IpAddr>, Error>> + Send>>;

/// Gives the addresses of a host name; none, where the name has none.
pub type Resolve = Arc<dyn Fn(String) -> Resolving + Send + Sync>;

/// The resolver of the machine that this runs on.
#[must_use]
pub fn system_names() -> Resolve {
    Arc::new(|host| Box::pin(look_up(host)))
}

async fn look_up(host: String) -> Result<Vec<IpAddr>, Error> {
    let found = lookup_host((host.as_str(), 0)).await;
    let found = found.map_err(|error| Error::Unreachable {
        who: "the resolver of this machine".into(),
        message: format!("{host}: {error}"),
    })?;
    let mut addresses: Vec<IpAddr> = found.map(|address| address.ip()).collect();
    addresses.sort_unstable();
    addresses.dedup();
    Ok(addresses)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_address_is_its_own() {
        let resolve = system_names();
        assert_eq!(resolve("10.1.2.3".into()).await, Ok(vec![[10, 1, 2, 3].into()]));
    }
}
