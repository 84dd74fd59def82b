//! Rows that are parts of a row, as they are given with it.

use super::Entity;

/// A part of a row, as a change of that row gives it: all of its values, and its key if it is there already.
#[derive(Clone)]
pub struct Child<E: Entity> {
    /// The key of the row that is changed; none of one that is new.
    pub key: Option<E::Key>,
    /// What it is made of.
    pub values: E::Create,
}

impl<E: Entity> std::fmt::Debug for Child<E>
where
    E::Key: std::fmt::Debug,
    E::Create: std::fmt::Debug,
{
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Child").field("key", &self.key).field("values", &self.values).finish()
    }
}

/// How the parts of one kind are found in the inputs of their parent `P`.
pub struct ChildAccess<P: Entity, C: Entity> {
    /// Index in [`EntityMeta::children`](super::EntityMeta::children).
    pub index: usize,
    /// Those of a new parent.
    pub created: fn(&P::Create) -> &[C::Create],
    /// Those that a change of the parent names: they are all that there are afterwards.
    pub changed: fn(&P::Update) -> Option<&[Child<C>]>,
    /// Makes one belong to the parent with this key.
    pub adopt: fn(&mut C::Create, P::Key),
}

/// Is shown every kind of parts that rows of `P` have: see [`Entity::children`].
pub trait ChildVisitor<P: Entity> {
    /// One kind of parts.
    fn child<C: Entity>(&mut self, access: ChildAccess<P, C>);
}
