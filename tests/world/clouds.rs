//! What only one cloud has: addresses that are verified, domains that are pasted, a list of a whole subscription.

use crate::elsewhere::{on_alibaba, on_azure, on_gcp};
use crate::rig::{DAY, Rig, SETTLED, desired, standing, view_of, wish};
use async_trait::async_trait;
use cloud::{Ask, Cloud, Deleted, Difference, Error, Finding, Mark, Order, Seen, Survey};
use planner::endpoint::{Address, Decision, LinkId, Problem, Step, Waiting};
use sim::example::alibaba;
use sim::{ConnectionState, Deed, Draws, Link, LinkDeed, World, WorldTier, WrongAddress};
use std::sync::Arc;
use tidelock::engine::{Command, Ended, Standing};
use tidelock::present;

const NAME: &str = "orders-azure";

/// Tells another address than the endpoint has.
struct Mistaken(WorldTier);

fn with_another_address(mut seen: Seen) -> Seen {
    if let Some(registration) = &mut seen.registration {
        registration.address = Address::Ip([10, 9, 9, 9].into());
    }
    seen
}

#[async_trait]
impl Cloud for Mistaken {
    async fn survey(&self) -> Result<Survey, Error> {
        let Survey { links, ended } = self.0.survey().await?;
        Ok(Survey { links: links.into_iter().map(with_another_address).collect(), ended })
    }

    async fn read(&self, link: &LinkId) -> Result<Option<Seen>, Error> {
        Ok(self.0.read(link).await?.map(with_another_address))
    }

    async fn create(&self, order: &Order) -> Result<LinkId, Error> {
        self.0.create(order).await
    }

    async fn update(&self, link: &LinkId, differences: &[Difference]) -> Result<(), Error> {
        self.0.update(link, differences).await
    }

    async fn delete(&self, link: &LinkId) -> Result<Deleted, Error> {
        self.0.delete(link).await
    }

    async fn set_mark(&self, link: &LinkId, mark: Option<&Mark>) -> Result<(), Error> {
        self.0.set_mark(link, mark).await
    }

    async fn preflight(&self, asks: &[Ask]) -> Result<Vec<Finding>, Error> {
        self.0.preflight(asks).await
    }
}

#[tokio::test(start_paused = true)]
async fn an_address_is_verified_and_then_registered() {
    let rig = Rig::calm();
    let mut engine = rig.engine(vec![on_azure()]);
    assert_eq!(rig.settle(&mut engine).await, Ended::Settled);
    assert_eq!(standing(&engine, NAME), SETTLED);
    let (link, connection) = (rig.the_link(), rig.the_connection());
    assert_eq!(connection.state, ConnectionState::Active);
    assert_eq!(connection.private_ip_address, link.ip().map(|ip| ip.to_string()));
    let rest = Command::Wish(Box::new(desired(vec![wish("orders-apps")], "two")));
    rig.tell(&mut engine, rest, DAY).await;
    let azures: Vec<Link> =
        rig.links().into_iter().filter(|one| one.id.as_str().starts_with('/')).collect();
    assert_eq!(azures, [], "{:?}", rig.deeds());
}

#[tokio::test(start_paused = true)]
async fn an_address_that_is_not_verified_is_never_registered() {
    let rig = Rig::calm().with_clouds(|tier| Arc::new(Mistaken(tier)));
    let mut engine = rig.engine(vec![on_azure()]);
    assert_eq!(rig.settle(&mut engine).await, Ended::Settled);
    let one = view_of(&engine.view(), NAME);
    let declined = matches!(
        &one.standing,
        Standing::Decided(Decision::Stuck(Problem::Declined(Step::Register(_))))
    );
    assert!(declined, "{:?}", one.standing);
    assert!(one.complaint.is_some_and(|text| text.contains("10.9.9.9")), "TiDB Cloud's own words");
    let registered = |row: &sim::Connection| row.state != ConnectionState::Discovered;
    assert!(!rig.connections().iter().any(registered), "{:#?}", rig.connections());
}

