//! The same life in many worlds: what the vendor leaves open is drawn, and none of it makes a wire that is not Azure's.

use crate::door::{Door, LATER, endpoint, subscription};
use serde_json::Value as Json;
use sim::{Draws, LINK_APPEARS_WITHIN};
use std::time::Duration;

/// Longer than anybody looks behind the times.
const IN_SIGHT: Duration = Duration::from_millis(LINK_APPEARS_WITHIN + 1);

/// An id that is in a body, whatever the case that it is given back in.
fn is_same(found: &Json, wanted: &str) -> bool {
    found.as_str().is_some_and(|found| found.eq_ignore_ascii_case(wanted))
}

#[tokio::test]
async fn a_life_in_every_world() {
    for seed in 0..100 {
        let door = Door::new(Draws::from_seed(seed)).await;
        let made = door.put("pe", &door.order()).await;
        assert_eq!(made.status, 201, "seed {seed}");
        let uri = made.header("azure-asyncoperation").unwrap().to_owned();
        door.sim.poke(LATER);
        assert_eq!(door.follow(&uri).await.text("status"), "Succeeded", "seed {seed}");
        door.sim.poke(IN_SIGHT);
        let listed = door.get(&format!("{}/privateEndpoints", subscription())).await;
        let row = &listed.body["value"][0];
        assert!(is_same(&row["id"], &endpoint("pe")), "seed {seed}: {listed:?}");
        assert_eq!(row["tags"]["team"], "orders", "seed {seed}");
        assert_eq!(door.states("pe").await.0, "Succeeded", "seed {seed}");
        let cards = door.get(&format!("{}/networkInterfaces", subscription())).await;
        let card = &cards.body["value"][0]["properties"];
        assert!(is_same(&card["privateEndpoint"]["id"], &endpoint("pe")), "seed {seed}");
        let inner = &card["ipConfigurations"][0]["properties"];
        assert!(inner["privateIPAddress"].is_string(), "seed {seed}: {cards:?}");
        let going = door.delete("pe").await;
        assert_eq!(going.status, 202, "seed {seed}");
        door.sim.poke(LATER);
        let result = door.follow(going.header("location").unwrap()).await;
        assert_eq!(result.status, 204, "seed {seed}");
        door.sim.poke(IN_SIGHT);
        let gone = door.get(&endpoint("pe")).await;
        assert_eq!(gone.refusal(), (404, "ResourceNotFound"), "seed {seed}");
        assert_eq!(door.delete("pe").await.status, 204, "seed {seed}");
    }
}
