//! Lists of AWS, page by page to their end: half a list is none.
//!
//! Whoever asks by ids is turned over too: AWS promises nowhere that a page holds them all.

use crate::api::Api;
use crate::error::Call;
use aws_sdk_ec2::types::{SecurityGroup, ServiceDetail, Subnet};
use cloud::Error;
use std::collections::BTreeSet;
use std::pin::Pin;

/// A million rows; who sends more pages sends them without end.
const PAGES_MAX: usize = 1_000;

type Page<Row> = (Option<Vec<Row>>, Option<String>);

/// One page, by the token that the page before it named.
pub(crate) type Turning<'a, Row> =
    Pin<Box<dyn Future<Output = Result<Page<Row>, Error>> + Send + 'a>>;

/// Every row of a list; a list that does not end, or turns in circles, is none.
pub(crate) async fn pages<'a, Row>(
    call: Call<'_>,
    turn: impl Fn(Option<String>) -> Turning<'a, Row>,
) -> Result<Vec<Row>, Error> {
    let (mut rows, mut tokens, mut token) = (Vec::new(), BTreeSet::new(), None);
    for _ in 0..PAGES_MAX {
        let (page, next) = turn(token).await?;
        rows.extend(page.ok_or_else(|| call.incomplete("a page has no list"))?);
        token = next.filter(|next| !next.is_empty());
        match &token {
            None => return Ok(rows),
            Some(next) if !tokens.insert(next.clone()) => {
                return Err(call.incomplete("a page token came twice"));
            }
            Some(_) => {}
        }
    }
    Err(call.incomplete("the pages do not end"))
}

impl Api {
    /// An id that does not exist is an error of the whole call.
    pub(crate) async fn subnets(&self, ids: &[String]) -> Result<Vec<Subnet>, Error> {
        let call = self.call("ec2:DescribeSubnets", None);
        let turn = |token| -> Turning<'_, Subnet> {
            Box::pin(async move {
                let request = self.ec2.describe_subnets().set_next_token(token);
                let request = request.set_subnet_ids(Some(ids.to_vec()));
                let page = self.look(call, || Box::pin(request.clone().send())).await?;
                Ok((page.subnets, page.next_token))
            })
        };
        pages(call, turn).await
    }

    /// The same.
    pub(crate) async fn groups(&self, ids: &[String]) -> Result<Vec<SecurityGroup>, Error> {
        let call = self.call("ec2:DescribeSecurityGroups", None);
        let turn = |token| -> Turning<'_, SecurityGroup> {
            Box::pin(async move {
                let request = self.ec2.describe_security_groups().set_next_token(token);
                let request = request.set_group_ids(Some(ids.to_vec()));
                let page = self.look(call, || Box::pin(request.clone().send())).await?;
                Ok((page.security_groups, page.next_token))
            })
        };
        pages(call, turn).await
    }

    /// The same, of services that are offered to the account.
    pub(crate) async fn offered(&self, names: &[String]) -> Result<Vec<ServiceDetail>, Error> {
        let call = self.call("ec2:DescribeVpcEndpointServices", None);
        let turn = |token| -> Turning<'_, ServiceDetail> {
            Box::pin(async move {
                let request = self.ec2.describe_vpc_endpoint_services().set_next_token(token);
                let request = request.set_service_names(Some(names.to_vec()));
                let page = self.look(call, || Box::pin(request.clone().send())).await?;
                Ok((page.service_details, page.next_token))
            })
        };
        pages(call, turn).await
    }
}
