//! The Resource Manager's calls, by the vendor's own models, over our wire.
//!
//! It knows what the calls are, and nothing of what they are for. A list is whole, or it is an error.

use crate::error::{Call, Failure, failed, incomplete, understood};
use crate::operation::Operations;
use crate::resource::ResourceId;
use crate::wire::{Condition, Sender, Transport};
use azure_core_legacy as legacy;
use azure_mgmt_network::package_2024_03 as vendor;
use bytes::Bytes;
use cloud::{Deleted, Error, Response};
use futures_util::{Stream, StreamExt};
use http::header::AUTHORIZATION;
use legacy::{RetryOptions, TransportOptions, Url};
use std::collections::BTreeSet;
use std::sync::Arc;
use vendor::models::{
    NetworkInterface, NetworkInterfaceListResult, PrivateEndpoint, PrivateEndpointListResult,
    VirtualNetwork,
};

/// A million endpoints; who sends more pages sends them without end.
const PAGES_MAX: usize = 1_000;

const READ: &str = "Microsoft.Network/privateEndpoints/read";
const INTERFACES: &str = "Microsoft.Network/networkInterfaces/read";

pub(crate) struct Api {
    sender: Arc<Sender>,
    base: Url,
    pub(crate) subscription: String,
    pub(crate) operations: Operations,
}

/// A page, whatever it lists.
trait Page {
    type Row;

    fn open(self) -> (Vec<Self::Row>, Option<String>);
}

impl Page for PrivateEndpointListResult {
    type Row = PrivateEndpoint;

    fn open(self) -> (Vec<PrivateEndpoint>, Option<String>) {
        (self.value, self.next_link)
    }
}

impl Page for NetworkInterfaceListResult {
    type Row = NetworkInterface;

    fn open(self) -> (Vec<NetworkInterface>, Option<String>) {
        (self.value, self.next_link)
    }
}

impl Api {
    pub(crate) fn new(sender: Arc<Sender>, base: Url, subscription: String) -> Api {
        Api { sender, base, subscription, operations: Operations::default() }
    }

    /// Every private endpoint of the subscription.
    pub(crate) async fn endpoints(&self) -> Result<Vec<PrivateEndpoint>, Error> {
        let call = Call { action: READ, what: "the private endpoints" };
        let client = self.vendor(Condition::Listed)?.private_endpoints_client();
        self.whole(call, client.list_by_subscription(&self.subscription).into_stream()).await
    }

    /// Every network interface of the subscription, machines' too.
    pub(crate) async fn interfaces(&self) -> Result<Vec<NetworkInterface>, Error> {
        let call = Call { action: INTERFACES, what: "the network interfaces" };
        let client = self.vendor(Condition::Listed)?.network_interfaces_client();
        self.whole(call, client.list_all(&self.subscription).into_stream()).await
    }

    pub(crate) async fn endpoint(&self, at: &ResourceId<'_>) -> Result<PrivateEndpoint, Error> {
        let call = Call { action: READ, what: at.name() };
        let client = self.vendor(Condition::Any)?.private_endpoints_client();
        let asked = client.get(at.group, at.name(), at.subscription).send().await;
        let answer = asked.map_err(|error| understood(call, error))?;
        answer.into_body().await.map_err(|error| understood(call, error))
    }

    pub(crate) async fn interface(&self, at: &ResourceId<'_>) -> Result<NetworkInterface, Error> {
        let call = Call { action: INTERFACES, what: at.name() };
        let client = self.vendor(Condition::Any)?.network_interfaces_client();
        let asked = client.get(at.group, at.name(), at.subscription).send().await;
        let answer = asked.map_err(|error| understood(call, error))?;
        answer.into_body().await.map_err(|error| understood(call, error))
    }

    pub(crate) async fn network(&self, at: &ResourceId<'_>) -> Result<VirtualNetwork, Error> {
        let call = Call { action: "Microsoft.Network/virtualNetworks/read", what: at.name() };
        let client = self.vendor(Condition::Any)?.virtual_networks_client();
        let asked = client.get(at.group, at.name(), at.subscription).send().await;
        let answer = asked.map_err(|error| understood(call, error))?;
        answer.into_body().await.map_err(|error| understood(call, error))
    }

