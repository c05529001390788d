//! What a look was not allowed to show, and which private link connections stand on it: the others go on.

use super::Track;
use cloud::{Blind, Error, Exposed, Exposures};

/// Why this look does not show enough to judge it by. What was built once may stand where nobody can see, whatever the
/// manifest says by now.
#[must_use]
pub fn hidden<'a>(track: &Track, exposures: &'a Exposures) -> Option<&'a Error> {
    let Blind { balancing, databases, zones } = &exposures.blind;
    match &track.wish.exposed {
        Some(Exposed::Database(_)) => {
            let databases = databases.as_ref().filter(|_| track.wish.names_a_database());
            balancing.as_ref().or(zones.as_ref()).or(databases)
        }
        Some(Exposed::Service(_)) | None => balancing.as_ref().filter(|_| track.incarnation > 0),
    }
}
