//! Databases that nobody named: every page of them is read.

use crate::world::Account;
use cloud::{Exposing, Interest};
use sim::{Database, Draws, example};
use std::sync::Arc;

#[tokio::test(start_paused = true)]
async fn whoever_knows_no_database_is_shown_all() {
    let account = Account::new(Draws::documented()).await;
    let more = 250;
    account.sim.with(|world| {
        let one: Database = world.databases(&example::scope()).next().unwrap().clone();
        for number in 0..more {
            let mut another = one.clone();
            another.id = sim::DatabaseId(format!("more-{number}"));
            another.host = format!("more-{number}.db");
            world.add_database(another);
        }
    });
    let names = account.sim.clone();
    let client = account.client().await.resolving(Arc::new(move |host: String| {
        let found = names.with(|world| world.resolve(&host));
        Box::pin(async move { Ok(found) })
    }));
    let interest = Interest { every_database: true, ..Interest::default() };
    let found = client.survey(&interest).await.unwrap().databases;
    let there = account.sim.with(|world| world.databases(&example::scope()).count());
    assert_eq!((found.len(), there > more), (there, true));
    let one = &found[example::DATABASE];
    assert!(!one.addresses.is_empty() && !one.zones.is_empty(), "{one:?}");
}
