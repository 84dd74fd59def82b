//! What users add to the life of an entity.

use crate::{Data, Work};
use async_trait::async_trait;
use kwik_domain::{Ctx, Entity, Result, Stored};

/// A change that was committed.
#[derive(Clone, Debug)]
pub enum Committed<E> {
    /// A row was made.
    Created(Stored<E>),
    /// A row was changed.
    Updated {
        /// As it was.
        old: Stored<E>,
        /// As it is.
        new: Stored<E>,
    },
    /// A row was removed; this is what it was.
    Deleted(Stored<E>),
}

/// Hooks around the changes of an entity, inside the unit of work: what they read and write through
/// `work` lasts together with the change, and an error undoes all of it. Each does nothing unless
/// overridden.
///
/// They run in this order: the policy allows the action; in updates and deletes the row is locked and its
/// version looked at, so that `old` stays as it is until the end; every rule's `before_…`, in the order in
/// which the rules were added; the change itself, which is validated then; every rule's `after_…`; the
/// commit; every rule's [`Rule::committed`]. A change that loses against others begins again from the top:
/// hooks may run several times, of which all but the last leave nothing behind, and `committed` runs once.
///
/// ```
/// use async_trait::async_trait;
/// use kwik_app::{Committed, Data, Rule, Work};
/// use kwik_domain::{Ctx, Entity, Result, RuleViolation, Stored};
///
/// #[derive(Clone, Debug, Entity)]
/// struct Note {
///     #[entity(key)]
///     id: i64,
///     title: String,
/// }
///
/// struct Kept;
///
/// #[async_trait]
/// impl Rule<Note> for Kept {
///     async fn before_delete(&self, _: &Ctx, _: &mut Work, old: &Stored<Note>) -> Result<()> {
///         if old.title == "keep" {
///             return Err(RuleViolation::new("kept", "this note is kept").into());
///         }
///         Ok(())
///     }
///
///     async fn committed(&self, _: &Ctx, data: &Data, change: &Committed<Note>) -> Result<()> {
///         if let (Committed::Created(note), Some(bell)) = (change, data.state::<Bell>()) {
///             bell.ring(&note.title);
///         }
///         Ok(())
///     }
/// }
///
/// struct Bell;
///
/// impl Bell {
///     fn ring(&self, _title: &str) {}
/// }
/// ```
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

    /// After the commit of a change, which stands: an error or a panic goes to the log and changes no
    /// answer. It is not done if the program is killed right after the commit.
    async fn committed(&self, ctx: &Ctx, data: &Data, change: &Committed<E>) -> Result<()> {
        let _ = (ctx, data, change);
        Ok(())
    }
}
