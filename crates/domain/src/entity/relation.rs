//! How entities belong together.

use super::{EntityMeta, Issue};

/// What becomes of a row when the row that it refers to is removed. The program sees to it, row by row, so
/// that each leaves its audit record; the database's own foreign keys only refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDelete {
    /// The other row cannot be removed.
    Restrict,
    /// It is removed as well.
    Cascade,
    /// It refers to nothing any more.
    SetNull,
}

/// A field that holds the key of another entity's row.
#[derive(Clone, Copy, Debug)]
pub struct Reference {
    /// What the other row is called: `customer` of `customer_id`.
    pub name: &'static str,
    /// The other entity. A function, since entities may refer to each other in a ring.
    pub entity: fn() -> &'static EntityMeta,
    /// What becomes of the row when the other one is removed.
    pub on_delete: OnDelete,
}

impl Reference {
    /// The other entity.
    pub fn target(&self) -> &'static EntityMeta {
        (self.entity)()
    }

    /// What is wrong with a key that is no row's, or that of a row which somebody may not read.
    pub fn missing(&self) -> Issue {
        let name = self.name.replace('_', " ");
        let article = if name.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
        Issue::new("reference", format!("must be the key of {article} {name} that exists"))
    }
}

/// Rows of another entity that are parts of a row: written and read with it.
#[derive(Clone, Copy, Debug)]
pub struct Children {
    /// What they are called: `lines` of an order.
    pub name: &'static str,
    /// Their entity.
    pub entity: fn() -> &'static EntityMeta,
    /// Index of their field that holds the parent's key.
    pub field: usize,
}

impl Children {
    /// Their entity.
    pub fn target(&self) -> &'static EntityMeta {
        (self.entity)()
    }
}

/// What an entity shows that has no table of its own: the query of a view, for each database; empty where
/// the view is made elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// For PostgreSQL.
    pub postgres: &'static str,
    /// For SQLite.
    pub sqlite: &'static str,
}
