//! What the simulated world does and refuses, rule by rule, by every road. Time is virtual; nothing waits.

#[cfg(test)]
mod world {
    mod changing;
    mod clouds;
    mod connections;
    #[path = "../contract/exposing.rs"]
    mod contract;
    mod creating;
    #[path = "../contract/endpoints.rs"]
    mod endpoints;
    mod exposure;
    mod faults;
    mod flows;
    mod histories;
    mod looking;
    mod roads;
    mod support;
    mod tier;
    mod tier_exposing;
    mod tier_promises;
}
