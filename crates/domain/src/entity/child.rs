//! Rows that are parts of a row, as they are given with it.

use super::{Entity, FieldSet};

/// A part of a row, as a change of that row gives it: its values, and its key if it is there already.
#[derive(Clone)]
pub struct Child<E: Entity> {
    /// The key of the row that is changed; none of one that is new.
    pub key: Option<E::Key>,
    /// What it is made of. Before rules see it, fields of a row that is there and that were not given have the
    /// values of that row.
    pub values: E::Create,
    /// The fields that were given.
    pub given: FieldSet,
}

impl<E: Entity> std::fmt::Debug for Child<E>
where
    E::Key: std::fmt::Debug,
    E::Create: std::fmt::Debug,
{
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Child")
            .field("key", &self.key)
            .field("values", &self.values)
            .field("given", &self.given)
            .finish()
    }
}

/// How the parts of one kind are found in the inputs of their parent `P`.
pub struct ChildAccess<P: Entity, C: Entity> {
    /// Index in [`EntityMeta::children`](super::EntityMeta::children).
    pub index: usize,
    /// Those of a new parent.
    pub created: fn(&P::Create) -> &[C::Create],
    /// Those that a change of the parent names: they are all that there are afterwards.
    pub changed: fn(&mut P::Update) -> Option<&mut Vec<Child<C>>>,
    /// Makes one belong to the parent with this key.
    pub adopt: fn(&mut C::Create, P::Key),
}

/// Is shown every kind of parts that rows of `P` have: see [`Entity::children`].
pub trait ChildVisitor<P: Entity> {
    /// One kind of parts.
    fn child<C: Entity>(&mut self, access: ChildAccess<P, C>);
}
