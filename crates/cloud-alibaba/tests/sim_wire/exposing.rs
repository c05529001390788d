//! The way out, as the vendor's products write it: NLB, PrivateLink's service side, and RDS.

mod balancing;
mod chain;
mod changes;
mod databases;
mod quotas;
mod serving;
