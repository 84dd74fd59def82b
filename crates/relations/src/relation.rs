//! How rows of one entity lead to rows of another.

use crate::Link;
use kwik_domain::EntityMeta;

/// How rows of one entity lead to rows of another.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Relation {
    /// A field of theirs holds the other row's key.
    One {
        /// The field.
        field: usize,
        /// The other entity.
        target: &'static EntityMeta,
    },
    /// A field of the others holds their key: they are its parts.
    Many {
        /// The field.
        field: usize,
        /// The other entity.
        target: &'static EntityMeta,
    },
    /// Rows of a third entity hold the keys of both.
    Linked(Link),
}

impl Relation {
    /// The other entity.
    pub(crate) fn target(&self) -> &'static EntityMeta {
        match self {
            Self::One { target, .. } | Self::Many { target, .. } => target,
            Self::Linked(link) => link.target(),
        }
    }

    /// Every relation of an entity, by name: references, parts, links.
    pub(crate) fn all(meta: &'static EntityMeta, links: &[Link]) -> Vec<(&'static str, Self)> {
        let ones = meta
            .references()
            .filter(|(index, _)| meta.fields[*index].is_shown())
            .map(|(field, reference)| (reference.name, Self::One { field, target: reference.target() }));
        let many =
            meta.children.iter().map(|part| (part.name, Self::Many { field: part.field, target: part.target() }));
        let linked = links.iter().filter(|link| link.source().is(meta)).map(|link| (link.name, Self::Linked(*link)));
        ones.chain(many).chain(linked).collect()
    }
}
