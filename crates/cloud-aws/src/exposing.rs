//! One AWS account in one region, on the way out: what stands between a database and its endpoint service.
//!
//! It carries out what it is told, and decides nothing. Its looks and deeds are in the files beside the judgement.

#[cfg(feature = "client")]
mod api;
#[cfg(feature = "client")]
mod change;
#[cfg(feature = "client")]
mod convert;
#[cfg(feature = "client")]
mod create;
#[cfg(feature = "client")]
mod databases;
#[cfg(feature = "client")]
mod deeds;
mod preflight;
#[cfg(feature = "client")]
pub(crate) mod ranges;
#[cfg(feature = "client")]
mod survey;
mod wanted;
#[cfg(feature = "client")]
pub(crate) mod zones;

#[cfg(feature = "client")]
use {
    crate::Aws,
    async_trait::async_trait,
    cloud::{
        Answer, Endpoint, Error, Exposing, ExposureAsk, Exposures, Finding, Interest, PartChange,
        PartOrder,
    },
    planner::dataflow::{Block, EndpointId, PartId},
};

#[cfg(feature = "client")]
#[async_trait]
impl Exposing for Aws {
    async fn survey(&self, interest: &Interest) -> Result<Exposures, Error> {
        survey::survey(self, interest).await
    }

    async fn create(&self, order: &PartOrder) -> Result<PartId, Error> {
        create::create(&self.api, order).await
    }

    async fn update(&self, change: &PartChange) -> Result<(), Error> {
        change::change(&self.api, change).await
    }

    async fn delete(&self, block: Block, part: &PartId) -> Result<(), Error> {
        deeds::delete(&self.api, block, part).await
    }

    async fn set_target(&self, group: &PartId, target: Endpoint, takes: bool) -> Result<(), Error> {
        deeds::set_target(&self.api, group, target, takes).await
    }

    async fn set_permission(
        &self,
        service: &PartId,
        account: &str,
        may: bool,
    ) -> Result<(), Error> {
        deeds::set_permission(&self.api, service, account, may).await
    }

    async fn answer(
        &self,
        service: &PartId,
        endpoint: &EndpointId,
        answer: Answer,
    ) -> Result<(), Error> {
        deeds::answer(&self.api, service, endpoint, answer).await
    }

    async fn preflight(&self, asks: &[ExposureAsk]) -> Result<Vec<Finding>, Error> {
        let facts = preflight::fetch::facts(self, asks).await?;
        preflight::judge(&self.api.scope, asks, &facts)
    }
}
