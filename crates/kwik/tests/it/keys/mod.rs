//! Keys of several fields, and keys that clients give.

mod composite;
mod document;
mod given;
mod parts;

use kwik::prelude::*;
use serde_json::{Value, json};

/// What lies of a product in a store.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "stocks", owner(creator_user_id), validate = Stock::check)]
pub struct Stock {
    #[entity(key, range(1..))]
    pub store: i32,
    /// Number of the product.
    #[entity(key)]
    pub product: i64,
    pub pieces: i64,
    pub shelf: Option<String>,
}

impl Stock {
    fn check(&self) -> Result<(), Vec<FieldError>> {
        let fits = self.product != 13 || self.pieces == 0;
        if fits { Ok(()) } else { Err(vec![FieldError::new("pieces", "must be 0 of the product 13")]) }
    }
}

/// A country by its code.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "countries", plural = "Countries")]
pub struct Country {
    /// As ISO 3166 has it.
    #[entity(key, given, length(..=60), trim)]
    pub code: String,
    pub name: String,
}

/// Somebody in a country.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "citizens")]
pub struct Citizen {
    #[entity(key)]
    pub id: i64,
    #[entity(references = Country, relation = "country")]
    pub country: String,
}

/// A day on which nobody works.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "holidays", unversioned)]
pub struct Holiday {
    #[entity(key, given)]
    pub day: NaiveDate,
    pub name: String,
}

/// A box with compartments.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "crates", children(cells = Cell::CRATE_ID))]
pub struct Crate {
    #[entity(key)]
    pub id: i64,
    pub label: String,
}

/// A compartment: the third one of a crate.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "cells")]
pub struct Cell {
    #[entity(key, references = Crate, on_delete = "cascade")]
    pub crate_id: i64,
    #[entity(key)]
    pub place: i32,
    pub content: String,
}

fn app() -> App {
    App::new()
        .resource::<Stock>()
        .resource::<Country>()
        .resource::<Citizen>()
        .resource::<Holiday>()
        .resource::<Crate>()
        .resource_with::<Cell>(|cells| cells.only([Operations::List, Operations::Get, Operations::History]))
}

fn stock(store: i32, product: i64, pieces: i64) -> Value {
    json!({ "store": store, "product": product, "pieces": pieces })
}
