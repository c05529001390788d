//! Tidelock keeps TiDB Cloud private endpoints as a git repository says they should be.
//!
//! This is the only place where the parts meet: the planner, the clouds, TiDB Cloud, the store.

pub mod account_memory;
pub mod act;
pub mod cli;
pub mod clouds;
pub mod commands;
pub mod config;
pub mod context;
pub mod daemon;
pub mod dataflow;
pub mod desired;
pub mod engine;
pub mod exit;
pub mod export;
pub mod guard;
pub mod history;
pub mod journal;
pub mod log;
pub mod manifest;
pub mod output;
pub mod present;
pub mod provider;
pub mod report;
pub mod setup;
pub mod sight;
pub mod signals;
pub mod simulated;
pub mod web;
pub mod wish;
