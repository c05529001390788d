//! How often the vendors let one credential call.
//!
//! The figures are the vendors' own tables; the clock is the world's.

use crate::fault::Vendor;
use crate::log::Call;
use std::collections::BTreeMap;

/// TiDB Cloud's window over all hosts, per API key.
const WINDOW_CALLS: u32 = 100;
const WINDOW_MILLIS: u64 = 60_000;

/// Tokens are counted in millionths, so that 0.3 a second is a whole number each millisecond.
const TOKEN: u64 = 1_000_000;

/// What the vendor says about its window in every answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    pub limit: u32,
    pub remaining: u32,
    pub reset_seconds: u64,
}

#[derive(Clone, Debug)]
pub(crate) struct Limits {
    /// In one window of TiDB Cloud's.
    pub(crate) window_calls: u32,
    windows: BTreeMap<String, Window>,
    buckets: BTreeMap<Key, Bucket>,
}

/// Whose calls are counted together: account, region, and what kind of call.
type Key = (String, String, String);

#[derive(Clone, Copy, Debug)]
struct Window {
    index: u64,
    used: u32,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    tokens: u64,
    at: u64,
}

/// How much at once, and how many thousandths of a call are added each second.
#[derive(Clone, Copy)]
struct Rate {
    burst: u64,
    millis_per_second: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { window_calls: WINDOW_CALLS, windows: BTreeMap::new(), buckets: BTreeMap::new() }
    }
}

impl Limits {
    /// Whether the call is one too many, and what the vendor says about it.
    pub(crate) fn take(&mut self, call: &Call, now: u64) -> (bool, Option<Quota>) {
        let key = |kind: &str| (call.account.clone(), call.region.clone(), kind.to_owned());
        match call.vendor {
            Vendor::Tidb => self.window(call, now),
            Vendor::Aws => (self.bucket(call, key(&call.action), ec2(&call.action), now).0, None),
            Vendor::Alibaba => (self.bucket(call, key(&call.action), PRIVATE_LINK, now).0, None),
            Vendor::Gcp => (self.bucket(call, key("compute"), COMPUTE, now).0, None),
            Vendor::Azure => {
                let (kind, rate) = resource_manager(call);
                let (refused, remaining) = self.bucket(call, key(kind), rate, now);
                let limit = u32::try_from(rate.burst).unwrap_or(u32::MAX);
                (refused, Some(Quota { limit, remaining, reset_seconds: 1 }))
            }
        }
    }

    fn window(&mut self, call: &Call, now: u64) -> (bool, Option<Quota>) {
        let index = now / WINDOW_MILLIS;
        let fresh = Window { index, used: 0 };
        let window = self.windows.entry(call.account.clone()).or_insert(fresh);
        if window.index != index {
            *window = fresh;
        }
        let refused = call.metered && window.used >= self.window_calls;
        if call.metered && !refused {
            window.used += 1;
        }
        let reset_seconds = (WINDOW_MILLIS - now % WINDOW_MILLIS).div_ceil(1_000);
        let (limit, remaining) = (self.window_calls, self.window_calls.saturating_sub(window.used));
        (refused, Some(Quota { limit, remaining, reset_seconds }))
    }

    /// Whether it is empty, and how many whole tokens are left.
    fn bucket(&mut self, call: &Call, key: Key, rate: Rate, now: u64) -> (bool, u32) {
        let Rate { burst, millis_per_second } = rate;
        let full = burst * TOKEN;
        let bucket = self.buckets.entry(key).or_insert(Bucket { tokens: full, at: now });
        let added = now.saturating_sub(bucket.at).saturating_mul(millis_per_second);
        bucket.tokens = bucket.tokens.saturating_add(added).min(full);
        bucket.at = now;
        let left = bucket.tokens.checked_sub(TOKEN);
        let refused = call.metered && left.is_none();
        if call.metered {
            bucket.tokens = left.unwrap_or(bucket.tokens);
        }
        (refused, u32::try_from(bucket.tokens / TOKEN).unwrap_or(u32::MAX))
    }
}

/// EC2's table, each action in its own bucket per account and region.
fn ec2(action: &str) -> Rate {
    let (burst, millis_per_second) = match action {
        "CreateVpcEndpoint" | "ModifyVpcEndpoint" | "DeleteVpcEndpoints" => (4, 300),
        "CreateTags" | "DeleteTags" => (100, 10_000),
        _ if action.starts_with("Describe") || action.starts_with("Get") => (100, 20_000),
        _ => (50, 5_000),
    };
    Rate { burst, millis_per_second }
}

/// Alibaba publishes no figures; this is what its own governor in other tools keeps to.
const PRIVATE_LINK: Rate = Rate { burst: 10, millis_per_second: 5_000 };

/// Google's 1,500 a minute for a project and region.
const COMPUTE: Rate = Rate { burst: 1_500, millis_per_second: 25_000 };

/// The Resource Manager's table: reads, writes and deletes of one subscription.
fn resource_manager(call: &Call) -> (&'static str, Rate) {
    if !call.mutating {
        return ("reads", Rate { burst: 250, millis_per_second: 25_000 });
    }
    let kind = if call.action.contains("Delete") { "deletes" } else { "writes" };
    (kind, Rate { burst: 200, millis_per_second: 10_000 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tidb_cloud_counts_by_the_minute() {
        let mut limits = Limits::default();
        let call = Call::new(Vendor::Tidb, "ListClusters", "key");
        for used in 1..=100 {
            let (refused, quota) = limits.take(&call, 61_000);
            assert!(!refused);
            let quota = quota.unwrap();
            assert_eq!((quota.remaining, quota.reset_seconds), (100 - used, 59));
        }
        assert!(limits.take(&call, 119_999).0);
        assert!(!limits.take(&Call::new(Vendor::Tidb, "ListClusters", "other"), 119_999).0);
        assert!(!limits.take(&call.clone().unmetered(), 119_999).0);
        assert!(!limits.take(&call, 120_000).0);
    }

    #[test]
    fn ec2_lets_four_through_and_then_three_in_ten_seconds() {
        let mut limits = Limits::default();
        let call = Call::new(Vendor::Aws, "CreateVpcEndpoint", "1").region("us-east-1");
        let through =
            |limits: &mut Limits, now| (0..10).filter(|_| !limits.take(&call, now).0).count();
        assert_eq!(through(&mut limits, 0), 4);
        assert_eq!(through(&mut limits, 3_333), 0);
        assert_eq!(through(&mut limits, 3_334), 1);
        assert_eq!(through(&mut limits, 10_000), 2);
        assert_eq!(through(&mut limits, 1_000_000), 4);
        let elsewhere = call.clone().region("eu-west-1");
        assert!(!limits.take(&elsewhere, 1_000_000).0);
    }
}
