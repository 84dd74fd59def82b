//! Rows of an entity that link rows of two others: many to many.

use kwik_domain::{Column, Entity, EntityMeta, FieldType, Reference};

/// A relation of many rows to many others, by the rows of a third entity, which hold the keys of both.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    /// What the other rows are called: `categories`.
    pub name: &'static str,
    /// The entity of the rows that link.
    pub entity: &'static EntityMeta,
    /// Its field that holds the key of the row from which one looks.
    pub from: usize,
    /// Its field that holds the key of the other row.
    pub to: usize,
    source: Reference,
    target: Reference,
}

impl Link {
    /// From rows to those that `L` links them with. `None` when one of the fields refers to no entity, or the
    /// other entity's rows have keys of several fields.
    pub fn new<L: Entity, A: FieldType, B: FieldType>(from: Column<L, A>, to: Column<L, B>) -> Option<Self> {
        let (from, to, entity) = (from.index(), to.index(), L::META);
        let source = entity.fields[from].references?;
        let target = entity.fields[to].references?;
        Some(Self { name: target.target().collection, entity, from, to, source, target })
    }

    /// The entity from which one looks.
    pub fn source(&self) -> &'static EntityMeta {
        self.source.target()
    }

    /// The other entity.
    pub fn target(&self) -> &'static EntityMeta {
        self.target.target()
    }

    /// The other way round.
    #[must_use]
    pub fn reversed(&self) -> Self {
        Self {
            name: self.source().collection,
            entity: self.entity,
            from: self.to,
            to: self.from,
            source: self.target,
            target: self.source,
        }
    }
}
