//! The calls that find instances, and with them the model that their endpoints follow.

use super::Client;
use super::dedicated::instance_path;
use super::list::{List, look};
use crate::answer::contradiction;
use crate::body;
use crate::convert;
use crate::model::{ClusterId, Instance, Plan};
use crate::path::segment;
use cloud::{Error, Urgency};

impl Client {
    /// Every Starter and every Essential instance of the shared model that the key can see.
    pub async fn shared_instances(&self, urgency: Urgency) -> Result<Vec<Instance>, Error> {
        let list = List {
            path: "/v1beta1/clusters".into(),
            query: vec![],
            action: "list Starter and Essential instances".into(),
            what: "the list of Starter and Essential instances".into(),
        };
        let row = |row| convert::shared(row).map(|instance| (instance.id.clone(), instance));
        list.read::<body::SharedList, _, _>(&self.serverless, row, urgency).await
    }

    /// [`Error::NotFound`] says that it is of the other model, or nowhere.
    pub async fn shared_instance(
        &self,
        id: &ClusterId,
        urgency: Urgency,
    ) -> Result<Instance, Error> {
        let target = format!("/v1beta1/clusters/{}", segment(&id.0)?);
        let what = format!("Starter or Essential instance {id}");
        let call = look(target, format!("read {what}"), what);
        let row = self.serverless.call(&call, urgency).await?;
        asked(id, convert::shared(row))
    }

    /// Every Premium, BYOC and Essential instance of the exclusive model that the key can see.
    pub async fn exclusive_instances(&self, urgency: Urgency) -> Result<Vec<Instance>, Error> {
        let list = List {
            path: "/v1beta2/tidbs".into(),
            query: vec![],
            action: "list Premium and Essential instances".into(),
            what: "the list of Premium and Essential instances".into(),
        };
        let row = |row| convert::exclusive(row).map(|instance| (instance.id.clone(), instance));
        list.read::<body::Tidbs, _, _>(&self.cloud, row, urgency).await
    }

    /// [`Error::NotFound`] says that it is of the other model, or nowhere.
    pub async fn exclusive_instance(
        &self,
        id: &ClusterId,
        urgency: Urgency,
    ) -> Result<Instance, Error> {
        let what = format!("Premium or Essential instance {id}");
        let call = look(instance_path(id)?, format!("read {what}"), what);
        let row = self.cloud.call(&call, urgency).await?;
        asked(id, convert::exclusive(row))
    }

    /// Of either model: the host that knows the instance says which. Where the first may not be asked, the other's word
    /// counts only if the plan is none of the shared model; its silence says nothing.
    pub async fn instance(&self, id: &ClusterId, urgency: Urgency) -> Result<Instance, Error> {
        match self.shared_instance(id, urgency).await {
            Err(Error::NotFound { .. }) => self.exclusive_instance(id, urgency).await,
            Err(denied @ Error::Denied { .. }) => {
                let other = self.exclusive_instance(id, urgency).await.ok();
                other
                    .filter(|found| !matches!(found.plan, Plan::Starter | Plan::Essential))
                    .ok_or(denied)
            }
            known => known,
        }
    }
}

fn asked(id: &ClusterId, found: Result<Instance, String>) -> Result<Instance, Error> {
    let instance = found.map_err(|unusable| contradiction(&unusable))?;
    if instance.id != *id {
        return Err(contradiction(&format!("asked for instance {id}, got {}", instance.id)));
    }
    Ok(instance)
}
