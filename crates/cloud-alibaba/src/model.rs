//! Alibaba Cloud's answers, as far as they are read.
//!
//! Nothing is required here that a decision does not need: what is missing, `convert` judges.

use serde::Deserialize;

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Endpoint {
    #[serde(rename = "EndpointId")]
    pub(crate) id: Option<String>,
    #[serde(rename = "EndpointStatus")]
    pub(crate) status: Option<String>,
    #[serde(rename = "ConnectionStatus")]
    pub(crate) connection: Option<String>,
    #[serde(rename = "EndpointBusinessStatus")]
    pub(crate) business: Option<String>,
    #[serde(rename = "EndpointDomain")]
    pub(crate) domain: Option<String>,
    #[serde(rename = "EndpointType")]
    pub(crate) kind: Option<String>,
    #[serde(rename = "ServiceName")]
    pub(crate) service: Option<String>,
    #[serde(rename = "VpcId")]
    pub(crate) vpc: Option<String>,
    /// Only lists have them.
    #[serde(rename = "Tags", default)]
    pub(crate) tags: Vec<Tag>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Tag {
    pub(crate) key: String,
    #[serde(default)]
    pub(crate) value: String,
}

/// One page of a list whose rows stand under a name of their own.
pub(crate) trait Page {
    type Row;

    /// None, if the answer has no such list.
    fn parts(self) -> (Option<Vec<Self::Row>>, Option<String>);

    /// Of all pages together, where the answer says it.
    fn total(&self) -> Option<usize> {
        None
    }
}

macro_rules! pages {
    ($($page:ident { $rows:ident: $row:ty }),+ $(,)?) => {$(
        #[derive(Debug, Deserialize)]
        #[serde(rename_all = "PascalCase")]
        pub(crate) struct $page {
            $rows: Option<Vec<$row>>,
            next_token: Option<String>,
            total_count: Option<Count>,
        }

        impl Page for $page {
            type Row = $row;

            fn parts(self) -> (Option<Vec<$row>>, Option<String>) {
                (self.$rows, self.next_token)
            }

            fn total(&self) -> Option<usize> {
                self.total_count.as_ref().and_then(Count::number)
            }
        }
    )+};
}
pub(crate) use pages;

pages! {
    EndpointPage { endpoints: Endpoint },
    ZonePage { zones: Zone },
    GroupPage { security_groups: Group },
    ServicePage { services: Service },
    TagPage { tag_resources: TagResource },
}

/// The vendor writes some counts as text.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Count {
    Number(usize),
    Text(String),
}

impl Count {
    pub(crate) fn number(&self) -> Option<usize> {
        match self {
            Count::Number(number) => Some(*number),
            Count::Text(text) => text.parse().ok(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Zone {
    #[serde(rename = "ZoneId")]
    pub(crate) id: String,
    #[serde(rename = "VSwitchId")]
    pub(crate) v_switch: String,
    #[serde(rename = "ZoneStatus", default)]
    pub(crate) status: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Group {
    #[serde(rename = "SecurityGroupId")]
    pub(crate) id: String,
    #[serde(rename = "SecurityGroupStatus", default)]
    pub(crate) status: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TagResource {
    pub(crate) resource_id: String,
    pub(crate) tag_key: String,
    #[serde(default)]
    pub(crate) tag_value: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Service {
    #[serde(rename = "ServiceName")]
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) zones: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Created {
    pub(crate) endpoint_id: Option<String>,
}

/// An answer that says no more than that it is done.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Done {
    #[serde(rename = "RequestId")]
    _request_id: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Identity {
    pub(crate) account_id: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SwitchPage {
    pub(crate) v_switches: Option<Switches>,
    #[serde(default)]
    pub(crate) total_count: usize,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Switches {
    #[serde(default)]
    pub(crate) v_switch: Vec<Switch>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Switch {
    #[serde(rename = "VSwitchId")]
    pub(crate) id: String,
    #[serde(rename = "VpcId", default)]
    pub(crate) vpc: String,
    #[serde(rename = "ZoneId", default)]
    pub(crate) zone: String,
    #[serde(rename = "CidrBlock", default)]
    pub(crate) range: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GroupRules {
    #[serde(default)]
    pub(crate) vpc_id: String,
    pub(crate) permissions: Option<Permissions>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Permissions {
    #[serde(default)]
    pub(crate) permission: Vec<Permission>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Permission {
    pub(crate) direction: String,
    pub(crate) policy: String,
    pub(crate) ip_protocol: String,
    /// `4000/4000`; `-1/-1` is every port.
    pub(crate) port_range: String,
    pub(crate) port_range_list_id: String,
}
