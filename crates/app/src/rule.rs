//! What users add to the life of an entity.

use crate::Work;
use async_trait::async_trait;
use kwik_domain::{Ctx, Entity, Result, Stored};

/// Hooks around the changes of an entity, inside the unit of work: what they read and write through
/// `work` lasts together with the change, and an error undoes all of it. Each does nothing unless
/// overridden.
///
/// # Errors
///
/// Whatever a hook returns is the answer; [`kwik_domain::RuleViolation`] says that a rule of the
/// business forbids it.
#[async_trait]
pub trait Rule<E: Entity>: Send + Sync {
    /// Before a row is made; may change what it is made of.
    async fn before_create(&self, ctx: &Ctx, work: &mut Work, create: &mut E::Create) -> Result<()> {
        let _ = (ctx, work, create);
        Ok(())
    }

    /// After a row was made.
    async fn after_create(&self, ctx: &Ctx, work: &mut Work, new: &Stored<E>) -> Result<()> {
        let _ = (ctx, work, new);
        Ok(())
    }

    /// Before a row, which is locked, is changed; may change the changes.
    async fn before_update(&self, ctx: &Ctx, work: &mut Work, old: &Stored<E>, update: &mut E::Update) -> Result<()> {
        let _ = (ctx, work, old, update);
        Ok(())
    }

    /// After a row was changed.
    async fn after_update(&self, ctx: &Ctx, work: &mut Work, old: &Stored<E>, new: &Stored<E>) -> Result<()> {
        let _ = (ctx, work, old, new);
        Ok(())
    }

    /// Before a row, which is locked, is removed.
    async fn before_delete(&self, ctx: &Ctx, work: &mut Work, old: &Stored<E>) -> Result<()> {
        let _ = (ctx, work, old);
        Ok(())
    }

    /// After a row was removed.
    async fn after_delete(&self, ctx: &Ctx, work: &mut Work, old: &Stored<E>) -> Result<()> {
        let _ = (ctx, work, old);
        Ok(())
    }
}
