//! One call of Alibaba Cloud's RPC style: a product, an action, and parameters.
//!
//! It knows how parameters are spelled and where each product answers; what the actions mean, `api` knows.

use std::collections::{BTreeMap, BTreeSet};

/// Regions that RDS serves from one host, by the vendor's own SDK.
const RDS_CENTRAL: [&str; 12] = [
    "ap-southeast-1",
    "cn-beijing",
    "cn-hangzhou",
    "cn-heyuan",
    "cn-hongkong",
    "cn-qingdao",
    "cn-shanghai",
    "cn-shanghai-finance-1",
    "cn-shenzhen",
    "cn-shenzhen-finance-1",
    "us-east-1",
    "us-west-1",
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Product {
    PrivateLink,
    Vpc,
    Ecs,
    Sts,
    Nlb,
    Rds,
    Quotas,
}

/// Where the parameters travel. The vendor's SDK sends those of tags in a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Query,
    Form,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rpc {
    pub(crate) product: Product,
    pub(crate) action: &'static str,
    pub(crate) parameters: BTreeMap<String, String>,
    pub(crate) place: Place,
}

impl Rpc {
    pub(crate) fn new(product: Product, action: &'static str) -> Rpc {
        Rpc { product, action, parameters: BTreeMap::new(), place: Place::Query }
    }

    pub(crate) fn in_form(self) -> Rpc {
        Rpc { place: Place::Form, ..self }
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Rpc {
        self.parameters.insert(name.to_owned(), value.into());
        self
    }

    pub(crate) fn with_some(self, name: &str, value: Option<impl Into<String>>) -> Rpc {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// `Name.1`, `Name.2`, …
    pub(crate) fn with_each<'a>(
        self,
        name: &str,
        values: impl IntoIterator<Item = &'a str>,
    ) -> Rpc {
        let numbered = (1..).zip(values);
        numbered.fold(self, |rpc, (number, value)| rpc.with(&format!("{name}.{number}"), value))
    }

    pub(crate) fn with_tags(self, tags: &BTreeMap<String, String>) -> Rpc {
        (1..).zip(tags).fold(self, |rpc, (number, (key, value)): (u32, _)| {
            let rpc = rpc.with(&format!("Tag.{number}.Key"), key);
            rpc.with(&format!("Tag.{number}.Value"), value)
        })
    }

    /// vSwitches, each with its zone, under the product's word for the pair.
    pub(crate) fn with_zones(self, word: &str, zones: &BTreeSet<(String, String)>) -> Rpc {
        (1..).zip(zones).fold(self, |rpc, (number, (zone, v_switch)): (u32, _)| {
            let rpc = rpc.with(&format!("{word}.{number}.ZoneId"), zone);
            rpc.with(&format!("{word}.{number}.VSwitchId"), v_switch)
        })
    }
}

impl Product {
    pub(crate) const COUNT: usize = 7;

    /// As RAM spells it, and as its hosts begin.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Product::PrivateLink => "privatelink",
            Product::Vpc => "vpc",
            Product::Ecs => "ecs",
            Product::Sts => "sts",
            Product::Nlb => "nlb",
            Product::Rds => "rds",
            Product::Quotas => "quotas",
        }
    }

    /// As people speak of it.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Product::PrivateLink => "PrivateLink",
            Product::Vpc => "VPC",
            Product::Ecs => "ECS",
            Product::Sts => "STS",
            Product::Nlb => "NLB",
            Product::Rds => "RDS",
            Product::Quotas => "Quota Center",
        }
    }

    pub(crate) fn version(self) -> &'static str {
        match self {
            Product::PrivateLink => "2020-04-15",
            Product::Vpc => "2016-04-28",
            Product::Ecs => "2014-05-26",
            Product::Sts => "2015-04-01",
            Product::Nlb => "2022-04-30",
            Product::Rds => "2014-08-15",
            Product::Quotas => "2020-05-10",
        }
    }

    /// The host of a region. Some regions of the older products have none of their own.
    pub(crate) fn host(self, region: &str) -> String {
        let central = match (self, region) {
            (
                Product::Vpc,
                "cn-hangzhou"
                | "cn-shanghai-finance-1"
                | "cn-shenzhen-finance-1"
                | "cn-north-2-gov-1",
            ) => Some("vpc.aliyuncs.com"),
            (Product::Ecs, "cn-hangzhou" | "cn-shanghai-finance-1" | "cn-shenzhen-finance-1") => {
                Some("ecs-cn-hangzhou.aliyuncs.com")
            }
            (Product::Ecs, "cn-north-2-gov-1") => Some("ecs.aliyuncs.com"),
            (Product::Sts, "ap-south-1" | "ap-southeast-2" | "") => Some("sts.aliyuncs.com"),
            (Product::Rds, region) if RDS_CENTRAL.contains(&region) => Some("rds.aliyuncs.com"),
            // One for all regions.
            (Product::Quotas, _) => Some("quotas.aliyuncs.com"),
            (
                Product::PrivateLink
                | Product::Vpc
                | Product::Ecs
                | Product::Sts
                | Product::Nlb
                | Product::Rds,
                _,
            ) => None,
        };
        central.map_or_else(|| format!("{}.{region}.aliyuncs.com", self.word()), str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_numbered_from_one() {
        let tags = BTreeMap::from([("a".to_owned(), "1".to_owned())]);
        let zones = BTreeSet::from([("z".to_owned(), "vsw-1".to_owned())]);
        let rpc =
            Rpc::new(Product::PrivateLink, "X").with_each("SecurityGroupId", ["sg-2", "sg-1"]);
        let rpc =
            rpc.with_tags(&tags).with_zones("Zone", &zones).with_some("Absent", None::<String>);
        let pairs: Vec<_> =
            rpc.parameters.iter().map(|(name, value)| (&**name, &**value)).collect();
        let expected = [
            ("SecurityGroupId.1", "sg-2"),
            ("SecurityGroupId.2", "sg-1"),
            ("Tag.1.Key", "a"),
            ("Tag.1.Value", "1"),
            ("Zone.1.VSwitchId", "vsw-1"),
            ("Zone.1.ZoneId", "z"),
        ];
        assert_eq!(pairs, expected);
    }

    #[test]
    fn each_region_has_its_hosts() {
        for (product, region, host) in [
            (Product::PrivateLink, "cn-hangzhou", "privatelink.cn-hangzhou.aliyuncs.com"),
            (Product::Vpc, "ap-southeast-1", "vpc.ap-southeast-1.aliyuncs.com"),
            (Product::Vpc, "cn-hangzhou", "vpc.aliyuncs.com"),
            (Product::Ecs, "cn-hangzhou", "ecs-cn-hangzhou.aliyuncs.com"),
            (Product::Ecs, "eu-central-1", "ecs.eu-central-1.aliyuncs.com"),
            (Product::Sts, "ap-southeast-1", "sts.ap-southeast-1.aliyuncs.com"),
            (Product::Sts, "ap-south-1", "sts.aliyuncs.com"),
            (Product::Nlb, "ap-southeast-1", "nlb.ap-southeast-1.aliyuncs.com"),
            (Product::Rds, "ap-southeast-1", "rds.aliyuncs.com"),
            (Product::Rds, "ap-southeast-5", "rds.ap-southeast-5.aliyuncs.com"),
            (Product::Quotas, "ap-southeast-5", "quotas.aliyuncs.com"),
        ] {
            assert_eq!(product.host(region), host);
        }
    }
}
