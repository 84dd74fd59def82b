//! The schema on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod announcements;
mod audit_trail;
mod checks;
mod columns;
mod database;
mod defaults;
mod entities;
mod files;
mod foreign_keys;
mod indexes;
mod keys;
mod locks;
mod migrations;
mod names;
mod tables;
mod types;
mod upgrade;
mod views;
