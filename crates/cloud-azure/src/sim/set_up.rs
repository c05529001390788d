//! How somebody works with the simulated Azure. The vendor's own Python library signs in over HTTPS only, and takes the
//! Resource Manager's address as an option.

use sim::SetUp;
use sim::example::azure as example;

/// At this address.
#[must_use]
pub fn set_up(url: &str) -> SetUp {
    SetUp::default()
        .export("AZURE_AUTHORITY_HOST", url)
        .export("AZURE_TENANT_ID", example::TENANT)
        .export("AZURE_CLIENT_ID", example::CLIENT_ID)
        .export("AZURE_CLIENT_SECRET", example::CLIENT_SECRET)
        .say("subscription_id", example::SUBSCRIPTION)
        .say("endpoint_url", url)
}
