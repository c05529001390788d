//! Following an operation to its end, for a while.
//!
//! Nothing depends on it but the vendor's reason when it fails: what became of the thing itself, the next look shows.

use crate::api::Api;
use crate::error::{Call, failed};
use crate::resource::Regional;
use cloud::Error;
use google_cloud_compute_v1::model::Operation;
use google_cloud_compute_v1::model::operation::Status;
use std::time::Duration;
use tokio::time::sleep;

/// Addresses and forwarding rules take seconds.
const POLLS_MAX: u32 = 20;
const PAUSE: Duration = Duration::from_secs(3);

/// How an operation ended, as far as we stayed to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    Done,
    /// Taken, and still under way; or nobody could say.
    NotYet,
}

impl Api {
    /// # Errors
    /// The operation failed, and this is why.
    pub(crate) async fn follow(
        &self,
        call: Call<'_>,
        operation: Operation,
    ) -> Result<Ended, Error> {
        let mut operation = operation;
        for _ in 0..POLLS_MAX {
            if operation.status == Some(Status::Done) {
                return verdict(call, &operation);
            }
            sleep(PAUSE).await;
            let link = operation.self_link.clone().unwrap_or_default();
            let Some(Regional { project, region, name }) = Regional::parse(&link, "operations")
            else {
                return Ok(Ended::NotYet);
            };
            let target = format!("/projects/{project}/regions/{region}/operations/{name}");
            let look = Call { action: "compute.regionOperations.get", what: name };
            match self.look(look, &target).await {
                Ok(next) => operation = next,
                // It was taken; that we cannot see how it goes on is no failure of it.
                Err(error) => {
                    tracing::debug!(operation = name, %error, "cannot be followed");
                    return Ok(Ended::NotYet);
                }
            }
        }
        Ok(Ended::NotYet)
    }
}

fn verdict(call: Call<'_>, operation: &Operation) -> Result<Ended, Error> {
    let errors = operation.error.as_ref().map(|error| &*error.errors).unwrap_or_default();
    let status = operation.http_error_status_code;
    if errors.is_empty() && status.is_none_or(|status| status < 400) {
        return Ok(Ended::Done);
    }
    Err(failed(call, errors, status))
}
