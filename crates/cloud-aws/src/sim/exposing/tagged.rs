//! Tags of endpoint services, which EC2 keeps as it keeps those of VPC endpoints.

use super::refused::refused;
use crate::sim::call::Call;
use crate::sim::refusal::Refusal;
use sim::{Kind, Tags};

/// Whether the id is a service's, and the service was tagged.
pub(in crate::sim) fn tag_service(call: &Call, id: &str, tags: &Tags) -> Result<bool, Refusal> {
    if !id.starts_with("vpce-svc-") {
        return Ok(false);
    }
    let done = call.with(|world| world.tag_part(&call.scope, Kind::Service, id, tags));
    done.map(|()| true).map_err(|refusal| refused(call, refusal))
}

/// Whether the id is a service's, and these keys, or all of them, were taken off.
pub(in crate::sim) fn untag_service(
    call: &Call,
    id: &str,
    named: &[(String, Option<String>)],
) -> Result<bool, Refusal> {
    if !id.starts_with("vpce-svc-") {
        return Ok(false);
    }
    let done = call.with(|world| {
        let part = world.true_part(id);
        let found = part.into_iter().flat_map(|part| &part.tags);
        let goes = |key: &String, value: &String| {
            let is_it = |(name, wanted): &(String, Option<String>)| {
                name == key && wanted.as_ref().is_none_or(|wanted| wanted == value)
            };
            named.is_empty() || named.iter().any(is_it)
        };
        let keys: Vec<String> =
            found.filter(|(key, value)| goes(key, value)).map(|(key, _)| key.clone()).collect();
        world.untag_part(&call.scope, Kind::Service, id, &keys)
    });
    done.map(|()| true).map_err(|refusal| refused(call, refusal))
}
