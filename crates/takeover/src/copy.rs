//! Copies rows, by the audited write path.

use crate::{
    TakeoverError,
    layout::{Layout, qualified},
    plan::Plan,
};
use kwik_domain::{
    AccessEvent, Action, Ctx, Entity, Input, Isolation, RolePolicy, Store, StoreError, UnitOfWork, ValueRef, Verb,
    Write, WriteOutcome,
    access::{Permission, Role, RolePermission, User, UserRole},
    authorize,
};
use sqlx::{AssertSqlSafe, PgConnection};

/// What the audit trail calls it. By this record a takeover knows that rows were copied.
pub(crate) const ACTION: &str = "takeover";

/// Lets the tables count on after the largest id. A sequence is no part of a transaction; that it is ahead
/// before there are rows does no harm.
pub(crate) async fn advance(connection: &mut PgConnection, layout: &Layout, plan: &Plan) -> Result<(), TakeoverError> {
    for (table, largest) in largest_ids(plan) {
        let Some(largest) = largest else { continue };
        let ask = "SELECT setval(pg_get_serial_sequence($1, 'id'), $2)";
        let table = qualified(&layout.home, table);
        sqlx::query(ask).bind(table).bind(largest).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Whether one of our tables has rows.
pub(crate) async fn has_begun(
    connection: &mut PgConnection,
    layout: &Layout,
    plan: &Plan,
) -> Result<bool, TakeoverError> {
    let tables = largest_ids(plan).map(|(table, _)| format!("SELECT FROM {}", qualified(&layout.home, table)));
    // Names of ours, in a schema from the catalog, quoted.
    let ask = AssertSqlSafe(format!("SELECT EXISTS ({})", tables.join(" UNION ALL ")));
    Ok(sqlx::query_scalar(ask).fetch_one(connection).await?)
}

fn largest_ids(plan: &Plan) -> [(&'static str, Option<i64>); 5] {
    fn largest<T>(rows: &[(i64, T)]) -> Option<i64> {
        rows.iter().map(|(id, _)| *id).max()
    }
    [
        (User::META.table, largest(&plan.users)),
        (Role::META.table, largest(&plan.roles)),
        (Permission::META.table, largest(&plan.permissions)),
        (UserRole::META.table, largest(&plan.user_roles)),
        (RolePermission::META.table, largest(&plan.role_permissions)),
    ]
}

/// Writes all rows and the record of it, or nothing.
pub(crate) async fn copy(store: &dyn Store, ctx: &Ctx, plan: &Plan) -> Result<(), TakeoverError> {
    let mut unit = store.begin(Isolation::ReadCommitted).await?;
    insert::<User>(&mut *unit, ctx, &plan.users).await?;
    insert::<Role>(&mut *unit, ctx, &plan.roles).await?;
    insert::<Permission>(&mut *unit, ctx, &plan.permissions).await?;
    insert::<UserRole>(&mut *unit, ctx, &plan.user_roles).await?;
    insert::<RolePermission>(&mut *unit, ctx, &plan.role_permissions).await?;
    let (users, roles) = (plan.users.len().to_string(), plan.roles.len().to_string());
    unit.record(ctx, &AccessEvent::new(ACTION).with("users", &users).with("roles", &roles)).await?;
    Ok(unit.commit().await?)
}

async fn insert<E: Entity>(
    unit: &mut dyn UnitOfWork,
    ctx: &Ctx,
    rows: &[(i64, E::Create)],
) -> Result<(), TakeoverError> {
    // The policy does not bound the program itself.
    let permit = authorize(&RolePolicy, ctx, Action::Create, E::META)?;
    for (id, create) in rows {
        let mut values = vec![(0, ValueRef::Int(*id))];
        create.changes(&mut values);
        let write = Write { permit: &permit, verb: Verb::Insert { values: &values }, ctx };
        if unit.write(&write, &mut |_| Ok(())).await? != WriteOutcome::Written {
            return Err(StoreError::Other(format!("{} {id} was not written", E::META.collection)).into());
        }
    }
    Ok(())
}
