//! The changes of one row, as commands: entities with rules are changed by them.

use crate::{Command, Work};
use async_trait::async_trait;
use kwik_domain::{Ctx, Entity, Result, Stored};
use std::fmt;

/// A change of one row.
pub(crate) enum CrudCommand<E: Entity> {
    /// Makes one.
    Create(E::Create),
    /// Changes the one with this key, which has this version if one is given.
    Update(E::Key, Option<i64>, E::Update),
    /// Removes it.
    Delete(E::Key, Option<i64>),
}

impl<E: Entity> fmt::Debug for CrudCommand<E> {
    /// Without the values, which may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a change of {}", E::META.collection)
    }
}

#[async_trait]
impl<E: Entity> Command for CrudCommand<E> {
    type Answer = Stored<E>;

    async fn run(&self, ctx: &Ctx, work: &mut Work) -> Result<Stored<E>> {
        match self {
            Self::Create(create) => work.create(ctx, create.clone()).await,
            Self::Update(key, expected, update) => work.update(ctx, key.clone(), *expected, update.clone()).await,
            Self::Delete(key, expected) => work.delete(ctx, key.clone(), *expected).await,
        }
    }
}