#[tokio::test(start_paused = true)]
async fn what_tidb_cloud_discovers_by_itself_confuses_nobody() {
    for ids in [true, false] {
        for again in [true, false] {
            let draws =
                Draws { discovered_rows_have_ids: ids, rediscovered: again, ..Draws::documented() };
            let rig = Rig::of(World::example(draws, 1));
            let mut engine = rig.engine(vec![on_azure(), wish("orders-apps")]);
            rig.live(&mut engine, 5).await;
            if let Some(link) = rig.links().iter().find(|one| one.id.as_str().starts_with('/')) {
                rig.to_link(link.id.as_str(), LinkDeed::Discover);
            }
            assert_eq!(rig.settle(&mut engine).await, Ended::Settled);
            assert_eq!(standing(&engine, NAME), SETTLED, "ids {ids}, again {again}");
            let rest = Command::Wish(Box::new(desired(vec![wish("orders-apps")], "two")));
            rig.tell(&mut engine, rest, DAY).await;
            assert_eq!(engine.view().endpoints.len(), 1, "ids {ids}, again {again}");
            assert_eq!(rig.links().len(), 1, "ids {ids}, again {again}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_project_is_one_list_of_all_its_regions() {
    let rig = Rig::calm();
    let mut engine = rig.engine(vec![on_gcp()]);
    assert_eq!(rig.settle(&mut engine).await, Ended::Settled);
    assert_eq!(standing(&engine, "orders-gcp"), SETTLED);
    let scopes: Vec<String> =
        engine.view().scopes.iter().map(|scope| scope.id.to_string()).collect();
    assert!(scopes.contains(&"gcp account prod".to_owned()), "{scopes:?}");
}

#[tokio::test(start_paused = true)]
async fn two_instances_share_an_endpoint_and_its_domain_is_the_host() {
    let rig = Rig::calm();
    let both = vec![
        on_alibaba("carts", "starter", alibaba::STARTER),
        on_alibaba("catalogue", "essential", alibaba::SHARED),
    ];
    let mut engine = rig.engine(both);
    assert_eq!(rig.settle(&mut engine).await, Ended::Settled);
    let link = rig.the_link();
    let view = engine.view();
    for name in ["carts", "catalogue"] {
        let one = view_of(&view, name);
        assert_eq!(one.standing, SETTLED);
        assert_eq!(present::endpoint(&one, &view).host.as_deref(), link.domain());
    }
}

#[tokio::test(start_paused = true)]
async fn an_operator_pastes_id_and_domain_and_a_wrong_domain_is_taken_back() {
    let draws = Draws { wrong_address: WrongAddress::Fails, ..Draws::documented() };
    let rig = Rig::of(World::example(draws, 1));
    let mut engine = rig.engine(vec![on_alibaba("payments", "premium", alibaba::PREMIUM)]);
    assert_eq!(rig.settle(&mut engine).await, Ended::Settled);
    let link = rig.the_link();
    let view = engine.view();
    let status = present::endpoint(&view_of(&view, "payments"), &view);
    let pasted: Vec<&str> = status.paste.iter().map(|paste| &*paste.value).collect();
    assert_eq!(pasted, [link.id.as_str(), link.domain().unwrap()]);
    let paste = |domain: &str| {
        let (cluster, endpoint_id) = (alibaba::PREMIUM.to_owned(), link.id.to_string());
        rig.by_hand(Deed::Paste { cluster, endpoint_id, domain: Some(domain.into()), ip: None })
    };
    let row = paste("ep-of-somebody-else.example").unwrap();
    rig.live(&mut engine, 3_600).await;
    let one = standing(&engine, "payments");
    assert!(
        matches!(one, Standing::Decided(Decision::Wait(Waiting::OperatorMustUnregister(_)))),
        "{one:?}"
    );
    rig.by_hand(Deed::DeleteConnection { connection: row });
    rig.live(&mut engine, 3_600).await;
    let link = rig.the_link();
    let (cluster, endpoint_id) = (alibaba::PREMIUM.to_owned(), link.id.to_string());
    let domain = link.domain().map(ToOwned::to_owned);
    rig.by_hand(Deed::Paste { cluster, endpoint_id, domain, ip: None });
    rig.live(&mut engine, 3_600).await;
    assert_eq!(standing(&engine, "payments"), SETTLED);
}

/// One AWS account hangs; everything elsewhere is unconcerned.
#[tokio::test(start_paused = true)]
async fn a_cloud_that_hangs_holds_up_no_other_cloud() {
    let rig = Rig::calm();
    let rule = sim::Rule {
        when: sim::When::Matching(sim::Matcher {
            account: Some(sim::example::ACCOUNT.into()),
            ..sim::Matcher::default()
        }),
        fault: sim::Fault::Hang,
    };
    rig.sim.with(|world| world.faults.add(rule));
    let wishes = vec![
        wish("orders-apps"),
        on_azure(),
        on_gcp(),
        on_alibaba("carts", "starter", alibaba::STARTER),
    ];
    let mut engine = rig.engine(wishes);
    rig.live(&mut engine, 3_600).await;
    for name in [NAME, "orders-gcp", "carts"] {
        assert_eq!(standing(&engine, name), SETTLED, "{name}");
    }
    assert_ne!(standing(&engine, "orders-apps"), SETTLED);
}
