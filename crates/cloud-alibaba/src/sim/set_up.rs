//! How somebody works with the simulated Alibaba Cloud. No variable of the vendor's names another address: its programs
//! take it as an option, Tidelock from the account.

use sim::SetUp;
use sim::example::alibaba as example;

/// At this address.
#[must_use]
pub fn set_up(url: &str) -> SetUp {
    SetUp::default()
        .export("ALIBABA_CLOUD_ACCESS_KEY_ID", example::ACCESS_KEY)
        .export("ALIBABA_CLOUD_ACCESS_KEY_SECRET", example::ACCESS_KEY_SECRET)
        .in_region(example::REGION)
        .say("endpoint_url", url)
}