    /// It is asked for; Azure carries it out later.
    pub(crate) async fn put(
        &self,
        at: &ResourceId<'_>,
        body: PrivateEndpoint,
        condition: Condition,
    ) -> Result<(), Error> {
        let call = Call { action: "Microsoft.Network/privateEndpoints/write", what: at.name() };
        let client = self.vendor(condition)?.private_endpoints_client();
        let asked = client.create_or_update(at.group, at.name(), body, at.subscription).send();
        let answer = asked.await.map_err(|error| understood(call, error))?;
        self.began(at, answer.as_raw_response());
        Ok(())
    }

    /// The same.
    pub(crate) async fn delete(&self, at: &ResourceId<'_>) -> Result<Deleted, Error> {
        let call = Call { action: "Microsoft.Network/privateEndpoints/delete", what: at.name() };
        let client = self.vendor(Condition::Any)?.private_endpoints_client();
        let asked = client.delete(at.group, at.name(), at.subscription).send().await;
        let answer = asked.map_err(|error| understood(call, error))?;
        let answer = answer.as_raw_response();
        self.began(at, answer);
        // Azure's word for a name that nothing has.
        let is_absent = answer.status() == legacy::StatusCode::NoContent;
        Ok(if is_absent { Deleted::NotThere } else { Deleted::Asked })
    }

    /// Of what no model describes.
    pub(crate) async fn get(&self, call: Call<'_>, address: &str) -> Result<Response, Error> {
        let invalid = |error: http::Error| incomplete(error.to_string());
        let mut request = http::Request::get(address).body(Bytes::new()).map_err(invalid)?;
        request.headers_mut().insert(AUTHORIZATION, self.sender.tokens().bearer().await?);
        self.sender.send(request).await.map_err(|failure: Failure| failed(call, failure))
    }

    fn began(&self, at: &ResourceId<'_>, answer: &legacy::Response) {
        let name = legacy::headers::HeaderName::from_static("azure-asyncoperation");
        let address = answer.headers().get_optional_str(&name);
        let address = address.filter(|address| self.is_ours(address)).map(str::to_owned);
        self.operations.began(&at.spelled(crate::resource::ENDPOINT), address);
    }

    /// What a process before this one was told. What this one was told is newer.
    pub(crate) fn resume(&self, link: &str, address: String) {
        if self.is_ours(&address) && self.operations.address(link).is_none() {
            self.operations.began(link, Some(address));
        }
    }

    /// A token goes nowhere else, whatever an answer says.
    fn is_ours(&self, address: &str) -> bool {
        Url::parse(address).is_ok_and(|address| address.origin() == self.base.origin())
    }

    /// The vendor's client, which makes nothing but requests.
    fn vendor(&self, condition: Condition) -> Result<vendor::Client, Error> {
        let transport = Transport { sender: self.sender.clone(), condition };
        let tokens = self.sender.tokens();
        vendor::Client::builder(tokens.clone())
            .endpoint(self.base.clone())
            .scopes(&[tokens.scope()])
            .retry(RetryOptions::none())
            .transport(TransportOptions::new(Arc::new(transport)))
            .build()
            .map_err(|error| incomplete(error.to_string()))
    }

    /// Every row, from complete pages only.
    async fn whole<P: Page>(
        &self,
        call: Call<'_>,
        pages: impl Stream<Item = legacy::Result<P>> + Unpin,
    ) -> Result<Vec<P::Row>, Error> {
        let (mut rows, mut links) = (Vec::new(), BTreeSet::new());
        let mut pages = pages.take(PAGES_MAX);
        while let Some(page) = pages.next().await {
            let (found, next) = page.map_err(|error| understood(call, error))?.open();
            rows.extend(found);
            let Some(next) = next.filter(|next| !next.is_empty()) else { return Ok(rows) };
            if !self.is_ours(&next) {
                return Err(incomplete("a page leads to another host"));
            }
            if !links.insert(next) {
                return Err(incomplete("a page came twice"));
            }
        }
        Err(incomplete("the pages do not end"))
    }
}
