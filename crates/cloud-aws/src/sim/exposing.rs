//! The way out on AWS's wires: ELB, RDS, and EC2's endpoint services.
//!
//! What ELB's and RDS's lists have in common is here; what is in them, each file says for its own.

mod balancers;
mod databases;
mod groups;
mod limits;
mod listeners;
mod refused;
mod requests;
mod services;
mod tagged;
mod targets;

pub(super) use balancers::{
    create_balancer, delete_balancer, describe_balancers, set_groups, set_subnets,
};
pub(super) use databases::describe_databases;
pub(super) use groups::{create_group, delete_group, describe_groups};
pub(super) use limits::describe_limits;
pub(super) use listeners::{create_listener, delete_listener, describe_listeners, modify_listener};
pub(super) use requests::{
    accept, describe_permissions, describe_requests, modify_permissions, reject,
};
pub(super) use services::{create_service, delete_services, describe_services, modify_service};
pub(super) use tagged::{tag_service, untag_service};
pub(super) use targets::{add_tags, deregister, describe_health, describe_tags, register};

use super::call::{Answer, Call};
use super::form::Form;
use super::refusal::Refusal;
use super::xml::Xml;
use sim::{PageRequest, Tags};
use std::ops::RangeInclusive;

/// How a list of the older Query protocol is asked for and written.
struct Listed {
    /// The parameter that says how many.
    size: &'static str,
    sizes: RangeInclusive<usize>,
    /// How many, where nobody says.
    usual: usize,
    set: &'static str,
    item: &'static str,
    /// The element with the next page's token.
    next: &'static str,
}

impl Listed {
    const fn of_elb(set: &'static str) -> Listed {
        let (size, next) = ("PageSize", "NextMarker");
        Listed { size, sizes: 1..=400, usual: 400, set, item: "member", next }
    }

    fn answer<Row: Clone>(
        &self,
        call: &Call,
        rows: &[Row],
        render: impl Fn(&Row) -> Xml,
    ) -> Answer {
        let asked = call.form.number(self.size)?;
        if let Some(asked) = asked.filter(|asked| !self.sizes.contains(asked)) {
            let message = format!(
                "1 validation error detected: Value '{asked}' at '{}' failed to satisfy constraint: \
                 Member must have value between {} and {}",
                self.size,
                self.sizes.start(),
                self.sizes.end()
            );
            return Err(Refusal::bad("ValidationError", message));
        }
        let pairs = call.form.pairs().filter(|(name, _)| *name != "Marker" && *name != self.size);
        let pairs: Vec<_> = pairs.collect();
        let question = format!("{:?} {pairs:?}", call.scope);
        let token = call.form.get("Marker").map(str::to_owned);
        let request = PageRequest { size: asked.unwrap_or(self.usual), token, skip: 0, question };
        let page = call.with(|world| world.page(rows, &request, call.twist.as_ref()));
        let page = page.map_err(|sim::BadPageToken| {
            Refusal::bad("ValidationError", "The marker is not valid")
        })?;
        let set = Xml::new().items(self.set, self.item, page.rows.iter().map(render));
        Ok(set.optional(self.next, page.next))
    }
}

/// `Tags.member.N`, as ELB takes them at creation.
fn elb_tags(form: &Form) -> Result<Tags, Refusal> {
    let mut tags = Tags::new();
    for (key, value) in form.tags("Tags.member")? {
        if tags.insert(key, value.unwrap_or_default()).is_some() {
            let message = "The tag keys specified are not unique";
            return Err(Refusal::bad("DuplicateTagKeys", message));
        }
    }
    super::tags::valid(&tags)?;
    Ok(tags)
}

/// What the simulated load balancers do not do is refused, not ignored.
fn only(form: &Form, name: &str, offered: &str) -> Result<(), Refusal> {
    match form.get(name) {
        Some(asked) if asked != offered => {
            let message = format!("The simulator offers {name}={offered} only, not '{asked}'");
            Err(Refusal::bad("InvalidConfigurationRequest", message))
        }
        Some(_) | None => Ok(()),
    }
}

fn port(form: &Form, name: &str) -> Result<u16, Refusal> {
    let asked = form.number(name)?.ok_or_else(|| Refusal::missing(name))?;
    let port = u16::try_from(asked).ok().filter(|port| *port > 0);
    port.ok_or_else(|| {
        let message = format!(
            "1 validation error detected: Value '{asked}' at 'port' failed to satisfy constraint: \
             Member must have value between 1 and 65535"
        );
        Refusal::bad("ValidationError", message)
    })
}
