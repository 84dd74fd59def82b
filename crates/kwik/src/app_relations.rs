//! Relations of many rows to many.

use crate::App;
use kwik_domain::{Column, Entity, FieldType};
use kwik_relations::{Link, register_link};

impl App {
    /// Adds the operations by which rows are linked with others, as seen from one side: `L` is the entity of
    /// the rows that link, `from` its field that refers to the row from which one looks, `to` the one that
    /// refers to the others.
    ///
    /// `linked(ProductCategory::PRODUCT_ID, ProductCategory::CATEGORY_ID)` makes `/products/{id}/categories`
    /// (list, add, remove all), `/products/{id}/categories/{category_id}` (remove) and
    /// `/products/{id}/available-categories` (list), and lets `expand=categories` follow it. Links are rows:
    /// whoever may create and delete those of `L` may link, as far as they may read both sides. The entity itself
    /// is added by [`App::entity`] or [`App::resource`].
    #[must_use]
    pub fn linked<L: Entity, A: FieldType, B: FieldType>(mut self, from: Column<L, A>, to: Column<L, B>) -> Self {
        match Link::new(from, to) {
            Some(link) => {
                self.links.push(link);
                self.parts.push(Box::new(move |services, registrar| {
                    register_link::<L>(registrar, &services.data, link);
                }));
            }
            None => self
                .problems
                .push(format!("{}: what links rows has two fields with `references`, one for each side", L::META.name)),
        }
        self
    }
}
