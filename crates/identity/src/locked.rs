//! Rows that are about to be changed.

use kwik_app::Work;
use kwik_domain::{Action, Ctx, Entity, Error, Result, Stored};

/// The row that the caller may do `action` to, locked until the unit of work ends. To keep units of work
/// from waiting for one another in a circle, roles are locked before permissions, and these before users.
///
/// # Errors
///
/// [`Error::Denied`], [`Error::NotFound`], and [`Error::VersionConflict`] where another version is expected.
pub(crate) async fn locked<E: Entity<Key = i64>>(
    ctx: &Ctx,
    work: &mut Work,
    action: Action,
    id: i64,
    expected: Option<i64>,
) -> Result<Stored<E>> {
    let found = work.repo().find_locked::<E>(ctx, action, &id).await?;
    let row = found.ok_or_else(|| Error::NotFound { entity: E::META.collection, key: id.to_string() })?;
    match expected {
        Some(version) if version != row.version() => Err(Error::VersionConflict { current: row.version() }),
        _ => Ok(row),
    }
}
